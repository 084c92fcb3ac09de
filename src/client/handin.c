#include "handin.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "client/client.h"
#include "format/wire/name.h"
#include "format/wire/ordline.h"
#include "format/wire/results.h"
#include "sys/io.h"

#define CHUNK 65536

/* A file of ours alone, gone when it is closed. */
static int
nameless(const char *tmpdir)
{
	struct buf path = { 0 };
	char *name;
	int fd, err;

	buf_addf(&path, "%s/ordersend.XXXXXX", tmpdir);
	name = span_dup(buf_span(&path));
	buf_free(&path);
	fd = mkstemp(name);
	err = errno;
	if (fd >= 0) {
		unlink(name);
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	}
	free(name);
	errno = err;
	return fd;
}

/* Reads all of fd, counting and hashing; copies it to copy unless -1. */
static enum exit_code
take_in(struct orderfile *f, int fd, int copy)
{
	enum exit_code code = EX_OK;
	unsigned char digest[SHA256_SIZE];
	struct sha256 h;
	char *chunk;
	ssize_t r;

	chunk = malloc(CHUNK);
	if (chunk == NULL)
		die_nomem();
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

static enum exit_code
read_file(struct orderfile *f, const char *path, const char *tmpdir, int hashed)
{
	int fd, err, is_stdin = strcmp(path, "-") == 0;
	enum exit_code code = EX_OK;

	fd = io_open(path);
	if (fd < 0)
		return EX_NOINPUT;
	if (fstat(fd, &f->st) < 0)
		code = EX_NOINPUT;
	else if (is_stdin || !S_ISREG(f->st.st_mode)) {
		f->fd = nameless(tmpdir);
		if (f->fd < 0)
			code = EX_CANTCREAT;
	}
	if (code == EX_OK && (hashed || f->fd >= 0))
		code = take_in(f, fd, f->fd);
	else
		f->size = (uint64_t)f->st.st_size;
	err = errno;
	if (!is_stdin)
		close(fd);
	errno = err;
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

#define STDIN_NAME "order.txt"	/* what standard input is called */

void
handin_check(char *const *paths, const char *name)
{
	size_t i, inputs = 0;
	const char *why;

	for (i = 0; paths[i] != NULL; i++)
		inputs += strcmp(paths[i], "-") == 0;
	if (inputs > 1)
		die(EX_USAGE, "-: standard input can be sent only once");
	if (name == NULL)
		return;
	if (i > 1)
		die(EX_USAGE, "-n: one name for several files");
	why = ordline_name_check(span_str(name));
	if (why != NULL)
		die(EX_USAGE, "-n: %s: %s", name, why);
}

/* The name a file goes under, where it is given none. */
static struct span
own_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (strcmp(path, "-") == 0)
		return span_str(STDIN_NAME);
	return span_str(slash != NULL ? slash + 1 : path);
}

enum exit_code
handin_load(struct handin *h, char *const *paths, const char *name,
    const char *tmpdir, int hashed)
{
	enum exit_code code = EX_OK, loaded;
	struct orderfile *f;
	struct span called;
	const char *why;
	size_t n = 0;

	if (tmpdir == NULL || *tmpdir == '\0')
		tmpdir = "/tmp";
	while (paths[n] != NULL)
		n++;
	h->n = 0;
	h->files = die_calloc(n, sizeof *h->files);
	for (; *paths != NULL; paths++) {
		f = &h->files[h->n];
		called = name != NULL ? span_str(name) : own_name(*paths);
		why = ordline_name_check(called);
		if (why != NULL) {
			warn("%s: %s (-n gives another)", *paths, why);
			code = result_worst(code, EX_DATAERR);
			continue;
		}
		loaded = orderfile_load(f, *paths, called, tmpdir, hashed);
		if (loaded == EX_OK) {
			h->n++;
			continue;
		}
		warn_sys("%s", loaded == EX_NOINPUT ? *paths : tmpdir);
		orderfile_free(f);
		code = result_worst(code, loaded);
	}
	return code;
}

void
handin_free(struct handin *h)
{
	size_t i;

	for (i = 0; i < h->n; i++)
		orderfile_free(&h->files[i]);
	free(h->files);
}

/* A pause before the next connection. */
static void
pause_for(long attempt, int verbose)
{
	long ms = client_pause(attempt);
	struct timespec t;

	if (verbose)
		warn("trying again in %ld ms", ms);
	t.tv_sec = ms / 1000;
	t.tv_nsec = ms % 1000 * 1000000;
	nanosleep(&t, NULL);
}

/* How many of n files have no answer, or one that may be another later. */
static size_t
count_open(const struct orderfile *files, size_t n)
{
	size_t i, open = 0;

	for (i = 0; i < n; i++)
		if (orderfile_is_open(&files[i]))
			open++;
	return open;
}

enum exit_code
handin_send(const struct handin *h, enum exit_code (*try)(void *arg,
    struct orderfile *files, size_t n), void *arg)
{
	size_t open = count_open(h->files, h->n), before;
	enum exit_code code = EX_OK;
	long attempt = 0;

	while (open > 0) {
		before = open;
		code = try(arg, h->files, h->n);
		open = count_open(h->files, h->n);
		if (open == 0 || (code != EX_OK && code != EX_TEMPFAIL))
			break;
		/* Only a connection that brought nothing is a failure. */
		if (open < before) {
			attempt = 0;
			continue;
		}
		if (attempt == h->retries)
			break;
		pause_for(attempt++, h->verbose);
	}
	return open == 0 ? EX_OK : code;
}

void
handin_blame(struct orderfile *files, size_t n,
    const struct net_addr *server, struct span why, int verbose)
{
	struct buf text = { 0 };
	char addr[NET_TEXT_MAX];
	size_t i;

	net_text(server, addr);
	buf_addf(&text, "%s: %.*s", addr, (int)why.n, why.p);
	for (i = 0; i < n; i++)
		if (files[i].code == 0)
			orderfile_outcome(&files[i], 0, buf_span(&text));
	buf_free(&text);
	if (verbose)
		warn("%.*s", (int)why.n, why.p);
}
