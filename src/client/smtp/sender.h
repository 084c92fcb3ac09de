/*
 * sender: brings messages one after the other to the first server that will
 * talk, over a connection that is kept.  A message whose connection failed
 * before its text was sent goes again, to the next server where there are
 * several.  Where the server takes BDAT, messages go without waiting for the
 * answers to those before; else the next envelope rides behind the final dot.
 */
#ifndef CLIENT_SMTP_SENDER_H
#define CLIENT_SMTP_SENDER_H

#include "client/smtp/report.h"
#include "client/smtp/route.h"
#include "client/smtp/transact.h"

struct sender_conf {
	struct servers_conf servers;
	size_t depth;		/* messages without an answer, at least 1 */
};

/* What comes before private is the caller's; all else is zero at first. */
struct sender {
	const struct sender_conf *conf;
	struct report *report;	/* is told what becomes of messages */
	struct message_cache *cache;	/* and then takes them back */

	/*
	 * Called with arg when the end of m is next, each time it goes: -1
	 * stops the sender before another byte goes out.
	 */
	int (*sending)(void *arg, struct message *m);
	void *arg;

	/*
	 * Others can send m, too, and so it is given back where no server
	 * talks (report_back); else a server that hangs up is waited for.
	 */
	int gives_back;

	/* private */
	struct servers named;	/* those of conf, unless it has a resolver, */
	struct route route;	/* and then these */
	struct servers *to;	/* where the last message went, or NULL */
	struct message *pushed;	/* the last one, unless it is done; or NULL */
	int stopped;

	/* One by one: */
	struct transact turn[2];
	struct transact *held;	/* its text is out, its dot is not; or NULL */

	/* By BDAT, a ring of conf->depth: */
	struct transact *window;
	size_t first, queued;
	size_t unanswered;	/* commands */
	struct message_queue again;	/* to be sent again, in order */
};

/*
 * Takes m in hand, until it is done.  It may be held back, so that its final
 * dot and the next envelope share a segment, until the next push or settle.
 * 0, or -1 when the sender was stopped: what became of a message cannot be
 * told any more.
 */
int sender_push(struct sender *s, struct message *m);

/* Finishes whatever is in hand: called before any longer wait. */
int sender_settle(struct sender *s);

/* Ends the connection, with QUIT unless something is in hand, and frees s. */
void sender_end(struct sender *s);

#endif
