/*
 * client/smtp/batchread, client/smtp/message: what a parent deals to a worker.
 */
#include "client/smtp/batchread.h"

#include <sys/socket.h>
#include <unistd.h>

#include "test.h"

static void
make(struct message *m)
{
	message_start(m, 7);
	m->tries = 2;
	buf_adds(&m->from, "me@x");
	buf_adds(&m->params, "RET=HDRS");
	buf_adds(&m->content.text, "Message-ID: <1@x>\n\n.\n..a.\n\xc3\xa9");
	buf_add(&m->content.text, "\0b.\r\n.", 6);
	buf_adds(&m->content.text, "\n");
	message_rcpt(m, span_str("a@x"), span_str("NOTIFY=NEVER"));
	rcpt_decide(message_rcpt(m, span_str("no@x"), span_str("")),
	    RESULT_FAILED, STAGE_RCPT, 550, span_str("no"));
	message_rcpt(m, span_str("\"b c\"@x"), span_str(""));
}

/* The undecided part of a message is the same at the other end. */
static void
check_message(const struct message *got)
{
	static const char text[] = "Message-ID: <1@x>\r\n\r\n.\r\n..a.\r\n"
	    "\xc3\xa9\0b.\r\n.\r\n";

	CHECK_INT(got->number, 7);
	CHECK_INT(got->tries, 2);
	CHECK_BUF(&got->from, "me@x");
	CHECK_BUF(&got->params, "RET=HDRS");
	CHECK_BUF(&got->id, "<1@x>");
	CHECK(span_eq(buf_span(&got->content.text),
	    span_of(text, sizeof text - 1)));
	CHECK_INT(got->content.head_form, MIME_7BIT);
	CHECK_INT(got->content.body_form, MIME_QP);
	CHECK_INT(got->rcpts, 2);
	CHECK_BUF(&got->rcpt[0].addr, "a@x");
	CHECK_BUF(&got->rcpt[0].params, "NOTIFY=NEVER");
	CHECK_BUF(&got->rcpt[1].addr, "\"b c\"@x");
	CHECK_INT(message_open(got), 2);
}

/* It comes in pieces, and the next one has numbers of its own. */
static void
test_dealt(void)
{
	struct message m = { 0 }, got = { 0 };
	struct buf b = { 0 };
	struct feed feed;
	size_t first, i;
	int fd[2];

	CHECK_INT(pipe(fd), 0);
	feed_init(&feed, fd[0], NULL, "me");
	make(&m);
	buf_addf(&b, "NOOP %ju %d\n", m.number, m.tries);
	message_put(&b, &m);
	first = b.n;
	buf_adds(&b, "NOOP 9 0\n");
	message_put(&b, &m);
	for (i = 0; i < first; i++) {
		CHECK_INT(feed_next(&feed, &got), FEED_LATER);
		CHECK_INT(write(fd[1], b.p + i, 1), 1);
	}
	CHECK_INT(feed_next(&feed, &got), FEED_MESSAGE);
	check_message(&got);
	CHECK_INT(write(fd[1], b.p + i, b.n - i), b.n - i);
	CHECK_INT(feed_next(&feed, &got), FEED_MESSAGE);
	CHECK_INT(got.number, 9);
	CHECK_INT(got.tries, 0);
	close(fd[1]);
	CHECK_INT(feed_next(&feed, &got), FEED_END);
	CHECK_INT(feed.code, EX_OK);
	close(fd[0]);
	rd_free(&feed.rd);
	message_free(&m);
	message_free(&got);
	buf_free(&b);
}

/* A parent that ends without having read all is the end, and no fault. */
static void
test_parent_gone(void)
{
	struct message m = { 0 };
	struct feed feed;
	int fd[2];

	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	feed_init(&feed, fd[0], NULL, "me");
	CHECK_INT(write(fd[0], "x", 1), 1);
	close(fd[1]);
	CHECK_INT(feed_next(&feed, &m), FEED_END);
	CHECK_INT(feed.code, EX_OK);
	close(fd[0]);
	rd_free(&feed.rd);
	message_free(&m);
}

int
main(void)
{
	test_dealt();
	test_parent_gone();
	return test_end();
}
