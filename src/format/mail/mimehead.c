#include "mimehead.h"

#include "mime.h"

#define COLUMNS 78		/* where lines are folded, RFC 5322 2.1.1 */
#define WORD_MAX 75		/* octets in an encoded word, RFC 2047 2 */
#define WORD_COLUMNS 76		/* with an encoded word in it, RFC 2047 2 */

/*
 * A longer run of printable characters is encoded, so that it can be folded:
 * with a field name before it the rest would not fit MIME_LINE_MAX.
 */
#define PLAIN_MAX 900

/* What stands around the text of an encoded word. */
#define WORD_EXTRA (sizeof "=?utf-8?b?" - 1 + sizeof "?=" - 1)

static int
is_alnum(unsigned char c)
{
	return byte_is_letter(c) || byte_is_digit(c);
}

static int
is_one_of(unsigned char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* Characters that stand for themselves in an encoded word of any place. */
static int
is_word_safe(unsigned char c)
{
	return is_alnum(c) || is_one_of(c, "!*+-/");
}

static size_t
q_width(struct span s)
{
	size_t i, n = 0;

	for (i = 0; i < s.n; i++)
		n += s.p[i] == ' ' || is_word_safe((unsigned char)s.p[i]) ?
		    1 : 3;
	return n;
}

static size_t
b_width(struct span s)
{
	return (s.n + 2) / 3 * 4;
}

/* Bytes of whole characters of s that fit into room columns, encoded. */
static size_t
fit(struct span s, size_t room, size_t (*width)(struct span))
{
	size_t n = 0, next;

	while (n < s.n) {
		next = span_char(span_drop(s, n));
		next = n + (next != 0 ? next : 1);
		if (width(span_of(s.p, next)) > room)
			break;
		n = next;
	}
	return n;
}

static void
word(struct buf *b, struct span s, int q)
{
	size_t i;

	buf_adds(b, q ? "=?utf-8?q?" : "=?utf-8?b?");
	if (!q)
		mime_base64(b, s.p, s.n);
	for (i = 0; q && i < s.n; i++)
		if (s.p[i] == ' ')
			buf_addc(b, '_');
		else if (is_word_safe((unsigned char)s.p[i]))
			buf_addc(b, s.p[i]);
		else
			buf_addf(b, "=%02X", (unsigned char)s.p[i]);
	buf_adds(b, "?=");
}

/*
 * s in encoded words.  A blank is put before the first where blank says so;
 * what is put between the others does not belong to the text.  Where it costs
 * little more, "q" is chosen, which people can read.
 */
static void
words(struct buf *b, struct span s, int blank, size_t *col)
{
	const int q = 4 * q_width(s) <= 5 * b_width(s);
	size_t room, n, from;

	while (s.n > 0) {
		room = *col + (size_t)blank + WORD_EXTRA;
		room = room < WORD_COLUMNS ? WORD_COLUMNS - room : 0;
		if (room > WORD_MAX - WORD_EXTRA)
			room = WORD_MAX - WORD_EXTRA;
		n = fit(s, room, q ? q_width : b_width);
		if (n == 0) {
			buf_adds(b, "\r\n");
			*col = 0;
			blank = 1;
			continue;
		}
		from = b->n;
		if (blank)
			buf_addc(b, ' ');
		word(b, span_of(s.p, n), q);
		*col += b->n - from;
		s = span_drop(s, n);
		blank = 1;
	}
}

/* A copy of one line, without controls and without blanks at its ends. */
static struct span
one_line(struct buf *b, struct span text)
{
	size_t i;

	buf_addspan(b, text);
	for (i = 0; i < b->n; i++)
		if ((unsigned char)b->p[i] < 0x20 || b->p[i] == 0x7f)
			b->p[i] = ' ';
	return span_trim(buf_span(b));
}

/* Length of the blanks and the word after them at the start of s. */
static size_t
token(struct span s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] == ' ')
		n++;
	while (n < s.n && s.p[n] != ' ')
		n++;
	return n;
}

/* Whether a token must not stand as it is, or would pass for encoded. */
static int
is_special(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] > 0x7e ||
		    (s.p[i] == '=' && i + 1 < s.n && s.p[i + 1] == '?'))
			return 1;
	return s.n > PLAIN_MAX;
}

/* Whether the last line has an encoded word: all else with =? is encoded. */
static int
has_word(const struct buf *b)
{
	size_t i = b->n;

	while (i > 1 && b->p[i - 1] != '\n') {
		i--;
		if (b->p[i] == '?' && b->p[i - 1] == '=')
			return 1;
	}
	return 0;
}

