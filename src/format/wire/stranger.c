#include "stranger.h"

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
	enum stranger who;
	size_t n;
	short byte[GREETING];
} greetings[] = {
	{ STRANGER_TLS, 2, { 0x16, 0x03 } },	/* RFC 8446 5.1: handshake */
	{ STRANGER_TLS, 2, { 0x15, 0x03 } },	/* alert */
	{ STRANGER_TLS, 4, { 0x80, ANY, 1, 0 } },	/* SSL 2's hello, as */
	{ STRANGER_TLS, 4, { 0x80, ANY, 1, 3 } },	/* in RFC 5246 E.2 */
	{ STRANGER_OTHER, 4, { 'S', 'S', 'H', '-' } },	/* RFC 4253 4.2 */
	{ STRANGER_OTHER, 2, { 4, 1 } },	/* SOCKS 4 */
	{ STRANGER_OTHER, 3, { 5, ANY, 0 } },	/* SOCKS 5, RFC 1928 3 */
	{ STRANGER_OTHER, 3, { 3, 0, 0 } },	/* RDP: RFC 1006 6 */
	{ STRANGER_OTHER, 8, { 0, 0, ANY, ANY, 0xff, 'S', 'M', 'B' } },
	{ STRANGER_OTHER, 8, { 0, 0, ANY, ANY, 0xfe, 'S', 'M', 'B' } },
	/* STUN and TURN, which a web page can use, too: RFC 8489 5 */
	{ STRANGER_OTHER, 8, { 0, ANY, ANY, ANY, 0x21, 0x12, 0xa4, 0x42 } }
};

static int
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static int
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Whether a line ends as a request does, in HTTP/1.1, RTSP/1.0 or SIP/2.0. */
static int
has_version(struct span line)
{
	size_t n;

	line = span_trim(span_chomp(line));
	n = line.n;
	if (n < 4 || !is_digit(line.p[n - 1]) || line.p[n - 2] != '.' ||
	    !is_digit(line.p[n - 3]) || line.p[n - 4] != '/')
		return 0;
	for (n -= 4; n > 0 && is_upper(line.p[n - 1]); n--)
		;
	return n > 0 && n < line.n - 4 && line.p[n - 1] == ' ';
}

/* Any method: a word in capitals, and a version at the line's end. */
static enum stranger
guess_request(struct span s)
{
	struct span line = s;
	size_t n;

	for (n = 0; n < s.n && is_upper(s.p[n]); n++)
		;
	if (n == s.n)
		return STRANGER_PERHAPS;
	if (n == 0 || s.p[n] != ' ')
		return STRANGER_NO;
	line = span_line(&s);
	if (line.p[line.n - 1] != '\n')
		return STRANGER_PERHAPS;
	return has_version(line) ? STRANGER_HTTP : STRANGER_NO;
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

enum stranger
stranger_guess(struct span s)
{
	size_t i, n;

	for (i = 0; i < COUNT(greetings); i++)
		if (greets_as(s, greetings[i].byte, greetings[i].n))
			return s.n < greetings[i].n ? STRANGER_PERHAPS :
			    greetings[i].who;
	for (i = 0; i < COUNT(requests); i++) {
		n = strlen(requests[i]);
		if (memcmp(s.p, requests[i], s.n < n ? s.n : n) == 0)
			return s.n < n ? STRANGER_PERHAPS : STRANGER_HTTP;
	}
	return guess_request(s);
}

int
stranger_is(enum stranger guess)
{
	return guess == STRANGER_HTTP || guess == STRANGER_TLS ||
	    guess == STRANGER_OTHER;
}

const char *
stranger_name(enum stranger guess)
{
	switch (guess) {
	case STRANGER_HTTP:
		return "HTTP";
	case STRANGER_TLS:
		return "TLS";
	default:
		return "another protocol";
	}
}
