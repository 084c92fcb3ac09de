/*
 * tapevent: what prototap's rules are told of a session.
 */
#ifndef SERVER_TAP_TAPEVENT_H
#define SERVER_TAP_TAPEVENT_H

#include "tapsession.h"

/* A command of the client's: its place, RULES_PLACES for none. */
enum rules_place tapevent_place(const struct tap *s, const struct verb *verb);

/* What rules say of an event; valid until the next one of any session. */
void tapevent_ask(struct tap *s, enum rules_place place,
    const struct verb *verb, struct span arg, struct rules_action *a);

/* The command goes to the server; and so many octets of a message do. */
void tapevent_command(struct tap *s, const struct verb *verb,
    struct span arg);
void tapevent_text(struct tap *s, size_t n);

/* A message has ended. */
void tapevent_reset(struct tap *s);

void tapevent_free(struct tap *s);

#endif
