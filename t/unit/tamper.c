/* format/dialogue/tamper */
#include "test.h"

#include "format/dialogue/tamper.h"

static struct tamper f;
static struct buf out;

/* An action as a rule has it; whether it has done all. */
static int
begin(enum rules_do what, const char *text, long ms, enum rules_place place)
{
	struct rules_action a = { what, span_str(text), ms, 1 };

	tamper_free(&f);
	memset(&f, 0, sizeof f);
	buf_clear(&out);
	buf_adds(&out, "before\r\n");
	return tamper_begin(&f, &a, place, &out);
}

/* The reply comes: what becomes of it. */
static void
check(const char *reply, const char *want)
{
	buf_adds(&out, reply);
	tamper_reply(&f, &out, strlen("before\r\n"));
	CHECK_SPAN(span_drop(buf_span(&out), strlen("before\r\n")), want);
	CHECK(!tamper_is_on(&f));
}

static void
test_instead(void)
{
	CHECK_INT(begin(RULES_REPLY, "250 a\nb c\n", 0, RULES_RCPT), 1);
	check("", "250-a\r\n250 b c\r\n");
	CHECK_INT(begin(RULES_REPLY, "+OK a\nb\n.", 0, RULES_VERB), 1);
	check("", "+OK a\r\nb\r\n.\r\n");
	CHECK_INT(begin(RULES_REPLY, "250", 0, RULES_RCPT), 1);
	check("", "250 \r\n");
	CHECK_INT(f.closes, 0);
	CHECK_INT(begin(RULES_REPLY, "421 x", 0, RULES_RCPT), 1);
	CHECK_INT(f.closes, 1);
	CHECK_INT(begin(RULES_REPLY, "220 x", 0, RULES_CONNECT), 0);
	check("220 y\r\n", "220 x\r\n");
	CHECK_INT(begin(RULES_REPLY, "354 x", 0, RULES_DATA), 0);
	check("354 y\r\n", "354 x\r\n");
	CHECK_INT(begin(RULES_REPLY, "354 x", 0, RULES_DATA), 0);
	check("503 y\r\n", "503 y\r\n");
	CHECK_INT(begin(RULES_DROP, "", 0, RULES_DATA), 1);
	CHECK_INT(f.closes, 1);
	CHECK_INT(begin(RULES_RESET, "", 0, RULES_DATA), 1);
	CHECK_INT(f.resets, 1);
	CHECK_INT(begin(RULES_SILENCE, "", 0, RULES_DATA), 1);
	CHECK_INT(f.silent, 1);
}

static void
test_shape(void)
{
	CHECK_INT(begin(RULES_TWICE, "", 0, RULES_MAIL), 0);
	CHECK(tamper_is_on(&f));
	check("250 x\r\n", "250 x\r\n250 x\r\n");
	begin(RULES_ALSO, "550 y", 0, RULES_MAIL);
	check("250 x\r\n", "250 x\r\n550 y\r\n");
	begin(RULES_UNENDED, "", 0, RULES_MAIL);
	check("250-x\r\n250 x\r\n", "250-x\r\n250 x");
	begin(RULES_TRUNCATE, "", 0, RULES_MAIL);
	check("250 x\r\n", "250");
	CHECK_INT(f.closes, 1);
	begin(RULES_PASS, "", 0, RULES_MAIL);
	check("250 x\r\n", "250 x\r\n");
	begin(RULES_INJECT, "NOOP", 0, RULES_MAIL);
	CHECK_SPAN(tamper_injected(&f), "NOOP\r\n");
	CHECK_SPAN(tamper_injected(&f), "");
	check("250 x\r\n", "250 x\r\n");
}

static void
test_delay(void)
{
	size_t i;

	begin(RULES_DELAY, "", 70, RULES_MAIL);
	check("250 x\r\n", "");
	CHECK_INT(f.delay, 70);
	tamper_release(&f, &out);
	CHECK_BUF(&out, "before\r\n250 x\r\n");
	CHECK_INT(f.delay, 0);
	begin(RULES_BYTEWISE, "", 5, RULES_MAIL);
	check("250 x\r\n", "");
	for (i = 0; i < 7; i++) {
		CHECK_INT(f.delay, 5);
		CHECK_INT(out.n, strlen("before\r\n") + i);
		tamper_release(&f, &out);
	}
	CHECK_BUF(&out, "before\r\n250 x\r\n");
	CHECK_INT(f.delay, 0);
	begin(RULES_PASS, "", 0, RULES_MAIL);
	tamper_delay(&f, 9);
	check("250 x\r\n", "");
	CHECK_INT(f.delay, 9);
}

static void
test_offers(void)
{
	begin(RULES_HIDE, "-SIZE\n-HELP", 0, RULES_EHLO);
	check("250-h\r\n250-SIZE 1\r\n250-DSN\r\n250 HELP\r\n",
	    "250-h\r\n250 DSN\r\n");
	begin(RULES_HIDE, "-SIZE\n-DSN", 0, RULES_EHLO);
	check("250-h\r\n250-SIZE 1\r\n250 DSN\r\n", "250 h\r\n");
	begin(RULES_HIDE, "-DSN\n+AUTH PLAIN\n+X", 0, RULES_EHLO);
	check("250 h\r\n", "250-h\r\n250-AUTH PLAIN\r\n250 X\r\n");
	begin(RULES_HIDE, "+X", 0, RULES_EHLO);
	check("502 h\r\n", "502 h\r\n");
	begin(RULES_HIDE, "-UIDL\n+X", 0, RULES_VERB);
	check("+OK\r\nUIDL\r\nTOP\r\n.\r\n", "+OK\r\nTOP\r\nX\r\n.\r\n");
}

int
main(void)
{
	test_instead();
	test_shape();
	test_delay();
	test_offers();
	tamper_free(&f);
	buf_free(&out);
	return test_end();
}
