/*
 * smtpdata: the text that follows DATA (RFC 5321 4.1.1.4 and 4.5.2), or comes
 * in chunks (RFC 3030).  One line ending is in force, CRLF or LF.  After DATA
 * the text ends with it, a dot and it again; no other sequence of bytes ever
 * ends it.
 */
#ifndef SERVER_SMTP_SMTPDATA_H
#define SERVER_SMTP_SMTPDATA_H

#include <stddef.h>
#include <stdint.h>

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

#endif
