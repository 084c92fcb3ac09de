/*
 * format/mail/crlf and store/droplist: each message in one piece and cut at
 * every place; what is sent, and how long that is.
 */
#include "format/mail/crlf.h"

#include "store/droplist.h"
#include "test.h"

static void
add(struct crlf *c, struct span s, struct buf *b)
{
	while (s.n > 0)
		crlf_line(c, &s, b);
}

static void
sent(const char *text, const char *want, uint64_t size)
{
	struct span all = span_str(text);
	struct crlf c, d;
	struct buf b = { 0 };
	uint64_t n;
	size_t cut;

	for (cut = 0; cut <= all.n; cut++) {
		memset(&c, 0, sizeof c);
		memset(&d, 0, sizeof d);
		buf_clear(&b);
		add(&c, span_of(text, cut), &b);
		add(&c, span_drop(all, cut), &b);
		crlf_dot(&c, &b);
		CHECK_BUF(&b, want);
		n = all.n + crlf_grow(&d, span_of(text, cut)) +
		    crlf_grow(&d, span_drop(all, cut));
		CHECK_INT(n + crlf_end(&d), size);
	}
	buf_free(&b);
}

static void
check_empty_lines(void)
{
	struct span s = span_str("a\n\n\r\nb\r\n\rx");
	struct crlf c = { 0 };
	struct buf b = { 0 };

	CHECK_INT(crlf_line(&c, &s, &b), 1);
	CHECK_INT(crlf_line(&c, &s, &b), 2);
	CHECK_INT(crlf_line(&c, &s, &b), 2);
	CHECK_INT(crlf_line(&c, &s, &b), 1);
	CHECK_INT(crlf_line(&c, &s, &b), 0);
	CHECK_INT(s.n, 0);
	s = span_str("\n");
	CHECK_INT(crlf_line(&c, &s, &b), 1);
	s = span_str("\r");
	CHECK_INT(crlf_line(&c, &s, &b), 0);
	s = span_str("\n");
	CHECK_INT(crlf_line(&c, &s, &b), 2);
	buf_free(&b);
}

static void
check_names(void)
{
	struct buf b = { 0 };
	uint64_t size = 10;

	CHECK(droplist_compare("9.a", "10.a") < 0);
	CHECK(droplist_compare("10.a:2,S", "10.a") == 0);
	CHECK(droplist_compare("10.a", "10.ab:2,") < 0);
	CHECK(droplist_compare("10.b:2,S", "10.a") > 0);
	CHECK_INT(droplist_lasting("1.a,S=3:2,S"), 7);
	CHECK(!droplist_size("1.a", &size));
	CHECK(!droplist_size("1.a,S=10", &size));
	CHECK(!droplist_size("1.a,W=10", &size));
	CHECK(!droplist_size("1.a,S=9,W=10", &size));
	CHECK(!droplist_size("1.a,S=10,W=9", &size));
	CHECK(!droplist_size("1.a,S=10,W=23", &size));
	CHECK(!droplist_size("1.a,S=10,W=", &size));
	CHECK(!droplist_size("1.a,S=10:2,W=12", &size));
	CHECK_INT(size, 10);
	CHECK(droplist_size("1.a,S=10,W=12:2,S", &size));
	CHECK_INT(size, 12);
	droplist_uid("1.a,S=10:2,S", &b);
	CHECK_BUF(&b, "1.a,S=10");
	buf_clear(&b);
	droplist_uid(":2,S", &b);
	CHECK_INT(b.n, 64);
	buf_free(&b);
}

int
main(void)
{
	sent("", ".\r\n", 0);
	sent("a", "a\r\n.\r\n", 3);
	sent("a\r", "a\r\n.\r\n", 3);
	sent("a\n", "a\r\n.\r\n", 3);
	sent("a\r\n", "a\r\n.\r\n", 3);
	sent("\n\n", "\r\n\r\n.\r\n", 4);
	sent(".\n..\n.", "..\r\n...\r\n..\r\n.\r\n", 10);
	sent("a\rb\r\r\n.\r\n", "a\rb\r\r\n..\r\n.\r\n", 9);
	check_empty_lines();
	check_names();
	return test_end();
}
