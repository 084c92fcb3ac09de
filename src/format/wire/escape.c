#include "escape.h"

/*
 * How many bytes of s are ASCII that stands for itself; eight at a time, for
 * most of what is recorded is that.
 */
size_t
escape_plain(struct span s)
{
	const uint64_t high = BYTES8(0x80);
	size_t i = 0;
	uint64_t w, slash;

	for (; i + sizeof w <= s.n; i += sizeof w) {
		memcpy(&w, s.p + i, sizeof w);
		slash = w ^ BYTES8('\\');
		/* Below a blank, above 0x7e, or a backslash. */
		if (((w | (w - BYTES8(' ')) | (w + BYTES8(1)) |
		    (slash - BYTES8(1))) & high) != 0)
			break;
	}
	while (i < s.n && s.p[i] >= ' ' && s.p[i] <= '~' && s.p[i] != '\\')
		i++;
	return i;
}

static void
escape_byte(struct buf *b, char c)
{
	static const char hex[] = "0123456789ABCDEF";

	buf_addc(b, '\\');
	switch (c) {
	case '\t':
		buf_addc(b, 't');
		break;
	case '\r':
		buf_addc(b, 'r');
		break;
	case '\n':
		buf_addc(b, 'n');
		break;
	case '\\':
		buf_addc(b, '\\');
		break;
	default:
		buf_addc(b, 'x');
		buf_addc(b, hex[(unsigned char)c >> 4]);
		buf_addc(b, hex[(unsigned char)c & 15]);
	}
}

void
escape_add(struct buf *b, struct span text)
{
	size_t n;

	for (; text.n > 0; text = span_drop(text, n)) {
		n = escape_plain(text);
		if (n == 0 && text.p[0] != '\\')
			n = span_printable(text);
		buf_add(b, text.p, n);
		if (n == 0) {
			escape_byte(b, text.p[0]);
			n = 1;
		}
	}
}

/* Takes what stands behind a backslash: 0, or -1. */
static int
unescape_byte(struct buf *b, struct span *s)
{
	static const char letters[] = "trn\\", bytes[] = "\t\r\n\\";
	const char *at;
	int high, low;

	if (s->n == 0)
		return -1;
	at = strchr(letters, s->p[0]);
	if (s->p[0] != '\0' && at != NULL) {
		buf_addc(b, bytes[at - letters]);
		*s = span_drop(*s, 1);
		return 0;
	}
	if (s->n < 3 || s->p[0] != 'x')
		return -1;
	high = byte_hex(s->p[1]);
	low = byte_hex(s->p[2]);
	if (high < 0 || low < 0)
		return -1;
	buf_addc(b, high << 4 | low);
	*s = span_drop(*s, 3);
	return 0;
}

int
escape_undo(struct buf *b, struct span s)
{
	const char *slash;

	while ((slash = span_find(s, '\\')) != NULL) {
		buf_add(b, s.p, (size_t)(slash - s.p));
		s = span_drop(s, (size_t)(slash + 1 - s.p));
		if (unescape_byte(b, &s) < 0)
			return -1;
	}
	buf_addspan(b, s);
	return 0;
}

void
escape_html(struct buf *b, struct span value)
{
	static const char special[] = "&<>\"'";
	static const char *const written[] = {
		"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"
	};
	const char *p;
	size_t i;

	for (i = 0; i < value.n; i++) {
		p = memchr(special, value.p[i], sizeof special - 1);
		if (p != NULL)
			buf_adds(b, written[p - special]);
		else
			buf_addc(b, value.p[i]);
	}
}

void
escape_page(struct buf *b, struct span title, const char *style)
{
	buf_adds(b, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n<title>");
	escape_html(b, title);
	buf_addf(b, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<h1>",
	    style);
	escape_html(b, title);
	buf_adds(b, "</h1>\n");
}
