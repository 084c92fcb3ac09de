/* format/mail/content */
#include "format/mail/content.h"

#include "test.h"

/* Takes text line by line; whether it may be sent. */
static int
take(struct content *c, const char *text)
{
	struct span rest = span_str(text);
	const char *why;

	content_start(c);
	while (rest.n > 0)
		content_add(c, span_line(&rest));
	return content_end(c, &why) == 0;
}

static void
test_lines(struct content *c)
{
	const char *why;

	CHECK(take(c, "A: b\n\nc\r\nd"));
	CHECK_BUF(&c->text, "A: b\r\n\r\nc\r\nd\r\n");
	CHECK_INT(c->body, 8);
	CHECK(take(c, ""));
	CHECK_INT(c->text.n, 0);
	CHECK(!take(c, "a\rb\n"));
	CHECK(!take(c, "a\r\r\n"));
	CHECK(!take(c, "a\n\r"));
	/* a CR at the end of a piece may be half of an ending */
	content_start(c);
	content_add(c, span_str("a\r"));
	content_add(c, span_str("\n"));
	content_add(c, span_str("b"));
	content_add(c, span_str("c\n"));
	CHECK_INT(content_end(c, &why), 0);
	CHECK_BUF(&c->text, "a\r\nbc\r\n");
}

/* Lines that are taken at once; a dot ends them. */
static void
test_whole_lines(struct content *c)
{
	uintmax_t lines = 2;
	const char *why;

	content_start(c);
	CHECK_INT(content_lines(c, span_str(""), &lines), 0);
	CHECK_INT(content_lines(c, span_str(".\na\n"), &lines), 0);
	CHECK_INT(content_lines(c, span_str("a"), &lines), 0);
	CHECK_INT(lines, 2);
	CHECK_INT(content_lines(c, span_str("a.\n\r\nb\r\n..\nc\n"),
	    &lines), 8);
	CHECK_INT(lines, 5);
	content_add(c, span_str("d"));
	CHECK_INT(content_lines(c, span_str("e\nf\n\ng\rh"), &lines), 5);
	CHECK_INT(lines, 8);
	CHECK_INT(content_end(c, &why), 0);
	CHECK_BUF(&c->text, "a.\r\n\r\nb\r\nde\r\nf\r\n\r\n");
	content_start(c);
	CHECK_INT(content_lines(c, span_str("g\rh\n"), &lines), 4);
	CHECK_INT(content_end(c, &why), -1);
}

/* However a text is cut into pieces, it is the same. */
static void
test_pieces(struct content *c)
{
	static const char *const texts[] = {
		"A: b\n\nc\r\nd", "A: b\r\n\r\nc\r\n", "a\rb\n", "a\r\r\n",
		"a\n\r", "\n\n\n", "\r\n\n", "A: \xff\n\nb\n", ".\n..\n"
	};
	struct content whole = { .body = 0 };
	struct span rest;
	const char *why;
	size_t i, n;
	int r;

	for (i = 0; i < COUNT(texts); i++) {
		r = take(&whole, texts[i]) ? 0 : -1;
		for (n = 1; n <= strlen(texts[i]); n++) {
			content_start(c);
			for (rest = span_str(texts[i]); rest.n > n;
			    rest = span_drop(rest, n))
				content_add(c, span_of(rest.p, n));
			content_add(c, rest);
			CHECK_INT(content_end(c, &why), r);
			CHECK(span_eq(buf_span(&c->text),
			    buf_span(&whole.text)));
			CHECK_INT(c->body, whole.body);
			CHECK_INT(c->head_form, whole.head_form);
			CHECK_INT(c->body_form, whole.body_form);
		}
	}
	content_free(&whole);
}

/* Lines up to MIME_LINE_MAX octets go as they are. */
static void
test_long(struct content *c)
{
	static char line[MIME_LINE_MAX + 1];
	const size_t half = sizeof line / 2;
	const char *why;
	size_t n;

	memset(line, 'x', sizeof line);
	for (n = MIME_LINE_MAX; n <= MIME_LINE_MAX + 1; n++) {
		content_start(c);
		content_add(c, span_str("A: b\n\nfirst\n"));
		content_add(c, span_of(line, half));
		content_add(c, span_of(line, n - half));
		content_add(c, span_str("\r\nlast\n"));
		CHECK_INT(content_end(c, &why), 0);
		CHECK_INT(c->head_form, MIME_7BIT);
		CHECK_INT(c->body_form, n > MIME_LINE_MAX ?
		    MIME_QP : MIME_7BIT);
		/* the same as the last line, which has no end */
		content_start(c);
		content_add(c, span_str("\n"));
		content_add(c, span_of(line, n));
		CHECK_INT(content_end(c, &why), 0);
		CHECK_INT(c->body_form, n > MIME_LINE_MAX ?
		    MIME_QP : MIME_7BIT);
	}
	/* and in a field that comes later */
	content_start(c);
	content_add(c, span_str("A: b\n\nc\n"));
	content_prepend(c, span_of(line, sizeof line));
	content_prepend(c, span_str("B: "));
	CHECK_INT(content_end(c, &why), 0);
	CHECK_INT(c->head_form, MIME_QP);
	CHECK_INT(c->body_form, MIME_7BIT);
}

