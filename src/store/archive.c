#include "archive.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/wire/name.h"
#include "sys/io.h"
#include "sys/lock.h"
#include "sys/newfile.h"

#define PIECE 65536		/* bytes copied or compared at a time */

struct item {
	const char *path;
	struct span name;	/* path's last component */
	size_t stem;		/* octets of it before its extension's dot */
	struct stat st;
	int fd;			/* -1 when we may not open it */
	int locked;		/* no other process is moving it */
};

/* What errno says of a file that could not be made. */
static enum exit_code
code_of(int err)
{
	switch (err) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
	case EIO:
		return EX_IOERR;
	default:
		return EX_CANTCREAT;
	}
}

static enum exit_code
sync_parent(const char *path)
{
	if (newfile_syncparent(path) == 0)
		return EX_OK;
	warn_sys("%s: its directory", path);
	return EX_IOERR;
}

enum exit_code
archive_open(struct archive *a, const char *dir, const char *stamp)
{
	struct stat st;
	int made;

	memset(a, 0, sizeof *a);
	a->dir = dir;
	a->stamp = stamp;
	made = newfile_mkdir(dir, F_OK);
	if (made < 0 || stat(dir, &st) < 0) {
		warn_sys("%s", dir);
		return code_of(errno);
	}
	a->dev = st.st_dev;
	return made ? sync_parent(dir) : EX_OK;
}

/* Whether path still names the file that the item is. */
static int
is_there(const struct item *it)
{
	struct stat st;

	if (lstat(it->path, &st) == 0 && st.st_dev == it->st.st_dev &&
	    st.st_ino == it->st.st_ino)
		return 1;
	warn("%s: moved by another process", it->path);
	return 0;
}

/*
 * What one process finds half moved, no other may be moving: the file itself
 * is locked.  One that we may not write cannot be.
 */
static int
hold(struct item *it)
{
	const int flags = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

	it->fd = io_file(it->path, O_RDWR | flags, 0);
	if (it->fd < 0)
		it->fd = io_file(it->path, O_RDONLY | flags, 0);
	it->locked = it->fd >= 0 && lock_wait(it->fd) == 0;
	if (is_there(it))
		return 0;
	if (it->fd >= 0)
		close(it->fd);
	return -1;
}

static int
look_at(struct item *it, const char *path)
{
	it->path = path;
	if (lstat(path, &it->st) < 0) {
		warn_sys("%s", path);
		return -1;
	}
	if (!S_ISREG(it->st.st_mode)) {
		warn("%s: not a regular file", path);
		return -1;
	}
	it->name = span_filename(span_str(path));
	it->stem = name_stem(it->name);
	return hold(it);
}

/* Whether name could be one that this archive gave to it. */
static int
is_stamped(const struct item *it, const char *name)
{
	const struct span ext = span_drop(it->name, it->stem);
	size_t n = strlen(name);

	return n > it->name.n + 1 &&
	    memcmp(name, it->name.p, it->stem) == 0 &&
	    name[it->stem] == '-' && span_is(ext, name + n - ext.n);
}

static int
same_bytes(struct rd *a, struct rd *b)
{
	enum rd_status got;
	struct span x, y;

	for (;;) {
		got = rd_some(a, &x);
		if (rd_some(b, &y) != got || (got != RD_LINE && got != RD_EOF))
			return 0;
		if (got == RD_EOF)
			return 1;
		x.n = y.n = x.n < y.n ? x.n : y.n;
		if (!span_eq(x, y))
			return 0;
		rd_take(a, x.n);
		rd_take(b, y.n);
	}
}

static int
same_content(int fd, const char *path)
{
	struct rd a, b;
	int other, same;

	other = io_file(path, O_RDONLY | O_CLOEXEC, 0);
	if (other < 0)
		return 0;
	rd_init(&a, fd, IO_FOREVER, PIECE);
	rd_init(&b, other, IO_FOREVER, PIECE);
	same = lseek(fd, 0, SEEK_SET) == 0 && same_bytes(&a, &b);
	rd_free(&a);
	rd_free(&b);
	close(other);
	return same;
}

/*
 * Whether path is what an earlier run that died before its last step made of
 * it: a link to the file, or on another file system a copy to the nanosecond.
 */
static int
is_twin(const struct item *it, const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	if (st.st_dev == it->st.st_dev)
		return st.st_ino == it->st.st_ino;
	return st.st_size == it->st.st_size &&
	    st.st_mtim.tv_sec == it->st.st_mtim.tv_sec &&
	    st.st_mtim.tv_nsec == it->st.st_mtim.tv_nsec &&
	    it->fd >= 0 && same_content(it->fd, path);
}

static int
find_twin(const struct archive *a, const struct item *it, struct buf *to)
{
	struct dirent *entry;
	int found = 0;
	DIR *d;

	if (it->st.st_nlink == 1 && it->st.st_dev == a->dev)
		return 0;
	d = io_dir(a->dir);
	if (d == NULL)
		return 0;
	while (!found && (entry = readdir(d)) != NULL) {
		if (!is_stamped(it, entry->d_name))
			continue;
		buf_setf(to, "%s/%s", a->dir, entry->d_name);
		found = is_twin(it, buf_str(to));
	}
	closedir(d);
	return found;
}

