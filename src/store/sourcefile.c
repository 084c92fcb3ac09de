#include "sourcefile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/mail/crlf.h"
#include "linefile.h"
#include "sys/charset.h"
#include "sys/cli.h"
#include "sys/io.h"
#include "sys/secret.h"

#define RESULTS_MAX ((size_t)1 << 30)	/* more were never sent at once */

/* In base64 a file is a third larger, and a message has 128 MB. */
#define FILE_SIZE_MAX ((size_t)64 << 20)

#define LINKS_MAX 8		/* from one to the next */
#define DEPTH_MAX 100		/* directories */

/* --- The directory of files ----------------------------------------------- */

/* A path that is followed, and the text of a link on the way. */
struct follow {
	char path[PATH_MAX], link[PATH_MAX];
};

static int
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Whether the directory, or one above it, is the one that is open. */
static int
is_below(const struct attachdir *d, int dir)
{
	struct stat top, here, above;
	int fd = -1, up, i, found = 0;

	if (fstat(d->fd, &top) < 0 || fstat(dir, &here) < 0)
		return 0;
	for (i = 0; i < DEPTH_MAX && !(found = is_same(&top, &here)); i++) {
		up = openat(fd >= 0 ? fd : dir, "..",
		    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0)
			close(fd);
		fd = up;
		if (up < 0 || fstat(up, &above) < 0 || is_same(&above, &here))
			break;
		here = above;
	}
	if (fd >= 0)
		close(fd);
	return found;
}

