#include "survey.h"

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
	const struct waits_past past = waits_next(&s->waits, r);

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
	waits_free(&s->waits);
	buf_free(&s->name);
	memset(s, 0, sizeof *s);
}
