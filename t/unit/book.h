/*
 * book: a maildrop in memory, with three messages, for sessions of pop3d.  It
 * writes down what it is told; a message that reads "gone" has vanished.
 */
#ifndef UNIT_BOOK_H
#define UNIT_BOOK_H

#include <errno.h>
#include <string.h>

#include "server/pop3/pop3d.h"

#define BOOK_LOGIN "user"
#define BOOK_PASSWORD "pw"
#define BOOK_MESSAGES 3

struct book {
	const char *const *messages;
	struct buf log;
	int slow;		/* all that may take more turns takes two */
	int open_err, list_err, begin_err, read_err, remove_err;
	int faults;		/* calls that must not be */
	/* private */
	int opened, turn;
	size_t at, read;	/* the message that is read, and how far */
};

static void *
book_open(void *store, struct span login)
{
	struct book *b = store;

	errno = b->open_err;
	if (errno != 0)
		return NULL;
	b->opened++;
	buf_adds(&b->log, "open ");
	buf_addspan(&b->log, login);
	return b;
}

static void
book_close(void *drop)
{
	struct book *b = drop;

	b->opened--;
	buf_adds(&b->log, " close");
}

static int
book_turn(struct book *b)
{
	b->turn = b->slow && !b->turn;
	return b->turn ? EINPROGRESS : 0;
}

static int
book_list(void *drop)
{
	struct book *b = drop;
	int r = book_turn(b);

	return r != 0 ? r : b->list_err;
}

static size_t
book_count(const void *drop)
{
	(void)drop;
	return BOOK_MESSAGES;
}

static int
book_size(void *drop, size_t i, uint64_t *size)
{
	struct book *b = drop;

	b->faults += i >= BOOK_MESSAGES;
	*size = 10 * i + 7;
	return book_turn(b);
}

static void
book_uid(const void *drop, size_t i, struct buf *b)
{
	(void)drop;
	buf_addf(b, "id%zu", i);
}

static int
book_is_gone(const struct book *b, size_t i)
{
	return strcmp(b->messages[i], "gone") == 0;
}

static int
book_begin(void *drop, size_t i)
{
	struct book *b = drop;

	b->at = i;
	b->read = 0;
	return b->begin_err != 0 ? b->begin_err :
	    book_is_gone(b, i) ? ENOENT : 0;
}

/* Three bytes at a time. */
static int
book_read(void *drop, struct span *piece)
{
	struct book *b = drop;
	struct span left = span_drop(span_str(b->messages[b->at]), b->read);

	if (b->read_err != 0 && b->read > 0)
		return b->read_err;
	*piece = left.n > 3 ? span_of(left.p, 3) : left;
	b->read += piece->n;
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
	struct book *b = drop;

	buf_addf(&b->log, " remove %zu", i);
	return b->remove_err;
}

static void
book_seen(void *drop, size_t i)
{
	struct book *b = drop;

	b->faults += book_is_gone(b, i);
	buf_addf(&b->log, " seen %zu", i);
}

static int
book_sync(void *drop)
{
	struct book *b = drop;

	buf_adds(&b->log, " sync");
	return 0;
}

static const struct drop_store book_store = {
	book_open, book_close, book_list, book_count, book_size,
	book_size, book_uid,
	book_begin, book_read, book_finish, book_remove, book_seen, book_sync
};

static int
book_find(void *app, struct span login, struct span *secret)
{
	(void)app;
	*secret = span_str(BOOK_PASSWORD);
	return span_is(login, BOOK_LOGIN) ? 0 : -1;
}

static void
book_nonce(struct buf *b)
{
	buf_adds(b, "nonce");
}

#endif
