/*
 * message: a message on its way to a server, with its envelope and what has
 * become of each recipient.
 */
#ifndef CLIENT_SMTP_MESSAGE_H
#define CLIENT_SMTP_MESSAGE_H

#include "format/mail/content.h"
#include "format/wire/results.h"
#include "sys/buf.h"

/* As much of a reply as a results line tells. */
#define MESSAGE_REPLY_MAX 1000

/* The largest message that is held in memory to be sent, in octets. */
#define MESSAGE_MAX (128UL << 20)

struct rcpt {
	struct buf addr;
	struct buf params;	/* of RCPT, from the batch */
	int told;		/* the outcome has been reported */
	int later;		/* this transaction has no room for it */
	size_t mark;		/* of its line in the journal, where that was
				   written ahead of its turn; else 0 */
	int decided;		/* what follows is final */
	enum result_status status;
	enum result_stage stage;
	int code;		/* of the reply, 0 where there was none */
	struct buf text;
};

struct message {
	uintmax_t number;	/* in the batch, from 1 */
	struct buf from;	/* empty for <> */
	struct buf params;	/* of MAIL, from the batch */
	struct buf id;		/* Message-ID, empty where there is none */
	struct content content;
	int raw;		/* the text in it is as a batch has it: dots
				   are stuffed, and lines may end in LF */
	struct buf converted;	/* the content, where the server at hand can
				   not take it as it is */
	struct rcpt *rcpt;
	size_t rcpts;
	int tries;		/* connections it was begun on */
	const char *server;	/* where it was tried last, "" for nowhere;
				   owned by whoever set it */
	struct message *next;	/* in its queue */
	struct message *made;	/* in the list of all from its cache */
	struct domain *domain;	/* for the owner: the domain it waits for */
	int begun;		/* for the owner: its end may have been sent */
	const char *ahead;	/* the server in the lines that were written
				   ahead of its turn; NULL for none */
	/* private */
	size_t cap;
};

/* All zero is an empty message.  message_start empties a used one. */
void message_start(struct message *m, uintmax_t number);
void message_free(struct message *m);

/*
 * Messages one behind the other, each in one queue at a time.  All zero is an
 * empty one; message_queue_take is the first, or NULL.
 */
struct message_queue {
	struct message *first, **last;
};

void message_queue_add(struct message_queue *q, struct message *m);
struct message *message_queue_take(struct message_queue *q);

/*
 * Messages that are used again.  All zero is an empty cache.  message_drop
 * puts one back, without what a large one held; message_cache_free frees all
 * that came from the cache, wherever they are.
 */
struct message_cache {
	struct message *spare, *made;
};

struct message *message_new(struct message_cache *cache);
void message_drop(struct message_cache *cache, struct message *m);
void message_cache_free(struct message_cache *cache);

/* A further recipient, undecided; valid until the next is added. */
struct rcpt *message_rcpt(struct message *m, struct span addr,
    struct span params);

/* What is decided stays so; of text, MESSAGE_REPLY_MAX octets are kept. */
void rcpt_decide(struct rcpt *r, enum result_status status,
    enum result_stage stage, int code, struct span text);

/* The same for everybody in the transaction who is undecided. */
void message_decide(struct message *m, enum result_status status,
    enum result_stage stage, int code, struct span text);

/* The number of undecided recipients. */
size_t message_open(const struct message *m);

/* Puts the recipients that had to wait (later) into the next transaction. */
void message_rejoin(struct message *m);

/* The domain of the first recipient who is undecided; empty when none is. */
struct span message_domain(const struct message *m);

/*
 * Moves the undecided recipients of other domains than the first one's to a
 * new message from cache: NULL when there is none.
 */
struct message *message_split(struct message *m, struct message_cache *cache);

/* Adds m to b in the form of bsmtp(5), for those who are undecided. */
void message_put(struct buf *b, const struct message *m);

/* The results(5) fields of one recipient; time is in seconds. */
void message_result(struct result *res, const struct message *m,
    const struct rcpt *r, int64_t now);

#endif
