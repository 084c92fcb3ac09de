/*
 * smtphead: the fields that are counted, and what becomes of a first line
 * that is none; each text in one piece and cut at every place.
 */
#include "server/smtp/smtphead.h"

#include "test.h"

static void
take(void *arg, const char *p, size_t n)
{
	buf_add(arg, p, n);
}

static unsigned
feed(const char *text, size_t cut, struct buf *got)
{
	struct smtphead h = { 0 };
	size_t n = strlen(text);

	buf_clear(got);
	smtphead_feed(&h, text, cut, take, got);
	smtphead_feed(&h, text + cut, n - cut, take, got);
	smtphead_free(&h);
	return h.hops;
}

static void
check(const char *text, const char *before, unsigned hops)
{
	struct buf got = { 0 }, want = { 0 };
	size_t cut;

	buf_addf(&want, "%s%s", before, text);
	for (cut = 0; cut <= strlen(text); cut++) {
		CHECK_INT(feed(text, cut, &got), hops);
		CHECK_BUF(&got, buf_str(&want));
	}
	buf_free(&got);
	buf_free(&want);
}

static void
test_hops(void)
{
	check("Received: a\n\nReceived: b\n", "", 1);
	check("RECEIVED:\nreceived : b\nReceived\t: c\nX: y\n", "", 3);
	/* Another's name, folded lines, the text, what ends a header. */
	check("Receive: a\nReceived-SPF: b\nXReceived: c\n", "", 0);
	check("Subject: x\n Received: a\n\tReceived: b\n", "", 0);
	check("Received: a\n Received: b\nReceived: c\n", "", 2);
	check("X: y\nno field\nReceived: a\n", "", 0);
	check("X: y\n: z\nReceived: a\n", "", 0);
	check("X: y\nRecei ved: z\nReceived: a\n", "", 0);
	check("\nReceived: a\n", "", 0);
}

static void
test_first_line(void)
{
	char line[2000];

	check("", "", 0);
	check("\n", "", 0);
	check("\ntext\n", "", 0);
	check("a: b\n", "", 0);
	check("a \t: b\n", "", 0);
	check("From : a@b.test\n", "", 0);
	check(" a: b\n", "\n", 0);
	check("\tReceived: b\n", "\n", 0);
	check("  Dear Bob,\nthe exam moves.\n", "\n", 0);
	check("Dear Bob: hello\nReceived: a\n", "\n", 0);
	check("hello\nSubject: x\n", "\n", 0);
	check("hello \n", "\n", 0);
	check(": x\n", "\n", 0);
	check("\303\244: x\n", "\n", 0);
	memset(line, 'a', sizeof line);
	memcpy(line + sizeof line - 3, ":\n", 3);
	check(line, "\n", 0);
}

static void
test_mbox(void)
{
	struct buf got = { 0 };

	check("From a@b.test Sat Nov 21\nReceived: a\n", "X-Mailbox-Line: ",
	    1);
	check(">>From a\nSubject: x\n\nFrom b\n", "X-Mailbox-Line: ", 0);
	check("From \n\nReceived: a\n", "X-Mailbox-Line: ", 0);
	feed("From a\n>From b\nReceived: c\n", 0, &got);
	CHECK_BUF(&got, "X-Mailbox-Line: From a\nX-Mailbox-Line: >From b\n"
	    "Received: c\n");
	feed("From a\n b\n", 0, &got);
	CHECK_BUF(&got, "X-Mailbox-Line: From a\n\n b\n");
	buf_free(&got);
}

int
main(void)
{
	test_hops();
	test_first_line();
	test_mbox();
	return test_end();
}
