/*
 * orderfile: an order to be sent, whose size and checksum are known.
 */
#ifndef CLIENT_ORDERFILE_H
#define CLIENT_ORDERFILE_H

#include <sys/stat.h>

#include "format/crypt/sha256.h"
#include "sys/buf.h"
#include "sys/die.h"

struct orderfile {
	const char *path;	/* as given; "-" is standard input */
	struct buf name;	/* for the server, as it is on the wire */
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
 * checked.  What cannot be read twice, or does not say its size, is copied to a
 * file in tmpdir that has no name.  hashed, for orderproto(7): its checksum is
 * taken and the name encoded; else what is not copied is not read yet.  EX_OK;
 * or, with errno, EX_NOINPUT where path is to blame, EX_CANTCREAT and EX_IOERR
 * where tmpdir is.
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

#endif
