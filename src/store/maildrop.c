#include "maildrop.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "droplist.h"
#include "format/mail/crlf.h"
#include "maildir.h"
#include "sys/io.h"
#include "sys/lock.h"
#include "sys/newfile.h"

#define PIECE 65536		/* read at a time */
#define LOOKS 512		/* directory entries looked at in one call */

static const char *const parts[DROPLIST_PARTS] = { "new", "cur" };

struct drop {
	struct store *store;
	struct drop *next;
	char *path;		/* of the Maildir */
	char *login;
	int lock;		/* -1 where there is no Maildir */
	struct droplist list;
	DIR *dir;		/* while messages are listed */
	enum droplist_part part;

	/* The message that is open. */
	int fd;			/* -1: none */
	size_t open;
	struct crlf crlf;
	uint64_t size;		/* of what was read so far */
};

struct store {
	const char *root;
	struct drop *first;	/* that are open */
	char piece[PIECE];

	/* A whole message in piece, sized just now: it is not read again. */
	const struct drop *kept;
	size_t kept_message, kept_size;
};

void *
maildrop_start(const char *root)
{
	struct store *s = die_calloc(1, sizeof *s);

	s->root = root;
	return s;
}

void
maildrop_make(void *store)
{
	const struct store *s = store;

	if (newfile_mkdir(s->root, R_OK | W_OK | X_OK) < 0)
		die_sys(EX_CANTCREAT, "%s", s->root);
}

void
maildrop_stop(void *store)
{
	free(store);
}

/* A message's path, or a directory's where name is empty. */
static const char *
path_of(const struct drop *d, enum droplist_part part, const char *name,
    struct buf *b)
{
	buf_setf(b, "%s/%s/%s", d->path, parts[part], name);
	return buf_str(b);
}

/* Says what failed, for the client is only told that something did: errno. */
static int
say(const char *path, int err)
{
	errno = err;
	warn_sys("%s", path);
	return err;
}

/* 0, or -1 with errno; without a Maildir there is nothing to lock. */
static int
take_lock(struct drop *d)
{
	struct buf path = { 0 };
	struct stat st;

	buf_addf(&path, "%s/.pop3-lock", d->path);
	if (stat(d->path, &st) == 0)
		d->lock = lock_take(buf_str(&path), 0);
	else if (errno == ENOENT)
		errno = 0;
	buf_free(&path);
	return d->lock >= 0 || errno == 0 ? 0 : -1;
}

static void
finish(void *drop)
{
	struct drop *d = drop;

	if (d->fd >= 0)
		close(d->fd);
	d->fd = -1;
}

static void
close_drop(void *drop)
{
	struct drop *d = drop, **p;

	for (p = &d->store->first; *p != d; )
		p = &(*p)->next;
	*p = d->next;
	finish(d);
	if (d->store->kept == d)
		d->store->kept = NULL;
	if (d->dir != NULL)
		closedir(d->dir);
	if (d->lock >= 0)
		close(d->lock);
	droplist_free(&d->list);
	free(d->login);
	free(d->path);
	free(d);
}

static void *
open_drop(void *store, struct span login)
{
	struct store *s = store;
	struct buf path = { 0 };
	struct drop *d;
	int err;

	/* A second lock of this process would be none. */
	for (d = s->first; d != NULL; d = d->next)
		if (span_is(login, d->login)) {
			errno = EAGAIN;
			return NULL;
		}
	d = die_calloc(1, sizeof *d);
	d->store = s;
	d->login = span_dup(login);
	buf_addf(&path, "%s/%s", s->root, d->login);
	d->path = span_dup(buf_span(&path));
	buf_free(&path);
	d->fd = d->lock = -1;
	d->next = s->first;
	s->first = d;
	if (take_lock(d) == 0)
		return d;
	err = errno;
	if (err != EAGAIN)
		warn_sys("%s", d->path);
	close_drop(d);
	errno = err;
	return NULL;
}

/* The next message's name in a directory; NULL at its end, errno then. */
static const char *
next_name(DIR *dir)
{
	const struct dirent *e;

	errno = 0;
	do
		e = readdir(dir);
	while (e != NULL && e->d_name[0] == '.');
	return e != NULL ? e->d_name : NULL;
}