/* The directory of the path, which is cut to its last part. */
static int
open_parent(int at, char *path)
{
	char *slash = strrchr(path, '/');
	int fd;

	if (slash == NULL)
		return openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*slash = '\0';
	fd = openat(at, slash == path ? "/" : path,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	memmove(path, slash + 1, strlen(slash + 1) + 1);
	return fd;
}

/*
 * Opens what the path leads to, link by link: the directory of each step lies
 * below d, and its last part is no link by the time it is opened.
 */
static int
follow(const struct attachdir *d, struct follow *f, const char **why)
{
	const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
	int at = d->fd, parent, fd = -1, i;
	ssize_t n;

	for (i = 0; i < LINKS_MAX; i++) {
		parent = open_parent(at, f->path);
		if (at != d->fd)
			close(at);
		at = parent;
		if (parent < 0)
			break;
		if (!is_below(d, parent)) {
			*why = "it leads out of the directory of -a";
			break;
		}
		fd = openat(parent, f->path, flags);
		if (fd >= 0 || (errno != ELOOP && errno != EMLINK))
			break;
		n = readlinkat(parent, f->path, f->link, sizeof f->link - 1);
		if (n < 0)
			break;
		memcpy(f->path, f->link, (size_t)n);
		f->path[n] = '\0';
	}
	if (fd < 0 && *why == NULL)
		*why = i == LINKS_MAX ? strerror(ELOOP) : strerror(errno);
	if (at >= 0 && at != d->fd)
		close(at);
	return fd;
}

/* Opens a file below d: its descriptor, or -1 with *why. */
static int
open_file(const struct attachdir *d, const char *path, const char **why)
{
	struct follow f;
	struct stat st;
	int fd;

	*why = strlen(path) < sizeof f.path ? NULL : strerror(ENAMETOOLONG);
	if (*why != NULL)
		return -1;
	memcpy(f.path, path, strlen(path) + 1);
	fd = follow(d, &f, why);
	if (fd < 0)
		return -1;
	if (fstat(fd, &st) < 0)
		*why = strerror(errno);
	else if (!S_ISREG(st.st_mode))
		*why = "not a regular file";
	else if ((uintmax_t)st.st_size > FILE_SIZE_MAX)
		*why = "larger than 64 MB";
	if (*why == NULL)
		return fd;
	close(fd);
	return -1;
}

static const char *
check(void *arg, const char *path)
{
	const char *why;
	int fd = open_file(arg, path, &why);

	if (fd >= 0)
		close(fd);
	return why;
}

static const char *
read_file(void *arg, const char *path, struct buf *content)
{
	const char *why;
	int fd = open_file(arg, path, &why);

	if (fd < 0)
		return why;
	if (io_slurp(fd, content, FILE_SIZE_MAX) < 0)
		why = strerror(errno);
	close(fd);
	return why;
}

/* Ends the program where it cannot. */
static void
open_dir(struct attachdir *d, const char *path)
{
	d->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (d->fd < 0)
		die_sys(die_errno(errno, EX_NOINPUT), "%s", path);
	d->store.arg = d;
	d->store.check = check;
	d->store.read = read_file;
}

/* --- Orders and tables ---------------------------------------------------- */

static int
is_stdin(const char *path)
{
	return path != NULL && strcmp(path, "-") == 0;
}

int
sourcefile_stdins(const struct sourcefiles *f)
{
	int n = is_stdin(f->path) + is_stdin(f->table) + is_stdin(f->results) +
	    is_stdin(f->journal);
	size_t i;

	for (i = 0; i < f->nlists; i++)
		n += is_stdin(f->lists[i]);
	return n;
}

/* A line of a list of those whom no letter goes to. */
static const char *
take_line(void *exclude, struct span line, enum linefile_line kind)
{
	const char *why;

	if (kind == LINEFILE_LONG)
		return "line too long";
	return exclude_line(exclude, line, &why) < 0 ? why : NULL;
}

/* A journal that is not there is an empty one; its last line may be cut off. */
static void
read_journal(struct exclude *x, const char *path)
{
	struct buf text = { 0 };
	struct span rest;

	if (io_text(path, &text, RESULTS_MAX) < 0 && errno != ENOENT)
		die_sys(die_errno(errno, EX_NOINPUT), "%s", path);
	rest = buf_span(&text);
	while (rest.n > 0)
		exclude_had(x, span_chomp(span_line(&rest)));
	buf_free(&text);
}

static enum exit_code
read_lists(struct exclude *x, const struct sourcefiles *f)
{
	enum exit_code code = EX_OK, told;
	size_t i;

	for (i = 0; i < f->nlists; i++) {
		told = linefile_read(f->lists[i], take_line, x);
		code = told > code ? told : code;
	}
	if (code == EX_OK && f->journal != NULL)
		read_journal(x, f->journal);
	return code;
}

static void
read_key(struct sourcefiles *f)
{
	struct buf key = { 0 };

	secret_need(f->keyfile, &key, TAG_KEY_MAX);
	tag_key(&f->key, buf_span(&key));
	secret_wipe(&key);
}

static enum exit_code
read_table(struct source *s, const struct sourcefiles *f, struct buf *faults)
{
	struct buf table = { 0 };
	enum exit_code code;

	s->table = io_name(f->table);
	code = charset_read(&table, f->table, 'C', f->table_charset,
	    ORDER_SIZE_MAX);
	if (code == EX_OK && source_table(s, buf_span(&table), faults) < 0)
		code = EX_DATAERR;
	buf_free(&table);
	return code;
}

/* That there is no key counts where nothing else is wrong. */
static enum exit_code
worse(enum exit_code a, enum exit_code b)
{
	if (a == EX_CONFIG && b != EX_OK)
		return b;
	if (b == EX_CONFIG && a != EX_OK)
		return a;
	return a > b ? a : b;
}

/* What is wrong with the order is told whatever is wrong with its table. */
static enum exit_code
read_order(struct source *s, struct buf *text, const struct sourcefiles *f,
    struct buf *faults)
{
	enum exit_code table = EX_OK, code;

	s->name = io_name(f->path);
	if (f->table != NULL)
		table = read_table(s, f, faults);
	if (table != EX_OK && faults->n == 0)
		return table;
	code = charset_read(text, f->path, 'c', f->charset, ORDER_SIZE_MAX);
	if (code == EX_OK && source_order(s, buf_span(text), faults) < 0)
		code = source_keyless(s) ? EX_CONFIG : EX_DATAERR;
	return worse(table, code);
}

/*
 * Only those recipients whom results(5) name, in an order that is right; the
 * results are read in any case, for what is wrong with them.
 */
static enum exit_code
keep(struct source *s, const struct sourcefiles *f, int right,
    struct buf *faults)
{
	const char *name = io_name(f->results);
	const size_t had = faults->n;
	const unsigned states = f->states != 0 ? f->states :
	    1U << RESULT_DEFERRED;
	enum exit_code code;
	struct buf text = { 0 };
	struct dsn dsn = { 0 };

	if (io_text(f->results, &text, RESULTS_MAX) < 0) {
		code = die_errno(errno, EX_NOINPUT);
		warn_sys("%s", name);
		buf_free(&text);
		return code;
	}
	dsn_read(&dsn, buf_span(&text), name, faults);
	if (right && faults->n == had &&
	    source_keep(s, &dsn, states, faults) == 0)
		die(EX_NOUSER, "%s: no recipient of the order is in such a "
		    "state", name);
	dsn_free(&dsn);
	buf_free(&text);
	return faults->n > had ? EX_DATAERR : EX_OK;
}

enum exit_code
sourcefile_read(struct source *s, struct buf *text, struct sourcefiles *f,
    struct buf *faults)
{
	struct exclude exclude = { 0 };
	enum exit_code code = EX_OK;

	if (f->dir != NULL) {
		open_dir(&f->attach, f->dir);
		s->files = &f->attach.store;
	}
	if (f->keyfile != NULL) {
		read_key(f);
		s->key = &f->key;
	}
	if (f->nlists > 0) {
		code = read_lists(&exclude, f);
		s->exclude = &exclude;
	}
	code = worse(code, read_order(s, text, f, faults));
	if (f->results != NULL)
		code = worse(code, keep(s, f, code == EX_OK, faults));
	if (s->exclude != NULL)
		exclude_free(&exclude);
	s->exclude = NULL;
	return code;
}

void
sourcefile_made(struct buf *b, struct source *s, const struct sourcefiles *f)
{
	struct buf faults = { 0 };

	if (f->nlists > 0 && source_keep(s, NULL, 0, &faults) == 0)
		die(EX_NOUSER, "all recipients of the order are left out");
	cli_faults(&faults);
	crlf_remove(b, s->order.text);
	buf_free(&faults);
}
