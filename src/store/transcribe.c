#include "transcribe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "format/dialogue/record.h"
#include "sys/io.h"
#include "sys/net.h"
#include "sys/newfile.h"
#include "sys/stop.h"

/* So much text of a message is written at once; all else as it comes. */
#define TEXT_KEPT 32768

/* A longer dialogue waits in a file for the end of its session. */
#define MEMORY_MAX ((size_t)1 << 20)

struct transcript {
	const struct transcribe_conf *conf;
	char *path;
	int fd;			/* -1 while there is none, or after a failure */
	FILE *spill;		/* whose fd it is, where there is no path */
	int failed;
	struct record record;
	struct buf out;		/* not written yet */
};

/* The name of a new file; a peer's text may come from the environment. */
static void
name(struct buf *b, const char *dir, const char *peer)
{
	static unsigned long count;
	time_t now = time(NULL);
	struct tm tm;
	char text[32];

	if (gmtime_r(&now, &tm) == NULL ||
	    strftime(text, sizeof text, "%Y%m%d-%H%M%S", &tm) == 0)
		text[0] = '\0';
	buf_addf(b, "%s/%s.", dir, text);
	for (; *peer != '\0'; peer++)
		buf_addc(b, *peer == '/' ? '_' : *peer);
	buf_addf(b, ".%ld.%lu", (long)getpid(), count++);
}

static void
start(struct transcript *t, const char *dir, const char *peer, int *is_short)
{
	struct buf path = { 0 };

	do {
		buf_clear(&path);
		name(&path, dir, peer[0] != '\0' ? peer : "local");
		t->fd = io_file(buf_str(&path), O_WRONLY | O_CREAT | O_EXCL |
		    O_CLOEXEC, 0600);
	} while (t->fd < 0 && errno == EEXIST);
	*is_short = t->fd < 0 && net_is_short(errno);
	t->failed = t->fd < 0;
	if (t->failed)
		warn_sys("%s", buf_str(&path));
	t->path = span_dup(buf_span(&path));
	buf_free(&path);
}

static struct transcript *
open_transcript(const struct transcribe_conf *conf, const char *peer,
    int *is_short)
{
	struct dialogue_head head = { conf->protocol, span_str(peer),
	    span_str(conf->server), (int64_t)time(NULL) };
	struct transcript *t;

	t = die_calloc(1, sizeof *t);
	t->conf = conf;
	t->fd = -1;
	*is_short = 0;
	if (conf->dir != NULL)
		start(t, conf->dir, peer, is_short);
	record_open(&t->record, &head, conf->shows, io_clock_us(), &t->out);
	return t;
}

/* The first failure is said, and is the end. */
static void
fail(struct transcript *t)
{
	warn_sys("%s", t->path != NULL ? t->path : "tmpfile");
	if (t->spill != NULL)
		fclose(t->spill);
	else if (t->fd >= 0)
		close(t->fd);
	t->spill = NULL;
	t->fd = -1;
	t->failed = 1;
}

static void
put(struct transcript *t)
{
	if (t->path == NULL && t->fd < 0 && !t->failed) {
		t->spill = tmpfile();
		if (t->spill == NULL)
			fail(t);
		else
			t->fd = fileno(t->spill);
	}
	if (t->fd >= 0 && io_write(t->fd, t->out.p, t->out.n) < 0)
		fail(t);
	buf_clear(&t->out);
}

static void
take_bytes(struct transcript *t, enum dialogue_side side,
    struct span bytes)
{
	size_t kept = t->path == NULL ? MEMORY_MAX :
	    follow_in_text(&t->record.follow) || t->record.follow.left > 0 ?
	    TEXT_KEPT : 0;

	record_bytes(&t->record, side, bytes, io_clock_us(), &t->out);
	if (t->out.n > kept)
		put(t);
}

static void
take_note(struct transcript *t, const char *note)
{
	record_note(&t->record, note, io_clock_us(), &t->out);
	if (t->path != NULL)
		put(t);
}

/* Copies what has waited for the end: as stop_write. */
static int
print(struct transcript *t)
{
	char part[16384];
	ssize_t r = 0;
	int w;

	if (t->fd >= 0) {
		put(t);
		if (t->fd < 0 || lseek(t->fd, 0, SEEK_SET) < 0)
			return -1;
		while ((r = read(t->fd, part, sizeof part)) > 0) {
			w = stop_write(t->conf->fd, part, (size_t)r,
			    IO_FOREVER);
			if (w != 0)
				return w;
		}
	}
	return r < 0 ? -1 : stop_write(t->conf->fd, t->out.p, t->out.n,
	    IO_FOREVER);
}

static void
close_transcript(struct transcript *t)
{
	int r;

	if (t->path != NULL) {
		put(t);
		if (t->fd >= 0 && close(t->fd) < 0)
			warn_sys("%s", t->path);
	} else {
		r = t->failed ? 0 : print(t);
		if (r < 0)
			die_sys(EX_IOERR, "%s", t->conf->name);
		if (r > 0)
			warn("%s: a dialogue is lost: nobody reads it",
			    t->conf->name);
		if (t->spill != NULL)
			fclose(t->spill);
	}
	record_free(&t->record);
	buf_free(&t->out);
	free(t->path);
	free(t);
}

