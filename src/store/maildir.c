#include "maildir.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "droplist.h"
#include "mail.h"
#include "sys/local.h"
#include "sys/newfile.h"

#define OPEN_FILES 64		/* files open at once in a commit */
#define GROUP 256		/* copies that share the directories' fsyncs */

struct maildir {
	struct mails mails;
	char host[LOCAL_HOST_MAX];
	unsigned long count;	/* of files named by this process */
};

/* A message's file in one box; file is its own, or the text's. */
struct copy {
	struct mail *mail;
	const char *box, *to;
	struct newfile own;
	struct newfile *file;
	char *path;		/* the final name, once it has that */
};

static int
is_whole(const char *box)
{
	static const char *const parts[] = { "new", "cur", "tmp" };
	struct buf path = { 0 };
	int whole = 1;
	size_t i;

	for (i = 0; i < COUNT(parts) && whole; i++) {
		buf_setf(&path, "%s/%s", box, parts[i]);
		whole = access(buf_str(&path), F_OK) == 0;
	}
	buf_free(&path);
	return whole;
}

static int
make_part(const char *box, const char *part)
{
	struct buf path = { 0 };
	int r;

	buf_addf(&path, "%s%s", box, part);
	r = mkdir(buf_str(&path), 0700);
	buf_free(&path);
	return r == 0 || errno == EEXIST ? 0 : -1;
}

/*
 * tmp is made last, when the box has its name for good, and goes where the
 * other names are not safe: what a crash leaves is seen to be half a box.
 */
int
maildir_make(const char *box)
{
	struct buf tmp = { 0 };
	int err = 0;

	if (is_whole(box))
		return 0;
	if (make_part(box, "") < 0 || make_part(box, "/cur") < 0 ||
	    make_part(box, "/new") < 0 || newfile_syncparent(box) < 0 ||
	    make_part(box, "/tmp") < 0)
		return -1;
	if (newfile_syncdir(box) < 0) {
		err = errno;
		buf_addf(&tmp, "%s/tmp", box);
		rmdir(buf_str(&tmp));
		buf_free(&tmp);
	}
	errno = err;
	return err == 0 ? 0 : -1;
}

static void *
open_store(const char *root, const struct mail_hearer *hearer)
{
	struct maildir *m;

	m = mail_open(sizeof *m, root, hearer);
	local_host(m->host);
	return m;
}

/* Takes the pair of a login and an address off *boxes. */
static void
next_box(struct span *boxes, const char **box, const char **to)
{
	*box = span_cut(boxes, '\0').p;
	*to = span_cut(boxes, '\0').p;
}

static size_t
count_boxes(struct span boxes)
{
	const char *box, *to;
	size_t n;

	for (n = 0; boxes.n > 0; n++)
		next_box(&boxes, &box, &to);
	return n;
}

/* Starts a file in the box, of which what is missing is made. */
static int
open_in_box(const struct mails *of, struct newfile *f, const char *box)
{
	struct buf path = { 0 };
	int r;

	buf_addf(&path, "%s/%s", of->root, box);
	r = maildir_make(buf_str(&path));
	if (r == 0) {
		buf_adds(&path, "/tmp");
		r = newfile_open(f, buf_str(&path));
	}
	buf_free(&path);
	return r;
}

static void
add_head(struct buf *b, const struct mail *mail, const char *to)
{
	buf_adds(b, "Return-Path: <");
	buf_addspan(b, mail->from);
	buf_addf(b, ">\nDelivered-To: %s\n", to);
	buf_addspan(b, mail->trace);
}

static void
fail(struct mail *mail, const char *box)
{
	mail->err = errno;
	warn_sys("%s/%s", mail->of->root, box);
}

