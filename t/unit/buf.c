/* sys/buf */
#include "test.h"

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
	CHECK_INT(span_number(span_str("18446744073709551615"), &u), 0);
	CHECK(u == UINTMAX_MAX);
	CHECK_INT(span_number(span_str("18446744073709551616"), &u), -1);
	CHECK_INT(span_number(span_str(""), &u), -1);
	CHECK_INT(span_number(span_str("-1"), &u), -1);
	CHECK_INT(span_number(span_str("1 "), &u), -1);
}

int
main(void)
{
	test_growth();
	test_text();
	test_spans();
	return test_end();
}
