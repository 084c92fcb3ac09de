/*
 * orderd: the server's side of orderproto(7), one session.  It is fed bytes
 * and answers bytes; where orders are kept it knows by a few functions only.
 */
#ifndef SERVER_ORDER_ORDERD_H
#define SERVER_ORDER_ORDERD_H

#include <stddef.h>
#include <stdint.h>

#include "sys/buf.h"

/* What became of an order that a store has been given. */
enum orderd_outcome {
	ORDERD_STORED,
	ORDERD_DUPLICATE,	/* the same came before */
	ORDERD_TROUBLE,		/* 451: try again later */
	ORDERD_FULL,		/* 452: no room */
	ORDERD_NO_MORE		/* 421: the store takes no more orders */
};

/* What a store must know of an order; valid during the call alone. */
struct orderd_order {
	struct span name;	/* decoded; empty: the store finds one */
	struct span tag;
	const char *sha;	/* lower-case hex, NUL-terminated */
	int raw;		/* no name, no tag, never a duplicate */
};

/* A place to keep orders in.  A file is the store's own affair. */
struct orderd_store {
	void *arg;

	/* A new order; NULL with *why (none of the first two). */
	void *(*begin)(void *arg, enum orderd_outcome *why);

	/* More of it.  A failure is remembered and told as its outcome. */
	void (*write)(void *file, const void *p, size_t n);

	/*
	 * It is whole, and to be made safe with the next commit.  Returns
	 * whether so many wait for one that it should come now.
	 */
	int (*finish)(void *file, const struct orderd_order *order);

	/*
	 * After the commit; *name is the name it got where it was stored,
	 * valid until drop.
	 */
	enum orderd_outcome (*outcome)(void *file, struct span *name);

	/* The end of file, which is deleted unless its outcome was stored. */
	void (*drop)(void *file);
};

struct orderd_conf {
	const char *host;	/* a word for the greeting */
	struct span key;	/* empty: no mac is asked for, raw is allowed */
	uint64_t max;		/* octets in an order */
	struct orderd_store store;

	/* Told each line that comes ('C') and goes ('S'), macs masked; may be
	   NULL. */
	void (*talk)(void *arg, int who, struct span line);
	void *talk_arg;
};

enum orderd_verdict {
	ORDERD_MORE,		/* goes on */
	ORDERD_SOON,		/* to be resumed after the store's commit, and
				   may be fed before that */
	ORDERD_COMMIT,		/* the same, and not fed before that */
	ORDERD_CLOSE		/* over, once the answers are sent */
};

struct orderd;

/*
 * A session, with its greeting in out.  conf stays the caller's and in place;
 * nonce is a word that nobody can guess, and is copied.
 */
struct orderd *orderd_open(const struct orderd_conf *conf, const char *nonce,
    struct buf *out);

/*
 * Takes *used of the n bytes; all of them, unless it asks for a commit or is
 * over.
 */
enum orderd_verdict orderd_feed(struct orderd *s, const char *p, size_t n,
    size_t *used, struct buf *out);

/* The commit has been. */
enum orderd_verdict orderd_resume(struct orderd *s, struct buf *out);

/* The peer's end of file: a raw order is whole, any other is not. */
enum orderd_verdict orderd_end(struct orderd *s, struct buf *out);

/* Says why the session ends before its time: idle, or going down. */
void orderd_expire(struct orderd *s, int down, struct buf *out);

/* Frees the session; what is unfinished is dropped. */
void orderd_close(struct orderd *s);

#endif
