/* sys/openssl: what openssl says becomes a few words on one line. */
#include "sys/openssl.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf why = { 0 };
	int pair[2];

	MUST(pipe(pair) == 0);
	MUST(write(pair[1], data, n) == (ssize_t)n);
	close(pair[1]);
	MUST(openssl_explain(&why, pair[0], "server") == (why.n > 0));
	MUST(why.n == 0 || memchr(why.p, '\n', why.n) == NULL);
	close(pair[0]);
	buf_free(&why);
	return 0;
}
