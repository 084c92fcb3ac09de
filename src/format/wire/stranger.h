/*
 * stranger: telling a client from somebody who speaks another protocol.  A web
 * page can make a browser speak to any port of its own machine, by HTTP and by
 * TLS, and what it posts may be made to look like commands; others knock at
 * every port.
 */
#ifndef FORMAT_WIRE_STRANGER_H
#define FORMAT_WIRE_STRANGER_H

#include "sys/buf.h"

enum stranger {
	STRANGER_NO,		/* none that is known */
	STRANGER_HTTP,		/* a request, or one of its relatives */
	STRANGER_TLS,
	STRANGER_OTHER,		/* SSH, SOCKS, SMB, STUN ... */
	STRANGER_PERHAPS	/* more bytes will tell */
};

/*
 * What s, the first that came, begins.  It is PERHAPS for some bytes, and until
 * the first line is whole where that is a word in capitals and more.
 */
enum stranger stranger_guess(struct span s);

/* Whether it is known to be one; and what is spoken then, in a word or two. */
int stranger_is(enum stranger guess);
const char *stranger_name(enum stranger guess);

#endif
