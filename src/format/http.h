/*
 * http: telling a web browser from a client.  A web page can make a browser
 * speak to any port of its own machine, and what it posts may be made to
 * look like commands.
 */
#ifndef FORMAT_HTTP_H
#define FORMAT_HTTP_H

#include "sys/buf.h"

enum http_guess {
	HTTP_NO,
	HTTP_YES,
	HTTP_PERHAPS		/* more bytes will tell */
};

/* Whether s, the first that came, begins a request (RFC 9112 3). */
enum http_guess http_guess(struct span s);

#endif
