#include "parts.h"

#include <stddef.h>

#include "format/mail/date.h"
#include "format/mail/hdr.h"
#include "format/mail/multipart.h"
#include "htmltext.h"

/* Octets of a field that are looked at: no field of use is longer. */
#define VALUE_MAX 1024

static const struct {
	const char *name;
	size_t offset;
} fields[] = {
	{ "Content-Type", offsetof(struct heading, type) },
	{ "Content-Transfer-Encoding", offsetof(struct heading, encoding) },
	{ "From", offsetof(struct heading, from) },
	{ "Subject", offsetof(struct heading, subject) },
	{ "Date", offsetof(struct heading, date) },
	{ "Received", offsetof(struct heading, received) },
	{ "Return-Path", offsetof(struct heading, path) },
	{ "Auto-Submitted", offsetof(struct heading, submitted) },
	{ "In-Reply-To", offsetof(struct heading, reply_to_id) },
	{ "Message-ID", offsetof(struct heading, id) }
};

/* Where a message came to, by those who delivered it and who wrote it. */
static const char *const to_names[] = {
	"Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To",
	"X-Delivered-To", "X-Rcpt-To", "Original-Recipient", "To", "Cc"
};

static void
take(struct heading *h, const struct hdr_field *f)
{
	struct span value = f->value, *slot;
	size_t i;

	if (value.n > VALUE_MAX)
		value.n = VALUE_MAX;
	for (i = 0; i < COUNT(fields); i++)
		if (span_case_is(f->name, fields[i].name)) {
			slot = (struct span *)((char *)h + fields[i].offset);
			if (slot->p == NULL)
				*slot = value;
			return;
		}
	if (h->tos < HEADING_TO_MAX &&
	    span_case_index(f->name, to_names, COUNT(to_names)) >= 0)
		h->to[h->tos++] = value;
}

void
heading_read(struct heading *h, struct span message)
{
	struct hdr_field f;
	struct hdr hdr;

	memset(h, 0, sizeof *h);
	hdr_init(&hdr, message);
	while (hdr_next(&hdr, &f) == HDR_FIELD)
		take(h, &f);
	h->body = span_drop(message, hdr.at);
}

int
heading_time(const struct heading *h, int64_t *t)
{
	struct span rest = h->received;
	const char *semicolon;

	if (h->date.p != NULL && date_mail_parse(h->date, t) == 0)
		return 0;
	while ((semicolon = span_find(rest, ';')) != NULL)
		rest = span_drop(rest, (size_t)(semicolon + 1 - rest.p));
	return rest.n < h->received.n ? date_mail_parse(rest, t) : -1;
}

static int
contains_any(struct span s, const char *const *what, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (span_case_has(s, what[i]))
			return 1;
	return 0;
}

/* No sender at all, or what some mail systems write for none. */
static int
is_null_path(struct span path)
{
	return path.p != NULL && (span_is(path, "<>") ||
	    span_case_has(path, "mailer-daemon"));
}

int
heading_is_system(const struct heading *h)
{
	static const char *const programs[] = {
		"mailer-daemon", "mailerdaemon", "mail-daemon", "maildaemon",
		"mdaemon@", "mail delivery s", "microsoftexchange"
	};
	/* Behind these there may be people, who have a return path. */
	static const char *const offices[] = {
		"postmaster", "mailer@", "mail administrator"
	};
	const int is_null = is_null_path(h->path);

	/* Postfix and Exim call a bounce auto-replied, too. */
	return contains_any(h->from, programs, COUNT(programs)) ||
	    ((is_null || h->path.p == NULL) &&
	    contains_any(h->from, offices, COUNT(offices))) ||
	    (is_null && !span_case_begins(h->submitted, "auto-replied"));
}

int
heading_says_failed(const struct heading *h)
{
	static const char *const failed[] = {
		"undelivered mail", "undeliverable", "failure notice",
		"delivery failure", "mail delivery failed",
		"delivery status notification (failure)", "returned mail",
		"delivery has failed", "could not be delivered",
		"delivery failed", "mail system error - returned mail",
		"message delivery failure", "non remis", "unzustellbar",
		"nondeliverable mail", "undelivered message"
	};
	static const char *const not[] = {
		"delay", "warning", "temporar", "re:", "fwd:", "fw:",
		"retry"
	};

	return contains_any(h->subject, failed, COUNT(failed)) &&
	    !contains_any(h->subject, not, COUNT(not));
}

/* Nested deeper, or after so many, no server writes what is of use here. */
#define DEPTH_MAX 4
#define PARTS_MAX 64

struct search {
	struct parts *p;
	size_t seen;
};

static void
keep(struct part *slot, const struct heading *h)
{
	if (slot->body.p != NULL)
		return;
	slot->body = h->body;
	slot->encoding = h->encoding;
	slot->type = h->type;
}

