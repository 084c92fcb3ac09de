/* Names made safe. */
#include "newfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "io.h"

int
newfile_syncdir(const char *dir)
{
	int fd, err = 0;

	fd = io_file(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	/* EINVAL: a file system that has nothing to make safe. */
	if (io_sync(fd) < 0 && errno != EINVAL)
		err = errno;
	close(fd);
	errno = err;
	return err == 0 ? 0 : -1;
}

char *
newfile_parent(const char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	while (n > 0 && path[n - 1] != '/')
		n--;
	return span_dup(n > 0 ? span_of(path, n) : span_str("."));
}

int
newfile_syncparent(const char *path)
{
	char *dir = newfile_parent(path);
	int r, err;

	r = newfile_syncdir(dir);
	err = errno;
	free(dir);
	errno = err;
	return r;
}