/* The first free name: f, or where that is NULL the item itself, gets it. */
static int
give_name(const struct archive *a, const struct item *it, struct newfile *f,
    struct buf *to)
{
	unsigned long n = 0;
	int r;

	do {
		buf_setf(to, "%s/", a->dir);
		name_number(to, it->name, a->stamp, ++n);
		r = f != NULL ? newfile_link(f, buf_str(to)) :
		    link(it->path, buf_str(to));
	} while (r < 0 && errno == EEXIST);
	return r;
}

static enum exit_code
fill(struct newfile *f, const struct item *it)
{
	struct timespec times[2];
	enum rd_status got;
	struct span bytes;
	struct rd rd;

	rd_init(&rd, it->fd, IO_FOREVER, PIECE);
	while ((got = rd_some(&rd, &bytes)) == RD_LINE &&
	    newfile_write(f, bytes.p, bytes.n) == 0)
		rd_take(&rd, bytes.n);
	rd_free(&rd);
	if (got != RD_LINE && got != RD_EOF) {
		errno = rd.err;
		warn_sys("%s", it->path);
		return EX_NOINPUT;
	}
	times[0] = it->st.st_atim;
	times[1] = it->st.st_mtim;
	if (f->err == 0 && (fchmod(f->fd, it->st.st_mode & 0777) < 0 ||
	    futimens(f->fd, times) < 0))
		f->err = errno;
	if (newfile_sync(f) == 0)
		return EX_OK;
	warn_sys("%s: cannot copy", it->path);
	return EX_IOERR;
}

static enum exit_code
copy(const struct archive *a, const struct item *it, struct buf *to)
{
	enum exit_code code;
	struct newfile f;

	if (it->fd < 0 || lseek(it->fd, 0, SEEK_SET) < 0) {
		warn("%s: cannot be read", it->path);
		return EX_NOINPUT;
	}
	if (newfile_open(&f, a->dir) < 0) {
		warn_sys("%s", a->dir);
		return code_of(errno);
	}
	code = fill(&f, it);
	if (code == EX_OK && give_name(a, it, &f, to) < 0) {
		warn_sys("%s", buf_str(to));
		code = code_of(errno);
	}
	newfile_drop(&f);
	return code;
}

static enum exit_code
put(const struct archive *a, const struct item *it, struct buf *to)
{
	if (give_name(a, it, NULL, to) == 0)
		return EX_OK;
	switch (errno) {
	case EXDEV:
	case EPERM:
	case EMLINK:
	case EOPNOTSUPP:
		return copy(a, it, to);
	case ENOENT:
		warn_sys("%s", it->path);
		return EX_NOINPUT;
	default:
		warn_sys("%s", buf_str(to));
		return code_of(errno);
	}
}

/* What the archive has a name for is there when the power has failed. */
static enum exit_code
sync_content(const struct item *it)
{
	if (it->fd < 0) {
		warn("%s: cannot be read", it->path);
		return EX_NOINPUT;
	}
	if (io_sync(it->fd) == 0)
		return EX_OK;
	warn_sys("%s", it->path);
	return EX_IOERR;
}

/* Not what another put in its place meanwhile. */
static enum exit_code
remove_source(const struct item *it)
{
	if (!is_there(it))
		return EX_NOINPUT;
	if (unlink(it->path) == 0)
		return EX_OK;
	warn_sys("%s: cannot remove", it->path);
	return EX_IOERR;
}

/*
 * Content and new name are safe on disk before the old one goes; *to is empty
 * where the file stayed in its place, and then the archive is as it was.  But
 * a file that could not be locked may now be in the archive by this name
 * alone.
 */
static enum exit_code
move(const struct archive *a, const struct item *it, struct buf *to)
{
	enum exit_code code;
	int twin = find_twin(a, it, to);

	code = sync_content(it);
	if (code == EX_OK && !twin)
		code = put(a, it, to);
	if (code != EX_OK) {
		buf_clear(to);
		return code;
	}
	if (newfile_syncdir(a->dir) < 0) {
		warn_sys("%s", a->dir);
		code = EX_IOERR;
	} else {
		code = remove_source(it);
	}
	if (code != EX_OK) {
		if (!twin && (it->locked || code != EX_NOINPUT))
			unlink(buf_str(to));
		buf_clear(to);
	}
	return code;
}

enum exit_code
archive_move(const struct archive *a, const char *path, struct buf *to)
{
	enum exit_code code;
	struct item it;

	buf_clear(to);
	if (look_at(&it, path) < 0)
		return EX_NOINPUT;
	code = move(a, &it, to);
	if (it.fd >= 0)
		close(it.fd);
	return to->n == 0 ? code : sync_parent(path);
}
