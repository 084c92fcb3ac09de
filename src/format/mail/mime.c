#include "mime.h"

#define COLUMNS 76		/* of a body, RFC 2045 6.7 and 6.8 */

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

/* Whether s begins with a byte that is quoted already. */
static int
is_quoted(struct span s)
{
	return s.n >= 3 && s.p[0] == '=' && byte_hex(s.p[1]) >= 0 &&
	    byte_hex(s.p[2]) >= 0;
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
		n = again && is_quoted(span_drop(line, i)) ? 3 : 1;
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
