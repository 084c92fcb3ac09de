#include "appended.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of this layout. */
#define MAGIC 0x6d6f77697431U

struct point {
	uint64_t length, digest;
};

/*
 * The file was at point[0] and goes on to point[1]; while nothing is being
 * written they are the same.  Each is written when the file is at the other,
 * so that one is whole whenever the process dies.  A mark is a place plus 1,
 * or 0.
 */
struct appended_record {
	volatile uint64_t magic;
	volatile struct point point[2];
	volatile uint64_t mark[APPENDED_MARKS];
};

/* 0, or -1 where fd cannot have one. */
static int
set_name(struct appended *w, int fd)
{
	struct stat st;

	memset(w, 0, sizeof *w);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return -1;
	snprintf(w->name, sizeof w->name, "/mailorder-%jx-%jx-%jx",
	    (uintmax_t)geteuid(), (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino);
	return 0;
}

static int
map(struct appended *w, int fd)
{
	void *p = mmap(NULL, sizeof *w->record, PROT_READ | PROT_WRITE,
	    MAP_SHARED, fd, 0);

	w->record = p != MAP_FAILED ? p : NULL;
	return p != MAP_FAILED ? 0 : -1;
}

/* Whether the object is ours, and nobody else's to write. */
static int
is_ours(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_uid == geteuid() &&
	    (st.st_mode & (S_IRWXG | S_IRWXO)) == 0 &&
	    st.st_size == (off_t)sizeof(struct appended_record);
}

int
appended_find(struct appended *w, int fd)
{
	int r, object;

	if (set_name(w, fd) < 0)
		return 0;
	object = shm_open(w->name, O_RDWR, 0);
	if (object < 0)
		return 0;
	r = is_ours(object) ? map(w, object) : -1;
	close(object);
	if (r == 0 && w->record->magic == MAGIC)
		return 1;
	appended_leave(w);
	return 0;
}

void
appended_see(struct appended *w, uint64_t length, uint64_t digest)
{
	volatile struct point *p;

	if (w->record == NULL)
		return;
	p = w->record->point;
	w->old |= p[0].length == length && p[0].digest == digest;
	w->young |= p[1].length == length && p[1].digest == digest;
}

int
appended_agrees(const struct appended *w, uint64_t length)
{
	volatile struct point *p;

	if (w->record == NULL)
		return 0;
	p = w->record->point;
	return (w->young && length == p[1].length) || (w->old &&
	    length >= p[0].length && length <= p[1].length);
}

/* The memory is there, so that no store to it fails: 0, or -1. */
static int
fill(int object)
{
	return ftruncate(object, sizeof(struct appended_record)) < 0 ||
	    posix_fallocate(object, 0, sizeof(struct appended_record)) != 0 ?
	    -1 : 0;
}

int
appended_make(struct appended *w, int fd, uint64_t length, uint64_t digest)
{
	int r, object;

	if (set_name(w, fd) < 0)
		return -1;
	shm_unlink(w->name);
	object = shm_open(w->name, O_RDWR | O_CREAT | O_EXCL,
	    S_IRUSR | S_IWUSR);
	if (object < 0)
		return -1;
	r = fill(object) == 0 && is_ours(object) ? map(w, object) : -1;
	close(object);
	if (r < 0) {
		shm_unlink(w->name);
		return -1;
	}
	appended_before(w, length, digest);
	appended_after(w);
	w->record->magic = MAGIC;
	return 0;
}

static void
set(volatile struct point *p, uint64_t length, uint64_t digest)
{
	p->digest = digest;
	p->length = length;
}

void
appended_before(struct appended *w, uint64_t length, uint64_t digest)
{
	if (w->record != NULL)
		set(&w->record->point[1], length, digest);
}

void
appended_after(struct appended *w)
{
	volatile struct point *p;

	if (w->record == NULL)
		return;
	p = w->record->point;
	set(&p[0], p[1].length, p[1].digest);
}

size_t
appended_mark(struct appended *w, uint64_t place)
{
	size_t i;

	if (w->record == NULL)
		return 0;
	for (i = 0; i < APPENDED_MARKS; i++) {
		w->next = (w->next + 1) % APPENDED_MARKS;
		if (w->record->mark[w->next] == 0) {
			w->record->mark[w->next] = place + 1;
			return w->next + 1;
		}
	}
	return 0;
}

void
appended_unmark(struct appended *w, size_t mark)
{
	if (w->record != NULL && mark > 0)
		w->record->mark[mark - 1] = 0;
}

int
appended_has(const struct appended *w, uint64_t place)
{
	size_t i;

	for (i = 0; w->record != NULL && i < APPENDED_MARKS; i++)
		if (w->record->mark[i] == place + 1)
			return 1;
	return 0;
}

int
appended_has_any(const struct appended *w)
{
	size_t i;

	for (i = 0; w->record != NULL && i < APPENDED_MARKS; i++)
		if (w->record->mark[i] != 0)
			return 1;
	return 0;
}

void
appended_leave(struct appended *w)
{
	if (w->record != NULL)
		munmap(w->record, sizeof *w->record);
	w->record = NULL;
}

void
appended_remove(struct appended *w)
{
	appended_leave(w);
	if (w->name[0] != '\0')
		shm_unlink(w->name);
	w->name[0] = '\0';
}
