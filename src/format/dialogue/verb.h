/*
 * verb: the commands of SMTP, POP3, FTP and orderproto(7), as far as one who
 * listens must know them.
 */
#ifndef FORMAT_DIALOGUE_VERB_H
#define FORMAT_DIALOGUE_VERB_H

#include "dialogue.h"

/*
 * Octets of a name, with its NUL.  It stands in its entry: a pointer to it
 * would be one more that is relocated each time a program starts.
 */
#define VERB_NAME_MAX 12

/* Bits. */
#define VERB_WAITS	1u	/* nothing may be sent before its reply, also
				   where PIPELINING is offered */
#define VERB_LISTS	2u	/* lines follow its +OK, up to a dot */
#define VERB_LISTS_ALL	4u	/* the same, where it has no argument */
#define VERB_TRANSFERS	8u	/* over a data connection */
#define VERB_SENDER	16u	/* MAIL, or what stands for it */

struct verb {
	char name[VERB_NAME_MAX];	/* in capitals */
	unsigned bits;
};

/* A verb of this protocol, ASCII case ignored, or NULL. */
const struct verb *verb_find(enum dialogue_protocol protocol,
    struct span name);

/*
 * Takes the verb off a line, which is then its argument: the word as it stands
 * there, without blanks and what a terminal or Telnet puts before it.
 */
struct span verb_take(struct span *line);

#endif
