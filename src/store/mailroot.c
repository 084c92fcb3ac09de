#include "mailroot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/buf.h"
#include "sys/io.h"
#include "sys/lock.h"
#include "sys/newfile.h"

int
mailroot_make(const char *root)
{
	return newfile_mkdir(root, R_OK | W_OK | X_OK) < 0 ? -1 : 0;
}

static void
lock_name(struct buf *b, const char *root)
{
	buf_addf(b, "%s/.lock", root);
}

int
mailroot_check(const char *root)
{
	struct buf path = { 0 };
	int fd, err;

	lock_name(&path, root);
	fd = io_file(buf_str(&path), O_RDWR | O_CLOEXEC | O_NOCTTY, 0);
	err = errno;
	buf_free(&path);
	if (fd >= 0)
		return close(fd);
	errno = err;
	return err == ENOENT ? 0 : -1;
}

static int
is_whole(const char *box)
{
	static const char *const parts[] = { "new", "cur", "tmp" };
	struct buf path = { 0 };
	int whole = 1;
	size_t i;

	for (i = 0; i < COUNT(parts) && whole; i++) {
		buf_clear(&path);
		buf_addf(&path, "%s/%s", box, parts[i]);
		whole = access(buf_str(&path), F_OK) == 0;
	}
	buf_free(&path);
	return whole;
}

static int
make_part(const char *box, const char *part)
{
	struct buf path = { 0 };
	int r, err;

	buf_addf(&path, "%s%s", box, part);
	r = mkdir(buf_str(&path), 0700);
	err = errno;
	buf_free(&path);
	errno = err;
	return r == 0 || err == EEXIST ? 0 : -1;
}

/*
 * tmp is made last, when the box has its name for good, and goes where the
 * other names are not safe: what a crash leaves is seen to be half a box.
 */
int
mailroot_maildir(const char *box)
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
		buf_clear(&path);
		buf_addf(&path, "%s/%s/tmp", root, entry->d_name);
		newfile_sweep(buf_str(&path));
	}
	closedir(d);
	buf_free(&path);
}

int
mailroot_claim(const char *root)
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
