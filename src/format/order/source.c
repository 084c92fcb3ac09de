#include "source.h"

#include <fnmatch.h>
#include <stdlib.h>

#include "format/wire/escape.h"
#include "table.h"

void
source_free(struct source *s)
{
	if (s->attach.files > 0)
		attach_free(&s->attach);
	if (s->rows.grouped)
		rows_free(&s->rows);
	fields_free(&s->fields);
	order_free(&s->order);
	buf_free(&s->columns);
	buf_free(&s->key_of_group);
	buf_free(&s->text);
}

/* Where the key of -G is the heading of a column, it is that column's. */
static void
name_group(struct source *s)
{
	struct span rest = buf_span(&s->columns), heading, key;

	while (s->group != NULL && fields_column(&rest, &heading, &key)) {
		if (!span_is(heading, s->group))
			continue;
		buf_addspan(&s->key_of_group, key);
		s->group = buf_str(&s->key_of_group);
		break;
	}
}

/* The table's lines become those at the start of the order. */
int
source_table(struct source *s, struct span text, struct buf *faults)
{
	struct table t;
	int r, first, wrong = 0;

	table_open(&t, text, s->column);
	for (first = 1; (r = table_row(&t, &s->text)) != 0; first = 0) {
		if (r > 0)
			continue;
		s->headless |= first;
		buf_addfault(faults, "%s:%zu:%zu: %s", s->table, t.line,
		    t.column, buf_str(&t.why));
		wrong = -1;
	}
	if (wrong < 0)		/* with an entry that says nothing */
		buf_adds(&s->text, "?\n");
	table_headings(&t, &s->columns);
	name_group(s);
	table_free(&t);
	s->lines = span_lines(buf_span(&s->text));
	return wrong;
}

/* Whether the order may say who its letters are from. */
static void
check_from(struct order *o, const char *pattern)
{
	struct entry e;
	char *addr;

	if (o->from.p == NULL)
		return;
	order_mailbox(o->from, &e);
	if (pattern == NULL) {
		faults_add(&o->faults, o->from.p,
		    "[From:] is not allowed (-F)");
		return;
	}
	addr = span_dup(e.addr.text);
	if (e.kind == ENTRY_GOOD && fnmatch(pattern, addr, 0) != 0)
		faults_add(&o->faults, e.addr.text.p, "From address %s is not "
		    "allowed: it does not match %s", addr, pattern);
	free(addr);
}

/* Columns of a table's line are not those of the entry it has become. */
static void
tell_faults(const struct source *s, struct faults *found, struct buf *faults)
{
	struct fault f;

	while (faults_next(found, &f))
		if (f.line <= s->lines)
			buf_addfault(faults, "%s:%zu:1: %s", s->table, f.line,
			    f.text);
		else
			buf_addfault(faults, "%s:%zu:%zu: %s", s->name,
			    f.line - s->lines, f.column, f.text);
}

/* The order in text, without those who are left out. */
static void
take_order(const struct source *s, struct order *o, struct span text)
{
	order_read(o, text, s->repeats || (s->group != NULL &&
	    entry_key(span_str(s->group)) != KEY_EMAIL));
	if (s->exclude != NULL)
		exclude_apply(s->exclude, o, s->key);
	order_forget(o);
}

/* Whether each letter can have the files that the order says. */
static void
take_files(struct source *s)
{
	struct order *o = &s->order;

	if (o->attach.p != NULL && s->files == NULL) {
		faults_add(&o->faults, o->attach.p, "[Attach:] is not allowed: "
		    "no directory is given to take files from (-a)");
		return;
	}
	attach_free(&s->attach);
	attach_open(&s->attach, o, &s->fields, s->files);
	attach_check(&s->attach, o, &s->fields);
}

/* Whether each letter can be made. */
static void
check_letters(struct source *s)
{
	if (s->group != NULL)
		rows_group(&s->rows, &s->order, span_str(s->group));
	s->fields.key = s->key;
	s->fields.list = s->list;
	fields_check(&s->fields, &s->order, buf_span(&s->columns));
	if (s->group == NULL && s->fields.others)
		rows_refuse(&s->order, &s->fields);
	if (s->order.attach.p != NULL || s->order.html.p != NULL)
		take_files(s);
}

/* Without a table's header line nobody knows what the letters' fields are. */
static int
parse(struct source *s, struct span text, struct buf *faults)
{
	take_order(s, &s->order, text);
	check_from(&s->order, s->pattern);
	if (!s->headless)
		check_letters(s);
	if (s->order.faults.n == 0)
		return 0;
	tell_faults(s, &s->order.faults, faults);
	return -1;
}

int
source_keyless(const struct source *s)
{
	return s->fields.keyless > 0 && s->order.faults.n <= s->fields.keyless;
}

/* The recipients that d has in one of the states; the first stands first. */
static void
collect(struct set *set, const struct dsn *d, unsigned states, uint64_t seed)
{
	size_t i;

	set_init(set, d->n > 0 ? d->r->rcpt.p : NULL, seed, SET_FOLD_DOMAIN);
	for (i = 0; i < d->n; i++)
		if (d->r[i].rcpt.n > 0 &&
		    (states & 1U << d->r[i].status) != 0)
			set_add(set, d->r[i].rcpt);
}

