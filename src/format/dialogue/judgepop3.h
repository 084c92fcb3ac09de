/*
 * judgepop3: what is wrong in a session of POP3 (RFC 1939, 2449, 2595, 5034).
 */
#ifndef FORMAT_DIALOGUE_JUDGEPOP3_H
#define FORMAT_DIALOGUE_JUDGEPOP3_H

#include "review.h"

/* All zero at first. */
struct judgepop3 {
	/* private */
	unsigned long user;	/* turn of the last USER; 0: none, or refused */
	unsigned long login;	/* turn of what logs in; 0: nobody has */
	int timestamp;		/* the greeting had one */
	int listed;		/* the server's last line was a list's dot */
	struct buf deleted;	/* by DELE, each struct deletion */
};

void judgepop3_line(struct judgepop3 *p, struct review *r);
void judgepop3_free(struct judgepop3 *p);

#endif
