#include "outbox.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "format/mail/idn.h"
#include "format/wire/bsmtp.h"
#include "mail.h"
#include "sys/io.h"
#include "sys/local.h"
#include "sys/newfile.h"

static const char ending[] = ".bsmtp";

struct outbox {
	struct mails mails;
	char host[LOCAL_HOST_MAX];
	unsigned long count;	/* of files named by this process */
};

static void *
open_store(const char *dir, const struct mail_hearer *hearer)
{
	struct outbox *o;

	o = mail_open(sizeof *o, dir, hearer);
	local_host(o->host);
	return o;
}

static void
write_mail(void *arg, const char *p, size_t n)
{
	struct span rest = span_of(p, n);
	struct mail *mail = arg;
	struct buf b = { 0 };

	while (rest.n > 0)
		crlf_line(&mail->crlf, &rest, &b);
	mail_write(mail, b.p, b.n);
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
	const struct outbox *o = store;
	struct buf b = { 0 };
	struct mail *mail;

	mail = mail_begin(store, from, trace, boxes);
	buf_addf(&b, "EHLO %s\r\n", o->host);
	add_path(&b, "MAIL FROM", from);
	buf_adds(&b, utf8 ? " SMTPUTF8\r\n" : "\r\n");
	while (boxes.n > 0) {
		span_cut(&boxes, '\0');
		add_path(&b, "RCPT TO", span_cut(&boxes, '\0'));
		buf_adds(&b, "\r\n");
	}
	buf_adds(&b, "DATA\r\n");
	mail_write(mail, b.p, b.n);
	buf_free(&b);
	write_mail(mail, trace.p, trace.n);
	return mail;
}

static void
drop_mail(void *arg)
{
	const struct mail *mail = arg;

	if (mail->path != NULL)
		newfile_undo(mail->path);
	mail_drop(arg);
}

static int
over(struct mail *mail)
{
	int err = mail->err;

	if (err == 0) {
		mail_stored(mail, mail->path);
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
	struct buf end = { 0 };

	if (mail->state == MAIL_WAITING)
		return EINPROGRESS;
	if (mail->state == MAIL_DONE)
		return over(mail);
	crlf_dot(&mail->crlf, &end);
	buf_adds(&end, "QUIT\r\n");
	mail_write(mail, end.p, end.n);
	buf_free(&end);
	if (mail->err == 0 && mail->file.path == NULL &&
	    newfile_open(&mail->file, mail->of->root) < 0)
		mail->err = errno;
	mail_flush(mail);
	newfile_start(&mail->file);
	if (mail->err == 0)
		return mail_wait(mail);
	errno = mail->err;
	warn_sys("%s", mail->of->root);
	return over(mail);
}

static void
fail(struct mail *mail)
{
	mail->err = errno;
	warn_sys("%s", mail->of->root);
}

/* The time, in an order that ls(1) shows, and what makes it unique. */
static void
give_name(struct mail *mail)
{
	struct outbox *o = (void *)mail->of;
	struct buf path = { 0 };
	struct timespec now;
	int r;

	clock_gettime(CLOCK_REALTIME, &now);
	do {
		buf_setf(&path, "%s/%lld.%06ld.%ld.%lu%s", o->mails.root,
		    (long long)now.tv_sec, now.tv_nsec / 1000, (long)getpid(),
		    o->count++, ending);
		r = newfile_link(&mail->file, buf_str(&path));
	} while (r < 0 && errno == EEXIST);
	if (r == 0)
		mail->path = span_dup(buf_span(&path));
	else
		fail(mail);
	newfile_drop(&mail->file);
	buf_free(&path);
}

/* All are on disk before the first gets its name. */
static void
commit(void *store)
{
	struct mails *of = store;
	struct mail *mail;
	int lost;

	if (of->first == NULL)
		return;
	for (mail = of->first; mail != NULL; mail = mail->next)
		if (newfile_sync(&mail->file) < 0)
			fail(mail);
	for (mail = of->first; mail != NULL; mail = mail->next)
		if (mail->err == 0)
			give_name(mail);
	lost = newfile_syncdir(of->root) < 0;
	while ((mail = mail_next(of)) != NULL)
		if (lost && mail->err == 0)
			fail(mail);
}

static int
settle(void *arg)
{
	struct mail *mail = arg;

	commit(mail->of);
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
	const struct mails *of = store;
	struct buf path = { 0 };
	struct dirent *entry;
	int fd, found = 0;
	DIR *d;

	d = io_dir(of->root);
	if (d == NULL)
		return -1;
	while (!found && (entry = readdir(d)) != NULL) {
		if (entry->d_name[0] == '.' ||
		    !span_ends(span_str(entry->d_name), ending))
			continue;
		buf_setf(&path, "%s/%s", of->root, entry->d_name);
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
	.open = open_store, .begin = begin_mail, .write = write_mail,
	.end = end_mail, .drop = drop_mail, .commit = commit,
	.settle = settle
};
