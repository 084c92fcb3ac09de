#include "found.h"

#include <stdlib.h>

#include "format/mail/addr.h"
#include "format/mail/hdr.h"
#include "format/wire/reply.h"

/* No mailing list's server lists more of them in a report. */
#define FOUND_MAX 10000

/* As much of it as a results line tells. */
#define REASON_MAX 1000

/* As much of a text as is searched for a reply. */
#define SEARCH_MAX 8192

/* Whether what follows three digits can follow a code; 555-1234 is none. */
static int
ends_code(struct span s)
{
	if (s.n == 0 || s.p[0] != '-')
		return s.n > 0 && byte_is_space(s.p[0]);
	s = span_drop(s, 1);
	return s.n > 0 && (!byte_is_digit(s.p[0]) ||
	    result_enhanced(span_word(s)) > 0);
}

size_t
found_reply(struct span s)
{
	const char *p = s.p;
	size_t i;

	for (i = 0; i + 3 < s.n; i++)
		if ((p[i] == '4' || p[i] == '5') && p[i + 1] >= '0' &&
		    p[i + 1] <= '5' && byte_is_digit(p[i + 2]) &&
		    (i == 0 || byte_is_space(p[i - 1]) ||
		    strchr(":;#(\"'", p[i - 1]) != NULL) &&
		    ends_code(span_drop(s, i + 3)))
			return i;
	return s.n;
}

/* An enhanced code behind # or (, as qmail and Exchange write it. */
static struct span
find_status(struct span s)
{
	struct span rest;
	size_t i, n;

	for (i = 0; i + 1 < s.n; i++) {
		if (s.p[i] != '#' && s.p[i] != '(')
			continue;
		rest = span_drop(s, i + 1);
		for (n = 0; n < rest.n && (rest.p[n] == '.' ||
		    byte_is_digit(rest.p[n])); n++)
			;
		rest.n = n;
		if (result_enhanced(rest) == n && n > 0 &&
		    (rest.p[0] == '4' || rest.p[0] == '5'))
			return rest;
	}
	return span_of(NULL, 0);
}

/* Takes the next word, off *s, which may go over several lines. */
static struct span
take_word(struct span *s)
{
	struct span word;

	while (s->n > 0 && byte_is_space(s->p[0]))
		*s = span_drop(*s, 1);
	word = span_of(s->p, 0);
	while (word.n < s->n && !byte_is_space(word.p[word.n]))
		word.n++;
	*s = span_drop(*s, word.n);
	return word;
}

/*
 * The words with a blank between them; the code that each line of a reply
 * begins with stands there no more.
 */
static void
add_words(struct buf *b, struct span s, int code)
{
	const size_t begin = b->n;
	char again[5] = "000-";
	struct span word;

	again[0] = (char)('0' + code / 100);
	again[1] = (char)('0' + code / 10 % 10);
	again[2] = (char)('0' + code % 10);
	while ((word = take_word(&s)).n > 0 && b->n - begin < REASON_MAX) {
		if (code != 0 && span_begins(word, again))
			continue;
		if (b->n > begin)
			buf_addc(b, ' ');
		buf_addspan(b, word);
	}
	if (b->n - begin > REASON_MAX)
		b->n = begin + REASON_MAX;
}

/*
 * The first paragraph, without a bracket at its end that none opens; a line
 * like -- ends it, too.
 */
static struct span
paragraph(struct span text)
{
	struct span line, rest = text, s = span_of(text.p, 0);
	char open;

	while (rest.n > 0) {
		line = span_trim(span_chomp(span_line(&rest)));
		if ((line.n == 0 && s.n > 0) || span_begins(line, "--"))
			break;
		if (line.n > 0)
			s.n = (size_t)(line.p + line.n - s.p);
	}
	open = s.n == 0 ? '\0' : s.p[s.n - 1] == ')' ? '(' :
	    s.p[s.n - 1] == '>' ? '<' : '\0';
	if (open != '\0' && span_find(s, open) == NULL)
		s.n--;
	return s;
}

