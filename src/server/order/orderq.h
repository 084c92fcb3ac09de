/*
 * orderq: what a session of orders is told, and by which functions it reaches
 * its store; and its answers in the order of the commands: those to orders wait
 * for the store's commit, and whatever is behind them waits too.
 */
#ifndef SERVER_ORDER_ORDERQ_H
#define SERVER_ORDER_ORDERQ_H

#include "format/wire/orderstore.h"
#include "server/chat.h"

struct orderd_conf {
	const char *host;	/* a word for the greeting */
	struct span key;	/* empty: no mac is asked for, raw is allowed */
	uint64_t max;		/* octets in an order */
	const struct order_store *store;
	void *spool;		/* store's first argument */

	/* Adds a word that nobody can guess. */
	void (*nonce)(struct buf *b);

	/* chat's */
	void (*talk)(void *arg, const char *peer, int who, struct span line);
};

struct orderq {
	const struct orderd_conf *conf;
	struct chat chat;
	struct held *first, **end;
};

/* q is all zero. */
void orderq_init(struct orderq *q, const struct orderd_conf *conf,
    const char *peer);

/* Whether some answer waits for a commit. */
int orderq_waits(const struct orderq *q);

/* A line of answer: to chat.out, or behind those that wait. */
void orderq_reply(struct orderq *q, const char *text);

/*
 * The answer to an order, which waits for its outcome.  file becomes the
 * queue's to drop; wire is the name as it stood on the line, sha lower-case
 * hex.
 */
void orderq_order(struct orderq *q, void *file, struct span wire,
    uintmax_t octets, const char *sha);

/* The commit has been: all that wait go to chat.out. */
void orderq_commit(struct orderq *q);

/* What is answered where the store has failed with errno err. */
const char *orderq_failure(int err);

/* Drops what waits, and its files. */
void orderq_free(struct orderq *q);

#endif
