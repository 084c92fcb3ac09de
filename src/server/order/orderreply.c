#include "orderreply.h"

#include <errno.h>
#include <stdlib.h>

#include "format/crypt/sha256.h"
#include "format/wire/name.h"
#include "format/wire/ordline.h"

/*
 * An answer that waits for a commit: that of an order which has a file, or
 * one behind it, whose text is ready.
 */
struct held {
	struct held *next;
	void *file;		/* NULL: text is the whole answer */
	struct buf text;	/* else the name as it stood on the line */
	uintmax_t octets;
	char sha[SHA256_HEX];
};

void
orderreply_init(struct orderreply *q, const struct orderd_conf *conf,
    const char *peer)
{
	q->conf = conf;
	chat_init(&q->chat, peer, conf->talk);
	q->end = &q->first;
}

int
orderreply_waits(const struct orderreply *q)
{
	return q->first != NULL;
}

static struct held *
hold(struct orderreply *q)
{
	struct held *h;

	h = die_calloc(1, sizeof *h);
	*q->end = h;
	q->end = &h->next;
	return h;
}

void
orderreply_line(struct orderreply *q, const char *text)
{
	if (q->first == NULL)
		chat_say(&q->chat, "%s", text);
	else
		buf_adds(&hold(q)->text, text);
}

void
orderreply_order(struct orderreply *q, void *file, struct span wire,
    uintmax_t octets, const char *sha)
{
	struct held *h = hold(q);

	h->file = file;
	h->octets = octets;
	buf_addspan(&h->text, wire);
	memcpy(h->sha, sha, SHA256_HEX);
}

const char *
orderreply_failure(int err)
{
	switch (err) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return "452 insufficient storage, try again later";
	case EBUSY:
		return "421 no more orders are taken here now";
	default:
		return "451 local error, try again later";
	}
}

/* The answer for an order that the store has committed, or has not. */
static void
answer(struct orderreply *q, const struct held *h)
{
	struct buf text = { 0 };
	struct span name;
	int err = q->conf->store->outcome(h->file, &name);

	if (err == 0) {
		buf_adds(&text, "250 stored ");
		name_encode(&text, name);
	} else if (err == EEXIST) {
		buf_adds(&text, "250 duplicate ");
		buf_addspan(&text, buf_span(&h->text));
	} else {
		buf_adds(&text, orderreply_failure(err));
	}
	if (err == 0 || err == EEXIST) {
		buf_addc(&text, ' ');
		buf_addu(&text, h->octets);
		buf_addc(&text, ' ');
		buf_adds(&text, h->sha);
	}
	chat_say(&q->chat, "%s", buf_str(&text));
	buf_free(&text);
}

/* Takes the oldest one off the queue and frees it. */
static void
let_go(struct orderreply *q)
{
	struct held *h = q->first;

	q->first = h->next;
	if (q->first == NULL)
		q->end = &q->first;
	if (h->file != NULL)
		q->conf->store->drop(h->file);
	buf_free(&h->text);
	free(h);
}

void
orderreply_commit(struct orderreply *q)
{
	while (q->first != NULL) {
		if (q->first->file != NULL)
			answer(q, q->first);
		else
			chat_say(&q->chat, "%s", buf_str(&q->first->text));
		let_go(q);
	}
}

void
orderreply_free(struct orderreply *q)
{
	while (q->first != NULL)
		let_go(q);
	chat_free(&q->chat);
}
