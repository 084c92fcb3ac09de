/*
 * tapline: what prototap does under rules, line by line, and what they are told
 * of the message on its way.
 */
#ifndef SERVER_TAP_TAPLINE_H
#define SERVER_TAP_TAPLINE_H

#include "tapsession.h"

/* A client has connected: whether the server is not to be asked. */
int tapline_connect(struct tap *s);

/* Whether the client is not to be heard now. */
int tapline_holds(const struct tap *s);

/* Takes what stands in s->in, as far as it can be taken now. */
void tapline_go_on(struct tap *s);

/* What the server has said; and that it says nothing more. */
void tapline_server(struct tap *s, const char *p, size_t n);
void tapline_server_end(struct tap *s);

/* What is held back, or its next octet, goes on; then what came behind it. */
void tapline_release(struct tap *s);

void tapline_free(struct tap *s);

#endif
