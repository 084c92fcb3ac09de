/* format/wire/results */
#include "test.h"

#include "format/wire/results.h"

static void
test_line(void)
{
	struct buf b = { 0 };
	struct result r = { 0 }, back;

	r.status = RESULT_FAILED;
	r.rcpt = span_str("a@b");
	r.code = 550;
	r.stage = STAGE_RCPT;
	r.server = span_str("[::1]:2525");
	r.number = 3;
	r.time = 1795304772;
	r.id = span_str("<x@y>");
	r.text = span_str("5.1.1 no\tsuch\r\nuser\x7f");
	result_add(&b, &r);
	CHECK_BUF(&b, "failed\ta@b\t550\trcpt\t[::1]:2525\t3\t"
	    "2026-11-21T23:46:12Z\t<x@y>\t5.1.1 no such  user \n");
	CHECK_INT(result_parse(&back, span_chomp(buf_span(&b))), 0);
	CHECK_INT(back.status, RESULT_FAILED);
	CHECK_SPAN(back.rcpt, "a@b");
	CHECK_INT(back.code, 550);
	CHECK_INT(back.stage, STAGE_RCPT);
	CHECK_SPAN(back.server, "[::1]:2525");
	CHECK_INT(back.number, 3);
	CHECK_INT(back.time, 1795304772);
	CHECK_SPAN(back.id, "<x@y>");
	CHECK_SPAN(back.text, "5.1.1 no such  user ");
	buf_free(&b);
}

static void
test_utf8(void)
{
	struct buf b = { 0 };
	struct result r = { 0 };

	r.rcpt = span_str("\xffx\xc3\xa9@y");
	r.time = 1795304773;
	r.text = span_str("\xd0\xbd\xd0 \xe2\x82 \xed\xa0\x80\xf0\x9f\x98\x80");
	result_add(&b, &r);
	CHECK_BUF(&b, "sent\t?x\xc3\xa9@y\t-\torder\t-\t0\t"
	    "2026-11-21T23:46:13Z\t-\t"
	    "\xd0\xbd? ?? ???\xf0\x9f\x98\x80\n");
	buf_free(&b);
}

static void
test_dashes(void)
{
	struct buf b = { 0 };
	struct result r = { 0 }, back;

	r.status = RESULT_SENDING;
	r.rcpt = span_str("a@b");
	r.stage = STAGE_DOT;
	result_add(&b, &r);
	CHECK_BUF(&b, "sending\ta@b\t-\tdot\t-\t0\t1970-01-01T00:00:00Z\t-\t"
	    "\n");
	CHECK_INT(result_parse(&back, span_chomp(buf_span(&b))), 0);
	CHECK_INT(back.code, 0);
	CHECK_INT(back.server.n, 0);
	CHECK_INT(back.id.n, 0);
	CHECK_INT(back.text.n, 0);
	buf_free(&b);
}

static void
test_bad(void)
{
	static const char *const bad[] = {
		"", "sent",
		"sent\ta@b\t250\tdot\th:1\t1\t2026-11-21T23:46:12Z\t<x@y>",
		"Sent\ta@b\t250\tdot\th:1\t1\t2026-11-21T23:46:12Z\t-\tok",
		"sent\ta@b\t25\tdot\th:1\t1\t2026-11-21T23:46:12Z\t-\tok",
		"sent\ta@b\t2500\tdot\th:1\t1\t2026-11-21T23:46:12Z\t-\tok",
		"sent\ta@b\t250\tBody\th:1\t1\t2026-11-21T23:46:12Z\t-\tok",
		"sent\ta@b\t250\tdot\th:1\t-1\t2026-11-21T23:46:12Z\t-\tok",
		"sent\ta@b\t250\tdot\th:1\t1\tyesterday\t-\tok"
	};
	struct result r;
	size_t i;

	for (i = 0; i < COUNT(bad); i++)
		CHECK_INT(result_parse(&r, span_str(bad[i])), -1);
	CHECK_INT(result_parse(&r, span_of(NULL, 0)), -1);
}

/* What came later than the batch, and what will come later than this code. */
static void
test_later(void)
{
	static const char left[] =
	    "left\ta@b\t-\tleave\t-\t0\t2026-11-21T23:46:12Z\t-\tat will\n";
	static const char *const other[] = {
		"read-it\ta@b\t-\tdot\t-\t0\t2026-11-21T23:46:12Z\t-\t",
		"sent\ta@b\t-\tmx\t-\t0\t2026-11-21T23:46:12Z\t-\t"
	};
	struct buf b = { 0 };
	struct result r = { 0 };
	size_t i;

	CHECK_INT(result_parse(&r, span_chomp(span_str(left))), 0);
	CHECK_INT(r.status, RESULT_LEFT);
	CHECK_INT(r.stage, STAGE_LEAVE);
	result_add(&b, &r);
	CHECK_BUF(&b, left);
	for (i = 0; i < COUNT(other); i++)
		CHECK_INT(result_parse(&r, span_str(other[i])), 1);
	CHECK_STR(result_status_name(RESULT_COMPLAINED), "complained");
	CHECK_STR(result_stage_name(STAGE_BOUNCE), "bounce");
	buf_free(&b);
}

static void
test_exit(void)
{
	/* each one wins over those before it */
	static const enum exit_code ranks[] = {
		EX_OK, EX_DATAERR, EX_NOHOST, EX_NOUSER, EX_TEMPFAIL,
		EX_MAYBE, EX_IOERR
	};
	struct result r = { 0 };
	size_t i, j;

	for (i = 0; i < COUNT(ranks); i++)
		for (j = 0; j <= i; j++) {
			CHECK_INT(result_worst(ranks[i], ranks[j]), ranks[i]);
			CHECK_INT(result_worst(ranks[j], ranks[i]), ranks[i]);
		}
	CHECK_INT(result_worst(EX_CONFIG, EX_MAYBE), EX_CONFIG);
	CHECK_INT(result_worst(EX_MAYBE, EX_NOPERM), EX_NOPERM);
	r.stage = STAGE_DOT;
	CHECK_INT(result_exit(&r), EX_OK);
	r.status = RESULT_FAILED;
	CHECK_INT(result_exit(&r), EX_DATAERR);
	r.stage = STAGE_RCPT;
	CHECK_INT(result_exit(&r), EX_NOUSER);
	r.stage = STAGE_ORDER;
	CHECK_INT(result_exit(&r), EX_NOUSER);
	r.stage = STAGE_CONNECT;
	CHECK_INT(result_exit(&r), EX_NOHOST);
	r.status = RESULT_DEFERRED;
	CHECK_INT(result_exit(&r), EX_TEMPFAIL);
	r.code = 530;
	CHECK_INT(result_exit(&r), EX_NOPERM);
	r.code = 0;
	r.status = RESULT_UNKNOWN;
	CHECK_INT(result_exit(&r), EX_MAYBE);
	r.status = RESULT_SENDING;
	CHECK_INT(result_exit(&r), EX_MAYBE);
}

int
main(void)
{
	test_line();
	test_utf8();
	test_dashes();
	test_bad();
	test_later();
	test_exit();
	CHECK_STR(result_status_name(RESULT_UNKNOWN), "unknown");
	CHECK_STR(result_stage_name(STAGE_AUTH), "auth");
	return test_end();
}
