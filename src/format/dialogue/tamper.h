/*
 * tamper: does to replies what rules say (rules), for those who give them and
 * for those who pass them on.
 */
#ifndef FORMAT_DIALOGUE_TAMPER_H
#define FORMAT_DIALOGUE_TAMPER_H

#include "rules.h"

/* All zero at first.  What it says of the session stays said. */
struct tamper {
	int closes;		/* it ends, when what is there has been sent */
	int resets;		/* the same, by RST */
	int silent;		/* nothing is answered any more */
	long delay;		/* ms until what is held back goes on; 0:
				   nothing is */

	/* private */
	struct rules_action action;	/* on the next reply */
	struct buf text;	/* its own copy of the action's */
	struct buf held;
	int bytewise;
	int always;		/* errors are replaced, too */
};

/*
 * At an event rules have said a.  Whether what was asked must not be done: it
 * has been answered in out, or is not going to be; else the reply to it is to
 * be given to tamper_reply.
 */
int tamper_begin(struct tamper *t, const struct rules_action *a,
    enum rules_place place, struct buf *out);

/* The next reply, whatever it is, is replaced by that of a. */
void tamper_replace(struct tamper *t, const struct rules_action *a);

/* Whether the next reply does not stay as it is. */
int tamper_is_on(const struct tamper *t);

/* The reply is whole: it stands in out from this place on. */
void tamper_reply(struct tamper *t, struct buf *out, size_t from);

/* The next reply is held back for ms, if nothing else becomes of it. */
void tamper_delay(struct tamper *t, long ms);

/* The delay is over: what was held back, or its next octet, goes to out. */
void tamper_release(struct tamper *t, struct buf *out);

/* The line for the server that follows the command, with CRLF; or empty. */
struct span tamper_injected(struct tamper *t);

/* The certificate to be shown instead of one's own; or empty. */
struct span tamper_certificate(struct tamper *t);

void tamper_free(struct tamper *t);

#endif
