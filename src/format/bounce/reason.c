#include "reason.h"

#include "format/wire/results.h"

/* As much of a text as is searched for a reply. */
#define SEARCH_MAX 8192

static int
is_space(int c)
{
	return byte_is_blank(c) || c == '\r' || c == '\n';
}

/* Whether what follows three digits can follow a code; 555-1234 is none. */
static int
ends_code(struct span s)
{
	if (s.n == 0 || s.p[0] != '-')
		return s.n > 0 && is_space(s.p[0]);
	s = span_drop(s, 1);
	return s.n > 0 && (!byte_is_digit(s.p[0]) ||
	    result_enhanced(span_word(s)) > 0);
}

size_t
reason_reply(struct span s)
{
	const char *p = s.p;
	size_t i;

	for (i = 0; i + 3 < s.n; i++)
		if ((p[i] == '4' || p[i] == '5') && p[i + 1] >= '0' &&
		    p[i + 1] <= '5' && byte_is_digit(p[i + 2]) &&
		    (i == 0 || is_space(p[i - 1]) ||
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

/* Takes the next word, off *s, as words_of a text over several lines. */
static struct span
take_word(struct span *s)
{
	struct span word;

	while (s->n > 0 && is_space(s->p[0]))
		*s = span_drop(*s, 1);
	word = span_of(s->p, 0);
	while (word.n < s->n && !is_space(word.p[word.n]))
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

void
reason_add(struct buf *b, int *code, struct span text, struct span status)
{
	struct buf words = { 0 };
	struct span inner, rest;
	size_t at, n;

	if (text.n > SEARCH_MAX)
		text.n = SEARCH_MAX;
	at = reason_reply(text);
	*code = 0;
	if (at < text.n) {
		*code = (text.p[at] - '0') * 100 +
		    (text.p[at + 1] - '0') * 10 + (text.p[at + 2] - '0');
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
