/*
 * aliases: who gets the mail of a name without a domain, in a file of the form
 * of aliases(5): "name: address, name ...", going on in lines that begin with a
 * blank; # begins a comment line.  "default" is every name that has no line.
 */
#ifndef FORMAT_MAIL_ALIASES_H
#define FORMAT_MAIL_ALIASES_H

#include "sys/buf.h"

/*
 * Whether all lines can be used: else each that can not adds a line "name:
 * line: reason" to faults.  Commands, files and :include: cannot.
 */
int aliases_check(struct span text, const char *name, struct buf *faults);

/*
 * Whom a name stands for, in any case of ASCII letters: a list, still folded,
 * as hdr_addrs takes it.  1, or 0 where it stands for itself.
 */
int aliases_find(struct span text, struct span name, struct span *list);

#endif
