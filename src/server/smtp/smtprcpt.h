/*
 * smtprcpt: recipients of an SMTP session: which mailboxes an address means,
 * and the pairs, as struct mail_store has them, that they become.
 */
#ifndef SERVER_SMTP_SMTPRCPT_H
#define SERVER_SMTP_SMTPRCPT_H

#include "format/mail/addr.h"
#include "smtpconf.h"

/*
 * Adds the names of an address's mailboxes, each with a NUL behind it: NULL, or
 * the refusal without its CRLF.  user%server@ours becomes user@server in a.
 */
const char *smtprcpt_find(const struct smtpd_conf *c, struct addr *a,
    struct buf *names);

/*
 * A recipient: its pairs are added to boxes, or where it is foreign, and who
 * sends it may (trusted), to foreign; none twice.  NULL, or the refusal.
 */
const char *smtprcpt_add(const struct smtpd_conf *c, struct addr *a,
    int trusted, struct buf *boxes, struct buf *foreign);

/* Adds the addresses of pairs to b, a NUL between any two in it. */
void smtprcpt_addresses(const struct buf *pairs, struct buf *b);

/*
 * A reply of a line for each mailbox of these names: what it begins with
 * ("250" and "2.1.5 "), its full name, if that is in ASCII or utf8 allows it,
 * and its address, with a domain of ours where none was given.
 */
void smtprcpt_list(const struct smtpd_conf *c, const char *code,
    const char *enhanced, const struct buf *names, struct span domain,
    int utf8, struct buf *out);

#endif
