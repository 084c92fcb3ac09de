#include "netrc.h"

static int
is_blank(int c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Takes the next word off *text, perhaps in quotes; empty at the end. */
static struct span
word(struct span *text)
{
	struct span w;
	int quoted;

	while (text->n > 0 && is_blank(text->p[0]))
		*text = span_drop(*text, 1);
	quoted = text->n > 0 && text->p[0] == '"';
	if (quoted)
		*text = span_drop(*text, 1);
	for (w = span_of(text->p, 0); w.n < text->n; w.n++)
		if (quoted ? w.p[w.n] == '"' : is_blank(w.p[w.n]))
			break;
	*text = span_drop(*text, w.n);
	if (quoted && text->n > 0)
		*text = span_drop(*text, 1);
	return w;
}

/* A macro goes on to an empty line. */
static void
skip_macro(struct span *text)
{
	struct span line;

	do
		line = text->n > 0 ? span_line(text) : span_of(NULL, 0);
	while (span_chomp(line).n > 0);
}

int
netrc_find(struct span text, struct span host, struct span login,
    struct span *password)
{
	int here = 0, ours = 0, found = 0;
	struct span key, value = { NULL, 0 };

	while ((key = word(&text)).n > 0) {
		if (span_is(key, "machine") || span_is(key, "default")) {
			if (ours && found)
				return 1;
			here = span_is(key, "default") ||
			    span_case_eq(word(&text), host);
			ours = found = 0;
		} else if (span_is(key, "macdef")) {
			skip_macro(&text);
		} else {
			value = word(&text);
			if (here && span_is(key, "login"))
				ours = span_eq(value, login);
			if (here && span_is(key, "password")) {
				*password = value;
				found = 1;
			}
		}
	}
	return ours && found;
}
