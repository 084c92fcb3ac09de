#include "ruleword.h"

#include <stdarg.h>

#define TIME_MAX (24L * 60 * 60 * 1000)	/* ms */

/* Columns count characters from 1. */
void
ruleword_wrong(struct ruleword *t, struct span at, const char *fmt, ...)
{
	const struct span before = span_of(t->start, (size_t)(at.p - t->start));
	const size_t column = span_characters(before) + 1;
	va_list ap;

	buf_addf(t->faults, "%lu:%zu: ", t->line, column);
	va_start(ap, fmt);
	buf_vaddf(t->faults, fmt, ap);
	va_end(ap);
	buf_addc(t->faults, '\n');
}

struct span
ruleword_peek(struct ruleword *t)
{
	t->rest = span_trim(t->rest);
	return span_word(t->rest);
}

struct span
ruleword_take(struct ruleword *t)
{
	struct span w = ruleword_peek(t);

	t->rest = span_drop(t->rest, w.n);
	return w;
}

void
ruleword_end(struct ruleword *t)
{
	struct span w = ruleword_peek(t);

	if (w.n > 0)
		ruleword_wrong(t, w, "nothing more is expected");
}

uintmax_t
ruleword_number(struct ruleword *t, uintmax_t max)
{
	struct span w = ruleword_take(t);
	uintmax_t u;

	if (span_number(w, &u) == 0 && u > 0 && u <= max)
		return u;
	ruleword_wrong(t, w, "a number from 1 to %ju is expected", max);
	return 1;
}

/* Takes the digits that s begins with. */
static struct span
take_digits(struct span *s)
{
	struct span digits = span_of(s->p, 0);

	while (digits.n < s->n && s->p[digits.n] >= '0' &&
	    s->p[digits.n] <= '9')
		digits.n++;
	*s = span_drop(*s, digits.n);
	return digits;
}

long
ruleword_time(struct ruleword *t)
{
	static const struct {
		const char *name;
		long ms;
	} units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 },
	    { "h", 3600000 } };
	struct span w = ruleword_take(t), unit = w;
	size_t i, n = COUNT(units);
	uintmax_t u;
	int bad;

	bad = span_number(take_digits(&unit), &u) < 0;
	for (i = 0; i < n && !span_is(unit, units[i].name); )
		i++;
	if (bad || i == n)
		ruleword_wrong(t, w,
		    "a time is expected, such as 200ms, 60s, 5m, 1h");
	else if (u == 0 || u > (uintmax_t)(TIME_MAX / units[i].ms))
		ruleword_wrong(t, w, "a time from 1ms to 24h is expected");
	else
		return (long)u * units[i].ms;
	return 1;
}

uintmax_t
ruleword_odds(struct ruleword *t)
{
	struct span w = ruleword_take(t), s = w, whole, decimals = { NULL, 0 };
	uintmax_t u, scale = RULEWORD_SURE / 100;
	size_t i;

	whole = take_digits(&s);
	if (s.n > 0 && *s.p == '.') {
		s = span_drop(s, 1);
		decimals = take_digits(&s);
	}
	if (span_number(whole, &u) == 0 && u <= 100 && decimals.n <= 4 &&
	    span_is(s, "%")) {
		u *= scale;
		for (i = 0; i < decimals.n; i++)
			u += (uintmax_t)(decimals.p[i] - '0') * (scale /= 10);
		if (u <= RULEWORD_SURE)
			return u;
	}
	ruleword_wrong(t, w, "a percentage is expected, such as 10%% or 0.5%%");
	return 0;
}

uint64_t
ruleword_size(struct ruleword *t, struct span w)
{
	static const char units[] = "kMG";
	struct span s = w, digits;
	const char *unit = "";
	unsigned shift = 0;
	uintmax_t u;

	digits = take_digits(&s);
	if (s.n == 1 && (unit = memchr(units, *s.p, sizeof units - 1)) != NULL)
		shift = 10 * (unsigned)(unit - units + 1);
	if (s.n <= 1 && unit != NULL && span_number(digits, &u) == 0 &&
	    u <= UINT64_MAX >> shift)
		return (uint64_t)u << shift;
	ruleword_wrong(t, w, "a size is expected, such as 5000, 10k, 1M");
	return 0;
}
