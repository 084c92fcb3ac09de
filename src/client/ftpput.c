#include "ftpput.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/backoff.h"
#include "sys/secret.h"

#define CHUNK 262144
#define NAMES_MAX 1000		/* tried where the server has some already */

/* What outlives a connection. */
struct job {
	struct ftpc c;
	char *chunk;
	int in_place;		/* renaming was refused */
	struct buf temp;	/* may lie on the server under this name */
};

static void
outcome(struct orderfile *f, int code, struct span text)
{
	f->code = code;
	buf_clear(&f->text);
	buf_addspan(&f->text, text);
}

/* Tells what the server answered, unless the session is over. */
static void
answered(struct job *j, struct orderfile *f)
{
	if (!j->c.over)
		outcome(f, j->c.reply.code, buf_span(&j->c.reply.text));
}

static void
no_data(struct job *j, struct orderfile *f)
{
	if (j->c.reply.code == 0)
		outcome(f, 0, span_str(strerror(errno)));
	else
		answered(j, f);
}

enum pour { POUR_OK, POUR_SPOILED, POUR_CUT };

/* The file's content to the data connection. */
static enum pour
pour(struct job *j, struct orderfile *f, int fd, int data)
{
	uint64_t left = f->size;
	enum pour end = POUR_OK;
	struct wr wr;
	ssize_t r;

	wr_init(&wr, data, j->c.conf->timeout);
	while (left > 0 && wr.err == 0) {
		r = read(fd, j->chunk, left < CHUNK ? (size_t)left : CHUNK);
		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0) {
			outcome(f, FTPPUT_SPOILED, span_str(r < 0 ?
			    strerror(errno) :
			    "became shorter while it was being sent"));
			end = POUR_SPOILED;
			break;
		}
		wr_add(&wr, j->chunk, (size_t)r);
		left -= (uint64_t)r;
	}
	if (end == POUR_OK && wr_flush(&wr) < 0) {
		outcome(f, 0, span_str(strerror(wr.err)));
		end = POUR_CUT;
	}
	wr_free(&wr);
	return end;
}

/* Uploads under name: 1; or 0, and the outcome or the session says why. */
static int
store(struct job *j, struct orderfile *f, int fd, const char *name)
{
	int code, data;
	enum pour end;

	data = ftpc_data(&j->c);
	if (data < 0) {
		no_data(j, f);
		return 0;
	}
	code = ftpc_ask(&j->c, "STOR", name);
	if (code / 100 != 1) {
		close(data);
		answered(j, f);
		return 0;
	}
	end = pour(j, f, fd, data);
	/* What is not whole must not end as if it were. */
	if (end != POUR_OK)
		net_abort(data);
	close(data);
	code = ftpc_hear(&j->c);
	if (end == POUR_OK && code == 0)
		outcome(f, FTPPUT_MAYBE, buf_span(&j->c.why));
	else if (code / 100 != 2 && end != POUR_SPOILED)
		answered(j, f);
	return code / 100 == 2 && end == POUR_OK;
}

/* Whether the server has as many bytes as the file; where it can tell. */
static int
is_whole(struct job *j, struct orderfile *f, const char *name)
{
	struct buf text = { 0 };
	uintmax_t size;

	if (!j->c.sizes || ftpc_ask(&j->c, "SIZE", name) != 213 ||
	    span_number(span_trim(buf_span(&j->c.reply.text)), &size) < 0)
		return !j->c.over;
	if (size == f->size)
		return 1;
	buf_addf(&text, "the server has %ju bytes of %ju", size,
	    (uintmax_t)f->size);
	outcome(f, 0, buf_span(&text));
	buf_free(&text);
	return 0;
}

/* NAME-i.EXT; the first is NAME.EXT itself. */
static void
number_name(struct buf *to, const struct orderfile *f, int i)
{
	size_t stem = f->name.n, k;

	for (k = 1; k < f->name.n; k++)
		if (f->name.p[k] == '.')
			stem = k;
	buf_clear(to);
	buf_add(to, f->name.p, stem);
	if (i > 1)
		buf_addf(to, "-%d", i);
	buf_add(to, f->name.p + stem, f->name.n - stem);
}

/*
 * A name that the server has no file of, as far as it tells: many servers
 * would put the new file in the old one's place.
 */
static const char *
free_name(struct job *j, const struct orderfile *f, struct buf *to)
{
	int i = 1;

	number_name(to, f, i);
	while (j->c.sizes && i < NAMES_MAX &&
	    ftpc_ask(&j->c, "SIZE", buf_str(to)) == 213)
		number_name(to, f, ++i);
	return buf_str(to);
}

static void
forget_temp(struct job *j)
{
	if (j->temp.n > 0 && ftpc_ask(&j->c, "DELE", buf_str(&j->temp)) > 0)
		buf_clear(&j->temp);
}

static void
stored(struct orderfile *f, const struct buf *name)
{
	outcome(f, 250, buf_span(name));
}

/* Goes on without renaming, from now on. */
static void
give_up_renaming(struct job *j)
{
	warn("renaming is refused (%d %.*s): uploading in place",
	    j->c.reply.code, (int)j->c.reply.text.n, j->c.reply.text.p);
	j->in_place = 1;
}

static int
is_refusal(int code)
{
	return code == 500 || code == 502 || code == 504;
}

