/*
 * handin: what all programs do that hand in files, each of which is an order:
 * the files are read first, and sent on as many connections as it takes.
 */
#ifndef CLIENT_HANDIN_H
#define CLIENT_HANDIN_H

#include <sys/stat.h>

#include "format/crypt/sha256.h"
#include "sys/buf.h"
#include "sys/die.h"
#include "sys/net.h"

/* An order to be sent, whose size and checksum are known. */
struct orderfile {
	const char *path;	/* as given; "-" is standard input */
	struct buf name;	/* what the server shall call it, on the wire */
	uint64_t size;
	char sha[SHA256_HEX];

	/* What became of it: 0 while no answer came. */
	int code;		/* of the last answer */
	struct buf text;	/* that answer, or what went wrong here */

	/* private */
	int fd;			/* a copy without a name, or -1 */
	struct stat st;
};

/* A code of ours, no server's: its content could not be sent whole. */
#define ORDERFILE_SPOILED 1

/*
 * Reads the file at path (kept by reference) and gives it a name, which was
 * checked.  What cannot be read twice is copied to a file in tmpdir that has no
 * name.  hashed, for orderproto(7): its checksum is taken and the name encoded;
 * else a file that can be read twice is not read yet.  EX_OK; or, with errno,
 * EX_NOINPUT where path is to blame, EX_CANTCREAT and EX_IOERR where tmpdir is.
 */
enum exit_code orderfile_load(struct orderfile *f, const char *path,
    struct span name, const char *tmpdir, int hashed);

/*
 * Opens the content to be sent, from its beginning: a descriptor for
 * orderfile_done; or -1 with *why in words, also when the file is not the one
 * it was.
 */
int orderfile_open(struct orderfile *f, const char **why);
void orderfile_done(struct orderfile *f, int fd);

/*
 * Notes what became of it; ORDERFILE_SPOILED with the reason, NULL being that
 * it became shorter.
 */
void orderfile_outcome(struct orderfile *f, int code, struct span text);
void orderfile_spoiled(struct orderfile *f, const char *why);

/* Whether it has no answer, or one that may be another later. */
int orderfile_is_open(const struct orderfile *f);

void orderfile_free(struct orderfile *f);

struct handin {
	struct orderfile *files;
	size_t n;
	long retries;		/* after connections that brought nothing */
	int verbose;		/* tells of the pauses between them */
};

/*
 * What the operands (up to a NULL) and the one name for them (or NULL) have
 * wrong ends the program with EX_USAGE.
 */
void handin_check(char *const *paths, const char *name);

/*
 * Loads the files that can be loaded, under name, or their own names where it
 * is NULL; tmpdir is the value of TMPDIR, and hashed as in orderfile_load.  The
 * others are said on standard error; EX_OK, or what they mean.
 */
enum exit_code handin_load(struct handin *h, char *const *paths,
    const char *name, const char *tmpdir, int hashed);
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
