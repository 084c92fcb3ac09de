/*
 * transcribe: sessions of a server (session.h) of which a transcript is kept.
 */
#ifndef STORE_TRANSCRIBE_H
#define STORE_TRANSCRIBE_H

#include "sys/session.h"
#include "transcript.h"

struct transcribe_conf {
	const struct session_type *type;	/* theirs */
	const void *conf;
	struct transcript_conf transcript;
};

/*
 * A type of sessions for conf, a struct transcribe_conf: they do what those of
 * c->type do.  Where the system is short of what a transcript takes a client
 * is told to come again.
 */
struct session_type transcribe_type(const struct transcribe_conf *c);

#endif
