#include "workdir.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/wire/name.h"
#include "sys/lock.h"
#include "sys/newfile.h"

#define NAME_LONGEST 200	/* octets: .results and the like have room */

/* The state of an order has one dot in front, and no order has. */
static const char lock_name[] = "..lock";
static const char journal_end[] = ".results";

enum exit_code
workdir_open(struct workdir *w, const char *dir)
{
	struct stat st;

	memset(w, 0, sizeof *w);
	w->dir = dir;
	w->lock = -1;
	buf_addf(&w->lock_path, "%s/%s", dir, lock_name);
	if (newfile_mkdir(dir, F_OK) >= 0 && stat(dir, &st) == 0)
		w->lock = lock_take(buf_str(&w->lock_path), 1);
	if (w->lock < 0) {
		warn_sys("%s", dir);
		buf_free(&w->lock_path);
		return die_errno(errno, EX_CANTCREAT);
	}
	w->dev = st.st_dev;
	w->ino = st.st_ino;
	return EX_OK;
}

void
workdir_close(struct workdir *w)
{
	/* Whoever waits for it notices; one that stays does no harm. */
	unlink(buf_str(&w->lock_path));
	close(w->lock);
	buf_free(&w->lock_path);
}

int
workdir_is_journal(struct span name)
{
	return span_ends(name, journal_end);
}

static const char *
path_of(struct buf *b, const struct workdir *w, const char *before,
    struct span name, const char *after)
{
	buf_setf(b, "%s/%s", w->dir, before);
	buf_addspan(b, name);
	buf_adds(b, after);
	return buf_str(b);
}

int
workdir_has(const struct workdir *w, struct span name)
{
	struct buf path = { 0 };
	struct stat st;
	int has;

	has = lstat(path_of(&path, w, "", name, ""), &st) == 0 &&
	    S_ISREG(st.st_mode);
	buf_free(&path);
	return has;
}

int
workdir_is_state(const struct workdir *w, struct span name)
{
	struct buf path = { 0 };
	struct stat st;
	int is_state;

	is_state = name.n > 1 && name.p[0] == '.' && name.p[1] != '.' &&
	    stat(path_of(&path, w, "", name, ""), &st) == 0 &&
	    S_ISDIR(st.st_mode);
	buf_free(&path);
	return is_state;
}

int
workdir_is_plain(struct span name)
{
	size_t n;

	for (; name.n > 0; name = span_drop(name, n > 0 ? n : 1)) {
		n = span_char(name);
		if (n > 0 && span_printable(name) == 0)
			return 0;
	}
	return 1;
}

void
workdir_call(struct buf *name, const char *path)
{
	const struct span own = span_filename(span_str(path));
	struct span s = own;
	size_t n, end = name->n + NAME_LONGEST;

	for (; s.n > 0; s = span_drop(s, n)) {
		n = span_char(s);
		n += n == 0;
		if (name->n + n > end)
			break;
		if (workdir_is_plain(span_of(s.p, n)))
			buf_add(name, s.p, n);
		else
			buf_addc(name, '?');
	}
	if (own.n > NAME_LONGEST || workdir_is_journal(own))
		buf_adds(name, ".txt");
}

/* 1 where neither an order nor the state of one has the name, 0, or -1. */
static int
is_free(const struct workdir *w, struct span name)
{
	struct buf path = { 0 };
	struct stat st;
	int is_there;

	is_there = lstat(path_of(&path, w, "", name, ""), &st) == 0 ||
	    (errno == ENOENT &&
	    lstat(path_of(&path, w, ".", name, ""), &st) == 0);
	buf_free(&path);
	return is_there ? 0 : errno == ENOENT ? 1 : -1;
}

/* Finds a free name.  0, or -1 with errno. */
static int
give_name(const struct workdir *w, const char *path, struct buf *name)
{
	struct buf own = { 0 };
	unsigned long i = 0;
	int r;

	workdir_call(&own, path);
	do {
		buf_clear(name);
		name_number(name, buf_span(&own), "", ++i);
		r = is_free(w, buf_span(name));
	} while (r == 0);
	buf_free(&own);
	return r < 0 ? -1 : 0;
}

/*
 * What an earlier order of the name has left is gone for good before there is
 * another: its journal must not speak of this one.
 */
static int
clear_name(const struct workdir *w, struct span name)
{
	struct buf path = { 0 };
	int r;

	r = unlink(path_of(&path, w, "", name, journal_end));
	r = r < 0 && errno != ENOENT ? -1 : newfile_syncdir(w->dir);
	buf_free(&path);
	return r;
}

enum exit_code
workdir_take(struct workdir *w, const char *path, struct buf *name)
{
	struct buf to = { 0 };
	enum exit_code code;

	if (give_name(w, path, name) < 0 ||
	    clear_name(w, buf_span(name)) < 0) {
		warn_sys("%s: not taken", path);
		return die_errno(errno, EX_CANTCREAT);
	}
	code = newfile_move(path, path_of(&to, w, "", buf_span(name), ""));
	buf_free(&to);
	return code;
}

/* Whether a is b or before it, seconds added to b. */
static int
not_after(struct timespec a, struct timespec b, long seconds)
{
	b.tv_sec += (time_t)seconds;
	return a.tv_sec < b.tv_sec ||
	    (a.tv_sec == b.tv_sec && a.tv_nsec <= b.tv_nsec);
}

/*
 * The clock has been set back, or the time is one that somebody has made up:
 * from now on it is the time since which nobody has written.
 */
static int
set_time(const char *path, struct timespec now)
{
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, now };

	if (utimensat(AT_FDCWD, path, times, 0) == 0 || errno == ENOENT)
		return WORKDIR_NOT_YET;
	warn_sys("%s: its time, in the future, cannot be set", path);
	return EX_IOERR;
}

int
workdir_settled(const char *path, struct timespec now, long seconds,
    int verbose)
{
	struct stat st;

	if (stat(path, &st) < 0) {
		if (errno != ENOENT) {
			warn_sys("%s", path);
			return EX_NOINPUT;
		}
		if (verbose)
			warn("%s: not there", path);
		return WORKDIR_NOT_YET;
	}
	if (not_after(st.st_mtim, now, -seconds))
		return EX_OK;
	if (verbose)
		warn("%s: not yet settled", path);
	return not_after(st.st_mtim, now, seconds) ? WORKDIR_NOT_YET :
	    set_time(path, now);
}

struct timespec
workdir_now(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_REALTIME, &now) < 0)
		die_sys(EX_TEMPFAIL, "clock_gettime");
	return now;
}
