/*
 * letters: those of a Maildir, in the order of their names (dropname.h).
 */
#ifndef STORE_LETTERS_H
#define STORE_LETTERS_H

#include <stddef.h>
#include <stdint.h>

enum letters_part { LETTERS_NEW, LETTERS_CUR, LETTERS_PARTS };

struct letter {
	char *name;		/* of its file */
	uint64_t size;		/* as it is sent, once that is told; until
				   then of its file */
	unsigned char part;	/* the directory it is in */
	unsigned char told;	/* its name, or its text, has told the size */
	unsigned char read;	/* its text has */
	unsigned char gone;
};

/* All zero is an empty list. */
struct letters {
	struct letter *letter;
	size_t n;
	size_t cap;
};

/* One more, in no order; size is that of its file. */
void letters_add(struct letters *l, enum letters_part part, const char *name,
    uint64_t size);

/* All have been added; one that was seen in both directories is one. */
void letters_sort(struct letters *l);

/* The one whose name's lasting part is this one's; NULL: there is none. */
struct letter *letters_find(const struct letters *l, const char *name);

void letters_free(struct letters *l);

#endif
