#include "msgtext.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define MEMORY 65536		/* bytes of a message kept in memory */

int
msgtext_wants_file(const struct msgtext *m, size_t n)
{
	return m->err == 0 && m->file.path == NULL && n > MEMORY - m->text.n;
}

void
msgtext_flush(struct msgtext *m)
{
	if (m->err == 0 && m->file.path != NULL &&
	    newfile_write(&m->file, m->text.p, m->text.n) < 0)
		m->err = errno;
	if (m->file.path != NULL || m->err != 0)
		buf_clear(&m->text);
}

void
msgtext_add(struct msgtext *m, const char *dir, const char *p, size_t n)
{
	if (msgtext_wants_file(m, n) && newfile_open(&m->file, dir) < 0)
		m->err = errno;
	if (n > MEMORY - m->text.n)
		msgtext_flush(m);
	if (m->err != 0) {
		msgtext_free(m);
		return;
	}
	if (n <= MEMORY)
		buf_add(&m->text, p, n);
	else if (newfile_write(&m->file, p, n) < 0)
		m->err = errno;
}

int
msgtext_read(const struct msgtext *m,
    int (*put)(void *arg, const char *p, size_t n), void *arg)
{
	uint64_t at = m->head;
	char *piece;
	ssize_t r = 0;
	int err = 0;

	piece = m->file.path != NULL ? die_realloc(NULL, MEMORY, 1) : NULL;
	while (err == 0 && m->file.path != NULL && at < m->file.size) {
		r = pread(m->file.fd, piece, MEMORY, (off_t)at);
		if (r > 0 && put(arg, piece, (size_t)r) == 0)
			at += (uint64_t)r;
		else if (r == 0)
			err = EIO;	/* somebody cut the file */
		else if (r > 0 || errno != EINTR)
			err = errno;
	}
	free(piece);
	if (err == 0 && m->text.n > 0 && put(arg, m->text.p, m->text.n) < 0)
		err = errno;
	errno = err;
	return err == 0 ? 0 : -1;
}

void
msgtext_free(struct msgtext *m)
{
	buf_free(&m->text);
	newfile_drop(&m->file);
}
