#include "tray.h"

#include <errno.h>

#include "format/crypt/sha256.h"
#include "sys/secret.h"

#define NAME_SIZE 8		/* random bytes in a name we invent */

int
tray_open(struct tray *t, const char *dir, int only_one)
{
	t->dir = dir;
	t->spool = spool_open(dir, only_one);
	return t->spool != NULL ? 0 : -1;
}

void
tray_close(struct tray *t)
{
	if (t->spool != NULL)
		spool_close(t->spool);
	t->spool = NULL;
}

void *
tray_begin(void *tray, int *err)
{
	struct tray *t = tray;
	struct spool_file *f;

	f = spool_begin(t->spool);
	if (f == NULL && (*err = errno) != EBUSY)
		warn_sys("%s", t->dir);
	return f;
}

void
tray_write(void *file, const void *p, size_t n)
{
	spool_write(file, p, n);
}

void
tray_finish(void *file, struct span name)
{
	spool_finish(file, name, NULL, span_of(NULL, 0));
}

int
tray_outcome(void *file, struct span *name)
{
	enum spool_state state = spool_state(file);

	*name = spool_name(file);
	if (state == SPOOL_STORED ||
	    (state == SPOOL_OPEN && spool_error(file) == 0))
		return 0;
	return spool_tell(file);
}

void
tray_drop(void *file)
{
	spool_free(file);
}

int
tray_look(void *tray, struct span name, uint64_t *size, int64_t *time)
{
	const struct tray *t = tray;
	struct spool_entry entry;

	if (spool_look(t->spool, name, &entry) < 0)
		return -1;
	*size = entry.size;
	*time = entry.time;
	return 0;
}

struct tour {
	void (*visit)(void *to, struct span name, uint64_t size, int64_t time);
	void *to;
};

static void
visit_one(void *arg, const struct spool_entry *entry)
{
	const struct tour *tour = arg;

	tour->visit(tour->to, entry->name, entry->size, entry->time);
}

int
tray_list(void *tray, void (*visit)(void *to, struct span name,
    uint64_t size, int64_t time), void *to)
{
	const struct tray *t = tray;
	struct tour tour = { visit, to };

	if (spool_list(t->spool, visit_one, &tour) == 0)
		return 0;
	warn_sys("%s", t->dir);
	return -1;
}

void
tray_invent(void *tray, struct buf *name)
{
	unsigned char random[NAME_SIZE];
	char hex[2 * NAME_SIZE + 1];

	(void)tray;
	secret_fill(random, sizeof random);
	sha256_hex(hex, random, sizeof random);
	buf_addf(name, "order-%s.txt", hex);
}
