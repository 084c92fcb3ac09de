#include "lettermime.h"

static void
text_free(struct lettermime_text *t)
{
	template_free(&t->fill);
	template_free(&t->plain);
	rows_text_free(&t->rows);
	buf_free(&t->text);
}

void
lettermime_free(struct lettermime *p)
{
	text_free(&p->body);
	text_free(&p->html);
	attach_free(&p->attach);
	buf_free(&p->head);
	buf_free(&p->between);
	buf_free(&p->mixed);
	buf_free(&p->alternative);
	buf_free(&p->related);
	buf_free(&p->scratch);
}

static void
compile_text(struct lettermime *p, struct lettermime_text *t,
    struct span source)
{
	struct template *fill = &t->fill;
	size_t longest = p->order->longest;

	if (p->rows != NULL && rows_compile(&t->rows, p->fields, source,
	    t == &p->html) == 0)
		return;
	fill->html = t->plain.html = t == &p->html;
	template_compile(fill, p->fields, source,
	    p->batch ? TEMPLATE_DOTS : TEMPLATE_CRLF);
	if (fill->longest > longest)
		longest = fill->longest;
	t->form = mime_scan(source);
	t->is_8bit = t->form == MIME_8BIT;
	t->wide = t->form == MIME_QP || longest > MIME_LINE_MAX ||
	    fill->literal + fill->refs * fill->widest * longest >
	    MIME_LINE_MAX;
	if (t->wide)
		template_compile(&t->plain, p->fields, source, TEMPLATE_CRLF);
}

/* How a text of the letter at hand travels; whether that has changed. */
static int
choose_form(struct lettermime *p, struct lettermime_text *t, size_t place)
{
	const enum mime_form form = t->form;
	const int is_8bit = t->is_8bit;

	if (t->rows.n > 0) {
		buf_clear(&t->text);
		rows_fill(&t->rows, p->rows, place, p->fields, &t->text);
		t->is_8bit = !span_is_ascii(buf_span(&t->text));
		t->form = mime_scan(buf_span(&t->text));
		return t->form != form || t->is_8bit != is_8bit;
	}
	t->is_8bit = t->fill.has_8bit || (!(p->ascii && t->fill.ascii) &&
	    template_is_8bit(&t->fill, p->fields));
	t->form = t->is_8bit ? MIME_8BIT : MIME_7BIT;
	if (t->wide) {
		buf_clear(&t->text);
		template_fill(&t->plain, p->fields, &t->text);
		t->form = mime_scan(buf_span(&t->text));
	}
	return t->form != form || t->is_8bit != is_8bit;
}

/* What a text part, or a letter of a single text, has as its header. */
static void
add_type(struct buf *b, const char *type, const struct lettermime_text *t)
{
	buf_addf(b, "Content-Type: text/%s; charset=%s\r\n"
	    "Content-Transfer-Encoding: %s\r\n\r\n", type,
	    t->is_8bit ? "utf-8" : "us-ascii", mime_form_name(t->form));
}

/* The header of a multipart and its first delimiter, less its line ending. */
static void
add_multipart(struct buf *b, const char *type, const struct buf *delimiter,
    int eight)
{
	const struct span line = span_drop(buf_span(delimiter), 2);

	buf_addf(b, "Content-Type: multipart/%s;\r\n boundary=\"%.*s\"\r\n"
	    "Content-Transfer-Encoding: %s\r\n\r\n%.*s", type,
	    (int)line.n - 4, line.p + 2,
	    mime_form_name(eight ? MIME_8BIT : MIME_7BIT), (int)line.n, line.p);
}

static int
is_8bit(const struct lettermime *p)
{
	return p->body.form == MIME_8BIT ||
	    (p->order->html.p != NULL && p->html.form == MIME_8BIT);
}

static void
make_head(struct lettermime *p)
{
	struct buf *b = &p->head;

	buf_clear(b);
	if (p->attach.files > p->attach.inlined)
		add_multipart(b, "mixed", &p->mixed, is_8bit(p));
	if (p->order->html.p == NULL) {
		add_type(b, "plain", &p->body);
		return;
	}
	add_multipart(b, "alternative", &p->alternative, is_8bit(p));
	add_type(b, "plain", &p->body);
	buf_set(&p->between, buf_span(&p->alternative));
	if (p->attach.inlined > 0)
		add_multipart(&p->between, "related; type=\"text/html\"",
		    &p->related, p->html.form == MIME_8BIT);
	add_type(&p->between, "html", &p->html);
}

static void
make_delimiter(struct buf *b, const char *word, struct span hash)
{
	buf_addf(b, "\r\n--=_%s%.*s\r\n", word, (int)hash.n, hash.p);
}

void
lettermime_open(struct lettermime *p, const struct order *o,
    struct fields *f, const struct attach_store *files,
    const struct rows *rows, int batch, struct span hash)
{
	memset(p, 0, sizeof *p);
	p->order = o;
	p->fields = f;
	p->rows = rows != NULL && rows->grouped ? rows : NULL;
	p->batch = batch;
	p->ascii = span_is_ascii(o->recipients);
	make_delimiter(&p->mixed, "mixed_", hash);
	make_delimiter(&p->alternative, "", hash);
	make_delimiter(&p->related, "related_", hash);
	compile_text(p, &p->body, o->body);
	if (o->html.p != NULL)
		compile_text(p, &p->html, o->html);
	attach_open(&p->attach, o, f, files);
	make_head(p);
}

int
lettermime_begin(struct lettermime *p, size_t place)
{
	int changed = choose_form(p, &p->body, place);

	if (p->order->html.p != NULL && choose_form(p, &p->html, place))
		changed = 1;
	if (changed)
		make_head(p);
	return is_8bit(p);
}

static void
add_text(struct lettermime *p, struct lettermime_text *t, struct buf *out)
{
	struct span rest = buf_span(&t->text), line;

	if (t->form == MIME_QP) {
		buf_clear(&p->scratch);
		mime_qp(&p->scratch, rest);
		rest = buf_span(&p->scratch);
	} else if (t->rows.n == 0) {
		template_fill(&t->fill, p->fields, out);
		return;
	}
	while (rest.n > 0) {
		line = span_line(&rest);
		if (p->batch && line.p[0] == '.')
			buf_addc(out, '.');
		buf_addspan(out, line);
	}
}

/* The delimiter that closes. */
static void
add_close(struct buf *out, const struct buf *delimiter)
{
	buf_add(out, delimiter->p, delimiter->n - 2);
	buf_adds(out, "--\r\n");
}

void
lettermime_add(struct lettermime *p, struct buf *out)
{
	buf_addspan(out, buf_span(&p->head));
	add_text(p, &p->body, out);
	if (p->order->html.p != NULL) {
		buf_addspan(out, buf_span(&p->between));
		add_text(p, &p->html, out);
		if (p->attach.inlined > 0) {
			attach_add(&p->attach, p->fields, 1, &p->related, out);
			add_close(out, &p->related);
		}
		add_close(out, &p->alternative);
	}
	if (p->attach.files > p->attach.inlined) {
		attach_add(&p->attach, p->fields, 0, &p->mixed, out);
		add_close(out, &p->mixed);
	}
}
