/*
 * domains: the messages of a batch that wait for a worker, by the domains of
 * their recipients, so that the messages of a slow one keep no others waiting.
 * A domain is one worker's at a time, and that one has a connection to it, so
 * it gets its next messages, too; but a worker that has nothing to say for a
 * while keeps none but those that it has in hand.
 */
#ifndef CLIENT_SMTP_DOMAINS_H
#define CLIENT_SMTP_DOMAINS_H

#include "client/smtp/message.h"
#include "client/smtp/pool.h"

/*
 * Domains are told apart by a hash: those that share a value share a worker,
 * as long as there is something of both.
 */
#define DOMAINS_HASHES 4096

/* More than that is not read before its turn. */
#define DOMAINS_MESSAGES 1000
#define DOMAINS_BYTES (32UL << 20)

/* The messages of a domain. */
struct domain {
	struct message_queue waiting;	/* what nobody has in hand */
	size_t given;		/* how many its worker has in hand */
	size_t taken;		/* how many it got since it had none */
	size_t worker;		/* whose it is, or was last, from 1; or 0 */
	int waits;		/* for a worker, in the line */
	struct domain *next;	/* in the line */
};

/* All zero at first. */
struct domains {
	struct domain *line;	/* those without a worker */
	size_t n;		/* messages that nobody has in hand */
	/* private */
	struct domain **end;
	size_t bytes;
	struct domain domain[DOMAINS_HASHES];
};

int domains_is_full(const struct domains *q);

/* m, its owner's, waits with the others of that domain. */
void domains_put(struct domains *q, struct message *m, struct span domain);

/* m, which was taken, is in nobody's hand any more. */
void domains_done(struct domains *q, struct message *m);

/* A message that nobody will have in hand; NULL when there is none. */
struct message *domains_drop(struct domains *q);

/* After how many ms without a word a worker is thought to wait for a server. */
#define DOMAINS_PATIENCE 1000

/*
 * Gives everybody what there is room for: 0, or -1 when nobody is there to
 * take anything, nor can be.
 */
int domains_share(struct pool *p, struct domains *q);

#endif
