#include "ftpput.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "sys/secret.h"

#define CHUNK 262144

/*
 * A file that any socket's buffers can hold is sent before the server has
 * said that it may be: one wait less, and no harm where it may not, unless it
 * goes to its final name.
 */
#define EARLY_MAX 16384

#define NAMES_MAX 1000		/* tried where the server has some already */

/* What outlives a connection. */
struct job {
	const struct ftpc_conf *conf;
	struct ftpc c;
	char *chunk;
	int in_place;		/* renaming was refused */
	int careful;		/* one command at a time: a connection was
				   lost */
	int more;		/* there are files after this one */
	struct buf temp;	/* may lie on the server under this name */
};

/* Tells what the server answered, unless the session is over. */
static void
answered(struct job *j, struct orderfile *f)
{
	if (!j->c.over)
		orderfile_outcome(f, j->c.reply.code,
		    buf_span(&j->c.reply.text));
}

static void
no_data(struct job *j, struct orderfile *f)
{
	if (j->c.reply.code == 0)
		orderfile_outcome(f, 0, span_str(strerror(errno)));
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
			orderfile_spoiled(f, r < 0 ? strerror(errno) : NULL);
			end = POUR_SPOILED;
			break;
		}
		wr_add(&wr, j->chunk, (size_t)r);
		left -= (uint64_t)r;
	}
	if (end == POUR_OK && wr_flush(&wr) < 0) {
		orderfile_outcome(f, 0, span_str(strerror(wr.err)));
		end = POUR_CUT;
	}
	wr_free(&wr);
	return end;
}

/* All of the file, and the end of the data connection. */
static enum pour
pour_out(struct job *j, struct orderfile *f, int fd, int data)
{
	enum pour end = pour(j, f, fd, data);

	/* What is not whole must not end as if it were. */
	if (end != POUR_OK)
		net_abort(data);
	close(data);
	return end;
}

/* Uploads under name: 1; or 0, and the outcome or the session says why. */
static int
store(struct job *j, struct orderfile *f, int fd, const char *name)
{
	int early = !j->careful && !j->in_place && f->size <= EARLY_MAX;
	enum pour end = POUR_OK;
	int code, data;

	data = ftpc_data(&j->c);
	if (data < 0) {
		no_data(j, f);
		return 0;
	}
	ftpc_say(&j->c, "STOR", name);
	if (early) {
		ftpc_send(&j->c);
		end = pour_out(j, f, fd, data);
	}
	code = ftpc_hear(&j->c);
	if (code / 100 != 1) {
		if (!early)
			close(data);
		answered(j, f);
		return 0;
	}
	if (!early)
		end = pour_out(j, f, fd, data);
	code = ftpc_hear(&j->c);
	if (end == POUR_OK && code == 0)
		orderfile_outcome(f, FTPPUT_MAYBE, buf_span(&j->c.why));
	else if (code / 100 != 2 && end != POUR_SPOILED)
		answered(j, f);
	return code / 100 == 2 && end == POUR_OK;
}

