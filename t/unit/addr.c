/* format/mail/addr */
#include "test.h"

#include "format/mail/addr.h"

static int
parses(const char *text)
{
	const char *why = NULL;
	struct addr a;
	int ok;

	ok = addr_parse(&a, span_str(text), &why) == 0;
	CHECK(ok || (why != NULL && *why != '\0'));
	CHECK_INT(addr_parse(&a, span_str(text), NULL), ok ? 0 : -1);
	return ok;
}

static void
test_good(void)
{
	static const char *const good[] = {
		"user1@pth.ua", "a@b", "a.b+c=d@x-y.example.org", "_@a_b.c",
		"!#$%&'*+-/=?^_`{|}~@x.y", "\"a b\"@x.y", "\"a@b\\\"c\"@x.y",
		"\"\"@x.y", "\xd0\xbe\xd0\xbb@\xd0\xbf\xd1\x82.ua",
		"a@[192.0.2.1]", "a@[IPv6:2001:db8::1]", "1@2"
	};
	size_t i;

	for (i = 0; i < COUNT(good); i++)
		if (!parses(good[i]))
			CHECK_STR(good[i], "an address");
}

static void
test_bad(void)
{
	static const char *const bad[] = {
		"", "@", "a", "a@", "@b", "a@b@c", ".a@b", "a.@b", "a..b@c",
		"a b@c", "a@b c", "<a@b>", "a@b.", "a@.b", "a@b..c", "a@-b",
		"a@b-", "a,b@c", "a;b@c", "a:b@c", "(a)@b", "a\\b@c",
		"\"a@b", "\"a\"b@c", "a\"b\"@c", "\"a\\\"@b", "a@[]", "a@[1",
		"a@[a b]", "a@b\r", "a\r@b", "a\n@b", "\"a\n\"@b", "a\x01@b",
		"\xff@b", "a@\xc3", "\xed\xa0\x80@b"
	};
	size_t i;

	for (i = 0; i < COUNT(bad); i++)
		if (parses(bad[i]))
			CHECK_STR(bad[i], "not an address");
}

static void
test_parts(void)
{
	struct addr a;
	char nul[] = "a\0b@c";

	CHECK_INT(addr_parse(&a, span_str("\"x@y\"@b.c"), NULL), 0);
	CHECK_SPAN(a.text, "\"x@y\"@b.c");
	CHECK_SPAN(a.local, "\"x@y\"");
	CHECK_SPAN(a.domain, "b.c");
	CHECK_INT(addr_parse(&a, span_of(nul, 5), NULL), -1);
	CHECK_INT(addr_parse_bare(&a, span_str("user"), NULL), 0);
	CHECK_SPAN(a.local, "user");
	CHECK(a.domain.p == NULL);
	CHECK_INT(addr_parse_bare(&a, span_str("user@"), NULL), -1);
	CHECK_INT(addr_parse_bare(&a, span_str(""), NULL), -1);
}

static void
test_limits(void)
{
	struct buf b = { 0 };
	struct addr a;
	int i;

	for (i = 0; i < ADDR_LOCAL_MAX; i++)
		buf_addc(&b, 'a');
	buf_adds(&b, "@b");
	CHECK_INT(addr_parse(&a, buf_span(&b), NULL), 0);
	buf_insert(&b, 0, "a", 1);
	CHECK_INT(addr_parse(&a, buf_span(&b), NULL), -1);
	buf_clear(&b);
	while (b.n < ADDR_DOMAIN_MAX - 1)
		buf_adds(&b, "b.");
	buf_addc(&b, 'c');
	CHECK(addr_is_domain(buf_span(&b)));
	buf_addc(&b, 'c');
	CHECK(!addr_is_domain(buf_span(&b)));
	buf_clear(&b);
	for (i = 0; i < 63; i++)
		buf_adds(&b, "\xd1\x8f");
	CHECK(addr_is_domain(buf_span(&b)));
	buf_adds(&b, "\xd1\x8f");
	CHECK(!addr_is_domain(buf_span(&b)));
	buf_free(&b);
}

