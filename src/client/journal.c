#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/io.h"
#include "sys/lock.h"
#include "sys/newfile.h"

/* The table's first size; a power of two, as all later ones. */
#define TABLE_FIRST 1024

struct journal_entry {
	uint64_t hash;
	off_t at;		/* of the line, plus 1; 0 is a free entry */
	int sent;		/* it says "sent" */
};

/* FNV-1a, 64 bits */
static uint64_t
hash_more(uint64_t h, struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3U;
	return (h ^ 0xff) * 0x100000001b3U;
}

static uint64_t
hash_key(struct span id, uintmax_t number, struct span rcpt)
{
	uint64_t h = 0xcbf29ce484222325U;

	if (id.n == 0)
		id = span_of(&number, sizeof number);
	return hash_more(hash_more(h, id), rcpt);
}

static int
same_key(const struct result *r, struct span id, uintmax_t number,
    struct span rcpt)
{
	if (!span_eq(r->rcpt, rcpt) || !span_eq(r->id, id))
		return 0;
	return id.n > 0 || r->number == number;
}

/* The line at offset at, as it was when the journal was opened. */
static int
read_line(struct journal *j, off_t at, struct result *r)
{
	char *lf;
	ssize_t n;

	do
		n = pread(j->fd, j->line, sizeof j->line, at);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -1;
	lf = memchr(j->line, '\n', (size_t)n);
	if (lf == NULL || result_parse(r,
	    span_of(j->line, (size_t)(lf - j->line))) < 0) {
		errno = EIO;	/* it was a good line when we came */
		return -1;
	}
	return 0;
}

/*
 * The entry of a key, or the free one where it would be; NULL with errno.
 */
static struct journal_entry *
find(struct journal *j, uint64_t hash, struct span id, uintmax_t number,
    struct span rcpt)
{
	struct journal_entry *e;
	struct result r;
	size_t i;

	for (i = (size_t)hash & (j->cap - 1);; i = (i + 1) & (j->cap - 1)) {
		e = &j->entry[i];
		if (e->at == 0)
			return e;
		if (e->hash != hash)
			continue;
		if (read_line(j, e->at - 1, &r) < 0)
			return NULL;
		if (same_key(&r, id, number, rcpt))
			return e;
	}
}

/* Doubles the table; it is never more than half full. */
static void
grow(struct journal *j)
{
	size_t i, k, cap = j->cap == 0 ? TABLE_FIRST : 2 * j->cap;
	struct journal_entry *old = j->entry;

	j->entry = die_calloc(cap, sizeof *j->entry);
	for (i = 0; i < j->cap; i++) {
		if (old[i].at == 0)
			continue;
		for (k = (size_t)old[i].hash & (cap - 1);
		    j->entry[k].at != 0; k = (k + 1) & (cap - 1))
			;
		j->entry[k] = old[i];
	}
	j->cap = cap;
	free(old);
}

static int
enter(struct journal *j, const struct result *r, off_t at)
{
	uint64_t hash = hash_key(r->id, r->number, r->rcpt);
	struct journal_entry *e;

	if (2 * (j->entries + 1) > j->cap)
		grow(j);
	e = find(j, hash, r->id, r->number, r->rcpt);
	if (e == NULL)
		return -1;
	j->entries += e->at == 0;
	if (e->at != 0 && e->sent)
		return 0;
	e->hash = hash;
	e->at = at + 1;
	e->sent = r->status == RESULT_SENT;
	return 0;
}

/*
 * Ends the line that a crash cut off, so that it is a line, if a bad one,
 * and reads all.
 */
static int
load(struct journal *j)
{
	enum rd_status status;
	struct span line;
	struct result r;
	struct stat st;
	struct rd rd;
	off_t at = 0;
	char last;

	if (fstat(j->fd, &st) < 0)
		return -1;
	if (!S_ISREG(st.st_mode) || st.st_size == 0)
		return 0;
	if (pread(j->fd, &last, 1, st.st_size - 1) != 1 ||
	    (last != '\n' && journal_write(j, span_str("\n")) < 0) ||
	    lseek(j->fd, 0, SEEK_SET) < 0)	/* the write has moved it */
		return -1;
	rd_init(&rd, j->fd, IO_FOREVER, JOURNAL_LINE_MAX);
	while ((status = rd_line(&rd, &line)) == RD_LINE ||
	    status == RD_LONG) {
		if (status == RD_LINE &&
		    result_parse(&r, span_chomp(line)) == 0 &&
		    enter(j, &r, at) < 0)
			break;
		at += (off_t)line.n;
	}
	rd_free(&rd);
	return status == RD_EOF ? 0 : -1;
}

/* 0, or -1 with errno: EAGAIN when another process has it. */
static int
take(struct journal *j, const char *path, int sync)
{
	int err;

	memset(j, 0, sizeof *j);
	j->path = path;
	j->sync = sync;
	j->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (j->fd < 0)
		return -1;
	/* A new name is only safe with its directory. */
	if (lock_file(j->fd) == 0 && load(j) == 0 &&
	    (!sync || newfile_syncparent(path) == 0))
		return 0;
	err = errno;
	journal_close(j);
	errno = err;
	return -1;
}

void
journal_need(struct journal *j, const char *path, int sync)
{
	if (take(j, path, sync) == 0)
		return;
	if (errno == EAGAIN)
		die(EX_TEMPFAIL, "%s: in use by another run", path);
	die_sys(die_errno(errno, EX_CANTCREAT), "%s", path);
}

int
journal_close(struct journal *j)
{
	int r = close(j->fd);

	j->fd = -1;
	free(j->entry);
	j->entry = NULL;
	j->cap = j->entries = 0;
	return r;
}

int
journal_find(struct journal *j, struct span id, uintmax_t number,
    struct span rcpt, struct result *r)
{
	struct journal_entry *e;

	if (j->cap == 0)
		return 0;
	e = find(j, hash_key(id, number, rcpt), id, number, rcpt);
	if (e == NULL)
		return -1;
	if (e->at == 0)
		return 0;
	return read_line(j, e->at - 1, r) < 0 ? -1 : 1;
}

int
journal_write(struct journal *j, struct span lines)
{
	if (io_write(j->fd, lines.p, lines.n) < 0)
		return -1;
	return j->sync ? fsync(j->fd) : 0;
}