/* Opens a directory of messages: 1, 0 where there is none, -1 with errno. */
static int
open_part(struct drop *d, enum droplist_part part)
{
	struct buf path = { 0 };

	d->dir = io_dir(path_of(d, part, "", &path));
	buf_free(&path);
	return d->dir != NULL ? 1 : errno == ENOENT ? 0 : -1;
}

/* At most LOOKS entries of the open directory: 0, EINPROGRESS or errno. */
static int
list_some(struct drop *d)
{
	const char *name;
	struct stat st;
	int i;

	for (i = 0; i < LOOKS; i++) {
		name = next_name(d->dir);
		if (name == NULL)
			return errno;
		if (fstatat(dirfd(d->dir), name, &st, AT_SYMLINK_NOFOLLOW) ==
		    0 && S_ISREG(st.st_mode))
			droplist_add(&d->list, d->part, name,
			    (uint64_t)st.st_size);
	}
	return EINPROGRESS;
}

static int
list_drop(void *drop)
{
	struct drop *d = drop;
	int r;

	while (d->part < DROPLIST_PARTS) {
		r = d->dir == NULL && open_part(d, d->part) < 0 ? errno :
		    d->dir != NULL ? list_some(d) : 0;
		if (r != 0)
			return r == EINPROGRESS ? r : say(d->path, r);
		if (d->dir != NULL)
			closedir(d->dir);
		d->dir = NULL;
		d->part++;
	}
	droplist_sort(&d->list);
	return 0;
}

static size_t
count(const void *drop)
{
	return ((const struct drop *)drop)->list.n;
}

static void
add_uid(const void *drop, size_t i, struct buf *b)
{
	const struct drop *d = drop;

	droplist_uid(d->list.message[i].name, b);
}

/*
 * Messages have other names now, or are gone: which?  0, or errno where the
 * directories could not be read.
 */
static int
look_again(struct drop *d)
{
	struct drop_message *l;
	const char *name;
	enum droplist_part part;
	size_t i;
	int r, err = 0;

	for (i = 0; i < d->list.n; i++)
		d->list.message[i].gone = 1;
	for (part = DROPLIST_NEW; part < DROPLIST_PARTS && err == 0; part++) {
		r = open_part(d, part);
		if (r < 0)
			err = errno;
		if (r <= 0)
			continue;
		while ((name = next_name(d->dir)) != NULL) {
			l = droplist_find(&d->list, name);
			if (l == NULL)
				continue;
			free(l->name);
			l->name = span_dup(span_str(name));
			l->part = (unsigned char)part;
			l->gone = 0;
		}
		closedir(d->dir);
		d->dir = NULL;
	}
	for (i = 0; i < d->list.n && err != 0; i++)
		d->list.message[i].gone = 0;
	return err;
}

/*
 * Does something with a message's path; where that is not there, once more
 * with the message's new one.  What it returned, or -1 with errno.
 */
static int
with_path(struct drop *d, size_t i, int (*act)(const char *path))
{
	const struct drop_message *l = &d->list.message[i];
	struct buf path = { 0 };
	int r = -1;

	errno = ENOENT;
	if (!l->gone)
		r = act(path_of(d, l->part, l->name, &path));
	if (r < 0 && errno == ENOENT && !l->gone) {
		errno = look_again(d);
		if (errno == 0)
			r = act(path_of(d, l->part, l->name, &path));
	}
	buf_free(&path);
	return r;
}

/* The same of a message; that it is gone is no failure. */
static int
say_message(struct drop *d, size_t i, int err)
{
	const struct drop_message *l = &d->list.message[i];
	struct buf path = { 0 };

	if (err != 0 && err != ENOENT)
		say(path_of(d, l->part, l->name, &path), err);
	buf_free(&path);
	return err;
}

static int
open_file(const char *path)
{
	struct stat st;
	int fd;

	fd = io_file(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC |
	    O_NOCTTY, 0);
	if (fd < 0 && errno == ELOOP)
		errno = ENOENT;
	if (fd < 0 || (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)))
		return fd;
	close(fd);
	errno = ENOENT;
	return -1;
}

