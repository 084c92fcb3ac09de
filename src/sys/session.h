/*
 * session: what a session of a server is for those who run it, and what the
 * server does for all of its sessions.  Types alone.
 *
 * A session is a machine that is fed bytes and answers bytes.  It knows no
 * socket and no clock.  What it must wait for it says with its verdict.
 */
#ifndef SYS_SESSION_H
#define SYS_SESSION_H

#include <stddef.h>

struct buf;
struct dataconn;

enum session_verdict {
	SESSION_MORE,	/* go on: feed me when there is input */
	SESSION_SOON,	/* something must be made safe: resume me after the
			   commit of this round; no answers leave before that,
			   but what has come already may be fed */
	SESSION_COMMIT,	/* the same, and no input before that */
	SESSION_WAIT,	/* something is busy, or an answer is held back:
			   resume me after delay */
	SESSION_WATCH,	/* the same, but feed me where input comes before */
	SESSION_HOLD,	/* no input before something has happened on the
			   second connection */
	SESSION_AGAIN,	/* there is more to do without input: resume me when
			   others had their turn and most is sent */
	SESSION_SECURE,	/* send what is there, then begin TLS: more is fed
			   that came under it, and what came already is lost */
	SESSION_CLOSE,	/* send what is there, then close */
	SESSION_RESET	/* the same, by RST */
};

/* What sessions of one protocol do; answers are added to out. */
struct session_type {
	/*
	 * A new session; conf stays in place and is read all along.  peer is
	 * an address, copied, and empty when it is not known; local says that
	 * it is this host's.  d is its second connection, which lives as long;
	 * NULL in protocols without data.
	 */
	void *(*open)(const void *conf, const char *peer, int local,
	    struct dataconn *d);

	/* The greeting, before all else. */
	enum session_verdict (*greet)(void *s, struct buf *out);

	/*
	 * Input: takes *used of the n bytes (a partial line may be left for
	 * later, when it comes again with more behind it).  Not called with
	 * n == 0.
	 */
	enum session_verdict (*feed)(void *s, const char *p, size_t n,
	    size_t *used, struct buf *out);

	/* The commit of the round is over, or the delay; or its turn. */
	enum session_verdict (*resume)(void *s, struct buf *out);

	/*
	 * After SESSION_WAIT and SESSION_WATCH: for how many ms, 0 being a
	 * little while, as it is always where this is NULL.
	 */
	long (*delay)(const void *s);

	/*
	 * After SESSION_SECURE: what to show itself by, a word of the
	 * protocol's own for the service, or NULL, as always where this is.
	 */
	const char *(*identity)(const void *s);

	/*
	 * The peer will send nothing more; what was left unused is lost.  NULL
	 * where that is the end of every session.
	 */
	enum session_verdict (*end)(void *s, struct buf *out);

	/* Nothing came for the idle time; or the server is going down. */
	void (*expire)(void *s, int down, struct buf *out);

	/* Over, in whatever state: frees s, drops what is unfinished. */
	void (*close)(void *s);

	/*
	 * For protocols with a second connection; NULL in others.  data gets
	 * what came on it, which must all be taken; data_end says that the
	 * peer has sent, or got, everything, or that it broke (errno).  They
	 * come after SESSION_MORE and SESSION_HOLD only.  data_sent, which may
	 * be NULL there too, says after SESSION_HOLD that some of what waited
	 * has been sent.
	 */
	enum session_verdict (*data)(void *s, const char *p, size_t n,
	    struct buf *out);
	enum session_verdict (*data_end)(void *s, int broken,
	    struct buf *out);
	enum session_verdict (*data_sent)(void *s, struct buf *out);

	size_t piece;		/* fed at once at most; 0: so little that its
				   answers cannot pile up */
	const char *busy;	/* how an answer to one session too many begins;
				   a blank, the reason and CRLF follow */
};

/* A server: its sessions, and what it does for all of them. */
struct service {
	const struct session_type *session;
	const void *conf;	/* theirs */
	void *app;		/* of the functions; each may be NULL */

	/*
	 * Once, when the process has dropped its privileges (-U), and before
	 * anybody is told that it listens: makes what the workers need, and
	 * looks whether they can use it.
	 */
	void (*make)(void *app);

	/*
	 * Once in each worker before its first session; where a store opens
	 * what must not be shared.
	 */
	void (*start)(void *app);

	/*
	 * Once a round in which some session said SESSION_SOON or
	 * SESSION_COMMIT: makes safe whatever they left for it.
	 */
	void (*commit)(void *app);

	/*
	 * After SESSION_SECURE: does TLS on in and out, which may be one
	 * descriptor and are closed then.  A non-blocking one for what is said
	 * under it; -1 ends the session.
	 */
	int (*secure)(void *app, int in, int out, const char *identity);
};

#endif
