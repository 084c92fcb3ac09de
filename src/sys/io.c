#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NAP_MS 50

/* Room for one read where nobody knows how much there is. */
#define IO_CHUNK 65536

long long
io_clock_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

long long
io_clock(void)
{
	return io_clock_us() / 1000;
}

int
io_left(long long end)
{
	long long left = end - io_clock();

	return left > 0 ? (int)left : 0;
}

int
io_poll(struct pollfd *p, size_t n, int ms)
{
	int r = poll(p, (nfds_t)n, ms);
	size_t i;

	if (r >= 0)
		return r;
	if (errno != EINTR)
		poll(NULL, 0, NAP_MS);
	for (i = 0; i < n; i++)
		p[i].revents = 0;
	return 0;
}

int
io_write(int fd, const void *p, size_t n)
{
	struct pollfd room = { .fd = fd, .events = POLLOUT };
	const char *at = p;
	ssize_t r;

	while (n > 0) {
		r = write(fd, at, n);
		if (r >= 0) {
			at += r;
			n -= (size_t)r;
		} else if (errno == EAGAIN)
			io_poll(&room, 1, IO_FOREVER);
		else if (errno != EINTR)
			return -1;
	}
	return 0;
}

int
io_slurp(int fd, struct buf *b, size_t max)
{
	struct stat st;
	size_t got = 0;
	off_t at, left;
	ssize_t r;

	at = lseek(fd, 0, SEEK_CUR);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && at >= 0 &&
	    (left = st.st_size - at) > 0) {
		if ((uintmax_t)left > max) {
			errno = EFBIG;
			return -1;
		}
		buf_reserve(b, (size_t)left + 1);
	}
	for (;;) {
		if (b->cap - b->n == 0)
			buf_reserve(b, IO_CHUNK);
		r = read(fd, b->p + b->n, b->cap - b->n);
		if (r == 0)
			return 0;
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -1;
		b->n += (size_t)r;
		got += (size_t)r;
		if (got > max) {
			errno = EFBIG;
			return -1;
		}
	}
}

int
io_file(const char *path, int flags, mode_t mode)
{
	int fd;

	do
		fd = open(path, flags, mode);
	while (fd < 0 && errno == EINTR);
	return fd;
}

DIR *
io_dir(const char *path)
{
	DIR *d;

	do
		d = opendir(path);
	while (d == NULL && errno == EINTR);
	return d;
}

int
io_sync(int fd)
{
	int r;

	do
		r = fsync(fd);
	while (r < 0 && errno == EINTR);
	return r;
}

int
io_open(const char *path)
{
	if (strcmp(path, "-") == 0)
		return STDIN_FILENO;
	return io_file(path, O_RDONLY | O_CLOEXEC, 0);
}

int
io_pipe(int end[2])
{
	if (pipe(end) < 0)
		return -1;
	fcntl(end[0], F_SETFD, FD_CLOEXEC);
	fcntl(end[1], F_SETFD, FD_CLOEXEC);
	return 0;
}

void
io_close(int fd)
{
	int err = errno;

	close(fd);
	errno = err;
}

const char *
io_name(const char *path)
{
	return strcmp(path, "-") != 0 ? path : "stdin";
}

int
io_text(const char *path, struct buf *b, size_t max)
{
	size_t had = b->n;
	int fd, r;

	fd = io_open(path);
	if (fd < 0)
		return -1;
	r = io_slurp(fd, b, max);
	io_close(fd);
	if (r == 0)
		buf_unmark(b, had);
	return r;
}

void
io_block(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags >= 0)
		fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
}
