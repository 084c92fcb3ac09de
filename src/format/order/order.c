#include "order.h"

#include <stdlib.h>

static const struct {
	const char *name;
	size_t span;		/* offset in struct order */
} sections[] = {
	{ "[Recipients:]", offsetof(struct order, recipients) },
	{ "[Subject:]", offsetof(struct order, subject) },
	{ "[Body:]", offsetof(struct order, body) },
	{ "[From:]", offsetof(struct order, from) },
	{ "[Reply-To:]", offsetof(struct order, reply_to) },
	{ "[Headers:]", offsetof(struct order, headers) },
	{ "[Html:]", offsetof(struct order, html) },
	{ "[Attach:]", offsetof(struct order, attach) }
};

/* How many of these, from the first, must be there. */
#define REQUIRED 3

#define BODY 2			/* the one tag that counts behind [Html:] */
#define ANY (-1)

static struct span *
section_of(struct order *o, size_t k)
{
	return (struct span *)(void *)((char *)o + sections[k].span);
}

/* Whether the line ends at i; s may end with it. */
static int
is_eol(struct span s, size_t i)
{
	if (i < s.n && s.p[i] == '\r')
		i++;
	return i == s.n || s.p[i] == '\n';
}

/* Which section's tag stands at i, and its length; or -1. */
static int
tag_at(struct span s, size_t i, size_t *n)
{
	size_t k;

	if (i >= s.n || s.p[i] != '[' ||
	    (i > 0 && !byte_is_blank(s.p[i - 1]) && s.p[i - 1] != '\n'))
		return -1;
	for (k = 0; k < COUNT(sections); k++)
		if (span_case_begins(span_drop(s, i), sections[k].name)) {
			*n = strlen(sections[k].name);
			return (int)k;
		}
	return -1;
}

/* Offset of the next tag, of a kind or ANY, from i on; or s.n. */
static size_t
find_tag(struct span s, size_t i, int kind)
{
	const char *p;
	size_t n;
	int k;

	while (i < s.n && (p = memchr(s.p + i, '[', s.n - i)) != NULL) {
		i = (size_t)(p - s.p);
		k = tag_at(s, i, &n);
		if (k >= 0 && (kind == ANY || k == kind))
			return i;
		i++;
	}
	return s.n;
}

/*
 * Skips what stands between entries: blanks, line ends, separators, and
 * comments, which take a line or what is left of one at the start of s.
 */
static size_t
skip_between(struct span s, size_t i, int separators)
{
	int fresh = i == 0;	/* only blanks since the line began */
	const char *lf;

	for (; i < s.n; i++) {
		if (s.p[i] == '\n') {
			fresh = 1;
		} else if (fresh && s.p[i] == '#') {
			lf = memchr(s.p + i, '\n', s.n - i);
			i = lf != NULL ? (size_t)(lf - s.p) - 1 : s.n - 1;
		} else if (separators && (s.p[i] == ',' || s.p[i] == ';')) {
			fresh = 0;
		} else if (!byte_is_blank(s.p[i]) && !is_eol(s, i))
			break;
	}
	return i;
}

/*
 * The end of the entry that starts at start, blanks behind it included.
 * *open is a quote in it that nothing closes, or NULL.
 */
static size_t
entry_end(struct span s, size_t start, const char **open)
{
	size_t i, n;

	*open = NULL;
	for (i = start; i < s.n; i++) {
		switch (s.p[i]) {
		case ',':
		case ';':
		case '\n':
			return i;
		case '[':
			if (tag_at(s, i, &n) >= 0)
				return i;
			break;
		case '"':
			if (!entry_quote_opens(s, start, i))
				break;
			n = entry_quote_end(s, i);
			if (n > 0)
				i = n;
			else if (*open == NULL)
				*open = s.p + i;
			break;
		}
	}
	return i;
}

int
order_line(struct span *section, struct span *line)
{
	while (section->n > 0) {
		*line = span_trim(span_chomp(span_line(section)));
		if (line->n > 0)
			return 1;
	}
	return 0;
}

int
order_path(struct span *section, struct span *line)
{
	while (order_line(section, line))
		if (line->p[0] != '#')
			return 1;
	return 0;
}

void
order_mailbox(struct span section, struct entry *e)
{
	struct span line;

	if (!order_line(&section, &line))
		line = span_of(section.p, 0);
	entry_parse(e, line);
}

/* Parses the entry at start; returns where it ends. */
static size_t
entry_at(struct span s, size_t start, struct entry *e, const char **open)
{
	size_t end = entry_end(s, start, open), n = end - start;

	if (s.p[end - 1] == '\r' && is_eol(s, end))
		n--;
	entry_parse(e, span_trim(span_of(s.p + start, n)));
	return end;
}

