/* Any text in a web page. */
#include "escape.h"

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
