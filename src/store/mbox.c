#include "mbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "format/mail/date.h"
#include "mail.h"
#include "sys/io.h"
#include "sys/lock.h"
#include "sys/newfile.h"

#define LOCK_MS 5000		/* how long a locked box is waited for */
#define PIECE 65536		/* bytes written at a time */
#define OPEN_TRIES 100		/* that it comes and goes meanwhile */

/* A box that is open, and locked, until the next commit. */
struct box {
	struct box *next;
	char *path;
	int fd;
	int is_new;
	off_t start;		/* its length when it was locked */
	off_t end;		/* and with the messages appended since */
	off_t mark;		/* end without the message in hand */
};

struct mbox {
	struct mails mails;
	struct box *box;
};

/* A message on its way to the end of a box. */
struct appender {
	struct box *box;
	off_t at;
	struct buf text;	/* not written yet */
	int matched;		/* bytes of "From " at the start of a line
				   that are held back, -1 inside of one */
};

static const char from_line[] = "From ";

static void *
open_store(const char *root, const struct mail_hearer *hearer)
{
	return mail_open(sizeof(struct mbox), root, hearer);
}

/* One that is neither there nor can be made is a link to nowhere. */
static int
open_file(struct box *b)
{
	int tries = OPEN_TRIES;

	do {
		b->is_new = 0;
		b->fd = io_file(b->path, O_RDWR | O_CLOEXEC | O_NOCTTY, 0);
		if (b->fd >= 0 || errno != ENOENT)
			break;
		b->is_new = 1;
		b->fd = io_file(b->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC,
		    0600);
	} while (b->fd < 0 && errno == EEXIST && --tries > 0);
	if (tries == 0)
		errno = ENOENT;
	return b->fd < 0 ? -1 : 0;
}

/* 0, or -1 with errno: EAGAIN when another process has it. */
static int
lock_box(struct box *b)
{
	if (open_file(b) < 0 || lock_file(b->fd) < 0)
		return -1;
	/* Whoever removes a box holds its lock: it may be gone by now. */
	if (!lock_is_at(b->fd, b->path)) {
		errno = EAGAIN;
		return -1;
	}
	b->start = b->end = lseek(b->fd, 0, SEEK_END);
	return b->end < 0 ? -1 : 0;
}

/* Closing unlocks; a box that we made and that stayed empty goes. */
static void
free_box(struct box *b)
{
	if (b->is_new && b->fd >= 0 && b->end == 0)
		unlink(b->path);
	if (b->fd >= 0)
		close(b->fd);
	free(b->path);
	free(b);
}

static void
add_path(struct buf *b, const struct mbox *m, const char *login)
{
	buf_addf(b, "%s/%s.txt", m->mails.root, login);
}

/*
 * The box of a login, locked.  One that this process has locked already is
 * shared: to open the file again would lose the lock.  NULL with errno.
 */
static struct box *
get_box(struct mbox *m, const char *login)
{
	struct buf path = { 0 };
	struct box *b;
	int err;

	add_path(&path, m, login);
	for (b = m->box; b != NULL; b = b->next)
		if (strcmp(b->path, buf_str(&path)) == 0) {
			buf_free(&path);
			return b;
		}
	b = die_calloc(1, sizeof *b);
	b->path = span_dup(buf_span(&path));
	buf_free(&path);
	if (lock_box(b) < 0) {
		err = errno;
		if (err != EAGAIN)
			warn_sys("%s", b->path);
		b->is_new = 0;
		free_box(b);
		errno = err;
		return NULL;
	}
	b->next = m->box;
	m->box = b;
	return b;
}

/* Gives back the boxes that no message has been appended to. */
static void
free_unused(struct mbox *m)
{
	struct box *b, **p = &m->box;

	while ((b = *p) != NULL)
		if (b->end == b->start) {
			*p = b->next;
			free_box(b);
		} else {
			p = &b->next;
		}
}

static int
flush(struct appender *a)
{
	size_t at = 0;
	ssize_t r;

	while (at < a->text.n) {
		r = pwrite(a->box->fd, a->text.p + at, a->text.n - at, a->at);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -1;
		at += (size_t)r;
		a->at += r;
	}
	buf_clear(&a->text);
	return 0;
}

/* Text, and a > before each From line in it. */
static int
append(void *arg, const char *p, size_t n)
{
	struct appender *a = arg;
	const char *end = p + n, *lf;

	while (p < end) {
		if (a->matched < 0) {
			lf = memchr(p, '\n', (size_t)(end - p));
			n = (size_t)((lf != NULL ? lf + 1 : end) - p);
			buf_add(&a->text, p, n);
			p += n;
			if (lf != NULL)
				a->matched = 0;
		} else if (*p == from_line[a->matched]) {
			p++;
			if (from_line[++a->matched] != '\0')
				continue;
			buf_addf(&a->text, ">%s", from_line);
			a->matched = -1;
		} else if (a->matched == 0 && *p == '>') {
			buf_addc(&a->text, *p++);
		} else {
			buf_add(&a->text, from_line, (size_t)a->matched);
			a->matched = -1;
		}
	}
	return a->text.n < PIECE ? 0 : flush(a);
}

/* A message left half by a crash, or by an editor, ends where ours begins. */
static void
add_gap(struct appender *a)
{
	char tail[2] = { '\n', '\n' };
	off_t end = a->box->end;

	if (end > 0 && pread(a->box->fd, end > 1 ? tail : tail + 1,
	    end > 1 ? 2 : 1, end > 1 ? end - 2 : 0) < 0)
		tail[1] = '\0';
	if (tail[1] != '\n')
		buf_addc(&a->text, '\n');
	if (tail[1] != '\n' || tail[0] != '\n')
		buf_addc(&a->text, '\n');
}

