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

struct machine_edge {
	enum follow_state from, to;
	const char *label;
	const char *path;	/* up to where it ends */
	int x, y;		/* there */
	char way;		/* that it has there: l, r, u, d */
	int label_x, label_y;
	char anchor;		/* of the label: s, m, e */
};

struct machine_node {
	enum follow_state state;
	const char *name;
	int x, y;		/* of its centre */
};

/* What is known of a protocol; the tables end in one without a name, label. */
struct machine_plan {
	int height;
	const struct machine_node *nodes;
	const struct machine_edge *edges;
};

extern const struct machine_plan machine_plans[MACHINE_PROTOCOLS];

/* Takes a whole dialogue. */
void machine_walk(struct machine *m, const struct recording *r);

/* Those protocols that were seen; a picture is in units: its height. */
size_t machine_svg(struct buf *b, const struct machine *m);
void machine_text(struct buf *b, const struct machine *m);

#endif
