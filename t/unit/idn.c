/* format/mail/unicode and format/mail/idn */
#include "test.h"

#include "format/mail/addr.h"
#include "format/mail/idn.h"
#include "format/mail/unicode.h"

/* The samples are those of RFC 3492 7.1 and of registries. */
static void
test_domains(void)
{
	static const char *const pairs[][2] = {
		{ "pth.ua", "pth.ua" },
		{ "пошта.укр", "xn--80a1acn3a.xn--j1amh" },
		{ "ПОШТА.УКР", "xn--80a1acn3a.xn--j1amh" },
		{ "bücher.Example", "xn--bcher-kva.Example" },
		{ "straße.de", "xn--strae-oqa.de" },
		{ "例え。テスト", "xn--r8jz45g.xn--zckzah" },
		{ "他们为什么不说中文",
		    "xn--ihqwcrb4cv8a8dqg056pqjye" },
		{ "їжак.укр.", "xn--80aln7i.xn--j1amh." },
		{ "і\xcc\x88жак.укр", "xn--80aln7i.xn--j1amh" },
		{ "ｐｔｈ.ua", "pth.ua" }
	};
	struct buf b = { 0 };
	const char *why;
	size_t i;

	for (i = 0; i < COUNT(pairs); i++) {
		buf_clear(&b);
		CHECK_INT(idn_domain(&b, span_str(pairs[i][0]), &why), 0);
		CHECK_BUF(&b, pairs[i][1]);
	}
	buf_free(&b);
}

static void
test_refused(void)
{
	static const char *const bad[] = {
		"-ї.ua", "ї-.ua", "xn--ї.ua", "ї ї.ua", "☃.ua",
		"ї\xcc\x88.ua", "\xcc\x88ї.ua", "\xff.ua",
		"а\xe2\x80\x8b.ua",
		"їїїїїїїїїїїїїїїїїїїїїїїїїї"
		    "їїїїїїїїїїїїїїїїїїїїїїїїїї"
		    "їїїїїїїїїїїїїї.ua",
		("0123456789abcdef0123456789abcdef"
		    "0123456789abcdef0123456789abcdef.їж.ua")
	};
	struct buf b = { 0 };
	const char *why;
	size_t i;

	buf_adds(&b, "x");
	for (i = 0; i < COUNT(bad); i++) {
		why = NULL;
		if (idn_domain(&b, span_str(bad[i]), &why) == 0)
			CHECK_STR(bad[i], "refused");
		CHECK(why != NULL);
		CHECK_BUF(&b, "x");
	}
	CHECK_INT(idn_address(&b, span_str("оля@пошта.укр")), -1);
	CHECK_INT(idn_address(&b, span_str("olia@☃.ua")), -1);
	CHECK_BUF(&b, "x");
	buf_free(&b);
}

static void
test_same(void)
{
	struct addr a, b;

	CHECK_INT(addr_parse(&a, span_str("User@PTH.ua"), NULL), 0);
	CHECK_INT(addr_parse(&b, span_str("User@pth.UA"), NULL), 0);
	CHECK(idn_same_address(&a, &b));
	CHECK_INT(addr_parse(&b, span_str("user@pth.ua"), NULL), 0);
	CHECK(!idn_same_address(&a, &b));
	CHECK_INT(addr_parse_bare(&b, span_str("User"), NULL), 0);
	CHECK(!idn_same_address(&a, &b));
	CHECK(idn_same(span_str("пошта.укр"),
	    span_str("Пошта.УКР")));
	CHECK(idn_same(span_str("пошта.укр"),
	    span_str("XN--80a1acn3a.xn--j1amh")));
	CHECK(!idn_same(span_str("пошта.укр"),
	    span_str("почта.укр")));
	CHECK(!idn_same(span_str("☃.ua"), span_str("☄.ua")));
	CHECK(idn_same(span_str("☃.ua"), span_str("☃.UA")));
}

static void
test_header(void)
{
	struct buf b = { 0 };

	idn_header(&b, span_str("To: Оля <o@пошта.укр>,\r\n"
	    " \"x@пошта.укр\" <оля@пошта.укр>\r\n"
	    " (a@пошта.укр),"
	    " i@укр\r\n"
	    "Subject: o@пошта.укр\r\nCC : o@b.c\r\n"));
	CHECK_BUF(&b, "To: Оля <o@xn--80a1acn3a.xn--j1amh>,\r\n"
	    " \"x@пошта.укр\" <оля@пошта.укр>\r\n"
	    " (a@пошта.укр),"
	    " i@xn--j1amh\r\n"
	    "Subject: o@пошта.укр\r\nCC : o@b.c\r\n");
	buf_free(&b);
}

/* Whether two words are the same but for what likeness leaves out. */
static int
alike(const char *one, const char *two)
{
	struct buf a = { 0 }, b = { 0 };
	int r;

	unicode_likeness(&a, span_str(one));
	unicode_likeness(&b, span_str(two));
	r = span_eq(buf_span(&a), buf_span(&b));
	buf_free(&a);
	buf_free(&b);
	return r;
}

static void
test_likeness(void)
{
	CHECK(alike("Name", "name"));
	CHECK(alike("First name", "first_name"));
	CHECK(alike(" First\xc2\xa0name\xe2\x80\x8b", "FirstName"));
	CHECK(alike("nаmе", "name"));
	CHECK(alike("ІМ’Я", "ім'я"));
	CHECK(alike("ОЦІНКА", "оцінка"));
	CHECK(alike("и\xcc\x86ти", "Йти"));
	CHECK(alike("ΒΑΘΜΌΣ", "βαθμόσ"));
	CHECK(alike("E-Mail", "email"));
	CHECK(!alike("name", "names"));
	CHECK(!alike("k1", "kl"));
	CHECK(!alike("ї", "і"));
	CHECK(!alike("é", "e"));
}

static struct span
pasted(const char *s)
{
	struct addr a;

	addr_parse_pasted(&a, span_str(s), NULL);
	return a.text;
}

static void
test_trim(void)
{
	CHECK_SPAN(unicode_trim(span_str("\xc2\xa0 a b\xe3\x80\x80\t")), "a b");
	CHECK_SPAN(unicode_trim(span_str("\xef\xbb\xbf")), "");
	CHECK_SPAN(unicode_trim(span_str("\xa0\xff")), "\xa0\xff");
	CHECK_SPAN(unicode_trim(span_str("“a”")), "“a”");
	CHECK_SPAN(pasted("“a@b.c.”\xc2\xa0"), "a@b.c");
	CHECK_SPAN(pasted("\xe2\x80\xa8" "a@b.c\xe2\x80\xa9"),
	    "a@b.c");
	CHECK_SPAN(pasted("a@b.."), "a@b..");
	CHECK_SPAN(pasted("etc."), "etc.");
	CHECK_SPAN(pasted(""), "");
}

int
main(void)
{
	test_domains();
	test_refused();
	test_same();
	test_header();
	test_likeness();
	test_trim();
	return test_end();
}
