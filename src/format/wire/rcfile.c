#include "rcfile.h"

#include <fnmatch.h>

#include "format/mail/addr.h"
#include "format/mail/hdr.h"

/* Seconds that a wait may be limited to, as -T has it: a day. */
#define TIMEOUT_MAX 86400

/* Octets of a value. */
#define VALUE_MAX 4096

static const char names[RCFILE_WORDS][8] = { "server", "tls", "user",
    "secret", "from", "name", "helo", "timeout", "aliases", "profile" };

/* One line of the file; name is empty where it says nothing. */
struct line {
	struct span name, value;
	enum rcfile_word word;	/* RCFILE_WORDS: there is none of that name */
	size_t number;
};

struct lines {
	struct span rest;
	size_t number;
};

static enum rcfile_word
find_word(struct span name)
{
	enum rcfile_word i;

	for (i = 0; i < RCFILE_WORDS && !span_is(name, names[i]); i++)
		;
	return i;
}

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
	line->name = span_take_word(&text);
	line->word = find_word(line->name);
	line->value = span_trim(text);
	return 1;
}

/* --- What a line may say --------------------------------------------- */

int
rcfile_tls(struct span value)
{
	static const char *const kinds[] = { "off", "starttls", "direct" };

	return span_index(value, kinds, COUNT(kinds));
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

static const char *
check(enum rcfile_word word, struct span value)
{
	switch (word) {
	case RCFILE_TLS:
		return rcfile_tls(value) < 0 ?
		    "neither off, starttls nor direct" : NULL;
	case RCFILE_FROM:
		return check_from(value);
	case RCFILE_HELO:
		return check_helo(value);
	case RCFILE_TIMEOUT:
		return check_timeout(value);
	default:
		return NULL;
	}
}

/* NULL, or what is wrong with a line that is not empty. */
static const char *
fault(const struct line *line, unsigned said)
{
	if (line->word == RCFILE_WORDS)
		return "no such setting";
	if (line->value.n == 0)
		return "it has no value";
	if (line->value.n > VALUE_MAX)
		return "too long";
	if (span_has_control(line->value))
		return "a control character";
	if ((said & 1u << line->word) != 0 && line->word != RCFILE_PROFILE)
		return "repeated";
	return check(line->word, line->value);
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
		if (line.name.n == 0)
			continue;
		why = fault(&line, said);
		said = line.word == RCFILE_PROFILE ? 0 :
		    said | 1u << line.word;
		if (why == NULL)
			continue;
		buf_addshown(faults, span_str(name));
		buf_addf(faults, ":%zu: ", line.number);
		buf_addshown(faults, line.name);
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
	while (next(&l, &line) && line.word != RCFILE_PROFILE)
		if (line.word == RCFILE_FROM &&
		    is_sender(line.value, sender))
			return 1;
	return 0;
}

/* What the lines up to a profile, or the next one, say: 1, or 0. */
static int
says(struct lines l, enum rcfile_word word, struct span *value)
{
	struct line line;

	while (next(&l, &line) && line.word != RCFILE_PROFILE)
		if (line.word == word) {
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
is_of_other(struct span text, struct lines l, enum rcfile_word word)
{
	static const enum rcfile_word owners[] = { RCFILE_SERVER, RCFILE_USER };
	const size_t n = word == RCFILE_SECRET ? 2 : word == RCFILE_USER;
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
rcfile_find(struct span text, struct span sender, enum rcfile_word word,
    struct span *value)
{
	struct lines l = { .rest = text };
	int found = 0, ours = 1, chosen = 0;
	struct line line;

	while (next(&l, &line)) {
		if (line.word == RCFILE_PROFILE) {
			if (chosen)
				break;
			ours = chosen = is_for(line.value, l, sender);
			found &= !chosen || !is_of_other(text, l, word);
		} else if (ours && line.word == word) {
			*value = line.value;
			found = 1;
		}
	}
	return found;
}

int
rcfile_has(struct span text, enum rcfile_word word)
{
	struct lines l = { .rest = text };
	struct line line;

	while (next(&l, &line))
		if (line.word == word)
			return 1;
	return 0;
}
