/*
 * smtpmail: one message of an SMTP session, from MAIL until it is answered:
 * the envelope with its syntax and limits, and the way into the store.
 */
#ifndef SERVER_SMTP_SMTPMAIL_H
#define SERVER_SMTP_SMTPMAIL_H

#include "smtpconf.h"
#include "smtpdata.h"

struct smtpmail {
	const struct smtpd_conf *conf;
	struct buf from;	/* the sender, empty for <> */
	struct buf boxes;	/* as struct mail_store has them */
	struct buf foreign;	/* the same, for conf->relay */
	struct buf trace;	/* the Received line, from DATA on */
	size_t id, id_n;	/* where in it the identifier is */
	struct smtpdata data;
	struct smtpdata_head head;
	uint64_t announced;	/* SIZE of MAIL, or 0 */
	unsigned rcpts;		/* accepted */
	int trusted;		/* foreign recipients are accepted */
	int utf8;		/* SMTPUTF8 was asked for */
	int over;		/* too large: dropped */
	void *mail;		/* the store's; NULL: it takes none */
	void *relayed;		/* the relay's */
	int ready;		/* that has ended, and waits for mail */
	int err;		/* why not, 0 where none was wanted */
	int claims;		/* to be the one of conf->once */
	int late;		/* another one is */

	/* Who waits for a commit; the session's. */
	struct smtpmail *next;
	size_t at;
};

/* conf is kept by reference. */
struct smtpmail *smtpmail_new(const struct smtpd_conf *conf);
void smtpmail_free(struct smtpmail *m);	/* drops what is unfinished */

/*
 * The arguments of MAIL and RCPT; they return the reply without its CRLF, a
 * static string, or NULL where the syntax of the command is to be told.
 */
const char *smtpmail_sender(struct smtpmail *m, struct span arg);
const char *smtpmail_rcpt(struct smtpmail *m, struct span arg);

/* Adds the recipients accepted so far, a NUL between them. */
void smtpmail_rcpts(const struct smtpmail *m, struct buf *b);

/*
 * DATA, or the first BDAT: the text comes next, in lines that end in CRLF or
 * LF.  received is what the Received line says before its identifier, empty
 * where nobody keeps it.  What fails in the store is kept until
 * smtpmail_end: no text is ever taken for commands.
 */
void smtpmail_begin(struct smtpmail *m, struct span received, int crlf);

/* Refuses the text of a message that nobody would get. */
extern const char smtpmail_no_valid[];

/* Takes text, at most to its end (m->data.ended), and returns how much. */
size_t smtpmail_text(struct smtpmail *m, const char *p, size_t n);

/* A chunk, or the end of the last one; a reply to those that are refused. */
void smtpmail_chunk(struct smtpmail *m, const char *p, size_t n);
void smtpmail_last(struct smtpmail *m);
const char *smtpmail_fault(const struct smtpmail *m);

/*
 * The text has ended.  0: accepted, -1: refused, and the reply with its CRLF
 * is in out, the last one where m->late; EINPROGRESS or EAGAIN: to be called
 * again after a commit or in a little while.
 */
int smtpmail_end(struct smtpmail *m, struct buf *out);

#endif
