/*
 * transcribe: sessions of a server (session.h), the dialogue(5) of each being
 * kept in a file of its own that is named DIR/20261121-234612.PEER.PID.N, the
 * time being UTC; or, whole, going to a descriptor when the session is over.
 */
#ifndef STORE_TRANSCRIBE_H
#define STORE_TRANSCRIBE_H

#include "format/dialogue/dialogue.h"
#include "sys/session.h"

struct transcribe_conf {
	const struct session_type *type;	/* theirs */
	const void *conf;
	const char *dir;	/* NULL: they go to fd, which is named so */
	int fd;
	const char *name;
	enum dialogue_protocol protocol;
	const char *server;	/* an address, empty when it is not known */
	int shows;		/* secrets are not masked */
};

/* Makes the directory, which is named, or ends the program. */
void transcribe_make(const struct transcribe_conf *c);

/*
 * A type of sessions for conf, a struct transcribe_conf: they do what those of
 * c->type do.  Where the system is short of what a transcript takes a client
 * is told to come again.  What cannot be written to a file is told, and ends
 * the transcript, not the session; what cannot be written to c->fd ends the
 * program with EX_IOERR.
 */
struct session_type transcribe_type(const struct transcribe_conf *c);

#endif
