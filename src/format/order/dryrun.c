#include "dryrun.h"

#include "excerpt.h"

/* A word in brackets that makes no placeholder, for whoever reads: once. */
static void
find_plain(struct faults *found, struct set *seen, const struct fields *f,
    struct span text, int grouped)
{
	struct placeholder p;
	struct span word;
	size_t i = 0, n;

	while (placeholder_next(text, &i, &p)) {
		if (p.escaped || fields_has(f, &p) || (grouped &&
		    (span_is(p.key, "rows") || span_is(p.key, "/rows"))))
			continue;
		word = span_of(text.p + p.at, p.end - p.at);
		n = seen->n;
		if (set_add(seen, word) == n)
			faults_add(found, word.p, "%.*s", faults_brief(word),
			    word.p);
	}
}

static void
add_plain(struct buf *b, const struct source *s)
{
	const struct fields *f = &s->fields;
	struct faults found;
	struct fault at;
	struct span text;
	struct set seen;
	uint64_t seed;
	size_t i;

	memcpy(&seed, s->order.digest, sizeof seed);
	set_init(&seen, s->order.text.p, seed, SET_FOLD_NONE);
	faults_init(&found, s->order.text);
	for (i = 0; i < f->texts.n; i += sizeof text) {
		memcpy(&text, f->texts.p + i, sizeof text);
		find_plain(&found, &seen, f, text, s->rows.grouped);
	}
	while (faults_next(&found, &at))
		buf_addf(b, "plain %zu:%zu %s\n", at.line - s->lines, at.column,
		    at.text);
	faults_free(&found);
	set_free(&seen);
}

void
dryrun_add(struct buf *b, struct source *s, const struct letter_opt *how,
    size_t most)
{
	struct letter_opt alone = *how;
	struct mailing m;
	struct span piece;
	size_t size = 0;

	excerpt_count(b, &s->order, 1, s->lists);
	excerpt_fields(b, &s->order, &s->fields);
	add_plain(b, s);
	mailing_open(&m, &s->order, &s->fields, how, most);
	while (mailing_next(&m, &piece))
		size += piece.n;
	mailing_close(&m);
	buf_addf(b, "size %zu\n\n", size);
	alone.batch = 0;
	mailing_open(&m, &s->order, &s->fields, &alone, most);
	mailing_find(&m, NULL, b);
	mailing_close(&m);
}
