/*
 * server/smtp/smtpd: a session with a peer that says what the input does,
 * cut at random, over stores that fail, are busy or take their time, with
 * and without log-in, a relay and rules.  It goes on as long as it should,
 * answers nothing but replies, and ends each message it has begun.
 */
#include "server/smtp/smtpd.h"

#include <errno.h>

#include "fuzz.h"

/* In no order of harm; a session has all of them or none. */
static const char rules[] =
    "at rcpt nth 5 reply 451 4.2.0 try later\n"
    "at dot every 4 delay 2s\n"
    "at ehlo hide SIZE CHUNKING\n"
    "at mail after 9 per 60s reply 421 4.7.0 slow down\n"
    "at dot nth 9 drop\n"
    "seed 42\n"
    "at data odds 5% reset\n"
    "at vrfy odds 50% truncate\n"
    "at rset odds 10% silence\n"
    "at any odds 3% reply 450 4.0.0 no\n";

struct world {
	struct dice dice;
	struct rules *rules;
	long long now;
	int open;		/* messages begun and not over */
};

struct note {
	struct world *w;
	int asked;		/* end has said EINPROGRESS */
};

static void *
store_begin(void *arg, struct span from, struct span trace,
    struct span boxes)
{
	struct world *w = arg;
	struct note *n;

	MUST(trace.n > 0 && trace.p[trace.n - 1] == '\n');
	MUST(boxes.n > 2 && boxes.p[boxes.n - 1] == '\0');
	MUST(from.n == 0 || memchr(from.p, '\n', from.n) == NULL);
	if (roll(&w->dice, 16) == 0) {
		errno = roll(&w->dice, 2) == 0 ? EIO : ENOSPC;
		return NULL;
	}
	n = calloc(1, sizeof *n);
	MUST(n != NULL);
	n->w = w;
	w->open++;
	return n;
}

static void
store_write(void *mail, const char *p, size_t n)
{
	(void)mail;
	read_all(p, n);
}

static void
store_drop(void *mail)
{
	struct note *n = mail;

	n->w->open--;
	free(n);
}

static int
store_end(void *mail)
{
	static const int outcomes[] = { 0, 0, 0, 0, EIO, ENOSPC, ETIMEDOUT };
	struct note *n = mail;
	struct world *w = n->w;

	if (!n->asked && roll(&w->dice, 4) == 0)
		return EAGAIN;
	if (!n->asked && roll(&w->dice, 4) != 0) {
		n->asked = 1;
		return EINPROGRESS;
	}
	store_drop(n);
	return outcomes[roll(&w->dice, COUNT(outcomes))];
}

/* The relay's writing is over when its end has said EINPROGRESS once. */
static int
relay_end(void *mail)
{
	struct note *n = mail;

	if (!n->asked) {
		n->asked = 1;
		return EINPROGRESS;
	}
	store_drop(n);
	return 0;
}

static int
relay_settle(void *mail)
{
	struct note *n = mail;

	return roll(&n->w->dice, 4) == 0 ? EIO : 0;
}

static struct mail_store store = {
	.begin = store_begin, .write = store_write, .end = store_end,
	.drop = store_drop
};

static const struct mail_store relay = {
	.begin = store_begin, .write = store_write, .end = relay_end,
	.drop = store_drop, .settle = relay_settle
};

static int
find_box(const void *users, struct span local, struct buf *names)
{
	(void)users;
	if (local.n > 0 && (local.p[0] == 'x' || local.p[0] == 'X'))
		return -1;
	buf_add(names, "user\0other", span_is(local, "all") ? 11 : 5);
	return span_is(local, "all");
}

static const char *
full_name(const void *users, const char *name)
{
	(void)users;
	return *name == 'u' ? "Us Er" : "";
}

static size_t
named(const void *users, struct span name, struct buf *names)
{
	(void)users;
	buf_add(names, "user\0other", name.n % 3 == 2 ? 11 : 5);
	return name.n % 3;
}

static int
find_login(void *app, struct span login, struct span *secret)
{
	(void)app;
	*secret = span_str("pencil");
	return span_is(login, "user") ? 0 : -1;
}

static int
queued(void *spool, struct span domain)
{
	struct world *w = spool;

	(void)domain;
	return (int)roll(&w->dice, 3) - 1;
}

static void
add_nonce(struct buf *b)
{
	buf_adds(b, "n0nce");
}

