#include "copies.h"

#include <stdlib.h>

void
copies_free(struct copies *c)
{
	free(c->rcpt);
	free(c->all);
	free(c->ends);
	memset(c, 0, sizeof *c);
}

/* The domain with its @, which tells the set what is a domain. */
static struct span
at_domain(const struct entry *e)
{
	return span_of(e->addr.domain.p - 1, e->addr.domain.n + 1);
}

/* Numbers the domains and counts the recipients of each; ends are counts. */
static void
count(struct copies *c, const struct order *o, struct set *domains)
{
	struct order_walk walk = { 0 };
	struct entry e;
	size_t k;

	c->ends = die_calloc(o->good, sizeof *c->ends);
	while (order_find(o, &walk, &e, ENTRY_GOOD)) {
		k = set_add(domains, at_domain(&e));
		c->ends[k]++;
	}
	c->domains = domains->n;
}

void
copies_open(struct copies *c, const struct order *o, size_t most)
{
	struct order_walk walk = { 0 };
	struct copy_rcpt *r;
	struct entry e;
	struct set domains;
	uint64_t seed;
	size_t k, n, sum = 0;

	memcpy(&seed, o->digest, sizeof seed);
	set_init(&domains, o->text.p, seed, 1);
	c->base = o->text.p;
	c->most = most < o->good ? most : o->good + 1;
	count(c, o, &domains);
	for (k = 0; k < c->domains; k++) {
		n = c->ends[k];
		c->n += (n + c->most - 1) / c->most;
		c->ends[k] = sum;	/* its start, which filling moves */
		sum += n;
	}
	c->all = die_calloc(o->good, sizeof *c->all);
	c->rcpt = die_calloc(c->most, sizeof *c->rcpt);
	while (order_find(o, &walk, &e, ENTRY_GOOD)) {
		r = &c->all[c->ends[set_find(&domains, at_domain(&e))]++];
		r->at = (uint32_t)(e.addr.text.p - c->base);
		r->n = (uint32_t)e.addr.text.n;
	}
	set_free(&domains);
}

size_t
copies_next(struct copies *c)
{
	const struct copy_rcpt *r;
	size_t n = 0;

	while (c->domain < c->domains && c->done == c->ends[c->domain])
		c->domain++;
	if (c->domain == c->domains)
		return 0;
	while (n < c->most && c->done < c->ends[c->domain]) {
		r = &c->all[c->done++];
		c->rcpt[n++] = span_of(c->base + r->at, r->n);
	}
	return n;
}
