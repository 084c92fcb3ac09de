#include "protocol.h"

/*
 * Methods are case-sensitive; a path follows, but for CONNECT a host
 * (RFC 9112 3).  PRI is HTTP/2 (RFC 9113 3.4).
 */
static const char *const requests[] = {
	"GET /", "POST /", "HEAD /", "PUT /", "DELETE /", "PATCH /",
	"OPTIONS /", "CONNECT ", "TRACE /", "GET http", "POST http",
	"OPTIONS *", "PRI *"
};

#define ANY (-1)
#define GREETING 8		/* bytes that tell, at most */

/* How others begin; an order's text does not. */
static const struct {
	enum protocol who;
	size_t n;
	short byte[GREETING];
} greetings[] = {
	{ PROTOCOL_TLS, 2, { 0x16, 0x03 } },	/* RFC 8446 5.1: handshake */
	{ PROTOCOL_TLS, 2, { 0x15, 0x03 } },	/* alert */
	{ PROTOCOL_TLS, 4, { 0x80, ANY, 1, 0 } },	/* SSL 2's hello, as */
	{ PROTOCOL_TLS, 4, { 0x80, ANY, 1, 3 } },	/* in RFC 5246 E.2 */
	{ PROTOCOL_OTHER, 4, { 'S', 'S', 'H', '-' } },	/* RFC 4253 4.2 */
	{ PROTOCOL_OTHER, 2, { 4, 1 } },	/* SOCKS 4 */
	{ PROTOCOL_OTHER, 3, { 5, ANY, 0 } },	/* SOCKS 5, RFC 1928 3 */
	{ PROTOCOL_OTHER, 3, { 3, 0, 0 } },	/* RDP: RFC 1006 6 */
	{ PROTOCOL_OTHER, 8, { 0, 0, ANY, ANY, 0xff, 'S', 'M', 'B' } },
	{ PROTOCOL_OTHER, 8, { 0, 0, ANY, ANY, 0xfe, 'S', 'M', 'B' } },
	/* STUN and TURN, which a web page can use, too: RFC 8489 5 */
	{ PROTOCOL_OTHER, 8, { 0, ANY, ANY, ANY, 0x21, 0x12, 0xa4, 0x42 } }
};

static int
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* Whether a line ends as a request does, in HTTP/1.1, RTSP/1.0 or SIP/2.0. */
static int
has_version(struct span line)
{
	size_t n;

	line = span_trim(span_chomp(line));
	n = line.n;
	if (n < 4 || !byte_is_digit(line.p[n - 1]) || line.p[n - 2] != '.' ||
	    !byte_is_digit(line.p[n - 3]) || line.p[n - 4] != '/')
		return 0;
	for (n -= 4; n > 0 && is_upper(line.p[n - 1]); n--)
		;
	return n > 0 && n < line.n - 4 && line.p[n - 1] == ' ';
}

/* Any method: a word in capitals, and a version at the line's end. */
static enum protocol
guess_request(struct span s)
{
	struct span line = s;
	size_t n;

	for (n = 0; n < s.n && is_upper(s.p[n]); n++)
		;
	if (n == s.n)
		return PROTOCOL_PARTIAL;
	if (n == 0 || s.p[n] != ' ')
		return PROTOCOL_NONE;
	line = span_line(&s);
	if (line.p[line.n - 1] != '\n')
		return PROTOCOL_PARTIAL;
	return has_version(line) ? PROTOCOL_HTTP : PROTOCOL_NONE;
}

/* Whether s begins so, as far as it goes. */
static int
greets_as(struct span s, const short *byte, size_t n)
{
	size_t i;

	for (i = 0; i < s.n && i < n; i++)
		if (byte[i] != ANY && byte[i] != (unsigned char)s.p[i])
			return 0;
	return 1;
}

enum protocol
protocol_guess(struct span s)
{
	size_t i, n;

	for (i = 0; i < COUNT(greetings); i++)
		if (greets_as(s, greetings[i].byte, greetings[i].n))
			return s.n < greetings[i].n ? PROTOCOL_PARTIAL :
			    greetings[i].who;
	for (i = 0; i < COUNT(requests); i++) {
		n = strlen(requests[i]);
		if (memcmp(s.p, requests[i], s.n < n ? s.n : n) == 0)
			return s.n < n ? PROTOCOL_PARTIAL : PROTOCOL_HTTP;
	}
	return guess_request(s);
}

int
protocol_is_other(enum protocol guess)
{
	return guess == PROTOCOL_HTTP || guess == PROTOCOL_TLS ||
	    guess == PROTOCOL_OTHER;
}

const char *
protocol_name(enum protocol guess)
{
	switch (guess) {
	case PROTOCOL_HTTP:
		return "HTTP";
	case PROTOCOL_TLS:
		return "TLS";
	default:
		return "another protocol";
	}
}
