#include "hdr.h"

/* What stands before the name of a field of such a block. */
static const char resent[] = "Resent-";

static struct span
trim(struct span s)
{
	while (s.n > 0 && byte_is_space(s.p[0]))
		s = span_drop(s, 1);
	while (s.n > 0 && byte_is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

void
hdr_init(struct hdr *h, struct span text)
{
	h->text = text;
	h->at = 0;
	h->last = HDR_FIELD;
}

int
hdr_is_name(struct span s)
{
	return span_is_graph(s) && span_find(s, ':') == NULL;
}

int
hdr_is_trace(struct span name)
{
	static const char *const names[] = {
		"Return-Path", "Received", "Received-SPF", "Delivered-To",
		"X-Original-To", "Envelope-To", "X-Envelope-To",
		"X-Envelope-From", "Authentication-Results", "DKIM-Signature"
	};

	return span_case_index(name, names, COUNT(names)) >= 0 ||
	    span_case_begins(name, resent) || span_case_begins(name, "ARC-");
}

/* The field that raw is: 0, or -1 when it is not one. */
static int
take_field(struct hdr_field *f, struct span raw)
{
	const char *colon = span_find(raw, ':');
	struct span name;

	if (colon == NULL)
		return -1;
	name = span_of(raw.p, (size_t)(colon - raw.p));
	while (name.n > 0 && byte_is_blank(name.p[name.n - 1]))
		name.n--;		/* RFC 5322 4.5 */
	if (!span_is_graph(name))
		return -1;
	f->raw = raw;
	f->name = name;
	f->value = trim(span_drop(raw, (size_t)(colon - raw.p) + 1));
	return 0;
}

enum hdr_event
hdr_next(struct hdr *h, struct hdr_field *f)
{
	struct span rest = span_drop(h->text, h->at), raw;

	if (h->last != HDR_FIELD)
		return h->last;
	if (rest.n == 0)
		return h->last = HDR_END;
	raw = span_line(&rest);
	if (span_chomp(raw).n == 0) {
		h->at += raw.n;
		return h->last = HDR_BODY;
	}
	while (rest.n > 0 && byte_is_blank(rest.p[0]))
		raw.n += span_line(&rest).n;
	if (take_field(f, raw) < 0)
		return h->last = HDR_JUNK;
	f->at = h->at;
	h->at += raw.n;
	return HDR_FIELD;
}

struct span
hdr_find(struct span text, struct span name)
{
	struct hdr_field f;
	struct hdr h;

	hdr_init(&h, text);
	while (hdr_next(&h, &f) == HDR_FIELD)
		if (span_case_eq(f.name, name))
			return f.value;
	return span_of(NULL, 0);
}

void
hdr_split(struct span text, struct span *fields, struct span *body)
{
	struct hdr_field f;
	struct hdr h;

	*fields = span_of(text.p, 0);
	hdr_init(&h, text);
	while (hdr_next(&h, &f) == HDR_FIELD)
		fields->n = h.at;
	*body = span_drop(text, h.at);
}

void
hdr_unfold(struct buf *b, struct span value)
{
	size_t i;

	for (i = 0; i < value.n; i++)
		if (value.p[i] != '\r' && value.p[i] != '\n')
			buf_addc(b, value.p[i]);
}

/* One entry of a list while it is read. */
struct entry {
	enum { BARE, OPEN, CLOSED } angle;
	int gap;		/* blanks or a comment since the last piece */
	int split;		/* a gap between two words */
};

void
hdr_addrs_init(struct hdr_addrs *a, struct span value)
{
	memset(a, 0, sizeof *a);
	a->rest = value;
}

void
hdr_addrs_free(struct hdr_addrs *a)
{
	buf_free(&a->addr);
}

size_t
hdr_enclosed(struct span s, char open, char close)
{
	size_t i, depth = 1;

	for (i = 1; i < s.n; i++)
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == close && --depth == 0)
			return i + 1;
		else if (s.p[i] == open && open == '(')
			depth++;
	return 0;
}

static int
joins(char c)
{
	return c == '.' || c == '@';
}

/* Adds the next n bytes to the address. */
static void
take(struct hdr_addrs *a, struct entry *e, size_t n)
{
	struct span s = span_of(a->rest.p, n);

	if (e->angle == CLOSED)
		a->why = "text after the closing >";
	if (e->gap && a->addr.n > 0 && !joins(s.p[0]) &&
	    !joins(a->addr.p[a->addr.n - 1]))
		e->split = 1;
	e->gap = 0;
	hdr_unfold(&a->addr, s);
	a->rest = span_drop(a->rest, n);
}

static void
open_angle(struct hdr_addrs *a, struct entry *e, const char *start)
{
	const char *colon, *end;

	if (e->angle != BARE)
		a->why = "a second <";
	e->angle = OPEN;
	e->gap = e->split = 0;
	a->name = trim(span_of(start, (size_t)(a->rest.p - start)));
	buf_clear(&a->addr);
	a->rest = trim(span_drop(a->rest, 1));
	if (a->rest.n > 0 && a->rest.p[0] == '@') {	/* a route */
		end = span_find(a->rest, '>');
		colon = memchr(a->rest.p, ':', end != NULL ?
		    (size_t)(end - a->rest.p) : a->rest.n);
		if (colon != NULL)
			a->rest = span_drop(a->rest,
			    (size_t)(colon - a->rest.p) + 1);
	}
}

/* A piece that is more than one byte long: a comment, "..." or [...]. */
static void
take_enclosed(struct hdr_addrs *a, struct entry *e, char open, char close)
{
	size_t n = hdr_enclosed(a->rest, open, close);

	if (n == 0) {
		a->why = open == '(' ? "a comment without end" :
		    open == '"' ? "a quoted string without end" :
		    "a [ without ]";
		n = a->rest.n;
	}
	if (open != '(') {
		take(a, e, n);
		return;
	}
	e->gap = 1;
	a->rest = span_drop(a->rest, n);
}

/* Reads up to the end of one entry. */
static void
read_entry(struct hdr_addrs *a, struct entry *e)
{
	const char *start = a->rest.p;
	char c;

	while (a->rest.n > 0) {
		c = a->rest.p[0];
		if (c == '(') {
			take_enclosed(a, e, '(', ')');
		} else if (c == '"') {
			take_enclosed(a, e, '"', '"');
		} else if (c == '[') {
			take_enclosed(a, e, '[', ']');
		} else if (c == '<') {
			open_angle(a, e, start);
		} else if (byte_is_space(c) || c == '>') {
			e->gap = 1;
			if (c == '>')
				e->angle = e->angle == OPEN ? CLOSED : OPEN;
			a->rest = span_drop(a->rest, 1);
		} else if (c == ':' && e->angle == BARE) {
			a->rest = span_drop(a->rest, 1);
			start = a->rest.p;
			buf_clear(&a->addr);
			e->split = 0;
		} else if (c == ',' || c == ';') {
			a->rest = span_drop(a->rest, 1);
			return;
		} else {
			take(a, e, 1);
		}
	}
}

int
hdr_addrs_next(struct hdr_addrs *a)
{
	struct entry e;

	while (a->rest.n > 0) {
		memset(&e, 0, sizeof e);
		a->why = NULL;
		a->name = span_of(NULL, 0);
		buf_clear(&a->addr);
		read_entry(a, &e);
		if (a->why == NULL && e.angle == OPEN)
			a->why = "no matching < and >";
		else if (a->why == NULL && e.split)
			a->why = "two words where an address should be";
		else if (a->why == NULL && e.angle == CLOSED && a->addr.n == 0)
			a->why = "no address between < and >";
		if (a->why != NULL)
			return -1;
		if (a->addr.n > 0)
			return 1;
	}
	return 0;
}

static int
is_recipients(struct span name)
{
	return span_case_is(name, "To") || span_case_is(name, "Cc") ||
	    span_case_is(name, "Bcc");
}

static int
is_resent_recipients(struct span name)
{
	return span_case_begins(name, resent) &&
	    is_recipients(span_drop(name, sizeof resent - 1));
}

void
hdr_rcpts_init(struct hdr_rcpts *r, struct span text)
{
	struct hdr_field f;

	memset(r, 0, sizeof *r);
	hdr_init(&r->h, text);
	while (!r->resent && hdr_next(&r->h, &f) == HDR_FIELD)
		r->resent = is_resent_recipients(f.name);
	hdr_init(&r->h, text);
}

void
hdr_rcpts_free(struct hdr_rcpts *r)
{
	hdr_addrs_free(&r->addrs);
}

/* The next field that counts: 1, or 0.  Other fields end a Resent- block. */
static int
next_field(struct hdr_rcpts *r, struct hdr_field *f)
{
	while (hdr_next(&r->h, f) == HDR_FIELD) {
		if (r->begun && !span_case_begins(f->name, resent))
			return 0;
		if (r->resent ? is_resent_recipients(f->name) :
		    is_recipients(f->name)) {
			r->begun = r->resent;
			return 1;
		}
	}
	return 0;
}

int
hdr_rcpts_next(struct hdr_rcpts *r)
{
	struct hdr_field f;
	int got;

	while ((got = hdr_addrs_next(&r->addrs)) == 0) {
		if (!next_field(r, &f))
			return 0;
		hdr_addrs_free(&r->addrs);
		hdr_addrs_init(&r->addrs, f.value);
	}
	return got;
}
