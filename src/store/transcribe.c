#include "transcribe.h"

#include <stdlib.h>

struct transcribe {
	const struct session_type *type;
	void *session;
	struct transcript *transcript;
	int is_short;
	enum session_verdict verdict;	/* the last one */
	size_t seen;		/* bytes that were fed, and left */
	size_t told;		/* bytes of the answers in hand */
};

static void *
open_session(const void *conf, const char *peer, int local)
{
	const struct transcribe_conf *c = conf;
	struct transcribe *s;

	s = die_calloc(1, sizeof *s);
	s->type = c->type;
	s->session = c->type->open(c->conf, peer, local);
	s->transcript = transcript_open(&c->transcript, peer, &s->is_short);
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
	transcript_bytes(s->transcript, DIALOGUE_SERVER,
	    span_drop(buf_span(out), s->told));
	s->told = out->n;
	if (v == SESSION_SECURE) {
		transcript_unseal(s->transcript);
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
		transcript_bytes(s->transcript, DIALOGUE_CLIENT,
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
	return end(s, s->type->end(s->session, out), out);
}

static void
expire(void *session, int down, struct buf *out)
{
	struct transcribe *s = session;

	if (!down)
		transcript_note(s->transcript, "timeout");
	begin(s, out);
	s->type->expire(s->session, down, out);
	end(s, SESSION_CLOSE, out);
}

static void
close_session(void *session)
{
	struct transcribe *s = session;

	s->type->close(s->session);
	transcript_note(s->transcript,
	    s->verdict == SESSION_RESET ? "reset" : "close");
	transcript_close(s->transcript);
	free(s);
}

static void
attach(void *session, struct dataconn *d)
{
	struct transcribe *s = session;

	s->type->attach(s->session, d);
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

struct session_type
transcribe_type(const struct transcribe_conf *c)
{
	return (struct session_type){
		.open = open_session, .greet = greet, .feed = feed,
		.resume = resume, .delay = delay,
		.identity = c->type->identity != NULL ? identity : NULL,
		.end = c->type->end != NULL ? end_of_input : NULL,
		.expire = expire, .close = close_session,
		.attach = c->type->attach != NULL ? attach : NULL,
		.data = data, .data_end = data_end,
		.data_sent = c->type->data_sent != NULL ? data_sent : NULL,
		.piece = c->type->piece, .busy = c->type->busy
	};
}
