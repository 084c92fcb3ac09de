#include "parts.h"

#include "format/mail/multipart.h"
#include "htmltext.h"

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
