/*
 * judgeorder: what is wrong in a session of orderproto(7).
 */
#ifndef FORMAT_DIALOGUE_JUDGEORDER_H
#define FORMAT_DIALOGUE_JUDGEORDER_H

#include "format/crypt/sha256.h"
#include "review.h"

/* All zero at first. */
struct judgeorder {
	/* private */
	unsigned long orders;
	struct sha256 sha;	/* of the order in hand, */
	char want[SHA256_HEX];	/* which its line says is this */
	uint64_t left;		/* octets of it to come; 0: none, or not all
				   are known */
};

void judgeorder_line(struct judgeorder *o, struct review *j);

#endif
