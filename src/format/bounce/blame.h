/*
 * blame: whom a failure speaks of, the recipient or us.
 */
#ifndef FORMAT_BOUNCE_BLAME_H
#define FORMAT_BOUNCE_BLAME_H

#include "format/wire/results.h"

enum blame {
	BLAME_NONE,		/* nothing was refused for good */
	BLAME_US,		/* what we are, or what we sent; or where it
				   went to at that time */
	BLAME_RCPT,		/* the mailbox; it may come right */
	BLAME_NO_USER		/* the user is unknown */
};

/*
 * By the enhanced status code that the text begins with (RFC 3463), by where
 * it was decided, and by words in the text that servers use: those that speak
 * of us win.
 */
enum blame blame_of(const struct result *r);

#endif
