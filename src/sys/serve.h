/*
 * serve: runs the sessions of a server (session.h), under a poll(2) loop with
 * timers, in worker processes, or one of them on standard input and output.
 */
#ifndef SYS_SERVE_H
#define SYS_SERVE_H

#include <stdint.h>

#include "buf.h"
#include "session.h"

#define SERVE_LISTENS 16	/* -l options */

/*
 * The options that all servers share (-l -i -d -m -c -T -w -U -v), and how
 * they read the environment.
 */
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
	/*
	 * As getenv(3), which programs alone may call: of LISTEN_FDS and
	 * LISTEN_PID, systemd's, and TCPREMOTEIP, the client's under -i.
	 */
	char *(*env)(const char *name);
};

/* getopt(3) letters of these options. */
#define SERVE_OPTS "l:id:m:c:T:w:U:vhV"
#define SERVE_ONCE "1"

/*
 * One option of getopt's; what it does not know is wrong usage.  A bad value
 * ends the program with EX_USAGE.
 */
void serve_option(struct serve_opt *o, int opt, char *arg);

/*
 * Binds, drops privileges, says "NAME: listening on ADDR" for each socket, and
 * serves until SIGTERM or SIGINT (or the end of the one session under
 * -i).  With LISTEN_FDS the sockets are systemd's.  port is where to listen
 * on loopback when nothing is said.  Closes standard output, and returns the
 * exit code; what cannot be bound ends the program (EX_CONFIG, or EX_TEMPFAIL
 * where it may work later).
 */
enum exit_code serve_run(const struct serve_opt *o,
    const struct service *service, const char *port);

/*
 * Prints a line for what was got, none under -i, where standard output is the
 * peer's; under -1 the first one is the last, and no new session is begun.  It
 * is one write, so that lines of several workers do not mix; where it fails it
 * ends the program with EX_IOERR.  opt is a struct serve_opt, as void * so that
 * this fits a store's callback.
 */
void serve_print(void *opt, const char *line);

/* What -1 waits for has been got, where nothing is printed. */
void serve_finish(void *opt);

/* What a session says (-v): a line that came ('C') or goes ('S'). */
void serve_talk(const char *peer, int who, struct span line);

#endif
