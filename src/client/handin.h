/*
 * handin: what all programs do that hand in files, each of which is an order:
 * the files are read first, and sent on as many connections as it takes.
 */
#ifndef CLIENT_HANDIN_H
#define CLIENT_HANDIN_H

#include "client/orderfile.h"
#include "sys/net.h"

struct handin {
	const char *name;	/* of the one file, NULL for its own */
	const char *tmpdir;	/* the value of TMPDIR */
	int timeout;		/* ms that one wait for the server may take */
	long retries;		/* after connections that brought nothing */
	int verbose;		/* tells of the pauses between them */

	/* All zero before handin_load. */
	struct orderfile *files;
	size_t n;
};

/* The options that set these; any other option goes to cli_other. */
#define HANDIN_OPTIONS "46S:n:r:T:v"
void handin_option(struct handin *h, int c);

/*
 * A mistake in the operands (up to a NULL) or the name ends the program with
 * EX_USAGE.
 */
void handin_check(const struct handin *h, char *const *paths);

/*
 * Loads the files that can be loaded into files, n of them; hashed as in
 * orderfile_load.  The others are said on standard error; EX_OK, or what they
 * mean.
 */
enum exit_code handin_load(struct handin *h, char *const *paths, int hashed);
void handin_free(struct handin *h);

/*
 * Calls try, which is one connection from beginning to end, until no file is
 * open, or retries times in vain, with growing pauses between; a code other
 * than EX_OK and EX_TEMPFAIL ends it.  EX_OK, or try's last code.
 */
enum exit_code handin_send(const struct handin *h,
    enum exit_code (*try)(void *arg, struct orderfile *files, size_t n),
    void *arg);

/*
 * For try, when the connection to that server is over: this is why those of
 * the n files that have no answer have none.  verbose: it is told, too.
 */
void handin_blame(struct orderfile *files, size_t n,
    const struct net_addr *server, struct span why, int verbose);

#endif
