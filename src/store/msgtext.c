#include "msgtext.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define MEMORY 65536		/* bytes of a message kept in memory */

int
msgtext_wants_file(const struct msgtext *d, size_t n)
{
	return d->err == 0 && d->file.path == NULL && n > MEMORY - d->text.n;
}

void
msgtext_flush(struct msgtext *d)
{
	if (d->err == 0 && d->file.path != NULL &&
	    newfile_write(&d->file, d->text.p, d->text.n) < 0)
		d->err = errno;
	if (d->file.path != NULL || d->err != 0)
		buf_clear(&d->text);
}

void
msgtext_add(struct msgtext *d, const char *dir, const char *p, size_t n)
{
	if (msgtext_wants_file(d, n) && newfile_open(&d->file, dir) < 0)
		d->err = errno;
	if (n > MEMORY - d->text.n)
		msgtext_flush(d);
	if (d->err != 0) {
		msgtext_free(d);
		return;
	}
	if (n <= MEMORY)
		buf_add(&d->text, p, n);
	else if (newfile_write(&d->file, p, n) < 0)
		d->err = errno;
}

int
msgtext_read(const struct msgtext *d,
    int (*put)(void *arg, const char *p, size_t n), void *arg)
{
	uint64_t at = d->head;
	char *piece;
	ssize_t r = 0;
	int err = 0;

	piece = d->file.path != NULL ? malloc(MEMORY) : NULL;
	if (piece == NULL && d->file.path != NULL)
		die_nomem();
	while (err == 0 && d->file.path != NULL && at < d->file.size) {
		r = pread(d->file.fd, piece, MEMORY, (off_t)at);
		if (r > 0 && put(arg, piece, (size_t)r) == 0)
			at += (uint64_t)r;
		else if (r == 0)
			err = EIO;	/* somebody cut the file */
		else if (r > 0 || errno != EINTR)
			err = errno;
	}
	free(piece);
	if (err == 0 && d->text.n > 0 && put(arg, d->text.p, d->text.n) < 0)
		err = errno;
	errno = err;
	return err == 0 ? 0 : -1;
}

void
msgtext_free(struct msgtext *d)
{
	buf_free(&d->text);
	newfile_drop(&d->file);
}
