/* format/wire/bsmtp */
#include "format/wire/bsmtp.h"

#include "test.h"

static enum bsmtp_event
push(struct bsmtp *b, const char *line)
{
	return bsmtp_line(b, span_str(line));
}

static void
test_commands(void)
{
	struct bsmtp b = { 0 };

	CHECK_INT(push(&b, "EHLO host\r\n"), BSMTP_RSET);
	CHECK_INT(push(&b, "NOOP 12 messages\r\n"), BSMTP_COUNT);
	CHECK_INT(b.count, 12);
	CHECK_INT(push(&b, "NOOP\n"), BSMTP_MORE);
	CHECK_INT(push(&b, "NOOP many messages\n"), BSMTP_MORE);
	CHECK_INT(push(&b, "mail from:<a@b> BODY=8BITMIME  SIZE=1 \n"),
	    BSMTP_MAIL);
	CHECK_SPAN(b.path, "a@b");
	CHECK_SPAN(b.params, "BODY=8BITMIME  SIZE=1");
	CHECK(b.why == NULL);
	CHECK_INT(push(&b, "RCPT TO: <c@d>\r\n"), BSMTP_RCPT);
	CHECK_SPAN(b.path, "c@d");
	CHECK_INT(push(&b, "RCPT TO:<>\r\n"), BSMTP_RCPT);
	CHECK(b.why != NULL);
	CHECK_INT(push(&b, "RCPT TO:<x@@y> Z\r\n"), BSMTP_RCPT);
	CHECK_SPAN(b.path, "x@@y");
	CHECK(b.why != NULL);
	CHECK_INT(push(&b, "RSET\r\n"), BSMTP_RSET);
	CHECK_INT(push(&b, "QUIT"), BSMTP_QUIT);
	CHECK_INT(b.line, 10);
}

static void
test_text(void)
{
	struct bsmtp b = { 0 };

	push(&b, "MAIL FROM:<>\n");
	CHECK_INT(b.path.n, 0);
	CHECK(b.why == NULL);
	push(&b, "RCPT TO:<a@b>\n");
	CHECK_INT(push(&b, "DATA\n"), BSMTP_DATA);
	CHECK_INT(push(&b, "MAIL FROM:<x@y>\r\n"), BSMTP_TEXT);
	CHECK_SPAN(b.text, "MAIL FROM:<x@y>\r\n");
	CHECK_INT(push(&b, "..\n"), BSMTP_TEXT);
	CHECK_SPAN(b.text, ".\n");
	CHECK_INT(push(&b, ".x\n"), BSMTP_TEXT);
	CHECK_SPAN(b.text, "x\n");
	CHECK_INT(push(&b, "\n"), BSMTP_TEXT);
	/* pieces of one line: only its beginning can be stuffed */
	CHECK_INT(push(&b, "..piece"), BSMTP_TEXT);
	CHECK_SPAN(b.text, ".piece");
	CHECK_INT(push(&b, ".\n"), BSMTP_TEXT);
	CHECK_SPAN(b.text, ".\n");
	CHECK_INT(bsmtp_line(&b, span_of(".\0\r\n", 4)), BSMTP_TEXT);
	/* cut off, so it is no end */
	CHECK_INT(push(&b, "."), BSMTP_TEXT);
	CHECK_INT(push(&b, "\r\n"), BSMTP_TEXT);
	CHECK_INT(push(&b, ".\r\n"), BSMTP_DOT);
	CHECK_INT(push(&b, "QUIT\r\n"), BSMTP_QUIT);
}

