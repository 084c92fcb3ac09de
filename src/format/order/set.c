#include "set.h"

#include <stdlib.h>

#include "format/mail/idn.h"

#define FIRST_CAP 64

#if defined(__GNUC__)
#define PREFETCH(p)	__builtin_prefetch((p), 1)
#else
#define PREFETCH(p)	((void)(p))
#endif

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
	set_init(s, s->base, s->seed, s->fold);
}

/* A key as it is compared: case does not count from fold on. */
struct form {
	struct span text;
	size_t fold;
};

/* The form of a key, with its domain in ASCII, in b where that is not so. */
static struct form
canonical(const struct set *s, struct span key, struct buf *b)
{
	struct form f = { key, s->fold == SET_FOLD_ALL ? 0 : key.n };
	const char *why;
	int bits = 0;

	if (s->fold != SET_FOLD_DOMAIN)
		return f;
	while (f.fold > 0 && key.p[f.fold - 1] != '@')
		bits |= key.p[--f.fold];
	if (f.fold == 0)
		f.fold = key.n;
	else if ((bits & 0x80) != 0) {
		buf_addspan(b, span_of(key.p, f.fold));
		if (idn_domain(b, span_drop(key, f.fold), &why) == 0)
			f.text = buf_span(b);
	}
	return f;
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
hash(const struct set *s, const struct form *f)
{
	const struct span rest = span_drop(f->text, f->fold);
	struct sip v;

	v.a = s->seed ^ UINT64_C(0x736f6d6570736575);
	v.b = ~s->seed ^ UINT64_C(0x646f72616e646f6d);
	v.c = s->seed ^ UINT64_C(0x6c7967656e657261);
	v.d = ~s->seed ^ UINT64_C(0x7465646279746573);
	sip_take(&v, span_of(f->text.p, f->fold), 0);
	/* bit 5 is all that tells capitals from small letters */
	if (rest.n > 0)
		sip_take(&v, rest, UINT64_C(0x2020202020202020));
	sip_word(&v, f->text.n);
	v.c ^= 0xff;
	sip_round(&v);
	sip_round(&v);
	sip_round(&v);
	v.a ^= v.b ^ v.c ^ v.d;
	return (uint32_t)(v.a ^ v.a >> 32);
}

static int
is_member(const struct set *s, const struct member *m, struct span key)
{
	const struct span text = span_of(s->base + m->at, m->n);
	struct buf a = { 0 }, b = { 0 };
	const struct form f = canonical(s, text, &a);
	const struct form g = canonical(s, key, &b);
	const int r = f.text.n == g.text.n && f.fold == g.fold &&
	    memcmp(f.text.p, g.text.p, f.fold) == 0 &&
	    span_case_eq(span_drop(f.text, f.fold),
	    span_drop(g.text, g.fold));

	buf_free(&a);
	buf_free(&b);
	return r;
}

/* The slot of a key, or the free one where it belongs. */
static struct slot *
find(const struct set *s, struct span key, uint32_t h)
{
	struct slot *slot;
	size_t i;

	for (i = h & (s->cap - 1);; i = (i + 1) & (s->cap - 1)) {
		slot = &s->slots[i];
		if (slot->number == 0)
			return slot;
		if (slot->hash == h &&
		    is_member(s, &s->members[slot->number - 1], key))
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

uint32_t
set_seek(const struct set *s, struct span key)
{
	struct buf b = { 0 };
	const struct form form = canonical(s, key, &b);
	const uint32_t h = hash(s, &form);

	if (s->cap > 0)
		PREFETCH(&s->slots[h & (s->cap - 1)]);
	buf_free(&b);
	return h;
}

size_t
set_get(const struct set *s, struct span key, uint32_t h)
{
	const struct slot *slot;

	if (s->cap == 0)
		return SET_NONE;
	slot = find(s, key, h);
	return slot->number > 0 ? slot->number - 1 : SET_NONE;
}

size_t
set_put(struct set *s, struct span key, uint32_t h)
{
	struct member *m;
	struct slot *slot;

	if (s->n >= most(s))
		grow(s);
	slot = find(s, key, h);
	if (slot->number == 0) {
		m = &s->members[s->n++];
		m->at = (uint32_t)(key.p - s->base);
		m->n = (uint32_t)key.n;
		slot->hash = h;
		slot->number = (uint32_t)s->n;
	}
	return slot->number - 1;
}

size_t
set_find(const struct set *s, struct span key)
{
	return set_get(s, key, set_seek(s, key));
}

size_t
set_add(struct set *s, struct span key)
{
	return set_put(s, key, set_seek(s, key));
}
