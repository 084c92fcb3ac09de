/*
 * server/tap: a session between a client and a server that say anything, in
 * pieces of any size.  Without rules each gets what the other has said.
 */
#include "server/tap/tap.h"

#include "fuzz.h"

static const char rules_text[] =
    "at connect odds 20% reply 220 a\\nb\nat ehlo hide SIZE X\n"
    "at ehlo offer PIPELINING\nat mail odds 30% twice\n"
    "at rcpt odds 30% reply 550 no\nat data odds 20% reply 354 go\\non\n"
    "at data odds 20% also 250 x\nat dot odds 30% reply 451 x\n"
    "at dot odds 10% drop\nat noop bytewise 1ms\nat rset odds 30% unended\n"
    "at vrfy delay 1ms\nat help inject NOOP\nat quit odds 20% truncate\n"
    "at unknown odds 10% silence\nat auth odds 50% delay 1ms\n"
    "at any odds 3% reset\n";

struct world {
	struct dice dice;
	struct rules *rules;
	struct buf sent;	/* to the server */
	int joined, finished;
};

static struct world *world;	/* of the functions without an argument */

static int
dial(void *app, struct dataconn *d)
{
	struct world *w = app;

	(void)d;
	w->joined = roll(&w->dice, 16) != 0;
	return w->joined ? 0 : -1;
}

static void
send_server(struct dataconn *d, const void *p, size_t n)
{
	(void)d;
	MUST(world->joined && !world->finished);
	buf_add(&world->sent, p, n);
}

static size_t
waiting(const struct dataconn *d)
{
	(void)d;
	return roll(&world->dice, 8) == 0 ? (size_t)1 << 20 : 0;
}

static void
finish(struct dataconn *d)
{
	(void)d;
	MUST(!world->finished++);
}

static void
lost(void *app, int err)
{
	(void)app;
	(void)err;
}

static struct rules_action
event(void *rules, enum rules_place place, const struct rules_facts *facts)
{
	read_all(facts->arg.p, facts->arg.n);
	read_all(facts->rcpt.p, facts->rcpt.n);
	return rules_event(rules, place, facts, 0);
}

/* One step of the session: what it says next, or the same where it waits. */
static enum session_verdict
step(struct world *w, void *s, enum session_verdict v, struct span *input,
    struct buf said[2], struct buf *out)
{
	const struct session_type *type = &tap_session;
	size_t n = cut(&w->dice, input->n), used = n;
	struct span piece = span_of(input->p, n);

	if (v == SESSION_WAIT) {
		MUST(type->delay(s) > 0);
		return type->resume(s, out);
	}
	*input = span_drop(*input, n);
	if (!w->joined || (v == SESSION_MORE && roll(&w->dice, 2) == 0)) {
		if (v != SESSION_MORE)
			return SESSION_CLOSE;
		buf_addspan(&said[0], piece);
		v = type->feed(s, piece.p, n, &used, out);
		MUST(used == n);
		return v;
	}
	if (v == SESSION_HOLD && roll(&w->dice, 4) == 0)
		v = type->data_sent(s, out);
	if (v != SESSION_MORE && v != SESSION_HOLD)
		return v;
	buf_addspan(&said[1], piece);
	return type->data(s, piece.p, n, out);
}

static void
run(struct world *w, const struct tap_conf *conf, struct span input)
{
	const struct session_type *type = &tap_session;
	struct buf out = { 0 }, said[2] = { { 0 }, { 0 } };
	enum session_verdict v;
	void *s = type->open(conf, "192.0.2.1", 0, NULL);

	v = type->greet(s, &out);
	while (input.n > 0 && v < SESSION_CLOSE)
		v = step(w, s, v, &input, said, &out);
	if (v == SESSION_MORE)
		v = type->end(s, &out);
	if (conf->event == NULL && w->finished) {
		MUST(span_eq(buf_span(&w->sent), buf_span(&said[0])));
		MUST(span_eq(buf_span(&out), buf_span(&said[1])));
	}
	while (v == SESSION_WAIT)
		v = type->resume(s, &out);
	if ((v == SESSION_MORE || v == SESSION_HOLD) && w->joined)
		type->data_end(s, roll(&w->dice, 2) ? 32 : 0, &out);
	type->close(s);
	buf_free(&out);
	buf_free(&said[0]);
	buf_free(&said[1]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct rules_for who = { DIALOGUE_SMTP, 1 };
	struct span input = span_of(data, n);
	struct tap_conf conf = { DIALOGUE_SMTP, { dial, send_server, waiting,
	    finish }, lost, NULL, NULL, NULL };
	struct world w = { { 0 }, NULL, { 0 }, 0, 0 };
	struct buf faults = { 0 };

	if (take_seed(&w.dice, &input) < 0)
		return 0;
	world = &w;
	conf.app = &w;
	if (roll(&w.dice, 4) != 0) {
		w.rules = rules_parse(span_str(rules_text), &who, &faults);
		MUST(w.rules != NULL);
		conf.event = event;
		conf.rules = w.rules;
	} else {
		conf.protocol = (enum dialogue_protocol)
		    (1 + roll(&w.dice, 4));
	}
	run(&w, &conf, input);
	rules_free(w.rules);
	buf_free(&w.sent);
	buf_free(&faults);
	return 0;
}
