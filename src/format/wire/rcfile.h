/*
 * rcfile: the settings of a client in a file, mailorderrc(5): lines "word
 * value", # comments.  Lines before the first "profile PATTERN" are for
 * everybody; those behind one are for senders whom the pattern (fnmatch(3), in
 * any case) or the profile's own "from" names, and go before the others; but a
 * user above is for the server above alone, and a secret for that user.
 */
#ifndef FORMAT_WIRE_RCFILE_H
#define FORMAT_WIRE_RCFILE_H

#include "sys/buf.h"

/*
 * Whether all lines say something: else each that does not adds a line "name:
 * line: reason" to faults.
 */
int rcfile_check(struct span text, const char *name, struct buf *faults);

/*
 * The value of word for this sender, an address; one that is empty has no
 * profile.  text has passed rcfile_check.  1, or 0 where nothing is said.
 */
int rcfile_find(struct span text, struct span sender, const char *word,
    struct span *value);

/* Whether some line has the word, for whomever. */
int rcfile_has(struct span text, const char *word);

/* The values of "tls", as often as -Z would say it: 0 to 2, or -1. */
int rcfile_tls(struct span value);

#endif
