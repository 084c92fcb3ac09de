#include "waits.h"

#include <stdlib.h>

#define SLOTS (2 * WAITS_MAX)	/* a power of two */

static uint64_t
fingerprint(const struct result *r)
{
	uint64_t h = result_hash(r->id, r->number, r->rcpt);

	h = (h ^ h >> 32) * UINT64_C(0xd6e8feb86659fd93);
	h ^= h >> 32;
	return h > 0 ? h : 1;
}

static void
start(struct waits *w)
{
	w->print = die_calloc(SLOTS, sizeof *w->print);
	w->slot = die_calloc(SLOTS, sizeof *w->slot);
	w->n = w->sending = 0;
}

/* Where one belongs: low bits; whether it is chosen: the high ones. */
static size_t
find(const struct waits *w, uint64_t print)
{
	size_t i;

	for (i = print & (SLOTS - 1); w->print[i] != 0 &&
	    w->print[i] != print; i = (i + 1) & (SLOTS - 1))
		;
	return i;
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
	struct waits old = *w;
	size_t i, to;

	w->weight = w->weight == 0 ? 2 : 2 * w->weight;
	start(w);
	for (i = 0; i < SLOTS; i++) {
		if (old.print[i] == 0 || (!is_chosen(w, old.print[i]) &&
		    !is_due(w, old.slot[i].sending)))
			continue;
		to = find(w, old.print[i]);
		w->print[to] = old.print[i];
		w->slot[to] = old.slot[i];
		w->sending += old.slot[i].sending;
		w->n++;
	}
	free(old.print);
	free(old.slot);
}

/* Those behind it that belong further in front move up. */
static void
take_out(struct waits *w, size_t hole)
{
	size_t i = hole, home;

	w->sending -= w->slot[hole].sending;
	for (;;) {
		i = (i + 1) & (SLOTS - 1);
		if (w->print[i] == 0)
			break;
		home = w->print[i] & (SLOTS - 1);
		if (((i - home) & (SLOTS - 1)) < ((i - hole) & (SLOTS - 1)))
			continue;
		w->print[hole] = w->print[i];
		w->slot[hole] = w->slot[i];
		hole = i;
	}
	w->print[hole] = 0;
	w->n--;
}

static int
is_open(enum result_status status)
{
	return status == RESULT_DEFERRED || status == RESULT_UNKNOWN ||
	    status == RESULT_SENDING;
}

/* Slot i is free, or the recipient's. */
static void
keep(struct waits *w, size_t i, uint64_t print, const struct result *r)
{
	struct waits_one *one = &w->slot[i];

	if (w->print[i] == 0) {
		memset(one, 0, sizeof *one);
		w->print[i] = print;
		w->n++;
	}
	if (r->status == RESULT_DEFERRED && !one->deferred) {
		one->deferred = 1;
		one->since = r->time;
	}
	w->sending -= one->sending;
	one->sending = r->status == RESULT_SENDING;
	w->sending += one->sending;
	one->status = one->sending ? RESULT_UNKNOWN : r->status;
}

struct waits_past
waits_next(struct waits *w, const struct result *r)
{
	const uint64_t print = fingerprint(r);
	const int chosen = is_chosen(w, print);
	struct waits_past past = { 0 };
	size_t i;

	if (w->slot == NULL)
		start(w);
	i = find(w, print);
	if (w->print[i] != 0) {
		past.known = 1;
		past.status = w->slot[i].status;
		past.deferred = w->slot[i].deferred;
		past.since = w->slot[i].since;
		past.weight = !chosen ? 0 : w->weight > 0 ? w->weight : 1;
	}
	past.watched = is_open(r->status) &&
	    (chosen || is_due(w, r->status == RESULT_SENDING));
	if (past.watched)
		keep(w, i, print, r);
	else if (past.known)
		take_out(w, i);
	while (w->n >= WAITS_MAX)
		halve(w);
	return past;
}

void
waits_free(struct waits *w)
{
	free(w->print);
	free(w->slot);
	memset(w, 0, sizeof *w);
}
