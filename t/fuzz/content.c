/*
 * format/mail/content: a message comes out the same in whatever pieces it
 * went in, or by lines, which end in CRLF and nowhere else; what is removed is
 * gone.
 */
#include "format/mail/content.h"

#include "fuzz.h"

static void
must_be_lines(struct span text)
{
	size_t i;

	for (i = 0; i < text.n; i++) {
		if (text.p[i] == '\n')
			MUST(i > 0 && text.p[i - 1] == '\r');
		else if (text.p[i] == '\r')
			MUST(i + 1 < text.n && text.p[i + 1] == '\n');
	}
	MUST(text.n == 0 || text.p[text.n - 1] == '\n');
}

/* Folding adds line endings, and drops blanks at the end of lines alone. */
static void
must_be_folded(struct span now, struct span was)
{
	size_t i = 0, k = 0;

	for (;;) {
		while (i < now.n && strchr(" \t\r\n", now.p[i]) != NULL &&
		    now.p[i] != '\0')
			i++;
		while (k < was.n && strchr(" \t\r\n", was.p[k]) != NULL &&
		    was.p[k] != '\0')
			k++;
		if (i == now.n || k == was.n)
			break;
		MUST(now.p[i++] == was.p[k++]);
	}
	MUST(i == now.n && k == was.n);
}

/* Adds what text begins with: how many bytes of it. */
static size_t
add_some(struct content *c, struct span text, struct dice *d)
{
	uintmax_t lines = 0;
	size_t n = 0;

	if (roll(d, 2) == 0)
		n = content_lines(c, text, &lines);
	MUST(n == 0 || (text.p[0] != '.' && text.p[n - 1] == '\n'));
	MUST(lines == (n == 0 ? 0 : span_lines(span_of(text.p, n))));
	if (n == 0) {
		n = cut(d, text.n);
		content_add(c, span_of(text.p, n));
	}
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct content whole = { 0 }, pieces = { 0 };
	struct buf out = { 0 };
	const char *why = NULL;
	struct span rest;
	struct dice d;
	int r;

	rest = span_of(data, n);
	if (take_seed(&d, &rest) < 0)
		return 0;
	content_add(&whole, rest);
	while (rest.n > 0)
		rest = span_drop(rest, add_some(&pieces, rest, &d));
	if (roll(&d, 4) == 0) {
		content_remove(&whole, "Bcc");
		content_remove(&pieces, "Bcc");
		MUST(content_field(&whole, "Bcc").n == 0);
	}
	if (roll(&d, 2) == 0) {
		buf_addspan(&out, buf_span(&whole.text));
		content_fold(&whole);
		content_fold(&pieces);
		must_be_folded(buf_span(&whole.text), buf_span(&out));
		buf_clear(&out);
	}
	r = content_end(&whole, &why);
	MUST(content_end(&pieces, &why) == r);
	MUST(r == 0 || why != NULL);
	MUST(span_eq(buf_span(&whole.text), buf_span(&pieces.text)));
	MUST(whole.body == pieces.body && whole.body <= whole.text.n &&
	    whole.head_form == pieces.head_form &&
	    whole.body_form == pieces.body_form);
	if (r == 0) {
		must_be_lines(buf_span(&whole.text));
		content_id(&out, &whole);
		MUST(out.n <= CONTENT_ID_MAX);
	}
	buf_free(&out);
	content_free(&whole);
	content_free(&pieces);
	return 0;
}