static void
test_block(void)
{
	struct bsmtp b = { 0 };

	CHECK_INT(bsmtp_text(&b, span_str("x\n")), 0);
	push(&b, "MAIL FROM:<>\n");
	push(&b, "RCPT TO:<a@b>\n");
	push(&b, "DATA\n");
	CHECK_INT(bsmtp_text(&b, span_str("a\r\nb\n\nc.\n.\nd\n")), 9);
	CHECK_SPAN(b.text, "a\r\nb\n\nc.\n");
	CHECK_INT(b.line, 7);
	CHECK_INT(bsmtp_text(&b, span_str(".x\ny\n")), 0);
	/* what has no end yet is not taken, nor the rest of a piece */
	CHECK_INT(bsmtp_text(&b, span_str("a\nb")), 2);
	CHECK_INT(bsmtp_text(&b, span_str("b")), 0);
	CHECK_INT(push(&b, "b"), BSMTP_TEXT);
	CHECK_INT(bsmtp_text(&b, span_str("c\nd\n")), 0);
	CHECK_INT(push(&b, "c\n"), BSMTP_TEXT);
	CHECK_INT(push(&b, ".\n"), BSMTP_DOT);
	CHECK_INT(bsmtp_text(&b, span_str("x\n")), 0);
	/* a text of no transaction */
	CHECK_INT(push(&b, "DATA\n"), BSMTP_BAD);
	CHECK_INT(bsmtp_text(&b, span_str("x\n")), 2);
	CHECK_INT(b.text.n, 0);
	CHECK_INT(push(&b, ".\n"), BSMTP_MORE);
}

static void
test_order(void)
{
	struct bsmtp b = { 0 };

	CHECK_INT(push(&b, "RCPT TO:<a@b>\n"), BSMTP_BAD);
	CHECK_INT(push(&b, "DATA\n"), BSMTP_BAD);
	CHECK_INT(push(&b, "QUIT\n"), BSMTP_MORE);
	CHECK_INT(push(&b, ".\n"), BSMTP_MORE);
	CHECK_INT(push(&b, "MAIL FROM:<a@b>\n"), BSMTP_MAIL);
	CHECK_INT(push(&b, "HELP\n"), BSMTP_BAD);
	CHECK_INT(push(&b, "RCPT TO:<a@b>\n"), BSMTP_RCPT);
	CHECK_INT(b.spoilt, 0);
	CHECK_INT(push(&b, "MAIL FROM:<c@d>\n"), BSMTP_BAD);
	CHECK_INT(push(&b, "RCPT TO:<c@d>\n"), BSMTP_RCPT);
	CHECK_INT(push(&b, "DATA\n"), BSMTP_DATA);
	CHECK_INT(push(&b, "x\n"), BSMTP_TEXT);
	CHECK_INT(push(&b, ".\n"), BSMTP_DOT);
	CHECK_INT(b.spoilt, 1);
	CHECK_INT(b.texts, 2);
	CHECK_INT(push(&b, "MAIL FROM:<e@f>\n"), BSMTP_MAIL);
	CHECK_INT(b.spoilt, 0);
	CHECK_INT(push(&b, "DATA now\n"), BSMTP_BAD);
	CHECK_INT(push(&b, "QUIT\n"), BSMTP_QUIT);
}

/* A dot is doubled where a line begins, and nowhere else. */
static void
test_dot(void)
{
	const struct span text = span_str(".\r\na.b\r\n..c\n\r.\n");
	struct buf b = { 0 };

	CHECK_INT(bsmtp_dot(text, 0), 0);
	CHECK_INT(bsmtp_dot(text, 1), 8);
	CHECK_INT(bsmtp_dot(text, 9), text.n);
	CHECK_INT(bsmtp_dot(text, text.n), text.n);
	CHECK_INT(bsmtp_dot(span_of(text.p, 0), 0), 0);
	bsmtp_stuff(&b, text);
	CHECK_BUF(&b, "..\r\na.b\r\n...c\n\r.\n");
	buf_free(&b);
}

static void
test_long(void)
{
	static char line[BSMTP_LINE_MAX];
	struct bsmtp b = { 0 };

	memset(line, 'x', sizeof line);
	CHECK_INT(bsmtp_line(&b, span_of(line, sizeof line)), BSMTP_BAD);
	CHECK_INT(push(&b, "QUIT\n"), BSMTP_MORE);
	CHECK_INT(push(&b, "QUIT\n"), BSMTP_QUIT);
	CHECK_INT(b.line, 2);
}

int
main(void)
{
	test_commands();
	test_text();
	test_block();
	test_order();
	test_dot();
	test_long();
	return test_end();
}
