#include "survey.h"

#include <stdlib.h>

/*
 * The recipients whose last result is not for good: deferred, unknown, or on
 * their way.  Each is known by a fingerprint of recipient and message.  Memory
 * is bounded: of more than SURVEY_WATCHED at a time only every second is
 * watched, then every fourth and so on, as their fingerprints fall; but those
 * on their way are, as long as these are not many.
 */
#define SLOTS (2 * SURVEY_WATCHED)	/* a power of two */

struct waits_past {
	int watched;		/* what comes next will find this result */
	int known;		/* there was one before */
	enum result_status status;	/* a "sending" is unknown */
	int deferred;		/* since was the first time */
	int64_t since;		/* seconds since the Epoch */
	uintmax_t weight;	/* how many deferred ones it stands for */
};

static uint64_t
fingerprint(const struct result *r)
{
	uint64_t h = result_hash(r->id, r->number, r->rcpt);

	h = (h ^ h >> 32) * UINT64_C(0xd6e8feb86659fd93);
	h ^= h >> 32;
	return h > 0 ? h : 1;
}

static void
start(struct survey_waits *w)
{
	w->print = die_calloc(SLOTS, sizeof *w->print);
	w->slot = die_calloc(SLOTS, sizeof *w->slot);
	w->n = w->sending = 0;
}

/* Where one belongs: low bits; whether it is chosen: the high ones. */
static size_t
find(const struct survey_waits *w, uint64_t print)
{
	size_t i;

	for (i = print & (SLOTS - 1); w->print[i] != 0 &&
	    w->print[i] != print; i = (i + 1) & (SLOTS - 1))
		;
	return i;
}

static int
is_chosen(const struct survey_waits *w, uint64_t print)
{
	return w->weight == 0 || (print >> 32) % w->weight == 0;
}

/* Whether one is kept though it is not chosen. */
static int
is_due(const struct survey_waits *w, int sending)
{
	return sending && w->sending < SURVEY_WATCHED / 2;
}

/* Watches half as many. */
static void
halve(struct survey_waits *w)
{
	struct survey_waits old = *w;
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
take_out(struct survey_waits *w, size_t hole)
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
keep(struct survey_waits *w, size_t i, uint64_t print, const struct result *r)
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

/* Takes the next result of a recipient, and gives what it replaces. */
static struct waits_past
watch(struct survey_waits *w, const struct result *r)
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
	while (w->n >= SURVEY_WATCHED)
		halve(w);
	return past;
}

static void
stop_watching(struct survey_waits *w)
{
	free(w->print);
	free(w->slot);
	memset(w, 0, sizeof *w);
}

#define MINUTE 60
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static const struct wait {
	int64_t below;		/* seconds */
	const char *name;
} classes[SURVEY_WAITS] = {
	{ MINUTE, "1m" }, { 2 * MINUTE, "2m" }, { 5 * MINUTE, "5m" },
	{ 10 * MINUTE, "10m" }, { 20 * MINUTE, "20m" }, { HOUR, "1h" },
	{ 2 * HOUR, "2h" }, { 4 * HOUR, "4h" }, { 8 * HOUR, "8h" },
	{ DAY, "1d" }, { 2 * DAY, "2d" },
	{ INT64_MAX, "more" }
};

const char *
survey_wait(size_t class)
{
	return classes[class].name;
}

static void
add_wait(struct survey *s, int64_t seconds, uintmax_t weight)
{
	size_t i;

	for (i = 0; i + 1 < SURVEY_WAITS && seconds >= classes[i].below; i++)
		;
	s->waited[i] += weight;
}

/* a / b, rounded down; b is positive. */
static int64_t
floor_of(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static void
merge(uintmax_t to[RESULT_STATUSES], const uintmax_t from[RESULT_STATUSES])
{
	size_t i;

	for (i = 0; i < RESULT_STATUSES; i++)
		to[i] += from[i];
}

/* Makes each span twice as long. */
static void
widen(struct survey *s)
{
	const int64_t first = floor_of(s->first, 2);
	uintmax_t none[RESULT_STATUSES] = { 0 }, one[RESULT_STATUSES];
	size_t i, to, n = 0;

	for (i = 0; i < s->spans; i++) {
		to = (size_t)(floor_of(s->first + (int64_t)i, 2) - first);
		memcpy(one, s->in[i], sizeof one);
		memcpy(s->in[i], none, sizeof none);
		merge(s->in[to], one);
		n = to + 1;
	}
	s->spans = n;
	s->first = first;
	s->width *= 2;
}

/* The span of a moment, which is made where there is none yet. */
static uintmax_t *
span_at(struct survey *s, int64_t t)
{
	int64_t at = floor_of(t, s->width), last, shift;

	while (at - s->first >= SURVEY_SPANS ||
	    s->first + (int64_t)s->spans - at > SURVEY_SPANS) {
		widen(s);
		at = floor_of(t, s->width);
	}
	last = s->first + (int64_t)s->spans - 1;
	if (at < s->first) {
		shift = s->first - at;
		memmove(s->in[shift], s->in[0], s->spans * sizeof s->in[0]);
		memset(s->in[0], 0, (size_t)shift * sizeof s->in[0]);
		s->first = at;
		s->spans += (size_t)shift;
	} else if (at > last)
		s->spans += (size_t)(at - last);
	return s->in[at - s->first];
}

static void
add_moment(struct survey *s, const struct result *r)
{
	if (s->results++ == 0) {
		s->width = 1;
		s->first = s->begin = s->end = r->time;
		s->spans = 1;
	}
	if (r->time < s->begin)
		s->begin = r->time;
	if (r->time > s->end)
		s->end = r->time;
	span_at(s, r->time)[r->status]++;
}

static void
add_reason(struct survey *s, const struct result *r)
{
	buf_clear(&s->name);
	tally_reason(&s->name, r);
	tally_add(&s->reasons, buf_span(&s->name), r->status);
}

/* The recipient's earlier result no longer counts. */
static void
replace(struct survey *s, const struct result *r,
    const struct waits_past *past)
{
	s->of[past->status]--;
	tally_remove(&s->domains, buf_span(&s->name), past->status);
	if (past->deferred && r->status == RESULT_SENT)
		add_wait(s, r->time - past->since, past->weight);
}

void
survey_add(struct survey *s, const struct result *r)
{
	const enum result_status status = r->status == RESULT_SENDING ?
	    RESULT_UNKNOWN : r->status;
	const struct waits_past past = watch(&s->waits, r);

	s->weight = s->waits.weight;
	buf_clear(&s->name);
	tally_domain(&s->name, r->rcpt);
	if (past.known)
		replace(s, r, &past);
	if (r->status == RESULT_SENDING && !past.watched)
		return;		/* its result will not find it */
	s->of[status]++;
	tally_add(&s->domains, buf_span(&s->name), status);
	if (r->status == RESULT_SENDING)
		return;
	add_moment(s, r);
	if (r->status == RESULT_FAILED || r->status == RESULT_DEFERRED ||
	    r->status == RESULT_UNKNOWN)
		add_reason(s, r);
}

void
survey_free(struct survey *s)
{
	tally_free(&s->domains);
	tally_free(&s->reasons);
	stop_watching(&s->waits);
	buf_free(&s->name);
	memset(s, 0, sizeof *s);
}
