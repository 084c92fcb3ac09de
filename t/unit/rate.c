/* client/smtp/rate */
#include "client/smtp/rate.h"

#include "sys/io.h"

#include "test.h"

static long long
step(const char *text)
{
	struct rate r = { 0, 0 };

	return rate_parse(&r, text) == 0 ? r.step : -1;
}

/* How many go within so many ms. */
static int
count(struct rate *r, int ms)
{
	long long end = io_clock() + ms;
	int n = 0;

	while (io_clock() < end)
		if (rate_wait(r) == 0) {
			rate_take(r);
			n++;
		}
	return n;
}

int
main(void)
{
	static const char *const bad[] = {
		"", "/s", "1", "0/s", "1/", "1/d", "-1/s", "1/ss", "x/s",
		"1 /s", "1000000001/s", "99999999999999999999/h"
	};
	struct rate r = { 0, 0 };
	size_t i;

	CHECK_INT(step("1/s"), 1000000000);
	CHECK_INT(step("2/m"), 30000000000);
	CHECK_INT(step("3600/h"), 1000000000);
	CHECK_INT(step("1000000000/s"), 1);
	for (i = 0; i < COUNT(bad); i++)
		CHECK_INT(step(bad[i]), -1);
	/* none: everything goes at once */
	rate_take(&r);
	CHECK_INT(rate_wait(&r), 0);
	/* the first at once, the next after its time, none too early */
	rate_parse(&r, "2/m");
	CHECK_INT(rate_wait(&r), 0);
	rate_take(&r);
	CHECK(rate_wait(&r) > 29000 && rate_wait(&r) <= 30000);
	rate_parse(&r, "100/s");
	CHECK(count(&r, 100) <= 11);
	/* a pause is made up for, but not all of it */
	r.due -= 1000000000;
	CHECK(count(&r, 10) <= 13);
	return test_end();
}
