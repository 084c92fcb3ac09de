/* format/mail/hdr */
#include "test.h"

#include "format/mail/hdr.h"

#define S(text)	span_of(text, sizeof(text) - 1)

/* "name=value|" for each field, then the event that ended it, and at. */
static void
fields(struct span text, const char *want)
{
	static const char *const events[] = { "", "BODY", "JUNK", "END" };
	struct buf b = { 0 };
	struct hdr_field f;
	enum hdr_event event;
	struct hdr h;

	hdr_init(&h, text);
	while ((event = hdr_next(&h, &f)) == HDR_FIELD) {
		CHECK(f.raw.p == text.p + f.at);
		buf_addf(&b, "%.*s=", (int)f.name.n, f.name.p);
		hdr_unfold(&b, f.value);
		buf_addc(&b, '|');
	}
	buf_addf(&b, "%s %zu", events[event], h.at);
	CHECK_BUF(&b, want);
	CHECK_INT(hdr_next(&h, &f), event);
	buf_free(&b);
}

static void
test_fields(void)
{
	fields(S(""), "END 0");
	fields(S("\nbody"), "BODY 1");
	fields(S("A: b\nC:d\n\nbody"), "A=b|C=d|BODY 10");
	fields(S("A: b\r\nC:d \r\n\r\nbody"), "A=b|C=d|BODY 14");
	fields(S("A: b\n\tc\n  d\n\n"), "A=b\tc  d|BODY 13");
	fields(S("A: b\r\n c\r\n\r\n"), "A=b c|BODY 12");
	fields(S("A:\n b\n\n"), "A=b|BODY 7");
	fields(S("A:\n\n"), "A=|BODY 4");
	fields(S("A : b\n\n"), "A=b|BODY 7");
	fields(S("A: b\n \n\n"), "A=b|BODY 8");
	fields(S("A: b\nbody\n"), "A=b|JUNK 5");
	fields(S("From a@b Sat\nA: b\n\n"), "JUNK 0");
	fields(S(" A: b\n\n"), "JUNK 0");
	fields(S(": b\n\n"), "JUNK 0");
	fields(S("A\0: b\n\n"), "JUNK 0");
	fields(S("A: b"), "A=b|END 4");
	fields(S("A: b\n"), "A=b|END 5");
	fields(S("A: b\n c"), "A=b c|END 7");
	fields(S("A: b\n\r"), "A=b|JUNK 5");
}

static void
test_find(void)
{
	const struct span text = S("A: b\nto:\n c\nTo: d\n\nX: y\n");

	CHECK_SPAN(hdr_find(text, S("To")), "c");
	CHECK(hdr_find(text, S("X")).p == NULL);
	CHECK(hdr_find(S("A:\n\n"), S("A")).p != NULL);
	CHECK(hdr_is_name(S("X-A!")));
	CHECK(!hdr_is_name(S("")));
	CHECK(!hdr_is_name(S("a b")));
	CHECK(!hdr_is_name(S("a:")));
	CHECK(!hdr_is_name(S("\xd1\x97")));
}

/* "name<addr>|" for each address, "!why|" for what is none. */
static void
addrs(const char *value, const char *want)
{
	struct buf b = { 0 };
	struct hdr_addrs a;
	int r;

	hdr_addrs_init(&a, span_str(value));
	while ((r = hdr_addrs_next(&a)) != 0)
		if (r < 0)
			buf_addf(&b, "!%s|", a.why);
		else
			buf_addf(&b, "%.*s<%s>|", (int)a.name.n,
			    a.name.n > 0 ? a.name.p : "", buf_str(&a.addr));
	CHECK_BUF(&b, want);
	CHECK_INT(hdr_addrs_next(&a), 0);
	hdr_addrs_free(&a);
	buf_free(&b);
}