static int
is_message(struct span type, const char *subtype)
{
	return multipart_is(type, "message", subtype);
}

/* A part that holds no others. */
static void
take_leaf(struct parts *p, const struct heading *h)
{
	const struct span type = h->type;

	if (type.p == NULL || multipart_is(type, "text", "plain"))
		keep(&p->text, h);
	else if (multipart_is(type, "text", "html"))
		keep(&p->html, h);
	else if (is_message(type, "delivery-status") ||
	    is_message(type, "global-delivery-status"))
		keep(&p->status, h);
	else if (is_message(type, "feedback-report"))
		keep(&p->feedback, h);
	else if (is_message(type, "rfc822") || is_message(type, "global") ||
	    is_message(type, "global-headers") ||
	    is_message(type, "rfc822-headers") ||
	    multipart_is(type, "text", "rfc822-headers"))
		keep(&p->original, h);
}

static void find(struct search *s, const struct heading *h, int depth);

static void
find_all(struct search *s, const struct heading *h, struct span boundary,
    int depth)
{
	enum multipart_event event;
	struct heading part;
	struct multipart m;

	multipart_init(&m, h->body, boundary);
	while ((event = multipart_next(&m)) != MULTIPART_END &&
	    s->seen < PARTS_MAX) {
		if (event != MULTIPART_PART)
			continue;
		s->seen++;
		heading_read(&part, m.piece);
		find(s, &part, depth + 1);
	}
}

static void
find(struct search *s, const struct heading *h, int depth)
{
	struct buf word = { 0 };

	if (h->type.p == NULL || !multipart_is(h->type, "multipart", NULL)) {
		take_leaf(s->p, h);
		return;
	}
	if (multipart_is(h->type, "multipart", "report")) {
		s->p->report = 1;
		s->p->delivery |= multipart_parameter(&word, h->type,
		    "report-type") == 0 &&
		    span_case_is(buf_span(&word), "delivery-status");
	}
	if (depth < DEPTH_MAX && multipart_boundary(&word, h->type) == 0)
		find_all(s, h, buf_span(&word), depth);
	buf_free(&word);
}

void
parts_find(struct parts *p, const struct heading *h)
{
	struct search s;

	memset(p, 0, sizeof *p);
	s.p = p;
	s.seen = 0;
	find(&s, h, 0);
}

/* What is malformed ends the text. */
static void
decode_base64(struct buf *b, struct span s)
{
	struct buf packed = { 0 };
	size_t i;

	for (i = 0; i < s.n; i++)
		if (byte_is_graph(s.p[i]))
			buf_addc(&packed, s.p[i]);
	packed.n -= packed.n % 4;
	mime_base64_decode(b, buf_span(&packed));
	buf_free(&packed);
}

static void
decode_qp(struct buf *b, struct span s)
{
	struct span line;
	size_t had;
	int more;

	while (s.n > 0) {
		line = span_chomp(span_line(&s));
		had = b->n;
		more = mime_qp_decode(b, line);
		if (more < 0) {
			b->n = had;
			buf_addspan(b, line);
		}
		if (more <= 0)
			buf_addc(b, '\n');
	}
}

struct span
parts_text(const struct part *p, struct buf *b, size_t max)
{
	struct span s = p->body;

	if (s.n > max)
		s.n = max;
	buf_clear(b);
	if (span_case_begins(p->encoding, "base64"))
		decode_base64(b, s);
	else if (span_case_begins(p->encoding, "quoted-printable"))
		decode_qp(b, s);
	else
		return s;
	return buf_span(b);
}

/* Makes UTF-8 of what b holds, in the character set that type names. */
static void
to_utf8(struct buf *b, struct span type, mime_convert *convert)
{
	struct buf name = { 0 };

	if (convert != NULL &&
	    multipart_parameter(&name, type, "charset") == 0 && name.n > 0 &&
	    span_is_line(buf_span(&name)) &&
	    !span_case_is(buf_span(&name), "utf-8") &&
	    !span_case_is(buf_span(&name), "us-ascii"))
		convert(b, buf_str(&name));
	buf_free(&name);
}

struct span
parts_shown(const struct part *p, struct buf *b, size_t max,
    mime_convert *convert)
{
	struct buf html = { 0 };
	struct span s = { 0 };

	if (p->body.p == NULL)
		return s;
	s = parts_text(p, b, max);
	if (s.p != b->p)
		buf_addspan(b, s);
	to_utf8(b, p->type, convert);
	if (multipart_is(p->type, "text", "html")) {
		html = *b;
		memset(b, 0, sizeof *b);
		htmltext_add(b, buf_span(&html));
		buf_free(&html);
	}
	return buf_span(b);
}
