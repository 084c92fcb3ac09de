/*
 * client/smtp/batchread, client/smtp/message: what a parent deals to a worker,
 * and how many go in a while.
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

/* Reads what comes from a pipe, or a socket: its other end. */
static int
begin(struct batchread *b, const char *name, int fd[2])
{
	static struct report report;
	struct batchread_conf conf = { .in = fd[0], .name = name };

	batchread_init(b, &conf, "me", 0, &report);
	return fd[1];
}

static void
end(struct batchread *b, int fd[2])
{
	CHECK_INT(batchread_code(b), EX_OK);
	close(fd[0]);
	batchread_free(b);
}

/* It comes in pieces, and the next one has numbers of its own. */
static void
test_dealt(void)
{
	struct message m = { 0 }, *got = NULL;
	struct batchread r;
	struct buf b = { 0 };
	size_t first, i;
	int fd[2], to;

	CHECK_INT(pipe(fd), 0);
	to = begin(&r, NULL, fd);
	make(&m);
	buf_addf(&b, "NOOP %ju %d\n", m.number, m.tries);
	message_put(&b, &m);
	first = b.n;
	buf_adds(&b, "NOOP 9 0\n");
	message_put(&b, &m);
	for (i = 0; i < first; i++) {
		CHECK_INT(batchread_next(&r, &got), BATCHREAD_WAIT);
		CHECK_INT(r.wait, IO_FOREVER);
		CHECK_INT(write(to, b.p + i, 1), 1);
	}
	CHECK_INT(batchread_next(&r, &got), BATCHREAD_MESSAGE);
	check_message(got);
	CHECK_INT(write(to, b.p + i, b.n - i), b.n - i);
	CHECK_INT(batchread_next(&r, &got), BATCHREAD_MESSAGE);
	CHECK_INT(got->number, 9);
	CHECK_INT(got->tries, 0);
	close(to);
	CHECK_INT(batchread_next(&r, &got), BATCHREAD_END);
	end(&r, fd);
	message_free(&m);
	buf_free(&b);
}

/* What is raw is dealt as it came, all at once or in pieces. */
static void
test_raw(void)
{
	static const char batch[] = "MAIL FROM:<me@x>\r\nRCPT TO:<a@x>\r\n"
	    "DATA\r\nS: x\n\n..\n...a\rb\n.c\r\nd\n.\r\n";
	struct message *got = NULL;
	struct buf b = { 0 };
	struct batchread r;
	size_t i, piece;
	int fd[2], to;

	for (piece = 1; piece < sizeof batch; piece += sizeof batch - 2) {
		CHECK_INT(pipe(fd), 0);
		to = begin(&r, "batch", fd);
		r.raw = 1;
		for (i = 0; i < sizeof batch - 1; i += piece) {
			CHECK_INT(batchread_next(&r, &got), BATCHREAD_WAIT);
			CHECK_INT(write(to, batch + i, piece), piece);
		}
		CHECK_INT(write(to, "QUIT\n", 5), 5);
		CHECK_INT(batchread_next(&r, &got), BATCHREAD_MESSAGE);
		buf_clear(&b);
		message_put(&b, got);
		CHECK_BUF(&b, batch);
		CHECK_INT(batchread_next(&r, &got), BATCHREAD_END);
		close(to);
		end(&r, fd);
	}
	buf_free(&b);
}

/* A parent that ends without having read all is the end, and no fault. */
static void
test_parent_gone(void)
{
	struct message *m;
	struct batchread r;
	int fd[2], to;

	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	to = begin(&r, NULL, fd);
	CHECK_INT(write(fd[0], "x", 1), 1);
	close(to);
	CHECK_INT(batchread_next(&r, &m), BATCHREAD_END);
	end(&r, fd);
}

/* --- The rate --------------------------------------------------------- */

static long long
step(const char *text)
{
	long long ns;

	return batchread_rate(&ns, text) == 0 ? ns : -1;
}

static void
test_parse(void)
{
	static const char *const bad[] = {
		"", "/s", "1", "0/s", "1/", "1/d", "-1/s", "1/ss", "x/s",
		"1 /s", "1000000001/s", "99999999999999999999/h"
	};
	size_t i;

	CHECK_INT(step("1/s"), 1000000000);
	CHECK_INT(step("2/m"), 30000000000);
	CHECK_INT(step("3600/h"), 1000000000);
	CHECK_INT(step("1000000000/s"), 1);
	for (i = 0; i < COUNT(bad); i++)
		CHECK_INT(step(bad[i]), -1);
}

/* How many go within so many ms. */
static int
count(struct batchread *r, int ms)
{
	long long until = io_clock() + ms;
	struct message *m;
	int n = 0;

	while (io_clock() < until)
		if (batchread_next(r, &m) == BATCHREAD_MESSAGE) {
			message_drop(&r->cache, m);
			n++;
		}
	return n;
}

static void
test_rate(void)
{
	static const char one[] = "MAIL FROM:<>\nRCPT TO:<a@x>\nDATA\n.\n";
	struct message *m;
	struct batchread r;
	int fd[2], to, i;

	CHECK_INT(pipe(fd), 0);
	to = begin(&r, "batch", fd);
	for (i = 0; i < 50; i++)
		CHECK_INT(write(to, one, strlen(one)), strlen(one));
	/* the first at once, the next after its time, none too early */
	r.step = step("2/m");
	CHECK_INT(batchread_next(&r, &m), BATCHREAD_MESSAGE);
	CHECK_INT(batchread_next(&r, &m), BATCHREAD_WAIT);
	CHECK(r.wait > 29000 && r.wait <= 30000);
	r.step = step("100/s");
	r.due = 0;
	CHECK(count(&r, 100) <= 11);
	/* a pause is made up for, but not all of it */
	r.due -= 1000000000;
	CHECK(count(&r, 10) <= 13);
	/* none: everything goes at once */
	r.step = 0;
	CHECK_INT(batchread_next(&r, &m), BATCHREAD_MESSAGE);
	CHECK_INT(batchread_next(&r, &m), BATCHREAD_MESSAGE);
	close(to);
	end(&r, fd);
}

int
main(void)
{
	test_dealt();
	test_raw();
	test_parent_gone();
	test_parse();
	test_rate();
	return test_end();
}
