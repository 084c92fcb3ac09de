/*
 * nameservers: whom a resolver asks: servers that are named, those of the
 * system, or none, since a zone file has the answers.
 */
#ifndef CLIENT_DNS_NAMESERVERS_H
#define CLIENT_DNS_NAMESERVERS_H

#include "resolver.h"

/*
 * Adds a server to ask: an address, perhaps with a port, or a name that the
 * system knows.  0, or -1 when text is none, or there are enough.
 */
int nameservers_add(struct resolver *r, const char *text);

/*
 * Takes what an option says: a zone file, where text has a slash or is the
 * name of a file; else one server more.  What is neither, or cannot be read,
 * ends the program.
 */
void nameservers_need(struct resolver *r, int option, const char *text);

/* A zone file, which must be one. */
void nameservers_zone(struct resolver *r, const char *path);

/*
 * Adds the servers of a file in the form of resolv.conf(5), which may be
 * missing; where it names none that is this host.  nameservers_default does so
 * with the system's, where nothing has been said.
 */
void nameservers_system(struct resolver *r, const char *path);
void nameservers_default(struct resolver *r);

#endif
