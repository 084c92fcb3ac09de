/*
 * users: the logins that have a mailbox, and the mailboxes of a local part.  A
 * users file has one login a line, perhaps followed by a full name, or an alias
 * and its members, "list: a, b"; blanks around them, empty lines and lines that
 * start with # are ignored.
 */
#ifndef STORE_USERS_H
#define STORE_USERS_H

#include "sys/buf.h"

struct users;

/*
 * Reads a users file.  NULL when it cannot be read, a line is neither a login
 * nor an alias, or an alias has an unknown member; all such lines are reported
 * on standard error.
 */
struct users *users_read(const char *path);
void users_free(struct users *u);

/*
 * Adds the logins (name.h) that a local part, quoted or not, stands for to b,
 * each once and with a NUL behind it: 0, 1 where it is an alias, or -1 when
 * there is none among users, in which every login is where that is NULL.
 * "login+tag" is "login" where the longer name is nobody's.
 * postmaster always is (RFC 5321 4.5.1).  An alias that leads back to itself
 * means the login of that name, or nobody.
 */
int users_find(const void *users, struct span local, struct buf *b);

/* The full name of a login, "" where there is none. */
const char *users_name(const void *users, const char *login);

/*
 * Adds the logins of those who have this full name, or this word in it, ASCII
 * letters of any case: how many they are.
 */
size_t users_named(const void *users, struct span name, struct buf *b);

#endif
