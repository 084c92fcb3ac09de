#include "mail.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define MEMORY 65536		/* bytes of a message kept in memory */

void *
mail_open(size_t size, const char *root, const struct mail_hearer *hearer)
{
	struct mails *of;

	of = die_calloc(1, size);
	of->root = root;
	of->hearer = hearer;
	of->last = &of->first;
	return of;
}

void *
mail_begin(void *store, struct span from, struct span trace,
    struct span boxes)
{
	struct mail *m;

	m = die_calloc(1, sizeof *m);
	m->of = store;
	m->from = from;
	m->trace = trace;
	m->boxes = boxes;
	return m;
}

int
mail_wants_file(const struct mail *m, size_t n)
{
	return m->err == 0 && m->file.path == NULL && n > MEMORY - m->text.n;
}

void
mail_flush(struct mail *m)
{
	if (m->err == 0 && m->file.path != NULL &&
	    newfile_write(&m->file, m->text.p, m->text.n) < 0)
		m->err = errno;
	if (m->file.path != NULL || m->err != 0)
		buf_clear(&m->text);
}

void
mail_write(void *mail, const char *p, size_t n)
{
	struct mail *m = mail;

	if (mail_wants_file(m, n) && newfile_open(&m->file, m->of->root) < 0)
		m->err = errno;
	if (n > MEMORY - m->text.n)
		mail_flush(m);
	if (m->err != 0) {
		buf_free(&m->text);
		newfile_drop(&m->file);
		return;
	}
	if (n <= MEMORY)
		buf_add(&m->text, p, n);
	else if (newfile_write(&m->file, p, n) < 0)
		m->err = errno;
}

int
mail_wait(struct mail *m)
{
	m->state = MAIL_WAITING;
	m->next = NULL;
	*m->of->last = m;
	m->of->last = &m->next;
	return EINPROGRESS;
}

struct mail *
mail_next(struct mails *of)
{
	struct mail *m = of->first;

	if (m == NULL)
		return NULL;
	of->first = m->next;
	if (of->first == NULL)
		of->last = &of->first;
	m->state = MAIL_DONE;
	return m;
}

int
mail_read(const struct mail *m,
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
mail_stored(const struct mail *m, const char *path)
{
	const struct mail_hearer *hearer = m->of->hearer;

	if (hearer->stored != NULL)
		hearer->stored(hearer->arg, path);
}

void
mail_drop(void *mail)
{
	struct mail *m = mail, **p;

	if (m->state == MAIL_WAITING) {
		for (p = &m->of->first; *p != m; p = &(*p)->next)
			;
		*p = m->next;
		if (m->next == NULL)
			m->of->last = p;
	}
	buf_free(&m->text);
	newfile_drop(&m->file);
	free(m->path);
	free(m);
}
