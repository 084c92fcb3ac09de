#include "ftpput.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "format/wire/name.h"
#include "sys/secret.h"

#define CHUNK 262144

#define NAMES_MAX 1000		/* tried where the server has some already */
#define TOO_LARGE 552		/* under whatever name */

enum pour { POUR_OK, POUR_SPOILED, POUR_CUT };

/* What outlives a connection. */
struct job {
	const struct ftpc_conf *conf;
	struct ftpc c;
	char *chunk;
	int in_place;		/* renaming was refused */
	int careful;		/* one command at a time: a connection was
				   lost */
	int renames;		/* on this one a file was renamed */

	/* Of the file that is on its way: */
	int fd;
	struct buf temp;	/* it may lie there under this name */
	int asked;		/* the server has answered STOR */
	int taken;		/* and said that it takes it */
	int maybe;		/* it may have its own name by now */
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
	if (j->c.reply.code == 0 && !j->c.over)
		orderfile_outcome(f, 0, span_str(j->c.fault));
	else
		answered(j, f);
}

/*
 * All of the file's content, and the end of the data connection, which must not
 * look like one where it is not whole.
 */
static enum pour
pour(struct job *j, struct orderfile *f, int data)
{
	uint64_t left = f->size;
	enum pour end = POUR_OK;
	struct wr wr;
	ssize_t r;

	wr_init(&wr, data, j->c.conf->timeout);
	while (left > 0 && wr.err == 0) {
		r = read(j->fd, j->chunk, left < CHUNK ? (size_t)left : CHUNK);
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
	if (end != POUR_OK)
		net_abort(data);
	close(data);
	return end;
}

/*
 * The reply that ends an upload.  125 or 150 comes before it or, from some
 * servers, 200, or nothing where all is there already.
 */
static int
last_reply(struct job *j, int first)
{
	int code = first;

	if (first == 226)
		return first;
	if (first / 100 == 2)
		ftpc_await(&j->c, "STOR");
	do
		code = ftpc_hear(&j->c);
	while (code / 100 == 1);
	return code;
}

/* Uploads under name: 1; or 0, and the outcome or the session says why. */
static int
store(struct job *j, struct orderfile *f, const char *name)
{
	int code, data = ftpc_data(&j->c);
	enum pour end;

	j->asked = j->taken = 0;
	if (data < 0) {
		no_data(j, f);
		return 0;
	}
	code = ftpc_ask(&j->c, "STOR", name);
	if (code == 0 || code == 425)
		ftpc_data_failed(&j->c);
	j->asked = code != 0;
	j->taken = code / 100 == 1 || code / 100 == 2;
	if (!j->taken) {
		close(data);
		answered(j, f);
		return 0;
	}
	end = pour(j, f, data);
	code = last_reply(j, code);
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
number_name(struct buf *to, const struct orderfile *f, unsigned i)
{
	buf_clear(to);
	name_number(to, buf_span(&f->name), "", i);
}

/*
 * The first name from the i-th on that the server has no file of, as far as it
 * tells: many servers would replace the old file by the new one.
 */
static const char *
free_name(struct job *j, const struct orderfile *f, unsigned i,
    struct buf *to)
{
	number_name(to, f, i);
	while (j->c.sizes && i < NAMES_MAX &&
	    ftpc_ask(&j->c, "SIZE", buf_str(to)) == 213)
		number_name(to, f, ++i);
	return buf_str(to);
}

/*
 * Nothing that is not whole is left, unless the session is over.  Whether there
 * is something is known only where it came on this connection (sure).
 */
static void
forget(struct job *j, int sure)
{
	int code;

	if (j->temp.n == 0)
		return;
	/* A server that refuses a file in the end may have deleted it. */
	if (sure && j->c.sizes)
		sure = ftpc_ask(&j->c, "SIZE", buf_str(&j->temp)) != 550;
	code = ftpc_ask(&j->c, "DELE", buf_str(&j->temp));
	if (code == 0)
		return;
	if (sure && code / 100 != 2)
		warn("%s: left on the server, which does not delete it (%d "
		    "%.*s)", buf_str(&j->temp), code,
		    (int)j->c.reply.text.n, j->c.reply.text.p);
	buf_clear(&j->temp);
}

static void
stored(struct orderfile *f, const struct buf *name)
{
	orderfile_outcome(f, 250, buf_span(name));
}

/* What renaming takes was refused: goes on without it, from now on. */
static void
give_up_renaming(struct job *j, const char *what)
{
	warn("%s is refused (%d %.*s): uploading in place", what,
	    j->c.reply.code, (int)j->c.reply.text.n, j->c.reply.text.p);
	j->in_place = 1;
}

/*
 * RNFR or RNTO was refused.  Where none was taken before it is the server who
 * refuses, whatever the code; else it may be this file, which goes again on
 * another connection, where it is among the first.
 */
static void
not_renamed(struct job *j, struct orderfile *f)
{
	if (j->c.over)
		return;
	if (!j->renames)
		give_up_renaming(j, "renaming");
	else if (j->c.reply.code / 100 == 4)
		answered(j, f);
	else
		orderfile_outcome(f, 0, buf_span(&j->c.reply.text));
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
	if (whole && code / 100 != 2 && code / 100 != 3)
		not_renamed(j, f);
	return whole && (code / 100 == 2 || code / 100 == 3);
}

static void
invent_temp(struct buf *temp)
{
	unsigned char random[8];
	char hex[2 * sizeof random + 1];

	secret_fill(random, sizeof random);
	sha256_hex(hex, random, sizeof random);
	buf_setf(temp, ".ftpsend-%s", hex);
}

static void
give_name(struct job *j, struct orderfile *f, struct buf *to)
{
	int code;

	code = ftpc_ask(&j->c, "RNTO", buf_str(to));
	if (code / 100 == 2) {
		buf_clear(&j->temp);
		stored(f, to);
		j->renames = 1;
	} else if (code == 0) {
		orderfile_outcome(f, FTPPUT_MAYBE, buf_span(&j->c.why));
		j->maybe = 1;
	} else
		not_renamed(j, f);
}

static void
put_aside(struct job *j, struct orderfile *f)
{
	struct buf name = { 0 };

	invent_temp(&j->temp);
	j->maybe = 0;
	if (store(j, f, buf_str(&j->temp))) {
		if (look(j, f, &name))
			give_name(j, f, &name);
	} else if (f->code == FTPPUT_MAYBE)
		f->code = 0;	/* surely not under its name */
	else if (j->asked && f->code / 100 == 5 && f->code != TOO_LARGE)
		give_up_renaming(j, "a name with a dot");
	forget(j, j->taken);
	buf_free(&name);
}

/*
 * The server has said that it has the file, which anybody may have taken by
 * now: where its word on the size is lost, it may be stored.
 */
static void
check_in_place(struct job *j, struct orderfile *f, struct buf *name)
{
	int code = j->c.sizes ? ftpc_ask(&j->c, "SIZE", buf_str(name)) : 0;

	if (j->c.over)
		orderfile_outcome(f, FTPPUT_MAYBE, buf_span(&j->c.why));
	else if (is_whole(j, f, code))
		stored(f, name);
}

static void
put_in_place(struct job *j, struct orderfile *f)
{
	struct buf name = { 0 };
	const char *to = free_name(j, f, 1, &name);

	j->taken = 0;
	if (lseek(j->fd, 0, SEEK_SET) < 0)
		orderfile_spoiled(f, strerror(errno));
	else if (store(j, f, to))
		check_in_place(j, f, &name);
	if (j->taken && f->code != 250 && f->code != FTPPUT_MAYBE) {
		buf_set(&j->temp, buf_span(&name));
		forget(j, 1);
	}
	buf_free(&name);
}

static void
put(struct job *j, struct orderfile *f)
{
	const char *why;

	orderfile_outcome(f, 0, span_str(""));
	j->fd = orderfile_open(f, &why);
	if (j->fd < 0) {
		orderfile_spoiled(f, why);
		return;
	}
	if (!j->in_place)
		put_aside(j, f);
	if (j->in_place && !j->c.over)
		put_in_place(j, f);
	orderfile_done(f, j->fd);
}

static void
put_all(struct job *j, struct orderfile *files, size_t n)
{
	struct orderfile *f;

	j->renames = 0;
	forget(j, 0);
	for (f = files; f < files + n && !j->c.over; f++)
		if (orderfile_is_open(f))
			put(j, f);
	if (!j->c.over)
		ftpc_ask(&j->c, "QUIT", NULL);
}

/* One connection from beginning to end. */
static enum exit_code
try(void *arg, struct orderfile *files, size_t n)
{
	enum exit_code code = EX_OK;
	struct job *j = arg;

	if (ftpc_open(&j->c, j->conf) < 0)
		code = j->c.code;
	else
		put_all(j, files, n);
	j->careful |= j->c.over;
	if (j->c.over)
		handin_blame(files, n, &j->conf->addr, buf_span(&j->c.why),
		    j->conf->talk != CLIENT_QUIET);
	ftpc_close(&j->c);
	return code;
}

enum exit_code
ftpput_send(const struct ftpc_conf *conf, const struct handin *h)
{
	struct job j = { .conf = conf };
	enum exit_code code;

	j.chunk = die_realloc(NULL, CHUNK, 1);
	code = handin_send(h, try, &j);
	if (j.temp.n > 0 && !j.maybe)
		warn("%s: may be left on the server", buf_str(&j.temp));
	free(j.chunk);
	buf_free(&j.temp);
	return code;
}
