/*
 * droplist: the messages of a Maildir in the order of their names, and what
 * these say: UNIQUE[,S=size][,W=size with CRLF][:2,flags], where the part
 * before the colon lasts as long as the message does.
 */
#ifndef STORE_DROPLIST_H
#define STORE_DROPLIST_H

#include <stddef.h>
#include <stdint.h>

#include "sys/buf.h"

enum droplist_part { DROPLIST_NEW, DROPLIST_CUR, DROPLIST_PARTS };

struct drop_message {
	char *name;		/* of its file */
	uint64_t size;		/* as it is sent, once that is told; until
				   then of its file */
	unsigned char part;	/* the directory it is in */
	unsigned char told;	/* its name, or its text, has told the size */
	unsigned char read;	/* its text has */
	unsigned char gone;
};

/* All zero is an empty list. */
struct droplist {
	struct drop_message *message;
	size_t n;
	size_t cap;
};

/* One more, in no order; size is that of its file. */
void droplist_add(struct droplist *l, enum droplist_part part,
    const char *name, uint64_t size);

/* All have been added; one that was seen in both directories is one. */
void droplist_sort(struct droplist *l);

/* The one whose name's lasting part is this one's; NULL: there is none. */
struct drop_message *droplist_find(const struct droplist *l,
    const char *name);

void droplist_free(struct droplist *l);

/* Octets of the part that lasts. */
size_t droplist_lasting(const char *name);

/* As strcmp, of the parts that last, with earlier moments first. */
int droplist_compare(const char *a, const char *b);

/*
 * Whether the name tells the size with CRLF, which is put in the place of
 * *size, the file's, if S= is right about that.
 */
int droplist_size(const char *name, uint64_t *size);

/*
 * Adds the message's identifier: 1 to 70 octets that are printable (RFC 1939,
 * UIDL).
 */
void droplist_uid(const char *name, struct buf *b);

#endif