/* Whether e is in the set, or, where there is none, not left out. */
static int
is_kept(const struct entry *e, const struct set *set)
{
	if (e->kind == ENTRY_DUPLICATE)
		return 0;
	if (set == NULL)
		return e->kind != ENTRY_EXCLUDED &&
		    e->kind != ENTRY_EXCLUDED_ROW;
	/* as results(5) names it */
	return set_find(set, e->kind == ENTRY_BAD ? e->text :
	    e->addr.text) != SET_NONE;
}

/* Appends the order with those alone who are kept; how many they are. */
static size_t
keep_recipients(struct buf *b, const struct order *o, const struct set *set)
{
	struct order_walk walk = { 0 };
	const char *rest = o->recipients.p + o->recipients.n;
	struct entry e;
	size_t n = 0;

	buf_add(b, o->text.p, (size_t)(o->recipients.p - o->text.p));
	buf_adds(b, "\n");
	while (order_next(o, &walk, &e)) {
		if (!is_kept(&e, set))
			continue;
		if (e.text.p[0] == '#')
			buf_addc(b, ',');	/* no comment */
		buf_addspan(b, e.text);
		buf_adds(b, "\n");
		n++;
	}
	buf_add(b, rest, (size_t)(o->text.p + o->text.n - rest));
	return n;
}

static int
by_position(const void *a, const void *b)
{
	const struct span *s = a, *t = b;

	return (s->p > t->p) - (s->p < t->p);
}

/*
 * Appends a text of o.  Where left lacks a field of f, its placeholders are
 * replaced by their defaults.
 */
static void
add_defaults(struct buf *b, struct span text, int html, const struct fields *f,
    const struct fields *left)
{
	struct placeholder p;
	size_t i = 0, done = 0;

	while (placeholder_next(text, &i, &p)) {
		if (!fields_has(f, &p) || fields_has(left, &p))
			continue;
		buf_add(b, text.p + done, p.at - done);
		done = p.end;
		if (p.escaped)
			buf_add(b, text.p + p.at + 1, p.end - p.at - 1);
		else if (html)
			escape_html(b, p.default_text);
		else
			buf_addspan(b, p.default_text);
	}
	buf_add(b, text.p + done, text.n - done);
}

/*
 * Appends the order o, with the fields f of the order that it was made from and
 * its own, left: the placeholders of fields that no recipient has any more
 * become their defaults.
 */
static void
add_with_defaults(struct buf *b, const struct order *o, const struct fields *f,
    const struct fields *left)
{
	struct span texts[5];
	const char *done = o->text.p;
	size_t i;
	int html;

	texts[0] = o->subject;
	texts[1] = o->headers;
	texts[2] = o->html;
	texts[3] = o->body;
	texts[4] = o->attach;
	qsort(texts, COUNT(texts), sizeof *texts, by_position);
	for (i = 0; i < COUNT(texts); i++) {
		if (texts[i].p == NULL)
			continue;
		html = texts[i].p == o->html.p;
		buf_add(b, done, (size_t)(texts[i].p - done));
		add_defaults(b, texts[i], html, f, left);
		done = texts[i].p + texts[i].n;
	}
	buf_add(b, done, (size_t)(o->text.p + o->text.n - done));
}

/*
 * Makes text the order.  The placeholders of a field that no recipient in it
 * has would be plain text, so they become their defaults.
 */
static int
use_defaults(struct source *s, struct span text, struct buf *faults)
{
	struct buf made = { 0 };
	struct fields left = { 0 };
	struct order o;

	take_order(s, &o, text);
	left.key = s->key;
	fields_check(&left, &o, span_of(NULL, 0));
	add_with_defaults(&made, &o, &s->fields, &left);
	fields_free(&left);
	order_free(&o);
	fields_free(&s->fields);
	order_free(&s->order);
	buf_free(&s->text);
	s->text = made;
	buf_clear(&s->columns);
	return parse(s, buf_span(&s->text), faults);
}

/* The headings to be replaced, and by what: keys are spans, by ordinal. */
static void
collect_headings(struct set *set, struct buf *keys, struct span columns)
{
	struct span heading, key;
	size_t n;

	set_init(set, columns.p, 0, SET_FOLD_NONE);
	while (fields_column(&columns, &heading, &key)) {
		if (span_eq(heading, key) ||
		    span_characters(heading) != span_characters(key))
			continue;
		n = set->n;
		if (set_add(set, heading) == n)
			buf_add(keys, &key, sizeof key);
	}
}

/*
 * Appends a template where keys have taken the place of headings that are none:
 * [First_name] for [First name].  columns are those of table_headings.  A key
 * has as many characters, so that no line and column moves; a heading that is
 * longer or shorter than its key stays, and is a mistake (fields_check).
 */
