#include "letter.h"

#include <stdlib.h>

#include "format/mail/date.h"
#include "format/mail/idn.h"
#include "format/mail/mimehead.h"
#include "headers.h"

#define COLUMNS 78		/* where header lines are folded */
#define ID_BYTES 16		/* of the hash in a Message-ID */

static void
text_free(struct letter_text *t)
{
	template_free(&t->fill);
	template_free(&t->plain);
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
	buf_free(&l->boundary);
	buf_free(&l->scratch);
	memset(l, 0, sizeof *l);
}

/* "Name <addr>" or the address alone, from column col on. */
static void
add_mailbox(struct buf *b, struct span name, struct span addr, size_t col)
{
	if (name.n == 0) {
		buf_addspan(b, addr);
		return;
	}
	mimehead_phrase(b, name, &col);
	buf_adds(b, col + addr.n + sizeof " <>" - 1 > COLUMNS ?
	    "\r\n <" : " <");
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
	template_fill(value, l->fields, &l->scratch);
	mimehead_text(b, buf_span(&l->scratch), &col);
}

/* The fields of [Headers:]: those that do not vary go into the middle. */
static void
compile_headers(struct letter *l)
{
	struct span rest = l->order->headers, name, value;
	struct letter_header *f;

	if (rest.n == 0)
		return;
	l->headers = die_calloc(HEADERS_MAX, sizeof *l->headers);
	while (headers_next(&rest, &name, &value) > 0) {
		f = &l->headers[l->nheaders];
		f->name = name;
		template_compile(&f->value, l->fields, value, TEMPLATE_LINE);
		if (f->value.n > 0) {
			l->nheaders++;
			continue;
		}
		add_field(l, &l->middle, name, &f->value);
		buf_adds(&l->middle, "\r\n");
		template_free(&f->value);
	}
}

/*
 * What all letters share is one block for the hash, so that it takes a
 * single block more for each address that is not very long.
 */
static void
start_hash(struct letter *l, struct span id)
{
	unsigned char digest[SHA256_SIZE];

	sha256_init(&l->hash);
	sha256_add(&l->hash, id.p, id.n);
	sha256_end(&l->hash, digest);
	sha256_init(&l->hash);
	sha256_add(&l->hash, l->order->digest, SHA256_SIZE);
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
		buf_clear(&l->scratch);
		buf_addf(&l->scratch, "\n%ju", l->repeat);
		sha256_add(&h, l->scratch.p, l->scratch.n);
	}
	sha256_end(&h, digest);
	sha256_hex(hex, digest, ID_BYTES);
	buf_add(b, hex, sizeof(char[2 * ID_BYTES]));
}

static void
compile_text(struct letter *l, struct letter_text *t, struct span source)
{
	struct template *fill = &t->fill;
	size_t longest = l->order->longest;

	fill->html = t->plain.html = t == &l->html;
	template_compile(fill, l->fields, source,
	    l->batch ? TEMPLATE_DOTS : TEMPLATE_CRLF);
	if (fill->longest > longest)
		longest = fill->longest;
	t->form = mime_scan(source);
	t->is_8bit = t->form == MIME_8BIT;
	t->wide = t->form == MIME_QP || longest > MIME_LINE_MAX ||
	    fill->literal + fill->refs * fill->widest * longest >
	    MIME_LINE_MAX;
	if (t->wide)
		template_compile(&t->plain, l->fields, source, TEMPLATE_CRLF);
}

/* How a text of the letter at hand travels; whether that has changed. */
static int
choose_form(struct letter *l, struct letter_text *t)
{
	const enum mime_form form = t->form;
	const int is_8bit = t->is_8bit;

	t->is_8bit = t->fill.has_8bit || (!(l->ascii && t->fill.ascii) &&
	    template_is_8bit(&t->fill, l->fields));
	t->form = t->is_8bit ? MIME_8BIT : MIME_7BIT;
	if (t->wide) {
		buf_clear(&t->text);
		template_fill(&t->plain, l->fields, &t->text);
		t->form = mime_scan(buf_span(&t->text));
	}
	return t->form != form || t->is_8bit != is_8bit;
}