struct transcribe {
	const struct session_type *type;
	void *session;
	struct transcript *transcript;
	int is_short;
	enum session_verdict verdict;	/* the last one */
	int ended;		/* the client sends nothing more */
	size_t seen;		/* bytes that were fed, and left */
	size_t told;		/* bytes of the answers in hand */
};

static void *
open_session(const void *conf, const char *peer, int local,
    struct dataconn *d)
{
	const struct transcribe_conf *c = conf;
	struct transcribe *s;

	s = die_calloc(1, sizeof *s);
	s->type = c->type;
	s->session = c->type->open(c->conf, peer, local, d);
	s->transcript = open_transcript(c, peer, &s->is_short);
	return s;
}

static int
is_unsettled(enum session_verdict v)
{
	return v == SESSION_SOON || v == SESSION_COMMIT;
}

/* Before the session answers: what out holds is known, unless it can change. */
static void
begin(struct transcribe *s, const struct buf *out)
{
	if (!is_unsettled(s->verdict))
		s->told = out->n;
}

static enum session_verdict
end(struct transcribe *s, enum session_verdict v, const struct buf *out)
{
	s->verdict = v;
	if (is_unsettled(v))
		return v;
	take_bytes(s->transcript, DIALOGUE_SERVER,
	    span_drop(buf_span(out), s->told));
	s->told = out->n;
	if (v == SESSION_SECURE) {
		record_unseal(&s->transcript->record);
		s->seen = 0;
	}
	return v;
}

static enum session_verdict
greet(void *session, struct buf *out)
{
	struct transcribe *s = session;

	begin(s, out);
	if (!s->is_short)
		return end(s, s->type->greet(s->session, out), out);
	buf_addf(out, "%s short of resources, try again later\r\n",
	    s->type->busy);
	return end(s, SESSION_CLOSE, out);
}

/* First the session, so that those whom it passes this on to need not wait. */
static enum session_verdict
feed(void *session, const char *p, size_t n, size_t *used, struct buf *out)
{
	struct transcribe *s = session;
	enum session_verdict v;

	begin(s, out);
	v = s->type->feed(s->session, p, n, used, out);
	if (n > s->seen)
		take_bytes(s->transcript, DIALOGUE_CLIENT,
		    span_of(p + s->seen, n - s->seen));
	s->seen = n - *used;
	return end(s, v, out);
}

static enum session_verdict
resume(void *session, struct buf *out)
{
	struct transcribe *s = session;

	begin(s, out);
	return end(s, s->type->resume(s->session, out), out);
}

static long
delay(const void *session)
{
	const struct transcribe *s = session;

	return s->type->delay != NULL ? s->type->delay(s->session) : 0;
}

static const char *
identity(const void *session)
{
	const struct transcribe *s = session;

	return s->type->identity(s->session);
}

static enum session_verdict
end_of_input(void *session, struct buf *out)
{
	struct transcribe *s = session;

	begin(s, out);
	s->ended = 1;
	return end(s, s->type->end != NULL ? s->type->end(s->session, out) :
	    SESSION_CLOSE, out);
}

static void
expire(void *session, int down, struct buf *out)
{
	struct transcribe *s = session;

	if (!down)
		take_note(s->transcript, "timeout");
	begin(s, out);
	s->type->expire(s->session, down, out);
	end(s, SESSION_CLOSE, out);
}

/*
 * A session that would go on, but is over, had its connection reset; where the
 * client had closed it before, what still came was too late.
 */
static void
close_session(void *session)
{
	struct transcribe *s = session;
	int reset = s->verdict == SESSION_RESET || (!s->ended &&
	    (s->verdict == SESSION_MORE || s->verdict == SESSION_HOLD));

	s->type->close(s->session);
	take_note(s->transcript, reset ? "reset" : "close");
	close_transcript(s->transcript);
	free(s);
}

static enum session_verdict
data(void *session, const char *p, size_t n, struct buf *out)
{
	struct transcribe *s = session;

	begin(s, out);
	return end(s, s->type->data(s->session, p, n, out), out);
}

static enum session_verdict
data_end(void *session, int broken, struct buf *out)
{
	struct transcribe *s = session;

	begin(s, out);
	return end(s, s->type->data_end(s->session, broken, out), out);
}

static enum session_verdict
data_sent(void *session, struct buf *out)
{
	struct transcribe *s = session;

	begin(s, out);
	return end(s, s->type->data_sent(s->session, out), out);
}

void
transcribe_make(const struct transcribe_conf *c)
{
	if (newfile_mkdir(c->dir, R_OK | W_OK | X_OK) < 0)
		die_sys(EX_CANTCREAT, "%s", c->dir);
}

struct session_type
transcribe_type(const struct transcribe_conf *c)
{
	return (struct session_type){
		.open = open_session, .greet = greet, .feed = feed,
		.resume = resume, .delay = delay,
		.identity = c->type->identity != NULL ? identity : NULL,
		.end = end_of_input, .expire = expire, .close = close_session,
		.data = c->type->data != NULL ? data : NULL,
		.data_end = data_end,
		.data_sent = c->type->data_sent != NULL ? data_sent : NULL,
		.piece = c->type->piece, .busy = c->type->busy
	};
}
