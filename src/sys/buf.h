/*
 * buf: a growable string of bytes that carries its length.  NUL is data.
 * Running out of memory ends the process (die_nomem); every other limit is the
 * caller's to name.
 */
#ifndef SYS_BUF_H
#define SYS_BUF_H

#include <stdarg.h>

#include "die.h"
#include "span.h"

/* All zero is an empty buf.  p is owned by the buf and moves as it grows. */
struct buf {
	char *p;
	size_t n;		/* bytes in use */
	size_t cap;		/* bytes allocated */
};

/* Bytes of a buf that goes on growing. */
struct piece {
	size_t at, n;
};

/* Makes room for n more bytes; the one place where memory grows. */
void buf_reserve(struct buf *b, size_t n);

static inline void
buf_add(struct buf *b, const void *p, size_t n)
{
	if (n == 0)
		return;
	if (b->cap - b->n < n)
		buf_reserve(b, n);
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

static inline void
buf_addspan(struct buf *b, struct span s)
{
	buf_add(b, s.p, s.n);
}

static inline void
buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

static inline void
buf_addc(struct buf *b, int c)
{
	if (b->n == b->cap)
		buf_reserve(b, 1);
	b->p[b->n++] = (char)c;
}

struct piece buf_keep(struct buf *b, struct span s);	/* appends it */
struct span buf_piece(const struct buf *b, struct piece p);
void buf_addlower(struct buf *b, struct span s);	/* ASCII letters only */
void buf_addshown(struct buf *b, struct span s);	/* as text_show */
/* With a space for each NUL, so that all of it is there as a C string. */
void buf_addstring(struct buf *b, struct span s);
void buf_addu(struct buf *b, uintmax_t u);	/* in decimal */
void buf_addf(struct buf *b, const char *fmt, ...) DIE_PRINTF(2, 3);
void buf_vaddf(struct buf *b, const char *fmt, va_list ap) DIE_PRINTF(2, 0);
/* Adds a line for cli_faults, as text_show shows it, so that it is one line. */
void buf_addfault(struct buf *b, const char *fmt, ...) DIE_PRINTF(2, 3);

/* Puts n bytes in at offset at, which is at most b->n. */
void buf_insert(struct buf *b, size_t at, const void *p, size_t n);

/* Removes a UTF-8 byte order mark at offset at, if there is one. */
void buf_unmark(struct buf *b, size_t at);

/* Each byte from offset at on that is old becomes new. */
void buf_replace(struct buf *b, size_t at, char old, char new);

/* Drops the first n bytes. */
void buf_consume(struct buf *b, size_t n);

/* Empties b and keeps its memory. */
void buf_clear(struct buf *b);

/* The same, and then adds s, which must not be a part of b. */
void buf_set(struct buf *b, struct span s);
void buf_setf(struct buf *b, const char *fmt, ...) DIE_PRINTF(2, 3);

/* Gives the memory back; b is empty and may be used again.  errno stays. */
void buf_free(struct buf *b);

/*
 * The content with a NUL after it, valid until b changes.  A caller that uses
 * it as a C string makes sure that the content has no NUL.
 */
const char *buf_str(struct buf *b);

struct span buf_span(const struct buf *b);

#endif
