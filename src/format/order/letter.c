#include "letter.h"

#include <stdlib.h>

#include "format/mail/date.h"
#include "format/mail/idn.h"
#include "format/mail/mimehead.h"
#include "format/wire/bsmtp.h"

#define ID_BYTES 16		/* of the hash in a Message-ID */

static void
text_free(struct letter_text *t)
{
	template_free(&t->fill);
	if (t->rows.n > 0)
		rows_text_free(&t->rows);
	buf_free(&t->text);
}

void
letter_free(struct letter *l)
{
	size_t i;

	template_free(&l->subject);
	for (i = 0; i < l->nheaders; i++)
		template_free(&l->headers[i].value);
	free(l->headers);
	text_free(&l->body);
	text_free(&l->html);
	buf_free(&l->host);
	buf_free(&l->mail);
	buf_free(&l->head);
	buf_free(&l->middle);
	buf_free(&l->content);
	buf_free(&l->between);
	buf_free(&l->mixed);
	buf_free(&l->alternative);
	buf_free(&l->related);
	buf_free(&l->scratch);
	memset(l, 0, sizeof *l);
}

/* --- What all letters share ----------------------------------------------- */

/* "Name <addr>" or the address alone, from column col on. */
static void
add_mailbox(struct buf *b, struct span name, struct span addr, size_t col)
{
	if (name.n == 0) {
		buf_addspan(b, addr);
		return;
	}
	mimehead_phrase(b, name, &col);
	buf_adds(b, mimehead_fits(b, col, addr.n + sizeof " <>" - 1) ?
	    " <" : "\r\n <");
	buf_addspan(b, addr);
	buf_addc(b, '>');
}

/* A field with the address of the order's section. */
static void
add_sender(struct letter *l, struct buf *b, const char *field,
    struct span section)
{
	struct entry e;
	struct buf copy = { 0 };

	buf_adds(b, field);
	order_mailbox(section, &e);
	add_mailbox(b, quoted_text(&e.name, &copy), e.addr.text,
	    strlen(field));
	buf_adds(b, "\r\n");
	l->utf8 = l->utf8 || !span_is_ascii(e.addr.text);
	buf_free(&copy);
}

/* A field of text, without the end of its line. */
static void
add_field(struct letter *l, struct buf *b, struct span name,
    const struct template *value)
{
	size_t col = name.n + 2;

	buf_addspan(b, name);
	buf_adds(b, ": ");
	buf_clear(&l->scratch);
	template_fill(value, &l->source->fields, &l->scratch);
	mimehead_text(b, buf_span(&l->scratch), &col);
}

/* The fields of [Headers:]: those that do not vary go into the middle. */
static void
compile_headers(struct letter *l)
{
	const struct headers *extra = &l->source->order.extra;
	struct letter_header *f;
	size_t i;

	l->headers = die_calloc(extra->n, sizeof *l->headers);
	for (i = 0; i < extra->n; i++) {
		f = &l->headers[l->nheaders];
		f->name = extra->field[i].name;
		template_compile(&f->value, &l->source->fields,
		    extra->field[i].value, TEMPLATE_LINE);
		if (f->value.n > 0) {
			l->nheaders++;
			continue;
		}
		add_field(l, &l->middle, f->name, &f->value);
		buf_adds(&l->middle, "\r\n");
		template_free(&f->value);
	}
}

/*
 * What all letters share is one block for the hash, so that it takes a
 * single block more for each address that is not very long.
 */
static void
start_hash(struct letter *l)
{
	unsigned char digest[SHA256_SIZE];

	sha256_init(&l->hash);
	sha256_add(&l->hash, l->opt->id.p, l->opt->id.n);
	sha256_end(&l->hash, digest);
	sha256_init(&l->hash);
	sha256_add(&l->hash, l->source->order.digest, SHA256_SIZE);
	sha256_add(&l->hash, digest, SHA256_SIZE);
}

static void
add_hash(struct letter *l, const struct span *s, size_t n, struct buf *b)
{
	unsigned char digest[SHA256_SIZE];
	char hex[SHA256_HEX];
	struct sha256 h = l->hash;
	size_t i;

	for (i = 0; i < n; i++) {
		if (i > 0)
			sha256_add(&h, "\n", 1);
		sha256_add(&h, s[i].p, s[i].n);
	}
	if (l->repeat > 0) {
		buf_setf(&l->scratch, "\n%ju", l->repeat);
		sha256_add(&h, l->scratch.p, l->scratch.n);
	}
	sha256_end(&h, digest);
	sha256_hex(hex, digest, ID_BYTES);
	buf_add(b, hex, sizeof(char[2 * ID_BYTES]));
}

static void
make_delimiter(struct letter *l, struct buf *b, const char *word)
{
	const struct span key = span_str("boundary");

	buf_addf(b, "\r\n--=_%s", word);
	add_hash(l, &key, 1, b);
	buf_adds(b, "\r\n");
}

