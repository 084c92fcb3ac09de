/*
 * smtpc: a connection to an SMTP server (RFC 5321): commands and replies,
 * the greeting, EHLO, and leave.  Blocking, every wait with a deadline.
 */
#ifndef CLIENT_SMTP_SMTPC_H
#define CLIENT_SMTP_SMTPC_H

#include "format/wire/reply.h"
#include "format/wire/results.h"
#include "sys/io.h"

/* Time-outs in ms, RFC 5321 4.5.3.2 (where EHLO has none). */
#define SMTPC_MINUTE 60000
#define SMTPC_GREETING (5 * SMTPC_MINUTE)
#define SMTPC_COMMAND (5 * SMTPC_MINUTE)
#define SMTPC_DATA (2 * SMTPC_MINUTE)
#define SMTPC_BLOCK (3 * SMTPC_MINUTE)
#define SMTPC_DOT (10 * SMTPC_MINUTE)

enum smtpc_status {
	SMTPC_OK,	/* go on */
	SMTPC_REFUSED,	/* the server said no: its reply, 4xx or 5xx */
	SMTPC_LOST	/* the connection is of no more use: code and why;
			   also after a 421 */
};

/* For smtpc_hear: a reply 2xx or 3xx is a yes. */
#define SMTPC_EITHER 23

/* A reply that takes longer than that, in ms, is waited for. */
#define SMTPC_SOON 20

struct smtpc {
	unsigned caps;		/* what EHLO offered: OFFER_ */
	unsigned refused;	/* of these, what the server does not take */
	uintmax_t size;		/* the largest message, 0 where not said */
	struct buf mechanisms;	/* of AUTH, divided by blanks */
	int reset;		/* RSET must go before the next MAIL */
	struct reply reply;	/* the last one */
	enum result_stage stage;	/* of the last wait */
	int code;		/* under SMTPC_LOST: 421, 0 or RESULT_OURS */
	int silent;		/* the same, because no answer came in time */
	int astray;		/* the same, because a reply is not its
				   command's: nor may those before be */
	struct buf why;
	struct wr wr;		/* what was added and is not sent */
	void (*wait)(void *arg);	/* called before a wait gets long, so
				   that nobody else has to; or NULL */
	void *arg;
	int bold;		/* in the trace the server's lines are bold, */
	int echoed;		/* and the client's stand there already */
	/* private */
	struct rd rd;
	struct wr *trace;
	struct buf command;
	int limit;
	long long end;		/* no wait goes beyond that moment; 0: none */
};

/*
 * Speaks over in and out, which may be one socket and stay the caller's.
 * limit caps every time-out (ms), IO_FOREVER leaves them as they are.  The
 * dialogue goes to trace, unless that is NULL.
 */
void smtpc_init(struct smtpc *c, int in, int out, int limit,
    struct wr *trace);
void smtpc_free(struct smtpc *c);

/*
 * All waits from now on share ms, so that a server that always answers at the
 * last moment does not delay others for long; with 0 each wait has its own
 * time again.
 */
void smtpc_within(struct smtpc *c, long ms);

/* A time-out, ms, as limit caps it. */
int smtpc_capped(const struct smtpc *c, int timeout);

/*
 * Waits for the greeting, unless somebody has taken it, and says EHLO, or HELO
 * where that is refused, or (old) at once.
 */
enum smtpc_status smtpc_hello(struct smtpc *c, const char *name, int greeted,
    int old);

/* These extensions, which the server offers and refuses, are not used again. */
void smtpc_give_up(struct smtpc *c, unsigned caps);

/* Empty, to put a command together in: it lives until the next one. */
struct buf *smtpc_command(struct smtpc *c);

/*
 * Adds a command, given without CRLF, to what is sent with the next wait.  One
 * with CR, LF or NUL is not sent, and the wait is SMTPC_LOST.
 */
void smtpc_say(struct smtpc *c, struct span command);

/* The same, but the trace shows only the first shown bytes. */
void smtpc_say_masked(struct smtpc *c, struct span command, size_t shown);

/*
 * Sends what was added and reads one reply.  want is the first digit of a
 * yes; another one that is neither 4 nor 5 breaks the protocol: SMTPC_LOST.
 */
enum smtpc_status smtpc_hear(struct smtpc *c, enum result_stage stage,
    int timeout, int want);

/*
 * Where every command has its reply: SMTPC_LOST when one more has come, which
 * would be taken for that to the next command.  A 421 may come at any time
 * (RFC 5321 3.8), and is that one.
 */
enum smtpc_status smtpc_in_step(struct smtpc *c);

/* Gives the connection up for this reason: SMTPC_LOST. */
enum smtpc_status smtpc_lost(struct smtpc *c, const char *why);

/* Behind why there is no reply, where it was TLS that came instead. */
#define SMTPC_AT_ONCE "; it seems to speak TLS at once: use -Z -Z"

/*
 * Adds the text of a message, lines ending in CRLF, with dots stuffed and
 * without the final dot.
 */
void smtpc_text(struct smtpc *c, struct span text);

/* The same as it is, for BDAT. */
void smtpc_raw(struct smtpc *c, struct span text);

/* How many bytes have been added so far, sent or not. */
size_t smtpc_added(const struct smtpc *c);

/*
 * Whether the server keeps silent, as it must while it waits for the final
 * dot.  0 when it has said something, or has gone.
 */
int smtpc_silent(struct smtpc *c);

/* Sends QUIT, and does not wait long for the reply. */
void smtpc_quit(struct smtpc *c);

#endif
