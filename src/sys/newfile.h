/*
 * newfile: files that become visible only when they are whole.  A file is
 * written under a temporary dot-name, fsynced and closed, linked to its final
 * name, in place of another only where that is asked for, and the directory is
 * fsynced.
 * The steps are separate, so that many files can share the waits for the
 * disk: write all, sync all, link all, then sync each directory once.
 */
#ifndef SYS_NEWFILE_H
#define SYS_NEWFILE_H

#include <stddef.h>
#include <stdint.h>

#include "die.h"

struct buf;

struct newfile {
	int fd;			/* to read and write; -1 once synced */
	int err;		/* errno of the first failure, or 0 */
	uint64_t size;		/* bytes written */
	/* private */
	uint64_t started;	/* bytes on their way to the disk */
	char *path;		/* the temporary name, NULL when gone */
};

/*
 * Starts a file in dir under a name that begins with ".tmp.", mode 0600 less
 * the umask; readers other than the owner are the caller's to let in.
 * 0, or -1 with errno.
 */
int newfile_open(struct newfile *f, const char *dir);

/* The same in the directory that path lies in. */
int newfile_beside(struct newfile *f, const char *path);

/*
 * Appends; the first failure is kept, the file emptied, and later writes are
 * ignored.  Long files are sent on their way to the disk as they grow.  0, or
 * -1 with errno.
 */
int newfile_write(struct newfile *f, const void *p, size_t n);

/*
 * Nothing more comes: starts the writing to disk and does not wait for it.
 * Called for each file of a group before the first newfile_sync.
 */
void newfile_start(struct newfile *f);

/* Waits until the content is safe and closes.  0, or -1 with errno. */
int newfile_sync(struct newfile *f);

/*
 * Gives the file another temporary name, in place of whatever has it; what
 * it stands for is the caller's to know.  0, or -1 with errno.
 */
int newfile_rename(struct newfile *f, const char *path);

/*
 * Gives the file its name: 0, or -1 with errno (EEXIST when the name is
 * taken; another may be tried).  newfile_drop then removes the temporary one.
 */
int newfile_link(struct newfile *f, const char *path);

/* The same at once, in place of the file that has the name. */
int newfile_replace(struct newfile *f, const char *path);

/* The same once its content is safe, and makes the name safe. */
int newfile_finish(struct newfile *f, const char *path);

/* Gives the file up: closes and removes it.  Safe at any time; errno stays. */
void newfile_drop(struct newfile *f);

/* Gives it up too, but leaves what it has under its temporary name. */
void newfile_leave(struct newfile *f);

/*
 * Takes back the final name path of a file that has been refused after all,
 * and makes that safe: 0, or -1 where the name cannot be removed.  What goes
 * wrong is said on standard error.
 */
int newfile_undo(const char *path);

/*
 * Makes the names in a directory safe, or in the one that path lies in.  0, or
 * -1 with errno.
 */
int newfile_syncdir(const char *dir);
int newfile_syncparent(const char *path);

/* Makes what is there safe, content and name: 0, or -1 with errno. */
int newfile_keep(const char *path);

/*
 * Renames a file, in place of the one that has the name, content and name
 * made safe; nothing is copied.  EX_OK, or the exit code after the reason on
 * standard error: EX_CONFIG where to is on another file system, EX_IOERR
 * where the new name may not last.
 */
enum exit_code newfile_move(const char *from, const char *to);

/* The directory that path lies in, the caller's to free. */
char *newfile_parent(const char *path);

/*
 * Goes on from a symbolic link to where it leads, which may be another: 1, 0
 * where path is no link, or -1 with errno.
 */
int newfile_follow(struct buf *path);

/*
 * Makes a directory, mode 0700 less the umask, and its name safe, or accepts
 * the one there is; it must be good for access_mode, access(2)'s.  1 when it
 * was made, 0 when it was there, or -1 with errno.
 */
int newfile_mkdir(const char *dir, int access_mode);

/* Removes the ".tmp." files a dead process left in dir. */
void newfile_sweep(const char *dir);

#endif
