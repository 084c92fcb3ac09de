/*
 * pop3answer: what a POP3 session does with its messages.  Each function does a
 * piece of it, as much as others and the room in out allow, and returns
 * whether it is done; s->work then goes on with the next one.
 */
#ifndef SERVER_POP3_POP3ANSWER_H
#define SERVER_POP3_POP3ANSWER_H

#include "pop3session.h"

/* Answers that are this long must be sent before more is added. */
#define POP3ANSWER_FULL 65536

/* The answer that there are s->count messages. */
void pop3answer_count(struct pop3d *s);

/* Looks into s->drop, newly opened. */
int pop3answer_list(struct pop3d *s);

/* STAT: adds up the messages from s->at on, and answers. */
int pop3answer_stat(struct pop3d *s);

/* LIST and UIDL of all messages from s->at on, the first line being said. */
int pop3answer_sizes(struct pop3d *s);
int pop3answer_uids(struct pop3d *s);

/* LIST, RETR and TOP of the message s->at. */
int pop3answer_size(struct pop3d *s);
int pop3answer_text(struct pop3d *s);

/* QUIT: deletions from s->at on. */
int pop3answer_quit(struct pop3d *s);

#endif
