#include "set.h"

#include <stdlib.h>

#define FIRST_CAP 64

/* Odd, with bits all over: from the fraction of the golden ratio. */
#define MIX UINT64_C(0x9e3779b97f4a7c15)

void
set_init(struct set *s, const char *base, uint64_t seed, int fold)
{
	memset(s, 0, sizeof *s);
	s->base = base;
	s->seed = seed;
	s->fold = fold;
}

void
set_free(struct set *s)
{
	free(s->slots);
	set_init(s, s->base, s->seed, s->fold);
}

/* Where case stops counting: behind the last @, else nowhere. */
static size_t
fold_from(const struct set *s, struct span key)
{
	size_t i;

	for (i = s->fold ? key.n : 0; i > 0; i--)
		if (key.p[i - 1] == '@')
			return i;
	return key.n;
}

static uint32_t
hash(const struct set *s, struct span key)
{
	size_t i, fold = fold_from(s, key);
	uint64_t h = s->seed ^ key.n, word;

	for (i = 0; i + sizeof word <= fold; i += sizeof word) {
		memcpy(&word, key.p + i, sizeof word);
		h = (h ^ word) * MIX;
		h ^= h >> 29;
	}
	for (; i < key.n; i++) {
		/* bit 5 is all that tells capitals from small letters */
		word = (unsigned char)key.p[i] | (i < fold ? 0 : 0x20);
		h = (h ^ word) * MIX;
		h ^= h >> 29;
	}
	return (uint32_t)(h ^ h >> 32);
}

static int
same(const struct set *s, struct span a, struct span b)
{
	size_t fold = fold_from(s, a);

	return a.n == b.n && memcmp(a.p, b.p, fold) == 0 &&
	    span_case_eq(span_drop(a, fold), span_drop(b, fold));
}

/* The slot of key, or the free one where it belongs. */
static struct slot *
find(const struct set *s, struct span key, uint32_t h)
{
	struct slot *slot;
	size_t i;

	for (i = h & (s->cap - 1);; i = (i + 1) & (s->cap - 1)) {
		slot = &s->slots[i];
		if (slot->n == 0 || (slot->hash == h &&
		    same(s, span_of(s->base + slot->at, slot->n), key)))
			return slot;
	}
}

static void
grow(struct set *s)
{
	struct slot *old = s->slots;
	size_t i, j, cap = s->cap;

	s->cap = cap > 0 ? 2 * cap : FIRST_CAP;
	s->slots = calloc(s->cap, sizeof *s->slots);
	if (s->slots == NULL)
		die_nomem();
	for (i = 0; i < cap; i++) {
		if (old[i].n == 0)
			continue;
		j = old[i].hash & (s->cap - 1);
		while (s->slots[j].n != 0)
			j = (j + 1) & (s->cap - 1);
		s->slots[j] = old[i];
	}
	free(old);
}

size_t
set_find(const struct set *s, struct span key)
{
	struct slot *slot;

	if (s->cap == 0)
		return SET_NONE;
	slot = find(s, key, hash(s, key));
	return slot->n != 0 ? slot->ordinal : SET_NONE;
}

size_t
set_add(struct set *s, struct span key)
{
	uint32_t h = hash(s, key);
	struct slot *slot;

	if (s->n >= s->cap / 4 * 3)
		grow(s);
	slot = find(s, key, h);
	if (slot->n == 0) {
		slot->at = (uint32_t)(key.p - s->base);
		slot->n = (uint32_t)key.n;
		slot->hash = h;
		slot->ordinal = (uint32_t)s->n++;
	}
	return slot->ordinal;
}