static void
add_from(struct buf *b, struct span from)
{
	size_t i;

	buf_adds(b, from_line);
	for (i = 0; i < from.n; i++)
		buf_addc(b, from.p[i] == ' ' ? '_' : from.p[i]);
	if (from.n == 0)
		buf_adds(b, "MAILER-DAEMON");
	buf_addc(b, ' ');
	date_mbox(b, (int64_t)time(NULL));
	buf_addf(b, "\nReturn-Path: <");
	buf_addspan(b, from);
	buf_adds(b, ">\n");
}

/* Appends the message to a box: 0, or -1 with errno and the box as before. */
static int
append_mail(struct box *b, struct mail *mail, const char *to)
{
	struct appender a = { 0 };
	int r;

	a.box = b;
	a.at = b->end;
	add_gap(&a);
	add_from(&a.text, mail->from);
	buf_addf(&a.text, "Delivered-To: %s\n", to);
	buf_addspan(&a.text, mail->trace);
	r = mail_read(mail, append, &a);
	if (a.matched > 0)
		buf_add(&a.text, from_line, (size_t)a.matched);
	buf_addc(&a.text, '\n');
	if (r == 0)
		r = flush(&a);
	buf_free(&a.text);
	if (r == 0)
		b->end = a.at;
	else
		warn_sys("%s", b->path);
	return r;
}

/* The box as it was; a power cut must not bring back what was refused. */
static void
cut(struct box *b, off_t end)
{
	if (ftruncate(b->fd, end) < 0 || io_sync(b->fd) < 0)
		warn_sys("%s: refused, but cannot be cut back to %lld bytes",
		    b->path, (long long)end);
	b->end = end;
}

/* Appends to all boxes of a message, or to none: 0, or errno. */
static int
append_to_all(struct mbox *m, struct mail *mail)
{
	struct span rest = mail->boxes;
	struct box *b;
	int err = 0;

	for (b = m->box; b != NULL; b = b->next)
		b->mark = b->end;
	while (rest.n > 0 && err == 0) {
		b = get_box(m, span_cut(&rest, '\0').p);
		if (append_mail(b, mail, span_cut(&rest, '\0').p) < 0)
			err = errno;
	}
	if (err != 0)
		for (b = m->box; b != NULL; b = b->next)
			cut(b, b->mark);
	return err;
}

/* Locks all boxes of a message: 0, or errno. */
static int
lock_all(struct mbox *m, struct mail *mail)
{
	struct span rest = mail->boxes;

	while (rest.n > 0) {
		if (get_box(m, span_cut(&rest, '\0').p) == NULL)
			return errno;
		span_cut(&rest, '\0');
	}
	return 0;
}

/* One that is busy too long is given up: ETIMEDOUT for EAGAIN. */
static int
busy(struct mail *mail)
{
	long long now = io_clock();

	if (mail->since == 0)
		mail->since = now;
	return now - mail->since < LOCK_MS ? EAGAIN : ETIMEDOUT;
}

static int
end_mail(void *arg)
{
	struct mail *mail = arg;
	struct mbox *m = (void *)mail->of;
	int err = mail->err;

	if (mail->state != MAIL_DONE) {
		mail_flush(mail);
		err = errno = mail->err;
		if (err != 0)
			warn_sys("%s", m->mails.root);
		else
			err = lock_all(m, mail);
		if (err == EAGAIN)
			err = busy(mail);
		if (err == 0)
			err = append_to_all(m, mail);
		if (err == 0)
			return mail_wait(mail);
		free_unused(m);
		if (err == EAGAIN)
			return EAGAIN;
	}
	mail_drop(mail);
	return err;
}

static int
say(const char *object)
{
	warn_sys("%s", object);
	return errno;
}

/* Of all boxes: 0, or errno. */
static int
sync_boxes(struct mbox *m)
{
	struct box *b;
	int made = 0;

	for (b = m->box; b != NULL; b = b->next) {
		made |= b->is_new;
		if (io_sync(b->fd) < 0)
			return say(b->path);
	}
	if (made && newfile_syncdir(m->mails.root) < 0)
		return say(m->mails.root);
	return 0;
}

static void
tell(const struct mbox *m, const struct mail *mail)
{
	struct span rest = mail->boxes;
	struct buf path = { 0 };

	while (rest.n > 0) {
		buf_clear(&path);
		add_path(&path, m, span_cut(&rest, '\0').p);
		mail_stored(mail, buf_str(&path));
		span_cut(&rest, '\0');
	}
	buf_free(&path);
}

static void
commit(void *store)
{
	struct mbox *m = store;
	struct mail *mail;
	struct box *b;
	int err;

	err = sync_boxes(m);
	while ((b = m->box) != NULL) {
		m->box = b->next;
		if (err != 0)
			cut(b, b->start);
		free_box(b);
	}
	while ((mail = mail_next(&m->mails)) != NULL) {
		mail->err = err;
		if (err == 0 && m->mails.hearer->stored != NULL)
			tell(m, mail);
	}
}

const struct mail_store mbox_store = {
	.name = "mbox", .workers = 1,
	.open = open_store, .begin = mail_begin, .write = mail_write,
	.end = end_mail, .drop = mail_drop, .commit = commit
};
