#include "svg.h"

void
svg_frame(struct buf *b, size_t width, size_t across, size_t down)
{
	size_t height = down * width / across;
	struct buf head = { 0 };

	buf_addf(&head, "<svg xmlns=\"http://www.w3.org/2000/svg\" "
	    "version=\"1.1\" width=\"%zu\" height=\"%zu\" "
	    "viewBox=\"0 0 %zu %zu\" xml:space=\"preserve\">\n"
	    "<rect width=\"%zu\" height=\"%zu\" fill=\"#ffffff\"/>\n",
	    width, height, across, down, across, down);
	buf_insert(b, 0, head.p, head.n);
	buf_adds(b, "</svg>\n");
	buf_free(&head);
}

/* How many bytes XML can hold, of those that s begins with. */
static size_t
holds(struct span s)
{
	size_t n = span_printable(s);

	/* U+FFFE and U+FFFF are no characters. */
	if (n == 3 && memcmp(s.p, "\xef\xbf", 2) == 0 &&
	    (unsigned char)s.p[2] >= 0xbe)
		return 0;
	return n;
}

void
svg_add(struct buf *b, struct span text)
{
	size_t n;

	for (; text.n > 0; text = span_drop(text, n)) {
		n = holds(text);
		if (n == 0) {
			buf_addc(b, '?');
			n = span_char(text);
			n += n == 0;
		} else if (text.p[0] == '&')
			buf_adds(b, "&amp;");
		else if (text.p[0] == '<')
			buf_adds(b, "&lt;");
		else if (text.p[0] == '>')
			buf_adds(b, "&gt;");
		else
			buf_add(b, text.p, n);
	}
}

/* How many bytes the first characters have. */
static size_t
bytes_of(struct span s, size_t characters)
{
	size_t n = 0, c;

	for (; n < s.n && characters > 0; characters--) {
		c = span_char(span_drop(s, n));
		n += c > 0 ? c : 1;
	}
	return n;
}

void
svg_fit(struct buf *b, struct span text, size_t characters)
{
	if (bytes_of(text, characters) == text.n) {
		svg_add(b, text);
		return;
	}
	svg_add(b, span_of(text.p, bytes_of(text, characters - 1)));
	buf_adds(b, "\xe2\x80\xa6");
}

void
svg_text(struct buf *b, size_t x, size_t y, const char *attributes,
    struct span text)
{
	buf_addf(b, "<text x=\"%zu\" y=\"%zu\"%s%s>", x, y,
	    attributes[0] != '\0' ? " " : "", attributes);
	svg_add(b, text);
	buf_adds(b, "</text>\n");
}

void
svg_rect(struct buf *b, size_t x, size_t y, size_t width, size_t height,
    const char *attributes)
{
	buf_addf(b, "<rect x=\"%zu\" y=\"%zu\" width=\"%zu\" height=\"%zu\" "
	    "%s/>\n", x, y, width, height, attributes);
}
