/*
 * chat: the lines that a session of a text protocol and its client say to each
 * other, and who hears them.
 */
#ifndef SERVER_CHAT_H
#define SERVER_CHAT_H

#include "sys/buf.h"

struct chat {
	struct buf *out;	/* the caller's, set on each call */
	char *peer;		/* an address, empty when it is not known */

	/*
	 * Hears each line that comes, who being 'C', with secrets masked, and
	 * each that goes, 'S', both without their ending.  May be NULL.
	 */
	void (*talk)(const char *peer, int who, struct span line);
	int pending;		/* mask_open's */
	int skip;		/* what comes is the rest of a long line */
};

/* c is all zero; peer is copied. */
void chat_init(struct chat *c, const char *peer,
    void (*talk)(const char *peer, int who, struct span line));
void chat_free(struct chat *c);

/*
 * Takes a line of at most max octets, its ending included, off the n bytes at
 * p: 1, and *used of them are the line; 0 when there is none yet, and *used are
 * the rest of one that was too long; or -1: they begin one that is too long.
 */
int chat_line(struct chat *c, const char *p, size_t n, size_t max,
    size_t *used);

/* A line of answer: adds it with CRLF to out, and tells of it. */
void chat_say(struct chat *c, const char *fmt, ...) DIE_PRINTF(2, 3);

/* What can be done where there is no TLS at all. */
#define CHAT_NO_TLS "this server has none; put stunnel(8) before it"

/*
 * Whether what came first is another protocol: then the client is told so,
 * behind an answer that begins as said, and of TLS standard error, with what
 * can be done.
 */
int chat_is_other(struct chat *c, struct span first, const char *answer,
    const char *remedy);

/* Tells of a line that has come, of which open octets are no secret. */
void chat_hear(const struct chat *c, struct span line, size_t open);

#endif
