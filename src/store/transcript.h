/*
 * transcript: keeps the dialogue(5) of each session, in a file of its own that
 * is named DIR/20261121-234612.PEER.PID.N, the time being UTC; or, whole, to
 * a descriptor when the session is over.
 */
#ifndef STORE_TRANSCRIPT_H
#define STORE_TRANSCRIPT_H

#include "format/dialogue/record.h"

struct transcript_conf {
	const char *dir;	/* NULL: they go to fd, which is named so */
	int fd;
	const char *name;
	enum dialogue_protocol protocol;
	const char *server;	/* an address, empty when it is not known */
	int shows;		/* secrets are not masked */
};

struct transcript;

/*
 * peer is an address, empty when it is not known.  Starts a file, mode 0600;
 * a failure is said on standard error, and is the end of the transcript, not
 * of the session; *is_short says whether the system was short of something.
 */
struct transcript *transcript_open(const struct transcript_conf *conf,
    const char *peer, int *is_short);

/* What a side has said, and what became of the connection. */
void transcript_bytes(struct transcript *t, enum dialogue_side side,
    struct span bytes);
void transcript_note(struct transcript *t, const char *note);

/* What was said last has begun TLS, of which we are an end: it goes on. */
void transcript_unseal(struct transcript *t);

/* Where the session stands. */
const struct follow *transcript_follow(const struct transcript *t);

/*
 * The session is over.  What cannot be written to conf->fd ends the program
 * with EX_IOERR.
 */
void transcript_close(struct transcript *t);

#endif
