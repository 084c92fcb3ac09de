#include "letter.h"

#include <stdlib.h>

#include "format/mail/date.h"
#include "format/mail/idn.h"
#include "format/mail/mimehead.h"
#include "headers.h"

#define ID_BYTES 16		/* of the hash in a Message-ID */

void
letter_free(struct letter *l)
{
	size_t i;

	template_free(&l->subject);
	for (i = 0; i < l->nheaders; i++)
		template_free(&l->headers[i].value);
	free(l->headers);
	lettermime_free(&l->mime);
	buf_free(&l->host);
	buf_free(&l->mail);
	buf_free(&l->head);
	buf_free(&l->middle);
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
		buf_setf(&l->scratch, "\n%ju", l->repeat);
		sha256_add(&h, l->scratch.p, l->scratch.n);
	}
	sha256_end(&h, digest);
	sha256_hex(hex, digest, ID_BYTES);
	buf_add(b, hex, sizeof(char[2 * ID_BYTES]));
}

static void
compile(struct letter *l, const struct letter_opt *opt)
{
	const struct order *o = l->order;
	const struct span key = span_str("boundary");
	struct buf hash = { 0 };

	add_hash(l, &key, 1, &hash);
	lettermime_open(&l->mime, o, l->fields, opt->files, opt->rows,
	    opt->batch, buf_span(&hash));
	buf_free(&hash);
	template_compile(&l->subject, l->fields, o->subject, TEMPLATE_LINE);
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
	l->copies = opt->copies;
	l->verp = opt->verp;
	l->key = opt->key;
	order_mailbox(opt->sender, &sender);
	if (idn_domain(&l->host, sender.addr.domain, &why) < 0)
		buf_adds(&l->host, "localhost");
	start_hash(l, opt->id);
	compile(l, opt);
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
add_message(struct letter *l, const struct span *rcpt, struct buf *out)
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
	if (l->copies)
		add_hash(l, l->sharer, l->sharers, out);
	else
		add_hash(l, rcpt, 1, out);
	buf_addc(out, '@');
	buf_addspan(out, buf_span(&l->host));
	buf_adds(out, ">\r\n");
	lettermime_add(&l->mime, out);
}

void
letter_message(struct letter *l, const struct span *rcpt, struct buf *out)
{
	lettermime_begin(&l->mime, l->place);
	add_message(l, rcpt, out);
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
	int eight = lettermime_begin(&l->mime, l->place), utf8 = l->utf8;
	size_t i;

	for (i = 0; !l->mime.ascii && !utf8 && i < n; i++)
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
	add_message(l, rcpt, out);
	buf_adds(out, ".\r\n");
}

void
letter_end(struct buf *out)
{
	buf_adds(out, "QUIT\r\n");
}
