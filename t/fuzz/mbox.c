/*
 * store/mbox: what was appended is one message more, and comes out of the file
 * as it went in, once a > is taken from the lines that got one.
 */
#include <sys/stat.h>

#include "store/mbox.h"

#include "fuzz.h"

static char root[] = "/tmp/fuzz.XXXXXX";
static char path[sizeof root + sizeof "/joe.txt"];

/* Whether a line, of the file or of the text, is quoted: >*From and blank. */
static int
is_from(struct span line)
{
	while (line.n > 0 && line.p[0] == '>')
		line = span_drop(line, 1);
	return line.n >= 5 && memcmp(line.p, "From ", 5) == 0;
}

static void
must_hold(struct span text)
{
	static char file[3 * 4096 + 1024];
	struct span rest, line, want;
	ssize_t n;
	int fd;

	fd = open(path, O_RDONLY);
	MUST(fd >= 0);
	n = read(fd, file, sizeof file);
	MUST(n > 0 && n < (ssize_t)sizeof file);
	close(fd);
	rest = span_of(file, (size_t)n);
	line = span_line(&rest);
	MUST(line.n > 5 && memcmp(line.p, "From ", 5) == 0);
	do
		line = span_line(&rest);
	while (!span_is(span_chomp(line), "X-Trace: end"));
	while (text.n > 0) {
		want = span_line(&text);
		line = span_line(&rest);
		if (is_from(want)) {
			MUST(line.n > 0 && line.p[0] == '>');
			line = span_drop(line, 1);
		}
		MUST(line.n >= want.n &&
		    memcmp(line.p, want.p, want.n) == 0);
	}
	MUST(span_eq(rest, span_str("\n")));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char boxes[] = "joe\0joe@x.test";
	static void *store;
	static const struct mail_hearer nobody = { NULL, NULL };
	struct span text = span_of(data, n), rest;
	struct dice d;
	void *mail;
	size_t piece;

	if (take_seed(&d, &text) < 0 || text.n == 0 ||
	    text.p[text.n - 1] != '\n')
		return 0;
	if (store == NULL) {
		MUST(mkdtemp(root) != NULL);
		snprintf(path, sizeof path, "%s/joe.txt", root);
		store = mbox_store.open(root, &nobody);
	}
	unlink(path);
	mail = mbox_store.begin(store, span_str("a@b.test"),
	    span_str("X-Trace: end\n"), span_of(boxes, sizeof boxes));
	for (rest = text; rest.n > 0; rest = span_drop(rest, piece)) {
		piece = cut(&d, rest.n);
		mbox_store.write(mail, rest.p, piece);
	}
	while (mbox_store.end(mail) != 0)
		mbox_store.commit(store);
	must_hold(text);
	return 0;
}
