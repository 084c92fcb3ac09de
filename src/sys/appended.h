/*
 * appended: what a process has appended to a file, remembered in a POSIX shared
 * memory object.  That lives as long as the kernel's cache of the file does:
 * both outlive the process, kill -9 included, and neither a loss of power.  So
 * a file that still agrees with its marks has lost nothing, and they are as
 * true as they were when the process died.
 *
 * There is at most one for a file and a user, and its maker holds a lock on
 * the file.
 */
#ifndef SYS_APPENDED_H
#define SYS_APPENDED_H

#include <stddef.h>
#include <stdint.h>

/* "/mailorder", user, device and inode, each of up to 16 digits. */
#define APPENDED_NAME_MAX 64

/* How many places in a file can be marked. */
#define APPENDED_MARKS 1024

struct appended_record;

/* All zero is none. */
struct appended {
	struct appended_record *record;	/* NULL where there is none */
	/* private */
	char name[APPENDED_NAME_MAX];
	int old, young;		/* the file was seen to begin as it says */
	size_t next;		/* where to look for a free mark */
};

/*
 * Takes up the marks that another process has left for the file fd: 1, or 0
 * when there is none that can be believed.  Its file is then shown to it, the
 * digest (span_hash) of its first length bytes for every length that may be the
 * end of an append; appended_agrees says whether all is there that was appended
 * to it, but for the append in which the process died.
 */
int appended_find(struct appended *a, int fd);
void appended_see(struct appended *a, uint64_t length, uint64_t digest);
int appended_agrees(const struct appended *a, uint64_t length);

/*
 * Makes one for the file fd as it is, instead of any that is left: 0, or -1
 * where that is not to be had.
 */
int appended_make(struct appended *a, int fd, uint64_t length,
    uint64_t digest);

/*
 * Called before an append, with the length and digest that the file will have
 * then, and when all of it has been written.
 */
void appended_before(struct appended *a, uint64_t length, uint64_t digest);
void appended_after(struct appended *a);

/*
 * Marks a place in the file: the mark's number, from 1, or 0 where no more are
 * to be had.
 */
size_t appended_mark(struct appended *a, uint64_t place);
void appended_unmark(struct appended *a, size_t mark);

/* Whether there is a mark at this place, or any at all. */
int appended_has(const struct appended *a, uint64_t place);
int appended_has_any(const struct appended *a);

/* Leaves the marks for another process, or removes them. */
void appended_leave(struct appended *a);
void appended_remove(struct appended *a);

#endif
