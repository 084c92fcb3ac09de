/*
 * server/pop3/pop3d: a session with a client that says what the input does,
 * cut at random, over a maildrop that takes several turns for everything,
 * fails at times and has a message that vanished.  It is closed in the end.
 */
#include "../unit/book.h"

#include "fuzz.h"

static void
talk(const char *peer, int who, struct span line)
{
	MUST(peer[0] == '\0');
	MUST(who == 'C' || line.n > 0);
	must_be_line(who, line);
}

static void
feed(void *s, struct dice *d, struct span input, struct buf *out)
{
	enum session_verdict next;
	size_t n = 0, used;

	do {
		n += cut(d, input.n - n);
		next = pop3d_session.feed(s, input.p, n, &used, out);
		MUST(used <= n);
		MUST(used > 0 || next != SESSION_MORE || n <= POP3D_LINE_MAX);
		input = span_drop(input, used);
		n -= used;
		while (next == SESSION_AGAIN || next == SESSION_WAIT)
			next = pop3d_session.resume(s, out);
		buf_clear(out);
	} while (next != SESSION_CLOSE && (used > 0 || n < input.n));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const messages[BOOK_MESSAGES] = {
		"A: b\n\n.\n..\r\nx", "gone", "\n\r\n\rq\n"
	};
	struct book book = { .messages = messages, .slow = 1 };
	struct sasld_conf auth = { .mechanisms = sasld_possible(0),
	    .host = "here", .find = book_find };
	struct pop3d_conf conf = { .host = "here", .auth = &auth, .apop = 1,
	    .store = &book_store, .store_arg = &book, .nonce = book_nonce,
	    .talk = talk };
	struct span input = span_of(data, n);
	struct buf out = { 0 };
	void *s;
	struct dice d;

	if (take_seed(&d, &input) < 0)
		return 0;
	book.list_err = roll(&d, 8) == 0 ? EIO : 0;
	book.read_err = roll(&d, 4) == 0 ? EIO : 0;
	book.remove_err = roll(&d, 4) == 0 ? EACCES : 0;
	s = pop3d_session.open(&conf, "", 0, NULL);
	pop3d_session.greet(s, &out);
	feed(s, &d, input, &out);
	pop3d_session.close(s);
	MUST(book.opened == 0 && book.faults == 0);
	buf_free(&book.log);
	buf_free(&out);
	return 0;
}
