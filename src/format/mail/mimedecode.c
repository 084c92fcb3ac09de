/* Encoded words and quoted-printable, decoded. */
#include "mime.h"

#define WORD_MAX 75		/* octets in an encoded word, RFC 2047 2 */
#define NAME_OCTETS 40		/* in the name of a charset; more is none */

/* An encoded word's parts. */
struct parts {
	struct span charset, text;
	char encoding;
};

/* Takes =?charset?encoding?text?= apart: its length, or 0. */
static size_t
take_apart(struct parts *w, struct span s)
{
	struct span rest, encoding;
	const char *end;

	if (!span_begins(s, "=?"))
		return 0;
	rest = span_word(span_drop(s, 2));
	w->charset = span_cut(&rest, '?');
	encoding = span_cut(&rest, '?');
	end = span_find(rest, '?');
	if (w->charset.n == 0 || encoding.n != 1 || end == NULL ||
	    (size_t)(end + 1 - rest.p) == rest.n || end[1] != '=')
		return 0;
	w->text = span_of(rest.p, (size_t)(end - rest.p));
	w->encoding = encoding.p[0] & ~0x20;
	/* RFC 2231 5: a language may follow the character set. */
	w->charset = span_cut(&w->charset, '*');
	return (size_t)(end + 2 - s.p);
}

/* The byte that =XX at the start of s stands for, or -1. */
static int
quoted_byte(struct span s)
{
	if (s.n < 3 || byte_hex(s.p[1]) < 0 || byte_hex(s.p[2]) < 0)
		return -1;
	return byte_hex(s.p[1]) << 4 | byte_hex(s.p[2]);
}

static int
decode_q(struct buf *b, struct span s)
{
	int c;

	while (s.n > 0) {
		c = s.p[0] == '=' ? quoted_byte(s) :
		    s.p[0] == '_' ? ' ' : (unsigned char)s.p[0];
		if (c < 0)
			return -1;
		buf_addc(b, c);
		s = span_drop(s, s.p[0] == '=' ? 3 : 1);
	}
	return 0;
}

/* NULL, or what is wrong with a word. */
static const char *
decode_one(struct buf *b, const struct parts *w, mime_convert *convert)
{
	const char *why = NULL;
	struct buf text = { 0 }, name = { 0 };

	buf_addspan(&name, w->charset);
	if (w->encoding != 'B' && w->encoding != 'Q')
		why = "an encoded word with another encoding than B and Q";
	else if ((w->encoding == 'B' ? mime_base64_decode(&text, w->text) :
	    decode_q(&text, w->text)) < 0)
		why = "an encoded word that cannot be decoded";
	else if (name.n > NAME_OCTETS || !span_is_line(buf_span(&name)) ||
	    convert(&text, buf_str(&name)) < 0)
		why = "an encoded word in a character set that is not known";
	else
		buf_addspan(b, buf_span(&text));
	buf_free(&text);
	buf_free(&name);
	return why;
}

static size_t
blanks(struct span s)
{
	size_t n;

	for (n = 0; n < s.n && (byte_is_blank(s.p[n]) || s.p[n] == '\r' ||
	    s.p[n] == '\n'); n++)
		;
	return n;
}

size_t
mime_words_decode(struct buf *b, struct span value,
    mime_convert *convert, const char **why)
{
	const char *fault;
	struct buf one = { 0 };
	struct parts w;
	size_t n, count = 0, gap = 0;
	int behind = 0;		/* a word, and blanks at most since */

	*why = NULL;
	for (; value.n > 0; value = span_drop(value, n)) {
		n = take_apart(&w, value);
		if (n == 0) {
			gap = blanks(value);
			behind = behind && gap > 0;
			n = gap > 0 ? gap : 1;
			buf_add(b, value.p, n);
			continue;
		}
		buf_clear(&one);
		fault = decode_one(&one, &w, convert);
		if (fault != NULL)
			*why = fault;
		else if (behind)
			b->n -= gap;
		if (n > WORD_MAX)	/* as some programs write them */
			*why = "an encoded word of more than 75 octets";
		buf_addspan(b, fault == NULL ? buf_span(&one) :
		    span_of(value.p, n));
		behind = fault == NULL;
		gap = 0;
		count++;
	}
	buf_free(&one);
	return count;
}

int
mime_qp_decode(struct buf *b, struct span line)
{
	int c;

	while (line.n > 0 && byte_is_blank(line.p[line.n - 1]))
		line.n--;
	while (line.n > 0) {
		if (line.n == 1 && line.p[0] == '=')
			return 1;
		c = line.p[0] == '=' ? quoted_byte(line) :
		    (unsigned char)line.p[0];
		if (c < 0)
			return -1;
		buf_addc(b, c);
		line = span_drop(line, line.p[0] == '=' ? 3 : 1);
	}
	return 0;
}
