#include "outbox.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "format/mail/crlf.h"
#include "format/mail/idn.h"
#include "format/wire/bsmtp.h"
#include "msgtext.h"
#include "sys/io.h"
#include "sys/local.h"
#include "sys/newfile.h"

static const char ending[] = ".bsmtp";

struct mail {
	struct outbox *o;
	struct mail *next;	/* among those that wait */
	struct msgtext text;
	struct crlf crlf;	/* of the text */
	enum { COMING, WAITING, DONE } state;
	int err;
	char *path;		/* the final name, once it has that */
};

struct outbox {
	const char *dir;
	const struct mail_hearer *hearer;
	char host[LOCAL_HOST_MAX];
	unsigned long count;	/* of files named by this process */
	struct mail *first;
};

static void *
open_store(const char *dir, const struct mail_hearer *hearer)
{
	struct outbox *o;

	o = die_calloc(1, sizeof *o);
	o->dir = dir;
	o->hearer = hearer;
	local_host(o->host);
	return o;
}

static void
put(struct mail *mail, struct span s)
{
	msgtext_add(&mail->text, mail->o->dir, s.p, s.n);
}

static void
write_mail(void *arg, const char *p, size_t n)
{
	struct span rest = span_of(p, n);
	struct mail *mail = arg;
	struct buf b = { 0 };

	while (rest.n > 0)
		crlf_line(&mail->crlf, &rest, &b);
	put(mail, buf_span(&b));
	buf_free(&b);
}

static void
add_path(struct buf *b, const char *verb, struct span address)
{
	buf_addf(b, "%s:<", verb);
	buf_addspan(b, address);
	buf_addc(b, '>');
}

static void *
begin_mail(void *store, struct span from, struct span trace,
    struct span boxes)
{
	int utf8 = !span_is_ascii(from) || !span_is_ascii(boxes);
	struct buf b = { 0 };
	struct mail *mail;

	mail = die_calloc(1, sizeof *mail);
	mail->o = store;
	buf_addf(&b, "EHLO %s\r\n", mail->o->host);
	add_path(&b, "MAIL FROM", from);
	buf_adds(&b, utf8 ? " SMTPUTF8\r\n" : "\r\n");
	while (boxes.n > 0) {
		span_cut(&boxes, '\0');
		add_path(&b, "RCPT TO", span_cut(&boxes, '\0'));
		buf_adds(&b, "\r\n");
	}
	buf_adds(&b, "DATA\r\n");
	put(mail, buf_span(&b));
	buf_free(&b);
	write_mail(mail, trace.p, trace.n);
	return mail;
}

static void
drop_mail(void *arg)
{
	struct mail *mail = arg, **p;

	if (mail->state == WAITING) {
		for (p = &mail->o->first; *p != mail; p = &(*p)->next)
			;
		*p = mail->next;
	}
	if (mail->path != NULL)
		newfile_undo(mail->path);
	free(mail->path);
	msgtext_free(&mail->text);
	free(mail);
}

static int
over(struct mail *mail)
{
	const struct mail_hearer *h = mail->o->hearer;
	int err = mail->err;

	if (err == 0) {
		if (h->stored != NULL)
			h->stored(h->arg, mail->path);
		free(mail->path);
		mail->path = NULL;
	}
	drop_mail(mail);
	return err;
}

static int
end_mail(void *arg)
{
	struct mail *mail = arg;
	struct msgtext *m = &mail->text;
	struct buf end = { 0 };

	if (mail->state == WAITING)
		return EINPROGRESS;
	if (mail->state == DONE)
		return over(mail);
	crlf_dot(&mail->crlf, &end);
	buf_adds(&end, "QUIT\r\n");
	put(mail, buf_span(&end));
	buf_free(&end);
	if (m->err == 0 && m->file.path == NULL &&
	    newfile_open(&m->file, mail->o->dir) < 0)
		m->err = errno;
	msgtext_flush(m);
	newfile_start(&m->file);
	if (m->err != 0) {
		mail->err = errno = m->err;
		warn_sys("%s", mail->o->dir);
		return over(mail);
	}
	mail->state = WAITING;
	mail->next = mail->o->first;
	mail->o->first = mail;
	return EINPROGRESS;
}

