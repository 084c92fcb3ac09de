#include "status.h"

#include "format/mail/addr.h"
#include "format/mail/hdr.h"
#include "format/mail/multipart.h"
#include "format/mail/unicode.h"

/* Blocks of fields that are read, the one about the message among them. */
#define BLOCKS_MAX 10001

/* What a block says of a recipient; views of the report. */
struct block {
	struct span action, final, original, status, diagnostic, server;
};

/* \x{HEX} at the start of s, RFC 6533 3: its length, or 0. */
static size_t
hex_character(struct span s, uint32_t *c)
{
	size_t i;

	if (!span_begins(s, "\\x{"))
		return 0;
	*c = 0;
	for (i = 3; i < s.n && i < 9 && byte_hex(s.p[i]) >= 0; i++)
		*c = *c << 4 | (uint32_t)byte_hex(s.p[i]);
	return i > 3 && i < s.n && s.p[i] == '}' && *c > 0x1f &&
	    *c < 0x110000 ? i + 1 : 0;
}

/* Where a comment begins, which no bracket in quotes does, or s.n. */
static size_t
comment_at(struct span s)
{
	int quoted = 0;
	size_t i;

	for (i = 0; i < s.n && (quoted || s.p[i] != '('); i++) {
		if (s.p[i] == '"')
			quoted = !quoted;
		else if (s.p[i] == '\\')
			i += i + 1 < s.n;
	}
	return i;
}

/* The address in "type; address", on one line, without comments. */
static void
add_address(struct buf *b, struct span value)
{
	const char *semicolon = span_find(value, ';');
	uint32_t c;
	size_t n;

	if (semicolon != NULL)
		value = span_drop(value, (size_t)(semicolon + 1 - value.p));
	value.n = comment_at(value);
	while (value.n > 0) {
		n = hex_character(value, &c);
		if (n > 0)
			unicode_add(b, c);
		else if (value.p[0] != '\r' && value.p[0] != '\n')
			buf_addc(b, value.p[0]);
		value = span_drop(value, n > 0 ? n : 1);
	}
}

/* Without the escapes of an ORCPT, +XX (RFC 3461 4.2). */
static void
add_unescaped(struct buf *b, struct span s)
{
	while (s.n > 0) {
		if (s.p[0] == '+' && s.n > 2 && byte_hex(s.p[1]) >= 0 &&
		    byte_hex(s.p[2]) >= 0) {
			buf_addc(b, byte_hex(s.p[1]) * 16 + byte_hex(s.p[2]));
			s = span_drop(s, 2);
		} else {
			buf_addc(b, s.p[0]);
		}
		s = span_drop(s, 1);
	}
}

static struct span
bare(const struct buf *b)
{
	struct span s = span_trim(buf_span(b));

	return s.n > 1 && s.p[0] == '<' && s.p[s.n - 1] == '>' ?
	    span_of(s.p + 1, s.n - 2) : s;
}

/*
 * To whom the message was sent: the original recipient, where that is known
 * and is not the final one as an ORCPT has it.
 */
static void
add_recipient(struct buf *b, const struct block *block)
{
	struct buf original = { 0 }, final = { 0 }, plain = { 0 };
	struct addr a;

	add_address(&original, block->original);
	add_address(&final, block->final);
	add_unescaped(&plain, bare(&original));
	if (addr_parse(&a, bare(&original), NULL) < 0 ||
	    span_case_eq(buf_span(&plain), bare(&final)))
		buf_addspan(b, bare(&final));
	else
		buf_addspan(b, bare(&original));
	buf_free(&original);
	buf_free(&final);
	buf_free(&plain);
}

/* The host that a Remote-MTA names, as a server; empty where it does not. */
static void
add_server(struct buf *b, struct span value)
{
	struct span type = span_cut(&value, ';');

	if (!span_case_is(span_trim(type), "dns"))
		return;
	value = span_trim(value);
	value.n = span_word(value).n;
	if (value.n > 0 && value.p[value.n - 1] == '.')
		value.n--;
	if (!addr_is_domain(value))
		return;
	buf_addspan(b, value);
	buf_adds(b, ":25");
}

