#include "rcfile.h"

#include <fnmatch.h>

#include "format/mail/addr.h"
#include "format/mail/hdr.h"

/* Seconds that a wait may be limited to, as -T has it: a day. */
#define TIMEOUT_MAX 86400

/* Octets of a value. */
#define VALUE_MAX 4096

static const char profile[] = "profile";

/* One line of the file; word is empty where it says nothing. */
struct line {
	struct span word, value;
	size_t number;
};

struct lines {
	struct span rest;
	size_t number;
};

static int
next(struct lines *l, struct line *line)
{
	struct span text;

	if (l->rest.n == 0)
		return 0;
	text = span_trim(span_chomp(span_line(&l->rest)));
	line->number = ++l->number;
	if (text.n > 0 && text.p[0] == '#')
		text.n = 0;
	line->word = span_take_word(&text);
	line->value = span_trim(text);
	return 1;
}

/* --- What a line may say --------------------------------------------- */

int
rcfile_tls(struct span value)
{
	static const char *const names[] = { "off", "starttls", "direct" };

	return span_index(value, names, COUNT(names));
}

static const char *
check_tls(struct span value)
{
	return rcfile_tls(value) < 0 ? "neither off, starttls nor direct" :
	    NULL;
}

static const char *
check_timeout(struct span value)
{
	uintmax_t seconds;

	return span_number(value, &seconds) < 0 || seconds < 1 ||
	    seconds > TIMEOUT_MAX ? "not a number from 1 to 86400" : NULL;
}

static const char *
check_helo(struct span value)
{
	struct buf address = { 0 };
	struct addr a;
	int r;

	buf_adds(&address, "x@");
	buf_addspan(&address, value);
	r = addr_parse(&a, buf_span(&address), NULL);
	buf_free(&address);
	return r < 0 ? "not a host name" : NULL;
}

/* One address, of which <> is none. */
static const char *
check_from(struct span value)
{
	const char *why = "not an address";
	struct hdr_addrs list;
	struct addr a;

	if (span_is(value, "<>"))
		return NULL;
	hdr_addrs_init(&list, value);
	if (hdr_addrs_next(&list) == 1 &&
	    addr_parse_bare(&a, buf_span(&list.addr), &why) == 0)
		why = hdr_addrs_next(&list) == 0 ? NULL :
		    "more than one address";
	hdr_addrs_free(&list);
	return why;
}

static const struct word {
	const char *name;
	const char *(*check)(struct span value);	/* or NULL */
} words[] = {
	{ "server", NULL }, { "tls", check_tls }, { "user", NULL },
	{ "secret", NULL }, { "from", check_from }, { "name", NULL },
	{ "helo", check_helo }, { "timeout", check_timeout },
	{ "aliases", NULL }, { profile, NULL }
};

/* NULL, or what is wrong with a line that is not empty. */
static const char *
fault(const struct line *line, unsigned said)
{
	const struct word *w;
	size_t i;

	for (i = 0; i < COUNT(words); i++)
		if (span_is(line->word, words[i].name))
			break;
	if (i == COUNT(words))
		return "no such setting";
	w = &words[i];
	if (line->value.n == 0)
		return "it has no value";
	if (line->value.n > VALUE_MAX)
		return "too long";
	if (span_has_control(line->value))
		return "a control character";
	if ((said & 1u << i) != 0 && w->name != profile)
		return "repeated";
	return w->check != NULL ? w->check(line->value) : NULL;
}

/* The bit of a line's word. */
static unsigned
bit(const struct line *line)
{
	size_t i;

	for (i = 0; i < COUNT(words); i++)
		if (span_is(line->word, words[i].name))
			return 1u << i;
	return 0;
}

int
rcfile_check(struct span text, const char *name, struct buf *faults)
{
	struct lines l = { .rest = text };
	struct line line;
	unsigned said = 0;
	const char *why;
	size_t n = faults->n;

	while (next(&l, &line)) {
		if (line.word.n == 0)
			continue;
		why = fault(&line, said);
		said = span_is(line.word, profile) ? 0 : said | bit(&line);
		if (why == NULL)
			continue;
		buf_addshown(faults, span_str(name));
		buf_addf(faults, ":%zu: ", line.number);
		buf_addshown(faults, line.word);
		buf_addf(faults, ": %s\n", why);
	}
	return faults->n == n;
}

/* --- What it says to whom -------------------------------------------- */

static int
matches(struct span pattern, struct span sender)
{
	struct buf p = { 0 }, s = { 0 };
	int r;

	buf_addlower(&p, pattern);
	buf_addlower(&s, sender);
	r = fnmatch(buf_str(&p), buf_str(&s), 0);
	buf_free(&p);
	buf_free(&s);
	return r == 0;
}

/* Whether the address in value is the sender. */
static int
is_sender(struct span value, struct span sender)
{
	struct hdr_addrs list;
	int same;

	hdr_addrs_init(&list, value);
	same = hdr_addrs_next(&list) == 1 &&
	    span_case_eq(buf_span(&list.addr), sender);
	hdr_addrs_free(&list);
	return same;
}

/* Whether the profile whose lines begin here is for that sender. */
static int
is_for(struct span pattern, struct lines l, struct span sender)
{
	struct line line;

	if (sender.n == 0)
		return 0;
	if (matches(pattern, sender))
		return 1;
	while (next(&l, &line) && !span_is(line.word, profile))
		if (span_is(line.word, "from") &&
		    is_sender(line.value, sender))
			return 1;
	return 0;
}

/* What the lines up to a profile, or the next one, say: 1, or 0. */
static int
says(struct lines l, const char *word, struct span *value)
{
	struct line line;

	while (next(&l, &line) && !span_is(line.word, profile))
		if (span_is(line.word, word)) {
			*value = line.value;
			return 1;
		}
	return 0;
}

/*
 * Whether the word above all profiles is not for the one that begins here: a
 * user is one of its server, and a secret that of its user.
 */
static int
is_of_other(struct span text, struct lines l, const char *word)
{
	static const char *const owners[] = { "server", "user" };
	const size_t n = strcmp(word, "secret") == 0 ? 2 :
	    strcmp(word, "user") == 0 ? 1 : 0;
	const struct lines top = { .rest = text };
	struct span own, above;
	size_t i;

	for (i = 0; i < n; i++)
		if (says(l, owners[i], &own) &&
		    (!says(top, owners[i], &above) || !span_eq(own, above)))
			return 1;
	return 0;
}

int
rcfile_find(struct span text, struct span sender, const char *word,
    struct span *value)
{
	struct lines l = { .rest = text };
	int found = 0, ours = 1, chosen = 0;
	struct line line;

	while (next(&l, &line)) {
		if (span_is(line.word, profile)) {
			if (chosen)
				break;
			ours = chosen = is_for(line.value, l, sender);
			found &= !chosen || !is_of_other(text, l, word);
		} else if (ours && span_is(line.word, word)) {
			*value = line.value;
			found = 1;
		}
	}
	return found;
}

int
rcfile_has(struct span text, const char *word)
{
	struct lines l = { .rest = text };
	struct line line;

	while (next(&l, &line))
		if (span_is(line.word, word))
			return 1;
	return 0;
}
