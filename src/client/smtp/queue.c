#include "queue.h"

#include <stdlib.h>

#include "sys/die.h"

int
queue_is_full(const struct queue *q)
{
	return q->n >= QUEUE_MESSAGES || q->bytes >= QUEUE_BYTES;
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
	return h % QUEUE_LOTS;
}

static void
line_up(struct queue *q, struct queue_lot *lot)
{
	if (q->line == NULL)
		q->end = &q->line;
	lot->waits = 1;
	lot->next = NULL;
	*q->end = lot;
	q->end = &lot->next;
}

void
queue_put(struct queue *q, struct message *m, struct span domain)
{
	struct queue_lot *lot;

	if (q->lot == NULL)
		q->lot = die_calloc(QUEUE_LOTS, sizeof *q->lot);
	lot = &q->lot[hash(domain)];
	if (lot->first == NULL)
		lot->last = &lot->first;
	m->lot = lot;
	m->next = NULL;
	*lot->last = m;
	lot->last = &m->next;
	q->n++;
	q->bytes += m->content.text.n;
	if (lot->given == 0 && !lot->waits)
		line_up(q, lot);
}

struct message *
queue_take(struct queue *q, struct queue_lot *lot)
{
	struct message *m = lot->first;

	if (m == NULL)
		return NULL;
	lot->first = m->next;
	lot->given++;
	lot->taken++;
	q->n--;
	q->bytes -= m->content.text.n;
	return m;
}

struct queue_lot *
queue_call(struct queue *q, struct queue_lot **at)
{
	struct queue_lot *lot = *at;

	*at = lot->next;
	if (*at == NULL)
		q->end = at;
	lot->waits = 0;
	lot->taken = 0;
	return lot;
}

void
queue_done(struct queue *q, struct message *m)
{
	struct queue_lot *lot = m->lot;

	if (--lot->given == 0 && lot->first != NULL)
		line_up(q, lot);
}

struct message *
queue_drop(struct queue *q)
{
	struct message *m;
	size_t i;

	for (i = 0; q->n > 0 && i < QUEUE_LOTS; i++) {
		m = queue_take(q, &q->lot[i]);
		if (m != NULL) {
			q->lot[i].given--;
			return m;
		}
	}
	return NULL;
}

void
queue_free(struct queue *q)
{
	free(q->lot);
	memset(q, 0, sizeof *q);
}