/* What a text part, or a letter of a single text, has as its header. */
static void
add_type(struct buf *b, const char *type, const struct letter_text *t)
{
	buf_addf(b, "Content-Type: text/%s; charset=%s\r\n"
	    "Content-Transfer-Encoding: %s\r\n\r\n", type,
	    t->is_8bit ? "utf-8" : "us-ascii", mime_form_name(t->form));
}

/*
 * The boundary is of the hash of the order, whose author so cannot write it
 * into a text.
 */
static void
make_content(struct letter *l)
{
	struct buf *b = &l->content;
	const char *boundary;

	buf_clear(b);
	buf_addf(b, "@%.*s>\r\n", (int)l->host.n, l->host.p);
	if (l->order->html.p == NULL) {
		add_type(b, "plain", &l->body);
		return;
	}
	boundary = buf_str(&l->boundary);
	buf_addf(b, "Content-Type: multipart/alternative;\r\n"
	    " boundary=\"%s\"\r\nContent-Transfer-Encoding: %s\r\n"
	    "\r\n--%s\r\n", boundary, mime_form_name(
	    l->body.form == MIME_8BIT || l->html.form == MIME_8BIT ?
	    MIME_8BIT : MIME_7BIT), boundary);
	add_type(b, "plain", &l->body);
	buf_clear(&l->between);
	buf_addf(&l->between, "\r\n--%s\r\n", boundary);
	add_type(&l->between, "html", &l->html);
}

static void
compile(struct letter *l)
{
	const struct order *o = l->order;
	const struct span key = span_str("boundary");

	l->ascii = span_is_ascii(o->recipients);
	compile_text(l, &l->body, o->body);
	if (o->html.p != NULL) {
		compile_text(l, &l->html, o->html);
		buf_adds(&l->boundary, "=_");
		add_hash(l, &key, 1, &l->boundary);
	}
	template_compile(&l->subject, l->fields, o->subject, TEMPLATE_LINE);
	make_content(l);
}

void
letter_open(struct letter *l, const struct order *o, struct fields *f,
    const struct letter_opt *opt)
{
	struct entry sender;
	const char *why;

	memset(l, 0, sizeof *l);
	l->order = o;
	l->fields = f;
	l->batch = opt->batch;
	l->copies = opt->copies;
	l->verp = opt->verp;
	l->key = opt->key;
	order_mailbox(opt->sender, &sender);
	if (idn_domain(&l->host, sender.addr.domain, &why) < 0)
		buf_adds(&l->host, "localhost");
	start_hash(l, opt->id);
	compile(l);
	l->utf8 = !span_is_ascii(sender.addr.text) ||
	    !span_is_ascii(l->verp);
	add_sender(l, &l->head, "From: ",
	    o->from.p != NULL ? o->from : opt->sender);
	buf_adds(&l->head, "To: ");
	buf_adds(&l->middle, "\r\n");
	if (l->subject.n == 0) {
		add_field(l, &l->middle, span_str("Subject"), &l->subject);
		buf_adds(&l->middle, "\r\n");
	}
	if (o->reply_to.p != NULL)
		add_sender(l, &l->middle, "Reply-To: ", o->reply_to);
	compile_headers(l);
	buf_adds(&l->middle, "Date: ");
	date_mail(&l->middle, opt->time, opt->offset);
	buf_adds(&l->middle, "\r\nMIME-Version: 1.0\r\nMessage-ID: <");
	buf_adds(&l->mail, "MAIL FROM:<");
	if (l->verp.n > 0)
		return;
	buf_addspan(&l->mail, sender.addr.text);
	buf_addc(&l->mail, '>');
}

