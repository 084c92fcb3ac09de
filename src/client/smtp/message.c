#include "message.h"

#include <stdlib.h>

#include "format/wire/bsmtp.h"

/* A message that is not in use keeps no more memory than that. */
#define SPARE_MAX 65536

void
message_start(struct message *m, uintmax_t number)
{
	m->number = number;
	buf_clear(&m->from);
	buf_clear(&m->params);
	buf_clear(&m->id);
	content_start(&m->content);
	buf_clear(&m->converted);
	m->rcpts = 0;
	m->tries = 0;
	m->raw = m->begun = 0;
	m->ahead = NULL;
	m->server = "";
}

void
message_free(struct message *m)
{
	size_t i;

	for (i = 0; i < m->cap; i++) {
		buf_free(&m->rcpt[i].addr);
		buf_free(&m->rcpt[i].params);
		buf_free(&m->rcpt[i].text);
	}
	free(m->rcpt);
	buf_free(&m->from);
	buf_free(&m->params);
	buf_free(&m->id);
	content_free(&m->content);
	buf_free(&m->converted);
	memset(m, 0, sizeof *m);
}

void
message_queue_add(struct message_queue *q, struct message *m)
{
	if (q->first == NULL)
		q->last = &q->first;
	m->next = NULL;
	*q->last = m;
	q->last = &m->next;
}

struct message *
message_queue_take(struct message_queue *q)
{
	struct message *m = q->first;

	if (m != NULL)
		q->first = m->next;
	return m;
}

struct message *
message_new(struct message_cache *cache)
{
	struct message *m = cache->spare;

	if (m != NULL) {
		cache->spare = m->next;
		return m;
	}
	m = die_calloc(1, sizeof *m);
	message_start(m, 0);
	m->made = cache->made;
	cache->made = m;
	return m;
}

void
message_drop(struct message_cache *cache, struct message *m)
{
	if (m->content.text.cap > SPARE_MAX)
		content_free(&m->content);
	if (m->converted.cap > SPARE_MAX)
		buf_free(&m->converted);
	m->next = cache->spare;
	cache->spare = m;
}

void
message_cache_free(struct message_cache *cache)
{
	struct message *m, *made;

	for (m = cache->made; m != NULL; m = made) {
		made = m->made;
		message_free(m);
		free(m);
	}
	cache->spare = cache->made = NULL;
}

/* Entries beyond m->rcpts keep their memory for the next message. */
static void
grow(struct message *m)
{
	size_t cap = m->cap == 0 ? 1 : 2 * m->cap;

	m->rcpt = die_realloc(m->rcpt, cap, sizeof *m->rcpt);
	memset(m->rcpt + m->cap, 0, (cap - m->cap) * sizeof *m->rcpt);
	m->cap = cap;
}

struct rcpt *
message_rcpt(struct message *m, struct span addr, struct span params)
{
	struct rcpt *r;

	if (m->rcpts == m->cap)
		grow(m);
	r = &m->rcpt[m->rcpts++];
	buf_set(&r->addr, addr);
	buf_set(&r->params, params);
	buf_clear(&r->text);
	r->told = r->later = r->decided = 0;
	r->mark = 0;
	return r;
}

void
rcpt_decide(struct rcpt *r, enum result_status status,
    enum result_stage stage, int code, struct span text)
{
	if (r->decided)
		return;
	r->decided = 1;
	r->status = status;
	r->stage = stage;
	r->code = code;
	buf_clear(&r->text);
	buf_add(&r->text, text.p,
	    text.n < MESSAGE_REPLY_MAX ? text.n : MESSAGE_REPLY_MAX);
	buf_replace(&r->text, 0, '\n', ' ');
}

void
message_decide(struct message *m, enum result_status status,
    enum result_stage stage, int code, struct span text)
{
	size_t i;

	for (i = 0; i < m->rcpts; i++)
		if (!m->rcpt[i].later)
			rcpt_decide(&m->rcpt[i], status, stage, code, text);
}

size_t
message_open(const struct message *m)
{
	size_t i, n = 0;

	for (i = 0; i < m->rcpts; i++)
		n += !m->rcpt[i].decided && !m->rcpt[i].later;
	return n;
}

void
message_rejoin(struct message *m)
{
	size_t i;

	for (i = 0; i < m->rcpts; i++)
		m->rcpt[i].later = 0;
}

void
message_result(struct result *res, const struct message *m,
    const struct rcpt *r, int64_t now)
{
	res->status = r->decided ? r->status : RESULT_SENDING;
	res->rcpt = buf_span(&r->addr);
	res->code = r->decided ? r->code : 0;
	res->stage = r->decided ? r->stage : STAGE_DOT;
	res->server = span_str(m->server);
	res->number = m->number;
	res->time = now;
	res->id = buf_span(&m->id);
	res->text = r->decided ? buf_span(&r->text) : span_of(NULL, 0);
}

static struct span
domain_of(const struct rcpt *r)
{
	struct span s = buf_span(&r->addr);
	size_t i = s.n;

	while (i > 0 && s.p[i - 1] != '@')
		i--;
	return span_drop(s, i);
}

struct span
message_domain(const struct message *m)
{
	size_t i;

	for (i = 0; i < m->rcpts; i++)
		if (!m->rcpt[i].decided)
			return domain_of(&m->rcpt[i]);
	return span_of(NULL, 0);
}

static struct message *
copy(const struct message *m, struct message_cache *cache)
{
	struct message *c = message_new(cache);

	message_start(c, m->number);
	buf_addspan(&c->from, buf_span(&m->from));
	buf_addspan(&c->params, buf_span(&m->params));
	buf_addspan(&c->id, buf_span(&m->id));
	c->raw = m->raw;
	buf_addspan(&c->content.text, buf_span(&m->content.text));
	c->content.body = m->content.body;
	c->content.head_form = m->content.head_form;
	c->content.body_form = m->content.body_form;
	return c;
}

struct message *
message_split(struct message *m, struct message_cache *cache)
{
	struct span domain = message_domain(m);
	struct message *other = NULL;
	struct rcpt moved;
	size_t i, kept = 0;

	for (i = 0; i < m->rcpts; i++) {
		moved = m->rcpt[i];
		if (!moved.decided &&
		    !span_case_eq(domain_of(&m->rcpt[i]), domain)) {
			if (other == NULL)
				other = copy(m, cache);
			message_rcpt(other, buf_span(&moved.addr),
			    buf_span(&moved.params));
			continue;
		}
		m->rcpt[i] = m->rcpt[kept];
		m->rcpt[kept++] = moved;
	}
	m->rcpts = kept;
	return other;
}

static void
put_path(struct buf *b, const char *verb, const struct buf *addr,
    const struct buf *params)
{
	buf_adds(b, verb);
	buf_addc(b, '<');
	buf_addspan(b, buf_span(addr));
	buf_addc(b, '>');
	if (params->n > 0)
		buf_addc(b, ' ');
	buf_addspan(b, buf_span(params));
	buf_adds(b, "\r\n");
}

void
message_put(struct buf *b, const struct message *m)
{
	const struct span text = buf_span(&m->content.text);
	const struct rcpt *r;

	put_path(b, "MAIL FROM:", &m->from, &m->params);
	for (r = m->rcpt; r < m->rcpt + m->rcpts; r++)
		if (!r->decided)
			put_path(b, "RCPT TO:", &r->addr, &r->params);
	buf_adds(b, "DATA\r\n");
	if (m->raw)
		buf_addspan(b, text);
	else
		bsmtp_stuff(b, text);
	buf_adds(b, ".\r\n");
}
