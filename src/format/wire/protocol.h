/*
 * protocol: telling a client from one that speaks another protocol.  A web
 * page can make a browser speak to any port of its own machine, by HTTP and by
 * TLS, and what it posts may be made to look like commands; others try every
 * port.
 */
#ifndef FORMAT_WIRE_PROTOCOL_H
#define FORMAT_WIRE_PROTOCOL_H

#include "sys/buf.h"

enum protocol {
	PROTOCOL_NONE,		/* none that is known */
	PROTOCOL_HTTP,		/* a request, or one of its relatives */
	PROTOCOL_TLS,
	PROTOCOL_OTHER,		/* SSH, SOCKS, SMB, STUN ... */
	PROTOCOL_PARTIAL	/* more bytes will tell */
};

/*
 * What s, the first that came, begins.  It is PARTIAL for some bytes, and until
 * the first line is whole where that is a word in capitals and more.
 */
enum protocol protocol_guess(struct span s);

/* Whether another one is known to be spoken; its name, in a word or two. */
int protocol_is_other(enum protocol guess);
const char *protocol_name(enum protocol guess);

#endif