/* Gives the file, which is on the server, its name. */
static void
give_name(struct job *j, struct orderfile *f)
{
	struct buf name = { 0 };
	const char *to = free_name(j, f, &name);
	int code;

	code = ftpc_ask(&j->c, "RNFR", buf_str(&j->temp));
	if (code / 100 == 5)
		give_up_renaming(j);
	else if (code != 350)
		answered(j, f);
	else {
		code = ftpc_ask(&j->c, "RNTO", to);
		if (code / 100 == 2) {
			buf_clear(&j->temp);
			stored(f, &name);
		} else if (code == 0)
			outcome(f, FTPPUT_MAYBE, buf_span(&j->c.why));
		else if (is_refusal(code))
			give_up_renaming(j);
		else
			answered(j, f);
	}
	buf_free(&name);
}

static void
put_aside(struct job *j, struct orderfile *f, int fd)
{
	unsigned char random[8];
	size_t i;

	if (secret_random(random, sizeof random) < 0)
		die_sys(EX_TEMPFAIL, "/dev/urandom");
	buf_clear(&j->temp);
	buf_adds(&j->temp, ".ftpsend-");
	for (i = 0; i < sizeof random; i++)
		buf_addf(&j->temp, "%02x", (unsigned)random[i]);
	if (store(j, f, fd, buf_str(&j->temp))) {
		if (is_whole(j, f, buf_str(&j->temp)))
			give_name(j, f);
	} else if (f->code == FTPPUT_MAYBE)
		f->code = 0;	/* surely not under its name */
	else if (f->code == 553)
		give_up_renaming(j);	/* no dot-names, perhaps */
	forget_temp(j);
}

static void
put_in_place(struct job *j, struct orderfile *f, int fd)
{
	struct buf name = { 0 };
	const char *to = free_name(j, f, &name);

	if (lseek(fd, 0, SEEK_SET) < 0) {
		outcome(f, FTPPUT_SPOILED, span_str(strerror(errno)));
	} else if (store(j, f, fd, to) && is_whole(j, f, to)) {
		stored(f, &name);
	} else if (f->code != FTPPUT_MAYBE) {
		buf_addspan(&j->temp, buf_span(&name));
		forget_temp(j);
	}
	buf_free(&name);
}

static void
put(struct job *j, struct orderfile *f)
{
	const char *why;
	int fd;

	outcome(f, 0, span_str(""));
	fd = orderfile_open(f, &why);
	if (fd < 0) {
		outcome(f, FTPPUT_SPOILED, span_str(why));
		return;
	}
	if (!j->in_place)
		put_aside(j, f, fd);
	if (j->in_place && !j->c.over)
		put_in_place(j, f, fd);
	orderfile_done(f, fd);
}

/* An answer that may be another one later, or none. */
static int
is_open(const struct orderfile *f)
{
	return f->code == 0 || f->code / 100 == 4;
}

static size_t
count_open(const struct orderfile *files, size_t n)
{
	size_t i, open = 0;

	for (i = 0; i < n; i++)
		if (is_open(&files[i]))
			open++;
	return open;
}

/* Why those without an answer have none. */
static void
blame(const struct ftpc *c, struct orderfile *files, size_t n)
{
	struct buf text = { 0 };
	char addr[NET_TEXT_MAX];
	size_t i;

	net_text(&c->conf->addr, addr);
	buf_addf(&text, "%s: %.*s", addr, (int)c->why.n, c->why.p);
	for (i = 0; i < n; i++)
		if (files[i].code == 0 && (files[i].text.n == 0 || c->over))
			outcome(&files[i], 0, buf_span(&text));
	buf_free(&text);
}

/* One connection from beginning to end. */
static enum exit_code
try(struct job *j, const struct ftpc_conf *conf, struct orderfile *files,
    size_t n)
{
	enum exit_code code = EX_OK;
	size_t i;

	if (ftpc_open(&j->c, conf) < 0) {
		code = j->c.code;
	} else {
		forget_temp(j);
		for (i = 0; i < n && !j->c.over; i++)
			if (is_open(&files[i]))
				put(j, &files[i]);
		if (!j->c.over)
			ftpc_ask(&j->c, "QUIT", NULL);
	}
	blame(&j->c, files, n);
	if (conf->verbose && j->c.over)
		warn("%.*s", (int)j->c.why.n, j->c.why.p);
	ftpc_close(&j->c);
	return code;
}

enum exit_code
ftpput_send(const struct ftpc_conf *conf, long retries,
    struct orderfile *files, size_t n)
{
	struct job j = { .in_place = 0 };
	size_t open = count_open(files, n), before;
	enum exit_code code = EX_OK;
	long attempt = 0;

	j.chunk = malloc(CHUNK);
	if (j.chunk == NULL)
		die_nomem();
	while (open > 0) {
		before = open;
		code = try(&j, conf, files, n);
		open = count_open(files, n);
		if (open == 0 || (code != EX_OK && code != EX_TEMPFAIL))
			break;
		/* Only a connection that brought nothing is a failure. */
		if (open < before) {
			attempt = 0;
			continue;
		}
		if (attempt == retries)
			break;
		backoff_wait(attempt++, conf->verbose);
	}
	free(j.chunk);
	buf_free(&j.temp);
	return open == 0 ? EX_OK : code;
}
