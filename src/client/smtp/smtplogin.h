/*
 * smtplogin: the log-in at an SMTP server (RFC 4954): which mechanism, and the
 * challenges and responses up to the server's verdict.
 */
#ifndef CLIENT_SMTP_SMTPLOGIN_H
#define CLIENT_SMTP_SMTPLOGIN_H

#include "client/smtp/smtpc.h"

struct smtplogin_account {
	const char *user;
	const char *mechanism;	/* the one to use, or NULL for the best */
};

/*
 * Logs in after EHLO, with the secret for this server.  safe says whether
 * others can not read the connection.  SMTPC_REFUSED: c->reply has the
 * server's words, or with the code RESULT_OURS ours.
 */
enum smtpc_status smtplogin(struct smtpc *c,
    const struct smtplogin_account *account, struct span secret, int safe);

#endif
