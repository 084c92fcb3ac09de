/*
 * serve: runs the sessions of a server, under a poll(2) loop with timers, in
 * worker processes, or one of them on standard input and output.
 *
 * A session is a machine that is fed bytes and answers bytes.  It knows no
 * socket and no clock.  What it must wait for it says with its verdict.
 */
#ifndef SYS_SERVE_H
#define SYS_SERVE_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "dataconn.h"
#include "net.h"

enum serve_verdict {
	SERVE_MORE,	/* go on: feed me when there is input */
	SERVE_SOON,	/* something must be made safe: resume me after the
			   commit of this round; no answers leave before that,
			   but what has come already may be fed */
	SERVE_SYNC,	/* the same, and no input before that */
	SERVE_WAIT,	/* something is busy: resume me after delay */
	SERVE_LULL,	/* the same, but feed me where input comes before */
	SERVE_AGAIN,	/* there is more to do without input: resume me when
			   others had their turn and most is sent */
	SERVE_CLOSE,	/* send what is there, then close */
	SERVE_RESET	/* the same, by RST */
};

/* What the loop calls; app is the program's, s the session's. */
struct serve_proto {
	/* A new session; the greeting goes to out, if begin is NULL. */
	void *(*open)(void *app, const struct net_peer *peer,
	    struct buf *out);

	/* The greeting of a session that may not want to go on at once. */
	enum serve_verdict (*begin)(void *s, struct buf *out);

	/*
	 * Input: takes *used of the n bytes (a partial line may be left for
	 * later, when it comes again with more behind it, at most SERVE_LINE
	 * bytes of it).  Not called with n == 0.
	 */
	enum serve_verdict (*feed)(void *s, const char *p, size_t n,
	    size_t *used, struct buf *out);

	/* The commit of the round is over, or the delay; or its turn. */
	enum serve_verdict (*resume)(void *s, struct buf *out);

	/*
	 * After SERVE_WAIT and SERVE_LULL: for how many ms, 0 being a little
	 * while, as it is always where this is NULL.
	 */
	long (*delay)(void *s);

	/* The peer will send nothing more; n bytes were left unused. */
	enum serve_verdict (*end)(void *s, size_t n, struct buf *out);

	/* Nothing came for the idle time; or the server is going down. */
	void (*expire)(void *s, int down, struct buf *out);

	/* Over, in whatever state: frees s, drops what is unfinished. */
	void (*close)(void *s);

	/*
	 * Once a round in which some session said SERVE_SOON or SERVE_SYNC:
	 * makes safe whatever they left for it.  May be NULL where none says
	 * so.
	 */
	void (*commit)(void *app);

	/*
	 * Once, when this process is whom it will be (-U), and before anybody
	 * is told that it listens: makes what the workers need, and looks
	 * whether they can use it.  May be NULL.
	 */
	void (*make)(void *app);

	/*
	 * Once in each worker before its first session; where a store opens
	 * what must not be shared.  May be NULL.
	 */
	void (*start)(void *app);

	/*
	 * For protocols with a second connection; NULL in others.  attach
	 * comes after open: d lives as long as the session.  data gets what
	 * came on it, which must all be taken; data_end says that the peer has
	 * sent, or got, everything, or that it broke.  They come after
	 * SERVE_MORE only.
	 */
	void (*attach)(void *s, struct dataconn *d);
	enum serve_verdict (*data)(void *s, const char *p, size_t n,
	    struct buf *out);
	enum serve_verdict (*data_end)(void *s, int broken, struct buf *out);

	const char *busy;	/* how an answer to one session too many begins;
				   a blank, the reason and CRLF follow */
};

/* An input line may be left unused up to this length, its end included. */
#define SERVE_LINE 65536

#define SERVE_LISTENS 16	/* -l options */

/* The options that all servers share (-l -i -d -m -c -T -w -U -v). */
struct serve_opt {
	const char *listen[SERVE_LISTENS];
	int listens;
	int inetd;		/* -i */
	const char *dir;	/* -d, NULL when not given */
	uint64_t max_size;	/* -m */
	long max_sessions;	/* -c */
	long per_peer;		/* the same for one address, 0: limit_open's */
	long idle;		/* -T, seconds */
	long workers;		/* -w */
	const char *user;	/* -U */
	int verbose;		/* -v */
	int once;		/* -1, of servers that can end when they have
				   got one thing */
};

/* getopt(3) letters of these options. */
#define SERVE_OPTS "l:id:m:c:T:w:U:vhV"
#define SERVE_ONCE "1"

/*
 * One option of getopt's; what it does not know is wrong usage.  A bad value
 * ends the program with EX_USAGE.
 */
void serve_option(struct serve_opt *o, int opt, const char *arg);

/*
 * Binds, drops privileges, says "NAME: listening on ADDR" for each socket, and
 * serves until SIGTERM or SIGINT (or the end of the one session under
 * -i).  With LISTEN_FDS the sockets are systemd's.  port is where to listen
 * on loopback when nothing is said.  Closes standard output, and returns the
 * exit code; what cannot be bound ends the program (EX_CONFIG, or EX_TEMPFAIL
 * where it may work later).
 */
enum exit_code serve_run(const struct serve_opt *o,
    const struct serve_proto *proto, void *app, const char *port);

/*
 * Prints a line for what was got, none under -i, where standard output is the
 * peer's; under -1 the first one is the last, and no new session is begun.  It
 * is one write, so that lines of several workers do not mix; where it fails it
 * ends the program with EX_IOERR.  opt is a struct serve_opt, as void * so that
 * this fits a store's callback.
 */
void serve_print(void *opt, const char *line);

/* What a session says (-v): a line that came ('C') or goes ('S'). */
void serve_talk(const char *peer, int who, struct span line);

#endif
