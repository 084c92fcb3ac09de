#include "mailroot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "sys/buf.h"
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
	fd = open(buf_str(&path), O_RDWR | O_CLOEXEC | O_NOCTTY);
	err = errno;
	buf_free(&path);
	if (fd >= 0)
		return close(fd);
	errno = err;
	return err == ENOENT ? 0 : -1;
}

static void
sweep(const char *root)
{
	struct buf path = { 0 };
	struct dirent *entry;
	DIR *d;

	newfile_sweep(root);
	d = opendir(root);
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
