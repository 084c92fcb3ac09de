/*
 * pop3session: what all parts of a POP3 session share: what it is told, and by
 * which functions it learns what it cannot know (it has no socket, clock or
 * file); and its state.  Types alone.
 */
#ifndef SERVER_POP3_POP3SESSION_H
#define SERVER_POP3_POP3SESSION_H

#include <stddef.h>
#include <stdint.h>

#include "format/mail/crlf.h"
#include "format/mail/dropstore.h"
#include "server/chat.h"
#include "server/sasld.h"

struct pop3d_conf {
	const char *host;		/* our name, in APOP's stamp */
	const struct sasld_conf *auth;
	int apop;			/* all secrets are passwords */
	const struct drop_store *store;
	void *store_arg;		/* store's first argument */

	/* Adds a nonce as sasld_start wants it. */
	void (*nonce)(struct buf *b);

	/* chat's; of an answer it hears the first line. */
	void (*talk)(const char *peer, int who, struct span line);
};

/* Bits, for a verb names all that it is allowed in. */
enum pop3d_phase {
	POP3D_START = 1,	/* AUTHORIZATION, RFC 1939 4 */
	POP3D_NAMED = 2,	/* the same, and USER has been said */
	POP3D_READY = 4,	/* TRANSACTION, RFC 1939 5: drop is open */
	POP3D_ANY = 7
};

/* Bits, of a message. */
#define POP3D_DELETED 1
#define POP3D_SEEN 2

struct pop3d {
	const struct pop3d_conf *conf;
	struct chat chat;
	enum pop3d_phase phase;
	int started;		/* the first line has come */
	int mistakes;
	int closing;

	/* AUTHORIZATION */
	struct buf stamp;	/* APOP's, empty where there is none */
	struct buf user;	/* as USER said it, or who has tried */
	struct sasld *sasl;	/* NULL outside an exchange */
	int failures;
	long late;		/* ms that the answer to a try is held back */
	int right;		/* the try was */
	struct buf held;	/* SCRAM's last challenge, which tells that */

	/* TRANSACTION */
	void *drop;
	size_t count;		/* of messages */
	unsigned char *mark;	/* of each */

	/* What the last command still has to do: 1 when it is done. */
	int (*work)(struct pop3d *s);
	size_t at;		/* the message it is at */
	uint64_t sum;
	uint64_t lines;		/* of the body, which TOP may yet send */
	int top;
	int reading;		/* the message is open, and announced */
	int body;		/* and its header is over */
	int failed;
	struct crlf crlf;
};

#endif
