/*
 * replaysecret: what of a client's side can be said again: not the answers to
 * challenges, and secrets that were masked only by who knows them.
 */
#ifndef CLIENT_REPLAYSECRET_H
#define CLIENT_REPLAYSECRET_H

#include "format/dialogue/recording.h"

/* What a dialogue wants to be told. */
struct replaysecret {
	unsigned long line;	/* of its file, that is the first to want it,
				   or that cannot be played; 0: there is none */
	struct span user;	/* whose secret, where that is in the open */
	int logs_in;		/* by AUTH: the user was masked, too */
};

/* NULL; or why the client's side cannot be played, at line. */
const char *replaysecret_check(struct replaysecret *s,
    const struct recording *r);

/* Adds an event's text, a secret in place of what was masked. */
void replaysecret_add(struct buf *b, const struct recording *r,
    const struct recorded *e, struct span user, struct span secret);

#endif
