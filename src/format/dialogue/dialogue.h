/*
 * dialogue: lines of dialogue(5), what was said on a connection.  They are
 * written one event at a time, and read by a pull parser: a line goes in, and
 * out comes the event that it is.
 */
#ifndef FORMAT_DIALOGUE_DIALOGUE_H
#define FORMAT_DIALOGUE_DIALOGUE_H

#include "sys/buf.h"

/*
 * Octets that one event holds at most, whose line is not cut short by chance:
 * who records more cuts it, so that readers know how long a line can be.
 */
#define DIALOGUE_TEXT_MAX 65536
#define DIALOGUE_LINE_MAX (4 * DIALOGUE_TEXT_MAX + 256)

#define DIALOGUE_UNTIMED (-1)	/* the time of what has none */

enum dialogue_protocol {
	DIALOGUE_ANY,		/* not known */
	DIALOGUE_SMTP,
	DIALOGUE_POP3,
	DIALOGUE_FTP,
	DIALOGUE_ORDER
};

enum dialogue_side {
	DIALOGUE_CLIENT,
	DIALOGUE_SERVER,
	DIALOGUE_NOTE		/* what became of the connection: open, close,
				   reset, tls, timeout */
};

/* How a line ended. */
enum dialogue_end {
	DIALOGUE_CRLF,
	DIALOGUE_LF,
	DIALOGUE_CR,
	DIALOGUE_NONE,		/* the next event of this side continues it,
				   or there is none */
	DIALOGUE_NO_END		/* not known, or nothing that ends */
};

/* Flags. */
#define DIALOGUE_EARLY	1u	/* sent before a reply that it must wait for */
#define DIALOGUE_SPLIT	2u	/* came in several reads */
#define DIALOGUE_MASKED	4u	/* a secret was taken out */
#define DIALOGUE_TEXT	8u	/* of a message or an order, no command */

struct dialogue_head {
	enum dialogue_protocol protocol;
	struct span client, server;	/* empty: not known */
	int64_t time;			/* seconds since the Epoch */
};

struct dialogue_event {
	int64_t time;		/* us since the first event */
	enum dialogue_side side;
	enum dialogue_end end;
	unsigned flags;
	struct span text;	/* as it was sent, without its ending */
};

/* NULL for no such protocol; "any" is none. */
const char *dialogue_protocol_name(enum dialogue_protocol protocol);
int dialogue_protocol_find(enum dialogue_protocol *protocol, struct span name);

/* The ending's bytes: "" where there are none. */
const char *dialogue_ending(enum dialogue_end end);

/* Takes the ending off a line: what it was. */
enum dialogue_end dialogue_chomp(struct span *line);

/* These add a line, with its LF. */
void dialogue_add_head(struct buf *b, const struct dialogue_head *h);
void dialogue_add(struct buf *b, const struct dialogue_event *e);

/* What of such a line stands before its text. */
void dialogue_add_start(struct buf *b, const struct dialogue_event *e);

enum dialogue_kind {
	DIALOGUE_OTHER,		/* nothing that was said: pass it over */
	DIALOGUE_EVENT,
	DIALOGUE_BAD		/* not a line of dialogue(5): why */
};

/* All zero at first. */
struct dialogue {
	struct dialogue_head head;
	struct dialogue_event event;
	int begins;		/* the event is the first of a dialogue, whose
				   head is new */
	const char *why;

	/* private */
	struct buf client, server, text;
	enum {
		DIALOGUE_OUTSIDE, DIALOGUE_HEADED, DIALOGUE_PLAIN
	} form;			/* of the dialogue in hand */
	int fresh;		/* its first event is still to come */
	int quits, over;	/* plain: QUIT was said; and answered */
	int64_t first;		/* plain: the time of the first event */
};

/*
 * Takes the next line of a file, with or without its ending.  What head and
 * event point to is valid until the next call.  A line "C: text" or "S: text",
 * with or without a time or names before it, is an event, too; the protocol of
 * a dialogue of such lines is not known.
 */
enum dialogue_kind dialogue_line(struct dialogue *d, struct span line);
void dialogue_free(struct dialogue *d);

#endif
