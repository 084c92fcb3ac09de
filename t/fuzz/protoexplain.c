/*
 * format/wire/explaindialogue: whatever was said, what is printed of it can be
 * shown on a terminal, and stands on its lines.
 */
#include "format/wire/explaindialogue.h"
#include "format/wire/explainword.h"
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

static void
show(struct buf *b, const struct notes *notes, enum render_form form)
{
	struct note note;
	size_t i;

	for (i = 0; i < notes->n; i++) {
		note = notes_get(notes, i);
		MUST(note.text.n > 0);
	}
	render_notes(b, form, notes);
	check(b);
	buf_clear(b);
}

static int
to_utf8(struct buf *text, const char *name)
{
	return charset_convert(text, name, 65536);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span rest = span_of(data, n);
	struct explaindialogue x = { .explains_mail = 1 };
	struct dialogue d = { 0 };
	struct buf b = { 0 };

	x.mail.convert = to_utf8;
	x.auth.shows = 1;
	x.auth.password = span_str("secret");
	explainword(&b, RENDER_TEXT, rest);
	check(&b);
	buf_clear(&b);
	while (rest.n > 0) {
		if (dialogue_line(&d, span_line(&rest)) != DIALOGUE_EVENT)
			continue;
		if (d.begins) {
			explaindialogue_end(&x);
			explaindialogue_begin(&x, d.head.protocol);
		}
		explaindialogue_event(&x, &d.event);
		MUST(x.shown <= d.event.text.n);
		render_line(&b, RENDER_TEXT, d.event.side, d.event.text, 0);
		check(&b);
		buf_clear(&b);
		show(&b, &x.notes, RENDER_TEXT);
		show(&b, &x.notes, RENDER_HTML);
	}
	explaindialogue_end(&x);
	show(&b, &x.notes, RENDER_TEXT);
	explaindialogue_free(&x);
	dialogue_free(&d);
	buf_free(&b);
	return 0;
}
