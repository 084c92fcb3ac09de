/*
 * queue: the messages of a batch that wait for a worker, by the domains of
 * their recipients, so that the messages of a slow one keep no others waiting.
 */
#ifndef CLIENT_SMTP_QUEUE_H
#define CLIENT_SMTP_QUEUE_H

#include "client/smtp/message.h"

/*
 * Domains are told apart by a hash: those that share a value share a worker,
 * as long as there is something of both.
 */
#define QUEUE_LOTS 4096

/* More than that is not read before its turn. */
#define QUEUE_MESSAGES 1000
#define QUEUE_BYTES (32UL << 20)

/* The messages of a domain. */
struct queue_lot {
	struct message *first, **last;	/* what nobody has in hand */
	size_t given;		/* how many its worker has in hand */
	size_t taken;		/* how many it got since it had none */
	size_t worker;		/* whose it is, or was last, from 1; or 0 */
	int waits;		/* for a worker, in the line */
	struct queue_lot *next;	/* in the line */
};

/* All zero at first. */
struct queue {
	struct queue_lot *line;	/* those without a worker */
	size_t n;		/* messages that nobody has in hand */
	/* private */
	struct queue_lot *lot, **end;
	size_t bytes;
};

int queue_is_full(const struct queue *q);

/* m, its owner's, waits with the others of that domain. */
void queue_put(struct queue *q, struct message *m, struct span domain);

/* The next message of a lot, for its worker; NULL when there is none. */
struct message *queue_take(struct queue *q, struct queue_lot *lot);

/* Takes the lot at *at, in the line, out of it. */
struct queue_lot *queue_call(struct queue *q, struct queue_lot **at);

/* m, which was taken, is in nobody's hand any more. */
void queue_done(struct queue *q, struct message *m);

/* A message that nobody will have in hand; NULL when there is none. */
struct message *queue_drop(struct queue *q);

void queue_free(struct queue *q);

#endif
