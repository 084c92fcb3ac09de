#include "http.h"

/* Methods are case-sensitive; a path follows, but for CONNECT a host. */
static const char *const requests[] = {
	"GET /", "POST /", "HEAD /", "PUT /", "DELETE /", "PATCH /",
	"OPTIONS /", "CONNECT ", "TRACE /", "GET http", "POST http",
	"OPTIONS *", "PRI *"
};

enum http_guess
http_guess(struct span s)
{
	size_t i, n;

	for (i = 0; i < COUNT(requests); i++) {
		n = strlen(requests[i]);
		if (s.n < n && (s.n == 0 || memcmp(s.p, requests[i], s.n) == 0))
			return HTTP_PERHAPS;
		if (s.n >= n && memcmp(s.p, requests[i], n) == 0)
			return HTTP_YES;
	}
	return HTTP_NO;
}
