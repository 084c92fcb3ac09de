/*
 * smtpsession: what all parts of an SMTP session share: its state, its replies,
 * what goes wrong in it because rules say so; and the texts of its messages, by
 * DATA and by BDAT (RFC 3030), with the answers to them.
 */
#ifndef SERVER_SMTP_SMTPSESSION_H
#define SERVER_SMTP_SMTPSESSION_H

#include "format/dialogue/tamper.h"
#include "server/chat.h"
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
	struct chat chat;
	struct buf helo;
	struct smtpmail *mail;	/* NULL outside a transaction */
	struct smtpmail *unsettled;	/* for the next commit, last first */
	int unsettleds;
	enum smtpd_phase phase;
	enum smtpd_input input;
	int local;		/* the peer is */
	const char *verb;	/* the syntax of the command in hand, */
	const char *name;	/* and its verb */
	int ehlo;
	int crlf;		/* how lines end, -1 before the first one */
	int mistakes;
	int more;		/* input stands behind this line already */
	int pipelines;		/* it has not waited for each answer */
	int text_near;		/* DATA was refused: text may come for a verb */
	int watch;		/* and had been sent before, if it comes while
				   the answer is held back */
	int pause;		/* the line to come waits for a commit */
	int stalls;		/* the text of mail goes on, but its client may
				   take it for ended: more input is watched
				   for */
	int waiting;		/* the text of mail has ended, its store is
				   busy */
	int closing;
	int securing;		/* TLS begins when the answer has left, */
	int tls;		/* and has begun */
	char *identity;		/* the certificate rules want, or NULL */
	size_t told;		/* of chat.out, to chat.talk */

	/* BDAT */
	uint64_t chunk;		/* octets to come */
	uint64_t chunk_size;
	int last;
	struct buf refusal;	/* of this chunk, and those that follow it in
				   SMTPD_CHUNKS */

	/* AUTH */
	struct sasld *sasl;	/* NULL outside an exchange */
	int failures;
	int known;		/* the client has logged in */
	struct buf passed;	/* who has, until that is told */

	struct tamper tamper;	/* what goes wrong, */
	size_t from;		/* with the answers from here on */
};

/* To commands that come before others that they need. */
extern const char smtp_no_hello[], smtp_no_rcpt[];

/* A reply, given without its CRLF; that to wrong arguments; the last one. */
void smtp_reply(struct smtpd *s, const char *text);
void smtp_wrong_syntax(struct smtpd *s);
void smtp_hang_up(struct smtpd *s, const char *text);

/* Back to where MAIL may come; a message that is not whole is dropped. */
void smtp_reset(struct smtpd *s);

/*
 * An event, arg being the argument of the command in hand.  Whether what was
 * asked for must not be done, for it has been answered, or the session is
 * over; or else s->tamper says what becomes of the answer.
 */
int smtp_event(struct smtpd *s, enum rules_place place, struct span arg);

/* The answer from this place in s->out on is held back for ms. */
void smtp_hold(struct smtpd *s, size_t from, long ms);

/*
 * A command has been refused, in what stands in s->out from here on, whose
 * text may be on its way all the same.  It has come: the session ends.
 */
void smtp_watch_for_text(struct smtpd *s, size_t from);
void smtp_text_came(struct smtpd *s);

/* DATA and BDAT. */
void smtp_data(struct smtpd *s, struct span arg);
void smtp_bdat(struct smtpd *s, struct span arg);

/* Takes text or octets of a chunk, as s->input says, and returns how many. */
size_t smtp_feed(struct smtpd *s, const char *p, size_t n);

/* The store was busy: asks again. */
void smtp_retry(struct smtpd *s);

/* After a commit: each answer goes where it belongs in s->out. */
void smtp_settle(struct smtpd *s);

#endif