static void
check_path(const char *text, const char *want, const char *rest)
{
	struct span s = span_str(text);
	struct addr a;
	size_t used = 0;

	CHECK_INT(addr_path(&a, s, &used, NULL), 0);
	CHECK_SPAN(a.text, want);
	CHECK_SPAN(span_of(s.p + used, s.n - used), rest);
}

static void
test_path(void)
{
	static const char *const bad[] = {
		"", " ", "<a@b", "<@a@b>", "<a@b c>", "< >", "<@x:>", "a@b>",
		"<a@b@c>", "<a\r@b>"
	};
	struct addr a;
	size_t used, i;

	check_path("<a@b>", "a@b", "");
	check_path("<a@b> SIZE=1", "a@b", " SIZE=1");
	check_path("<>", "", "");
	check_path("<> BODY=8BITMIME", "", " BODY=8BITMIME");
	check_path("<@x,@y.z:a@b>X", "a@b", "X");
	check_path("<\"a>b\"@c> X", "\"a>b\"@c", " X");
	check_path("<postmaster>", "postmaster", "");
	check_path("user", "user", "");
	check_path("a@b SIZE=1", "a@b", " SIZE=1");
	check_path("\"a b\"@c X", "\"a b\"@c", " X");
	for (i = 0; i < COUNT(bad); i++)
		CHECK_INT(addr_path(&a, span_str(bad[i]), &used, NULL), -1);
}

static void
test_ascii(void)
{
	char text[24];
	size_t i, n;

	CHECK(!span_is_ascii(span_str("a@\xc3\xa9")));
	CHECK(span_is_ascii(span_str("a@e")));
	/* A byte at each place of a text of each length, and right behind. */
	for (n = 0; n < sizeof text; n++)
		for (i = 0; i <= n; i++) {
			memset(text, '\x7f', sizeof text);
			text[i] = '\x80';
			CHECK_INT(span_is_ascii(span_of(text, n)), i == n);
		}
}

/* RFC 5321 4.1.3. */
static void
test_literal(void)
{
	static const char *const good[] = {
		"[192.0.2.1]", "[0.0.0.255]", "[IPv6:::]", "[IPv6:::1]",
		"[ipv6:2001:0db8:0000::0001]", "[IPv6:1:2:3:4:5:6:7:8]",
		"[IPv6:1:2:3:4:5:6:7::]", "[IPv6:::2:3:4:5:6:7:8]",
		"[IPv6:::ffff:192.0.2.1]", "[IPv6:1:2:3:4:5:6:192.0.2.1]",
		"[tag:text]"
	};
	static const char *const bad[] = {
		"", "[]", "192.0.2.1", "[192.0.2.1", "[192.0.2]",
		"[192.0.2.1.1]", "[192.0.2.1.]", "[192.0.2.256]",
		"[192.0.2.0001]", "[192..2.1]", "[IPv6:]", "[IPv6:1]",
		"[IPv6::1]", "[IPv6:1::2::3]", "[IPv6:1:2:3:4:5:6:7:8:9]",
		"[IPv6:1:2:3:4:5:6:7:8::]", "[IPv6:1:2:3:4:5:6:7:]",
		"[IPv6:::00001]", "[IPv6:00001::]", "[IPv6:::g]",
		"[IPv6:1:2:3:4:5:192.0.2.1]", "[IPv6:1:2:3:4:5:6::192.0.2.1]",
		"[tag:]", "[:text]", "[tag:a b]"
	};
	size_t i;

	for (i = 0; i < COUNT(good); i++)
		if (!addr_is_literal(span_str(good[i])))
			CHECK_STR(good[i], "an address literal");
	for (i = 0; i < COUNT(bad); i++)
		if (addr_is_literal(span_str(bad[i])))
			CHECK_STR(bad[i], "not an address literal");
}

int
main(void)
{
	test_good();
	test_literal();
	test_bad();
	test_parts();
	test_limits();
	test_path();
	test_ascii();
	return test_end();
}
