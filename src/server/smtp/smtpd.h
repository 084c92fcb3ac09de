/*
 * smtpd: the server's side of an SMTP session (RFC 5321), fed line by line and
 * text by text.
 */
#ifndef SERVER_SMTP_SMTPD_H
#define SERVER_SMTP_SMTPD_H

#include "smtpconf.h"
#include "sys/session.h"

/*
 * No piece of input is left unused that is longer than this, which is what
 * RFC 4954 4 asks for.
 */
#define SMTPD_LINE_MAX SASLD_LINE_MAX

/* conf is a struct smtpd_conf. */
extern const struct session_type smtpd_session;

#endif
