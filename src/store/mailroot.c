#include "mailroot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "format/mail/date.h"
#include "maildir.h"
#include "mbox.h"
#include "outbox.h"
#include "sys/io.h"
#include "sys/local.h"
#include "sys/lock.h"
#include "sys/newfile.h"

static void
lock_name(struct buf *b, const char *root)
{
	buf_addf(b, "%s/.lock", root);
}

/* Whether a root that is there can be shared: 0, or -1 with errno. */
static int
check(const char *root)
{
	struct buf path = { 0 };
	int fd;

	lock_name(&path, root);
	fd = io_file(buf_str(&path), O_RDWR | O_CLOEXEC | O_NOCTTY, 0);
	buf_free(&path);
	if (fd >= 0)
		return close(fd);
	return errno == ENOENT ? 0 : -1;
}

static void
sweep(const char *root)
{
	struct buf path = { 0 };
	struct dirent *entry;
	DIR *d;

	newfile_sweep(root);
	d = io_dir(root);
	if (d == NULL)
		return;
	while ((entry = readdir(d)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		buf_setf(&path, "%s/%s/tmp", root, entry->d_name);
		newfile_sweep(buf_str(&path));
	}
	closedir(d);
	buf_free(&path);
}

/*
 * Shares the root with other servers for as long as this process lives, and
 * removes what the dead have left half written in it.  0, or -1 with errno.
 */
static int
claim(const char *root)
{
	struct buf path = { 0 };
	int fd, sole;

	lock_name(&path, root);
	fd = lock_claim(buf_str(&path), &sole);
	buf_free(&path);
	if (fd < 0)
		return -1;
	if (!sole)
		return 0;
	sweep(root);
	return lock_share(fd);
}

long
mailroot_form(struct mailroot *r, const char *name)
{
	static const struct mail_store *const forms[] = {
		&maildir_store, &mbox_store, &outbox_store
	};
	size_t i;

	for (i = 0; i < COUNT(forms); i++)
		if (strcmp(forms[i]->name, name) == 0) {
			r->form = forms[i];
			return r->form->workers;
		}
	return strcmp(name, "sink") == 0;
}

int
mailroot_prepare(const struct mailroot *r)
{
	if (r->form == NULL)
		return 0;
	return newfile_mkdir(r->dir, R_OK | W_OK | X_OK) < 0 ? -1 :
	    check(r->dir);
}

int
mailroot_open(struct mailroot *r)
{
	if (r->form == NULL)
		return 0;
	if (claim(r->dir) < 0)
		return -1;
	r->store = r->form->open(r->dir, &r->hearer);
	return 0;
}

void
mailroot_commit(const struct mailroot *r)
{
	if (r->store != NULL)
		r->form->commit(r->store);
}

/* What is the same for a second is put into words once. */
static struct {
	time_t of;
	struct buf id, date;
} stamp;

static void
renew_stamp(void)
{
	struct local_time here;

	if (stamp.of == time(NULL))
		return;
	local_now(&here, NULL);
	stamp.of = (time_t)here.time;
	buf_setf(&stamp.id, "%llx.%lx.", (unsigned long long)stamp.of,
	    (unsigned long)getpid());
	buf_clear(&stamp.date);
	date_mail(&stamp.date, here.time, here.offset);
}

void
mailroot_id(struct buf *b)
{
	static unsigned long count;

	renew_stamp();
	buf_addspan(b, buf_span(&stamp.id));
	buf_addu(b, count++);
}

void
mailroot_date(struct buf *b)
{
	renew_stamp();
	buf_addspan(b, buf_span(&stamp.date));
}