/* What is kept of an entry, for there may be millions. */
struct packed {
	uint32_t at, n;		/* its text, in the section */
	uint16_t addr;		/* octets of a good address at its start, 0
				   where it is to be parsed again */
	uint8_t local;		/* of them those before the @ */
	uint8_t kind;
};

static struct packed
pack(const struct order *o, const struct entry *e)
{
	struct packed x = { 0 };

	x.at = (uint32_t)(e->text.p - o->recipients.p);
	x.n = (uint32_t)e->text.n;
	x.kind = (uint8_t)e->kind;
	if (e->kind == ENTRY_GOOD && e->addr.text.p == e->text.p &&
	    (e->addr.text.n == e->text.n ||
	    byte_is_blank(e->text.p[e->addr.text.n]))) {
		x.addr = (uint16_t)e->addr.text.n;
		x.local = (uint8_t)e->addr.local.n;
	}
	return x;
}

static void
unpack(const struct order *o, const struct packed *x, struct entry *e)
{
	const struct span text = span_of(o->recipients.p + x->at, x->n);

	if (x->addr == 0)
		entry_parse(e, text);
	else {
		memset(e, 0, sizeof *e);
		e->text = text;
		e->addr.text = span_of(text.p, x->addr);
		e->addr.local = span_of(text.p, x->local);
		e->addr.domain = span_drop(e->addr.text, x->local + 1U);
		e->fields = span_trim(span_drop(text, x->addr));
	}
	if (x->kind != ENTRY_DUPLICATE || !o->repeats)
		e->kind = (enum entry_kind)x->kind;
}

int
order_next(const struct order *o, struct order_walk *w,
    struct entry *e)
{
	struct packed x;

	if (w->at == o->index.n)
		return 0;
	memcpy(&x, o->index.p + w->at, sizeof x);
	w->at += sizeof x;
	unpack(o, &x, e);
	w->number += e->kind != ENTRY_DUPLICATE && e->kind != ENTRY_ROW &&
	    e->kind != ENTRY_EXCLUDED_ROW;
	if (x.kind == ENTRY_DUPLICATE)
		e->repeat = w->number;
	return 1;
}

size_t
order_entries(const struct order *o)
{
	return o->index.n / sizeof(struct packed);
}

size_t
order_place(const struct order_walk *w)
{
	return w->at / sizeof(struct packed) - 1;
}

void
order_at(const struct order *o, size_t place, struct entry *e)
{
	struct order_walk walk = { 0 };

	walk.at = place * sizeof(struct packed);
	order_next(o, &walk, e);
}

void
order_follow(struct order *o, size_t place, int left_out)
{
	struct packed x;
	char *p = o->index.p + place * sizeof x;

	memcpy(&x, p, sizeof x);
	if (x.kind == ENTRY_EXCLUDED)
		o->excluded--;
	else if (x.kind == ENTRY_DUPLICATE && !o->repeats)
		o->duplicates--;
	else
		o->good--;
	o->rows++;
	x.kind = left_out ? ENTRY_EXCLUDED_ROW : ENTRY_ROW;
	memcpy(p, &x, sizeof x);
}

int
order_find(const struct order *o, struct order_walk *w, struct entry *e,
    enum entry_kind kind)
{
	while (order_next(o, w, e))
		if (e->kind == kind)
			return 1;
	return 0;
}

/* What is malformed is a fault, and counts as bad: no letter is sent then. */
static void
check_entry(struct order *o, struct entry *e, const char *open)
{
	if (open != NULL)
		faults_add(&o->faults, open,
		    "this quote is not closed in its line");
	else if (entry_is_tag_like(e->text))
		faults_add(&o->faults, e->text.p, "unknown section, or a tag "
		    "that does not follow a blank");
	else
		return;
	e->kind = ENTRY_BAD;
}

void
order_leave_out(struct order *o, const char *out)
{
	struct packed x;
	struct entry e;
	size_t at, k, number = 0;

	for (at = 0; at < o->index.n; at += sizeof x) {
		memcpy(&x, o->index.p + at, sizeof x);
		if (x.kind == ENTRY_DUPLICATE && o->repeats) {
			unpack(o, &x, &e);
			k = set_find(&o->seen, e.addr.text);
		} else {
			k = x.kind == ENTRY_DUPLICATE ? SET_NONE : number++;
		}
		if (k == SET_NONE || x.kind == ENTRY_BAD || !out[k])
			continue;
		x.kind = ENTRY_EXCLUDED;
		memcpy(o->index.p + at, &x, sizeof x);
		o->good--;
		o->excluded++;
	}
}

void
order_forget(struct order *o)
{
	set_free(&o->seen);
}

/* What tells an entry from others. */
static struct span
entry_name(const struct entry *e)
{
	return e->kind == ENTRY_GOOD ? e->addr.text : e->text;
}