/* A long message goes into what will be its first box's file. */
static void
write_mail(void *arg, const char *p, size_t n)
{
	struct mail *mail = arg;
	struct span boxes = mail->boxes;
	const char *box, *to;
	struct buf head = { 0 };

	if (mail_wants_file(mail, n)) {
		next_box(&boxes, &box, &to);
		add_head(&head, mail, to);
		if (open_in_box(mail->of, &mail->file, box) < 0 ||
		    newfile_write(&mail->file, head.p, head.n) < 0)
			mail->err = errno;
		mail->head = mail->file.size;
		buf_free(&head);
	}
	mail_write(mail, p, n);
	mail->grown += crlf_grow(&mail->crlf, span_of(p, n));
}

static int
end_mail(void *arg)
{
	struct mail *mail = arg;
	int err;

	if (mail->state == MAIL_DONE) {
		err = mail->err;
		mail_drop(mail);
		return err;
	}
	/* Return-Path, Delivered-To, trace and text. */
	mail->grown += 2 + span_lines(mail->trace) + crlf_end(&mail->crlf);
	mail_flush(mail);
	newfile_start(&mail->file);
	errno = mail->err;
	if (mail->err != 0)
		fail(mail, mail->boxes.p);
	return mail_wait(mail);
}

static int
put(void *arg, const char *p, size_t n)
{
	return newfile_write(arg, p, n);
}

/* A text in memory is written together with its head. */
static int
fill(struct copy *c)
{
	const struct mail *mail = c->mail;
	struct buf b = { 0 };
	int r;

	add_head(&b, mail, c->to);
	if (mail->file.path == NULL)
		buf_addspan(&b, buf_span(&mail->text));
	r = newfile_write(&c->own, b.p, b.n);
	buf_free(&b);
	if (r == 0 && mail->file.path != NULL)
		r = mail_read(mail, put, &c->own);
	return r;
}

static void
write_copy(struct copy *c)
{
	struct mail *mail = c->mail;

	if (c->box == mail->boxes.p && mail->file.path != NULL)
		c->file = &mail->file;
	if (mail->err != 0 || c->file != NULL)
		return;
	c->file = &c->own;
	if (open_in_box(mail->of, c->file, c->box) < 0 || fill(c) < 0)
		fail(mail, c->box);
	else
		newfile_start(c->file);
}

/* Writes all copies and waits until they are safe; few are open at once. */
static void
write_copies(struct copy *copy, size_t n)
{
	size_t at, i, end;

	for (at = 0; at < n; at = end) {
		end = n - at > OPEN_FILES ? at + OPEN_FILES : n;
		for (i = at; i < end; i++)
			write_copy(&copy[i]);
		/* A text that is read again for its other boxes stays open. */
		for (i = at; i < end; i++)
			if (copy[i].mail->err == 0 &&
			    copy[i].file == &copy[i].own &&
			    newfile_sync(copy[i].file) < 0)
				fail(copy[i].mail, copy[i].box);
	}
	for (i = 0; i < n; i++)
		if (copy[i].mail->err == 0 && newfile_sync(copy[i].file) < 0)
			fail(copy[i].mail, copy[i].box);
}

/*
 * Into new/, under a name as maildir(5) has it, with the sizes as Maildir++
 * has them: who gives the message out need not read it to know them.
 */
static void
link_copy(struct maildir *m, struct copy *c)
{
	uintmax_t size = c->file->size, wire = size + c->mail->grown;
	struct buf path = { 0 };
	struct timespec now;
	int r;

	clock_gettime(CLOCK_REALTIME, &now);
	do {
		buf_setf(&path, "%s/%s/new/%lld.M%06ldP%ldQ%lu.%s,S=%ju,W=%ju",
		    m->mails.root, c->box, (long long)now.tv_sec,
		    now.tv_nsec / 1000, (long)getpid(), m->count++, m->host,
		    size, wire);
		r = newfile_link(c->file, buf_str(&path));
	} while (r < 0 && errno == EEXIST);
	if (r == 0)
		c->path = span_dup(buf_span(&path));
	else
		fail(c->mail, c->box);
	buf_free(&path);
}

