/*
 * store/users: a file of any content is read or refused, and a local part has
 * mailboxes of valid names or none.
 */
#include "store/users.h"

#include "format/wire/name.h"
#include "fuzz.h"

static void
look_up(const struct users *u, struct span local)
{
	struct buf boxes = { 0 }, login = { 0 };
	struct span rest;
	size_t n;

	if (users_find(u, local, &boxes) >= 0) {
		MUST(boxes.n > 0 && boxes.p[boxes.n - 1] == '\0');
		for (rest = buf_span(&boxes); rest.n > 0;
		    rest = span_drop(rest, n + 1)) {
			n = strlen(rest.p);
			buf_clear(&login);
			MUST(name_login(&login, span_of(rest.p, n)) == 0);
		}
	}
	buf_free(&boxes);
	buf_free(&login);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span rest = span_of(data, n), line;
	struct users *u;

	u = users_read(as_file(rest));
	look_up(NULL, rest);
	if (u == NULL)
		return 0;
	while (rest.n > 0) {
		line = span_chomp(span_line(&rest));
		look_up(u, line);
		look_up(u, span_of(line.p, line.n / 2));
	}
	users_free(u);
	return 0;
}
