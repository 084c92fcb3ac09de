#include "secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io.h"

static int urandom = -1;	/* kept open, for descriptors may run out */

/* closed: what others must not be able to do, as mode bits; theirs go to
   *theirs. */
static const char *
read_into(int fd, struct buf *b, size_t max, mode_t closed, mode_t *theirs)
{
	struct stat st;
	size_t had = b->n;

	if (fstat(fd, &st) < 0)
		return strerror(errno);
	if (!S_ISREG(st.st_mode))
		return "not a plain file";
	*theirs = st.st_mode & S_IRWXO;
	if ((*theirs & closed) != 0)
		return (closed & S_IROTH) != 0 ? "others can read or write it" :
		    "others can write it";
	if (io_slurp(fd, b, max) < 0)
		return strerror(errno);
	buf_unmark(b, had);
	return NULL;
}

/* NULL, or why not, with errno where it cannot be opened. */
static const char *
read_file(const char *path, struct buf *b, size_t max, mode_t closed,
    mode_t *theirs)
{
	const char *why;
	int fd;

	/* Not blocking: the name may be a FIFO's. */
	fd = io_file(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0);
	if (fd < 0)
		return strerror(errno);
	why = read_into(fd, b, max, closed, theirs);
	close(fd);
	errno = 0;
	return why;
}

int
secret_read(const char *path, struct buf *b, size_t max, const char **why)
{
	size_t had = b->n;
	mode_t theirs;

	*why = read_file(path, b, max, S_IRWXO, &theirs);
	if (*why != NULL)
		return -1;
	b->n = had + span_chomp(span_of(b->p + had, b->n - had)).n;
	if (b->n == had)
		*why = "empty";
	return *why == NULL ? 0 : -1;
}

void
secret_need(const char *path, struct buf *b, size_t max)
{
	const char *why;

	if (secret_read(path, b, max, &why) < 0)
		die(EX_CONFIG, "%s: %s", path, why);
}

int
secret_settings(const char *path, struct buf *b, size_t max, int *shown,
    const char **why)
{
	mode_t theirs = 0;

	*why = read_file(path, b, max, S_IWOTH, &theirs);
	*shown = (theirs & S_IROTH) != 0;
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
