/* store/passwd: who is found has a secret of the file's own. */
#include "store/passwd.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span rest = span_of(data, n), line, secret;
	struct sasld_conf *c;
	const char *colon;

	c = passwd_read(as_file(rest), "");
	if (c == NULL)
		return 0;
	while (rest.n > 0) {
		line = span_chomp(span_line(&rest));
		colon = line.n == 0 ? NULL : memchr(line.p, ':', line.n);
		if (colon != NULL && c->find(c->app,
		    span_of(line.p, (size_t)(colon - line.p)), &secret) == 0)
			read_all(secret.p, secret.n);
	}
	passwd_free(c);
	return 0;
}
