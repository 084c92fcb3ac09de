/* sys/buf */
#include "test.h"

#define S(text)	span_of(text, sizeof(text) - 1)

static void
test_growth(void)
{
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < 100000; i++)
		buf_addc(&b, (int)(i % 251));
	CHECK_INT(b.n, 100000);
	for (i = 0; i < b.n; i++)
		if ((unsigned char)b.p[i] != i % 251)
			break;
	CHECK_INT(i, b.n);
	buf_consume(&b, 99999);
	CHECK_INT(b.n, 1);
	CHECK_INT((unsigned char)b.p[0], 99999 % 251);
	buf_free(&b);
	CHECK(b.p == NULL);
}

static void
test_text(void)
{
	struct buf b = { 0 };

	buf_addf(&b, "%s-%d", "a", 7);
	buf_addu(&b, 0);
	buf_addu(&b, UINTMAX_MAX);
	CHECK_BUF(&b, "a-7018446744073709551615");
	buf_insert(&b, 1, "xyz", 3);
	buf_insert(&b, b.n, "!", 1);
	CHECK_BUF(&b, "axyz-7018446744073709551615!");
	buf_clear(&b);
	buf_addlower(&b, span_str("AZ[@az\xc4"));
	CHECK_BUF(&b, "az[@az\xc4");
	buf_clear(&b);
	CHECK_STR(buf_str(&b), "");
	buf_add(&b, "a\0b", 3);
	CHECK_INT(b.n, 3);
	CHECK_INT(buf_str(&b)[3], 0);
	buf_unmark(&b, 0);
	CHECK_INT(b.n, 3);
	buf_clear(&b);
	buf_adds(&b, "a\xef\xbb\xbf" "b\xef\xbb\xbf");
	buf_unmark(&b, 0);
	buf_unmark(&b, 1);
	CHECK_BUF(&b, "ab\xef\xbb\xbf");
	buf_unmark(&b, 2);
	buf_unmark(&b, 2);
	CHECK_BUF(&b, "ab");
	buf_addstring(&b, S(""));
	buf_addstring(&b, S("\0c\0\0d\0"));
	CHECK_BUF(&b, "ab c  d ");
	buf_replace(&b, 3, ' ', 'x');
	buf_replace(&b, b.n, 'x', 'y');
	CHECK_BUF(&b, "ab cxxdx");
	buf_free(&b);
}

static void
test_spans(void)
{
	uintmax_t u;

	CHECK_INT(span_lines(span_str("")), 0);
	CHECK_INT(span_lines(span_str("a\n\nb")), 3);
	CHECK_INT(span_lines(span_str("a\n\nb\n")), 3);
	CHECK_SPAN(span_trim(span_str(" \ta b\t ")), "a b");
	CHECK_SPAN(span_trim(span_str("  ")), "");
	CHECK_SPAN(span_chomp(span_str("a\r\n")), "a");
	CHECK_SPAN(span_chomp(span_str("a\n")), "a");
	CHECK_SPAN(span_chomp(span_str("a\r")), "a\r");
	CHECK_SPAN(span_chomp(span_str("\n")), "");
	CHECK(span_case_is(span_str("MaIl"), "mail"));
	CHECK(!span_case_is(span_str("mail"), "mai"));
	CHECK(!span_is(span_str("Mail"), "mail"));
	CHECK(span_eq(span_of(NULL, 0), span_str("")));
	CHECK(span_begins(span_str("abc"), "ab"));
	CHECK(!span_begins(span_str("Abc"), "ab"));
	CHECK(!span_begins(span_str("a"), "ab"));
	CHECK(span_case_begins(span_str("Abc"), "aB"));
	CHECK(!span_case_begins(span_of(NULL, 0), "a"));
	CHECK_INT(byte_hex('9'), 9);
	CHECK_INT(byte_hex('a'), 10);
	CHECK_INT(byte_hex('F'), 15);
	CHECK_INT(byte_hex('g'), -1);
	CHECK_INT(span_number(span_str("18446744073709551615"), &u), 0);
	CHECK(u == UINTMAX_MAX);
	CHECK_INT(span_number(span_str("18446744073709551616"), &u), -1);
	CHECK_INT(span_number(span_str(""), &u), -1);
	CHECK_INT(span_number(span_str("-1"), &u), -1);
	CHECK_INT(span_number(span_str("1 "), &u), -1);
	CHECK_INT(span_seconds(span_str("1w2d3H4m5"), &u), 0);
	CHECK(u == 788645);
	CHECK_INT(span_seconds(span_str("4294967295s"), &u), 0);
	CHECK_INT(span_seconds(span_str("4294967296"), &u), -1);
	CHECK_INT(span_seconds(span_str("7102w"), &u), -1);
	CHECK_INT(span_seconds(span_str("1d4294967295"), &u), -1);
	CHECK(u == UINT32_MAX);
	CHECK_INT(span_seconds(span_str(""), &u), -1);
	CHECK_INT(span_seconds(span_str("m"), &u), -1);
	CHECK_INT(span_seconds(span_str("5mm"), &u), -1);
	CHECK_INT(span_seconds(span_str("1y"), &u), -1);
}

