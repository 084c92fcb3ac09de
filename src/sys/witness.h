/*
 * witness: what a process has appended to a file, remembered in a POSIX shared
 * memory object.  That lives as long as the kernel's cache of the file does:
 * both outlive the process, kill -9 included, and neither a loss of power.  So
 * a file that still agrees with its witness has lost nothing, and marks in the
 * witness are as true as they were when the process died.
 *
 * There is at most one for a file and a user, and its maker holds a lock on
 * the file.
 */
#ifndef SYS_WITNESS_H
#define SYS_WITNESS_H

#include <stddef.h>
#include <stdint.h>

/* "/mailorder", user, device and inode, each of up to 16 digits. */
#define WITNESS_NAME_MAX 64

/* How many places in a file can be marked. */
#define WITNESS_MARKS 1024

struct witness_record;

/* All zero is none. */
struct witness {
	struct witness_record *record;	/* NULL where there is none */
	/* private */
	char name[WITNESS_NAME_MAX];
	int old, young;		/* the file was seen to begin as it says */
	size_t next;		/* where to look for a free mark */
};

/* Of a file's first bytes: start with WITNESS_DIGEST and go on piecewise. */
#define WITNESS_DIGEST 0xcbf29ce484222325U
uint64_t witness_digest(uint64_t digest, const void *p, size_t n);

/*
 * Takes up the witness that another process has left for the file fd: 1, or 0
 * when there is none that can be believed.  Its file is then shown to it, the
 * digest of its first length bytes for every length that may be the end of an
 * append; witness_agrees says whether all is there that was appended to it,
 * but for the append in which the process died.
 */
int witness_find(struct witness *w, int fd);
void witness_see(struct witness *w, uint64_t length, uint64_t digest);
int witness_agrees(const struct witness *w, uint64_t length);

/*
 * Makes one for the file fd as it is, instead of any that is left: 0, or -1
 * where that is not to be had.
 */
int witness_make(struct witness *w, int fd, uint64_t length,
    uint64_t digest);

/*
 * Called before an append, with the length and digest that the file will have
 * then, and when all of it has been written.
 */
void witness_before(struct witness *w, uint64_t length, uint64_t digest);
void witness_after(struct witness *w);

/*
 * Marks a place in the file: the mark's number, from 1, or 0 where no more are
 * to be had.
 */
size_t witness_mark(struct witness *w, uint64_t place);
void witness_unmark(struct witness *w, size_t mark);

/* Whether there is a mark at this place, or any at all. */
int witness_has(const struct witness *w, uint64_t place);
int witness_has_any(const struct witness *w);

/* Leaves the witness for another process, or removes it. */
void witness_leave(struct witness *w);
void witness_remove(struct witness *w);

#endif
