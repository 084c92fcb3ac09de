/*
 * fit: in which form a message can go to the server at hand, if in any.
 */
#ifndef CLIENT_FIT_H
#define CLIENT_FIT_H

#include "client/message.h"
#include "client/smtpc.h"

struct fit {
	struct span text;	/* the content, or its conversion; m's */
	unsigned needs;		/* SMTPC_8BITMIME, SMTPC_SMTPUTF8 */
};

/*
 * 0; or -1 when nobody can be served through this server, and everybody is
 * decided.
 */
int fit_message(struct fit *f, const struct smtpc *c, struct message *m);

#endif
