#include "gonelist.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/io.h"
#include "sys/lock.h"
#include "sys/newfile.h"

/* Octets of a list, and of what is remembered. */
#define SIZE_MAX_LIST ((size_t)1 << 30)

#define LINE_OCTETS 65536	/* of a line at most */
#define PAUSE 20		/* ms between two tries for the lock */

static int
take_lock(const char *path, int wait)
{
	const long long end = io_clock() + wait;
	int fd;

	if (wait == IO_FOREVER)
		return lock_take(path, 1);
	do {
		fd = lock_take(path, 0);
		if (fd >= 0 || errno != EAGAIN)
			return fd;
		io_poll(NULL, 0, PAUSE);
	} while (io_clock() < end);
	errno = EAGAIN;
	return -1;
}

/* Where the list is, and .FILE.seen in the directory of it. */
static int
set_names(struct gonelist *g, const char *path)
{
	struct span name;
	int r;

	buf_adds(&g->path, path);
	while ((r = newfile_follow(&g->path)) > 0)
		;
	if (r < 0)
		return -1;
	name = span_filename(buf_span(&g->path));
	buf_add(&g->seen, g->path.p, g->path.n - name.n);
	buf_addc(&g->seen, '.');
	buf_addspan(&g->seen, name);
	buf_adds(&g->seen, ".seen");
	return 0;
}

int
gonelist_open(struct gonelist *g, const char *path, int wait)
{
	const int had = access(path, F_OK) == 0 || errno != ENOENT;
	struct stat st;

	memset(g, 0, sizeof *g);
	g->at = path;
	g->made = !had;
	g->fd = take_lock(path, wait);
	if (g->fd < 0 || set_names(g, path) < 0 || fstat(g->fd, &st) < 0)
		return -1;
	if (!S_ISREG(st.st_mode)) {
		errno = EINVAL;
		return -1;
	}
	/* What was remembered belongs to a list that is there no more. */
	if (!had && st.st_size == 0 && unlink(buf_str(&g->seen)) < 0 &&
	    errno != ENOENT)
		return -1;
	return 0;
}

int
gonelist_read(struct gonelist *g)
{
	if (lseek(g->fd, 0, SEEK_SET) < 0 ||
	    io_slurp(g->fd, &g->list, SIZE_MAX_LIST) < 0)
		return -1;
	if (io_text(buf_str(&g->seen), &g->memory, SIZE_MAX_LIST) == 0 ||
	    errno == ENOENT)
		return 0;
	g->at = buf_str(&g->seen);
	return -1;
}

/*
 * Whether there is a line with this address and reason, or -1 with errno;
 * *whole says whether the last line has its end.
 */
static int
find(const struct gonelist *g, const struct gone *gone, int *whole)
{
	enum rd_status got, before = RD_LINE;
	struct span line;
	struct gone is;
	struct rd rd;
	int found = 0;

	rd_init(&rd, g->fd, IO_FOREVER, LINE_OCTETS);
	while (!found && ((got = rd_line(&rd, &line)) == RD_LINE ||
	    got == RD_PARTIAL || got == RD_LONG)) {
		found = before != RD_LONG && gone_parse(&is, line) > 0 &&
		    span_case_eq(is.address, gone->address) &&
		    span_eq(is.reason, gone->reason);
		before = got;
	}
	*whole = before == RD_LINE;
	errno = rd.err;
	rd_free(&rd);
	return !found && errno != 0 ? -1 : found;
}

/* Appends, or leaves the file as it was. */
static int
append(const struct gonelist *g, struct span text)
{
	struct stat st;
	int err;

	if (fstat(g->fd, &st) < 0)
		return -1;
	if (io_write(g->fd, text.p, text.n) == 0 && io_sync(g->fd) == 0)
		return 0;
	err = errno;
	if (ftruncate(g->fd, st.st_size) < 0)
		warn_sys("%s: half a line is left in it", g->at);
	errno = err;
	return -1;
}

int
gonelist_add(struct gonelist *g, const struct gone *gone)
{
	struct buf line = { 0 };
	int whole, r = find(g, gone, &whole);

	if (r == 0) {
		if (!whole)
			buf_addc(&line, '\n');
		gone_add(&line, gone);
		r = append(g, buf_span(&line));
		buf_free(&line);
	}
	return r < 0 ? -1 : newfile_syncparent(buf_str(&g->path));
}

/*
 * With the mode and, where that may be, the owner that the old one has.  It is
 * locked before anybody can find it, and stays so.
 */
static int
write_list(struct gonelist *g, struct newfile *f, struct span list)
{
	struct stat st;

	if (fstat(g->fd, &st) < 0 || fchmod(f->fd, st.st_mode & 07777) < 0)
		return -1;
	if (fchown(f->fd, (uid_t)-1, st.st_gid) < 0 && errno != EPERM)
		return -1;
	if (fchown(f->fd, st.st_uid, (gid_t)-1) < 0 && errno != EPERM)
		return -1;
	if (newfile_write(f, list.p, list.n) < 0 || io_sync(f->fd) < 0 ||
	    lock_file(f->fd) < 0 ||
	    newfile_replace(f, buf_str(&g->path)) < 0)
		return -1;
	io_close(g->fd);
	g->fd = f->fd;
	return newfile_syncparent(buf_str(&g->path));
}

static int
replace(struct gonelist *g, struct span list)
{
	struct newfile f;
	int r;

	if (newfile_beside(&f, buf_str(&g->path)) < 0)
		return -1;
	r = write_list(g, &f, list);
	newfile_drop(&f);
	return r;
}

/* Behind a line that a crash has cut off, too. */
static int
remember(struct gonelist *g, struct span lines)
{
	const struct span had = buf_span(&g->memory);
	int r, fd;

	g->at = buf_str(&g->seen);
	fd = io_file(g->at, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0)
		return -1;
	r = had.n > 0 && had.p[had.n - 1] != '\n' ?
	    io_write(fd, "\n", 1) : 0;
	if (r == 0 && io_write(fd, lines.p, lines.n) == 0)
		r = io_sync(fd);
	else
		r = -1;
	io_close(fd);
	return r;
}

int
gonelist_replace(struct gonelist *g, struct span list, struct span memory)
{
	if (!span_eq(list, buf_span(&g->list)) && replace(g, list) < 0)
		return -1;
	return memory.n > 0 ? remember(g, memory) : 0;
}

void
gonelist_complain(const struct gonelist *g)
{
	const int err = errno;

	if (err == EINVAL)
		warn("%s: not a file, as a list must be", g->at);
	else
		warn_sys("%s", g->at);
	errno = err;
}

void
gonelist_undo(struct gonelist *g)
{
	struct stat st;

	if (g->made && g->fd >= 0 && fstat(g->fd, &st) == 0 &&
	    S_ISREG(st.st_mode) && st.st_size == 0)
		unlink(buf_str(&g->path));
}

void
gonelist_close(struct gonelist *g)
{
	if (g->fd >= 0)
		io_close(g->fd);
	buf_free(&g->list);
	buf_free(&g->memory);
	buf_free(&g->path);
	buf_free(&g->seen);
}
