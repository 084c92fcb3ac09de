/*
 * overheard: sessions of a server (session.h) of which a transcript is kept.
 */
#ifndef STORE_OVERHEARD_H
#define STORE_OVERHEARD_H

#include "sys/session.h"
#include "transcript.h"

struct overheard_conf {
	const struct session_type *type;	/* theirs */
	const void *conf;
	struct transcript_conf transcript;
};

/*
 * A type of sessions for conf, a struct overheard_conf: they do what those of
 * c->type do.  Where the system is short of what a transcript takes a client
 * is told to come again.
 */
struct session_type overheard_type(const struct overheard_conf *c);

#endif
