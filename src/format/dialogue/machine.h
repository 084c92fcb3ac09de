/*
 * machine: the states of the protocols and the ways between them, and which of
 * these ways dialogues have gone.
 */
#ifndef FORMAT_DIALOGUE_MACHINE_H
#define FORMAT_DIALOGUE_MACHINE_H

#include "recording.h"

#define MACHINE_WIDTH 800	/* units across */
#define MACHINE_STATES (FOLLOW_OVER + 1)
#define MACHINE_PROTOCOLS (DIALOGUE_ORDER + 1)

struct machine_walk {
	int seen;
	unsigned long gone[MACHINE_STATES][MACHINE_STATES];
	unsigned long lost[MACHINE_STATES];	/* it ended there, without a
						   word */
};

/* All zero at first. */
struct machine {
	struct machine_walk walks[MACHINE_PROTOCOLS];
};

/* Takes a whole dialogue. */
void machine_walk(struct machine *m, const struct recording *r);

/* Those protocols that were seen; a picture is in units: its height. */
size_t machine_svg(struct buf *b, const struct machine *m);
void machine_text(struct buf *b, const struct machine *m);

#endif