static void
add_word(struct buf *b)
{
	buf_adds(b, "word");
}

static struct rules_action
event(void *arg, enum rules_place place, const struct rules_facts *facts)
{
	struct world *w = arg;

	w->now += roll(&w->dice, 1000);
	return rules_event(w->rules, place, facts, w->now);
}

static void
talk(const char *peer, int who, struct span line)
{
	(void)peer;
	must_be_line(who, line);
}

/* Whole replies alone: three digits, a blank or hyphen, CRLF. */
static void
check_answers(struct buf *out)
{
	struct span rest = buf_span(out), line;
	size_t i;

	while (rest.n > 0) {
		line = span_line(&rest);
		MUST(line.n >= 6 && line.p[line.n - 2] == '\r');
		for (i = 0; i < 3; i++)
			MUST(line.p[i] >= '0' && line.p[i] <= '9');
		MUST(line.p[3] == ' ' || line.p[3] == '-');
	}
	buf_clear(out);
}

/* Feeds a session until its input or itself is at the end. */
static enum session_verdict
feed(void *s, struct world *w, struct span input, struct buf *out)
{
	enum session_verdict next = smtpd_session.greet(s, out);
	size_t n = 0, used;
	int waits = 0;

	while (next < SESSION_CLOSE) {
		if (next == SESSION_COMMIT || next == SESSION_WAIT ||
		    ((next == SESSION_SOON || next == SESSION_WATCH) &&
		    roll(&w->dice, 2) == 0)) {
			MUST(smtpd_session.delay(s) >= 0 && ++waits < 100000);
			next = smtpd_session.resume(s, out);
			continue;
		}
		if (next == SESSION_MORE && w->rules == NULL)
			check_answers(out);
		/* What was left comes again with more behind it. */
		n = n < input.n ? n + cut(&w->dice, input.n - n) : 0;
		if (n == 0)
			break;
		next = smtpd_session.feed(s, input.p, n, &used, out);
		MUST(used <= n);
		MUST(next != SESSION_MORE || n - used <= SMTPD_LINE_MAX);
		input = span_drop(input, used);
		n -= used;
	}
	return next;
}

static void
set_up(struct smtpd_conf *c, struct sasld_conf *sasl, struct world *w)
{
	static const char *const ours[] = { "ours.test" };
	struct buf faults = { 0 };

	c->host = "mx.test";
	c->max_size = roll(&w->dice, 2) == 0 ? 0 : 1000;
	c->known = (int)roll(&w->dice, 2);
	c->tls = (int)roll(&w->dice, 2);
	c->domain = ours;
	c->domains = roll(&w->dice, 2);
	c->store = roll(&w->dice, 8) == 0 ? NULL : &store;
	c->relay = roll(&w->dice, 2) == 0 ? NULL : &relay;
	c->auth = roll(&w->dice, 2) == 0 ? NULL : sasl;
	c->talk = roll(&w->dice, 4) == 0 ? talk : NULL;
	c->event = roll(&w->dice, 4) == 0 ? event : NULL;
	c->store_arg = c->relay_arg = c->rules = w;
	c->find = find_box;
	c->full_name = full_name;
	c->named = named;
	c->queued = queued;
	c->nonce = add_nonce;
	c->id = c->date = add_word;
	store.by_address = (int)roll(&w->dice, 2);
	if (c->event != NULL) {
		static const struct rules_for who = { DIALOGUE_SMTP, 0 };

		w->rules = rules_parse(span_str(rules), &who, &faults);
		MUST(w->rules != NULL);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct sasld_conf sasl = { .mechanisms = sasld_possible(0),
	    .host = "mx.test", .find = find_login };
	struct span input = span_of(data, n);
	struct smtpd_conf conf = { 0 };
	struct world w = { .open = 0 };
	struct buf out = { 0 };
	void *s;

	if (take_seed(&w.dice, &input) < 0)
		return 0;
	set_up(&conf, &sasl, &w);
	s = smtpd_session.open(&conf, "192.0.2.1", (int)roll(&w.dice, 2),
	    NULL);
	if (feed(s, &w, input, &out) == SESSION_MORE && roll(&w.dice, 2) == 0)
		smtpd_session.expire(s, (int)roll(&w.dice, 2), &out);
	smtpd_session.close(s);
	MUST(w.open == 0);
	buf_free(&out);
	rules_free(w.rules);
	return 0;
}
