#include "dedup.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/crypt/sha256.h"
#include "sys/io.h"
#include "sys/lock.h"

/* Marks are gone through once in this time, so many at each call. */
#define PRUNE_EVERY (60 * 60)
#define PRUNE_STEP 500

static const char staged_end[] = ".new";

/* DIR/NAME with end behind it, as a string. */
static const char *
path(struct buf *b, const struct dedup *s, const char *name, const char *end)
{
	buf_set(b, buf_span(&s->dir));
	buf_addc(b, '/');
	buf_adds(b, name);
	buf_adds(b, end);
	return buf_str(b);
}

/* Whether a directory entry is KEY with end behind it. */
static int
is_key(const char *entry, const char *end)
{
	return strlen(entry) == DEDUP_HEX - 1 + strlen(end) &&
	    strspn(entry, "0123456789abcdef") == DEDUP_HEX - 1 &&
	    strcmp(entry + DEDUP_HEX - 1, end) == 0;
}

/*
 * KEY.new of an order whose server died.  With a second link the order got
 * its name.  With one only it did not: its client was told nothing and will
 * send it again, so the mark must go, and go first.
 */
static int
settle(const char *mark, const char *staged)
{
	struct stat st;

	if (lstat(staged, &st) < 0)
		return errno == ENOENT ? 0 : -1;
	if (st.st_nlink < 2 && unlink(mark) < 0 && errno != ENOENT)
		return -1;
	return unlink(staged);
}

/* No other server lives: everything unfinished is left over. */
static int
tidy(struct dedup *s)
{
	struct buf mark = { 0 }, staged = { 0 };
	struct dirent *entry;
	char key[DEDUP_HEX];
	int err = 0;
	DIR *d;

	newfile_sweep(buf_str(&s->dir));
	d = io_dir(buf_str(&s->dir));
	if (d == NULL)
		return -1;
	while ((entry = readdir(d)) != NULL)
		if (is_key(entry->d_name, staged_end)) {
			memcpy(key, entry->d_name, DEDUP_HEX - 1);
			key[DEDUP_HEX - 1] = '\0';
			if (settle(path(&mark, s, key, ""),
			    path(&staged, s, key, staged_end)) < 0)
				err = errno;
		}
	closedir(d);
	buf_free(&mark);
	buf_free(&staged);
	if (err == 0)
		return newfile_syncdir(buf_str(&s->dir));
	errno = err;
	return -1;
}

int
dedup_open(struct dedup *s, const char *dir)
{
	struct buf name = { 0 };
	int sole, err;

	memset(s, 0, sizeof *s);
	buf_adds(&s->dir, dir);
	s->lock = lock_claim(path(&name, s, ".lock", ""), &sole);
	buf_free(&name);
	if (s->lock >= 0 && (!sole ||
	    (tidy(s) == 0 && lock_share(s->lock) == 0)))
		return 0;
	err = errno;
	dedup_close(s);
	errno = err;
	return -1;
}

void
dedup_close(struct dedup *s)
{
	if (s->prune != NULL)
		closedir(s->prune);
	if (s->lock >= 0)
		close(s->lock);
	buf_free(&s->dir);
}

void
dedup_key(char key[DEDUP_HEX], struct span name, const char *sha,
    struct span tag)
{
	unsigned char digest[SHA256_SIZE];
	struct sha256 h;

	sha256_init(&h);
	sha256_add(&h, name.p, name.n);
	sha256_add(&h, "\n", 1);
	sha256_add(&h, sha, strlen(sha));
	sha256_add(&h, "\n", 1);
	sha256_add(&h, tag.p, tag.n);
	sha256_end(&h, digest);
	sha256_hex(key, digest, DEDUP_KEY);
}

int
dedup_lock(struct dedup *s)
{
	struct buf name = { 0 };
	int fd;

	fd = lock_take(path(&name, s, ".commit", ""), 1);
	buf_free(&name);
	return fd;
}

/* Whether a mark is there and counts still: 1, 0, or -1 with errno. */
static int
counts(const char *mark)
{
	struct stat st;

	if (lstat(mark, &st) < 0)
		return errno == ENOENT ? 0 : -1;
	return time(NULL) - st.st_mtime < DEDUP_REMEMBER;
}

int
dedup_look(struct dedup *s, const char *key)
{
	struct buf mark = { 0 }, staged = { 0 };
	int r;

	r = settle(path(&mark, s, key, ""), path(&staged, s, key, staged_end));
	if (r == 0)
		r = counts(buf_str(&mark));
	if (r == 0 && unlink(buf_str(&mark)) < 0 && errno != ENOENT)
		r = -1;
	buf_free(&mark);
	buf_free(&staged);
	return r;
}

int
dedup_stage(struct dedup *s, const char *key, struct newfile *f)
{
	struct buf name = { 0 };
	int fd = -1;

	if (newfile_rename(f, path(&name, s, key, staged_end)) == 0)
		fd = io_file(path(&name, s, key, ""),
		    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	buf_free(&name);
	return fd < 0 ? -1 : close(fd);
}

void
dedup_forget(struct dedup *s, const char *key, struct newfile *f)
{
	struct buf name = { 0 };

	if ((unlink(path(&name, s, key, "")) < 0 && errno != ENOENT) ||
	    newfile_syncdir(buf_str(&s->dir)) < 0)
		newfile_leave(f);
	buf_free(&name);
}

void
dedup_prune(struct dedup *s)
{
	struct dirent *entry;
	struct buf mark = { 0 };
	int i;

	if (s->prune == NULL && time(NULL) - s->pruned >= PRUNE_EVERY) {
		s->prune = io_dir(buf_str(&s->dir));
		s->pruned = time(NULL);
	}
	for (i = 0; s->prune != NULL && i < PRUNE_STEP; i++) {
		entry = readdir(s->prune);
		if (entry == NULL) {
			closedir(s->prune);
			s->prune = NULL;
		} else if (is_key(entry->d_name, "") &&
		    counts(path(&mark, s, entry->d_name, "")) == 0)
			unlink(buf_str(&mark));
	}
	buf_free(&mark);
}
