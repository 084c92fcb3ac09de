/*
 * judgeftp: what is wrong on the control connection of a session of FTP (RFC
 * 959, 2389, 2428).
 */
#ifndef FORMAT_DIALOGUE_JUDGEFTP_H
#define FORMAT_DIALOGUE_JUDGEFTP_H

#include "review.h"

/* All zero at first. */
struct judgeftp {
	/* private */
	unsigned long user;	/* turn of the last USER; 0: none, or refused */
	unsigned long login;	/* turn of what logs in; 0: nobody has */
	struct buf features;	/* what FEAT has shown, a line each */
	int renames;		/* the command before was RNFR */
	unsigned long asks_all;	/* turn of EPSV ALL */
	int all;		/* ... which was accepted */
};

void judgeftp_line(struct judgeftp *f, struct review *r);
void judgeftp_free(struct judgeftp *f);

#endif
