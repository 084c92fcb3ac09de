/*
 * peer: what the servers of the tests have in common.  Each connection has a
 * thread; a session that is over anywhere ends it with peer_gone.
 */
#ifndef TOOLS_PEER_H
#define TOOLS_PEER_H

#include <pthread.h>

#include "sys/buf.h"
#include "sys/io.h"

struct peer {
	int fd;
	struct rd rd;
	struct buf out;		/* not yet sent */
	void *app;		/* what peer_serve's open gave */
};

/* Guards whatever the threads share. */
extern pthread_mutex_t peer_lock;

/*
 * A listening socket at where, as net_parse has it, announced on standard
 * error.  peer_bound listens without a word, and is -1 with errno.
 */
int peer_listen(const char *where);
int peer_bound(const char *where);
void peer_announce(int fd);

/*
 * Serves whoever comes to fd for ever: open, in the order in which they come,
 * and talk, in a thread.
 */
void peer_serve(int fd, void *(*open)(void), void (*talk)(struct peer *p))
    DIE_NORETURN;

/* The next one who comes to fd: a socket, or -1. */
int peer_accept(int fd);

/* Sends what waits, ends the connection and the thread. */
void peer_gone(struct peer *p) DIE_NORETURN;

/* The same with a TCP reset; what waits is lost. */
void peer_reset(struct peer *p) DIE_NORETURN;

/* Sends what waits, then n bytes at once. */
void peer_flush(struct peer *p);
void peer_send(struct peer *p, const void *bytes, size_t n);

/* text and CRLF wait to be sent. */
void peer_say(struct peer *p, const char *text);

/*
 * The next line with its LF, valid until the next call; before it is waited
 * for, all is sent.  A last line without LF is none: the peer is gone.
 */
struct span peer_line(struct peer *p);

/* The same for n bytes, which are added to b. */
void peer_bytes(struct peer *p, size_t n, struct buf *b);

/* Adds a line to a file. */
void peer_log(const char *path, struct span line);

/* What a file holds, in b; 0, or -1 where there is none. */
int peer_file(const char *path, struct buf *b);

void peer_pause(int ms);

#endif
