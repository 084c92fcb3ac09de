/*
 * saslc: the client's side of a log-in (RFC 4422): SCRAM-SHA-256, CRAM-MD5,
 * PLAIN, LOGIN and XOAUTH2; and the log-in at an SMTP server (RFC 4954), which
 * is made of it.  Challenges and responses are in base64, one line each,
 * without what the protocol puts before them and without a line ending.
 */
#ifndef CLIENT_SMTP_SASLC_H
#define CLIENT_SMTP_SASLC_H

#include "client/smtp/smtpc.h"

/*
 * Octets of a line, its ending included, that a client and a server must be
 * able to send and to read, RFC 4954 4.
 */
#define SASLC_LINE_MAX 12288

/*
 * The mechanism to use of those that the server offers, their names divided
 * by blanks; the best one, but XOAUTH2 never, or the one that is named, where
 * that is not NULL.  PLAIN, LOGIN and XOAUTH2, which show the secret, only
 * where the connection is safe.  NULL, and *why in words, when there is none.
 */
const char *saslc_choose(struct span offered, const char *named, int safe,
    const char **why);

/*
 * One exchange.  secret is a password, or XOAUTH2's token; nonce is printable
 * ASCII without commas that nobody can guess.  NULL, and *why in words, when
 * user or secret cannot be sent with this mechanism.
 */
struct saslc *saslc_open(const char *mechanism, struct span user,
    struct span secret, struct span nonce, const char **why);
void saslc_close(struct saslc *s);

/*
 * Adds the response that may go with the AUTH command itself: 1; or 0 when the
 * server speaks first, or it is longer than room.  Then, and without this
 * call, the server sends an empty challenge, which saslc_answer takes.
 */
int saslc_first(struct saslc *s, size_t room, struct buf *out);

/*
 * Answers a challenge.  NULL, or in words why the server is not to be
 * answered: then "*" cancels the exchange.
 */
const char *saslc_answer(struct saslc *s, struct span challenge,
    struct buf *out);

/*
 * The server says that all is well.  NULL, or why that is not to be believed:
 * it has not shown that it knows the password, too.
 */
const char *saslc_done(const struct saslc *s);

struct saslc_account {
	const char *user;
	const char *mechanism;	/* the one to use, or NULL for the best */
};

/*
 * Logs in after EHLO, with the secret for this server.  safe says whether
 * others can not read the connection.  SMTPC_REFUSED: c->reply has the
 * server's words, or with the code RESULT_OURS ours.
 */
enum smtpc_status saslc_login(struct smtpc *c,
    const struct saslc_account *account, struct span secret, int safe);

#endif
