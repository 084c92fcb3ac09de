/*
 * judgesmtp: what is wrong in a session of SMTP: commands out of order, their
 * syntax, what was not offered, replies that do not fit, the text.
 */
#ifndef FORMAT_DIALOGUE_JUDGESMTP_H
#define FORMAT_DIALOGUE_JUDGESMTP_H

#include "judgeargs.h"

/* All zero at first. */
struct judgesmtp {
	/* private */
	struct judgetext text;
	struct judgeargs_offers offers;
	unsigned long hello;	/* turn of the last EHLO or HELO; 0: none */
	unsigned long hello_before;	/* that, when it is refused */
	unsigned long sender;	/* turn of MAIL; 0: no transaction */
	int no_sender;		/* MAIL was refused */
	unsigned long rcpts;	/* asked for, and not refused */
	unsigned long refused;	/* RCPTs */
	int chunks;		/* BDAT in this transaction */
	int last;		/* the last one: LAST */
	unsigned long told_early;	/* the turn whose text was */
	int no_data;		/* the code by which DATA was refused */
	int due;		/* a text, after DATA */
	int logged_in;
	enum judgesmtp_behind {
		BEHIND_COMMAND, BEHIND_DOT, BEHIND_CHUNK
	} behind;		/* what the client's next line is */
	int code;		/* of a reply whose last line has not come */
};

void judgesmtp_line(struct judgesmtp *s, struct review *r);
void judgesmtp_end(const struct judgesmtp *s, struct notes *notes);
void judgesmtp_free(struct judgesmtp *s);

#endif
