#include "domains.h"

int
domains_is_full(const struct domains *q)
{
	return q->n >= DOMAINS_MESSAGES || q->bytes >= DOMAINS_BYTES;
}

static size_t
hash(struct span domain)
{
	size_t i, h = 0;
	int c;

	for (i = 0; i < domain.n; i++) {
		c = (unsigned char)domain.p[i];
		if (c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
		h = h * 31 + (size_t)c;
	}
	return h % DOMAINS_HASHES;
}

static void
line_up(struct domains *q, struct domain *d)
{
	if (q->line == NULL)
		q->end = &q->line;
	d->waits = 1;
	d->next = NULL;
	*q->end = d;
	q->end = &d->next;
}

void
domains_put(struct domains *q, struct message *m, struct span domain)
{
	struct domain *d = &q->domain[hash(domain)];

	m->domain = d;
	message_queue_add(&d->waiting, m);
	q->n++;
	q->bytes += m->content.text.n;
	if (d->given == 0 && !d->waits)
		line_up(q, d);
}

/* The next message of a domain, for its worker; NULL when there is none. */
static struct message *
next_message(struct domains *q, struct domain *d)
{
	struct message *m = message_queue_take(&d->waiting);

	if (m == NULL)
		return NULL;
	d->given++;
	d->taken++;
	q->n--;
	q->bytes -= m->content.text.n;
	return m;
}

/* Takes the domain at *at, in the line, out of it. */
static struct domain *
call(struct domains *q, struct domain **at)
{
	struct domain *d = *at;

	*at = d->next;
	if (*at == NULL)
		q->end = at;
	d->waits = 0;
	d->taken = 0;
	return d;
}

void
domains_done(struct domains *q, struct message *m)
{
	struct domain *d = m->domain;

	if (--d->given == 0 && d->waiting.first != NULL)
		line_up(q, d);
}

struct message *
domains_drop(struct domains *q)
{
	struct message *m;
	size_t i;

	for (i = 0; q->n > 0 && i < DOMAINS_HASHES; i++) {
		m = next_message(q, &q->domain[i]);
		if (m != NULL) {
			q->domain[i].given--;
			return m;
		}
	}
	return NULL;
}

/* How many messages of a domain go before others that wait have their turn. */
#define TURN 100

static int
is_idle(const struct pool_worker *w)
{
	return pool_is_alive(w) && w->n == 0;
}

/* The worker who has been idle for the longest time, or NULL. */
static struct pool_worker *
find_idle(struct pool *p)
{
	struct pool_worker *w, *best = NULL;

	for (w = p->worker; w < p->worker + p->workers; w++)
		if (is_idle(w) && (best == NULL || w->heard < best->heard))
			best = w;
	return best;
}

/* The worker for a domain that has none, or NULL. */
static struct pool_worker *
choose(struct pool *p, const struct domain *d)
{
	struct pool_worker *w = NULL;

	if (d->worker > 0 && pool_is_alive(&p->worker[d->worker - 1]))
		w = &p->worker[d->worker - 1];
	if (w != NULL && is_idle(w))
		return w;
	if (w != NULL && (p->now - w->heard < DOMAINS_PATIENCE ||
	    p->now - w->since < DOMAINS_PATIENCE))
		return NULL;
	w = pool_start(p);
	return w != NULL ? w : find_idle(p);
}

static void
give(struct domains *q, struct pool_worker *w, struct domain *d)
{
	while (d->waiting.first != NULL && pool_has_room(w))
		pool_give(w, next_message(q, d));
}

int
domains_share(struct pool *p, struct domains *q)
{
	struct domain **at = &q->line;
	struct pool_worker *w;
	struct message *m;
	size_t alive = 0;

	for (w = p->worker; w < p->worker + p->workers; w++) {
		alive += (size_t)pool_is_alive(w);
		m = w->queue.first;
		if (m != NULL && (q->line == NULL || m->domain->taken < TURN))
			give(q, w, m->domain);
	}
	while (*at != NULL) {
		w = choose(p, *at);
		if (w == NULL) {
			at = &(*at)->next;
			continue;
		}
		alive++;
		(*at)->worker = (size_t)(w - p->worker) + 1;
		give(q, w, call(q, at));
	}
	return alive > 0 || q->n == 0 ? 0 : -1;
}