static void
test_pieces(void)
{
	struct span s = span_str("a,,b");

	CHECK_SPAN(span_cut(&s, ','), "a");
	CHECK_SPAN(span_cut(&s, ','), "");
	CHECK_SPAN(span_cut(&s, ','), "b");
	CHECK_INT(s.n, 0);
	CHECK_SPAN(span_cut(&s, ','), "");
	s = span_str(" one\ttwo ");
	CHECK_SPAN(span_take_word(&s), "one");
	CHECK_SPAN(span_take_word(&s), "two");
	CHECK_SPAN(span_take_word(&s), "");
	CHECK(span_find(span_of(NULL, 0), 'a') == NULL);
}

static void
test_char(void)
{
	CHECK_INT(span_char(S("")), 0);
	CHECK_INT(span_char(S("a")), 1);
	CHECK_INT(span_char(S("\0")), 1);
	CHECK_INT(span_char(S("\xd1\x97x")), 2);
	CHECK_INT(span_char(S("\xe2\x82\xac")), 3);
	CHECK_INT(span_char(S("\xf0\x9f\x98\x80")), 4);
	CHECK_INT(span_char(S("\xf4\x8f\xbf\xbf")), 4);	/* U+10FFFF */
	CHECK_INT(span_char(S("\xf4\x90\x80\x80")), 0);	/* U+110000 */
	CHECK_INT(span_char(S("\xf5\x80\x80\x80")), 0);
	CHECK_INT(span_char(S("\xc0\x80")), 0);		/* overlong */
	CHECK_INT(span_char(S("\xc1\xbf")), 0);
	CHECK_INT(span_char(S("\xe0\x9f\xbf")), 0);
	CHECK_INT(span_char(S("\xf0\x8f\xbf\xbf")), 0);
	CHECK_INT(span_char(S("\xed\x9f\xbf")), 3);
	CHECK_INT(span_char(S("\xed\xa0\x80")), 0);	/* a surrogate */
	CHECK_INT(span_char(S("\x80")), 0);
	CHECK_INT(span_char(S("\xd1")), 0);		/* cut */
	CHECK_INT(span_char(S("\xf0\x9f\x98")), 0);
	CHECK_INT(span_char(S("\xd1x")), 0);
}

