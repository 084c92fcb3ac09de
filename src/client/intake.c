#include "intake.h"

#include "sys/stop.h"

/* Reads the next message: what intake_next returns where there is none. */
static enum intake_event
fetch(struct intake *i)
{
	if (i->m == NULL)
		i->m = message_new(&i->shelf);
	switch (feed_next(&i->feed, i->m)) {
	case FEED_LATER:
		i->wait = IO_FOREVER;
		return INTAKE_WAIT;
	case FEED_END:
		return INTAKE_END;
	case FEED_MESSAGE:
		break;
	}
	if (i->report->progress != NULL)
		i->report->progress->total = i->feed.total;
	if (report_earlier(i->report, i->m) < 0)
		return INTAKE_END;
	feed_judge(&i->feed, i->m);
	i->ready = 1;
	return INTAKE_MESSAGE;
}

enum intake_event
intake_next(struct intake *i, struct message **m)
{
	enum intake_event event;

	if (i->report->broken != NULL || stop_asked())
		return INTAKE_END;
	if (!i->ready && i->rest != NULL) {
		/* m may hold the beginning of the next one. */
		*m = i->rest;
		i->rest = i->split ? route_split(*m, &i->shelf) : NULL;
		return INTAKE_MESSAGE;
	}
	if (!i->ready && (event = fetch(i)) != INTAKE_MESSAGE)
		return event;
	if (message_open(i->m) > 0) {
		i->wait = rate_wait(&i->rate);
		if (i->wait > 0)
			return INTAKE_WAIT;
		rate_take(&i->rate);
	}
	*m = i->m;
	i->m = NULL;
	i->ready = 0;
	if (i->split)
		i->rest = route_split(*m, &i->shelf);
	return INTAKE_MESSAGE;
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
