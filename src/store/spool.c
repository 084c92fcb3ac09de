#include "spool.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "dedup.h"
#include "format/wire/name.h"
#include "sys/io.h"
#include "sys/newfile.h"

/* So many orders make a commit worth while; each holds a descriptor. */
#define GROUP 128

enum state {
	OPEN,			/* not committed yet */
	STORED,
	DUPLICATE,
	FAILED
};

struct spool {
	struct buf dir, seen_dir;
	struct dedup seen;
	int is_open;		/* seen is */
	struct spool_file *group, **group_end;	/* those that wait */
	size_t waiting;
	size_t count;		/* files not freed yet */
	int only_one, has_stored;
	void (*stored)(void *arg, const char *path);
	void *arg;
};

struct spool_file {
	struct spool *spool;
	struct spool_file *next;	/* in the group */
	int waits;		/* is in the group */
	enum state state;
	int err;
	struct newfile file;
	struct buf name;	/* as asked for, then as it was given */
	char key[DEDUP_HEX];	/* "" where no mark is made */
};

struct spool *
spool_new(const char *dir, int only_one,
    void (*stored)(void *arg, const char *path), void *arg)
{
	struct spool *s;

	s = die_calloc(1, sizeof *s);
	s->group_end = &s->group;
	s->only_one = only_one;
	s->stored = stored;
	s->arg = arg;
	buf_adds(&s->dir, dir);
	buf_addf(&s->seen_dir, "%s/.seen", dir);
	return s;
}

void
spool_make(void *spool)
{
	struct spool *s = spool;

	if (newfile_mkdir(buf_str(&s->dir), W_OK | X_OK) < 0 ||
	    newfile_mkdir(buf_str(&s->seen_dir), W_OK | X_OK) < 0)
		die_sys(EX_CANTCREAT, "%s", buf_str(&s->dir));
}

void
spool_start(void *spool)
{
	struct spool *s = spool;

	spool_make(s);
	if (dedup_open(&s->seen, buf_str(&s->seen_dir)) < 0)
		die_sys(EX_CANTCREAT, "%s", buf_str(&s->dir));
	s->is_open = 1;
}

void
spool_free(struct spool *s)
{
	if (s->is_open)
		dedup_close(&s->seen);
	buf_free(&s->seen_dir);
	buf_free(&s->dir);
	free(s);
}

static void *
begin(void *store)
{
	struct spool *s = store;
	struct spool_file *f;
	struct newfile file;

	if (s->only_one && (s->has_stored || s->count > 0)) {
		errno = EBUSY;
		return NULL;
	}
	if (newfile_open(&file, buf_str(&s->seen.dir)) < 0) {
		warn_sys("%s", buf_str(&s->dir));
		return NULL;
	}
	f = die_calloc(1, sizeof *f);
	f->spool = s;
	f->file = file;
	s->count++;
	return f;
}

static void
write_file(void *file, const void *p, size_t n)
{
	struct spool_file *f = file;

	if (newfile_write(&f->file, p, n) < 0)
		f->err = errno;
}

static void
name_by_date(struct buf *name)
{
	char text[64];
	struct tm tm;
	time_t now = time(NULL);

	gmtime_r(&now, &tm);
	strftime(text, sizeof text, "order-%Y%m%d-%H%M%S.txt", &tm);
	buf_adds(name, text);
}

static int
finish(void *file, struct span name, const char *sha, struct span tag)
{
	struct spool_file *f = file;
	struct spool *s = f->spool;

	if (name.n > 0) {
		buf_addspan(&f->name, name);
		if (sha != NULL)
			dedup_key(f->key, name, sha, tag);
	} else {
		name_by_date(&f->name);
	}
	newfile_start(&f->file);
	f->waits = 1;
	*s->group_end = f;
	s->group_end = &f->next;
	return ++s->waiting >= GROUP;
}

