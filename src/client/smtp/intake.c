#include "intake.h"

#include "sys/stop.h"

/* How many the last ones are. */
#define PACED 16

/* As much text as is read before its turn. */
#define BEHIND_MAX (1UL << 20)

/* Reads one more message: what intake_next returns where there is none. */
static enum intake_event
fetch(struct intake *i)
{
	if (i->over)
		return INTAKE_END;
	if (i->m == NULL)
		i->m = message_new(&i->shelf);
	switch (feed_next(&i->feed, i->m)) {
	case FEED_LATER:
		i->wait = IO_FOREVER;
		return INTAKE_WAIT;
	case FEED_END:
		i->over = 1;
		return INTAKE_END;
	case FEED_MESSAGE:
		break;
	}
	if (i->report->progress != NULL)
		i->report->progress->total = i->feed.total;
	if (report_earlier(i->report, i->m) < 0)
		return INTAKE_END;
	feed_judge(&i->feed, i->m);
	if (i->first == NULL)
		i->last = &i->first;
	i->m->next = NULL;
	*i->last = i->m;
	i->last = &i->m->next;
	i->bytes += i->m->content.text.n;
	i->m = NULL;
	return INTAKE_MESSAGE;
}

enum intake_event
intake_next(struct intake *i, struct message **m)
{
	enum intake_event event;

	if (i->report->broken != NULL || stop_asked())
		return INTAKE_END;
	if (i->first == NULL && i->rest != NULL) {
		/* m may hold the beginning of the next one. */
		*m = i->rest;
		i->rest = i->split ? route_split(*m, &i->shelf) : NULL;
		return INTAKE_MESSAGE;
	}
	if (i->first == NULL && (event = fetch(i)) != INTAKE_MESSAGE)
		return event;
	if (message_open(i->first) > 0) {
		i->wait = rate_wait(&i->rate);
		if (i->wait > 0) {
			i->paced = PACED;
			return INTAKE_WAIT;
		}
		rate_take(&i->rate);
		i->paced -= i->paced > 0;
	}
	*m = i->first;
	i->first = (*m)->next;
	i->bytes -= (*m)->content.text.n;
	if (i->split)
		i->rest = route_split(*m, &i->shelf);
	return INTAKE_MESSAGE;
}

struct message *
intake_behind(struct intake *i, const struct message *m)
{
	struct message *next = m == NULL ? i->first : m->next;

	if (next != NULL)
		return next;
	if (i->split || i->bytes >= BEHIND_MAX || i->report->broken != NULL ||
	    stop_asked() || fetch(i) != INTAKE_MESSAGE)
		return NULL;
	return m == NULL ? i->first : m->next;
}

enum exit_code
intake_code(const struct intake *i)
{
	return stop_asked() ? result_worst(i->feed.code, EX_TEMPFAIL) :
	    i->feed.code;
}

void
intake_free(struct intake *i)
{
	feed_free(&i->feed);
	message_shelf_free(&i->shelf);
}
