#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io.h"

/* One whole-file lock operation; POSIX lets EACCES stand for EAGAIN. */
static int
set(int fd, int cmd, int type)
{
	struct flock l;
	int r;

	memset(&l, 0, sizeof l);
	l.l_type = (short)type;
	l.l_whence = SEEK_SET;
	do
		r = fcntl(fd, cmd, &l);
	while (r < 0 && errno == EINTR);
	if (r < 0 && errno == EACCES)
		errno = EAGAIN;
	return r < 0 ? -1 : 0;
}

static int
open_lock(const char *path)
{
	return io_file(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC |
	    O_NOCTTY, 0600);
}

static int
fail(int fd)
{
	io_close(fd);
	return -1;
}

int
lock_is_at(int fd, const char *path)
{
	struct stat have, want;

	return fstat(fd, &have) == 0 && stat(path, &want) == 0 &&
	    have.st_dev == want.st_dev && have.st_ino == want.st_ino;
}

int
lock_take(const char *path, int wait)
{
	int fd;

	for (;;) {
		fd = open_lock(path);
		if (fd < 0)
			return -1;
		if (set(fd, wait ? F_SETLKW : F_SETLK, F_WRLCK) < 0)
			return fail(fd);
		if (lock_is_at(fd, path))
			return fd;
		close(fd);
	}
}

int
lock_claim(const char *path, int *sole)
{
	int fd;

	fd = open_lock(path);
	if (fd < 0)
		return -1;
	*sole = set(fd, F_SETLK, F_WRLCK) == 0;
	if (*sole)
		return fd;
	/* The other is a server, or one that tidies up and then shares. */
	if (errno != EAGAIN || set(fd, F_SETLKW, F_RDLCK) < 0)
		return fail(fd);
	return fd;
}

int
lock_share(int fd)
{
	return set(fd, F_SETLK, F_RDLCK);
}

int
lock_file(int fd)
{
	return set(fd, F_SETLK, F_WRLCK);
}

int
lock_wait(int fd)
{
	return set(fd, F_SETLKW, F_WRLCK);
}