/* A status that tells no more than its first digit. */
static int
is_vague(struct span status)
{
	return status.n == 0 || result_enhanced(status) != status.n ||
	    span_is(span_drop(status, 1), ".0.0");
}

/*
 * Appends text on one line, from the SMTP reply on that stands in it, whose
 * code goes into *code (0: there is none).  It begins with an enhanced status
 * code where that is known: the reply's own, one in the text, or status.
 */
static void
add_reason(struct buf *b, int *code, struct span text, struct span status)
{
	struct buf words = { 0 };
	struct span inner, rest;
	size_t at, n;

	if (text.n > SEARCH_MAX)
		text.n = SEARCH_MAX;
	at = found_reply(text);
	*code = 0;
	if (at < text.n) {
		*code = reply_code(span_drop(text, at));
		text = span_drop(text, at + 4);
	}
	text = paragraph(text);
	inner = find_status(text);
	add_words(&words, text, *code);
	rest = buf_span(&words);
	n = result_enhanced(rest);
	if (is_vague(status))
		status = inner;
	if (status.n > 0 && is_vague(span_of(rest.p, n))) {
		rest = span_trim(span_drop(rest, n));
		buf_addspan(b, status);
		if (rest.n > 0)
			buf_addc(b, ' ');
	}
	buf_addspan(b, rest);
	buf_free(&words);
}

void
found_clear(struct found *f)
{
	f->n = 0;
	buf_clear(&f->text);
}

void
found_free(struct found *f)
{
	free(f->one);
	buf_free(&f->text);
	memset(f, 0, sizeof *f);
}

/* The address in s, or an empty span. */
static struct span
address(struct span s)
{
	struct addr a;

	s = span_trim(s);
	if (s.n > 1 && s.p[0] == '<' && s.p[s.n - 1] == '>')
		s = span_of(s.p + 1, s.n - 2);
	return addr_parse(&a, s, NULL) < 0 ? span_of(NULL, 0) : s;
}

/* Whether the last one says of its recipient what the one before it does. */
static int
is_repeated(const struct found *f)
{
	const struct found_one *a, *b;

	if (f->n < 2)
		return 0;
	a = &f->one[f->n - 1];
	b = &f->one[f->n - 2];
	return a->status == b->status &&
	    span_eq(buf_piece(&f->text, a->rcpt),
	    buf_piece(&f->text, b->rcpt));
}

/* Whether some of s are encoded words (RFC 2047), to all appearances. */
static int
is_encoded(struct span s)
{
	const char *mark;

	while ((mark = span_find(s, '=')) != NULL) {
		s = span_drop(s, (size_t)(mark + 1 - s.p));
		if (span_begins(s, "?"))
			return 1;
	}
	return 0;
}

static void
explain(struct found *f, struct found_one *one, struct span why,
    struct span status)
{
	struct buf line = { 0 }, plain = { 0 };
	const char *wrong;

	if (f->convert != NULL && is_encoded(why)) {
		hdr_unfold(&line, why);
		mime_words_decode(&plain, buf_span(&line), f->convert, &wrong);
		why = buf_span(&plain);
	}
	one->text.at = f->text.n;
	add_reason(&f->text, &one->code, why, status);
	one->text.n = f->text.n - one->text.at;
	buf_free(&line);
	buf_free(&plain);
}

void
found_explain(struct found *f, struct found_one *one, struct span why)
{
	if (one->text.n == 0 && one->code == 0)
		explain(f, one, why, span_of(NULL, 0));
}

void
found_add(struct found *f, enum result_status what, struct span rcpt,
    struct span why, struct span status, struct span server)
{
	struct found_one *one;

	if (f->n == FOUND_MAX)
		return;
	f->one = die_grow(f->one, f->n, &f->cap, sizeof *f->one);
	one = &f->one[f->n++];
	one->status = what;
	one->rcpt = buf_keep(&f->text, address(rcpt));
	one->server = buf_keep(&f->text, server);
	explain(f, one, why, status);
	if (is_repeated(f))
		f->n--;
}
