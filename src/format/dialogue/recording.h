/*
 * recording: one dialogue as a whole: its events, and what each of them is.
 */
#ifndef FORMAT_DIALOGUE_RECORDING_H
#define FORMAT_DIALOGUE_RECORDING_H

#include "follow.h"

struct recorded {
	int64_t time;
	enum dialogue_side side;
	enum dialogue_end end;
	unsigned flags;
	size_t at, n;		/* of the text, in the recording's */
	size_t open;		/* octets of it that may be shown */
	unsigned long line;	/* where it stands in its file */

	/* As in follow_line. */
	enum follow_kind kind;
	unsigned long turn;
	const char *verb;
	int code, digit;
	int last, stray, early;

	enum follow_state before, after;	/* of the session */
	size_t awaited;		/* commands without a reply, before it */
	unsigned long answered;	/* those with one, behind it */
	int greeted;		/* a whole reply has come, behind it */
	int whole;		/* no text is on its way, behind it */
};

/* All zero at first. */
struct recording {
	struct follow follow;
	struct recorded *events;
	size_t n;
	struct span client, server;	/* addresses, empty: not known */
	int64_t time;			/* seconds since the Epoch */

	/* private */
	size_t room;
	struct buf text, names;
	int greeted;
};

/* Empties it: a dialogue with this head begins. */
void recording_start(struct recording *r, const struct dialogue_head *h);

/* Takes an event, which stands in that line of a file: what it is. */
const struct recorded *recording_add(struct recording *r,
    const struct dialogue_event *e, unsigned long line);

/* An event's text: all of it, and as it may be shown, **** for a secret. */
struct span recording_text(const struct recording *r,
    const struct recorded *e);
void recording_show(const struct recording *r, const struct recorded *e,
    struct buf *b);

/* Whether it is answered: a command, a response, the dot behind a text. */
int recording_is_asked(const struct recorded *e);

/* Whether it says that something is wrong, or was refused. */
int recording_fails(const struct recording *r, const struct recorded *e);

/* Whether one side was waited for in vain. */
int recording_timed_out(const struct recording *r);

void recording_free(struct recording *r);

#endif