int
mimehead_fits(const struct buf *b, size_t col, size_t n)
{
	return col + n <= WORD_COLUMNS ||
	    (col + n <= COLUMNS && !has_word(b));
}

void
mimehead_text(struct buf *b, struct span text, size_t *col)
{
	struct buf clean = { 0 };
	struct span s = one_line(&clean, text);
	size_t n, next;
	int blank;

	while (s.n > 0) {
		n = token(s);
		blank = s.p[0] == ' ';
		if (is_special(span_of(s.p, n))) {
			while ((next = token(span_drop(s, n))) > 0 &&
			    is_special(span_of(s.p + n, next)))
				n += next;
			words(b, span_of(s.p + blank, n - (size_t)blank),
			    blank, col);
		} else {
			if (blank && !mimehead_fits(b, *col, n)) {
				buf_adds(b, "\r\n");
				*col = 0;
			}
			buf_add(b, s.p, n);
			*col += n;
		}
		s = span_drop(s, n);
	}
	buf_free(&clean);
}

/* Atoms with single blanks between them, which need no quotes. */
static int
is_atoms(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (!is_alnum((unsigned char)s.p[i]) &&
		    !is_one_of((unsigned char)s.p[i], "!#$%&'*+-/=?^_`{|}~") &&
		    (s.p[i] != ' ' || s.p[i - 1] == ' '))
			return 0;
	return 1;
}

void
mimehead_phrase(struct buf *b, struct span name, size_t *col)
{
	struct buf clean = { 0 };
	struct span s = one_line(&clean, name);
	size_t from = b->n;

	if (is_atoms(s)) {
		mimehead_text(b, s, col);
	} else if (!is_special(s) && 2 * s.n + 2 < COLUMNS) {
		mimehead_quoted(b, s);
		*col += b->n - from;
	} else {
		words(b, s, 0, col);
	}
	buf_free(&clean);
}

static int
is_token(unsigned char c)
{
	return byte_is_graph(c) && !is_one_of(c, "()<>@,;:\\\"/[]?=");
}

/* The next piece of a value by RFC 2231, of at most to columns. */
static size_t
extended(struct buf *b, struct span s, size_t to)
{
	const size_t from = b->n;
	size_t at = 0, n, i, mark;
	unsigned char c;

	while (at < s.n) {
		n = span_char(span_drop(s, at));
		mark = b->n;
		for (i = at; i < at + (n != 0 ? n : 1); i++) {
			c = (unsigned char)s.p[i];
			if (is_token(c) && !is_one_of(c, "*'%"))
				buf_addc(b, c);
			else
				buf_addf(b, "%%%02X", c);
		}
		if (b->n - from > to) {
			b->n = mark;
			break;
		}
		at = i;
	}
	return at;
}

/*
 * Without a charset where it is not known.  A value in one piece has no
 * number, so that readers who know no continuations understand it.
 */
static void
param_extended(struct buf *b, const char *name, struct span value)
{
	const char *charset = span_is_utf8(value) ? "utf-8''" : "''";
	size_t start = b->n, line = b->n, n, i;

	buf_addf(b, ";\r\n %s*=%s", name, charset);
	line += sizeof ";\r\n" - 1;
	if (extended(b, value, COLUMNS - 1 - (b->n - line)) == value.n)
		return;
	b->n = start;
	for (i = 0; value.n > 0; i++) {
		line = b->n + sizeof ";\r\n" - 1;
		buf_addf(b, ";\r\n %s*%zu*=%s", name, i, i == 0 ? charset : "");
		n = extended(b, value, COLUMNS - 1 - (b->n - line));
		value = span_drop(value, n);
	}
}

void
mimehead_param(struct buf *b, const char *name, struct span value)
{
	int tokens = value.n > 0, plain = 1;
	unsigned char c;
	size_t i;

	for (i = 0; i < value.n; i++) {
		c = (unsigned char)value.p[i];
		/* what RFC 2231 has a meaning for misleads readers */
		tokens = tokens && is_token(c) && !is_one_of(c, "*'%");
		plain = plain && (byte_is_graph(c) || c == ' ') &&
		    !is_one_of(c, "\"\\");
	}
	if (!plain || is_special(value) ||
	    strlen(name) + value.n + sizeof " =\"\";" - 1 > COLUMNS)
		param_extended(b, name, value);
	else
		buf_addf(b, tokens ? ";\r\n %s=%.*s" : ";\r\n %s=\"%.*s\"",
		    name, (int)value.n, value.p);
}

void
mimehead_quoted(struct buf *b, struct span s)
{
	size_t i;

	buf_addc(b, '"');
	for (i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_addc(b, '\\');
		buf_addc(b, s.p[i]);
	}
	buf_addc(b, '"');
}
