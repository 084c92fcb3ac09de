#include "share.h"

/* So many messages of a domain go before others that wait have their turn. */
#define TURN 100

static int
is_idle(const struct team_worker *w)
{
	return team_is_alive(w) && w->hands == 0;
}

/* The worker who has been idle for the longest time, or NULL. */
static struct team_worker *
find_idle(struct team *t)
{
	struct team_worker *w, *best = NULL;

	for (w = t->worker; w < t->worker + t->workers; w++)
		if (is_idle(w) && (best == NULL || w->heard < best->heard))
			best = w;
	return best;
}

/* The worker for a lot that has none, or NULL. */
static struct team_worker *
choose(struct team *t, const struct queue_lot *lot)
{
	struct team_worker *w = NULL;

	if (lot->worker > 0 && team_is_alive(&t->worker[lot->worker - 1]))
		w = &t->worker[lot->worker - 1];
	if (w != NULL && is_idle(w))
		return w;
	if (w != NULL && (t->now - w->heard < SHARE_PATIENCE ||
	    t->now - w->since < SHARE_PATIENCE))
		return NULL;
	w = team_start(t);
	return w != NULL ? w : find_idle(t);
}

static void
give(struct queue *q, struct team_worker *w, struct queue_lot *lot)
{
	while (lot->first != NULL && team_has_room(w))
		team_give(w, queue_take(q, lot));
}

int
share_out(struct team *t, struct queue *q)
{
	struct queue_lot **at = &q->line;
	struct team_worker *w;
	size_t alive = 0;

	for (w = t->worker; w < t->worker + t->workers; w++) {
		alive += (size_t)team_is_alive(w);
		if (w->hand != NULL && (q->line == NULL ||
		    w->hand->lot->taken < TURN))
			give(q, w, w->hand->lot);
	}
	while (*at != NULL) {
		w = choose(t, *at);
		if (w == NULL) {
			at = &(*at)->next;
			continue;
		}
		alive++;
		(*at)->worker = (size_t)(w - t->worker) + 1;
		give(q, w, queue_call(q, at));
	}
	return alive > 0 || q->n == 0 ? 0 : -1;
}
