#include "waits.h"

#include <stdlib.h>

#define SLOTS (2 * WAITS_MAX)	/* a power of two */

/* FNV-1a, 64 bits, of a field and what ends it. */
static uint64_t
more(uint64_t h, struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * UINT64_C(0x100000001b3);
	return (h ^ 0xff) * UINT64_C(0x100000001b3);
}

static uint64_t
fingerprint(const struct result *r)
{
	const struct span number = span_of(&r->number, sizeof r->number);
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	h = more(more(h, r->id.n > 0 ? r->id : number), r->rcpt);
	h = (h ^ h >> 32) * UINT64_C(0xd6e8feb86659fd93);
	h ^= h >> 32;
	return h > 0 ? h : 1;
}

/* Where one belongs: low bits; whether it is chosen: the high ones. */
static struct waits_one *
find(const struct waits *w, uint64_t print)
{
	size_t i;

	for (i = print & (SLOTS - 1); w->slot[i].print != 0 &&
	    w->slot[i].print != print; i = (i + 1) & (SLOTS - 1))
		;
	return &w->slot[i];
}

static int
is_chosen(const struct waits *w, uint64_t print)
{
	return w->weight == 0 || (print >> 32) % w->weight == 0;
}

/* Whether one is kept though it is not chosen. */
static int
is_due(const struct waits *w, int sending)
{
	return sending && w->sending < WAITS_MAX / 2;
}

/* Watches half as many. */
static void
halve(struct waits *w)
{
	struct waits_one *old = w->slot;
	size_t i;

	w->weight = w->weight == 0 ? 2 : 2 * w->weight;
	w->slot = die_calloc(SLOTS, sizeof *w->slot);
	w->n = 0;
	w->sending = 0;
	for (i = 0; i < SLOTS; i++)
		if (old[i].print != 0 && (is_chosen(w, old[i].print) ||
		    is_due(w, old[i].sending))) {
			*find(w, old[i].print) = old[i];
			w->sending += (size_t)old[i].sending;
			w->n++;
		}
	free(old);
}

/* Those behind it that belong further in front move up. */
static void
take_out(struct waits *w, struct waits_one *one)
{
	size_t hole = (size_t)(one - w->slot), i = hole, home;

	w->sending -= (size_t)one->sending;
	for (;;) {
		i = (i + 1) & (SLOTS - 1);
		if (w->slot[i].print == 0)
			break;
		home = w->slot[i].print & (SLOTS - 1);
		if (((i - home) & (SLOTS - 1)) < ((i - hole) & (SLOTS - 1)))
			continue;
		w->slot[hole] = w->slot[i];
		hole = i;
	}
	w->slot[hole].print = 0;
	w->n--;
}

static int
is_open(enum result_status status)
{
	return status == RESULT_DEFERRED || status == RESULT_UNKNOWN ||
	    status == RESULT_SENDING;
}

/* one is free, or the recipient's. */
static void
keep(struct waits *w, struct waits_one *one, uint64_t print,
    const struct result *r)
{
	if (one->print == 0) {
		memset(one, 0, sizeof *one);
		one->print = print;
		w->n++;
	}
	if (r->status == RESULT_DEFERRED && !one->deferred) {
		one->deferred = 1;
		one->since = r->time;
	}
	w->sending -= (size_t)one->sending;
	one->sending = r->status == RESULT_SENDING;
	w->sending += (size_t)one->sending;
	one->status = one->sending ? RESULT_UNKNOWN : r->status;
}

struct waits_past
waits_next(struct waits *w, const struct result *r)
{
	const uint64_t print = fingerprint(r);
	struct waits_past past = { 0 };
	struct waits_one *one;
	int chosen;

	if (w->slot == NULL)
		w->slot = die_calloc(SLOTS, sizeof *w->slot);
	chosen = is_chosen(w, print);
	one = find(w, print);
	if (one->print != 0) {
		past.known = 1;
		past.status = one->status;
		past.deferred = one->deferred;
		past.since = one->since;
		past.weight = !chosen ? 0 : w->weight > 0 ? w->weight : 1;
	}
	past.watched = is_open(r->status) &&
	    (chosen || is_due(w, r->status == RESULT_SENDING));
	if (past.watched)
		keep(w, one, print, r);
	else if (past.known)
		take_out(w, one);
	while (w->n >= WAITS_MAX)
		halve(w);
	return past;
}

void
waits_free(struct waits *w)
{
	free(w->slot);
	memset(w, 0, sizeof *w);
}
