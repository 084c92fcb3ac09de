/*
 * tapsession: what all parts of a session of prototap share: what it is told,
 * by which functions it reaches the server, and its state.
 */
#ifndef SERVER_TAP_TAPSESSION_H
#define SERVER_TAP_TAPSESSION_H

#include "format/dialogue/follow.h"
#include "format/dialogue/tamper.h"

struct dataconn;

/* The connection to the server, the second one of the session. */
struct tap_server {
	/* Begins to connect: 0, or -1 once it has reported why not. */
	int (*dial)(void *app, struct dataconn *d);

	/* Sends n bytes, some later: so many wait; and nothing after them. */
	void (*send)(struct dataconn *d, const void *p, size_t n);
	size_t (*waiting)(const struct dataconn *d);
	void (*finish)(struct dataconn *d);
};

struct tap_conf {
	enum dialogue_protocol protocol;
	struct tap_server server;

	/* The server turns out not to be there (err), or says nothing (0). */
	void (*lost)(void *app, int err);

	/* What goes wrong at an event, as rules_event.  May be NULL. */
	struct rules_action (*event)(void *rules, enum rules_place place,
	    const struct rules_facts *facts);
	void *rules;
	void *app;		/* of dial and lost */
};

/* What is known of a message on its way, for rules. */
struct tap_facts {
	struct buf helo, from, rcpts;	/* NULs between recipients */
	int has_helo, has_from;
	uint64_t size;
	int chunks;		/* BDAT has been said, and not the last one */
};

struct tap {
	const struct tap_conf *conf;
	char *peer;
	struct dataconn *server;
	struct buf *out;	/* the caller's, set on each call */
	int joined;		/* there is a connection to the server */
	int heard;		/* it has said something */
	int ended;		/* it says nothing more; by a reset */
	int reset;
	int known;		/* the client does not speak HTTP */
	int eof;		/* it says nothing more */
	int finished;		/* the server knows that */

	/* Under rules alone; without any all bytes go on as they are. */
	int opaque;		/* nor from here on: it is encrypted */
	struct follow follow;	/* what the server gets and says */
	struct tap_facts facts;
	struct tamper tamper;
	struct buf in;		/* the client's, not looked at yet */
	struct buf line;	/* a line of the server's, not whole yet */
	struct buf reply;	/* the one that a rule is about */
	struct buf behind;	/* the server's, behind one that is held back */
	int shapes;		/* it comes into reply; no input until then */
	int asked;		/* what is at in's start is this event: what */
	struct rules_action action;	/* is done then; it waits for replies */
	struct buf text;	/* its text */
	int turned_away;	/* by the greeting: nothing but QUIT */
	uint64_t swallow;	/* octets of a chunk that is not passed on */
};

#endif
