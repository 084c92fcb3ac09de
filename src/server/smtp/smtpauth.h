/*
 * smtpauth: the log-in of an SMTP session, RFC 4954.
 */
#ifndef SERVER_SMTP_SMTPAUTH_H
#define SERVER_SMTP_SMTPAUTH_H

#include "smtpsession.h"

/* The argument of AUTH, and a line of the exchange without its ending. */
void smtpauth_start(struct smtpd *s, struct span arg);
void smtpauth_step(struct smtpd *s, struct span line);

/* Ends an exchange, if there is one. */
void smtpauth_cancel(struct smtpd *s);

/* Whether a line that is too long, as it begins, is of a log-in. */
int smtpauth_is_line(const struct smtpd *s, struct span line);

/* What was held back leaves: the right password, if it was that, is told. */
void smtpauth_pass(struct smtpd *s);

#endif
