#include "order.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

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
	{ "[Html:]", offsetof(struct order, html) }
};

/* The first so many must be there. */
#define REQUIRED 3

#define BODY 2			/* the one tag that counts behind [Html:] */
#define ANY (-1)

static int
is_blank(int c)
{
	return c == ' ' || c == '\t';
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
	    (i > 0 && !is_blank(s.p[i - 1]) && s.p[i - 1] != '\n'))
		return -1;
	for (k = 0; k < COUNT(sections); k++) {
		*n = strlen(sections[k].name);
		if (*n <= s.n - i &&
		    span_case_is(span_of(s.p + i, *n), sections[k].name))
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
		} else if (!is_blank(s.p[i]) && !is_eol(s, i))
			break;
	}
	return i;
}

/* What entry_end must look at: a bit each, of " , ; [ and LF. */
static int
may_end(int c)
{
	static const uint64_t set[2] = {
		UINT64_C(0x800100400000400), UINT64_C(0x8000000)
	};

	return (c & 0x80) == 0 && (set[c >> 6 & 1] >> (c & 63) & 1) != 0;
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
		while (i + 1 < s.n && !may_end(s.p[i]))
			i++;
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
	const char *lf;
	size_t n;

	while (section->n > 0) {
		lf = memchr(section->p, '\n', section->n);
		n = lf != NULL ? (size_t)(lf - section->p) + 1 : section->n;
		*line = span_trim(span_chomp(span_of(section->p, n)));
		*section = span_drop(*section, n);
		if (line->n > 0)
			return 1;
	}
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

/* Parses the entry at start, which may be known good; returns where it ends. */
static size_t
entry_at(struct span s, size_t start, int good, struct entry *e,
    const char **open)
{
	size_t end = entry_end(s, start, open), n = end - start;

	if (s.p[end - 1] == '\r' && is_eol(s, end))
		n--;
	if (good)
		entry_parse_good(e, span_trim(span_of(s.p + start, n)));
	else
		entry_parse(e, span_trim(span_of(s.p + start, n)));
	return end;
}

int
order_next(const struct order *o, struct order_walk *w,
    struct entry *e)
{
	struct span s = o->recipients;
	const char *open;
	uint32_t dropped;
	size_t start;

	start = skip_between(s, w->at, 1);
	if (start >= s.n)
		return 0;
	w->at = entry_at(s, start, o->bad == 0 && o->nfaults == 0, e, &open);
	if (w->dropped < o->dropped.n) {
		memcpy(&dropped, o->dropped.p + w->dropped, sizeof dropped);
		if (dropped == start) {
			e->kind = ENTRY_DUPLICATE;
			w->dropped += sizeof dropped;
		}
	}
	w->number += e->kind != ENTRY_DUPLICATE;
	return 1;
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

static void
check_fields(struct order *o, struct span rest)
{
	struct field f;
	const char *why;
	int r;

	while ((r = entry_field(&rest, &f, &why)) > 0)
		if (entry_own(f.key) != OWN_NONE)
			order_wrong(o, f.key.p, "%.*s is no field: it comes "
			    "from the address", (int)f.key.n, f.key.p);
	if (r < 0)
		order_wrong(o, rest.p, "%s", why);
}

int
order_is_tag_like(struct span s)
{
	size_t i = 1;

	if (s.n == 0 || s.p[0] != '[')
		return 0;
	while (i < s.n && entry_is_key(s.p[i]) && s.p[i] != ':')
		i++;
	return i > 1 && i + 1 < s.n && s.p[i] == ':' && s.p[i + 1] == ']';
}

/* An entry on its way into the set of those that were seen. */
struct arrival {
	struct span key;	/* p is NULL where there is none */
	uint32_t at;		/* in the section */
	uint32_t hash;
	int good;
};

static void
arrive(struct order *o, const struct arrival *a)
{
	size_t n = o->seen.n;

	if (a->key.p == NULL)
		return;
	if (set_put(&o->seen, a->key, a->hash) < n) {
		buf_add(&o->dropped, &a->at, sizeof a->at);
		o->duplicates++;
	} else if (a->good)
		o->good++;
	else
		o->bad++;
}

/* Checks an entry; the one before it arrives, its place in memory fetched. */
static void
take_entry(struct order *o, struct entry *e, const char *open,
    struct arrival *a)
{
	if (open != NULL)
		order_wrong(o, open, "this quote is not closed in its line");
	else if (e->kind == ENTRY_GOOD)
		check_fields(o, e->fields);
	else if (order_is_tag_like(e->text))
		order_wrong(o, e->text.p, "unknown section, or a tag that "
		    "does not follow a blank");
	if (e->text.n > o->longest)
		o->longest = e->text.n;
	arrive(o, a);
	a->good = e->kind == ENTRY_GOOD;
	a->key = a->good ? e->addr.text : e->text;
	a->at = (uint32_t)(e->text.p - o->recipients.p);
	a->hash = set_seek(&o->seen, a->key);
}

/* Goes through the entries at the start of s; returns where they end. */
static size_t
take_recipients(struct order *o, struct span s)
{
	struct arrival last = { { NULL, 0 }, 0, 0, 0 };
	struct entry e;
	const char *open;
	size_t i = 0, n;

	for (;;) {
		i = skip_between(s, i, 1);
		if (i >= s.n || tag_at(s, i, &n) >= 0)
			break;
		i = entry_at(s, i, 0, &e, &open);
		take_entry(o, &e, open, &last);
	}
	arrive(o, &last);
	return i;
}

/*
 * Takes the section whose tag of n bytes stands at *i; *i is then where the
 * next one starts.
 */
static void
take_section(struct order *o, int k, size_t *i, size_t n)
{
	struct span s = o->text, again, *section;
	const char *tag = s.p + *i;
	size_t start = *i + n;

	section = (struct span *)(void *)((char *)o + sections[k].span);
	if (section->p != NULL) {
		order_wrong(o, tag, "%s for the second time",
		    sections[k].name);
		section = &again;
	}
	while (start < s.n && is_blank(s.p[start]))
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
			order_wrong(o, tag, "no recipient in this section");
	} else
		*i = find_tag(s, start, ANY);
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
		order_wrong(o, e.text.p, "%s", e.why);
	else if (e.fields.n > 0)
		order_wrong(o, e.fields.p, "more than one address here");
	if (order_line(&section, &line) && order_line(&section, &line))
		order_wrong(o, line.p, "more than one line here");
}

static void
take_sections(struct order *o)
{
	size_t i, n;
	int k;

	i = skip_between(o->text, 0, 0);
	if (i < o->text.n && tag_at(o->text, i, &n) < 0) {
		order_wrong(o, o->text.p + i, "expected a section's tag, such "
		    "as [Recipients:]");
		i = find_tag(o->text, i, ANY);
	}
	while ((k = tag_at(o->text, i, &n)) >= 0)
		take_section(o, k, &i, n);
}

void
order_read(struct order *o, struct span text)
{
	struct hash h;
	uint64_t seed;
	size_t k;

	memset(o, 0, sizeof *o);
	hash_init(&h);
	hash_add(&h, text.p, text.n);
	hash_end(&h, o->digest);
	memcpy(&seed, o->digest, sizeof seed);
	if (text.n >= 3 && memcmp(text.p, "\xef\xbb\xbf", 3) == 0)
		text = span_drop(text, 3);
	o->text = text;
	set_init(&o->seen, text.p, seed, 1);
	take_sections(o);
	set_free(&o->seen);
	for (k = 0; k < REQUIRED; k++)
		if (((struct span *)(void *)((char *)o +
		    sections[k].span))->p == NULL)
			order_wrong(o, text.p + text.n, "no %s section",
			    sections[k].name);
	check_mailbox(o, o->from);
	check_mailbox(o, o->reply_to);
	order_check_headers(o);
	order_check_bytes(o);
}