static void
compile_text(struct letter *l, struct letter_text *t, struct span source)
{
	const struct fields *f = &l->source->fields;
	struct template *fill = &t->fill;
	size_t longest = l->source->order.longest;

	t->whole = l->source->rows.grouped && rows_compile(&t->rows, f, source,
	    t == &l->html) == 0;
	if (t->whole)
		return;
	fill->html = t == &l->html;
	template_compile(fill, f, source, TEMPLATE_CRLF);
	if (fill->longest > longest)
		longest = fill->longest;
	t->form = mime_scan(source);
	t->is_8bit = t->form == MIME_8BIT;
	t->whole = t->form == MIME_QP || longest > MIME_LINE_MAX ||
	    fill->literal + fill->refs * fill->widest * longest >
	    MIME_LINE_MAX || (l->opt->batch && fill->dots);
}

static void
compile(struct letter *l)
{
	const struct order *o = &l->source->order;

	l->ascii = span_is_ascii(o->recipients);
	template_compile(&l->subject, &l->source->fields, o->subject,
	    TEMPLATE_LINE);
	compile_text(l, &l->body, o->body);
	if (o->html.p != NULL)
		compile_text(l, &l->html, o->html);
	make_delimiter(l, &l->mixed, "mixed_");
	make_delimiter(l, &l->alternative, "");
	make_delimiter(l, &l->related, "related_");
}

/* What a text part, or a letter of a single text, has as its header. */
static void
add_type(struct buf *b, const char *type, const struct letter_text *t)
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
has_html(const struct letter *l)
{
	return l->source->order.html.p != NULL;
}

static int
is_8bit(const struct letter *l)
{
	return l->body.form == MIME_8BIT ||
	    (has_html(l) && l->html.form == MIME_8BIT);
}

static void
make_content(struct letter *l)
{
	const struct attach *a = &l->source->attach;
	struct buf *b = &l->content;

	buf_clear(b);
	if (a->files > a->inlined)
		add_multipart(b, "mixed", &l->mixed, is_8bit(l));
	if (has_html(l))
		add_multipart(b, "alternative", &l->alternative, is_8bit(l));
	add_type(b, "plain", &l->body);
	if (!has_html(l))
		return;
	buf_set(&l->between, buf_span(&l->alternative));
	if (a->inlined > 0)
		add_multipart(&l->between, "related; type=\"text/html\"",
		    &l->related, l->html.form == MIME_8BIT);
	add_type(&l->between, "html", &l->html);
}

static void
make_middle(struct letter *l)
{
	const struct order *o = &l->source->order;

	buf_adds(&l->middle, "\r\n");
	if (l->subject.n == 0) {
		add_field(l, &l->middle, span_str("Subject"), &l->subject);
		buf_adds(&l->middle, "\r\n");
	}
	if (o->reply_to.p != NULL)
		add_sender(l, &l->middle, "Reply-To: ", o->reply_to);
	if (o->extra.n > 0)
		compile_headers(l);
	buf_adds(&l->middle, "Date: ");
	date_mail(&l->middle, l->opt->time, l->opt->offset);
	buf_adds(&l->middle, "\r\nMIME-Version: 1.0\r\nMessage-ID: <");
}

void
letter_open(struct letter *l, struct source *s, const struct letter_opt *opt)
{
	struct entry sender;
	const char *why;

	memset(l, 0, sizeof *l);
	l->source = s;
	l->opt = opt;
	order_mailbox(opt->sender, &sender);
	if (idn_domain(&l->host, sender.addr.domain, &why) < 0)
		buf_adds(&l->host, "localhost");
	start_hash(l);
	compile(l);
	l->utf8 = !span_is_ascii(sender.addr.text) ||
	    !span_is_ascii(opt->verp);
	add_sender(l, &l->head, "From: ",
	    s->order.from.p != NULL ? s->order.from : opt->sender);
	buf_adds(&l->head, "To: ");
	make_middle(l);
	make_content(l);
	buf_adds(&l->mail, "MAIL FROM:<");
	if (opt->verp.n > 0)
		return;
	buf_addspan(&l->mail, sender.addr.text);
	buf_addc(&l->mail, '>');
}

/* --- One letter ----------------------------------------------------------- */

/* How a text of the letter at hand travels; whether that has changed. */
static int
choose_form(struct letter *l, struct letter_text *t)
{
	struct fields *f = &l->source->fields;
	const enum mime_form form = t->form;
	const int eight = t->is_8bit;

	buf_clear(&t->text);
	if (t->rows.n > 0)
		rows_fill(&t->rows, &l->source->rows, l->place, f, &t->text);
	else if (t->whole)
		template_fill(&t->fill, f, &t->text);
	if (t->whole) {
		t->is_8bit = !span_is_ascii(buf_span(&t->text));
		t->form = mime_scan(buf_span(&t->text));
	} else {
		t->is_8bit = t->fill.has_8bit || (!(l->ascii &&
		    t->fill.ascii) && template_is_8bit(&t->fill, f));
		t->form = t->is_8bit ? MIME_8BIT : MIME_7BIT;
	}
	return t->form != form || t->is_8bit != eight;
}

