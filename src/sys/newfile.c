#include "newfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "die.h"
#include "io.h"

/* A long file starts its way to the disk each time this much has come. */
#define START_EVERY ((uint64_t)8 << 20)

#define TARGET_MAX 4096		/* octets of where a link leads */

static const char tmp_prefix[] = ".tmp.";

int
newfile_open(struct newfile *f, const char *dir)
{
	static unsigned long count;
	struct buf path = { 0 };

	memset(f, 0, sizeof *f);
	do {
		buf_setf(&path, "%s/%s%ld.%lu", dir, tmp_prefix,
		    (long)getpid(), count++);
		f->fd = io_file(buf_str(&path),
		    O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	} while (f->fd < 0 && errno == EEXIST);
	if (f->fd < 0) {
		f->err = errno;
		buf_free(&path);
		return -1;
	}
	f->path = path.p;
	return 0;
}

/* Keeps the failure.  Others may need the room that the file has taken. */
static void
give_up(struct newfile *f)
{
	f->err = errno;
	if (ftruncate(f->fd, 0) == 0)
		f->size = f->started = 0;
}

int
newfile_write(struct newfile *f, const void *p, size_t n)
{
	if (f->err == 0 && io_write(f->fd, p, n) < 0)
		give_up(f);
	if (f->err != 0) {
		errno = f->err;
		return -1;
	}
	f->size += n;
	if (f->size - f->started >= START_EVERY)
		newfile_start(f);
	return 0;
}

/*
 * On Linux this advice starts the write-back of dirty pages and does not wait
 * for it, which also settles where they lie on the disk: the first fsync of a
 * group then commits all of them in one journal transaction.
 */
void
newfile_start(struct newfile *f)
{
	if (f->err != 0 || f->started == f->size)
		return;
	posix_fadvise(f->fd, (off_t)f->started,
	    (off_t)(f->size - f->started), POSIX_FADV_DONTNEED);
	f->started = f->size;
}

int
newfile_sync(struct newfile *f)
{
	if (f->fd >= 0) {
		if (f->err == 0 && io_sync(f->fd) < 0)
			f->err = errno;
		if (close(f->fd) < 0 && f->err == 0)
			f->err = errno;
		f->fd = -1;
	}
	if (f->err == 0)
		return 0;
	errno = f->err;
	return -1;
}

int
newfile_rename(struct newfile *f, const char *path)
{
	if (rename(f->path, path) < 0)
		return -1;
	free(f->path);
	f->path = span_dup(span_str(path));
	return 0;
}

int
newfile_link(struct newfile *f, const char *path)
{
	return link(f->path, path);
}

int
newfile_replace(struct newfile *f, const char *path)
{
	if (rename(f->path, path) < 0)
		return -1;
	free(f->path);
	f->path = NULL;
	return 0;
}

void
newfile_drop(struct newfile *f)
{
	const int err = errno;

	if (f->path != NULL)
		unlink(f->path);
	newfile_leave(f);
	errno = err;
}

void
newfile_leave(struct newfile *f)
{
	if (f->path == NULL)
		return;
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
	free(f->path);
	f->path = NULL;
}

int
newfile_syncdir(const char *dir)
{
	int fd, err = 0;

	fd = io_file(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	/* EINVAL: a file system that has nothing to make safe. */
	if (io_sync(fd) < 0 && errno != EINVAL)
		err = errno;
	close(fd);
	errno = err;
	return err == 0 ? 0 : -1;
}

char *
newfile_parent(const char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	while (n > 0 && path[n - 1] != '/')
		n--;
	return span_dup(n > 0 ? span_of(path, n) : span_str("."));
}

int
newfile_syncparent(const char *path)
{
	char *dir = newfile_parent(path);
	int r, err;

	r = newfile_syncdir(dir);
	err = errno;
	free(dir);
	errno = err;
	return r;
}

int
newfile_undo(const char *path)
{
	if (unlink(path) < 0) {
		warn_sys("%s: refused, but cannot be removed", path);
		return -1;
	}
	if (newfile_syncparent(path) < 0)
		warn_sys("%s: refused, but may be back after a power cut",
		    path);
	return 0;
}

int
newfile_beside(struct newfile *f, const char *path)
{
	char *dir = newfile_parent(path);
	int r;

	r = newfile_open(f, dir);
	free(dir);
	errno = f->err;
	return r;
}

int
newfile_finish(struct newfile *f, const char *path)
{
	return newfile_sync(f) < 0 || newfile_replace(f, path) < 0 ? -1 :
	    newfile_syncparent(path);
}

int
newfile_follow(struct buf *path)
{
	char target[TARGET_MAX];
	struct stat st;
	ssize_t n;

	if (lstat(buf_str(path), &st) < 0)
		return -1;
	if (!S_ISLNK(st.st_mode))
		return 0;
	n = readlink(buf_str(path), target, sizeof target);
	if ((size_t)n == sizeof target)
		errno = ENAMETOOLONG;
	if (n < 0 || (size_t)n == sizeof target)
		return -1;
	while (path->n > 0 &&
	    (target[0] == '/' || path->p[path->n - 1] != '/'))
		path->n--;
	buf_add(path, target, (size_t)n);
	return 1;
}

int
newfile_keep(const char *path)
{
	struct newfile f = { 0 };

	/* A FIFO, which nobody may hold open, must not be waited for. */
	f.fd = io_file(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
	if (f.fd < 0)
		return -1;
	return newfile_sync(&f) < 0 ? -1 : newfile_syncparent(path);
}

enum exit_code
newfile_move(const char *from, const char *to)
{
	/* The content first: what the new name leads to is whole. */
	if (newfile_keep(from) < 0) {
		warn_sys("%s", from);
		return die_errno(errno, errno == EIO || errno == ENOSPC ?
		    EX_IOERR : EX_NOINPUT);
	}
	if (rename(from, to) < 0) {
		warn_sys("%s: not renamed to %s", from, to);
		return errno == EXDEV ? EX_CONFIG :
		    die_errno(errno, EX_CANTCREAT);
	}
	if (newfile_syncparent(to) < 0 || newfile_syncparent(from) < 0) {
		warn_sys("%s: renamed to %s, which may not last", from, to);
		return EX_IOERR;
	}
	return EX_OK;
}

/* Whether it is a directory that may be used so: 0, or -1 with errno. */
static int
check_dir(const char *dir, int access_mode)
{
	struct stat st;

	if (stat(dir, &st) < 0)
		return -1;
	if (!S_ISDIR(st.st_mode)) {
		errno = ENOTDIR;
		return -1;
	}
	return access(dir, access_mode);
}

/*
 * One that has just gone is made again, or has been by somebody else, but not
 * what a link leads to.
 */
int
newfile_mkdir(const char *dir, int access_mode)
{
	struct stat st;
	int made, err;

	do {
		made = mkdir(dir, 0700) == 0;
		if (!made && errno != EEXIST)
			return -1;
		if (made && newfile_syncparent(dir) < 0) {
			err = errno;
			rmdir(dir);
			errno = err;
			return -1;
		}
		if (check_dir(dir, access_mode) == 0)
			return made;
	} while (errno == ENOENT && (lstat(dir, &st) < 0 ? errno == ENOENT :
	    !S_ISLNK(st.st_mode)));
	return -1;
}

void
newfile_sweep(const char *dir)
{
	struct dirent *entry;
	DIR *d;

	d = io_dir(dir);
	if (d == NULL)
		return;
	while ((entry = readdir(d)) != NULL)
		if (strncmp(entry->d_name, tmp_prefix,
		    sizeof tmp_prefix - 1) == 0)
			unlinkat(dirfd(d), entry->d_name, 0);
	closedir(d);
}
