/*
 * pop3auth: who a POP3 client is: USER and PASS, APOP (RFC 1939 7) and AUTH
 * (RFC 5034).
 */
#ifndef SERVER_POP3_POP3AUTH_H
#define SERVER_POP3_POP3AUTH_H

#include "pop3session.h"

void pop3auth_user(struct pop3d *s, struct span arg);
void pop3auth_pass(struct pop3d *s, struct span arg);
void pop3auth_apop(struct pop3d *s, struct span arg);
void pop3auth_auth(struct pop3d *s, struct span arg);

/* A line while s->sasl goes on; its end in whatever state. */
void pop3auth_step(struct pop3d *s, struct span line);
void pop3auth_cancel(struct pop3d *s);

/* Answers a try, when s->late is over. */
void pop3auth_answer(struct pop3d *s);

#endif
