#include "page.h"

#include "format/wire/escape.h"

static const char style[] =
    "body { font: 16px/1.4 sans-serif; max-width: 70em; margin: 1em auto;\n"
    "  padding: 0 1em; color: #000; background: #fff }\n"
    "h1 { font-size: 1.3em }\n"
    "table { border-collapse: collapse }\n"
    "th, td { border: 1px solid #999; padding: 0.2em 0.5em;\n"
    "  text-align: left; vertical-align: top }\n"
    "table.points td:nth-child(even) { white-space: nowrap }\n"
    "table.class { font-size: 12px; line-height: 1.1 }\n"
    "table.class th, table.class td { padding: 0.3em 0.1em;\n"
    "  vertical-align: bottom; white-space: nowrap }\n"
    "table.class .up { writing-mode: vertical-rl; font-weight: normal;\n"
    "  transform: rotate(180deg); vertical-align: top }\n"
    "tr.failed { outline: 2px solid #000; background: #fee }\n"
    "td.zero { font-weight: bold; border: 2px solid #000;\n"
    "  background: #fdd }\n"
    ".seen { font-family: monospace; overflow-wrap: anywhere }\n"
    "@media print {\n"
    "  body { font-size: 13px; max-width: none; margin: 0; padding: 0 }\n"
    "  table.class { font-size: 7.5px }\n"
    "  tr { break-inside: avoid }\n"
    "}\n";

void
page_text(struct buf *b, struct span s)
{
	struct buf shown = { 0 };

	buf_addshown(&shown, s);
	escape_html(b, buf_span(&shown));
	buf_free(&shown);
}

void
page_begin(struct buf *b, struct span title)
{
	buf_adds(b, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n<title>");
	page_text(b, title);
	buf_addf(b, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<h1>",
	    style);
	page_text(b, title);
	buf_adds(b, "</h1>\n");
}

void
page_end(struct buf *b)
{
	buf_adds(b, "</body>\n</html>\n");
}
