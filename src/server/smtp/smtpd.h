/*
 * smtpd: the server's side of an SMTP session (RFC 5321), as a machine that
 * is fed bytes and answers bytes.  It knows no socket, clock or file: what it
 * cannot know it asks through the functions of struct smtpd_conf.
 */
#ifndef SERVER_SMTP_SMTPD_H
#define SERVER_SMTP_SMTPD_H

#include <stddef.h>
#include <stdint.h>

#include "format/wire/rules.h"
#include "server/sasld.h"
#include "sys/buf.h"

/*
 * Where messages go.  Their lines end in LF, the stuffed dots are gone.
 *
 * begin starts a message; NULL and errno where it cannot.  from is the
 * sender's address, trace the Received lines; boxes holds pairs of a
 * mailbox's name and the address it is known by, each with a NUL behind it.
 * All three stay as they are until the message is over.
 *
 * end is called when the text is whole, and again as long as it returns
 * EINPROGRESS (it will be safe after the next commit of the store) or EAGAIN
 * (something is busy).  0 says that the message is safe on disk in all its
 * boxes, any other errno that it is in none; either way it is over then, and
 * mail is no more.  drop ends a message before that, in whatever state.
 */
struct smtpd_store {
	void *(*begin)(void *store, struct span from, struct span trace,
	    struct span boxes);
	void (*write)(void *mail, const char *p, size_t n);
	int (*end)(void *mail);
	int (*settle)(void *mail);	/* of the relay alone, see there */
	void (*drop)(void *mail);
};

struct smtpd_conf {
	const char *host;		/* our name in greeting and trace */
	const char *const *domain;	/* that we take mail for */
	size_t domains;			/* 0: for all */
	uint64_t max_size;		/* of a message, 0: no limit */
	int known;			/* find knows every mailbox, so that
					   VRFY can say yes */
	const struct smtpd_store *store;	/* NULL: nothing is kept */
	void *keeper;			/* store's first argument */
	int by_address;			/* of a pair both are the address, as
					   RCPT had it */
	const struct sasld_conf *auth;	/* NULL: nobody can log in */

	/*
	 * Where mail for foreign domains goes, its boxes being addresses,
	 * each twice.  NULL: it is refused.  A message that has mailboxes too
	 * is safe here before they get it: settle commits one whose end has
	 * returned EINPROGRESS, 0 or errno, and then end makes an end of it
	 * or drop takes it back.
	 */
	const struct smtpd_store *relay;
	void *spool;			/* relay's first argument */

	/* Whether spool has something for a domain: 1, 0, or -1: unknown. */
	int (*queued)(void *spool, struct span domain);

	/*
	 * Adds the names of the mailboxes of a local part to names, each
	 * with a NUL behind it: 0, 1 where it is an alias, or -1 when there
	 * is none.
	 */
	int (*find)(const void *users, struct span local, struct buf *names);
	const void *users;

	/* With auth: adds a nonce as sasld_start wants it. */
	void (*nonce)(struct buf *b);

	/* What goes wrong at an event, as rules_event.  May be NULL. */
	struct rules_action (*event)(void *rules, enum rules_place place,
	    const struct rules_facts *facts);
	void *rules;

	/* Adds an identifier no other message has; and the date. */
	void (*id)(void *mark, struct buf *b);
	void (*date)(void *mark, struct buf *b);
	void *mark;

	/*
	 * Hears each line of the dialogue without its ending, who is 'C' or
	 * 'S', with secrets masked; and the text of messages as it comes, in
	 * pieces that need not be lines, who is 'T'.  May be NULL; arg is the
	 * session's (struct smtpd_peer).
	 */
	void (*talk)(void *arg, const char *peer, int who, struct span line);
};

/* Whom a session is with; it is copied. */
struct smtpd_peer {
	const char *text;	/* the address, empty when it is not known */
	int local;		/* and whether it is of this host */
	void *arg;		/* talk's */
	int unserved;		/* what its session needs is short: it is told
				   to come again */
};

/* What the caller does next. */
enum smtpd_next {
	SMTPD_MORE,	/* feeds what comes */
	SMTPD_SOON,	/* commits the stores, then resumes; what is in out
			   does not leave before, but what has come already
			   may be fed */
	SMTPD_SYNC,	/* the same, and feeds nothing before */
	SMTPD_WAIT,	/* resumes after smtpd_delay */
	SMTPD_LULL,	/* the same, but feeds what comes before */
	SMTPD_CLOSE,	/* sends what is in out and closes */
	SMTPD_RESET	/* the same, by RST */
};

/*
 * No piece of input is left unused that is longer than this, which is what
 * RFC 4954 4 asks for.
 */
#define SMTPD_LINE_MAX SASLD_LINE_MAX

/* A session; conf stays the caller's and is read all along. */
struct smtpd *smtpd_open(const struct smtpd_conf *conf,
    const struct smtpd_peer *peer);

/* The greeting, before all else. */
enum smtpd_next smtpd_greet(struct smtpd *s, struct buf *out);

/* Takes *used of the n bytes; answers are added to out. */
enum smtpd_next smtpd_feed(struct smtpd *s, const char *p, size_t n,
    size_t *used, struct buf *out);
enum smtpd_next smtpd_resume(struct smtpd *s, struct buf *out);

/*
 * These take the session as its runner has it, a pointer to anything.  For how
 * many ms to wait after SMTPD_WAIT and SMTPD_LULL, 0 being a little while; and
 * the last words where nothing came for too long, or the server ends.
 */
long smtpd_delay(void *session);
void smtpd_expire(void *session, int down, struct buf *out);

/*
 * Over, in whatever state: a message that is not whole is dropped.  Returns
 * the arg of its peer.
 */
void *smtpd_close(struct smtpd *s);

#endif