static void
choose_forms(struct letter *l)
{
	int changed = choose_form(l, &l->body);

	if (has_html(l) && choose_form(l, &l->html))
		changed = 1;
	if (changed)
		make_content(l);
}

static void
add_text(struct letter *l, struct letter_text *t, struct buf *out)
{
	struct span text = buf_span(&t->text);

	if (!t->whole) {
		template_fill(&t->fill, &l->source->fields, out);
		return;
	}
	if (t->form == MIME_QP) {
		buf_clear(&l->scratch);
		mime_qp(&l->scratch, text);
		text = buf_span(&l->scratch);
	}
	if (l->opt->batch)
		bsmtp_stuff(out, text);
	else
		buf_addspan(out, text);
}

/* The delimiter that closes. */
static void
add_close(struct buf *out, const struct buf *delimiter)
{
	buf_add(out, delimiter->p, delimiter->n - 2);
	buf_adds(out, "--\r\n");
}

/* The other form of the body, and the files. */
static void
add_parts(struct letter *l, struct buf *out)
{
	struct attach *a = &l->source->attach;
	const struct fields *f = &l->source->fields;

	if (has_html(l)) {
		buf_addspan(out, buf_span(&l->between));
		add_text(l, &l->html, out);
		if (a->inlined > 0) {
			attach_add(a, f, 1, &l->related, out);
			add_close(out, &l->related);
		}
		add_close(out, &l->alternative);
	}
	if (a->files > a->inlined) {
		attach_add(a, f, 0, &l->mixed, out);
		add_close(out, &l->mixed);
	}
}

static void
add_message(struct letter *l, const struct span *rcpt, struct buf *out)
{
	size_t i;

	buf_addspan(out, buf_span(&l->head));
	if (l->sharer != NULL)
		buf_adds(out, "undisclosed-recipients:;");
	else
		add_mailbox(out, l->source->fields.name, *rcpt,
		    sizeof "To: " - 1);
	if (l->subject.n > 0) {
		buf_adds(out, "\r\n");
		add_field(l, out, span_str("Subject"), &l->subject);
	}
	for (i = 0; i < l->nheaders; i++) {
		buf_adds(out, "\r\n");
		add_field(l, out, l->headers[i].name, &l->headers[i].value);
	}
	buf_addspan(out, buf_span(&l->middle));
	if (l->sharer != NULL)
		add_hash(l, l->sharer, l->sharers, out);
	else
		add_hash(l, rcpt, 1, out);
	buf_addc(out, '@');
	buf_addspan(out, buf_span(&l->host));
	buf_adds(out, ">\r\n");
	buf_addspan(out, buf_span(&l->content));
	add_text(l, &l->body, out);
	add_parts(l, out);
}

void
letter_message(struct letter *l, const struct span *rcpt, struct buf *out)
{
	choose_forms(l);
	add_message(l, rcpt, out);
}

void
letter_begin(struct letter *l, size_t messages, struct buf *out)
{
	buf_addf(out, "EHLO %.*s\r\nNOOP %zu messages\r\n",
	    (int)l->host.n, l->host.p, messages);
}

/* MAIL without its parameters. */
static void
add_mail(const struct letter *l, struct buf *out)
{
	const struct fields *f = &l->source->fields;
	const struct addr rcpt = { f->email, f->login, f->domain };

	buf_addspan(out, buf_span(&l->mail));
	if (l->opt->verp.n == 0)
		return;
	verp_make(out, l->source->key, l->opt->verp, &rcpt);
	buf_addc(out, '>');
}

void
letter_add(struct letter *l, const struct span *rcpt, size_t n,
    struct buf *out)
{
	int utf8 = l->utf8;
	size_t i;

	choose_forms(l);
	for (i = 0; !l->ascii && !utf8 && i < n; i++)
		utf8 = !span_is_ascii(rcpt[i]);
	add_mail(l, out);
	if (is_8bit(l) || utf8)
		buf_adds(out, " BODY=8BITMIME");
	if (utf8)
		buf_adds(out, " SMTPUTF8");
	for (i = 0; i < n; i++) {
		buf_adds(out, "\r\nRCPT TO:<");
		buf_addspan(out, rcpt[i]);
		buf_addc(out, '>');
	}
	buf_adds(out, "\r\nDATA\r\n");
	add_message(l, rcpt, out);
	buf_adds(out, ".\r\n");
}

void
letter_end(struct buf *out)
{
	buf_adds(out, "QUIT\r\n");
}
