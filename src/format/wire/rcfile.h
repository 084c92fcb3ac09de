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

/* What a line may be about. */
enum rcfile_word {
	RCFILE_SERVER, RCFILE_TLS, RCFILE_USER, RCFILE_SECRET, RCFILE_FROM,
	RCFILE_NAME, RCFILE_HELO, RCFILE_TIMEOUT, RCFILE_ALIASES,
	RCFILE_PROFILE, RCFILE_WORDS
};

/*
 * Whether all lines say something: else each that does not adds a line "name:
 * line: reason" to faults.
 */
int rcfile_check(struct span text, const char *name, struct buf *faults);

/*
 * The value of word for this sender, an address; one that is empty has no
 * profile.  text has passed rcfile_check.  1, or 0 where nothing is said.
 */
int rcfile_find(struct span text, struct span sender, enum rcfile_word word,
    struct span *value);

/* Whether some line has the word, for whomever. */
int rcfile_has(struct span text, enum rcfile_word word);

/* The values of "tls", as often as -Z would say it: 0 to 2, or -1. */
int rcfile_tls(struct span value);

#endif
