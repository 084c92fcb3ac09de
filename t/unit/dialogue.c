/* format/dialogue/dialogue, format/wire/escape */
#include "test.h"

#include "format/dialogue/dialogue.h"
#include "format/wire/escape.h"

static void
test_escape(void)
{
	static const char raw[] = "a\tb\r\n\\ \0\x7f\xc3\xa9\xc3\xc2\x85"
	    "\xe2\x80\xaestands for itself, but \x1b";
	struct buf b = { 0 }, back = { 0 };
	struct span s = span_of(raw, sizeof raw - 1);

	escape_add(&b, s);
	CHECK_BUF(&b, "a\\tb\\r\\n\\\\ \\x00\\x7F\xc3\xa9\\xC3\\xC2\\x85"
	    "\\xE2\\x80\\xAEstands for itself, but \\x1B");
	CHECK_INT(escape_undo(&back, buf_span(&b)), 0);
	CHECK(span_eq(buf_span(&back), s));
	buf_free(&b);
	buf_free(&back);
}

/* Each byte, at each place among those that are looked at together. */
static void
test_bytes(void)
{
	struct buf b = { 0 }, back = { 0 };
	char text[24];
	int c, at;

	for (c = 0; c < 256; c++)
		for (at = 0; at < (int)sizeof text; at++) {
			memset(text, at % 2 == 0 ? '~' : ' ', sizeof text);
			text[at] = (char)c;
			buf_clear(&b);
			buf_clear(&back);
			escape_add(&b, span_of(text, sizeof text));
			CHECK(!span_has_control(buf_span(&b)));
			CHECK((b.n == sizeof text) ==
			    (c >= ' ' && c <= '~' && c != '\\'));
			CHECK_INT(escape_undo(&back, buf_span(&b)), 0);
			CHECK(span_eq(buf_span(&back),
			    span_of(text, sizeof text)));
		}
	buf_free(&b);
	buf_free(&back);
}

static void
test_no_escape(void)
{
	static const char *const bad[] = { "\\", "x\\q", "\\x", "\\x4",
	    "\\xg0", "\\x0g", "\\N" };
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < COUNT(bad); i++)
		CHECK_INT(escape_undo(&b, span_str(bad[i])), -1);
	CHECK_INT(escape_undo(&b, span_of("\\\0", 2)), -1);
	buf_free(&b);
}

static void
test_written(void)
{
	struct dialogue_head h = { DIALOGUE_SMTP, { NULL, 0 }, { NULL, 0 },
	    1795304772 };
	struct dialogue_event e = { 0 };
	struct dialogue d = { 0 };
	struct buf b = { 0 };

	h.server = span_str("/my run/-");
	dialogue_add_head(&b, &h);
	CHECK_BUF(&b, "dialogue 1 smtp - /my\\x20run/- 2026-11-21T23:46:12Z\n");
	CHECK_INT(dialogue_line(&d, buf_span(&b)), DIALOGUE_OTHER);
	buf_clear(&b);
	e.time = 12000345;
	e.side = DIALOGUE_SERVER;
	e.end = DIALOGUE_LF;
	e.flags = DIALOGUE_EARLY | DIALOGUE_TEXT;
	e.text = span_str("250\tOk");
	dialogue_add(&b, &e);
	CHECK_BUF(&b, "12.000345\tS\tlf\tearly,text\t250\\tOk\n");
	CHECK_INT(dialogue_line(&d, buf_span(&b)), DIALOGUE_EVENT);
	CHECK_INT(d.begins, 1);
	CHECK_INT(d.head.protocol, DIALOGUE_SMTP);
	CHECK_INT(d.head.client.n, 0);
	CHECK_SPAN(d.head.server, "/my run/-");
	CHECK_INT(d.head.time, 1795304772);
	CHECK_INT(d.event.time, 12000345);
	CHECK_INT(d.event.side, DIALOGUE_SERVER);
	CHECK_INT(d.event.end, DIALOGUE_LF);
	CHECK_INT(d.event.flags, DIALOGUE_EARLY | DIALOGUE_TEXT);
	CHECK_SPAN(d.event.text, "250\tOk");
	buf_clear(&b);
	memset(&e, 0, sizeof e);
	e.side = DIALOGUE_NOTE;
	e.end = DIALOGUE_NO_END;
	e.text = span_str("close");
	dialogue_add(&b, &e);
	CHECK_BUF(&b, "0.000000\t-\t-\t-\tclose\n");
	CHECK_INT(dialogue_line(&d, buf_span(&b)), DIALOGUE_EVENT);
	CHECK_INT(d.begins, 0);
	CHECK_INT(d.event.side, DIALOGUE_NOTE);
	CHECK_INT(d.event.end, DIALOGUE_NO_END);
	CHECK_INT(d.event.flags, 0);
	dialogue_free(&d);
	buf_free(&b);
}

