/*
 * rests: which servers are to rest, by address: a host may be that of many
 * domains, or come under many names, and who waited for it once need not again.
 */
#ifndef CLIENT_SMTP_RESTS_H
#define CLIENT_SMTP_RESTS_H

#include "client/smtp/link.h"

/* So many are remembered; of more, those that may be tried again last. */
#define RESTS_MAX 1024

/* All zero at first. */
struct rests {
	/* private */
	struct link_server *server;
	size_t n;
};

/* v could not be reached: remembered unless it is only pausing. */
void rests_note(struct rests *r, const struct link_server *v);

/* v rests, for the same reason, where a server at its address does. */
void rests_look(const struct rests *r, struct link_server *v);

void rests_free(struct rests *r);

#endif
