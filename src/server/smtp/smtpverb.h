/*
 * smtpverb: what the commands of an SMTP session do, and when they may come.
 * With smtpd.c, which feeds it lines, it is the session; smtptext has the
 * messages' texts, smtpauth the log-in, smtpfault what goes wrong on demand.
 */
#ifndef SERVER_SMTP_SMTPVERB_H
#define SERVER_SMTP_SMTPVERB_H

#include "smtpd.h"
#include "smtpmail.h"

/* Bits, for a verb names all that it is allowed in. */
enum smtpd_phase {
	SMTPD_START = 1,
	SMTPD_READY = 2,	/* HELO has been said */
	SMTPD_SENDER = 4,	/* MAIL has been accepted */
	SMTPD_RCPTS = 8,	/* RCPT has been said, perhaps in vain */
	SMTPD_CHUNKS = 16,	/* BDAT has been said, and not the last one */
	SMTPD_ANY = 31,
	SMTPD_TURNED_AWAY = 32	/* by the greeting: nothing but QUIT */
};

/* What comes next. */
enum smtpd_input {
	SMTPD_LINES,		/* commands, or responses to sasl */
	SMTPD_TEXT,		/* the text of mail, up to its dot */
	SMTPD_CHUNK		/* the octets of a chunk */
};

struct smtpd {
	const struct smtpd_conf *conf;
	struct buf *out;	/* the caller's, set on each call */
	struct buf peer, helo;
	int local;		/* the peer is */
	void *arg;		/* of conf->talk */
	int unserved;		/* from the beginning */
	struct smtpmail *mail;	/* NULL outside a transaction */
	struct smtpmail *unsettled;	/* for the next commit, last first */
	int unsettleds;
	enum smtpd_phase phase;
	enum smtpd_input input;
	const char *verb;	/* the syntax of the command in hand */
	int ehlo;
	int crlf;		/* how lines end, -1 before the first one */
	int mistakes;
	int skip;		/* what comes is the rest of a long line */
	int more;		/* input stands behind this line already */
	int hasty;		/* it has not waited for each answer */
	int stray;		/* DATA was refused: text may come for a verb */
	int lull;		/* and had been sent before, if it comes while
				   the answer is held back */
	int pause;		/* the line to come waits for a commit */
	int waiting;		/* the text of mail has ended, its store is
				   busy */
	int closing;
	size_t told;		/* of out, to conf->talk */

	/* BDAT */
	uint64_t chunk;		/* octets to come */
	uint64_t chunk_size;
	int last;
	struct buf refusal;	/* of this chunk, and those that follow it in
				   SMTPD_CHUNKS */

	/* AUTH */
	struct sasld *sasl;	/* NULL outside an exchange */
	int known;		/* the client has logged in */
	struct buf passed;	/* who has, until that is told */
	int pending;		/* mask_open's */
	int failures;

	/* What goes wrong. */
	struct rules_action fault;	/* with the answers from here on */
	size_t from;
	struct buf held;	/* answers that leave after delay ms */
	long delay;
	int silent;
	int reset;
};

/* A command line without its ending. */
void smtpverb_run(struct smtpd *s, struct span line);

/*
 * Whether a line is a command at all, and whether the answer to it tells of
 * messages, which are to be settled before.
 */
int smtpverb_is_known(struct span line);
int smtpverb_is_late(struct span line);

/* A reply, given without its CRLF; the last one. */
void smtpverb_reply(struct smtpd *s, const char *text);
void smtpverb_hang_up(struct smtpd *s, const char *text);

/*
 * A command has been refused, in what stands in s->out from here on, whose
 * text may be on its way all the same.  It has come: the session ends.
 */
void smtpverb_stray(struct smtpd *s, size_t from);
void smtpverb_end_stray(struct smtpd *s);

/* Back to where MAIL may come; a message that is not whole is dropped. */
void smtpverb_reset(struct smtpd *s);

#endif
