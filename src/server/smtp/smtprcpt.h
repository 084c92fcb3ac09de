/*
 * smtprcpt: recipients of an SMTP session: which mailboxes an address means,
 * the pairs, as struct mail_store has them, that they become, and what is told
 * of them.
 */
#ifndef SERVER_SMTP_SMTPRCPT_H
#define SERVER_SMTP_SMTPRCPT_H

#include "format/mail/addr.h"
#include "smtpconf.h"

/*
 * A recipient: its pairs are added to boxes, or where it is foreign, and who
 * sends it may (trusted), to foreign; none twice.  NULL, or the refusal.
 */
const char *smtprcpt_add(const struct smtpd_conf *c, struct addr *a,
    int trusted, struct buf *boxes, struct buf *foreign);

/* Adds the addresses of pairs to b, a NUL between any two in it. */
void smtprcpt_addresses(const struct buf *pairs, struct buf *b);

/*
 * The argument of VRFY, or of EXPN (expand), which lists the mailboxes; the
 * reply is added to out.
 */
void smtprcpt_vrfy(const struct smtpd_conf *c, struct span arg, int expand,
    struct buf *out);

#endif
