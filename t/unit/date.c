/* format/mail/date */
#include "test.h"

#include "format/mail/date.h"

static void
mail(int64_t t, int offset, const char *want)
{
	struct buf b = { 0 };

	date_mail(&b, t, offset);
	CHECK_BUF(&b, want);
	buf_free(&b);
}

static void
iso(int64_t t, const char *want)
{
	struct buf b = { 0 };
	int64_t back;

	date_iso(&b, t);
	CHECK_BUF(&b, want);
	CHECK_INT(date_iso_parse(span_str(want), &back), 0);
	CHECK_INT(back, t);
	buf_free(&b);
}

static void
test_mail(void)
{
	mail(0, 0, "Thu, 1 Jan 1970 00:00:00 +0000");
	mail(1795305600, 0, "Sun, 22 Nov 2026 00:00:00 +0000");
	mail(1795305600, 120, "Sun, 22 Nov 2026 02:00:00 +0200");
	mail(1795305600, -1, "Sat, 21 Nov 2026 23:59:00 -0001");
	mail(1795305600, -570, "Sat, 21 Nov 2026 14:30:00 -0930");
	mail(1795305600, 345, "Sun, 22 Nov 2026 05:45:00 +0545");
	mail(951782400, 0, "Tue, 29 Feb 2000 00:00:00 +0000");
	mail(-1, 60, "Thu, 1 Jan 1970 00:59:59 +0100");
	/* no year has more than four digits, or less than none */
	mail(253402300799, 60, "Fri, 31 Dec 9999 23:59:59 +0100");
	mail(INT64_MAX, 60, "Fri, 31 Dec 9999 23:59:59 +0100");
	mail(INT64_MIN, -60, "Sat, 1 Jan 0000 00:00:00 -0100");
}

static void
test_parse(void)
{
	static const struct {
		const char *text;
		int64_t t;
	} dates[] = {
		{ "Sun, 22 Nov 2026 02:00:00 +0200", 1795305600 },
		{ "Sat, 21 Nov 2026 23:59:00 -0001 (x)", 1795305600 },
		{ "22 Nov 2026 00:00 GMT", 1795305600 },
		{ "Sun,22 nov 26 00:00:00", 1795305600 },
		{ "  Sun,\r\n 22 Nov 2026 00:00:00 UT", 1795305600 },
		{ "Sat, 21 Nov 2026 16:00:00 PST", 1795305600 },
		{ "Tue, 29 Feb 2000 00:00:00 +0000", 951782400 },
		{ "Mon, 1 Jan 1990 00:00:60 Z", 631152060 }
	};
	static const char *const bad[] = {
		"", "today", "Sun, 22 Nov", "Sun, 32 Nov 2026 00:00:00 +0000",
		"29 Feb 2026 00:00:00 +0000", "22 Nov 2026", "1 Xxx 2026 00:00",
		"1 Jan 2026 24:00:00 +0000", "1 Jan 2026 00:60:00 +0000",
		"2026-11-21T23:46:12Z", "Sun, Nov 22 00:00:00 2026"
	};
	int64_t t;
	size_t i;

	for (i = 0; i < COUNT(dates); i++) {
		CHECK_INT(date_mail_parse(span_str(dates[i].text), &t), 0);
		CHECK_INT(t, dates[i].t);
	}
	for (i = 0; i < COUNT(bad); i++)
		CHECK_INT(date_mail_parse(span_str(bad[i]), &t), -1);
}

static void
test_iso(void)
{
	iso(0, "1970-01-01T00:00:00Z");
	iso(-1, "1969-12-31T23:59:59Z");
	iso(68169600, "1972-02-29T00:00:00Z");
	iso(951868799, "2000-02-29T23:59:59Z");
	iso(951868800, "2000-03-01T00:00:00Z");
	iso(2147483648, "2038-01-19T03:14:08Z");
	iso(4107542400, "2100-03-01T00:00:00Z");
	iso(-2203891200, "1900-03-01T00:00:00Z");
	iso(253402300799, "9999-12-31T23:59:59Z");
	iso(-62167219200, "0000-01-01T00:00:00Z");
}

static void
test_not_iso(void)
{
	static const char *const bad[] = {
		"", "2026", "2026-11-21", "2026-11-21T23:46:12",
		"2026-11-21 23:46:12Z", "2026-11-21t23:46:12Z",
		"2026-11-21T23:46:12z", "2026-11-21T23:46:12ZZ",
		"2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
		"2026-01-00T00:00:00Z", "2026-04-31T00:00:00Z",
		"2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
		"2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
		"2026-01-01T00:00:61Z", "+026-01-01T00:00:00Z",
		"2026-01-01T00:00:0 Z", "2026-01-01T00:0x:00Z",
		"2026-01-01T0/:00:00Z", "2026-01-0:T00:00:00Z",
		"2026-x1-01T00:00:00Z", "202 -01-01T00:00:00Z",
		"2026-01-01T00.00:00Z", "2026-01-01T00:00.00Z",
		"2026.01-01T00:00:00Z", "2026-01.01T00:00:00Z"
	};
	int64_t t;
	size_t i;

	for (i = 0; i < COUNT(bad); i++)
		CHECK_INT(date_iso_parse(span_str(bad[i]), &t), -1);
	/* a leap second is the first of the next minute */
	CHECK_INT(date_iso_parse(span_str("2016-12-31T23:59:60Z"), &t), 0);
	CHECK_INT(t, 1483228800);
}

static void
test_every_day(void)
{
	struct buf b = { 0 };
	int64_t t, back;

	for (t = -62167219200; t < 253402300799; t += 86400 * 11 + 12345) {
		buf_clear(&b);
		date_iso(&b, t);
		if (date_iso_parse(buf_span(&b), &back) < 0 || back != t)
			break;
	}
	CHECK(t >= 253402300799);
	buf_free(&b);
}

static void
test_mbox(void)
{
	struct buf b = { 0 };

	date_mbox(&b, 0);
	CHECK_BUF(&b, "Thu Jan  1 00:00:00 1970");
	buf_clear(&b);
	date_mbox(&b, 1795304772);
	CHECK_BUF(&b, "Sat Nov 21 23:46:12 2026");
	buf_free(&b);
}

int
main(void)
{
	test_mail();
	test_parse();
	test_iso();
	test_not_iso();
	test_every_day();
	test_mbox();
	return test_end();
}
