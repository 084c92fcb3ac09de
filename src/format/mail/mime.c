#include "mime.h"

#define COLUMNS 76		/* of a body, RFC 2045 6.7 and 6.8 */
#define WORD_MAX 75		/* octets in an encoded word, RFC 2047 2 */
#define NAME_OCTETS 40		/* in the name of a charset; more is none */

static const char hex[] = "0123456789ABCDEF";
static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "abcdefghijklmnopqrstuvwxyz0123456789+/";

void
mime_check_text(struct span text, const char *name, struct buf *faults)
{
	struct span line;
	size_t number;

	for (number = 1; text.n > 0; number++) {
		line = span_line(&text);
		if (span_find(line, '\0') != NULL || !span_is_utf8(line))
			buf_addfault(faults, "%s:%zu: not text in UTF-8", name,
			    number);
	}
}

void
mime_line(struct buf *b, struct span s)
{
	size_t n;

	for (;;) {
		n = span_shown(s);
		buf_add(b, s.p, n);
		s = span_drop(s, n);
		if (s.n == 0)
			return;
		n = span_char(s);
		buf_addc(b, n == 0 ? '?' : ' ');
		s = span_drop(s, n == 0 ? 1 : n);
	}
}

void
mime_lines(struct buf *b, struct span text)
{
	while (text.n > 0) {
		mime_line(b, span_chomp(span_line(&text)));
		buf_addc(b, '\n');
	}
}

void
mime_base64(struct buf *b, const void *data, size_t n)
{
	const unsigned char *p = data;
	char *out;
	size_t i;
	unsigned v;

	buf_reserve(b, n / 3 * 4 + 4);
	out = b->p + b->n;
	for (i = 0; i + 2 < n; i += 3) {
		v = (unsigned)p[i] << 16 | (unsigned)p[i + 1] << 8 | p[i + 2];
		*out++ = base64[v >> 18];
		*out++ = base64[v >> 12 & 63];
		*out++ = base64[v >> 6 & 63];
		*out++ = base64[v & 63];
	}
	if (i < n) {
		v = (unsigned)p[i] << 16;
		if (i + 1 < n)
			v |= (unsigned)p[i + 1] << 8;
		*out++ = base64[v >> 18];
		*out++ = base64[v >> 12 & 63];
		*out++ = i + 1 < n ? base64[v >> 6 & 63] : '=';
		*out++ = '=';
	}
	b->n = (size_t)(out - b->p);
}

void
mime_base64_lines(struct buf *b, const void *data, size_t n)
{
	const size_t line = COLUMNS / 4 * 3;
	const char *p = data;
	size_t take;

	for (; n > 0; n -= take, p += take) {
		take = n < line ? n : line;
		mime_base64(b, p, take);
		buf_adds(b, "\r\n");
	}
}

static int
base64_value(char c)
{
	const char *p;

	p = c != '\0' ? strchr(base64, c) : NULL;
	return p != NULL ? (int)(p - base64) : -1;
}

/* Bits that the last, shorter group does not carry must be zero. */
static int
decode_group(struct buf *b, const char *p, int last)
{
	unsigned v = 0;
	int i, digit, n = 4;

	if (last && p[3] == '=')
		n = p[2] == '=' ? 2 : 3;
	for (i = 0; i < 4; i++) {
		digit = i < n ? base64_value(p[i]) : 0;
		if (digit < 0)
			return -1;
		v = v << 6 | (unsigned)digit;
	}
	if ((n == 2 && (v & 0xffff) != 0) || (n == 3 && (v & 0xff) != 0))
		return -1;
	for (i = 0; i < n - 1; i++)
		buf_addc(b, (int)(v >> (16 - 8 * i) & 0xff));
	return 0;
}

int
mime_base64_decode(struct buf *b, struct span s)
{
	size_t i, before = b->n;

	if (s.n % 4 != 0)
		return -1;
	for (i = 0; i < s.n; i += 4)
		if (decode_group(b, s.p + i, i + 4 == s.n) < 0) {
			b->n = before;
			return -1;
		}
	return 0;
}

/* The byte that =XX at the start of s stands for, or -1. */
static int
quoted_byte(struct span s)
{
	if (s.n < 3 || byte_hex(s.p[1]) < 0 || byte_hex(s.p[2]) < 0)
		return -1;
	return byte_hex(s.p[1]) << 4 | byte_hex(s.p[2]);
}

/* The bytes of one line, all but its end; more follows in the same line. */
static void
qp_line(struct buf *b, struct span line, int again, int more)
{
	size_t i, n, col = 0, width;
	unsigned char c;
	int last, plain;

	for (i = 0; i < line.n; i += n) {
		c = (unsigned char)line.p[i];
		n = again && c == '=' &&
		    quoted_byte(span_drop(line, i)) >= 0 ? 3 : 1;
		last = i + n == line.n && !more;
		plain = n == 3 || (c > ' ' && c < 0x7f && c != '=') ||
		    (byte_is_blank(c) && !last);
		width = plain ? n : 3;
		if (col + width + !last > COLUMNS) {
			buf_adds(b, "=\r\n");
			col = 0;
			/* A new line must not look like a delimiter. */
			plain = plain && c != '-';
			width = plain ? n : 3;
		}
		if (plain) {
			buf_add(b, line.p + i, n);
		} else {
			buf_addc(b, '=');
			buf_addc(b, hex[c >> 4]);
			buf_addc(b, hex[c & 15]);
		}
		col += width;
	}
}

void
mime_qp(struct buf *b, struct span text)
{
	while (text.n > 0) {
		qp_line(b, span_chomp(span_line(&text)), 0, 0);
		buf_adds(b, "\r\n");
	}
}

/* Blanks at the end of a line are not part of the text, RFC 2045 6.7 (3). */
void
mime_qp_again(struct buf *b, struct span text)
{
	struct span line;
	int soft;

	while (text.n > 0) {
		line = span_chomp(span_line(&text));
		while (line.n > 0 && byte_is_blank(line.p[line.n - 1]))
			line.n--;
		soft = line.n > 0 && line.p[line.n - 1] == '=';
		line.n -= (size_t)soft;
		qp_line(b, line, 1, soft);
		buf_adds(b, soft ? "=\r\n" : "\r\n");
	}
}

void
mime_base64_again(struct buf *b, struct span text)
{
	size_t i, col = 0;

	for (i = 0; i < text.n; i++) {
		if (text.p[i] != '=' && base64_value(text.p[i]) < 0)
			continue;
		buf_addc(b, text.p[i]);
		if (++col == COLUMNS) {
			buf_adds(b, "\r\n");
			col = 0;
		}
	}
	if (col > 0)
		buf_adds(b, "\r\n");
}

enum mime_form
mime_scan_short(struct span text)
{
	if (span_find(text, '\0') != NULL)
		return MIME_QP;
	return span_is_ascii(text) ? MIME_7BIT : MIME_8BIT;
}

enum mime_form
mime_scan(struct span text)
{
	struct span rest = text, line;

	while (rest.n > 0) {
		line = span_chomp(span_line(&rest));
		if (line.n > MIME_LINE_MAX || span_find(line, '\r') != NULL)
			return MIME_QP;
	}
	return mime_scan_short(text);
}

const char *
mime_form_name(enum mime_form form)
{
	return form == MIME_7BIT ? "7bit" :
	    form == MIME_8BIT ? "8bit" : "quoted-printable";
}

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
