#include "svg.h"

void
svg_begin(struct buf *b, size_t width, size_t across, size_t down)
{
	size_t height = down * width / across;

	buf_addf(b, "<svg xmlns=\"http://www.w3.org/2000/svg\" "
	    "version=\"1.1\" width=\"%zu\" height=\"%zu\" "
	    "viewBox=\"0 0 %zu %zu\" xml:space=\"preserve\">\n"
	    "<rect width=\"%zu\" height=\"%zu\" fill=\"#ffffff\"/>\n",
	    width, height, across, down, across, down);
}

void
svg_end(struct buf *b)
{
	buf_adds(b, "</svg>\n");
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
svg_add(struct buf *b, struct span s)
{
	size_t n;

	for (; s.n > 0; s = span_drop(s, n)) {
		n = holds(s);
		if (n == 0) {
			buf_addc(b, '?');
			n = span_char(s);
			n += n == 0;
		} else if (s.p[0] == '&')
			buf_adds(b, "&amp;");
		else if (s.p[0] == '<')
			buf_adds(b, "&lt;");
		else if (s.p[0] == '>')
			buf_adds(b, "&gt;");
		else
			buf_add(b, s.p, n);
	}
}
