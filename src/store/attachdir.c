#include "attachdir.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/io.h"

/* In base64 a file is a third larger, and a message has 128 MB. */
#define FILE_SIZE_MAX ((size_t)64 << 20)

#define LINKS_MAX 8		/* from one to the next */
#define DEPTH_MAX 100		/* directories */

/* A path that is followed, and the text of a link on the way. */
struct follow {
	char path[PATH_MAX], link[PATH_MAX];
};

static int
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Whether the directory, or one above it, is the one that is open. */
static int
is_below(const struct attachdir *d, int dir)
{
	struct stat top, here, above;
	int fd = -1, up, i, found = 0;

	if (fstat(d->fd, &top) < 0 || fstat(dir, &here) < 0)
		return 0;
	for (i = 0; i < DEPTH_MAX && !(found = is_same(&top, &here)); i++) {
		up = openat(fd >= 0 ? fd : dir, "..",
		    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0)
			close(fd);
		fd = up;
		if (up < 0 || fstat(up, &above) < 0 || is_same(&above, &here))
			break;
		here = above;
	}
	if (fd >= 0)
		close(fd);
	return found;
}

/* The directory of the path, which is cut to its last part. */
static int
open_parent(int at, char *path)
{
	char *slash = strrchr(path, '/');
	int fd;

	if (slash == NULL)
		return openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*slash = '\0';
	fd = openat(at, slash == path ? "/" : path,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	memmove(path, slash + 1, strlen(slash + 1) + 1);
	return fd;
}

/*
 * Opens what the path leads to, link by link: the directory of each step lies
 * below d, and its last part is no link by the time it is opened.
 */
static int
follow(const struct attachdir *d, struct follow *f, const char **why)
{
	const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
	int at = d->fd, parent, fd = -1, i;
	ssize_t n;

	for (i = 0; i < LINKS_MAX; i++) {
		parent = open_parent(at, f->path);
		if (at != d->fd)
			close(at);
		at = parent;
		if (parent < 0)
			break;
		if (!is_below(d, parent)) {
			*why = "it leads out of the directory of -a";
			break;
		}
		fd = openat(parent, f->path, flags);
		if (fd >= 0 || (errno != ELOOP && errno != EMLINK))
			break;
		n = readlinkat(parent, f->path, f->link, sizeof f->link - 1);
		if (n < 0)
			break;
		memcpy(f->path, f->link, (size_t)n);
		f->path[n] = '\0';
	}
	if (fd < 0 && *why == NULL)
		*why = i == LINKS_MAX ? strerror(ELOOP) : strerror(errno);
	if (at >= 0 && at != d->fd)
		close(at);
	return fd;
}

/* Opens a file below d: its descriptor, or -1 with *why. */
static int
open_file(const struct attachdir *d, const char *path, const char **why)
{
	struct follow f;
	struct stat st;
	int fd;

	*why = strlen(path) < sizeof f.path ? NULL : strerror(ENAMETOOLONG);
	if (*why != NULL)
		return -1;
	memcpy(f.path, path, strlen(path) + 1);
	fd = follow(d, &f, why);
	if (fd < 0)
		return -1;
	if (fstat(fd, &st) < 0)
		*why = strerror(errno);
	else if (!S_ISREG(st.st_mode))
		*why = "not a regular file";
	else if ((uintmax_t)st.st_size > FILE_SIZE_MAX)
		*why = "larger than 64 MB";
	if (*why == NULL)
		return fd;
	close(fd);
	return -1;
}

static const char *
check(void *arg, const char *path)
{
	const char *why;
	int fd = open_file(arg, path, &why);

	if (fd >= 0)
		close(fd);
	return why;
}

static const char *
read_file(void *arg, const char *path, struct buf *content)
{
	const char *why;
	int fd = open_file(arg, path, &why);

	if (fd < 0)
		return why;
	if (io_slurp(fd, content, FILE_SIZE_MAX) < 0)
		why = strerror(errno);
	close(fd);
	return why;
}

void
attachdir_open(struct attachdir *d, const char *path)
{
	d->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (d->fd < 0)
		die_sys(die_errno(errno, EX_NOINPUT), "%s", path);
	d->store.arg = d;
	d->store.check = check;
	d->store.read = read_file;
}