static void
take_entry(struct order *o, const struct entry *e, uint32_t hash)
{
	const size_t n = o->seen.n;
	struct packed x = pack(o, e);

	if (e->text.n > o->longest)
		o->longest = e->text.n;
	if (set_put(&o->seen, entry_name(e), hash) < n)
		x.kind = ENTRY_DUPLICATE;
	if (x.kind == ENTRY_DUPLICATE && !o->repeats)
		o->duplicates++;
	else if (e->kind == ENTRY_GOOD)
		o->good++;
	else
		o->bad++;
	o->capitals |= e->kind == ENTRY_GOOD && span_has_capital(e->addr.local);
	buf_add(&o->index, &x, sizeof x);
}

/*
 * Goes through the entries at the start of s; returns where they end.  Each is
 * taken when the next has been parsed (set_seek).
 */
static size_t
take_recipients(struct order *o, struct span s)
{
	struct entry e, next;
	const char *open;
	uint32_t hash = 0, next_hash;
	size_t i = 0, n;
	int any = 0;

	while ((i = skip_between(s, i, 1)) < s.n && tag_at(s, i, &n) < 0) {
		i = entry_at(s, i, &next, &open);
		check_entry(o, &next, open);
		next_hash = set_seek(&o->seen, entry_name(&next));
		if (any)
			take_entry(o, &e, hash);
		e = next;
		hash = next_hash;
		any = 1;
	}
	if (any)
		take_entry(o, &e, hash);
	return i;
}

/*
 * Takes the section whose tag of n bytes stands at *i; *i is then where the
 * next one starts.
 */
static void
take_section(struct order *o, int k, size_t *i, size_t n)
{
	struct span s = o->text, ignored, *section = section_of(o, (size_t)k);
	const char *tag = s.p + *i;
	size_t start = *i + n;

	if (section->p != NULL) {
		faults_add(&o->faults, tag, "%s is here twice",
		    sections[k].name);
		section = &ignored;
	}
	while (start < s.n && byte_is_blank(s.p[start]))
		start++;
	section->p = s.p + start;
	if (section == &o->body || section == &o->html) {
		if (start < s.n && is_eol(s, start))
			start += s.p[start] == '\r' ? 2 : 1;
		if (start > s.n)
			start = s.n;
		section->p = s.p + start;
		*i = k == BODY ? s.n : find_tag(s, start, BODY);
	} else if (section == &o->recipients) {
		*i = start + take_recipients(o, span_drop(s, start));
		if (o->good + o->bad == 0)
			faults_add(&o->faults, tag,
			    "there is no recipient in this section");
	} else {
		*i = find_tag(s, start, ANY);
	}
	section->n = (size_t)(s.p + *i - section->p);
}

static void
check_mailbox(struct order *o, struct span section)
{
	struct entry e;
	struct span line;

	if (section.p == NULL)
		return;
	order_mailbox(section, &e);
	if (e.kind == ENTRY_BAD)
		faults_add(&o->faults, e.text.p, "%s", e.why);
	else if (e.fields.n > 0)
		faults_add(&o->faults, e.fields.p,
		    "more than one address here");
	if (order_line(&section, &line) && order_line(&section, &line))
		faults_add(&o->faults, line.p, "more than one line here");
}

static void
take_sections(struct order *o)
{
	size_t i, n;
	int k;

	i = skip_between(o->text, 0, 0);
	if (i < o->text.n && tag_at(o->text, i, &n) < 0) {
		faults_add(&o->faults, o->text.p + i, "expected a section's "
		    "tag, such as [Recipients:]");
		i = find_tag(o->text, i, ANY);
	}
	while ((k = tag_at(o->text, i, &n)) >= 0)
		take_section(o, k, &i, n);
}

void
order_read(struct order *o, struct span text, int repeats)
{
	struct sha256 h;
	size_t k;

	memset(o, 0, sizeof *o);
	o->repeats = repeats;
	sha256_init(&h);
	sha256_add(&h, text.p, text.n);
	sha256_end(&h, o->digest);
	text = span_unmarked(text);
	o->text = text;
	faults_init(&o->faults, text);
	order_set(o, &o->seen, SET_FOLD_DOMAIN);
	take_sections(o);
	for (k = 0; k < REQUIRED; k++)
		if (section_of(o, k)->p == NULL)
			faults_add(&o->faults, text.p + text.n, "no %s section",
			    sections[k].name);
	check_mailbox(o, o->from);
	check_mailbox(o, o->reply_to);
	if (o->headers.p != NULL)
		headers_read(&o->extra, o->headers, o->reply_to.p != NULL,
		    &o->faults);
	faults_check_bytes(&o->faults,
	    o->html.p != NULL ? o->html.p : o->body.p);
}

void
order_free(struct order *o)
{
	faults_free(&o->faults);
	free(o->extra.field);
	set_free(&o->seen);
	buf_free(&o->index);
	memset(o, 0, sizeof *o);
}