static void
test_bad(void)
{
	static const char *const heads[] = {
		"dialogue ", "dialogue 2 smtp - - 2026-11-21T23:46:12Z",
		"dialogue 1 imap - - 2026-11-21T23:46:12Z",
		"dialogue 1 smtp \\ - 2026-11-21T23:46:12Z",
		"dialogue 1 smtp - - today", "dialogue 1 smtp -"
	};
	static const char *const events[] = {
		"x", "0.0", "0.0\tC\tcrlf\t", "0.0\tX\tcrlf\t-\tx",
		"0.0\t\tcrlf\t-\tx", "0.0\tC\tcrlf\t\tx",
		"0.0\tC\tlfcr\t-\tx", "0.0\tC\tcrlf\t-\t\\q",
		"0.x\tC\tcrlf\t-\tx", "-1.0\tC\tcrlf\t-\tx"
	};
	struct dialogue d = { 0 };
	size_t i;

	for (i = 0; i < COUNT(heads); i++) {
		CHECK_INT(dialogue_line(&d, span_str(heads[i])), DIALOGUE_BAD);
		CHECK(d.why != NULL);
	}
	CHECK_INT(dialogue_line(&d, span_str(events[0])), DIALOGUE_OTHER);
	dialogue_line(&d,
	    span_str("dialogue 1 order a b 2026-11-21T23:46:12Z\r\n"));
	for (i = 0; i < COUNT(events); i++)
		CHECK_INT(dialogue_line(&d, span_str(events[i])),
		    DIALOGUE_BAD);
	CHECK_INT(dialogue_line(&d, span_str("")), DIALOGUE_OTHER);
	CHECK_INT(dialogue_line(&d, span_str("# x\ty")), DIALOGUE_OTHER);
	CHECK_INT(dialogue_line(&d, span_str("0\tC\tcr\tnew,split\t")),
	    DIALOGUE_EVENT);
	CHECK_INT(d.begins, 1);
	CHECK_INT(d.event.flags, DIALOGUE_SPLIT);
	CHECK_INT(d.event.text.n, 0);
	dialogue_free(&d);
}

/* Takes a plain line and checks what it is. */
static void
plain(struct dialogue *d, const char *line, int begins, int64_t us,
    enum dialogue_side side, const char *text)
{
	CHECK_INT(dialogue_line(d, span_str(line)), DIALOGUE_EVENT);
	CHECK_INT(d->begins, begins);
	CHECK_INT(d->event.time, us);
	CHECK_INT(d->event.side, side);
	CHECK_INT(d->event.end, DIALOGUE_NO_END);
	CHECK_SPAN(d->event.text, text);
}

static void
test_plain(void)
{
	struct dialogue d = { 0 };

	CHECK_INT(dialogue_line(&d, span_str("smtpd-lite: listening on :1")),
	    DIALOGUE_OTHER);
	plain(&d, "S: 220 x\n", 1, -1, DIALOGUE_SERVER, "220 x");
	CHECK_INT(d.head.protocol, DIALOGUE_ANY);
	plain(&d, "C: AUTH PLAIN ***", 0, -1, DIALOGUE_CLIENT,
	    "AUTH PLAIN ***");
	CHECK_INT(d.event.flags, DIALOGUE_MASKED);
	plain(&d, "C:", 0, -1, DIALOGUE_CLIENT, "");
	plain(&d, "C:  a\tb ", 0, -1, DIALOGUE_CLIENT, " a\tb ");
	CHECK_INT(dialogue_line(&d, span_str("two words C: x")),
	    DIALOGUE_OTHER);
	plain(&d, "C: QUIT", 0, -1, DIALOGUE_CLIENT, "QUIT");
	plain(&d, "S: 250 late", 0, -1, DIALOGUE_SERVER, "250 late");
	plain(&d, "S: 221 bye", 0, -1, DIALOGUE_SERVER, "221 bye");
	plain(&d, "smtpd-lite: [::1]:25: S: 220 x ", 1, -1, DIALOGUE_SERVER,
	    "220 x ");
	/* ... and a form that follows another begins something else. */
	dialogue_line(&d, span_str("dialogue 1 ftp a b 2026-11-21T23:46:12Z"));
	plain(&d, "2026-11-21T23:46:12Z S: +OK\t", 1, 0, DIALOGUE_SERVER,
	    "+OK\t");
	CHECK_INT(d.head.protocol, DIALOGUE_ANY);
	plain(&d, "2026-11-21T23:46:14Z C: quit", 0, 2000000, DIALOGUE_CLIENT,
	    "quit");
	plain(&d, "2026-11-21T23:46:13Z S: +OK", 0, 1000000, DIALOGUE_SERVER,
	    "+OK");
	plain(&d, "1.25 S: +OK", 1, 0, DIALOGUE_SERVER, "+OK");
	plain(&d, "2.5 C: x", 0, 1250000, DIALOGUE_CLIENT, "x");
	dialogue_line(&d, span_str("dialogue 1 ftp a b 2026-11-21T23:46:12Z"));
	plain(&d, "09:59:59 S: 220 x", 1, 0, DIALOGUE_SERVER, "220 x");
	plain(&d, "10:00:00.5 C: x", 0, 1500000, DIALOGUE_CLIENT, "x");
	CHECK_INT(dialogue_line(&d, span_str("24:00:00 C: x")),
	    DIALOGUE_OTHER);
	CHECK_INT(dialogue_line(&d, span_str("10:60:00 C: x")),
	    DIALOGUE_OTHER);
	CHECK_INT(dialogue_line(&d, span_str("10:00 C: x")), DIALOGUE_OTHER);
	dialogue_free(&d);
}

static void
test_endings(void)
{
	struct span s = span_str("x\r\r\n");

	CHECK_INT(dialogue_chomp(&s), DIALOGUE_CRLF);
	CHECK_INT(dialogue_chomp(&s), DIALOGUE_CR);
	CHECK_INT(dialogue_chomp(&s), DIALOGUE_NONE);
	CHECK_SPAN(s, "x");
	s = span_str("\n");
	CHECK_INT(dialogue_chomp(&s), DIALOGUE_LF);
	CHECK_INT(dialogue_chomp(&s), DIALOGUE_NONE);
	CHECK_STR(dialogue_ending(DIALOGUE_CRLF), "\r\n");
	CHECK_STR(dialogue_ending(DIALOGUE_NO_END), "");
}

int
main(void)
{
	test_escape();
	test_bytes();
	test_no_escape();
	test_written();
	test_bad();
	test_plain();
	test_endings();
	return test_end();
}
