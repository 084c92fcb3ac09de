/* format/wire/reply */
#include "format/wire/reply.h"

#include "test.h"

/* Pushes each line of text and returns the last event. */
static enum reply_event
push(struct reply *r, const char *text)
{
	enum reply_event event = REPLY_MORE;
	struct span rest = span_str(text);

	reply_start(r);
	while (rest.n > 0 && event == REPLY_MORE)
		event = reply_line(r, span_line(&rest));
	return event;
}

static void
test_good(struct reply *r)
{
	struct span line;
	size_t at = 0;

	CHECK_INT(push(r, "250 2.1.0 ok\r\n"), REPLY_END);
	CHECK_INT(r->code, 250);
	CHECK_BUF(&r->text, "2.1.0 ok");
	CHECK(reply_is(r, 2) && !reply_is(r, 5));
	CHECK_INT(push(r, "250\r\n"), REPLY_END);
	CHECK_BUF(&r->text, "");
	CHECK(reply_next(r, &at, &line) == 1 && line.n == 0);
	CHECK_INT(reply_next(r, &at, &line), 0);
	CHECK_INT(push(r, "354 \n"), REPLY_END);
	reply_start(r);
	CHECK_INT(reply_line(r, span_of("550 a\0b\r\n", 9)), REPLY_END);
	CHECK_BUF(&r->text, "a b");
	CHECK_INT(push(r, "250-a\r\n"), REPLY_MORE);
	CHECK_INT(push(r, "250-\r\n250-b c\n250 d"), REPLY_END);
	CHECK_BUF(&r->text, "\nb c\nd");
	at = 0;
	CHECK(reply_next(r, &at, &line) == 1 && line.n == 0);
	CHECK_INT(reply_next(r, &at, &line), 1);
	CHECK_SPAN(line, "b c");
	CHECK_INT(reply_next(r, &at, &line), 1);
	CHECK_SPAN(line, "d");
	CHECK_INT(reply_next(r, &at, &line), 0);
}

static void
test_bad(struct reply *r)
{
	static const char *const bad[] = {
		"\r\n", "25\r\n", "abc\r\n", "199 x\r\n", "600 x\r\n",
		"2500 x\r\n", "25x ok\r\n", "250_ok\r\n", " 250 ok\r\n",
		"HTTP/1.1 200 OK\r\n", "250-a\r\n251 b\r\n", "250-a\r\n\r\n"
	};
	char line[REPLY_LINE_MAX + 2];
	int i, more = 0;

	for (i = 0; i < (int)COUNT(bad); i++) {
		CHECK_INT(push(r, bad[i]), REPLY_BAD);
		CHECK(r->why != NULL);
	}
	memset(line, 'x', sizeof line);
	memcpy(line, "250 ", 4);
	reply_start(r);
	CHECK_INT(reply_line(r, span_of(line, sizeof line)), REPLY_BAD);
	reply_start(r);
	while (reply_line(r, span_str("250-x\r\n")) == REPLY_MORE)
		more++;
	CHECK_INT(more, REPLY_LINES_MAX);
}

int
main(void)
{
	struct reply r = { 0 };

	test_good(&r);
	test_bad(&r);
	reply_free(&r);
	return test_end();
}