/* NAME-i.EXT in the spool; the first is NAME.EXT itself. */
static const char *
numbered(struct buf *b, const struct spool_file *f, unsigned long i)
{
	buf_set(b, buf_span(&f->spool->dir));
	buf_addc(b, '/');
	name_number(b, buf_span(&f->name), "", i);
	return buf_str(b);
}

static int
is_taken(struct buf *b, const struct spool_file *f, unsigned long i)
{
	struct stat st;

	return lstat(numbered(b, f, i), &st) == 0;
}

/*
 * Links the file to the first free name, without trying them all one by one:
 * steps that double until one is free, then halving.  Where there are holes
 * it finds the end of a run of taken ones.
 */
static int
give_name(struct spool_file *f)
{
	unsigned long lo = 1, hi = 2, mid;
	struct buf to = { 0 };
	int r;

	r = newfile_link(&f->file, numbered(&to, f, 1));
	if (r < 0 && errno == EEXIST) {
		for (; is_taken(&to, f, hi); hi *= 2)
			lo = hi;
		while (hi - lo > 1) {
			mid = lo + (hi - lo) / 2;
			if (is_taken(&to, f, mid))
				lo = mid;
			else
				hi = mid;
		}
		do
			r = newfile_link(&f->file, numbered(&to, f, hi++));
		while (r < 0 && errno == EEXIST);
	}
	if (r == 0)
		buf_set(&f->name, span_of(to.p + f->spool->dir.n + 1,
		    to.n - f->spool->dir.n - 1));
	buf_free(&to);
	return r;
}

/* Gives the order its name, unless it had one before. */
static enum state
place_keyed(struct dedup *seen, struct spool_file *f)
{
	int r, err;

	r = dedup_look(seen, f->key);
	if (r != 0)
		return r > 0 ? DUPLICATE : FAILED;
	if (dedup_stage(seen, f->key, &f->file) == 0 && give_name(f) == 0)
		return STORED;
	err = errno;
	dedup_forget(seen, f->key, &f->file);
	errno = err;
	return FAILED;
}

static void
place(struct dedup *seen, struct spool_file *f)
{
	if (f->key[0] != '\0')
		f->state = place_keyed(seen, f);
	else
		f->state = give_name(f) == 0 ? STORED : FAILED;
	if (f->state == FAILED)
		f->err = errno;
}

static void
fail(struct spool_file *f, int err)
{
	f->state = FAILED;
	f->err = err;
}

/* Whether any of those that wait has left a mark. */
static int
has_marks(const struct spool *s)
{
	const struct spool_file *f;

	for (f = s->group; f != NULL; f = f->next)
		if (f->key[0] != '\0')
			return 1;
	return 0;
}

static void
add_path(const struct spool_file *f, struct buf *b)
{
	buf_addspan(b, buf_span(&f->spool->dir));
	if (f->name.n == 0)
		return;
	buf_addc(b, '/');
	buf_addspan(b, buf_span(&f->name));
}

/* The names first: a mark must not outlive its order's name. */
static int
sync_dirs(struct spool *s)
{
	if (newfile_syncdir(buf_str(&s->dir)) < 0)
		return -1;
	return has_marks(s) ? newfile_syncdir(buf_str(&s->seen.dir)) : 0;
}

/*
 * The order will be refused.  A name that somebody has taken already cannot be
 * taken back; then the mark stays, so that the order is not mailed again when
 * it is sent again.
 */
static void
take_back(struct spool *s, struct spool_file *f)
{
	struct buf path = { 0 };

	add_path(f, &path);
	if (newfile_undo(buf_str(&path)) == 0 && f->key[0] != '\0')
		dedup_forget(&s->seen, f->key, &f->file);
	buf_free(&path);
}

/*
 * Names those whose content is safe.  The caller holds the lock: no other
 * server takes a mark for an order's that may still be refused.
 */
