/*
 * smtpdata: the text that follows DATA (RFC 5321 4.1.1.4 and 4.5.2), or comes
 * in chunks (RFC 3030).  One line ending is in force, CRLF or LF.  After DATA
 * the text ends with it, a dot and it again; no other sequence of bytes ever
 * ends it.  And its header (RFC 5322 2.2): how many hosts the message has
 * passed; a text that has none is kept apart from the fields that will stand
 * before it.
 */
#ifndef SERVER_SMTP_SMTPDATA_H
#define SERVER_SMTP_SMTPDATA_H

#include <stdint.h>

#include "sys/buf.h"

struct smtpdata {
	int crlf;		/* the line ending is CRLF, else LF */
	int bare;		/* under CRLF: a CR or LF stood alone */
	int ended;		/* the final dot has been seen */
	uint64_t size;		/* octets of text, stuffed dots not counted */
	int state;		/* private, */
	char tail[4];		/* as is what came last */
};

/* Begins a text, whatever d was; crlf says which line ending is in force. */
void smtpdata_init(struct smtpdata *d, int crlf);

/*
 * Takes bytes up to the end of the text and returns how many.  The text goes
 * to take in pieces, its lines ending in LF and without the dots that were
 * stuffed.  Once bare is set the text is no longer exact.
 */
size_t smtpdata_feed(struct smtpdata *d, const char *p, size_t n,
    void (*take)(void *arg, const char *p, size_t n), void *arg);

/*
 * Whether what came last is a line that is a dot alone, to those who take any
 * line ending: a client that believes so waits for the answer.
 */
int smtpdata_seems_over(const struct smtpdata *d);

/*
 * A chunk, which is taken whole and has no dots of its own; and the end of the
 * last one, where a line ending is put that is missing.
 */
void smtpdata_chunk(struct smtpdata *d, const char *p, size_t n,
    void (*take)(void *arg, const char *p, size_t n), void *arg);
void smtpdata_last(struct smtpdata *d,
    void (*take)(void *arg, const char *p, size_t n), void *arg);

/* All zero to begin with. */
struct smtpdata_head {
	unsigned hops;		/* Received fields so far */
	/* private */
	int state;
	int matched;		/* octets of the name of such a field, -1: it
				   has another name */
	struct buf first;	/* of the first line what has been held back */
};

/*
 * Takes the next piece of a text whose lines end in LF, and gives it to take;
 * of the first line as much is held back as it takes to know it for a field.
 * Where it is none an empty line goes before it; but an mbox's "From " lines
 * become fields, as Postfix has it, for a header may follow.
 */
void smtpdata_head(struct smtpdata_head *h, const char *p, size_t n,
    void (*take)(void *arg, const char *p, size_t n), void *arg);

void smtpdata_head_free(struct smtpdata_head *h);

#endif
