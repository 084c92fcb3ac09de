#include "gonelist.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/io.h"
#include "sys/lock.h"
#include "sys/newfile.h"

/* Octets of a list, and of what is remembered. */
#define SIZE_MAX_LIST ((size_t)1 << 30)

/* .FILE.seen, in the directory of FILE. */
static void
set_seen(struct gonelist *g)
{
	size_t i, name = 0;

	for (i = 0; g->path[i] != '\0'; i++)
		if (g->path[i] == '/')
			name = i + 1;
	buf_add(&g->seen, g->path, name);
	buf_addf(&g->seen, ".%s.seen", g->path + name);
}

/* What the open list and the file beside it hold: 0, or -1 with errno. */
static int
read_both(struct gonelist *g)
{
	struct stat st;
	int r;

	if (fstat(g->fd, &st) < 0)
		return -1;
	if (!S_ISREG(st.st_mode)) {
		errno = EINVAL;
		return -1;
	}
	if (lseek(g->fd, 0, SEEK_SET) < 0 ||
	    io_slurp(g->fd, &g->list, SIZE_MAX_LIST) < 0)
		return -1;
	r = io_text(buf_str(&g->seen), &g->memory, SIZE_MAX_LIST);
	return r < 0 && errno == ENOENT ? 0 : r;
}

enum exit_code
gonelist_open(struct gonelist *g, const char *path)
{
	int err;

	memset(g, 0, sizeof *g);
	g->path = path;
	set_seen(g);
	/* What was remembered belongs to a list that is there no more. */
	if (access(path, F_OK) < 0 && errno == ENOENT)
		unlink(buf_str(&g->seen));
	g->fd = lock_take(path, 1);
	if (g->fd >= 0 && read_both(g) == 0)
		return EX_OK;
	err = errno;
	warn_sys("%s", path);
	gonelist_close(g);
	return die_errno(err, EX_CANTCREAT);
}

/* With the mode and, where that may be, the owner that the old one has. */
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
	return newfile_write(f, list.p, list.n) < 0 || newfile_sync(f) < 0 ||
	    newfile_replace(f, g->path) < 0 ? -1 :
	    newfile_syncparent(g->path);
}

static int
replace(struct gonelist *g, struct span list)
{
	char *dir = newfile_parent(g->path);
	struct newfile f;
	int r, err;

	r = newfile_open(&f, dir);
	err = errno;
	free(dir);
	if (r == 0) {
		r = write_list(g, &f, list);
		err = errno;
		newfile_drop(&f);
	}
	errno = err;
	return r;
}

/* Behind a line that a crash has cut off, too. */
static int
append(struct gonelist *g, struct span lines)
{
	const struct span had = buf_span(&g->memory);
	int r, err, fd;

	fd = io_file(buf_str(&g->seen), O_WRONLY | O_CREAT | O_APPEND |
	    O_CLOEXEC, 0600);
	if (fd < 0)
		return -1;
	r = had.n > 0 && had.p[had.n - 1] != '\n' ?
	    io_write(fd, "\n", 1) : 0;
	if (r == 0 && io_write(fd, lines.p, lines.n) == 0)
		r = io_sync(fd);
	else
		r = -1;
	err = errno;
	io_close(fd);
	errno = err;
	return r;
}

enum exit_code
gonelist_replace(struct gonelist *g, struct span list, struct span memory)
{
	const char *name = g->path;
	int r = 0;

	if (!span_eq(list, buf_span(&g->list)))
		r = replace(g, list);
	if (r == 0 && memory.n > 0) {
		name = buf_str(&g->seen);
		r = append(g, memory);
	}
	if (r == 0)
		return EX_OK;
	warn_sys("%s", name);
	return die_errno(errno, EX_IOERR);
}

void
gonelist_close(struct gonelist *g)
{
	if (g->fd >= 0)
		io_close(g->fd);
	buf_free(&g->list);
	buf_free(&g->memory);
	buf_free(&g->seen);
}
