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
set_name(struct appended *a, int fd)
{
	struct stat st;

	memset(a, 0, sizeof *a);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return -1;
	snprintf(a->name, sizeof a->name, "/mailorder-%jx-%jx-%jx",
	    (uintmax_t)geteuid(), (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino);
	return 0;
}

static int
map(struct appended *a, int fd)
{
	void *p = mmap(NULL, sizeof *a->record, PROT_READ | PROT_WRITE,
	    MAP_SHARED, fd, 0);

	a->record = p != MAP_FAILED ? p : NULL;
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
appended_find(struct appended *a, int fd)
{
	int r, object;

	if (set_name(a, fd) < 0)
		return 0;
	object = shm_open(a->name, O_RDWR, 0);
	if (object < 0)
		return 0;
	r = is_ours(object) ? map(a, object) : -1;
	close(object);
	if (r == 0 && a->record->magic == MAGIC)
		return 1;
	appended_leave(a);
	return 0;
}

void
appended_see(struct appended *a, uint64_t length, uint64_t digest)
{
	volatile struct point *p;

	if (a->record == NULL)
		return;
	p = a->record->point;
	a->old |= p[0].length == length && p[0].digest == digest;
	a->young |= p[1].length == length && p[1].digest == digest;
}

int
appended_agrees(const struct appended *a, uint64_t length)
{
	volatile struct point *p;

	if (a->record == NULL)
		return 0;
	p = a->record->point;
	return (a->young && length == p[1].length) || (a->old &&
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
appended_make(struct appended *a, int fd, uint64_t length, uint64_t digest)
{
	int r, object;

	if (set_name(a, fd) < 0)
		return -1;
	shm_unlink(a->name);
	object = shm_open(a->name, O_RDWR | O_CREAT | O_EXCL,
	    S_IRUSR | S_IWUSR);
	if (object < 0)
		return -1;
	r = fill(object) == 0 && is_ours(object) ? map(a, object) : -1;
	close(object);
	if (r < 0) {
		shm_unlink(a->name);
		return -1;
	}
	appended_before(a, length, digest);
	appended_after(a);
	a->record->magic = MAGIC;
	return 0;
}

static void
set(volatile struct point *p, uint64_t length, uint64_t digest)
{
	p->digest = digest;
	p->length = length;
}

void
appended_before(struct appended *a, uint64_t length, uint64_t digest)
{
	if (a->record != NULL)
		set(&a->record->point[1], length, digest);
}

void
appended_after(struct appended *a)
{
	volatile struct point *p;

	if (a->record == NULL)
		return;
	p = a->record->point;
	set(&p[0], p[1].length, p[1].digest);
}

size_t
appended_mark(struct appended *a, uint64_t place)
{
	size_t i;

	if (a->record == NULL)
		return 0;
	for (i = 0; i < APPENDED_MARKS; i++) {
		a->next = (a->next + 1) % APPENDED_MARKS;
		if (a->record->mark[a->next] == 0) {
			a->record->mark[a->next] = place + 1;
			return a->next + 1;
		}
	}
	return 0;
}

void
appended_unmark(struct appended *a, size_t mark)
{
	if (a->record != NULL && mark > 0)
		a->record->mark[mark - 1] = 0;
}

int
appended_has(const struct appended *a, uint64_t place)
{
	size_t i;

	for (i = 0; a->record != NULL && i < APPENDED_MARKS; i++)
		if (a->record->mark[i] == place + 1)
			return 1;
	return 0;
}

int
appended_has_any(const struct appended *a)
{
	size_t i;

	for (i = 0; a->record != NULL && i < APPENDED_MARKS; i++)
		if (a->record->mark[i] != 0)
			return 1;
	return 0;
}

void
appended_leave(struct appended *a)
{
	if (a->record != NULL)
		munmap(a->record, sizeof *a->record);
	a->record = NULL;
}

void
appended_remove(struct appended *a)
{
	appended_leave(a);
	if (a->name[0] != '\0')
		shm_unlink(a->name);
	a->name[0] = '\0';
}