static void
test_printable(void)
{
	CHECK_INT(span_printable(S("")), 0);
	CHECK_INT(span_printable(S("\0")), 0);
	CHECK_INT(span_printable(S("\t")), 0);
	CHECK_INT(span_printable(S("\x1f")), 0);
	CHECK_INT(span_printable(S(" ")), 1);
	CHECK_INT(span_printable(S("~")), 1);
	CHECK_INT(span_printable(S("\x7f")), 0);
	CHECK_INT(span_printable(S("\x9b")), 0);	/* a bare C1 */
	CHECK_INT(span_printable(S("\xc2\x80")), 0);
	CHECK_INT(span_printable(S("\xc2\x9f")), 0);
	CHECK_INT(span_printable(S("\xc2\xa0")), 2);
	CHECK_INT(span_printable(S("\xc3\x9b")), 2);
	CHECK_INT(span_printable(S("\xe2\x80\xa7")), 3);	/* U+2027 */
	CHECK_INT(span_printable(S("\xe2\x80\xa8")), 0);
	CHECK_INT(span_printable(S("\xe2\x80\xa9")), 0);
	CHECK_INT(span_printable(S("\xe2\x80\xaa")), 0);
	CHECK_INT(span_printable(S("\xe2\x80\xae")), 0);
	CHECK_INT(span_printable(S("\xe2\x80\xaf")), 3);	/* U+202F */
	CHECK_INT(span_printable(S("\xe2\x81\xa5")), 3);	/* U+2065 */
	CHECK_INT(span_printable(S("\xe2\x81\xa6")), 0);
	CHECK_INT(span_printable(S("\xe2\x81\xa9")), 0);
	CHECK_INT(span_printable(S("\xe2\x81\xaa")), 3);	/* U+206A */
	CHECK_INT(span_printable(S("\xe3\x80\xaa")), 3);
	CHECK_INT(span_printable(S("\xf0\x9f\x98\x80")), 4);
	CHECK_INT(span_shown(S("")), 0);
	CHECK_INT(span_shown(S("a ~")), 3);
	CHECK_INT(span_shown(S("a\xd1\x97 b\x7f" "c")), 5);
	CHECK_INT(span_shown(S("\xd1\x97\0b")), 2);
	CHECK_INT(span_shown(S("a\xd1")), 1);
	CHECK(span_is_printable(S("")));
	CHECK(span_is_printable(S("a\xd1\x97 b")));
	CHECK(!span_is_printable(S("a\xd1")));
	CHECK(!span_is_printable(S("a\xc2\x9b")));
}

/* Each character, or byte that is none, is one question mark. */
static void
test_shown(void)
{
	static const char *const texts[][2] = {
		{ "", "" },
		{ "a\tb", "a\tb" },
		{ "\x1b[2J", "?[2J" },
		{ "\r\n", "??" },
		{ "\xc2\x9b" "31m\xd1\x97", "?31m\xd1\x97" },
		{ "\x9b" "31m", "?31m" },
		{ "\xc0\x9b", "??" },			/* overlong */
		{ "\xe0\x82\x9b", "???" },
		{ "\xed\xa0\x80x", "???x" },		/* a surrogate */
		{ "\xd1", "?" },			/* cut */
		{ "a\xc2", "a?" },
		{ "\xe2\x80", "??" },
		{ "\xf0\x9f\x98", "???" },
		{ "\xc2\xc2\x9b!", "?" "?!" },
		{ "\xe2\x80\xae" "txt.exe\xe2\x81\xa9", "?txt.exe?" },
	};
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < COUNT(texts); i++) {
		buf_clear(&b);
		buf_adds(&b, "\x9b:");
		buf_addshown(&b, span_str(texts[i][0]));
		CHECK_SPAN(span_drop(buf_span(&b), 2), texts[i][1]);
		CHECK_INT(b.p[0], (char)'\x9b');
	}
	buf_clear(&b);
	buf_addshown(&b, S("a\0b"));
	CHECK_BUF(&b, "a?b");
	buf_addshown(&b, span_of(NULL, 0));
	CHECK_BUF(&b, "a?b");
	buf_free(&b);
}

int
main(void)
{
	test_growth();
	test_text();
	test_spans();
	test_pieces();
	test_char();
	test_printable();
	test_shown();
	return test_end();
}