static void
place_all(struct spool *s)
{
	struct spool_file *f;
	int err;

	for (f = s->group; f != NULL; f = f->next)
		if (f->state == OPEN)
			place(&s->seen, f);
	if (sync_dirs(s) == 0)
		return;
	err = errno;
	for (f = s->group; f != NULL; f = f->next) {
		if (f->state == STORED)
			take_back(s, f);
		if (f->state != FAILED)
			fail(f, err);
	}
}

/* Those that wait are safe, or have failed. */
static void
settle(struct spool *s)
{
	struct spool_file *f;
	int lock, err;

	for (f = s->group; f != NULL; f = f->next)
		if (newfile_sync(&f->file) < 0)
			fail(f, errno);
	lock = dedup_lock(&s->seen);
	err = errno;
	if (lock >= 0)
		place_all(s);
	for (f = s->group; f != NULL; f = f->next) {
		if (f->state == OPEN)
			fail(f, err);
		newfile_drop(&f->file);
		f->waits = 0;
	}
	if (lock < 0)
		return;
	dedup_prune(&s->seen);
	close(lock);
}

void
spool_commit(void *spool)
{
	struct spool *s = spool;
	struct buf path = { 0 };
	struct spool_file *f;

	if (s->group == NULL)
		return;
	settle(s);
	for (f = s->group; f != NULL; f = f->next)
		if (f->state == STORED) {
			s->has_stored = 1;
			buf_clear(&path);
			add_path(f, &path);
			s->stored(s->arg, buf_str(&path));
		}
	s->group = NULL;
	s->group_end = &s->group;
	s->waiting = 0;
	buf_free(&path);
}

static int
outcome(void *file, struct span *name)
{
	const struct spool_file *f = file;
	struct buf path = { 0 };

	*name = buf_span(&f->name);
	if (f->state == DUPLICATE)
		return EEXIST;
	if (f->state == STORED || (f->state == OPEN && f->err == 0))
		return 0;
	add_path(f, &path);
	errno = f->err;
	warn_sys("%s", buf_str(&path));
	buf_free(&path);
	return f->err;
}

static int
look(void *store, struct span name, uint64_t *size, int64_t *time)
{
	const struct spool *s = store;
	struct buf path = { 0 };
	struct stat st;
	int r;

	buf_addspan(&path, buf_span(&s->dir));
	buf_addc(&path, '/');
	buf_addspan(&path, name);
	r = name.n == 0 || name.p[0] == '.' ? -1 : lstat(buf_str(&path), &st);
	buf_free(&path);
	if (r < 0 || !S_ISREG(st.st_mode))
		return -1;
	*size = (uint64_t)st.st_size;
	*time = (int64_t)st.st_mtime;
	return 0;
}

static int
list(void *store, void (*visit)(void *to, struct span name, uint64_t size,
    int64_t time), void *to)
{
	struct spool *s = store;
	struct dirent *e;
	struct span name;
	uint64_t size;
	int64_t when;
	DIR *dir;

	dir = io_dir(buf_str(&s->dir));
	if (dir == NULL) {
		warn_sys("%s", buf_str(&s->dir));
		return -1;
	}
	while ((e = readdir(dir)) != NULL) {
		name = span_str(e->d_name);
		if (look(s, name, &size, &when) == 0)
			visit(to, name, size, when);
	}
	closedir(dir);
	return 0;
}

/* Takes f out of the group. */
static void
leave_group(struct spool_file *f)
{
	struct spool *s = f->spool;
	struct spool_file **at = &s->group;

	while (*at != f)
		at = &(*at)->next;
	*at = f->next;
	if (*at == NULL)
		s->group_end = at;
	s->waiting--;
}

static void
drop(void *file)
{
	struct spool_file *f = file;

	if (f->waits)
		leave_group(f);
	f->spool->count--;
	newfile_drop(&f->file);
	buf_free(&f->name);
	free(f);
}

const struct order_store spool_store = {
	.begin = begin, .write = write_file, .finish = finish,
	.outcome = outcome, .drop = drop, .look = look, .list = list
};
