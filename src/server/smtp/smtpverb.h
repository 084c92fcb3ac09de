/*
 * smtpverb: what the commands of an SMTP session do, and when they may come.
 */
#ifndef SERVER_SMTP_SMTPVERB_H
#define SERVER_SMTP_SMTPVERB_H

#include "smtpsession.h"

/* A command line without its ending. */
void smtpverb_run(struct smtpd *s, struct span line);

/* One that is not to be done, with the reply to it, given without its CRLF. */
void smtpverb_refuse(struct smtpd *s, struct span line, const char *text);

/*
 * Whether a line is a command at all, and whether the answer to it tells of
 * messages, which are to be settled before.
 */
int smtpverb_is_known(struct span line);
int smtpverb_is_late(struct span line);

#endif
