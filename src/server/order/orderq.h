/*
 * orderq: what a session of orders is told, and by which functions it reaches
 * its store; and its answers in the order of the commands: those to orders wait
 * for the store's commit, and whatever is behind them waits too.
 */
#ifndef SERVER_ORDER_ORDERQ_H
#define SERVER_ORDER_ORDERQ_H

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

/* Where orders are kept.  A file is the store's own affair. */
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

	/* Adds a word that nobody can guess. */
	void (*nonce)(struct buf *b);

	/*
	 * Hears each line that comes ('C') and goes ('S'), macs masked.  May
	 * be NULL.
	 */
	void (*talk)(void *app, const char *peer, int who, struct span line);
	void *app;
};

struct orderq {
	const struct orderd_conf *conf;
	char *peer;
	struct held *first, **end;
};

void orderq_init(struct orderq *q, const struct orderd_conf *conf,
    const char *peer);

/* Whether some answer waits for a commit. */
int orderq_waits(const struct orderq *q);

/* A line of answer: to out, or behind those that wait. */
void orderq_reply(struct orderq *q, struct buf *out, const char *text);

/*
 * The answer to an order, which waits for its outcome.  file becomes the
 * queue's to drop; wire is the name as it stood on the line, sha lower-case
 * hex.
 */
void orderq_order(struct orderq *q, void *file, struct span wire,
    uintmax_t octets, const char *sha);

/* The commit has been: all that wait go to out. */
void orderq_commit(struct orderq *q, struct buf *out);

/* The text for an outcome that is a failure. */
const char *orderq_text(enum orderd_outcome outcome);

/* Drops what waits, and its files. */
void orderq_free(struct orderq *q);

#endif
