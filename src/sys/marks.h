/*
 * marks: what a process has appended to a file, remembered in a POSIX shared
 * memory object.  That lives as long as the kernel's cache of the file does:
 * both outlive the process, kill -9 included, and neither a loss of power.  So
 * a file that still agrees with its marks has lost nothing, and
 * they are as true as they were when the process died.
 *
 * There is at most one for a file and a user, and its maker holds a lock on
 * the file.
 */
#ifndef SYS_MARKS_H
#define SYS_MARKS_H

#include <stddef.h>
#include <stdint.h>

/* "/mailorder", user, device and inode, each of up to 16 digits. */
#define MARKS_NAME_MAX 64

/* How many places in a file can be marked. */
#define MARKS_MARKS 1024

struct marks_record;

/* All zero is none. */
struct marks {
	struct marks_record *record;	/* NULL where there is none */
	/* private */
	char name[MARKS_NAME_MAX];
	int old, young;		/* the file was seen to begin as it says */
	size_t next;		/* where to look for a free mark */
};

/* Of a file's first bytes: start with MARKS_DIGEST and go on piecewise. */
#define MARKS_DIGEST 0xcbf29ce484222325U
uint64_t marks_digest(uint64_t digest, const void *p, size_t n);

/*
 * Takes up the marks that another process has left for the file fd: 1, or 0
 * when there is none that can be believed.  Its file is then shown to it, the
 * digest of its first length bytes for every length that may be the end of an
 * append; marks_agrees says whether all is there that was appended to it,
 * but for the append in which the process died.
 */
int marks_find(struct marks *w, int fd);
void marks_see(struct marks *w, uint64_t length, uint64_t digest);
int marks_agrees(const struct marks *w, uint64_t length);

/*
 * Makes one for the file fd as it is, instead of any that is left: 0, or -1
 * where that is not to be had.
 */
int marks_make(struct marks *w, int fd, uint64_t length,
    uint64_t digest);

/*
 * Called before an append, with the length and digest that the file will have
 * then, and when all of it has been written.
 */
void marks_before(struct marks *w, uint64_t length, uint64_t digest);
void marks_after(struct marks *w);

/*
 * Marks a place in the file: the mark's number, from 1, or 0 where no more are
 * to be had.
 */
size_t marks_mark(struct marks *w, uint64_t place);
void marks_unmark(struct marks *w, size_t mark);

/* Whether there is a mark at this place, or any at all. */
int marks_has(const struct marks *w, uint64_t place);
int marks_has_any(const struct marks *w);

/* Leaves the marks for another process, or removes them. */
void marks_leave(struct marks *w);
void marks_remove(struct marks *w);

#endif
