/*
 * orderreply: what a session of orders is told, and by which functions it
 * reaches its store; and its answers in the order of the commands: those to
 * orders wait for the store's commit, and whatever is behind them waits too.
 */
#ifndef SERVER_ORDER_ORDERREPLY_H
#define SERVER_ORDER_ORDERREPLY_H

#include "format/wire/orderstore.h"
#include "server/chat.h"

struct orderd_conf {
	const char *host;	/* a word for the greeting */
	struct span key;	/* empty: no mac is asked for, raw is allowed */
	uint64_t max;		/* octets in an order */
	const struct order_store *store;
	void *store_arg;	/* store's first argument */

	/* Adds a word that nobody can guess. */
	void (*nonce)(struct buf *b);

	/* chat's */
	void (*talk)(const char *peer, int who, struct span line);
};

struct orderreply {
	const struct orderd_conf *conf;
	struct chat chat;
	struct held *first, **end;
};

/* q is all zero. */
void orderreply_init(struct orderreply *q, const struct orderd_conf *conf,
    const char *peer);

/* Whether some answer waits for a commit. */
int orderreply_waits(const struct orderreply *q);

/* A line of answer: to chat.out, or behind those that wait. */
void orderreply_line(struct orderreply *q, const char *text);

/*
 * The answer to an order, which waits for its outcome.  file becomes the
 * queue's to drop; wire is the name as it stood on the line, sha lower-case
 * hex.
 */
void orderreply_order(struct orderreply *q, void *file, struct span wire,
    uintmax_t octets, const char *sha);

/* The commit has been: all that wait go to chat.out. */
void orderreply_commit(struct orderreply *q);

/* What is answered where the store has failed with errno err. */
const char *orderreply_failure(int err);

/* Drops what waits, and its files. */
void orderreply_free(struct orderreply *q);

#endif