/* Whether a reply to SIZE, if it is one, has as many bytes as the file. */
static int
is_whole(struct job *j, struct orderfile *f, int code)
{
	struct buf text = { 0 };
	uintmax_t size;

	if (code != 213 ||
	    span_number(span_trim(buf_span(&j->c.reply.text)), &size) < 0)
		return !j->c.over;
	if (size == f->size)
		return 1;
	buf_addf(&text, "the server has %ju bytes of %ju", size,
	    (uintmax_t)f->size);
	orderfile_outcome(f, 0, buf_span(&text));
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
 * The first name from the i-th on that the server has no file of, as far as it
 * tells: many servers would put the new file in the old one's place.
 */
static const char *
free_name(struct job *j, const struct orderfile *f, int i, struct buf *to)
{
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
	orderfile_outcome(f, 250, buf_span(name));
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

/* The reply to a command that has been said already, or is said now. */
static int
reply_to(struct job *j, const char *verb, const char *argument)
{
	return j->careful ? ftpc_ask(&j->c, verb, argument) :
	    ftpc_hear(&j->c);
}

/*
 * Checks the file on the server, and makes it ready to be renamed to the name
 * that to gets: 1; or 0, and the outcome says why.  The questions go together,
 * for RNFR alone does no harm.
 */
static int
look(struct job *j, struct orderfile *f, struct buf *to)
{
	const char *temp = buf_str(&j->temp);
	int whole = 1, taken = 0, code;

	number_name(to, f, 1);
	if (!j->careful && j->c.sizes) {
		ftpc_say(&j->c, "SIZE", temp);
		ftpc_say(&j->c, "SIZE", buf_str(to));
	}
	if (!j->careful)
		ftpc_say(&j->c, "RNFR", temp);
	if (j->c.sizes) {
		whole = is_whole(j, f, reply_to(j, "SIZE", temp));
		taken = reply_to(j, "SIZE", buf_str(to)) == 213;
	}
	code = reply_to(j, "RNFR", temp);
	if (whole && taken) {
		free_name(j, f, 2, to);
		code = ftpc_ask(&j->c, "RNFR", temp);
	}
	if (whole && code / 100 == 5)
		give_up_renaming(j);
	else if (whole && code != 350)
		answered(j, f);
	return whole && code == 350;
}

/* Gives the file its name, and asks for the next one's port with that. */
static void
give_name(struct job *j, struct orderfile *f, struct buf *to)
{
	int ahead = j->more && !j->careful && !j->c.old, code;

	ftpc_say(&j->c, "RNTO", buf_str(to));
	if (ahead)
		ftpc_reserve(&j->c);
	code = ftpc_hear(&j->c);
	if (code / 100 == 2) {
		buf_clear(&j->temp);
		stored(f, to);
	} else if (code == 0)
		orderfile_outcome(f, FTPPUT_MAYBE, buf_span(&j->c.why));
	else if (is_refusal(code))
		give_up_renaming(j);
	else
		answered(j, f);
	if (ahead)
		ftpc_reserved(&j->c);
}

static void
put_aside(struct job *j, struct orderfile *f, int fd)
{
	struct buf name = { 0 };
	unsigned char random[8];
	size_t i;

	if (secret_random(random, sizeof random) < 0)
		die_sys(EX_TEMPFAIL, "/dev/urandom");
	buf_clear(&j->temp);
	buf_adds(&j->temp, ".ftpsend-");
	for (i = 0; i < sizeof random; i++)
		buf_addf(&j->temp, "%02x", (unsigned)random[i]);
	if (store(j, f, fd, buf_str(&j->temp))) {
		if (look(j, f, &name))
			give_name(j, f, &name);
	} else if (f->code == FTPPUT_MAYBE)
		f->code = 0;	/* surely not under its name */
	else if (f->code == 553)
		give_up_renaming(j);	/* no dot-names, perhaps */
	forget_temp(j);
	buf_free(&name);
}

static void
put_in_place(struct job *j, struct orderfile *f, int fd)
{
	struct buf name = { 0 };
	const char *to = free_name(j, f, 1, &name);

	if (lseek(fd, 0, SEEK_SET) < 0) {
		orderfile_spoiled(f, strerror(errno));
	} else if (store(j, f, fd, to) && is_whole(j, f, j->c.sizes ?
	    ftpc_ask(&j->c, "SIZE", to) : 0)) {
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

	orderfile_outcome(f, 0, span_str(""));
	fd = orderfile_open(f, &why);
	if (fd < 0) {
		orderfile_spoiled(f, why);
		return;
	}
	if (!j->in_place)
		put_aside(j, f, fd);
	if (j->in_place && !j->c.over)
		put_in_place(j, f, fd);
	orderfile_done(f, fd);
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
			orderfile_outcome(&files[i], 0, buf_span(&text));
	buf_free(&text);
}

/* One connection from beginning to end. */
static enum exit_code
try(void *arg, struct orderfile *files, size_t n)
{
	enum exit_code code = EX_OK;
	struct job *j = arg;
	size_t i;

	if (ftpc_open(&j->c, j->conf) < 0) {
		code = j->c.code;
	} else {
		forget_temp(j);
		for (i = 0; i < n && !j->c.over; i++) {
			j->more = handin_open(files + i + 1, n - i - 1) > 0;
			if (orderfile_is_open(&files[i]))
				put(j, &files[i]);
		}
		if (!j->c.over)
			ftpc_ask(&j->c, "QUIT", NULL);
	}
	j->careful |= j->c.over;
	blame(&j->c, files, n);
	if (j->conf->verbose && j->c.over)
		warn("%.*s", (int)j->c.why.n, j->c.why.p);
	ftpc_close(&j->c);
	return code;
}

enum exit_code
ftpput_send(const struct ftpc_conf *conf, const struct handin *h)
{
	struct job j = { .conf = conf };
	enum exit_code code;

	j.chunk = malloc(CHUNK);
	if (j.chunk == NULL)
		die_nomem();
	code = handin_send(h, try, &j);
	free(j.chunk);
	buf_free(&j.temp);
	return code;
}
