#include "names.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sys/buf.h"
#include "sys/io.h"

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

enum exit_code
names_read(struct names *names, const char *path)
{
	struct buf list = { 0 };
	struct dirent *entry;
	char *copy;
	DIR *dir;
	int err;

	memset(names, 0, sizeof *names);
	dir = io_dir(path);
	err = errno;
	while (dir != NULL && (errno = 0, entry = readdir(dir)) != NULL) {
		copy = span_dup(span_str(entry->d_name));
		buf_add(&list, &copy, sizeof copy);
	}
	if (dir != NULL) {
		err = errno;
		closedir(dir);
	}
	names->n = list.n / sizeof copy;
	names->name = die_calloc(names->n, sizeof *names->name);
	memcpy(names->name, buf_str(&list), list.n);
	buf_free(&list);
	qsort(names->name, names->n, sizeof *names->name, compare);
	if (dir != NULL && err == 0)
		return EX_OK;
	errno = err;
	warn_sys("%s", path);
	return die_errno(err, EX_NOINPUT);
}

void
names_free(struct names *names)
{
	while (names->n > 0)
		free(names->name[--names->n]);
	free(names->name);
}
