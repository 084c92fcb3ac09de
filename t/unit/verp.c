/* format/crypt/tag, format/mail/verp */
#include "test.h"

#include "format/mail/verp.h"

#define LONG40 "abcdefghijklmnopqrstuvwxyzabcdefghijklmn"

static struct tag_key key, other;

static void
test_tag(void)
{
	struct buf b = { 0 };

	tag_verp(&b, &key, span_str("user1@pth.ua"));
	CHECK_BUF(&b, "ndgiad6a6i");
	buf_clear(&b);
	tag_leave(&b, &key, span_str(""), span_str("user1@pth.ua"));
	CHECK_BUF(&b, "ebmhn6docisx7tff4kzmt57eer");
	buf_clear(&b);
	tag_leave(&b, &key, span_str("news"), span_str("User1@PTH.ua"));
	CHECK_BUF(&b, "rfhtqcuqxryd5elknj2lpi3une");
	CHECK(tag_is_leave(&key, buf_span(&b), span_str("news"),
	    span_str("user1@pth.ua")));
	CHECK(tag_is_leave(&key, span_str("RFHTQCUQXRYD5ELKNJ2LPI3UNE"),
	    span_str("news"), span_str("user1@pth.ua")));
	CHECK(!tag_is_leave(&other, buf_span(&b), span_str("news"),
	    span_str("user1@pth.ua")));
	CHECK(!tag_is_leave(&key, buf_span(&b), span_str(""),
	    span_str("user1@pth.ua")));
	CHECK(!tag_is_leave(&key, span_str(""), span_str("news"),
	    span_str("user1@pth.ua")));
	CHECK(!tag_is_leave(&key, span_of(b.p, b.n - 1), span_str("news"),
	    span_str("user1@pth.ua")));
	CHECK(tag_is_base32(buf_span(&b), TAG_LONG));
	CHECK(!tag_is_base32(span_str("abcdefgh1j"), TAG_SHORT));
	buf_free(&b);
}

static void
test_pattern(void)
{
	static const char *const bad[] = {
		"", "news@pth.ua", "[verp]", "news@[verp]", "news@[verp].ua",
		"a b[verp]@pth.ua", "news+[verp]@", "[verp][verp]@pth.ua",
		"n-[verp]@[verp]", LONG40 "[verp]@pth.ua"
	};
	const char *why;
	size_t i;

	for (i = 0; i < COUNT(bad); i++) {
		why = NULL;
		CHECK_INT(verp_check(span_str(bad[i]), &why), -1);
		CHECK(why != NULL);
	}
	CHECK_INT(verp_check(span_str("[verp]@pth.ua"), &why), 0);
	CHECK_INT(verp_check(span_str("n-[verp].x@pth.ua"), &why), 0);
}

/* There and back, in capitals too; not by another key or pattern. */
static void
test_pair(const char *pattern, const char *rcpt, const char *want,
    const char *back)
{
	struct buf b = { 0 }, got = { 0 };
	struct addr a;
	size_t i;

	CHECK_INT(addr_parse(&a, span_str(rcpt), NULL), 0);
	verp_make(&b, &key, span_str(pattern), &a);
	CHECK_BUF(&b, want);
	CHECK_INT(addr_parse(&a, buf_span(&b), NULL), 0);
	CHECK_INT(verp_read(&got, &key, span_str(pattern), buf_span(&b)), 0);
	CHECK_BUF(&got, back);
	buf_clear(&got);
	CHECK_INT(verp_read(&got, &other, span_str(pattern), buf_span(&b)),
	    -1);
	CHECK_INT(verp_read(&got, &key, span_str("other+[verp]@pth.ua"),
	    buf_span(&b)), -1);
	CHECK_INT(got.n, 0);
	for (i = 0; i < b.n; i++)
		if (byte_is_letter(b.p[i]))
			b.p[i] &= ~0x20;
	CHECK_INT(verp_read(&got, &key, span_str(pattern), buf_span(&b)), 0);
	CHECK(span_case_is(buf_span(&got), back));
	buf_free(&b);
	buf_free(&got);
}

static void
test_pairs(void)
{
	static const char *const news = "news+[verp]@pth.ua";

	test_pair(news, "user1@pth.ua",
	    "news+ndgiad6a6i-user1=pth.ua@pth.ua", "user1@pth.ua");
	test_pair("[verp]-x@b.pth.ua", "John.Smith@pth.ua",
	    "ixx4wtcvro-John.Smith=pth.ua-x@b.pth.ua", "John.Smith@pth.ua");
}

