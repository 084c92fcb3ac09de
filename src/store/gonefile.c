#include "gonefile.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/mail/date.h"
#include "sys/io.h"
#include "sys/lock.h"
#include "sys/newfile.h"

#define LINE_OCTETS 65536	/* of a line at most */
#define PAUSE 20		/* ms between two tries for the lock */

static int
take_lock(const char *path)
{
	const long long end = io_clock() + GONEFILE_WAIT;
	int fd;

	do {
		fd = lock_take(path, 0);
		if (fd >= 0 || errno != EAGAIN)
			return fd;
		io_poll(NULL, 0, PAUSE);
	} while (io_clock() < end);
	errno = EAGAIN;
	return -1;
}

static int
has_left(struct span line, struct span address)
{
	line = span_chomp(line);
	return span_case_eq(span_trim(span_cut(&line, '\t')), address) &&
	    span_is(span_cut(&line, '\t'), "left");
}

/*
 * Whether the address has left already, or -1 with errno; *whole says whether
 * the last line has its end.
 */
static int
find(int fd, struct span address, int *whole)
{
	enum rd_status got;
	struct span line;
	struct rd rd;
	int found = 0;

	*whole = 1;
	rd_init(&rd, fd, IO_FOREVER, LINE_OCTETS);
	while (!found && ((got = rd_line(&rd, &line)) == RD_LINE ||
	    got == RD_PARTIAL || got == RD_LONG)) {
		found = has_left(line, address);
		*whole = got == RD_LINE;
	}
	errno = rd.err;
	rd_free(&rd);
	return !found && errno != 0 ? -1 : found;
}

/* Appends, or leaves the file as it was. */
static int
append(int fd, struct span line)
{
	struct stat st;
	int err;

	if (fstat(fd, &st) < 0)
		return -1;
	if (io_write(fd, line.p, line.n) == 0 && io_sync(fd) == 0)
		return 0;
	err = errno;
	if (ftruncate(fd, st.st_size) < 0)
		warn_sys("half a line is left in the list");
	errno = err;
	return -1;
}

static int
add(int fd, struct span address, int64_t now, const char *why)
{
	struct buf line = { 0 };
	int whole, r = find(fd, address, &whole);

	if (r == 0) {
		if (!whole)
			buf_addc(&line, '\n');
		buf_addspan(&line, address);
		buf_adds(&line, "\tleft\t");
		date_iso(&line, now);
		buf_addf(&line, "\t1\t%s\n", why);
		r = append(fd, buf_span(&line));
		buf_free(&line);
	}
	return r < 0 ? -1 : 0;
}

int
gonefile_leave(const char *path, struct span address, int64_t now,
    const char *why)
{
	const int fd = take_lock(path);
	int r;

	if (fd < 0)
		return -1;
	r = add(fd, address, now, why);
	if (r == 0)
		r = newfile_syncparent(path);
	io_close(fd);
	return r;
}
