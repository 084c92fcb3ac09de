#include "orderfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "format/wire/name.h"
#include "sys/io.h"

#define CHUNK 65536

/* A file of ours alone, gone when it is closed. */
static int
nameless(const char *tmpdir)
{
	struct buf path = { 0 };
	int fd;

	buf_adds(&path, tmpdir);
	buf_add(&path, "/ordersend.XXXXXX", sizeof "/ordersend.XXXXXX");
	fd = mkstemp(path.p);
	if (fd >= 0) {
		unlink(path.p);
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	}
	buf_free(&path);
	return fd;
}

/* Reads all of fd, counting and hashing; copies it to copy unless -1. */
static enum exit_code
take_in(struct orderfile *f, int fd, int copy)
{
	enum exit_code code = EX_OK;
	unsigned char digest[SHA256_SIZE];
	struct sha256 h;
	char *chunk = die_realloc(NULL, CHUNK, 1);
	ssize_t r;

	sha256_init(&h);
	while (code == EX_OK) {
		r = read(fd, chunk, CHUNK);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			code = EX_NOINPUT;
		if (r <= 0)
			break;
		sha256_add(&h, chunk, (size_t)r);
		f->size += (size_t)r;
		if (copy >= 0 && io_write(copy, chunk, (size_t)r) < 0)
			code = EX_IOERR;
	}
	free(chunk);
	sha256_end(&h, digest);
	sha256_hex(f->sha, digest, sizeof digest);
	return code;
}

/* A file that says how large it is; those of /proc are all said to be empty. */
static int
is_sized(int fd, const struct stat *st)
{
	char c;

	return S_ISREG(st->st_mode) &&
	    (st->st_size > 0 || pread(fd, &c, 1, 0) <= 0);
}

static enum exit_code
read_file(struct orderfile *f, const char *path, const char *tmpdir, int hashed)
{
	int fd, is_stdin = strcmp(path, "-") == 0;
	enum exit_code code = EX_OK;

	fd = io_open(path);
	if (fd < 0)
		return EX_NOINPUT;
	if (fstat(fd, &f->st) < 0)
		code = EX_NOINPUT;
	else if (is_stdin || !is_sized(fd, &f->st)) {
		f->fd = nameless(tmpdir);
		if (f->fd < 0)
			code = EX_CANTCREAT;
	}
	if (code == EX_OK && (hashed || f->fd >= 0))
		code = take_in(f, fd, f->fd);
	else
		f->size = (uint64_t)f->st.st_size;
	if (!is_stdin)
		io_close(fd);
	return code;
}

enum exit_code
orderfile_load(struct orderfile *f, const char *path, struct span name,
    const char *tmpdir, int hashed)
{
	memset(f, 0, sizeof *f);
	f->path = path;
	f->fd = -1;
	if (hashed)
		name_encode(&f->name, name);
	else
		buf_addspan(&f->name, name);
	return read_file(f, path, tmpdir, hashed);
}

static int
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	    a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

int
orderfile_open(struct orderfile *f, const char **why)
{
	struct stat st;
	int fd;

	*why = NULL;
	if (f->fd >= 0) {
		if (lseek(f->fd, 0, SEEK_SET) < 0)
			*why = strerror(errno);
		return *why == NULL ? f->fd : -1;
	}
	fd = io_open(f->path);
	if (fd < 0 || fstat(fd, &st) < 0)
		*why = strerror(errno);
	else if (!is_same(&st, &f->st))
		*why = "changed since it was read";
	if (*why == NULL)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

void
orderfile_done(struct orderfile *f, int fd)
{
	if (fd != f->fd)
		close(fd);
}

void
orderfile_outcome(struct orderfile *f, int code, struct span text)
{
	f->code = code;
	buf_set(&f->text, text);
}

void
orderfile_spoiled(struct orderfile *f, const char *why)
{
	orderfile_outcome(f, ORDERFILE_SPOILED, span_str(why != NULL ? why :
	    "became shorter while it was being sent"));
}

int
orderfile_is_open(const struct orderfile *f)
{
	return f->code == 0 || f->code / 100 == 4;
}

void
orderfile_free(struct orderfile *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
	buf_free(&f->name);
	buf_free(&f->text);
}
