/*
 * pop3verb: what the commands of a POP3 session do, and when they may come.
 * With pop3d.c, which feeds it lines, it is the session; pop3auth has the
 * log-in, pop3work all that may take more than one turn.
 */
#ifndef SERVER_POP3_POP3VERB_H
#define SERVER_POP3_POP3VERB_H

#include "format/mail/crlf.h"
#include "pop3d.h"

/* Bits, for a verb names all that it is allowed in. */
enum pop3d_phase {
	POP3D_START = 1,	/* AUTHORIZATION, RFC 1939 4 */
	POP3D_NAMED = 2,	/* the same, and USER has been said */
	POP3D_READY = 4,	/* TRANSACTION, RFC 1939 5: drop is open */
	POP3D_ANY = 7
};

/* Bits, of a letter. */
#define POP3D_DELETED 1
#define POP3D_SEEN 2

struct pop3d {
	const struct pop3d_conf *conf;
	struct buf *out;	/* the caller's, set on each call */
	char *peer;
	enum pop3d_phase phase;
	int started;		/* the first line has come */
	int skip;		/* what comes is the rest of a long line */
	int mistakes;
	int closing;

	/* AUTHORIZATION */
	struct buf stamp;	/* APOP's, empty where there is none */
	struct buf user;	/* as USER said it, or who has tried */
	struct sasld *sasl;	/* NULL outside an exchange */
	int pending;		/* mask_open's */
	int failures;
	long late;		/* ms that the answer to a try is held back */
	int right;		/* the try was */
	struct buf held;	/* SCRAM's last challenge, which tells that */

	/* TRANSACTION */
	void *drop;
	size_t count;		/* of letters */
	unsigned char *mark;	/* of each */

	/* What the last command still has to do: 1 when it is done. */
	int (*work)(struct pop3d *s);
	size_t at;		/* the letter it is at */
	uint64_t sum;
	uint64_t lines;		/* of the body, which TOP may yet send */
	int top;
	int reading;		/* the letter is open, and announced */
	int body;		/* and its header is over */
	int failed;
	struct crlf crlf;
};

/* A command line without its ending. */
void pop3verb_run(struct pop3d *s, struct span line);

/* An answer of one line, given without its CRLF. */
void pop3verb_reply(struct pop3d *s, const char *fmt, ...) DIE_PRINTF(2, 3);

/* The answer that there are s->count letters. */
void pop3verb_letters(struct pop3d *s);

/* Octets of a line that are no secret. */
size_t pop3verb_open_part(struct pop3d *s, struct span line);

#endif
