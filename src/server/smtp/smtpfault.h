/*
 * smtpfault: what goes wrong in an SMTP session because rules say so.
 */
#ifndef SERVER_SMTP_SMTPFAULT_H
#define SERVER_SMTP_SMTPFAULT_H

#include "smtpverb.h"

/*
 * An event, arg being the argument of the command in hand.  Whether what was
 * asked for must not be done, for it has been answered, or the session is
 * over; or else s->fault is what becomes of the answer.
 */
int smtpfault_strikes(struct smtpd *s, enum rules_place place,
    struct span arg);

/* The answer, from s->from on, is there: cuts it, or puts it into s->held. */
void smtpfault_apply(struct smtpd *s);

/* The answer from this place in s->out on is held back for so many ms. */
void smtpfault_delay(struct smtpd *s, size_t from, long ms);

/* What was held back goes to s->out now. */
void smtpfault_release(struct smtpd *s);

/* Whether the answer to come is to be cut or held back. */
int smtpfault_is_pending(const struct smtpd *s);

#endif
