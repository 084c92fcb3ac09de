/*
 * judge: what is wrong in a dialogue, event by event.
 */
#ifndef FORMAT_DIALOGUE_JUDGE_H
#define FORMAT_DIALOGUE_JUDGE_H

#include "format/crypt/sha256.h"
#include "judgeftp.h"
#include "judgepop3.h"
#include "judgesmtp.h"

/* Of a session of orderproto(7). */
struct judgeorder {
	unsigned long orders;
	struct sha256 sha;	/* of the order in hand, */
	char want[SHA256_HEX];	/* which its line says is this */
	uint64_t left;		/* octets of it to come; 0: none, or not all
				   are known */
};

/* All zero at first. */
struct judge {
	/* private */
	struct judgesmtp smtp;
	struct judgepop3 pop3;
	struct judgeftp ftp;
	struct judgeorder order;
	int cut[3];		/* the line of that side goes on */
	size_t lines;
	int spoken;		/* the client has said something */
	int quit;		/* 1: QUIT was said, 2: and answered */
	int refused;		/* 421, or no greeting of 2yz */
	int text;		/* 354 was said, and no dot since */
	int ended;		/* close, reset or timeout, or the link's end */
	int broken;		/* ... which was a reset or a timeout */
	int server_last;	/* the last line was the server's */
	int sealed;		/* the rest is encrypted */
};

/*
 * Adds what is wrong with a line to its notes, and says there whether it may
 * stand where it stands.
 */
void judge_event(struct judge *j, struct review *r);

/* Nothing follows: what is missing. */
void judge_end(struct judge *j, struct notes *notes,
    const struct follow *f);

void judge_free(struct judge *j);

#endif