static void
test_fields(struct content *c)
{
	struct buf id = { 0 };

	CHECK(take(c, "To: a\nBCC: b,\n c\nX: y\nBcc: d\n\nBcc: e\n"));
	content_remove(c, "Bcc");
	CHECK_BUF(&c->text, "To: a\r\nX: y\r\n\r\nBcc: e\r\n");
	content_prepend(c, span_str("From: z\r\n"));
	CHECK_BUF(&c->text, "From: z\r\nTo: a\r\nX: y\r\n\r\nBcc: e\r\n");
	CHECK_SPAN(content_field(c, "to"), "a");
	CHECK(content_field(c, "Cc").p == NULL);

	CHECK(take(c, "no header\nTo: x\n"));
	content_prepend(c, span_str("A: b\r\n"));
	CHECK_BUF(&c->text, "A: b\r\n\r\nno header\r\nTo: x\r\n");
	/* a header alone, with an end to its last line and without */
	content_start(c);
	content_add(c, span_str("X: y"));
	content_prepend(c, span_str("A: b\r\n"));
	CHECK_BUF(&c->text, "A: b\r\nX: y\r\n\r\n");
	content_start(c);
	content_add(c, span_str("X: y\n"));
	content_prepend(c, span_str("A: b\r\n"));
	CHECK_BUF(&c->text, "A: b\r\nX: y\r\n\r\n");
	CHECK(take(c, "\nbody\n"));
	content_prepend(c, span_str("A: b\r\n"));
	CHECK_BUF(&c->text, "A: b\r\n\r\nbody\r\n");
	CHECK(take(c, ""));
	content_prepend(c, span_str("A: b\r\n"));
	CHECK_BUF(&c->text, "A: b\r\n\r\n");

	CHECK(take(c, "Message-Id: \n\t<a@b>\n\nMessage-ID: <c>\n"));
	content_id(&id, c);
	CHECK_BUF(&id, "<a@b>");
	buf_clear(&id);
	CHECK(take(c, "Message-ID: <a\tb>\n\n"));
	content_id(&id, c);
	CHECK_BUF(&id, "<a b>");
	buf_clear(&id);
	CHECK(take(c, "Message-ID:\n -\n\n"));
	content_id(&id, c);
	CHECK_INT(id.n, 0);
	/* also of what must not be sent */
	CHECK(!take(c, "Message-ID: <a>\n\nb\rc\n"));
	content_id(&id, c);
	CHECK_BUF(&id, "<a>");
	buf_clear(&id);
	CHECK(take(c, "A: b\n\nMessage-ID: <c>\n"));
	content_id(&id, c);
	CHECK_INT(id.n, 0);
	buf_free(&id);
}

/* A message of which the header begins late, or breaks off. */
static void
test_start(struct content *c)
{
	static const char *const same[] = {
		"From: a\n\nFrom b\n", "From here to there\n", "From a\n\nb\n",
		">From a\n", ">", "", "Fromage\nA: b\n"
	};
	size_t i;

	CHECK(take(c, "\xef\xbb\xbf" "From a@x Mon\n>>From b\nA: b\n\nc\n"));
	content_trim(c);
	CHECK_BUF(&c->text, "A: b\r\n\r\nc\r\n");
	CHECK(take(c, "\xef\xbb\xbf" "A: b\n"));
	content_trim(c);
	CHECK_BUF(&c->text, "A: b\r\n");
	for (i = 0; i < COUNT(same); i++) {
		struct buf before = { 0 };

		CHECK(take(c, same[i]));
		buf_addspan(&before, buf_span(&c->text));
		content_trim(c);
		CHECK(span_eq(buf_span(&c->text), buf_span(&before)));
		buf_free(&before);
	}
	/* the line that has no end yet */
	content_start(c);
	content_add(c, span_str("From a\nA: b"));
	content_trim(c);
	content_add(c, span_str("c\n"));
	CHECK_BUF(&c->text, "A: bc\r\n");
	CHECK_INT(c->line, 7);

	CHECK(take(c, "A: b\njunk\nbcc : d\n\nx\n"));
	CHECK(content_misses(c, "Bcc"));
	CHECK(take(c, "\n\nA: b\nBcc: d\n\nx\n"));
	CHECK(content_misses(c, "Bcc"));
	CHECK(take(c, "A: b\n\nBcc: d\n"));
	CHECK(!content_misses(c, "Bcc"));
	CHECK(take(c, "some text\n\nBcc: d\n"));
	CHECK(!content_misses(c, "Bcc"));
	CHECK(take(c, "\n\nsome text\n\nBcc: d\n"));
	CHECK(!content_misses(c, "Bcc"));
	CHECK(take(c, "Bcc: d\n"));
	CHECK(!content_misses(c, "Bcc"));
	CHECK(take(c, ""));
	CHECK(!content_misses(c, "Bcc"));
}

int
main(void)
{
	struct content c = { .body = 0 };

	test_lines(&c);
	test_whole_lines(&c);
	test_pieces(&c);
	test_long(&c);
	test_fields(&c);
	test_start(&c);
	content_free(&c);
	return test_end();
}
