#include "rate.h"

#include "sys/buf.h"
#include "sys/io.h"

#define SECOND 1000000000LL
#define MS 1000000LL

/* The highest rate, in any unit. */
#define RATE_MAX 1000000000U

/* After a pause, so much of what was missed may be made up for. */
#define BURST (SECOND / 10)

int
rate_parse(struct rate *r, const char *text)
{
	struct span s = span_str(text);
	long long unit;
	uintmax_t n;

	if (s.n < 3 || s.p[s.n - 2] != '/')
		return -1;
	switch (s.p[s.n - 1]) {
	case 's': unit = SECOND; break;
	case 'm': unit = 60 * SECOND; break;
	case 'h': unit = 3600 * SECOND; break;
	default: return -1;
	}
	if (span_number(span_of(s.p, s.n - 2), &n) < 0 || n == 0 ||
	    n > RATE_MAX)
		return -1;
	r->step = unit / (long long)n;
	r->due = 0;
	return 0;
}

int
rate_wait(const struct rate *r)
{
	long long left;

	if (r->step == 0)
		return 0;
	left = r->due - io_clock() * MS;
	return left <= 0 ? 0 : (int)((left + MS - 1) / MS);
}

void
rate_take(struct rate *r)
{
	long long now;

	if (r->step == 0)
		return;
	now = io_clock() * MS;
	if (r->due < now - BURST)
		r->due = now;
	r->due += r->step;
}
