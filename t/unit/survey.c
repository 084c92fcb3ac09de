/* format/wire/survey, format/wire/tally */
#include "test.h"

#include "format/wire/survey.h"

#define START 1795304772	/* 2026-11-21T23:46:12Z */

/* A result of recipient n of a domain. */
static struct result
result(enum result_status status, const char *rcpt, int64_t time,
    const char *text)
{
	struct result r = { .status = status, .rcpt = span_str(rcpt) };

	r.stage = STAGE_RCPT;
	r.time = START + time;
	r.id = span_str(rcpt);
	r.text = span_str(text);
	r.code = status == RESULT_SENT ? 250 : status == RESULT_FAILED ? 550 :
	    0;
	return r;
}

static void
add(struct survey *s, enum result_status status, const char *rcpt,
    int64_t time, const char *text)
{
	struct result r = result(status, rcpt, time, text);

	survey_add(s, &r);
}

static void
check_reason(int code, const char *rcpt, const char *text, const char *want)
{
	struct result r = result(RESULT_FAILED, rcpt, 0, text);
	struct buf b = { 0 };

	r.code = code;
	tally_reason(&b, &r);
	CHECK_BUF(&b, want);
	buf_free(&b);
}

static void
test_reason(void)
{
	check_reason(550, "ann@x", "5.1.1 <ann@x>: User unknown",
	    "550 5.1.1 <\xe2\x80\xa6>: User unknown");
	check_reason(550, "ann@x", "550 5.1.1 No such user Ann here",
	    "550 5.1.1 No such user \xe2\x80\xa6 here");
	check_reason(451, "a@x", "4.7.1 try again in 287 seconds (4XyZ1Q)",
	    "451 4.7.1 try again in \xe2\x80\xa6 seconds (\xe2\x80\xa6)");
	check_reason(550, "a@x", "5.7.1 blocked [192.0.2.1], see "
	    "https://x.example/a?b (S3140)",
	    "550 5.7.1 blocked [\xe2\x80\xa6], see \xe2\x80\xa6 (S3140)");
	check_reason(0, "a@x", "", "at rcpt, without a reason");
	check_reason(0, "a@x", "Connection refused", "Connection refused");
}

static void
test_domain(void)
{
	struct buf b = { 0 };

	tally_domain(&b, span_str("a@b@Pth.UA"));
	tally_domain(&b, span_str("nobody"));
	CHECK_BUF(&b, "pth.ua-");
	buf_free(&b);
}

/* What is frequent stays, however many others there are; the sum is exact. */
static void
test_bounded(void)
{
	const uintmax_t n = 10 * TALLY_MAX;
	struct tally t = { 0 };
	struct buf b = { 0 };
	uintmax_t i;

	for (i = 0; i < n; i++) {
		buf_clear(&b);
		buf_addu(&b, i);
		tally_add(&t, buf_span(&b), RESULT_SENT);
		if (i % 4 == 0)
			tally_add(&t, span_str("often"), RESULT_FAILED);
	}
	CHECK(t.n <= TALLY_MAX);
	tally_remove(&t, span_str("often"), RESULT_FAILED);
	tally_remove(&t, span_str("0"), RESULT_SENT);
	tally_top(&t, 1);
	CHECK_INT(t.n, 1);
	CHECK_SPAN(span_of(t.row[0].name, t.row[0].length), "often");
	CHECK_INT(t.row[0].total, n / 4 - 1);
	CHECK_INT(t.row[0].of[RESULT_FAILED], n / 4 - 1);
	CHECK_INT(t.others.total, n - 1);
	tally_free(&t);
	buf_free(&b);
}

/* A recipient counts once, by the last result; a reason each time. */
static void
test_last(void)
{
	struct survey s = { 0 };

	add(&s, RESULT_SENDING, "a@x", 0, "");
	CHECK_INT(s.of[RESULT_UNKNOWN], 1);
	CHECK_INT(s.results, 0);
	add(&s, RESULT_DEFERRED, "a@x", 0, "later");
	add(&s, RESULT_DEFERRED, "a@x", 90, "later");
	add(&s, RESULT_SENDING, "a@x", 300, "");
	add(&s, RESULT_SENT, "a@x", 301, "Ok");
	add(&s, RESULT_SENDING, "b@x", 302, "");
	CHECK_INT(s.of[RESULT_SENT], 1);
	CHECK_INT(s.of[RESULT_DEFERRED], 0);
	CHECK_INT(s.of[RESULT_UNKNOWN], 1);
	CHECK_INT(s.results, 3);
	CHECK_INT(s.waited[3], 1);	/* 301 s: under ten minutes */
	CHECK_INT(s.end - s.begin, 301);
	tally_top(&s.reasons, 9);
	CHECK_INT(s.reasons.n, 1);
	CHECK_INT(s.reasons.row[0].of[RESULT_DEFERRED], 2);
	tally_top(&s.domains, 9);
	CHECK_INT(s.domains.row[0].total, 2);
	survey_free(&s);
}

/* More than can be watched: the estimate is near, the sum exact. */
static void
test_waits(void)
{
	const uintmax_t n = 3 * SURVEY_WATCHED;
	struct survey s = { 0 };
	struct buf b = { 0 };
	uintmax_t i, total = 0;

	for (i = 0; i < n; i++) {
		buf_clear(&b);
		buf_addf(&b, "u%ju@x", i);
		add(&s, RESULT_DEFERRED, buf_str(&b), 0, "later");
	}
	for (i = 0; i < n; i++) {
		buf_clear(&b);
		buf_addf(&b, "u%ju@x", i);
		add(&s, RESULT_SENDING, buf_str(&b), 3600, "");
		add(&s, RESULT_SENT, buf_str(&b), 3600, "Ok");
	}
	CHECK_INT(s.weight, 4);
	CHECK(s.waited[6] > n - n / 20 && s.waited[6] < n + n / 20);
	CHECK_INT(s.of[RESULT_SENT], n);
	CHECK_INT(s.of[RESULT_UNKNOWN], 0);
	for (i = 0; i < s.spans; i++)
		total += s.in[i][RESULT_SENT] + s.in[i][RESULT_DEFERRED];
	CHECK_INT(total, 2 * n);
	survey_free(&s);
	buf_free(&b);
}

/* Times in any order, ages apart. */
static void
test_times(void)
{
	struct survey s = { 0 };
	uintmax_t total = 0;
	size_t i;

	add(&s, RESULT_SENT, "a@x", 0, "");
	add(&s, RESULT_SENT, "b@x", -SURVEY_SPANS + 1, "");
	CHECK_INT(s.spans, SURVEY_SPANS);
	CHECK_INT(s.width, 1);
	CHECK_INT(s.in[0][RESULT_SENT], 1);
	add(&s, RESULT_SENT, "c@x", 1, "");
	CHECK_INT(s.width, 2);
	add(&s, RESULT_SENT, "d@x", INT64_C(250000000000), "");
	add(&s, RESULT_SENT, "e@x", -INT64_C(60000000000), "");
	for (i = 0; i < s.spans; i++)
		total += s.in[i][RESULT_SENT];
	CHECK_INT(total, 5);
	CHECK(s.spans <= SURVEY_SPANS);
	CHECK(s.first * s.width <= s.begin);
	CHECK((s.first + (int64_t)s.spans) * s.width > s.end);
	survey_free(&s);
}

int
main(void)
{
	test_reason();
	test_domain();
	test_bounded();
	test_last();
	test_waits();
	test_times();
	return test_end();
}
