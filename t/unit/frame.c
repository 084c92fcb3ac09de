/* client/smtp/frame */
#include "client/smtp/frame.h"

#include <errno.h>
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
	buf_adds(&m->id, "<1@x>");
	buf_add(&m->content.text, "Subject: s\r\n\r\na\0b\r\n", 19);
	m->content.body = 14;
	m->content.head_form = MIME_8BIT;
	m->content.body_form = MIME_QP;
	message_rcpt(m, span_str("a@x"), span_str("NOTIFY=NEVER"));
	rcpt_decide(message_rcpt(m, span_str("no@x"), span_str("")),
	    RESULT_FAILED, STAGE_RCPT, 550, span_str("no"));
	message_rcpt(m, span_str("b@x"), span_str(""));
}

/* The undecided part of a message is the same at the other end. */
static void
check_message(void)
{
	struct message m = { 0 }, got = { 0 };
	struct span in, bytes, cut;
	struct buf b = { 0 };
	struct frame f;
	size_t n;

	make(&m);
	frame_put_message(&b, &m);
	for (n = 0; n < b.n; n++) {
		cut = span_of(b.p, n);
		CHECK_INT(frame_next(&cut, &f, &bytes), 0);
		CHECK_INT(cut.n, n);
	}
	frame_put(&b, FRAME_BYE, NULL, EX_OK, span_of(NULL, 0));
	in = buf_span(&b);
	CHECK_INT(frame_next(&in, &f, &bytes), 1);
	CHECK_INT(f.type, FRAME_MESSAGE);
	frame_message(&got, &f, bytes);
	CHECK(got.ticket == &m);
	CHECK_INT(got.number, 7);
	CHECK_INT(got.tries, 2);
	CHECK_BUF(&got.from, "me@x");
	CHECK_BUF(&got.params, "RET=HDRS");
	CHECK_BUF(&got.id, "<1@x>");
	CHECK(span_eq(buf_span(&got.content.text),
	    buf_span(&m.content.text)));
	CHECK_INT(got.content.body, 14);
	CHECK_INT(got.content.head_form, MIME_8BIT);
	CHECK_INT(got.content.body_form, MIME_QP);
	CHECK_INT(got.rcpts, 2);
	CHECK_BUF(&got.rcpt[0].addr, "a@x");
	CHECK_BUF(&got.rcpt[0].params, "NOTIFY=NEVER");
	CHECK_BUF(&got.rcpt[1].addr, "b@x");
	CHECK_INT(message_open(&got), 2);
	CHECK_INT(frame_next(&in, &f, &bytes), 1);
	CHECK_INT(f.type, FRAME_BYE);
	CHECK_INT(in.n, 0);
	message_free(&m);
	message_free(&got);
	buf_free(&b);
}

static void
check_back(void *ticket)
{
	struct message m = { .ticket = ticket, .tries = 2 };
	struct buf b = { 0 };
	struct span in, bytes;
	struct frame f;

	frame_put_back(&b, &m, 1, 250, EX_TEMPFAIL, span_str("why\n"));
	in = buf_span(&b);
	CHECK_INT(frame_next(&in, &f, &bytes), 1);
	CHECK_INT(f.type, FRAME_BACK);
	CHECK(f.ticket == ticket);
	CHECK_INT(f.code, EX_TEMPFAIL);
	CHECK_INT(f.tries, 2);
	CHECK_INT(f.hung, 1);
	CHECK_INT(f.wait, 250);
	CHECK_SPAN(bytes, "why\n");
	buf_free(&b);
}

static void
check_socket(void)
{
	struct buf b = { 0 }, out = { 0 };
	struct span in, bytes;
	struct frame f;
	int fd[2], ticket;

	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	CHECK_INT(frame_receive(&b, fd[0]), -1);
	CHECK_INT(errno, EAGAIN);
	frame_put(&out, FRAME_DONE, &ticket, EX_NOUSER, span_str("a line\n"));
	CHECK_INT(write(fd[1], out.p, out.n), out.n);
	CHECK_INT(frame_receive(&b, fd[0]), 1);
	in = buf_span(&b);
	CHECK_INT(frame_next(&in, &f, &bytes), 1);
	CHECK_INT(f.type, FRAME_DONE);
	CHECK(f.ticket == &ticket);
	CHECK_INT(f.code, EX_NOUSER);
	CHECK_SPAN(bytes, "a line\n");
	check_back(&ticket);
	close(fd[1]);
	CHECK_INT(frame_receive(&b, fd[0]), 0);
	close(fd[0]);
	buf_free(&b);
	buf_free(&out);
}

int
main(void)
{
	check_message();
	check_socket();
	return test_end();
}
