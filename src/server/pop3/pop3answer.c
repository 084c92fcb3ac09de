#include "pop3answer.h"

#include <errno.h>

#define MESSAGES 256		/* looked at in one turn */

static const char
	no_message[] = "-ERR message no longer exists",
	no_reading[] = "-ERR [SYS/TEMP] cannot read the message";

void
pop3answer_count(struct pop3d *s)
{
	chat_say(&s->chat, "+OK %zu message%s", s->count,
	    s->count == 1 ? "" : "s");
}

int
pop3answer_list(struct pop3d *s)
{
	int err = s->conf->store->list(s->drop);

	if (err == EINPROGRESS)
		return 0;
	if (err != 0) {
		s->conf->store->close(s->drop);
		s->drop = NULL;
		chat_say(&s->chat, "-ERR [SYS/TEMP] cannot read the maildrop");
		return 1;
	}
	s->count = s->conf->store->count(s->drop);
	s->mark = die_calloc(s->count, 1);
	s->phase = POP3D_READY;
	pop3answer_count(s);
	return 1;
}

/*
 * The next message that is not deleted, from s->at on; 0 when there is none,
 * or when *turn, counted from 0, or the room is used up: s->at says which.
 */
static int
next_message(struct pop3d *s, int *turn)
{
	for (; s->at < s->count; s->at++) {
		if (s->chat.out->n >= POP3ANSWER_FULL || (*turn)++ == MESSAGES)
			return 0;
		if ((s->mark[s->at] & POP3D_DELETED) == 0)
			return 1;
	}
	return 0;
}

/* RFC 1939 5: how many there are, and their octets. */
int
pop3answer_stat(struct pop3d *s)
{
	uint64_t size;
	int turn = 0;

	while (next_message(s, &turn)) {
		if (s->conf->store->size(s->drop, s->at, &size) != 0)
			return 0;
		s->sum += size;
		s->lines++;
		s->at++;
	}
	if (s->at < s->count)
		return 0;
	chat_say(&s->chat, "+OK %ju %ju", (uintmax_t)s->lines,
	    (uintmax_t)s->sum);
	return 1;
}

/* A line for each message, with its name or its octets; then the dot. */
static int
list(struct pop3d *s, int uids)
{
	const struct drop_store *store = s->conf->store;
	struct buf *out = s->chat.out;
	uint64_t size = 0;
	int turn = 0;

	while (next_message(s, &turn)) {
		if (!uids && store->size(s->drop, s->at, &size) != 0)
			return 0;
		buf_addu(out, s->at + 1);
		buf_addc(out, ' ');
		if (uids)
			store->uid(s->drop, s->at, out);
		else
			buf_addu(out, size);
		buf_adds(out, "\r\n");
		s->at++;
	}
	if (s->at < s->count)
		return 0;
	buf_adds(out, ".\r\n");
	return 1;
}

int
pop3answer_sizes(struct pop3d *s)
{
	return list(s, 0);
}

int
pop3answer_uids(struct pop3d *s)
{
	return list(s, 1);
}

int
pop3answer_size(struct pop3d *s)
{
	uint64_t size;

	if (s->conf->store->size(s->drop, s->at, &size) != 0)
		return 0;
	chat_say(&s->chat, "+OK %zu %ju", s->at + 1, (uintmax_t)size);
	return 1;
}

/* Adds lines of a piece; 0 when TOP has what it wants. */
static int
add_text(struct pop3d *s, struct span piece)
{
	int end;

	buf_reserve(s->chat.out, piece.n + piece.n / 32);
	while (piece.n > 0) {
		if (s->top && s->body && s->lines == 0)
			return 0;
		end = crlf_line(&s->crlf, &piece, s->chat.out);
		if (s->body)
			s->lines -= end > 0;
		else
			s->body = end == 2;
	}
	return 1;
}

/* Announces the message: 1, 0 when that takes another turn, or -1: no. */
static int
announce(struct pop3d *s)
{
	uint64_t size = 0;
	int err;

	if (!s->top && s->conf->store->measure(s->drop, s->at, &size) != 0)
		return 0;
	err = s->conf->store->begin(s->drop, s->at);
	if (err != 0) {
		chat_say(&s->chat, err == ENOENT ? no_message : no_reading);
		return -1;
	}
	memset(&s->crlf, 0, sizeof s->crlf);
	s->body = 0;
	s->reading = 1;
	if (s->top)
		chat_say(&s->chat, "+OK top of message follows");
	else
		chat_say(&s->chat, "+OK %ju octets", (uintmax_t)size);
	return 1;
}

static int
finish(struct pop3d *s)
{
	s->conf->store->finish(s->drop);
	s->reading = 0;
	return 1;
}

int
pop3answer_text(struct pop3d *s)
{
	struct span piece;
	int r;

	r = s->reading ? 1 : announce(s);
	if (r <= 0)
		return r < 0;
	while (s->chat.out->n < POP3ANSWER_FULL) {
		if (s->conf->store->read(s->drop, &piece) != 0) {
			/* Nothing but the missing end can say so now. */
			s->closing = 1;
			return finish(s);
		}
		if (piece.n == 0 || !add_text(s, piece)) {
			crlf_dot(&s->crlf, s->chat.out);
			if (!s->top)
				s->mark[s->at] |= POP3D_SEEN;
			return finish(s);
		}
	}
	return 0;
}

/* RFC 1939 6: UPDATE. */
int
pop3answer_quit(struct pop3d *s)
{
	const struct drop_store *store = s->conf->store;
	int turn;

	for (turn = 0; s->at < s->count; s->at++) {
		if (s->mark[s->at] == 0)
			continue;
		if (turn++ == MESSAGES)
			return 0;
		if ((s->mark[s->at] & POP3D_DELETED) == 0)
			store->seen(s->drop, s->at);
		else if (store->remove(s->drop, s->at) == 0)
			s->sum++;
		else
			s->failed = 1;
	}
	if (s->sum > 0 && store->sync(s->drop) != 0)
		s->failed = 1;
	if (s->failed)
		chat_say(&s->chat, "-ERR [SYS/TEMP] some deleted messages not "
		    "removed");
	else
		chat_say(&s->chat, "+OK bye");
	s->closing = 1;
	return 1;
}