static void
fail(struct mail *mail)
{
	mail->err = errno;
	warn_sys("%s", mail->o->dir);
}

/* The time, in an order that ls(1) shows, and what makes it unique. */
static void
give_name(struct mail *mail)
{
	struct outbox *o = mail->o;
	struct buf path = { 0 };
	struct timespec now;
	int r;

	clock_gettime(CLOCK_REALTIME, &now);
	do {
		buf_setf(&path, "%s/%lld.%06ld.%ld.%lu%s", o->dir,
		    (long long)now.tv_sec, now.tv_nsec / 1000, (long)getpid(),
		    o->count++, ending);
		r = newfile_link(&mail->text.file, buf_str(&path));
	} while (r < 0 && errno == EEXIST);
	if (r == 0)
		mail->path = span_dup(buf_span(&path));
	else
		fail(mail);
	newfile_drop(&mail->text.file);
	buf_free(&path);
}

/* All are on disk before the first gets its name. */
static void
commit(void *store)
{
	struct outbox *o = store;
	struct mail *mail, *first = o->first;
	int lost;

	if (first == NULL)
		return;
	for (mail = first; mail != NULL; mail = mail->next)
		if (newfile_sync(&mail->text.file) < 0)
			fail(mail);
	for (mail = first; mail != NULL; mail = mail->next)
		if (mail->err == 0)
			give_name(mail);
	lost = newfile_syncdir(o->dir) < 0;
	for (mail = first; mail != NULL; mail = mail->next) {
		if (lost && mail->err == 0)
			fail(mail);
		mail->state = DONE;
	}
	o->first = NULL;
}

static int
settle(void *arg)
{
	struct mail *mail = arg;

	commit(mail->o);
	return mail->err;
}

static int
is_in(struct span address, struct span domain)
{
	struct span have;
	struct addr a;

	if (addr_parse(&a, address, NULL) < 0)
		return 0;
	if (domain.p[0] != '@')
		return idn_same(a.domain, domain);
	domain = span_drop(domain, 1);
	if (a.domain.n < domain.n)
		return 0;
	have = span_drop(a.domain, a.domain.n - domain.n);
	return span_case_eq(have, domain) && (have.p == a.domain.p ||
	    have.p[-1] == '.');
}

/* Whether the batch that fd holds has a recipient there. */
static int
has(int fd, struct span domain)
{
	struct bsmtp b;
	struct span line;
	struct rd rd;
	int found = 0;

	memset(&b, 0, sizeof b);
	rd_init(&rd, fd, IO_FOREVER, BSMTP_LINE_MAX);
	while (!found && rd_line(&rd, &line) == RD_LINE) {
		switch (bsmtp_line(&b, line)) {
		case BSMTP_RCPT:
			found = b.why == NULL && is_in(b.path, domain);
			continue;
		case BSMTP_DATA:
			break;	/* one message a file */
		default:
			continue;
		}
		break;
	}
	rd_free(&rd);
	return found;
}

int
outbox_has(void *store, struct span domain)
{
	const struct outbox *o = store;
	struct buf path = { 0 };
	struct dirent *entry;
	int fd, found = 0;
	DIR *d;

	d = io_dir(o->dir);
	if (d == NULL)
		return -1;
	while (!found && (entry = readdir(d)) != NULL) {
		if (entry->d_name[0] == '.' ||
		    !span_ends(span_str(entry->d_name), ending))
			continue;
		buf_setf(&path, "%s/%s", o->dir, entry->d_name);
		fd = io_open(buf_str(&path));
		if (fd >= 0) {
			found = has(fd, domain);
			close(fd);
		} else if (errno != ENOENT)
			found = -1;
	}
	closedir(d);
	buf_free(&path);
	return found;
}

const struct mail_store outbox_store = {
	.name = "bsmtp", .workers = MAIL_STORE_WORKERS, .by_address = 1,
	.open = open_store, .close = free, .begin = begin_mail,
	.write = write_mail, .end = end_mail, .drop = drop_mail,
	.commit = commit, .settle = settle
};
