#include "mailroot.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/buf.h"
#include "sys/lock.h"
#include "sys/newfile.h"

int
mailroot_make(const char *root)
{
	struct stat st;

	if (mkdir(root, 0700) < 0 && errno != EEXIST)
		return -1;
	if (stat(root, &st) < 0)
		return -1;
	if (!S_ISDIR(st.st_mode)) {
		errno = ENOTDIR;
		return -1;
	}
	return access(root, R_OK | W_OK | X_OK);
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

	buf_addf(&path, "%s/.lock", root);
	fd = lock_claim(buf_str(&path), &sole);
	buf_free(&path);
	if (fd < 0)
		return -1;
	if (!sole)
		return 0;
	sweep(root);
	return lock_share(fd);
}
