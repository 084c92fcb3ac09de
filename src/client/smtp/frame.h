/*
 * frame: what a batch's parent and its workers say to each other, over a
 * socket of their own: messages one way, lines of results(5) the other.
 */
#ifndef CLIENT_SMTP_FRAME_H
#define CLIENT_SMTP_FRAME_H

#include "client/smtp/message.h"
#include "sys/die.h"

enum frame_type {
	FRAME_MESSAGE,		/* to be sent */
	FRAME_SENDING,		/* its "sending" lines: may its end go? */
	FRAME_PART,		/* results of some of its recipients */
	FRAME_DONE,		/* its results, and their exit code */
	FRAME_BACK,		/* the same, should nobody else send it: no
				   server talks here */
	FRAME_BYE		/* all that was begun is done */
};

struct frame {
	enum frame_type type;
	void *ticket;		/* by which the parent knows the message */
	enum exit_code code;
	int tries;		/* of FRAME_BACK: those of the message, */
	int hung;		/* how many servers have just hung up, */
	long wait;		/* and for how many ms it is so, -1: long */
	size_t n;		/* bytes that follow */
};

/* Appends a frame. */
void frame_put(struct buf *b, enum frame_type type, void *ticket,
    enum exit_code code, struct span bytes);

/* The same for a message that comes back. */
void frame_put_back(struct buf *b, const struct message *m, int hung,
    long wait, enum exit_code code, struct span lines);

/*
 * Takes the next frame off *in, with its bytes: 1, or 0 when it is not whole
 * yet.
 */
int frame_next(struct span *in, struct frame *f, struct span *bytes);

/* The undecided part of a message; m is its ticket. */
void frame_put_message(struct buf *b, struct message *m);
void frame_message(struct message *m, const struct frame *f,
    struct span bytes);

/*
 * Appends what fd, a socket, has to b, without waiting: 1; 0 at its
 * end; -1 with errno, EAGAIN when there is nothing yet.
 */
int frame_receive(struct buf *b, int fd);

#endif
