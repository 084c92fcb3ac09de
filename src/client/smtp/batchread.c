#include "batchread.h"

#include "sys/stop.h"

/* How many the last ones are. */
#define PACED 16

/* As much text as is read before its turn. */
#define BEHIND_MAX (1UL << 20)

static void
add(struct batchread *b, struct message *m)
{
	message_queue_add(&b->ready, m);
	b->bytes += m->content.text.n;
}

void
batchread_init(struct batchread *b, const struct batchread_conf *conf,
    const char *helo, int split, struct report *report)
{
	memset(b, 0, sizeof *b);
	b->rate = conf->rate;
	b->report = report;
	b->split = split;
	if (conf->single == NULL) {
		feed_init(&b->feed, conf->in, conf->name, helo);
		return;
	}
	b->single = b->over = 1;
	add(b, conf->single);
	report_earlier(report, conf->single);
}

/* Reads one more message: what batchread_next returns where there is none. */
static enum batchread_event
fetch(struct batchread *b)
{
	if (b->over)
		return BATCHREAD_END;
	if (b->m == NULL)
		b->m = message_new(&b->cache);
	switch (feed_next(&b->feed, b->m)) {
	case FEED_LATER:
		b->wait = IO_FOREVER;
		return BATCHREAD_WAIT;
	case FEED_END:
		b->over = 1;
		return BATCHREAD_END;
	case FEED_MESSAGE:
		break;
	}
	if (b->report->progress != NULL)
		b->report->progress->total = b->feed.total;
	if (report_earlier(b->report, b->m) < 0)
		return BATCHREAD_END;
	feed_judge(&b->feed, b->m);
	add(b, b->m);
	b->m = NULL;
	return BATCHREAD_MESSAGE;
}

enum batchread_event
batchread_next(struct batchread *b, struct message **m)
{
	enum batchread_event event;

	if (b->report->broken != NULL || (stop_asked() && !b->single))
		return BATCHREAD_END;
	if (b->ready.first == NULL && b->rest != NULL) {
		/* m may hold the beginning of the next one. */
		*m = b->rest;
		b->rest = b->split ? message_split(*m, &b->cache) : NULL;
		return BATCHREAD_MESSAGE;
	}
	if (b->ready.first == NULL && (event = fetch(b)) != BATCHREAD_MESSAGE)
		return event;
	if (message_open(b->ready.first) > 0) {
		b->wait = rate_wait(&b->rate);
		if (b->wait > 0) {
			b->paced = PACED;
			return BATCHREAD_WAIT;
		}
		rate_take(&b->rate);
		b->paced -= b->paced > 0;
	}
	*m = message_queue_take(&b->ready);
	b->bytes -= (*m)->content.text.n;
	if (b->split)
		b->rest = message_split(*m, &b->cache);
	return BATCHREAD_MESSAGE;
}

struct message *
batchread_behind(struct batchread *b, const struct message *m)
{
	struct message *next = m == NULL ? b->ready.first : m->next;

	if (next != NULL)
		return next;
	if (b->split || b->bytes >= BEHIND_MAX || b->report->broken != NULL ||
	    stop_asked() || fetch(b) != BATCHREAD_MESSAGE)
		return NULL;
	return m == NULL ? b->ready.first : m->next;
}

enum exit_code
batchread_code(const struct batchread *b)
{
	return stop_asked() && !b->single ?
	    result_worst(b->feed.code, EX_TEMPFAIL) : b->feed.code;
}

void
batchread_free(struct batchread *b)
{
	rd_free(&b->feed.rd);
	message_cache_free(&b->cache);
}
