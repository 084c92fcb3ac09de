#include "marks.h"

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
struct marks_record {
	volatile uint64_t magic;
	volatile struct point point[2];
	volatile uint64_t mark[MARKS_MARKS];
};

uint64_t
marks_digest(uint64_t digest, const void *p, size_t n)
{
	const unsigned char *c = p;
	size_t i;

	/* FNV-1a */
	for (i = 0; i < n; i++)
		digest = (digest ^ c[i]) * 0x100000001b3U;
	return digest;
}

/* 0, or -1 where fd cannot have one. */
static int
set_name(struct marks *w, int fd)
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
map(struct marks *w, int fd)
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
	    st.st_size == (off_t)sizeof(struct marks_record);
}

int
marks_find(struct marks *w, int fd)
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
	marks_leave(w);
	return 0;
}

void
marks_see(struct marks *w, uint64_t length, uint64_t digest)
{
	volatile struct point *p;

	if (w->record == NULL)
		return;
	p = w->record->point;
	w->old |= p[0].length == length && p[0].digest == digest;
	w->young |= p[1].length == length && p[1].digest == digest;
}

int
marks_agrees(const struct marks *w, uint64_t length)
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
	return ftruncate(object, sizeof(struct marks_record)) < 0 ||
	    posix_fallocate(object, 0, sizeof(struct marks_record)) != 0 ?
	    -1 : 0;
}

int
marks_make(struct marks *w, int fd, uint64_t length, uint64_t digest)
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
	marks_before(w, length, digest);
	marks_after(w);
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
marks_before(struct marks *w, uint64_t length, uint64_t digest)
{
	if (w->record != NULL)
		set(&w->record->point[1], length, digest);
}

void
marks_after(struct marks *w)
{
	volatile struct point *p;

	if (w->record == NULL)
		return;
	p = w->record->point;
	set(&p[0], p[1].length, p[1].digest);
}

size_t
marks_mark(struct marks *w, uint64_t place)
{
	size_t i;

	if (w->record == NULL)
		return 0;
	for (i = 0; i < MARKS_MARKS; i++) {
		w->next = (w->next + 1) % MARKS_MARKS;
		if (w->record->mark[w->next] == 0) {
			w->record->mark[w->next] = place + 1;
			return w->next + 1;
		}
	}
	return 0;
}

void
marks_unmark(struct marks *w, size_t mark)
{
	if (w->record != NULL && mark > 0)
		w->record->mark[mark - 1] = 0;
}

int
marks_has(const struct marks *w, uint64_t place)
{
	size_t i;

	for (i = 0; w->record != NULL && i < MARKS_MARKS; i++)
		if (w->record->mark[i] == place + 1)
			return 1;
	return 0;
}

int
marks_has_any(const struct marks *w)
{
	size_t i;

	for (i = 0; w->record != NULL && i < MARKS_MARKS; i++)
		if (w->record->mark[i] != 0)
			return 1;
	return 0;
}

void
marks_leave(struct marks *w)
{
	if (w->record != NULL)
		munmap(w->record, sizeof *w->record);
	w->record = NULL;
}

void
marks_remove(struct marks *w)
{
	marks_leave(w);
	if (w->name[0] != '\0')
		shm_unlink(w->name);
	w->name[0] = '\0';
}
