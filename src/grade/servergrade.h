/*
 * servergrade: a server that is judged: an address, or a command that is
 * started with a port of its own.
 */
#ifndef GRADE_SERVERGRADE_H
#define GRADE_SERVERGRADE_H

#include "point.h"
#include "probe.h"
#include "sys/net.h"
#include "sys/spawn.h"

struct servergrade;

/* Looked at when a script has gone as it should: as clientjudge. */
typedef int servercheck(struct servergrade *s, const struct probe *p,
    struct buf *evidence);

servercheck servercheck_crlf;		/* all replies end so */
servercheck servercheck_form;		/* code, blank, text */
servercheck servercheck_stored;		/* the text that was sent last */
servercheck servercheck_both;		/* ... and the one before it */
servercheck servercheck_absent;		/* it is not stored */
servercheck servercheck_numbers;	/* the reply is +OK and two of them */
servercheck servercheck_fetched;	/* the message that was found */
servercheck servercheck_gone;		/* its file */

struct server_point {
	struct point point;
	const char *script;
	servercheck *check;	/* or NULL */
	int storing;		/* does not apply without the directory */
};

/* All zero but for what stands first. */
struct servergrade {
	const struct net_addr *addr;	/* or NULL */
	char *const *words;		/* the command */
	const char *store;		/* where it stores, or NULL */
	int timeout;			/* ms for a reply, or a start */
	struct probe_conf probe;	/* from, to, pop3, talk */

	/* private */
	struct spawn_sandbox program;
	struct net_addr at;
	int started;			/* how often */
	int sessions;			/* with the one that was started last */
	int alone;			/* it serves the first of them alone */
	int stuck;			/* how often it said nothing */
	int unended;			/* a reply had no line ending */
	struct buf drop;		/* names of files that were put into a
					   maildrop, a line each */
	struct buf token, text;		/* of the last one */
	struct buf hopeless;		/* why no more is tried */
};

/* A suite's try; subject is a struct servergrade. */
enum verdict servergrade_try(void *subject, const struct point *point,
    struct buf *evidence);

/* Stops the command. */
void servergrade_free(struct servergrade *s);

#endif