/* What has an unforeseeable tag: only that it comes back. */
static void
test_odd(void)
{
	static const char *const odd[] = {
		"a+ab@x.org", "a=b@x.org", "\"a b\"@x.org", "\"a..b.\"@x.org",
		"o'brien@x.org", "a%b!c/d|e@x.org", "u@[192.0.2.1]",
		"u@[IPv6:2001:db8::1]", "\xd0\xb0@\xd0\xb1.ua", "+41@x.org",
		"\".a\"@x.org"
	};
	static const char *const news = "news+[verp]@pth.ua";
	struct buf b = { 0 }, got = { 0 };
	struct addr a;
	size_t i;

	for (i = 0; i < COUNT(odd); i++) {
		CHECK_INT(addr_parse(&a, span_str(odd[i]), NULL), 0);
		buf_clear(&b);
		buf_clear(&got);
		verp_make(&b, &key, span_str(news), &a);
		CHECK(span_is_ascii(buf_span(&b)));
		CHECK_INT(addr_parse(&a, buf_span(&b), NULL), 0);
		CHECK_INT(verp_read(&got, &key, span_str(news),
		    buf_span(&b)), 0);
		CHECK_BUF(&got, odd[i]);
		buf_clear(&got);
		CHECK_INT(verp_read(&got, &key, span_str(""), buf_span(&b)),
		    0);
		CHECK_BUF(&got, odd[i]);
	}
	buf_free(&b);
	buf_free(&got);
}

static void
test_long(void)
{
	static const char *const news = "news+[verp]@pth.ua";
	struct buf b = { 0 }, got = { 0 };
	struct addr a;

	CHECK_INT(addr_parse(&a, span_str(LONG40 "@example.org"), NULL), 0);
	verp_make(&b, &key, span_str(news), &a);
	CHECK_INT(addr_parse(&a, buf_span(&b), NULL), 0);
	CHECK_INT(a.local.n, sizeof "news+" - 1 + TAG_SHORT + 1 + VERP_HASH);
	CHECK_INT(verp_read(&got, &key, span_str(""), buf_span(&b)), 0);
	CHECK_INT(got.n, TAG_SHORT + 1 + VERP_HASH);
	CHECK(span_begins(span_drop(buf_span(&b), 5), buf_str(&got)));
	/* any other tag: the hash is not its own */
	b.p[6] = b.p[6] == 'a' ? 'b' : 'a';
	CHECK_INT(verp_read(&got, &key, span_str(""), buf_span(&b)), -1);
	buf_free(&b);
	buf_free(&got);
}

/* A domain that is not ASCII may come back as A-labels. */
static void
test_domains(void)
{
	static const char *const patterns[] = {
		"news+[verp]-x@пошта.укр",
		"news+[verp]-x@xn--80a1acn3a.xn--j1amh"
	};
	static const char *const senders[] = {
		"news+ndgiad6a6i-user1=pth.ua-x@пошта.укр",
		"news+ndgiad6a6i-user1=pth.ua-X@Пошта.УКР",
		"News+ndgiad6a6i-user1=pth.ua-x@XN--80a1acn3a.xn--j1amh"
	};
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < COUNT(patterns) * COUNT(senders); i++) {
		buf_clear(&b);
		CHECK_INT(verp_read(&b, &key, span_str(patterns[i % 2]),
		    span_str(senders[i / 2])), 0);
		CHECK_BUF(&b, "user1@pth.ua");
	}
	CHECK_INT(verp_read(&b, &key, span_str(patterns[0]),
	    span_str("news+ndgiad6a6i-user1=pth.ua-x@пошт.укр")), -1);
	buf_free(&b);
}

static void
test_forged(void)
{
	static const char *const forged[] = {
		"", "news@pth.ua", "news+ndgiad6a6i-user2=pth.ua@pth.ua",
		"news+ndgiad6a6-user1=pth.ua@pth.ua",
		"news+ndgiad6a6i-user1@pth.ua", "ndgiad6a6i-@pth.ua",
		"news+ndgiad6a6i-user1=pth.ua@elsewhere.example",
		"news+ndgiad6a6i-user1=pth.ua@pth.ua>",
		"news+aaaaaaaaaa-user1=pth.ua@pth.ua"
	};
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < COUNT(forged); i++)
		CHECK_INT(verp_read(&b, &key, span_str("news+[verp]@pth.ua"),
		    span_str(forged[i])), -1);
	CHECK_INT(b.n, 0);
	CHECK_INT(verp_read(&b, &key, span_str(""),
	    span_str("x-NDGIAD6A6I-User1=pth.ua@other.example")), 0);
	CHECK_BUF(&b, "User1@pth.ua");
	buf_free(&b);
}

int
main(void)
{
	tag_key(&key, span_str("secret"));
	tag_key(&other, span_str("Secret"));
	test_tag();
	test_pattern();
	test_pairs();
	test_odd();
	test_long();
	test_domains();
	test_forged();
	return test_end();
}