static void
replace_headings(struct buf *b, struct span text, struct span columns)
{
	struct placeholder p;
	struct buf keys = { 0 };
	struct span key;
	struct set set;
	size_t i = 0, done = 0, k;

	collect_headings(&set, &keys, columns);
	while (set.n > 0 && placeholder_next(text, &i, &p)) {
		k = p.escaped ? SET_NONE : set_find(&set, p.key);
		if (k == SET_NONE)
			continue;
		memcpy(&key, keys.p + k * sizeof key, sizeof key);
		buf_add(b, text.p + done, (size_t)(p.key.p - text.p) - done);
		buf_addspan(b, key);
		done = (size_t)(p.key.p - text.p) + p.key.n;
	}
	buf_addspan(b, span_drop(text, done));
	set_free(&set);
	buf_free(&keys);
}

int
source_order(struct source *s, struct span text, struct buf *faults)
{
	struct span rest = span_unmarked(text);

	if (s->lines == 0)
		return parse(s, text, faults);
	if (s->text.n > ORDER_SIZE_MAX - rest.n) {
		buf_addfault(faults, "%s: larger than %zu MB", s->name,
		    ORDER_SIZE_MAX >> 20);
		return -1;
	}
	replace_headings(&s->text, rest, buf_span(&s->columns));
	if (parse(s, buf_span(&s->text), faults) < 0)
		return -1;
	return fields_has_empty(&s->fields) ?
	    use_defaults(s, buf_span(&s->text), faults) : 0;
}

int
source_keep(struct source *s, const struct dsn *d, unsigned states,
    struct buf *faults)
{
	struct buf text = { 0 };
	struct set set;
	uint64_t seed;
	int r = 0;

	memcpy(&seed, s->order.digest, sizeof seed);
	if (d != NULL)
		collect(&set, d, states, seed);
	if (keep_recipients(&text, &s->order, d != NULL ? &set : NULL) > 0) {
		s->lines = 0;
		r = use_defaults(s, buf_span(&text), faults) < 0 ? -1 : 1;
	}
	if (d != NULL)
		set_free(&set);
	buf_free(&text);
	return r;
}

void
source_doubts(struct source *s, struct buf *faults)
{
	struct order *o = &s->order;
	struct order_walk walk = { 0 };
	struct entry e;

	while (order_find(o, &walk, &e, ENTRY_BAD))
		faults_add(&o->faults, e.text.p, "%.*s: %s", (int)e.text.n,
		    e.text.p, e.why);
	fields_tell_alike(&s->fields, o, buf_span(&s->columns), &o->faults);
	tell_faults(s, &s->order.faults, faults);
}

/* The first entry of an address. */
struct first {
	struct span text, local;
	size_t line;
};

static void
note(struct faults *notes, const struct first *f, const struct entry *e,
    enum set_fold fold)
{
	if (fold == SET_FOLD_ALL && e->kind == ENTRY_GOOD &&
	    !span_eq(f->local, e->addr.local))
		faults_add(notes, e->text.p, "%.*s: differs only in case from "
		    "the address in line %zu: each gets a letter",
		    (int)e->addr.text.n, e->addr.text.p, f->line);
	if (fold == SET_FOLD_DOMAIN && e->kind == ENTRY_DUPLICATE &&
	    !span_eq(f->text, e->text))
		faults_add(notes, e->text.p, "%.*s: dropped: the address is in "
		    "line %zu with other cells (-G email puts both on one "
		    "letter)", (int)e->addr.text.n, e->addr.text.p, f->line);
}

/* Entries whose addresses are the same to a set that folds them so. */
static void
compare_entries(struct faults *notes, const struct order *o, enum set_fold fold)
{
	struct order_walk walk = { 0 };
	struct buf firsts = { 0 };
	struct first f;
	const char *p = o->text.p;
	struct entry e;
	struct set set;
	size_t k, n, line = 1;

	order_set(o, &set, fold);
	while (order_next(o, &walk, &e)) {
		for (; p < e.text.p; p++)
			line += *p == '\n';
		if (e.kind == ENTRY_BAD || e.addr.text.n == 0)
			continue;
		n = set.n;
		k = set_add(&set, e.addr.text);
		if (k < n) {
			memcpy(&f, firsts.p + k * sizeof f, sizeof f);
			note(notes, &f, &e, fold);
			continue;
		}
		f.text = e.text;
		f.local = e.addr.local;
		f.line = line;
		buf_add(&firsts, &f, sizeof f);
	}
	set_free(&set);
	buf_free(&firsts);
}

/*
 * Notes addresses that differ only in the case of the part before the @, which
 * each get a letter; and, where the entries are rows of a table, those that
 * were dropped though they say something else than the first of the address.
 */
static void
find_repeats(struct faults *notes, const struct order *o, int rows)
{
	if (rows && o->duplicates > 0)
		compare_entries(notes, o, SET_FOLD_DOMAIN);
	if (o->capitals)	/* else no two can differ in case */
		compare_entries(notes, o, SET_FOLD_ALL);
}

void
source_repeats(const struct source *s, struct buf *notes)
{
	struct faults found;

	faults_init(&found, s->order.text);
	find_repeats(&found, &s->order, s->lines > 0);
	tell_faults(s, &found, notes);
	faults_free(&found);
}