/* Opens a message, if it is not open already: 0 or errno. */
static int
open_message(struct drop *d, size_t i)
{
	if (d->fd >= 0 && d->open == i)
		return 0;
	finish(d);
	d->fd = with_path(d, i, open_file);
	if (d->fd < 0)
		return errno;
	d->open = i;
	d->size = 0;
	memset(&d->crlf, 0, sizeof d->crlf);
	return 0;
}

/* The open message's next piece: its length, -1 with errno. */
static ssize_t
read_piece(struct drop *d)
{
	ssize_t n;

	d->store->kept = NULL;
	do
		n = read(d->fd, d->store->piece, PIECE);
	while (n < 0 && errno == EINTR);
	return n;
}

static int
measure(void *drop, size_t i, uint64_t *size)
{
	struct drop *d = drop;
	struct drop_message *l = &d->list.message[i];
	uint64_t whole;
	ssize_t n = 0;
	int err;

	*size = l->size;
	if (l->read)
		return 0;
	err = open_message(d, i);
	if (err == 0 && (n = read_piece(d)) > 0) {
		d->size += (uint64_t)n + crlf_grow(&d->crlf,
		    span_of(d->store->piece, (size_t)n));
		whole = l->told ? d->size + crlf_end(&d->crlf) :
		    (uint64_t)n;
		if (n == PIECE || whole != l->size)
			return EINPROGRESS;
		d->store->kept = d;
		d->store->kept_message = i;
		d->store->kept_size = (size_t)n;
	}
	if (d->fd >= 0 && n >= 0)
		l->size = d->size + crlf_end(&d->crlf);
	/* What is there, but cannot be opened now, is read another time. */
	l->read = d->fd >= 0 || err == ENOENT;
	finish(d);
	l->told = 1;
	*size = l->size;
	return 0;
}

static int
size_of(void *drop, size_t i, uint64_t *size)
{
	const struct drop_message *l = &((struct drop *)drop)->list.message[i];

	*size = l->size;
	return l->told ? 0 : measure(drop, i, size);
}

static int
begin_message(void *drop, size_t i)
{
	struct drop *d = drop;

	if (d->store->kept == d && d->store->kept_message == i)
		return 0;
	d->store->kept = NULL;
	return say_message(d, i, open_message(d, i));
}

static int
read_message(void *drop, struct span *piece)
{
	struct drop *d = drop;
	struct store *s = d->store;
	ssize_t n = 0;
	int err;

	if (s->kept == d)
		n = (ssize_t)s->kept_size;
	else if (d->fd >= 0)
		n = read_piece(d);
	s->kept = NULL;
	*piece = span_of(s->piece, n > 0 ? (size_t)n : 0);
	err = n < 0 ? say_message(d, d->open, errno) : 0;
	if (n <= 0)
		finish(d);
	return err;
}

static int
remove_message(void *drop, size_t i)
{
	return with_path(drop, i, unlink) == 0 || errno == ENOENT ? 0 :
	    say_message(drop, i, errno);
}

static void
mark_seen(void *drop, size_t i)
{
	struct drop *d = drop;
	const struct drop_message *l = &d->list.message[i];

	/* Where it fails the message stays new, which does no harm. */
	if (l->part == DROPLIST_NEW && maildir_seen(d->path, l->name) < 0 &&
	    errno != ENOENT)
		warn_sys("%s: new/%s", d->path, l->name);
}

static int
sync_drop(void *drop)
{
	struct drop *d = drop;
	struct buf path = { 0 };
	enum droplist_part part;
	int err = 0;

	for (part = DROPLIST_NEW; part < DROPLIST_PARTS; part++)
		if (newfile_syncdir(path_of(d, part, "", &path)) < 0 &&
		    errno != ENOENT)
			err = say(buf_str(&path), errno);
	buf_free(&path);
	return err;
}

const struct drop_store maildrop_store = {
	.open = open_drop, .close = close_drop, .list = list_drop,
	.count = count, .size = size_of, .measure = measure, .uid = add_uid,
	.begin = begin_message, .read = read_message, .finish = finish,
	.remove = remove_message, .seen = mark_seen, .sync = sync_drop
};