/* MAIL without its parameters. */
static void
add_mail(const struct letter *l, struct buf *out)
{
	const struct fields *f = l->fields;
	struct addr rcpt;

	buf_addspan(out, buf_span(&l->mail));
	if (l->verp.n == 0)
		return;
	rcpt.text = f->email;
	rcpt.local = f->login;
	rcpt.domain = f->domain;
	verp_make(out, l->key, l->verp, &rcpt);
	buf_addc(out, '>');
}

static void
add_text(struct letter *l, struct letter_text *t, struct buf *out)
{
	struct span rest, line;

	if (t->form != MIME_QP) {
		template_fill(&t->fill, l->fields, out);
		return;
	}
	buf_clear(&l->scratch);
	mime_qp(&l->scratch, buf_span(&t->text));
	for (rest = buf_span(&l->scratch); rest.n > 0;) {
		line = span_line(&rest);
		if (l->batch && line.p[0] == '.')
			buf_addc(out, '.');
		buf_addspan(out, line);
	}
}

/* Once the values are those of the letter; whether it needs 8BITMIME. */
static int
begin_message(struct letter *l)
{
	const int html = l->order->html.p != NULL;
	int changed;

	changed = choose_form(l, &l->body);
	if (html && choose_form(l, &l->html))
		changed = 1;
	if (changed)
		make_content(l);
	return l->body.form == MIME_8BIT ||
	    (html && l->html.form == MIME_8BIT);
}

static void
add_message(struct letter *l, const struct span *rcpt, size_t n,
    struct buf *out)
{
	size_t i;

	buf_addspan(out, buf_span(&l->head));
	if (l->copies)
		buf_adds(out, "undisclosed-recipients:;");
	else
		add_mailbox(out, l->fields->name, *rcpt, sizeof "To: " - 1);
	if (l->subject.n > 0) {
		buf_adds(out, "\r\n");
		add_field(l, out, span_str("Subject"), &l->subject);
	}
	for (i = 0; i < l->nheaders; i++) {
		buf_adds(out, "\r\n");
		add_field(l, out, l->headers[i].name, &l->headers[i].value);
	}
	buf_addspan(out, buf_span(&l->middle));
	add_hash(l, rcpt, n, out);
	buf_addspan(out, buf_span(&l->content));
	add_text(l, &l->body, out);
	if (l->order->html.p == NULL)
		return;
	buf_addspan(out, buf_span(&l->between));
	add_text(l, &l->html, out);
	buf_adds(out, "\r\n--");
	buf_addspan(out, buf_span(&l->boundary));
	buf_adds(out, "--\r\n");
}

void
letter_message(struct letter *l, const struct span *rcpt, size_t n,
    struct buf *out)
{
	begin_message(l);
	add_message(l, rcpt, n, out);
}

void
letter_begin(struct letter *l, size_t messages, struct buf *out)
{
	buf_addf(out, "EHLO %.*s\r\nNOOP %zu messages\r\n",
	    (int)l->host.n, l->host.p, messages);
}

void
letter_add(struct letter *l, const struct span *rcpt, size_t n,
    struct buf *out)
{
	int eight = begin_message(l), utf8 = l->utf8;
	size_t i;

	for (i = 0; !l->ascii && !utf8 && i < n; i++)
		utf8 = !span_is_ascii(rcpt[i]);
	add_mail(l, out);
	if (eight || utf8)
		buf_adds(out, " BODY=8BITMIME");
	if (utf8)
		buf_adds(out, " SMTPUTF8");
	for (i = 0; i < n; i++) {
		buf_adds(out, "\r\nRCPT TO:<");
		buf_addspan(out, rcpt[i]);
		buf_addc(out, '>');
	}
	buf_adds(out, "\r\nDATA\r\n");
	add_message(l, rcpt, n, out);
	buf_adds(out, ".\r\n");
}

void
letter_end(struct buf *out)
{
	buf_adds(out, "QUIT\r\n");
}