/* What the block says of delivery: a status, or -1 for nothing. */
static int
outcome(const struct block *b)
{
	const struct span action = multipart_token(b->action);
	const char class = b->status.n > 0 ? b->status.p[0] : '\0';

	if (span_case_is(action, "failed") || span_case_is(action, "failure"))
		return class == '2' ? -1 : RESULT_FAILED;
	if (span_case_is(action, "delayed"))
		return RESULT_DEFERRED;
	if (action.n > 0)
		return -1;
	return class == '5' ? RESULT_FAILED :
	    class == '4' ? RESULT_DEFERRED : -1;
}

static int
is_recipient(const struct block *b)
{
	return b->final.p != NULL || b->original.p != NULL ||
	    b->action.p != NULL;
}

static void
add_block(struct found *f, const struct block *b)
{
	struct buf rcpt = { 0 }, server = { 0 };
	struct span why = b->diagnostic;
	const int what = outcome(b);
	const char *semicolon;

	if (what < 0 || !is_recipient(b))
		return;
	add_recipient(&rcpt, b);
	add_server(&server, b->server);
	semicolon = span_find(why, ';');
	if (semicolon != NULL)
		why = span_drop(why, (size_t)(semicolon + 1 - why.p));
	found_add(f, (enum result_status)what, buf_span(&rcpt), why,
	    span_word(b->status), buf_span(&server));
	buf_free(&rcpt);
	buf_free(&server);
}

static void
take_field(struct block *b, const struct hdr_field *f)
{
	struct {
		const char *name;
		struct span *value;
	} fields[] = {
		{ "Action", &b->action }, { "Final-Recipient", &b->final },
		{ "Original-Recipient", &b->original },
		{ "Status", &b->status },
		{ "Diagnostic-Code", &b->diagnostic },
		{ "Remote-MTA", &b->server }
	};
	size_t i;

	for (i = 0; i < COUNT(fields); i++)
		if (fields[i].value->p == NULL &&
		    span_case_is(f->name, fields[i].name)) {
			*fields[i].value = f->value;
			return;
		}
}

/*
 * Takes the next block off *report: fields up to an empty line, or to another
 * Final-Recipient.  Lines that are no fields are passed over.
 */
static void
take_block(struct block *b, struct span *report)
{
	enum hdr_event event;
	struct hdr_field f;
	struct hdr h;

	memset(b, 0, sizeof *b);
	do {
		hdr_init(&h, *report);
		while ((event = hdr_next(&h, &f)) == HDR_FIELD) {
			if (b->final.p != NULL &&
			    span_case_is(f.name, "Final-Recipient")) {
				*report = span_drop(*report, f.at);
				return;
			}
			take_field(b, &f);
		}
		*report = span_drop(*report, h.at);
		if (event == HDR_JUNK)
			span_line(report);
	} while (event == HDR_JUNK && report->n > 0);
}

int
status_delivery(struct found *f, struct span report)
{
	struct block b;
	int some = 0;
	size_t n;

	for (n = 0; report.n > 0 && n < BLOCKS_MAX; n++) {
		take_block(&b, &report);
		some |= is_recipient(&b);
		add_block(f, &b);
	}
	return some;
}

static int
is_complaint(struct span type)
{
	static const char *const types[] = {
		"abuse", "fraud", "virus", "other", "opt-out", "miscategorized"
	};

	return span_case_index(type, types, COUNT(types)) >= 0;
}

int
status_complaint(struct found *f, struct span report, struct span *from)
{
	struct span type = hdr_find(report, span_str("Feedback-Type"));
	const size_t had = f->n;
	struct hdr_field field;
	struct hdr h;

	type = multipart_token(type);
	if (!is_complaint(type))
		return 0;
	*from = hdr_find(report, span_str("Original-Mail-From"));
	hdr_init(&h, report);
	while (hdr_next(&h, &field) == HDR_FIELD)
		if (span_case_is(field.name, "Original-Rcpt-To") ||
		    span_case_is(field.name, "Removal-Recipient"))
			found_add(f, RESULT_COMPLAINED, field.value, type,
			    span_of(NULL, 0), span_of(NULL, 0));
	if (f->n == had)
		found_add(f, RESULT_COMPLAINED, span_of(NULL, 0), type,
		    span_of(NULL, 0), span_of(NULL, 0));
	return 1;
}
