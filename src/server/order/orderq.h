/*
 * orderq: the answers of one orderproto(7) session, which leave in the order
 * of the commands: those to orders wait for the store's commit, and whatever
 * is behind them waits too.
 */
#ifndef SERVER_ORDER_ORDERQ_H
#define SERVER_ORDER_ORDERQ_H

#include "orderd.h"

struct orderq {
	const struct orderd_conf *conf;
	struct held *first, **end;
};

void orderq_init(struct orderq *q, const struct orderd_conf *conf);

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
