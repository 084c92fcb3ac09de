/*
 * auth: the log-in (RFC 4954).
 */
#ifndef CLIENT_SMTP_AUTH_H
#define CLIENT_SMTP_AUTH_H

#include "client/smtp/smtpc.h"

struct auth_conf {
	const char *user;
	const char *mechanism;	/* the one to use, or NULL for the best */
};

/*
 * Logs in after EHLO, with the secret for this server.  safe says whether
 * others can not read the connection.
 * SMTPC_REFUSED: c->reply has the server's words, or with code 0 ours.
 */
enum smtpc_status auth_login(struct smtpc *c, const struct auth_conf *conf,
    struct span secret, int safe);

#endif
