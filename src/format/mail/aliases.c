#include "aliases.h"

#include "addr.h"
#include "hdr.h"

/* A line, and those that go on with it; name is empty where it says nothing. */
struct entry {
	struct span name, list;
	size_t line;
	int whole;		/* it has a colon behind a name */
};

struct entries {
	struct span rest;
	size_t line;		/* how many have been read */
};

static int
goes_on(struct span rest)
{
	struct span line = rest;

	if (rest.n == 0 || !byte_is_blank(rest.p[0]))
		return 0;
	return span_trim(span_chomp(span_line(&line))).n > 0;
}

static int
next(struct entries *e, struct entry *entry)
{
	struct span text = e->rest, line;

	if (text.n == 0)
		return 0;
	line = span_line(&e->rest);
	entry->line = ++e->line;
	entry->whole = 1;
	entry->name = entry->list = span_of(NULL, 0);
	if (line.p[0] == '#' || span_trim(span_chomp(line)).n == 0)
		return 1;
	for (; goes_on(e->rest); e->line++)
		span_line(&e->rest);
	text.n = (size_t)(e->rest.p - text.p);
	entry->list = text;
	entry->whole = span_find(text, ':') != NULL;
	entry->name = span_trim(span_cut(&entry->list, ':'));
	entry->whole &= entry->name.n > 0 &&
	    !span_has_control(entry->name);
	return 1;
}

/* NULL, or why a member of a list cannot get mail. */
static const char *
fault(struct span list)
{
	const char *why = NULL;
	struct hdr_addrs a;
	struct span rest;
	struct addr addr;
	size_t n = 0;
	int r;

	hdr_addrs_init(&a, list);
	for (;;) {
		rest = a.rest;
		while (rest.n > 0 && strchr(" \t\r\n,\"", rest.p[0]) != NULL)
			rest = span_drop(rest, 1);
		if (rest.n > 0 && strchr("|/:", rest.p[0]) != NULL)
			why = "a command, a file or a list of addresses in "
			    "one gets no mail from here";
		r = why == NULL ? hdr_addrs_next(&a) : 0;
		if (r == 0)
			break;
		n++;
		if (r < 0 || addr_parse_bare(&addr, buf_span(&a.addr),
		    &a.why) < 0)
			why = a.why;
	}
	hdr_addrs_free(&a);
	return why == NULL && n == 0 ? "nobody gets its mail" : why;
}

int
aliases_check(struct span text, const char *name, struct buf *faults)
{
	struct entries e = { .rest = text };
	struct entry entry;
	const char *why;
	size_t n = faults->n;

	while (next(&e, &entry)) {
		if (entry.whole && entry.name.n == 0)
			continue;
		why = entry.whole ? fault(entry.list) : "not \"name: address\"";
		if (why != NULL)
			buf_addfault(faults, "%s:%zu: %s", name, entry.line,
			    why);
	}
	return faults->n == n;
}

int
aliases_find(struct span text, struct span name, struct span *list)
{
	struct entries e = { .rest = text };
	struct entry entry;
	int found = 0;

	while (next(&e, &entry)) {
		if (entry.name.n > 0 && span_case_eq(entry.name, name)) {
			*list = entry.list;
			return 1;
		}
		if (!found && span_case_is(entry.name, "default")) {
			*list = entry.list;
			found = 1;
		}
	}
	return found;
}
