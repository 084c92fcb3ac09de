/*
 * mask: how much of a command may be shown, in SMTP, POP3 and FTP, however
 * somebody has typed it, and whether or not the other side understands it.
 */
#ifndef FORMAT_WIRE_MASK_H
#define FORMAT_WIRE_MASK_H

#include "sys/buf.h"

/*
 * How many octets of a line may be shown; what follows is a secret, or may be:
 * PASS and ACCT show their verb, AUTH the mechanism, APOP the login, and all
 * others the whole line.  A line that is not a command (known) shows nothing
 * behind AUTH or USER: it may be the response to one that was refused, or a
 * password without PASS.  *pending, 0 at first, remembers that.
 */
size_t mask_open(int *pending, struct span line, int known);

/* Adds the open octets of a line, and "****" for the rest, if there is any. */
void mask_add(struct buf *b, struct span line, size_t open);

#endif
