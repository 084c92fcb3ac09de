/*
 * A session with a client that says what the input does, cut into pieces
 * whose lengths its first bytes tell.  The store takes several turns for
 * everything, has a letter that vanished and one that breaks off.  Whatever is
 * deleted was so by QUIT, and the maildrop is closed in the end.
 *
 *	clang -std=c99 -D_POSIX_C_SOURCE=200809L -Isrc -g -O1 \
 *	    -fsanitize=fuzzer,address,undefined -o fuzz t/fuzz/pop3d.c \
 *	    src/format/[a-z]*.c src/server/pop3*.c src/server/sasld.c \
 *	    src/sys/buf.c src/sys/die.c
 *	./fuzz -max_total_time=60 -max_len=600
 */
#include <errno.h>
#include <stdlib.h>

#include "server/pop3d.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define LETTERS 4
#define CUTS 4			/* bytes that tell where it is cut */

struct book {
	int open, turn, pieces, removed;
	size_t at;
};

static const char *const letters[LETTERS] = { "", "A: b\n\n.\n..\r\nx",
    "gone", "\n\r\n\rq\n" };

static void *
book_open(void *store, struct span login)
{
	struct book *b = store;

	if (!span_is(login, "u"))
		abort();
	b->open++;
	return b;
}

static void
book_close(void *drop)
{
	((struct book *)drop)->open--;
}

static int
book_list(void *drop)
{
	struct book *b = drop;

	b->turn = !b->turn;
	return b->turn ? EINPROGRESS : 0;
}

static size_t
book_count(const void *drop)
{
	(void)drop;
	return LETTERS;
}

static int
book_size(void *drop, size_t i, uint64_t *size)
{
	if (i >= LETTERS)
		abort();
	*size = i;
	return book_list(drop);
}

static void
book_uid(const void *drop, size_t i, struct buf *b)
{
	(void)drop;
	buf_addf(b, "id%zu", i);
}

static int
book_begin(void *drop, size_t i)
{
	struct book *b = drop;

	b->at = i;
	b->pieces = 0;
	return i == 2 ? ENOENT : 0;
}

static int
book_read(void *drop, struct span *piece)
{
	struct book *b = drop;
	struct span all = span_str(letters[b->at]);

	if (b->at == 3 && b->pieces == 3)
		return EIO;
	*piece = (size_t)b->pieces < all.n ?
	    span_of(all.p + b->pieces, 1) : span_of("", 0);
	b->pieces++;
	return 0;
}

static void
book_finish(void *drop)
{
	(void)drop;
}

static int
book_remove(void *drop, size_t i)
{
	((struct book *)drop)->removed = 1;
	return i == 0 ? EACCES : 0;
}

static void
book_seen(void *drop, size_t i)
{
	(void)drop;
	if (i == 2)
		abort();
}

static int
book_sync(void *drop)
{
	return ((struct book *)drop)->removed ? 0 : EIO;
}

static const struct pop3d_store store = {
	book_open, book_close, book_list, book_count, book_size, book_uid,
	book_begin, book_read, book_finish, book_remove, book_seen, book_sync
};

static int
find(void *app, struct span login, struct span *secret)
{
	(void)app;
	*secret = span_str("p");
	return span_is(login, "u") ? 0 : -1;
}

static void
nonce(struct buf *b)
{
	buf_adds(b, "n");
}

static void
talk(void *app, const char *peer, int who, struct span line)
{
	(void)app;
	if (peer[0] != '\0' || (who != 'C' && who != 'S') ||
	    (who == 'S' && line.n == 0))
		abort();
}

/* The session's input up to end: what it wants next. */
static enum pop3d_next
feed(struct pop3d *s, const char *p, size_t *at, size_t end, struct buf *out)
{
	enum pop3d_next next = POP3D_MORE;
	size_t used = 1;

	while (*at < end && next != POP3D_CLOSE && used > 0) {
		next = pop3d_feed(s, p + *at, end - *at, &used, out);
		*at += used;
		if (used == 0 && end - *at > POP3D_LINE_MAX)
			abort();
		while (next == POP3D_AGAIN || next == POP3D_WAIT)
			next = pop3d_resume(s, out);
	}
	return next;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct book book = { 0 };
	struct sasld_conf auth = { .mechanisms = sasld_possible(0),
	    .host = "h", .find = find };
	struct pop3d_conf conf = { .host = "h", .auth = &auth, .apop = 1,
	    .store = &store, .keeper = &book, .nonce = nonce, .talk = talk };
	struct buf out = { 0 };
	struct pop3d *s;
	size_t at = CUTS, end = CUTS, i;

	if (n < CUTS)
		return 0;
	s = pop3d_open(&conf, "", &out);
	for (i = 0; i <= CUTS; i++) {
		end = i < CUTS && end + data[i] < n ? end + data[i] : n;
		if (feed(s, (const char *)data, &at, end, &out) ==
		    POP3D_CLOSE)
			break;
	}
	pop3d_close(s);
	if (book.open != 0)
		abort();
	buf_free(&out);
	return 0;
}
