/*
 * server/order/orderd: a session with a peer that says what the input does,
 * cut at random, over a store that fails at times, with and without a key.
 * Each file it begins is dropped, and what is finished has a whole name.
 */
#include "server/order/orderd.h"

#include <errno.h>

#include "fuzz.h"

struct world {
	struct dice dice;
	int open;		/* files begun and not dropped */
};

static int
bad_luck(struct world *w)
{
	return roll(&w->dice, 2) == 0 ? EIO : ENOSPC;
}

static void *
file_begin(void *arg)
{
	struct world *w = arg;

	if (roll(&w->dice, 8) == 0) {
		errno = roll(&w->dice, 2) == 0 ? EBUSY : bad_luck(w);
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
file_finish(void *file, struct span name, const char *sha, struct span tag)
{
	struct world *w = file;

	MUST(strlen(sha) == 64);
	MUST(name.n > 0 || tag.n == 0);
	MUST(name.n <= 200 && (name.n == 0 ||
	    memchr(name.p, '/', name.n) == NULL));
	return roll(&w->dice, 4) == 0;
}

static int
file_outcome(void *file, struct span *name)
{
	struct world *w = file;

	if (roll(&w->dice, 8) == 0)
		return bad_luck(w);
	*name = span_str("order-2.txt");
	return roll(&w->dice, 2) == 0 ? 0 : EEXIST;
}

static void
file_drop(void *file)
{
	struct world *w = file;

	w->open--;
}

static const struct order_store store = {
	.begin = file_begin, .write = file_write, .finish = file_finish,
	.outcome = file_outcome, .drop = file_drop
};

static void
add_nonce(struct buf *b)
{
	buf_adds(b, "n0nce");
}

static void
talk(const char *peer, int who, struct span line)
{
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
	    .store = &store, .store_arg = &w };
	struct buf out = { 0 };
	void *s;

	if (take_seed(&w.dice, &input) < 0)
		return 0;
	conf.max = roll(&w.dice, 2) == 0 ? 100 : 100000;
	if (roll(&w.dice, 4) == 0)
		conf.key = span_str("secret");
	if (roll(&w.dice, 4) == 0)
		conf.talk = talk;
	s = orderd_session.open(&conf, "", 0, NULL);
	orderd_session.greet(s, &out);
	feed(s, &w, input, &out);
	orderd_session.close(s);
	MUST(w.open == 0);
	buf_free(&out);
	return 0;
}
