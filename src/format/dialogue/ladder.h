/*
 * ladder: a dialogue as arrows between two lifelines, row by row: which phase
 * each is in, which ones were sent without waiting for replies, and long texts
 * made short.
 */
#ifndef FORMAT_DIALOGUE_LADDER_H
#define FORMAT_DIALOGUE_LADDER_H

#include "recording.h"

enum ladder_phase {
	LADDER_GREETING, LADDER_HELLO, LADDER_TLS, LADDER_LOGIN,
	LADDER_ENVELOPE, LADDER_MESSAGE, LADDER_MAILBOX, LADDER_FILES,
	LADDER_TRANSFER, LADDER_ORDER, LADDER_LEAVE
};
#define LADDER_PHASES (LADDER_LEAVE + 1)

struct ladder_row {
	const struct recorded *e;
	enum ladder_phase phase;
	int begins;		/* the phase, here */
	int fails;
	int grouped;		/* in a group of commands that were sent without
				   waiting, or a reply to one of them */
	enum {
		LADDER_NO_BRACKET, LADDER_TOP, LADDER_SIDE, LADDER_FOOT
	} bracket;		/* the part that the group has here */
	size_t lines, octets;	/* not 0: stands for so many lines of a text,
				   instead of e */
};

/* Commands that were sent without waiting. */
struct ladder_group {
	size_t first, last;		/* events */
	unsigned long from, to;		/* turns */
};

struct ladder {
	const struct recording *r;

	/* private */
	size_t next;
	enum ladder_phase phase;
	int begun;
	size_t shown;		/* lines of the text in hand */
	struct buf groups;	/* of struct ladder_group */
	size_t group, answered;	/* the first ones that are not past */
};

/* r must stay as it is. */
void ladder_init(struct ladder *l, const struct recording *r);

/* The next row: 1, or 0 at the end. */
int ladder_next(struct ladder *l, struct ladder_row *row);

void ladder_free(struct ladder *l);

const char *ladder_phase_name(enum ladder_phase phase);

/*
 * Adds the row's text, escaped, in so many columns at the most (16, at least),
 * and returns how many it takes.
 */
size_t ladder_fit(struct buf *b, const struct ladder *l,
    const struct ladder_row *row, size_t columns);

/*
 * Its time in seconds, with six decimals, of which those are left out that do
 * not fit in LADDER_TIME columns; nothing where there is none.
 */
#define LADDER_TIME 12
void ladder_time(struct buf *b, const struct ladder_row *row);

/*
 * "smtp 192.0.2.1:40312 - mail.example:25 2026-11-21T23:46:12Z", the names cut
 * where it has more columns than this.
 */
void ladder_title(struct buf *b, const struct recording *r, size_t columns);

/* These draw all of it; a picture is in units, from top on: its height. */
size_t ladder_svg(struct buf *b, const struct recording *r, size_t width,
    size_t top);
void ladder_text(struct buf *b, const struct recording *r, size_t columns,
    int colour);

#endif
