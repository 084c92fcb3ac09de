/*
 * envelope: sender and recipients as people and message headers name them.
 * A local part alone stands for one at helo, the name we say in EHLO.
 */
#ifndef CLIENT_SMTP_ENVELOPE_H
#define CLIENT_SMTP_ENVELOPE_H

#include "client/smtp/message.h"

/* Appends what is missing to an address that is well-formed so far. */
void envelope_complete(struct buf *addr, const char *helo);

/*
 * The sender in text: an address, Name <address>, or nothing or <> for the
 * null sender.  NULL, or why it is none of these.
 */
const char *envelope_sender(struct buf *from, struct span text,
    const char *helo);

/*
 * Adds the recipients in a list, each once.  An entry that is no address is a
 * recipient too, who has failed.
 */
void envelope_list(struct message *m, struct span list, const char *helo);

/* The same for those in the header (hdr_rcpts). */
void envelope_header(struct message *m, struct span text, const char *helo);

#endif
