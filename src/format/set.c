#include "set.h"

#include <stdlib.h>

#define FIRST_CAP 64

/* Odd, with bits all over: from the fraction of the golden ratio. */
#define MIX UINT64_C(0x9e3779b97f4a7c15)

#if defined(__GNUC__)
#define PREFETCH(p)	__builtin_prefetch((p), 1)
#else
#define PREFETCH(p)	((void)(p))
#endif

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
	free(s->tags);
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

/* Takes bytes into a hash, eight at a time, with the bits of mask set. */
static uint64_t
mix(uint64_t h, struct span s, uint64_t mask)
{
	uint64_t word;
	size_t n;

	for (; s.n > 0; s = span_drop(s, n)) {
		word = 0;
		n = s.n < sizeof word ? s.n : sizeof word;
		if (n == sizeof word)
			memcpy(&word, s.p, sizeof word);
		else
			memcpy(&word, s.p, n);
		h = (h ^ (word | mask)) * MIX;
		h ^= h >> 29;
	}
	return h;
}

static uint32_t
hash(const struct set *s, struct span key)
{
	const size_t fold = fold_from(s, key);
	uint64_t h = s->seed ^ key.n;

	h = mix(h, span_of(key.p, fold), 0);
	/* bit 5 is all that tells capitals from small letters */
	h = mix(h, span_drop(key, fold), UINT64_C(0x2020202020202020));
	return (uint32_t)(h ^ h >> 32);
}

static int
same(const struct set *s, struct span a, struct span b)
{
	size_t fold = fold_from(s, a);

	return a.n == b.n && memcmp(a.p, b.p, fold) == 0 &&
	    span_case_eq(span_drop(a, fold), span_drop(b, fold));
}

/* Of bits that do not choose the slot. */
static unsigned char
tag_of(uint32_t h)
{
	return (unsigned char)(h >> 24 | 1);
}

/* The index of key's slot, or of the free one where it belongs. */
static size_t
find(const struct set *s, struct span key, uint32_t h)
{
	const unsigned char tag = tag_of(h);
	const struct slot *slot;
	size_t i;

	for (i = h & (s->cap - 1); s->tags[i] != 0;
	    i = (i + 1) & (s->cap - 1)) {
		slot = &s->slots[i];
		if (s->tags[i] == tag && slot->hash == h &&
		    same(s, span_of(s->base + slot->at, slot->n), key))
			break;
	}
	return i;
}

static void
grow(struct set *s)
{
	struct slot *old = s->slots;
	unsigned char *tags = s->tags;
	size_t i, j, cap = s->cap;

	s->cap = cap > 0 ? 2 * cap : FIRST_CAP;
	s->slots = calloc(s->cap, sizeof *s->slots);
	s->tags = calloc(s->cap, 1);
	if (s->slots == NULL || s->tags == NULL)
		die_nomem();
	for (i = 0; i < cap; i++) {
		if (tags[i] == 0)
			continue;
		j = old[i].hash & (s->cap - 1);
		while (s->tags[j] != 0)
			j = (j + 1) & (s->cap - 1);
		s->slots[j] = old[i];
		s->tags[j] = tags[i];
	}
	free(old);
	free(tags);
}

size_t
set_find(const struct set *s, struct span key)
{
	size_t i;

	if (s->cap == 0)
		return SET_NONE;
	i = find(s, key, hash(s, key));
	return s->tags[i] != 0 ? s->slots[i].ordinal : SET_NONE;
}

size_t
set_add(struct set *s, struct span key)
{
	return set_put(s, key, hash(s, key));
}

uint32_t
set_seek(const struct set *s, struct span key)
{
	uint32_t h = hash(s, key);

	if (s->cap > 0) {
		PREFETCH(&s->tags[h & (s->cap - 1)]);
		PREFETCH(&s->slots[h & (s->cap - 1)]);
	}
	return h;
}

size_t
set_put(struct set *s, struct span key, uint32_t h)
{
	struct slot *slot;
	size_t i;

	if (s->n >= s->cap / 4 * 3)
		grow(s);
	i = find(s, key, h);
	slot = &s->slots[i];
	if (s->tags[i] == 0) {
		s->tags[i] = tag_of(h);
		slot->at = (uint32_t)(key.p - s->base);
		slot->n = (uint32_t)key.n;
		slot->hash = h;
		slot->ordinal = (uint32_t)s->n++;
	}
	return slot->ordinal;
}