static int
compare_boxes(const void *a, const void *b)
{
	const struct copy *x = a, *y = b;

	return strcmp(x->box, y->box);
}

/* Makes the names in one box safe, which the n copies have in common. */
static void
sync_box(const char *root, struct copy *copy, size_t n)
{
	struct buf dir = { 0 };
	size_t i, wanted = 0;

	for (i = 0; i < n; i++)
		wanted += copy[i].mail->err == 0;
	buf_addf(&dir, "%s/%s/new", root, copy->box);
	if (wanted > 0 && newfile_syncdir(buf_str(&dir)) < 0)
		for (i = 0; i < n; i++)
			fail(copy[i].mail, copy[i].box);
	buf_free(&dir);
}

static void
sync_boxes(const char *root, struct copy *copy, size_t n)
{
	size_t at, same;

	qsort(copy, n, sizeof *copy, compare_boxes);
	for (at = 0; at < n; at += same) {
		for (same = 1; at + same < n; same++)
			if (strcmp(copy[at].box, copy[at + same].box) != 0)
				break;
		sync_box(root, copy + at, same);
	}
}

/* Takes the first messages that wait, and with them n copies. */
static struct copy *
take_group(struct mails *of, size_t *n)
{
	struct copy *copy;
	struct mail *mail;
	struct span rest;
	size_t i = 0;

	*n = 0;
	for (mail = of->first; mail != NULL && (*n == 0 ||
	    *n + count_boxes(mail->boxes) <= GROUP); mail = mail->next)
		*n += count_boxes(mail->boxes);
	copy = die_calloc(*n, sizeof *copy);
	while (i < *n) {
		mail = mail_next(of);
		for (rest = mail->boxes; rest.n > 0; i++) {
			copy[i].mail = mail;
			next_box(&rest, &copy[i].box, &copy[i].to);
		}
	}
	return copy;
}

/*
 * All is on disk before the first name is given, so that there is little
 * between the first and the last name of a message.
 */
static void
commit_group(struct maildir *m, struct copy *copy, size_t n)
{
	size_t i;

	write_copies(copy, n);
	for (i = 0; i < n; i++)
		if (copy[i].mail->err == 0)
			link_copy(m, &copy[i]);
	for (i = 0; i < n; i++)
		if (copy[i].file != NULL)
			newfile_drop(copy[i].file);
	sync_boxes(m->mails.root, copy, n);
	for (i = 0; i < n; i++) {
		if (copy[i].mail->err != 0 && copy[i].path != NULL)
			newfile_undo(copy[i].path);
		else if (copy[i].path != NULL)
			mail_stored(copy[i].mail, copy[i].path);
		free(copy[i].path);
	}
}

static void
commit(void *store)
{
	struct maildir *m = store;
	struct copy *copy;
	size_t n;

	while (m->mails.first != NULL) {
		copy = take_group(&m->mails, &n);
		commit_group(m, copy, n);
		free(copy);
	}
}

int
maildir_seen(const char *box, const char *name)
{
	struct buf from = { 0 }, to = { 0 };
	int r;

	buf_addf(&from, "%s/new/%s", box, name);
	buf_addf(&to, "%s/cur/", box);
	buf_add(&to, name, droplist_lasting(name));
	buf_adds(&to, ":2,S");
	r = rename(buf_str(&from), buf_str(&to));
	/* The message is gone, or half a box has no cur. */
	if (r < 0 && errno == ENOENT && maildir_make(box) == 0)
		r = rename(buf_str(&from), buf_str(&to));
	buf_free(&from);
	buf_free(&to);
	return r;
}

const struct mail_store maildir_store = {
	.name = "maildir", .workers = MAIL_STORE_WORKERS,
	.open = open_store, .begin = mail_begin, .write = write_mail,
	.end = end_mail, .drop = mail_drop, .commit = commit
};
