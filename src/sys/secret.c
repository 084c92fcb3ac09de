#include "secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io.h"

static int urandom = -1;	/* kept open, for descriptors may run out */

static const char *
read_into(int fd, struct buf *b, size_t max)
{
	struct stat st;
	size_t had = b->n;

	if (fstat(fd, &st) < 0)
		return strerror(errno);
	if (!S_ISREG(st.st_mode))
		return "not a plain file";
	if (st.st_mode & S_IRWXO)
		return "others can read or write it";
	if (io_slurp(fd, b, max) < 0)
		return strerror(errno);
	buf_unmark(b, had);
	b->n = had + span_chomp(span_of(b->p + had, b->n - had)).n;
	return b->n == had ? "empty" : NULL;
}

int
secret_read(const char *path, struct buf *b, size_t max, const char **why)
{
	int fd;

	/* Not blocking: the name may be a FIFO's. */
	fd = io_file(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0);
	if (fd < 0) {
		*why = strerror(errno);
		return -1;
	}
	*why = read_into(fd, b, max);
	close(fd);
	return *why == NULL ? 0 : -1;
}

int
secret_open(void)
{
	if (urandom < 0)
		urandom = io_file("/dev/urandom", O_RDONLY | O_CLOEXEC,
		    0);
	return urandom < 0 ? -1 : 0;
}

int
secret_random(void *p, size_t n)
{
	char *at = p;
	ssize_t r;

	if (secret_open() < 0)
		return -1;
	while (n > 0) {
		r = read(urandom, at, n);
		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			break;
		at += r;
		n -= (size_t)r;
	}
	return n == 0 ? 0 : -1;
}

void
secret_fill(void *p, size_t n)
{
	if (secret_random(p, n) < 0)
		die_sys(EX_TEMPFAIL, "/dev/urandom");
}

void
secret_wipe(struct buf *b)
{
	if (b->p != NULL)
		memset(b->p, 0, b->cap);
	buf_free(b);
}

void
secret_word(struct buf *b)
{
	unsigned char raw[16];
	size_t i;

	secret_fill(raw, sizeof raw);
	for (i = 0; i < sizeof raw; i++)
		buf_addf(b, "%02x", raw[i]);
}
