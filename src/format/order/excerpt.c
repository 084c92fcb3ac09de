#include "excerpt.h"

#include <stdlib.h>

#include "format/mail/crlf.h"
#include "format/wire/results.h"

static void
add_line(struct buf *b, struct span s)
{
	buf_addspan(b, s);
	buf_addc(b, '\n');
}

void
excerpt_recipients(struct buf *b, const struct order *o)
{
	struct order_walk walk = { 0 };
	struct entry e;

	while (order_find(o, &walk, &e, ENTRY_GOOD))
		add_line(b, e.addr.text);
}

void
excerpt_subject(struct buf *b, const struct order *o)
{
	struct span rest = o->subject, line;
	const char *blank = "";

	while (order_line(&rest, &line)) {
		buf_adds(b, blank);
		buf_addspan(b, line);
		blank = " ";
	}
	buf_addc(b, '\n');
}

void
excerpt_all(struct buf *b, const struct order *o)
{
	struct order_walk walk = { 0 };
	struct entry e;

	while (order_find(o, &walk, &e, ENTRY_GOOD))
		add_line(b, e.text);
	buf_adds(b, "\nSubject: ");
	excerpt_subject(b, o);
	buf_addc(b, '\n');
	crlf_remove(b, o->body);
}

void
excerpt_count(struct buf *b, const struct order *o)
{
	buf_addf(b, "%zu\n", o->good + o->bad);
}

/* Of which kinds they are. */
static void
add_kinds(struct buf *b, const struct order *o, int lists)
{
	buf_addf(b, "good %zu\nbad %zu\nduplicates %zu\n", o->good, o->bad,
	    o->duplicates);
	if (o->rows > 0)
		buf_addf(b, "rows %zu\n", o->rows);
	if (lists)
		buf_addf(b, "left out %zu\n", o->excluded);
}

void
excerpt_bad(struct buf *b, const struct order *o, int64_t now)
{
	struct order_walk walk = { 0 };
	struct result r = { 0 };
	struct entry e;

	r.status = RESULT_FAILED;
	r.stage = STAGE_ORDER;
	r.time = now;
	while (order_find(o, &walk, &e, ENTRY_BAD)) {
		r.rcpt = e.text;
		r.number = walk.number;
		r.text = span_str(e.why);
		result_add(b, &r);
	}
}

/* A line for each of the n keys that a recipient lacks. */
static void
add_missing(struct buf *b, const struct order *o, struct fields *f,
    const size_t *keys, size_t n)
{
	struct order_walk walk = { 0 };
	struct span key;
	struct entry e;
	size_t i, have;

	while (n > 0 && order_next(o, &walk, &e)) {
		if (e.kind != ENTRY_GOOD && e.kind != ENTRY_ROW)
			continue;
		fields_take(f, &e);
		for (i = 0; i < n; i++)
			if (fields_lacks(f, keys[i]) &&
			    fields_key(f, keys[i], &key, &have))
				buf_addf(b, "missing %.*s %.*s\n", (int)key.n,
				    key.p, (int)e.addr.text.n, e.addr.text.p);
	}
}

void
excerpt_fields(struct buf *b, const struct order *o, struct fields *f)
{
	struct span key;
	size_t *keys, k, have, n = 0;

	keys = die_calloc(f->n, sizeof *keys);
	for (k = 0; k < f->n; k++)
		if (fields_key(f, k, &key, &have)) {
			buf_addf(b, "field %.*s %zu\n", (int)key.n, key.p,
			    have);
			if (have < o->good + o->rows)
				keys[n++] = k;
		}
	add_missing(b, o, f, keys, n);
	free(keys);
}

/* The words in brackets that are no placeholders, each once. */
static void
add_plain(struct buf *b, const struct source *s)
{
	const struct fields *f = &s->fields;
	struct placeholder_walk walk = { 0 };
	struct placeholder p;
	struct faults found;
	struct fault at;
	struct span word;
	struct set seen;
	size_t n;

	order_set(&s->order, &seen, SET_FOLD_NONE);
	faults_init(&found, s->order.text);
	while (fields_next(f, &walk, &p)) {
		if (p.escaped || fields_has(f, &p) || (s->rows.grouped &&
		    (span_is(p.key, "rows") || span_is(p.key, "/rows"))))
			continue;
		word = span_of(walk.text.p + p.at, p.end - p.at);
		n = seen.n;
		if (set_add(&seen, word) == n)
			faults_add(&found, word.p, "%.*s", faults_brief(word),
			    word.p);
	}
	while (faults_next(&found, &at))
		buf_addf(b, "plain %zu:%zu %s\n", at.line - s->lines, at.column,
		    at.text);
	faults_free(&found);
	set_free(&seen);
}

void
excerpt_dryrun(struct buf *b, struct source *s, const struct letter_opt *how,
    size_t most, int lists)
{
	struct letter_opt alone = *how;
	struct mailing m;
	struct span piece;
	size_t size = 0;

	excerpt_count(b, &s->order);
	add_kinds(b, &s->order, lists);
	excerpt_fields(b, &s->order, &s->fields);
	add_plain(b, s);
	mailing_open(&m, s, how, most);
	while (mailing_next(&m, &piece))
		size += piece.n;
	mailing_close(&m);
	buf_addf(b, "size %zu\n\n", size);
	alone.batch = 0;
	mailing_open(&m, s, &alone, most);
	mailing_find(&m, NULL, b);
	mailing_close(&m);
}
