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
talk(void *arg, int who, struct span line)
{
	(void)arg;
	must_be_line(who, line);
}

static void
feed(struct orderd *s, struct world *w, struct span input, struct buf *out)
{
	enum orderd_verdict v = ORDERD_MORE;
	size_t n = 0, used;

	for (;;) {
		if (v == ORDERD_COMMIT ||
		    (v == ORDERD_SOON && roll(&w->dice, 2) == 0)) {
			v = orderd_resume(s, out);
			continue;
		}
		if (v == ORDERD_CLOSE)
			return;
		if (n == input.n)
			break;
		n += cut(&w->dice, input.n - n);
		v = orderd_feed(s, input.p, n, &used, out);
		MUST(used <= n && (v != ORDERD_MORE || used == n));
		input = span_drop(input, used);
		n -= used;
	}
	if (v == ORDERD_SOON)
		v = orderd_resume(s, out);
	if (v == ORDERD_MORE && roll(&w->dice, 4) == 0)
		orderd_expire(s, (int)roll(&w->dice, 2), out);
	else if (v == ORDERD_MORE && orderd_end(s, out) != ORDERD_CLOSE)
		orderd_resume(s, out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span input = span_of(data, n);
	struct world w = { .open = 0 };
	struct orderd_conf conf = { .host = "here", .store = {
	    &w, file_begin, file_write, file_finish, file_outcome, file_drop
	} };
	struct buf out = { 0 };
	struct orderd *s;

	if (take_seed(&w.dice, &input) < 0)
		return 0;
	conf.max = roll(&w.dice, 2) == 0 ? 100 : 100000;
	if (roll(&w.dice, 4) == 0)
		conf.key = span_str("secret");
	if (roll(&w.dice, 4) == 0)
		conf.talk = talk;
	s = orderd_open(&conf, "n0nce", &out);
	feed(s, &w, input, &out);
	orderd_close(s);
	MUST(w.open == 0);
	buf_free(&out);
	return 0;
}
