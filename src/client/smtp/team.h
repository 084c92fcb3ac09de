/*
 * team: the workers of a pool, what each has in hand, and whose the next
 * message is.
 */
#ifndef CLIENT_SMTP_TEAM_H
#define CLIENT_SMTP_TEAM_H

#include "client/smtp/ahead.h"
#include "client/smtp/frame.h"
#include "client/smtp/route.h"
#include "sys/spawn.h"

/* What a worker waits for, before the end of a message may go. */
enum team_wish {
	TEAM_NOTHING,
	TEAM_WRITTEN,	/* its lines, on disk already, and what was before */
	TEAM_ON_DISK
};

struct team_worker {
	struct spawn spawn;
	int go;			/* lets the end of a message go, or -1 */
	struct buf in, out;
	struct message *hand, **last;	/* what it has not done yet */
	size_t hands, quota;
	long long since;	/* ms, when it last got something to do */
	long long heard;	/* ms, when it last said something */
	long long barred;	/* no server talks to it: ms, until when others
				   come first */
	int hopeless;		/* nor will one soon */
	int bye;		/* all that it had begun is done */
	struct message *asks;	/* waits for go with that; or NULL */
	enum team_wish wish;	/* and for that, before it goes on */
	struct ahead ahead;
	const char *server;	/* it was at last, or NULL */
};

struct team {
	struct team_worker *worker;
	size_t workers;
	/* As of the last team_look: */
	int barred;		/* all of them */
	int hopeless;		/* the same */
	long long now;
	/* private */
	const struct route *route;
	const struct journal *journal;
	size_t jobs;
};

/*
 * Nobody yet, at most so many.  A worker sends as route says; it asks before
 * it lets the end of a message go where there is a journal.
 */
void team_init(struct team *t, const struct route *route,
    const struct journal *journal, long jobs);

/* Waits for those who are left, not for ever, and frees what t holds. */
void team_end(struct team *t);

int team_is_alive(const struct team_worker *w);

/* What time it is, for those who are barred. */
void team_look(struct team *t);

/*
 * Whether nobody can take a message; after how many ms to look again, where
 * no worker says anything before, IO_FOREVER where one has to.
 */
int team_is_full(const struct team *t);
int team_wait(const struct team *t);

/*
 * The worker for a message: the one with the least in hand, or a new one.
 * NULL when there is none.
 */
struct team_worker *team_choose(struct team *t);

/* A new worker, or NULL; whether one may have more in hand. */
struct team_worker *team_start(struct team *t);
int team_has_room(const struct team_worker *w);

/* m, its owner's, is in the hand of w, to whom it is on its way. */
void team_give(struct team_worker *w, struct message *m);

/* Sends as much as goes without waiting. */
void team_flush(struct team_worker *w);

/* The message by that ticket; team_take takes it out of the hand. */
struct message *team_find(struct team_worker *w, const void *ticket);
struct message *team_take(struct team_worker *w, const void *ticket);

/* Lets the end of a message go, where w waits for that: it is begun. */
void team_permit(struct team_worker *w);

/* It asks to, with these lines of a message in its hand. */
void team_ask(struct team *t, struct team_worker *w, struct report *r,
    struct message *m, struct span lines);

/*
 * As long as the disk will be waited for: adds the lines of those whom the
 * workers will send next.
 */
void team_put_ahead(struct team *t, struct report *r);

/* Something was done: who runs dry gets more at a time. */
void team_praise(struct team *t, struct team_worker *w);

/*
 * No server talks to w: others come first for so many ms, or (-1) as long as a
 * server rests, and then it is tried with one message.
 */
void team_bar(struct team *t, struct team_worker *w, long ms);

/*
 * w is to do no more: it is told to end, and given nothing that it may wait
 * for; what it has to say can still be heard.
 */
void team_dismiss(struct team_worker *w);

/* Whoever was stopped goes on: what it has in hand is waited for. */
void team_wake(struct team *t);

/* Ends its process: what it has in hand is the caller's to settle. */
void team_bury(struct team_worker *w);

#endif
