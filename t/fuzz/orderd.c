/*
 * server/order/orderd: a session with a peer that says what the input does,
 * cut at random, over a store that fails at times, with and without a key.
 * Each file it begins is dropped, and what is finished has a whole name.
 */
#include "server/order/orderd.h"

#include "fuzz.h"

struct world {
	struct dice dice;
	int open;		/* files begun and not dropped */
};

static enum orderd_outcome
bad_luck(struct world *w)
{
	return roll(&w->dice, 2) == 0 ? ORDERD_TROUBLE : ORDERD_FULL;
}

static void *
file_begin(void *arg, enum orderd_outcome *why)
{
	struct world *w = arg;

	if (roll(&w->dice, 8) == 0) {
		*why = roll(&w->dice, 2) == 0 ? ORDERD_NO_MORE : bad_luck(w);
		return NULL;
	}
	w->open++;
	return w;
}

static void
file_write(void *file, const void *p, size_t n)
{
	(void)file;
	read_all(p, n);
}

static int
file_finish(void *file, const struct orderd_order *o)
{
	struct world *w = file;

	MUST(strlen(o->sha) == 64);
	MUST((o->name.n == 0) == (o->raw != 0));
	MUST(o->raw || (o->name.n <= 200 &&
	    memchr(o->name.p, '/', o->name.n) == NULL));
	return roll(&w->dice, 4) == 0;
}

static enum orderd_outcome
file_outcome(void *file, struct span *name)
{
	struct world *w = file;

	if (roll(&w->dice, 8) == 0)
		return bad_luck(w);
	*name = span_str("order-2.txt");
	return roll(&w->dice, 2) == 0 ? ORDERD_STORED : ORDERD_DUPLICATE;
}

static void
file_drop(void *file)
{
	struct world *w = file;

	w->open--;
}

static void
add_nonce(struct buf *b)
{
	buf_adds(b, "n0nce");
}

static void
talk(void *app, const char *peer, int who, struct span line)
{
	(void)app;
	MUST(peer[0] == '\0');
	must_be_line(who, line);
}

static void
feed(void *s, struct world *w, struct span input, struct buf *out)
{
	enum session_verdict v = SESSION_MORE;
	size_t n = 0, used;

	for (;;) {
		if (v == SESSION_COMMIT ||
		    (v == SESSION_SOON && roll(&w->dice, 2) == 0)) {
			v = orderd_session.resume(s, out);
			continue;
		}
		if (v == SESSION_CLOSE)
			return;
		if (n == input.n)
			break;
		n += cut(&w->dice, input.n - n);
		v = orderd_session.feed(s, input.p, n, &used, out);
		MUST(used <= n && (v != SESSION_MORE || used == n));
		input = span_drop(input, used);
		n -= used;
	}
	if (v == SESSION_SOON)
		v = orderd_session.resume(s, out);
	if (v == SESSION_MORE && roll(&w->dice, 4) == 0)
		orderd_session.expire(s, (int)roll(&w->dice, 2), out);
	else if (v == SESSION_MORE &&
	    orderd_session.end(s, out) != SESSION_CLOSE)
		orderd_session.resume(s, out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span input = span_of(data, n);
	struct world w = { .open = 0 };
	struct orderd_conf conf = { .host = "here", .nonce = add_nonce,
	    .store = { &w, file_begin, file_write, file_finish,
	        file_outcome, file_drop } };
	struct buf out = { 0 };
	void *s;

	if (take_seed(&w.dice, &input) < 0)
		return 0;
	conf.max = roll(&w.dice, 2) == 0 ? 100 : 100000;
	if (roll(&w.dice, 4) == 0)
		conf.key = span_str("secret");
	if (roll(&w.dice, 4) == 0)
		conf.talk = talk;
	s = orderd_session.open(&conf, "", 0);
	orderd_session.greet(s, &out);
	feed(s, &w, input, &out);
	orderd_session.close(s);
	MUST(w.open == 0);
	buf_free(&out);
	return 0;
}
