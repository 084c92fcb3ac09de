/*
 * replay: plays one side of a dialogue again, to somebody who plays the other
 * one, and records what is said.  Every wait has a deadline.
 */
#ifndef CLIENT_REPLAY_H
#define CLIENT_REPLAY_H

#include "client/client.h"
#include "format/dialogue/record.h"
#include "format/dialogue/recording.h"
#include "sys/io.h"
#include "sys/net.h"

struct replay_conf {
	enum dialogue_side side;	/* that is played */
	int timeout;			/* ms that one wait may take */
	enum client_talk talk;		/* the dialogue on standard error */
	struct span user, secret;	/* what stands where it was masked */
	const struct net_addr *server;	/* for data connections, or NULL */
	struct wr *out;			/* gets the new dialogue, or NULL */
};

enum replay_end {
	REPLAY_DONE,		/* all was said, and answered as before */
	REPLAY_LOST,		/* the peer has ended it before that */
	REPLAY_SILENT,		/* the peer has kept silent */
	REPLAY_STUCK		/* the peer waits for what was not recorded, or
				   says too much */
};

/* How far a dialogue has come. */
struct replay_progress {
	unsigned long turn;
	size_t texts;		/* lines of text behind it */
	int whole;		/* the text is */
	unsigned long answered;
	int greeted;
	int cut;		/* the last line had no ending */
};

struct replay {
	struct recording new;	/* what was said now */
	size_t unsent;		/* lines that were not said */
	size_t skipped;		/* lines that nobody has asked for now */
	unsigned long line;	/* where it has ended, in the old one's file */
	const char *why;	/* it did not go on */

	/* private */
	const struct replay_conf *conf;
	const struct recording *old;
	struct record record;
	int data;		/* a data connection, or -1 */
	struct replay_progress now;
	struct dialogue parser;
	struct buf lines;	/* of the new dialogue */
	struct rd rd;
	struct wr wr;
	size_t held;		/* octets that wr holds */
	size_t heard;		/* octets of the peer's */
	int eof;
	unsigned long turns;	/* that were skipped */
};

/*
 * Plays it over in and out, which stay the caller's; head is the new one's.
 */
enum replay_end replay_play(struct replay *p, const struct replay_conf *conf,
    const struct recording *old, const struct dialogue_head *head,
    int in, int out);

void replay_free(struct replay *p);

#endif