static void
test_addrs(void)
{
	addrs("", "");
	addrs(" , ,;\r\n", "");
	addrs("a@b", "<a@b>|");
	addrs("a@b, c@d;e@f", "<a@b>|<c@d>|<e@f>|");
	addrs("Joe Doe <a@b>", "Joe Doe<a@b>|");
	addrs("\"Doe, Joe\" <a@b>, c@d", "\"Doe, Joe\"<a@b>|<c@d>|");
	addrs("a@b (Doe, (Joe) \\) x)", "<a@b>|");
	addrs("Joe\r\n <a@b>,\r\n\tc@d", "Joe<a@b>|<c@d>|");
	addrs("a (x) . b @ c . d", "<a.b@c.d>|");
	addrs("\"a b,c\"@d", "<\"a b,c\"@d>|");
	addrs("\"a\\\"b\"@d", "<\"a\\\"b\"@d>|");
	addrs("a@[IPv6:::1], <b@[1.2.3.4]>", "<a@[IPv6:::1]>|<b@[1.2.3.4]>|");
	addrs("<@x,@y:a@b>", "<a@b>|");
	addrs("friends: a@b, Joe <c@d>;, e@f", "<a@b>|Joe<c@d>|<e@f>|");
	addrs("undisclosed-recipients:;", "");
	addrs("root", "<root>|");
	addrs("\xd1\x97@\xd1\x97.ua", "<\xd1\x97@\xd1\x97.ua>|");
}

static void
test_no_addrs(void)
{
	addrs("Joe Doe, a@b",
	    "!two words where an address should be|<a@b>|");
	addrs("a b@c", "!two words where an address should be|");
	addrs("<>, a@b", "!no address between < and >|<a@b>|");
	addrs("Joe <a@b, c@d", "!no matching < and >|<c@d>|");
	addrs("a@b>, c@d", "!no matching < and >|<c@d>|");
	addrs("<a@b> x, c@d", "!text after the closing >|<c@d>|");
	addrs("<a@b> <c@d>", "!a second <|");
	addrs("\"Joe <a@b>", "!a quoted string without end|");
	addrs("a@b (x", "!a comment without end|");
	addrs("a@[b", "!a [ without ]|");
	addrs("<@x, a@b>, c@d", "!no matching < and >|"
	    "!no matching < and >|<c@d>|");
	addrs("\\", "<\\>|");
	addrs("\"\\", "!a quoted string without end|");
}

/* All recipients of a header, with a space behind each; "!" is a bad one. */
static const char *
rcpts(struct buf *b, const char *header)
{
	struct hdr_rcpts t;
	int r;

	buf_clear(b);
	hdr_rcpts_init(&t, span_str(header));
	while ((r = hdr_rcpts_next(&t)) != 0) {
		if (r > 0)
			buf_addspan(b, buf_span(&t.addrs.addr));
		else
			buf_addc(b, '!');
		buf_addc(b, ' ');
	}
	hdr_rcpts_free(&t);
	return buf_str(b);
}

static void
test_rcpts(void)
{
	struct buf b = { 0 };

	CHECK_STR(rcpts(&b, "To: a@b, C <c@d>\r\nX: e@f\r\ncc: g: h@i,j@k;\r\n"
	    "BCC: l@m\r\n\r\nTo: n@o\r\n"), "a@b c@d h@i j@k l@m ");
	CHECK_STR(rcpts(&b, "To: a b c, d@e, <\n"), "! d@e ! ");
	CHECK_STR(rcpts(&b, "Subject: x\n\n"), "");
	CHECK_STR(rcpts(&b, ""), "");
	CHECK_STR(rcpts(&b, "To: a@b\nResent-From: x@y\nResent-To: c@d\n"
	    "Resent-Cc: e@f\nReceived: x\nResent-To: g@h\n"), "c@d e@f ");
	/* a block without recipients is none of ours */
	CHECK_STR(rcpts(&b, "Resent-Date: x\nReceived: y\nTo: a@b\n"), "a@b ");
	CHECK_STR(rcpts(&b, "Resent-Date: x\nReceived: y\nResent-To: c@d\n"
	    "To: a@b\n"), "c@d ");
	buf_free(&b);
}

int
main(void)
{
	test_fields();
	test_find();
	test_addrs();
	test_no_addrs();
	test_rcpts();
	return test_end();
}
