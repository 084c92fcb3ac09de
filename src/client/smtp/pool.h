/*
 * pool: the worker processes of -j, what each has in hand, and whose the next
 * message is.
 */
#ifndef CLIENT_SMTP_POOL_H
#define CLIENT_SMTP_POOL_H

#include "client/smtp/sender.h"
#include "sys/spawn.h"

/* What a worker waits for, before the end of a message may go. */
enum pool_waits {
	POOL_NOTHING,
	POOL_WRITTEN,	/* its lines, on disk already, and what was before */
	POOL_ON_DISK
};

struct pool_worker {
	struct spawn spawn;
	int go;			/* lets the end of a message go, or -1 */
	struct buf in, out;
	struct message_queue queue;	/* what it has in hand */
	size_t n, limit;	/* how many that are, and may be */
	long long since;	/* ms, when it last got something to do */
	long long heard;	/* ms, when it last said something */
	long long rest;		/* no server talks to it: ms, until when others
				   come first */
	int dead;		/* nor will one soon */
	int bye;		/* all that it had begun is done */
	int back;		/* its next outcome is of what it gave back */
	size_t skip;		/* lines of that which do not count */
	struct buf sending;	/* the lines that it asks with */
	struct message *asking;	/* waits for go with that; or NULL */
	enum pool_waits waits;	/* and for that, before it goes on */
	struct report_ahead ahead;
	const char *server;	/* it was at last, or NULL */
};

struct pool {
	struct pool_worker *worker;
	size_t workers;
	int failed;		/* errno, when one could not be started, or 0 */
	/* As of the last pool_look: */
	int resting;		/* all of them */
	int dead;		/* the same */
	long long now;
	/* private */
	struct sender_conf *conf;
	const struct journal *journal;
	size_t jobs;
};

/*
 * Nobody yet, at most jobs workers.  A worker sends as conf says; it asks
 * before it lets the end of a message go where there is a journal.
 */
void pool_init(struct pool *p, struct sender_conf *conf,
    const struct journal *journal, long jobs);

/* Waits for those who are left, not for ever, and frees what p holds. */
void pool_end(struct pool *p);

int pool_is_alive(const struct pool_worker *w);

/* What time it is, for those who are resting. */
void pool_look(struct pool *p);

/*
 * Whether nobody can take a message; after how many ms to look again, where
 * no worker says anything before, IO_FOREVER where one has to.
 */
int pool_is_full(const struct pool *p);
int pool_wait(const struct pool *p);

/*
 * The worker for a message: the one with the least in hand, or a new one.
 * NULL when there is none.
 */
struct pool_worker *pool_choose(struct pool *p);

/*
 * A new worker, or NULL, and none is tried again where one cannot be started
 * and others live; whether one may have more in hand.
 */
struct pool_worker *pool_start(struct pool *p);
int pool_has_room(const struct pool_worker *w);

/* m, its owner's, is in the hand of w, to whom it is on its way. */
void pool_give(struct pool_worker *w, struct message *m);

/* Sends as much as goes without waiting. */
void pool_flush(struct pool_worker *w);

/*
 * Appends what w says to w->in, without waiting: 1; 0 at its end; -1 with
 * errno, EAGAIN when there is nothing yet.
 */
int pool_receive(struct pool_worker *w);

/*
 * The message in the hand of w by its number; that of whom a line speaks, who
 * has not been told of.  NULL when there is none.  pool_take takes it out of
 * the hand.
 */
struct message *pool_find(const struct pool_worker *w, uintmax_t number);
struct message *pool_find_rcpt(const struct pool_worker *w,
    const struct result *res, struct rcpt **rcpt);
void pool_take(struct pool_worker *w, struct message *m);

/* Lets the end of a message go, where w waits for that: it is begun. */
void pool_permit(struct pool_worker *w);

/* It asks to, with the lines in w->sending. */
void pool_ask(struct pool *p, struct pool_worker *w, struct report *r);

/*
 * As long as the disk will be waited for: adds the lines of those whom the
 * workers will send next.
 */
void pool_put_ahead(struct pool *p, struct report *r);

/* Something was done: who runs dry may have more in hand. */
void pool_raise(struct pool *p, struct pool_worker *w);

/*
 * No server talks to w: others come first for ms, or (-1) as long as a
 * server rests, and then it is tried with one message.
 */
void pool_rest(struct pool *p, struct pool_worker *w, long ms);

/*
 * w is to do no more: it is told to end, and given nothing that it may wait
 * for; what it has to say can still be heard.
 */
void pool_stop(struct pool_worker *w);

/* Whoever was stopped goes on: what it has in hand is waited for. */
void pool_wake(struct pool *p);

/* Ends its process: what it has in hand is the caller's to settle. */
void pool_kill(struct pool_worker *w);

#endif
