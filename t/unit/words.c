/* format/mail/mime: encoded words and quoted-printable, read. */
#include "test.h"

#include "format/mail/mime.h"

/* UTF-8 as it stands, and "upper", in which a byte is made another. */
static int
convert(struct buf *text, const char *name)
{
	size_t i;

	if (strcmp(name, "utf-8") == 0)
		return 0;
	if (strcmp(name, "upper") != 0)
		return -1;
	for (i = 0; i < text->n; i++)
		if (text->p[i] >= 'a' && text->p[i] <= 'z')
			text->p[i] = (char)(text->p[i] - 'a' + 'A');
	return 0;
}

/* What value becomes, the words in it, and whether something is wrong. */
static void
check(const char *value, const char *want, size_t words, int wrong)
{
	struct buf b = { 0 };
	const char *why;

	CHECK_INT(mime_words_decode(&b, span_str(value), convert, &why), words);
	CHECK_BUF(&b, want);
	CHECK((why != NULL) == wrong);
	buf_free(&b);
}

static void
test_words(void)
{
	check("", "", 0, 0);
	check("plain = text ?=", "plain = text ?=", 0, 0);
	check("=?utf-8?Q?a_=3D?=", "a =", 1, 0);
	check("=?utf-8?b?YQ==?= b", "a b", 1, 0);
	check("x =?utf-8?q?a?=  =?utf-8?q?b?= c", "x ab c", 2, 0);
	check("=?utf-8?q?a?=\r\n =?utf-8?q?b?=", "ab", 2, 0);
	check("=?utf-8?q?a?= x =?utf-8?q?b?=", "a x b", 2, 0);
	check("=?upper*en?q?a?=", "A", 1, 0);
	check("=?utf-8?q?0123456789012345678901234567890123456789"
	    "012345678901234567890123?= =?utf-8?q?a?=", "0123456789012345678901"
	    "234567890123456789012345678901234567890123a", 2, 1);
	check("=?utf-8?x?a?=", "=?utf-8?x?a?=", 1, 1);
	check("=?utf-8?b?a?=", "=?utf-8?b?a?=", 1, 1);
	check("=?utf-8?q?=4?=", "=?utf-8?q?=4?=", 1, 1);
	check("=?other?q?a?= =?utf-8?q?b?=", "=?other?q?a?= b", 2, 1);
	check("=?utf-8?q?", "=?utf-8?q?", 0, 0);
	check("=?utf-8?q?a", "=?utf-8?q?a", 0, 0);
	check("=??q?a?=", "=??q?a?=", 0, 0);
}

static void
test_quoted(void)
{
	struct buf b = { 0 };

	CHECK_INT(mime_qp_decode(&b, span_str("a=3Db=C3=a9 \t")), 0);
	CHECK_BUF(&b, "a=b\xc3\xa9");
	CHECK_INT(mime_qp_decode(&b, span_str("c= ")), 1);
	CHECK_BUF(&b, "a=b\xc3\xa9" "c");
	CHECK_INT(mime_qp_decode(&b, span_str("=3")), -1);
	CHECK_INT(mime_qp_decode(&b, span_str("=xx")), -1);
	CHECK_INT(mime_qp_decode(&b, span_str("")), 0);
	buf_free(&b);
}

int
main(void)
{
	test_words();
	test_quoted();
	return test_end();
}
