/*
 * format/dialogue/explanation: whatever was said, what is printed of it can be
 * shown on a terminal, and stands on its lines.
 */
#include "format/dialogue/explainword.h"
#include "format/dialogue/explanation.h"
#include "sys/charset.h"

#include "fuzz.h"

static void
check(const struct buf *b)
{
	struct span rest = buf_span(b), line;

	while (rest.n > 0) {
		line = span_line(&rest);
		MUST(line.p[line.n - 1] == '\n');
		MUST(span_is_printable(span_chomp(line)));
	}
}

static int
to_utf8(struct buf *text, const char *name)
{
	return charset_convert(text, name, 65536);
}

/* All of it, as text or as a page; on each line, or where there is none. */
static void
explain(struct span rest, enum render_form form)
{
	struct explanation p = { .form = form };

	p.explains_mail = 1;
	p.mail.convert = to_utf8;
	p.auth.shows = 1;
	p.auth.password = span_str("secret");
	while (rest.n > 0) {
		MUST(explanation_line(&p, span_line(&rest)) == 0 ||
		    p.why != NULL);
		check(&p.out);
		buf_clear(&p.out);
	}
	explanation_end(&p);
	check(&p.out);
	explanation_free(&p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span s = span_of(data, n);
	struct buf b = { 0 };

	explainword(&b, RENDER_TEXT, s);
	check(&b);
	buf_free(&b);
	explain(s, RENDER_TEXT);
	explain(s, RENDER_HTML);
	return 0;
}
