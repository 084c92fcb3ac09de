#include "set.h"

#include <stdlib.h>

#include "format/mail/idn.h"

#define FIRST_CAP 64

/* Few enough that all fit in a processor's cache, where the slots do not. */
#define SIEVE 4

void
set_init(struct set *s, const char *base, uint64_t seed, enum set_fold fold)
{
	memset(s, 0, sizeof *s);
	s->base = base;
	s->seed = seed;
	s->fold = fold;
}

void
set_rebase(struct set *s, const char *base)
{
	s->base = base;
}

void
set_free(struct set *s)
{
	free(s->members);
	free(s->slots);
	free(s->sieve);
	set_init(s, s->base, s->seed, s->fold);
}

/* Where case stops counting. */
static size_t
fold_from(const struct set *s, struct span key)
{
	size_t i;

	if (s->fold == SET_FOLD_ALL)
		return 0;
	for (i = s->fold == SET_FOLD_DOMAIN ? key.n : 0; i > 0; i--)
		if (key.p[i - 1] == '@')
			return i;
	return key.n;
}

/* The key with its domain in ASCII, in b where that is another text. */
static struct span
canonical(const struct set *s, struct span key, struct buf *b)
{
	const size_t fold = fold_from(s, key);
	const char *why;

	if (s->fold != SET_FOLD_DOMAIN || span_is_ascii(span_drop(key, fold)))
		return key;
	buf_addspan(b, span_of(key.p, fold));
	return idn_domain(b, span_drop(key, fold), &why) < 0 ? key :
	    buf_span(b);
}

/*
 * SipHash-1-3 (Aumasson and Bernstein 2012): who does not know the seed cannot
 * write keys whose hashes are equal.
 */
struct sip {
	uint64_t a, b, c, d;
};

static uint64_t
rotate(uint64_t x, int n)
{
	return x << n | x >> (64 - n);
}

static inline void
sip_round(struct sip *v)
{
	v->a += v->b;
	v->c += v->d;
	v->b = rotate(v->b, 13) ^ v->a;
	v->d = rotate(v->d, 16) ^ v->c;
	v->a = rotate(v->a, 32) + v->d;
	v->c += v->b;
	v->d = rotate(v->d, 21) ^ v->a;
	v->b = rotate(v->b, 17) ^ v->c;
	v->c = rotate(v->c, 32);
}

static inline void
sip_word(struct sip *v, uint64_t word)
{
	v->d ^= word;
	sip_round(v);
	v->a ^= word;
}

/* Takes bytes, eight at a time, with the bits of mask set. */
static inline void
sip_take(struct sip *v, struct span s, uint64_t mask)
{
	uint64_t word;

	for (; s.n >= sizeof word; s = span_drop(s, sizeof word)) {
		memcpy(&word, s.p, sizeof word);
		sip_word(v, word | mask);
	}
	word = 0;
	if (s.n > 0)
		memcpy(&word, s.p, s.n);
	sip_word(v, word | mask);
}

static uint32_t
hash(const struct set *s, struct span key)
{
	const size_t fold = fold_from(s, key);
	struct sip v;

	v.a = s->seed ^ UINT64_C(0x736f6d6570736575);
	v.b = ~s->seed ^ UINT64_C(0x646f72616e646f6d);
	v.c = s->seed ^ UINT64_C(0x6c7967656e657261);
	v.d = ~s->seed ^ UINT64_C(0x7465646279746573);
	sip_take(&v, span_of(key.p, fold), 0);
	/* bit 5 is all that tells capitals from small letters */
	if (fold < key.n)
		sip_take(&v, span_drop(key, fold),
		    UINT64_C(0x2020202020202020));
	sip_word(&v, key.n);
	v.c ^= 0xff;
	sip_round(&v);
	sip_round(&v);
	sip_round(&v);
	v.a ^= v.b ^ v.c ^ v.d;
	return (uint32_t)(v.a ^ v.a >> 32);
}

/* b is canonical. */
static int
same(const struct set *s, struct span a, struct span b)
{
	const size_t fold = fold_from(s, b);
	struct buf text = { 0 };
	int r;

	a = canonical(s, a, &text);
	r = a.n == b.n && memcmp(a.p, b.p, fold) == 0 &&
	    span_case_eq(span_drop(a, fold), span_drop(b, fold));
	buf_free(&text);
	return r;
}

/* The slot of a canonical key, or the free one where it belongs. */
static struct slot *
find(const struct set *s, struct span key, uint32_t h)
{
	const struct member *m;
	struct slot *slot;
	size_t i;

	for (i = h & (s->cap - 1);; i = (i + 1) & (s->cap - 1)) {
		slot = &s->slots[i];
		if (slot->number == 0)
			return slot;
		if (slot->hash != h)
			continue;
		m = &s->members[slot->number - 1];
		if (same(s, span_of(s->base + m->at, m->n), key))
			return slot;
	}
}

/* A quarter of the slots stays free, so that none is far from its place. */
static size_t
most(const struct set *s)
{
	return s->cap / 4 * 3;
}

static void
grow(struct set *s)
{
	struct slot *old = s->slots;
	size_t i, j, cap = s->cap;

	s->cap = cap > 0 ? 2 * cap : FIRST_CAP;
	s->slots = die_calloc(s->cap, sizeof *s->slots);
	s->members = die_realloc(s->members, most(s), sizeof *s->members);
	for (i = 0; i < cap; i++) {
		if (old[i].number == 0)
			continue;
		j = old[i].hash & (s->cap - 1);
		while (s->slots[j].number != 0)
			j = (j + 1) & (s->cap - 1);
		s->slots[j] = old[i];
	}
	free(old);
}

/* The byte and the bit of a hash. */
static unsigned char *
sieve_at(const struct set *s, uint32_t h, unsigned char *bit)
{
	*bit = (unsigned char)(1U << (h & 7));
	return &s->sieve[(h & (SIEVE * s->cap - 1)) >> 3];
}

void
set_sieve(struct set *s)
{
	unsigned char *byte, bit;
	size_t i;

	s->sieve = die_calloc(SIEVE * s->cap / 8, 1);
	for (i = 0; i < s->cap; i++)
		if (s->slots[i].number != 0) {
			byte = sieve_at(s, s->slots[i].hash, &bit);
			*byte |= bit;
		}
}

size_t
set_find(const struct set *s, struct span key)
{
	const struct slot *slot;
	struct buf text = { 0 };
	unsigned char bit;
	size_t k = SET_NONE;
	uint32_t h;

	if (s->cap == 0)
		return SET_NONE;
	key = canonical(s, key, &text);
	h = hash(s, key);
	if (s->sieve == NULL || (*sieve_at(s, h, &bit) & bit) != 0) {
		slot = find(s, key, h);
		if (slot->number > 0)
			k = slot->number - 1;
	}
	buf_free(&text);
	return k;
}

size_t
set_add(struct set *s, struct span key)
{
	struct buf text = { 0 };
	struct span form = canonical(s, key, &text);
	const uint32_t h = hash(s, form);
	struct member *m;
	struct slot *slot;

	if (s->n >= most(s))
		grow(s);
	slot = find(s, form, h);
	if (slot->number == 0) {
		m = &s->members[s->n++];
		m->at = (uint32_t)(key.p - s->base);
		m->n = (uint32_t)key.n;
		slot->hash = h;
		slot->number = (uint32_t)s->n;
	}
	buf_free(&text);
	return slot->number - 1;
}
