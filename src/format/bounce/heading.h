/*
 * heading: the header of a message that came back.
 */
#ifndef FORMAT_BOUNCE_HEADING_H
#define FORMAT_BOUNCE_HEADING_H

#include <stdint.h>

#include "sys/buf.h"

/* So many fields that say where the message came to are looked at. */
#define HEADING_TO_MAX 16

/* Views of the message; p is NULL where there is no such field. */
struct heading {
	struct span type, encoding, from, subject, date, received, path,
	    submitted, reply_to_id, id;
	struct span to[HEADING_TO_MAX];
	size_t tos;
	struct span body;
};

void heading_read(struct heading *h, struct span message);

/* When the message was made, by its header: 0, or -1. */
int heading_time(const struct heading *h, int64_t *t);

/*
 * Whether a program speaks for a mail system: by its name, or because nobody
 * is to answer it and it is no answer that somebody has set up.
 */
int heading_is_system(const struct heading *h);

/* Whether the subject says that a message has failed for good. */
int heading_says_failed(const struct heading *h);

#endif
