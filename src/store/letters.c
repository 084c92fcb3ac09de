#include "letters.h"

#include <stdlib.h>

#include "dropname.h"

void
letters_add(struct letters *l, enum letters_part part, const char *name,
    uint64_t size)
{
	struct letter *new;

	if (l->n == l->cap) {
		l->cap = l->cap * 2 + 64;
		l->letter = realloc(l->letter, l->cap * sizeof *l->letter);
		if (l->letter == NULL)
			die_nomem();
	}
	new = &l->letter[l->n++];
	memset(new, 0, sizeof *new);
	new->name = span_dup(span_str(name));
	new->part = (unsigned char)part;
	new->size = size;
	new->told = (unsigned char)dropname_size(name, &new->size);
}

static int
compare(const void *a, const void *b)
{
	const struct letter *x = a, *y = b;
	int r = dropname_compare(x->name, y->name);

	return r != 0 ? r : y->part - x->part;
}

void
letters_sort(struct letters *l)
{
	size_t i, n = 0;

	if (l->n > 0)
		qsort(l->letter, l->n, sizeof *l->letter, compare);
	for (i = 0; i < l->n; i++)
		if (n > 0 && dropname_compare(l->letter[n - 1].name,
		    l->letter[i].name) == 0)
			free(l->letter[i].name);
		else
			l->letter[n++] = l->letter[i];
	l->n = n;
}

struct letter *
letters_find(const struct letters *l, const char *name)
{
	size_t low = 0, high = l->n, i;
	int r;

	while (low < high) {
		i = low + (high - low) / 2;
		r = dropname_compare(name, l->letter[i].name);
		if (r == 0)
			return &l->letter[i];
		if (r < 0)
			high = i;
		else
			low = i + 1;
	}
	return NULL;
}

void
letters_free(struct letters *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		free(l->letter[i].name);
	free(l->letter);
}
