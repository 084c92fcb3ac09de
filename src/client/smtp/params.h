/*
 * params: the parameters of MAIL and RCPT, and what a server that offers an
 * extension and refuses its parameter takes all the same.
 */
#ifndef CLIENT_SMTP_PARAMS_H
#define CLIENT_SMTP_PARAMS_H

#include "client/smtp/fit.h"

/*
 * Adds those that the server offers and, after fit_message, m or one of its
 * recipients calls for, each after a blank.
 */
void params_mail(struct buf *b, const struct fit *fit,
    const struct message *m);
void params_rcpt(struct buf *b, const struct fit *fit, const struct rcpt *r);

/*
 * Which of them the server speaks against in its reply to such a command
 * (SMTPC_SIZE and so on), which is 0 where it is against something else.  Where
 * it does not say which, what nobody will miss is thought to be it first.
 */
unsigned params_refused_mail(const struct smtpc *c, const struct fit *fit,
    const struct message *m);
unsigned params_refused_rcpt(const struct smtpc *c, const struct fit *fit,
    const struct rcpt *r);

#endif
