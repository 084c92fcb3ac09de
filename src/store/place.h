/*
 * place: a directory that mail is kept in, and the form it has there: maildir
 * (mdir.h), mbox (mbox.h), bsmtp (outbox.h) or sink, which keeps nothing.
 */
#ifndef STORE_PLACE_H
#define STORE_PLACE_H

#include "sys/buf.h"

/* The functions are those of mdir.h; open is NULL where nothing is kept. */
struct place_form {
	const char *name;
	long workers;		/* processes that had best share the work */
	int by_address;		/* of a pair it takes the address alone */
	void *(*open)(const char *root);
	void (*close)(void *store);
	void *(*begin)(void *store, struct span from, struct span trace,
	    struct span boxes);
	void (*write)(void *mail, const char *p, size_t n);
	int (*end)(void *mail);
	void (*drop)(void *mail);
	void (*commit)(void *store);
};

struct place {
	const struct place_form *form;
	const char *dir;	/* NULL: nothing is kept */
	void *store;		/* form's, between place_open and place_close */
};

/* NULL when there is no form of that name. */
const struct place_form *place_form(const char *name);

/* Whether mail is kept there at all. */
int place_keeps(const struct place *p);

/*
 * The directory is made where it is missing, else looked at whether it can be
 * used; before any place_open.  0, or -1 with errno.
 */
int place_make(const struct place *p);

/*
 * Opens its store; the directory, which is there, is shared with other servers
 * from then on.  0, or -1 with errno.
 */
int place_open(struct place *p);

void place_commit(const struct place *p);
void place_close(struct place *p);

#endif
