/*
 * pop3d: the server's side of a POP3 session (RFC 1939), as a machine that is
 * fed bytes and answers bytes.  It knows no socket, clock or file: what it
 * cannot know it asks through the functions of struct pop3d_conf.
 */
#ifndef SERVER_POP3_POP3D_H
#define SERVER_POP3_POP3D_H

#include <stddef.h>
#include <stdint.h>

#include "server/sasld.h"
#include "sys/buf.h"

/*
 * Where letters are.  open gives somebody's maildrop, which is that session's
 * alone until close; NULL and errno, EAGAIN where another session has it.
 * Letters have numbers from 0; list is called before all else.  The int
 * functions return 0 or errno; EINPROGRESS asks for the same call again, when
 * others had their turn.
 *
 * size is octets as they are sent, without the dots, as far as the store has
 * been told; measure makes sure.  uid adds what names a letter for good.
 * After begin, read gives the letter piece by piece, in lines that end in LF
 * or CRLF: the last piece is empty; finish ends that earlier.  Only remove
 * takes letters away, and sync makes it safe; seen says that a letter has been
 * fetched.
 */
struct pop3d_store {
	void *(*open)(void *store, struct span login);
	void (*close)(void *drop);
	int (*list)(void *drop);
	size_t (*count)(const void *drop);
	int (*size)(void *drop, size_t i, uint64_t *size);
	int (*measure)(void *drop, size_t i, uint64_t *size);
	void (*uid)(const void *drop, size_t i, struct buf *b);
	int (*begin)(void *drop, size_t i);
	int (*read)(void *drop, struct span *piece);
	void (*finish)(void *drop);
	int (*remove)(void *drop, size_t i);
	void (*seen)(void *drop, size_t i);
	int (*sync)(void *drop);
};

struct pop3d_conf {
	const char *host;		/* our name, in APOP's stamp */
	const struct sasld_conf *auth;
	int apop;			/* all secrets are passwords */
	const struct pop3d_store *store;
	void *keeper;			/* store's first argument */

	/* Adds a nonce as sasld_start wants it. */
	void (*nonce)(struct buf *b);

	/*
	 * Hears each line that comes, without its ending and with secrets
	 * masked, and the first one of each answer; who is 'C' or 'S'.  May
	 * be NULL.
	 */
	void (*talk)(void *app, const char *peer, int who, struct span line);
	void *app;
};

/* What the caller does next. */
enum pop3d_next {
	POP3D_MORE,	/* feeds what comes */
	POP3D_AGAIN,	/* resumes when what is in out has mostly been sent,
			   and feeds nothing before */
	POP3D_WAIT,	/* resumes after pop3d_delay, the same */
	POP3D_CLOSE	/* sends what is in out and closes */
};

/*
 * No piece of input is left unused that is longer than this, which is what a
 * response to AUTH may take.
 */
#define POP3D_LINE_MAX SASLD_LINE_MAX

/* A session, its greeting added to out; conf is read all along. */
struct pop3d *pop3d_open(const struct pop3d_conf *conf, const char *peer,
    struct buf *out);

/* Takes *used of the n bytes; answers are added to out. */
enum pop3d_next pop3d_feed(struct pop3d *s, const char *p, size_t n,
    size_t *used, struct buf *out);
enum pop3d_next pop3d_resume(struct pop3d *s, struct buf *out);

/*
 * For how many ms to wait after POP3D_WAIT; it takes the session as its runner
 * has it, a pointer to anything.
 */
long pop3d_delay(void *session);

/* Over, in whatever state; without a QUIT nothing has been deleted. */
void pop3d_close(struct pop3d *s);

#endif
