#include "meant.h"

#include <stdlib.h>

#include "format/mail/unicode.h"

/* The longest word, in octets, that is looked up: no key is as long. */
#define WORD_MAX 1000

void
meant_free(struct meant *m)
{
	buf_free(&m->words);
	free(m->all);
	memset(m, 0, sizeof *m);
}

void
meant_add(struct meant *m, struct span word, struct span key)
{
	struct meant_word *w;

	m->all = die_grow(m->all, m->n, &m->cap, sizeof *m->all);
	w = &m->all[m->n++];
	w->at = m->words.n;
	unicode_likeness(&m->words, word);
	w->word.n = m->words.n - w->at;
	w->key = key;
}

static int
compare(const void *a, const void *b)
{
	const struct meant_word *x = a, *y = b;

	return span_compare(x->word, y->word);
}

void
meant_sort(struct meant *m)
{
	size_t i;

	buf_reserve(&m->words, 1);
	for (i = 0; i < m->n; i++)
		m->all[i].word.p = m->words.p + m->all[i].at;
	if (m->n > 0)
		qsort(m->all, m->n, sizeof *m->all, compare);
}

struct span
meant_find(const struct meant *m, struct span word)
{
	const struct meant_word *found = NULL;
	struct meant_word what = { 0 };
	struct buf likeness = { 0 };

	if (m->n > 0 && word.n <= WORD_MAX)
		unicode_likeness(&likeness, word);
	what.word = buf_span(&likeness);
	if (likeness.n > 0)
		found = bsearch(&what, m->all, m->n, sizeof *m->all, compare);
	buf_free(&likeness);
	return found != NULL ? found->key : span_of(NULL, 0);
}
