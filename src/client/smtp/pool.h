/*
 * pool: the worker processes of -j, the messages that each has been given, and
 * which of them gets the next one.
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
 * No workers yet, at most jobs.  A worker sends as conf says; with a journal it
 * asks before it sends the end of a message.
 */
void pool_init(struct pool *p, struct sender_conf *conf,
    const struct journal *journal, long jobs);

/* Waits for the remaining workers, for a limited time, and frees p. */
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

/* Gives m, which stays its owner's, to w. */
void pool_give(struct pool_worker *w, struct message *m);

/* Writes to w as much as is possible without waiting. */
void pool_flush(struct pool_worker *w);

/*
 * Appends the output of w to w->in, without waiting: 1; 0 at its end; -1 with
 * errno, EAGAIN when there is nothing yet.
 */
int pool_receive(struct pool_worker *w);

/*
 * A message that w has, by its number, or by a result line of an unreported
 * recipient, *rcpt.  NULL when there is none.  pool_take takes it from w.
 */
struct message *pool_find(const struct pool_worker *w, uintmax_t number);
struct message *pool_find_rcpt(const struct pool_worker *w,
    const struct result *res, struct rcpt **rcpt);
void pool_take(struct pool_worker *w, struct message *m);

/* Permits the end of the message for which w asked: it is begun. */
void pool_permit(struct pool_worker *w);

/* w has asked, with the lines in w->sending. */
void pool_ask(struct pool *p, struct pool_worker *w, struct report *r);

/*
 * Before a wait for the disk: adds the "sending" lines of the messages that the
 * workers will send next.
 */
void pool_put_ahead(struct pool *p, struct report *r);

/* A message was done: a worker with too few messages may have more. */
void pool_raise(struct pool *p, struct pool_worker *w);

/*
 * w can use no server: other workers come first for ms, or (-1) as long as a
 * server rests, and then w is tried with one message.
 */
void pool_rest(struct pool *p, struct pool_worker *w, long ms);

/*
 * Tells w to end, and gives it nothing more that it may wait for; its output
 * can still be received.
 */
void pool_stop(struct pool_worker *w);

/* Continues stopped workers, as their messages are waited for. */
void pool_wake(struct pool *p);

/* Kills the process: the caller settles the messages that it had. */
void pool_kill(struct pool_worker *w);

#endif
