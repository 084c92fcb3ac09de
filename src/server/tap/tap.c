#include "tap.h"

#include <stdlib.h>

#include "format/wire/protocol.h"
#include "tapline.h"

/* A server that does not read gets no more than so much. */
#define WAITING_MAX ((size_t)512 << 10)

/* There are no answers of its own: the server's wait for room. */
#define PIECE ((size_t)256 << 10)

static void *
open_session(const void *conf, const char *peer, int local,
    struct dataconn *server)
{
	struct tap *s;

	(void)local;
	s = die_calloc(1, sizeof *s);
	s->conf = conf;
	s->peer = span_dup(span_str(peer));
	s->server = server;
	s->follow.protocol = s->conf->protocol;
	s->opaque = s->conf->event == NULL;
	return s;
}

static int
is_over(const struct tap *s)
{
	return s->ended || s->tamper.closes ||
	    (s->eof && (!s->joined || s->tamper.silent));
}

static enum session_verdict
next(struct tap *s)
{
	if (s->eof && s->joined && !s->finished && s->in.n == 0 &&
	    !tapline_holds(s)) {
		s->conf->server.finish(s->server);
		s->finished = 1;
	}
	if (s->tamper.resets)
		return SESSION_RESET;
	if (s->tamper.delay > 0)
		return SESSION_WAIT;
	if (is_over(s))
		return s->reset ? SESSION_RESET : SESSION_CLOSE;
	return s->eof || tapline_holds(s) || (s->joined &&
	    s->conf->server.waiting(s->server) >= WAITING_MAX) ?
	    SESSION_HOLD : SESSION_MORE;
}

static enum session_verdict
greet(void *session, struct buf *out)
{
	struct tap *s = session;

	s->out = out;
	if (s->conf->event != NULL && tapline_connect(s))
		return next(s);
	if (s->conf->server.dial(s->conf->app, s->server) == 0)
		s->joined = 1;
	else
		s->ended = 1;
	return next(s);
}

/*
 * A web page can reach ports of its own machine, and what it posts may be made
 * to look like commands: it does not get any further.
 */
static void
look(struct tap *s)
{
	enum protocol guess = protocol_guess(buf_span(&s->in));

	if (guess == PROTOCOL_HTTP)
		s->tamper.closes = 1;
	else
		s->known = guess != PROTOCOL_PARTIAL ||
		    span_find(buf_span(&s->in), '\n') != NULL;
}

static enum session_verdict
feed(void *session, const char *p, size_t n, size_t *used, struct buf *out)
{
	struct tap *s = session;

	s->out = out;
	*used = n;
	if (s->opaque && s->known && s->in.n == 0) {
		s->conf->server.send(s->server, p, n);
		return next(s);
	}
	buf_add(&s->in, p, n);
	if (!s->known)
		look(s);
	if (s->known)
		tapline_go_on(s);
	return next(s);
}

static enum session_verdict
data(void *session, const char *p, size_t n, struct buf *out)
{
	struct tap *s = session;

	s->out = out;
	s->heard = 1;
	if (s->tamper.silent)
		return next(s);
	if (s->opaque)
		buf_add(out, p, n);
	else
		tapline_server(s, p, n);
	return next(s);
}

static enum session_verdict
data_end(void *session, int broken, struct buf *out)
{
	struct tap *s = session;

	s->out = out;
	s->joined = 0;
	if (!s->heard)
		s->conf->lost(s->conf->app, broken);
	s->ended = !s->tamper.silent;
	s->reset = broken && s->heard;
	tapline_server_end(s);
	return next(s);
}

static enum session_verdict
data_sent(void *session, struct buf *out)
{
	struct tap *s = session;

	s->out = out;
	return next(s);
}

static enum session_verdict
resume(void *session, struct buf *out)
{
	struct tap *s = session;

	s->out = out;
	tapline_release(s);
	return next(s);
}

static long
delay(const void *session)
{
	const struct tap *s = session;

	return s->tamper.delay;
}

static enum session_verdict
end(void *session, struct buf *out)
{
	struct tap *s = session;

	s->out = out;
	s->eof = s->known = 1;
	tapline_go_on(s);
	return next(s);
}

/* Neither side is told: both see the end. */
static void
expire(void *session, int down, struct buf *out)
{
	(void)session;
	(void)down;
	(void)out;
}

static void
close_session(void *session)
{
	struct tap *s = session;

	follow_free(&s->follow);
	tapline_free(s);
	tamper_free(&s->tamper);
	buf_free(&s->in);
	buf_free(&s->line);
	buf_free(&s->reply);
	buf_free(&s->behind);
	buf_free(&s->text);
	free(s->peer);
	free(s);
}

const struct session_type tap_session = {
	.open = open_session, .greet = greet, .feed = feed,
	.resume = resume, .delay = delay, .end = end, .expire = expire,
	.close = close_session, .data = data, .data_end = data_end,
	.data_sent = data_sent, .piece = PIECE
};
