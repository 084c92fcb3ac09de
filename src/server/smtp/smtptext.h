/*
 * smtptext: the texts of an SMTP session's messages, by DATA and by BDAT
 * (RFC 3030), and the answers to them.
 */
#ifndef SERVER_SMTP_SMTPTEXT_H
#define SERVER_SMTP_SMTPTEXT_H

#include "smtpsession.h"

/* The two commands. */
void smtptext_data(struct smtpd *s, struct span arg);
void smtptext_bdat(struct smtpd *s, struct span arg);

/* Takes text or octets of a chunk, as s->input says, and returns how many. */
size_t smtptext_feed(struct smtpd *s, const char *p, size_t n);

/* The store was busy: asks again. */
void smtptext_retry(struct smtpd *s);

/* After a commit: each answer goes where it belongs in s->out. */
void smtptext_settle(struct smtpd *s);

#endif
