#include "netrc.h"

#include <string.h>

/* What stands in the file, word by word. */
struct words {
	char *p;
	size_t n, at;
	int fresh;		/* the last word was the first on its line */
	int quoted;		/* and in quotes */
};

static const char *const keywords[] = { "machine", "default", "macdef",
    "login", "user", "account", "password" };

static void
skip_line(struct words *w)
{
	while (w->at < w->n && w->p[w->at] != '\n')
		w->at++;
}

/* Goes to the next word; # begins a comment on a fresh line, or anywhere. */
static void
skip(struct words *w, int anywhere)
{
	w->fresh = w->at == 0;
	for (; w->at < w->n; w->at++) {
		if (w->p[w->at] == '#' && (w->fresh || anywhere))
			skip_line(w);
		if (w->at == w->n || !byte_is_space(w->p[w->at]))
			break;
		w->fresh |= w->p[w->at] == '\n';
	}
}

/*
 * Takes the word that stands here, empty at the end: blanks may stand in it
 * in quotes or behind a backslash, which is taken out where it stands.
 */
static struct span
take(struct words *w)
{
	char *to, *start;

	w->quoted = w->at < w->n && w->p[w->at] == '"';
	w->at += (size_t)w->quoted;
	start = to = w->p + w->at;
	for (; w->at < w->n; w->at++) {
		if (w->quoted ? w->p[w->at] == '"' : byte_is_space(w->p[w->at]))
			break;
		if (w->p[w->at] == '\\' && w->at + 1 < w->n)
			w->at++;
		*to++ = w->p[w->at];
	}
	w->at += w->quoted && w->at < w->n;
	return span_of(start, (size_t)(to - start));
}

static int
is_keyword(struct span word)
{
	return span_index(word, keywords, COUNT(keywords)) >= 0;
}

/*
 * What belongs to a keyword: 0, or -1 where there is nothing, for a keyword
 * on a line below begins something else.
 */
static int
take_value(struct words *w, struct span *value)
{
	size_t n;

	skip(w, 0);
	for (n = w->at; n < w->n && !byte_is_space(w->p[n]); n++)
		;
	n -= w->at;
	if (n == 0 || (w->fresh && is_keyword(span_of(w->p + w->at, n))))
		return -1;
	*value = take(w);
	return 0;
}

/* A macro goes on to an empty line. */
static void
skip_macro(struct words *w)
{
	struct span rest = span_of(w->p + w->at, w->n - w->at), line;

	do
		line = rest.n > 0 ? span_line(&rest) : span_of(NULL, 0);
	while (span_chomp(line).n > 0);
	w->at = w->n - rest.n;
	/* Before the line feed: what comes is on a fresh line. */
	w->at -= line.n > 0;
}

/* An entry of the file. */
struct entry {
	int here;		/* it is for the host that is looked for */
	int fallback;		/* it is the default */
	int ours;		/* it has the login that is looked for */
	int found;		/* it has a password */
	struct span password;
};

/* Notes the entry, unless there was one before. */
static void
keep(struct entry *best, const struct entry *e)
{
	if (e->here && e->ours && e->found && !best->found)
		*best = *e;
}

int
netrc_find(struct buf *text, struct span host, struct span login,
    struct span *password)
{
	struct entry e = { 0 }, machine = { 0 }, fallback = { 0 };
	struct words w = { 0 };
	struct span key, value;

	w.p = text->p;
	w.n = text->n;
	while (skip(&w, 1), w.at < w.n) {
		key = take(&w);
		if (w.quoted || !is_keyword(key))
			continue;
		if (span_is(key, "machine") || span_is(key, "default")) {
			keep(e.fallback ? &fallback : &machine, &e);
			memset(&e, 0, sizeof e);
			e.fallback = span_is(key, "default");
			e.here = e.fallback || (take_value(&w, &value) == 0 &&
			    span_case_eq(value, host));
		} else if (span_is(key, "macdef")) {
			skip_macro(&w);
		} else if (take_value(&w, &value) < 0) {
			continue;
		} else if (span_is(key, "password")) {
			e.found = 1;
			e.password = value;
		} else if (!span_is(key, "account")) {
			e.ours = span_eq(value, login);
		}
	}
	keep(e.fallback ? &fallback : &machine, &e);
	e = machine.found ? machine : fallback;
	*password = e.password;
	return e.found;
}
