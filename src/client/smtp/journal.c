#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "format/mail/mime.h"
#include "sys/io.h"
#include "sys/lock.h"
#include "sys/newfile.h"

/* The table's first size; a power of two, as all later ones. */
#define TABLE_FIRST 1024

struct journal_entry {
	uint64_t hash;
	off_t at;		/* of the line, plus 1; 0 is a free entry */
	enum result_status status;	/* that it says */
};

static int
same_key(const struct result *r, struct span id, uintmax_t number,
    struct span rcpt)
{
	if (!span_eq(r->rcpt, rcpt) || !span_eq(r->id, id))
		return 0;
	return id.n > 0 || r->number == number;
}

/*
 * The fields of a line as result_add writes them, whoever wrote it: only so is
 * a recipient the same in a line that we add.
 */
static struct span
clean(struct buf *b, struct span line)
{
	const char *tab;
	size_t n;

	buf_clear(b);
	while ((tab = span_find(line, '\t')) != NULL) {
		n = (size_t)(tab - line.p);
		mime_line(b, span_of(line.p, n));
		buf_addc(b, '\t');
		line = span_drop(line, n + 1);
	}
	mime_line(b, line);
	return buf_span(b);
}

/* The line at offset at, as it was when the journal was opened. */
static int
read_line(struct journal *j, off_t at, struct result *r)
{
	char *lf;
	ssize_t n;

	buf_reserve(&j->line, JOURNAL_LINE_MAX);
	do
		n = pread(j->fd, j->line.p, JOURNAL_LINE_MAX, at);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -1;
	lf = memchr(j->line.p, '\n', (size_t)n);
	if (lf == NULL || result_parse(r, clean(&j->clean,
	    span_of(j->line.p, (size_t)(lf - j->line.p)))) != 0) {
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

/*
 * Whether a line, at offset at, counts more than the one before it.  One that
 * was ahead of its turn says nothing against what is known: a batch may have
 * two messages with one Message-ID.
 */
static int
outdoes(const struct journal *j, const struct journal_entry *e,
    const struct result *r, uint64_t at)
{
	if (e->at == 0 || e->status == RESULT_DEFERRED)
		return 1;
	return e->status != RESULT_SENT && (r->status != RESULT_SENDING ||
	    (!appended_has(&j->marks, at) && at + 1 != j->torn));
}

static int
enter(struct journal *j, const struct result *r, uint64_t at)
{
	uint64_t hash = result_hash(r->id, r->number, r->rcpt);
	struct journal_entry *e;

	if (2 * (j->entries + 1) > j->cap)
		grow(j);
	e = find(j, hash, r->id, r->number, r->rcpt);
	if (e == NULL)
		return -1;
	j->entries += e->at == 0;
	if (!outdoes(j, e, r, at))
		return 0;
	e->hash = hash;
	e->at = (off_t)at + 1;
	e->status = r->status;
	return 0;
}

static void
forget(struct journal *j)
{
	free(j->entry);
	buf_free(&j->line);
	buf_free(&j->clean);
	j->entry = NULL;
	j->cap = j->entries = 0;
	j->size = j->torn = 0;
	j->digest = SPAN_HASH;
}

/* Reads all, and shows it to the marks. */
static int
load(struct journal *j)
{
	enum rd_status status;
	int rest = 0;		/* of a line that is too long: none itself */
	struct buf fields = { 0 };
	struct span line;
	struct result r;
	struct rd rd;

	forget(j);
	appended_see(&j->marks, j->size, j->digest);
	if (lseek(j->fd, 0, SEEK_SET) < 0)
		return -1;
	rd_init(&rd, j->fd, IO_FOREVER, JOURNAL_LINE_MAX);
	while ((status = rd_line(&rd, &line)) == RD_LINE ||
	    status == RD_LONG || status == RD_PARTIAL) {
		if (status == RD_PARTIAL)
			j->torn = j->size + 1;
		if (status != RD_LONG && !rest &&
		    result_parse(&r, clean(&fields, span_chomp(line))) == 0 &&
		    r.status <= RESULT_SENDING && enter(j, &r, j->size) < 0)
			break;
		rest = status == RD_LONG;
		j->size += line.n;
		j->digest = span_hash(j->digest, line);
		appended_see(&j->marks, j->size, j->digest);
	}
	rd_free(&rd);
	buf_free(&fields);
	return status == RD_EOF ? 0 : -1;
}

/* Says in a line of its own what the line of e came to. */
static int
settle(struct journal *j, struct journal_entry *e, int begun)
{
	struct buf line = { 0 };
	uint64_t end = j->size;
	struct result r;
	int failed;

	if (read_line(j, e->at - 1, &r) < 0)
		return -1;
	r.status = begun ? RESULT_UNKNOWN : RESULT_DEFERRED;
	r.time = (int64_t)time(NULL);
	r.text = span_str(begun ? "the run that sent it was cut off" :
	    RESULT_NOT_BEGUN);
	result_add(&line, &r);
	failed = journal_write(j, buf_span(&line)) < 0;
	buf_free(&line);
	e->at = (off_t)end + 1;
	e->status = r.status;
	return failed ? -1 : 0;
}

/*
 * Settles what was left open.  Marks that agree stay until that has been
 * written; others must not see it, lest they agree with the file afterwards.
 */
static int
settle_all(struct journal *j)
{
	struct journal_entry *e;
	uint64_t at;
	int agrees;
	size_t i;

	if (load(j) < 0)
		return -1;
	agrees = appended_agrees(&j->marks, j->size);
	if (!agrees)
		appended_remove(&j->marks);
	if (j->torn != 0 && journal_write(j, span_str("\n")) < 0)
		return -1;
	for (i = 0; i < j->cap; i++) {
		e = &j->entry[i];
		if (e->at == 0 || e->status != RESULT_SENDING)
			continue;
		at = (uint64_t)e->at - 1;
		if (settle(j, e, at + 1 != j->torn &&
		    !(agrees && appended_has(&j->marks, at))) < 0)
			return -1;
	}
	appended_remove(&j->marks);
	return 0;
}

/* 0, or -1 with errno: EAGAIN when another process has it. */
static int
take(struct journal *j, const char *path, int sync)
{
	struct stat st;

	memset(j, 0, sizeof *j);
	j->path = path;
	j->sync = sync;
	j->fd = lock_take(path, 0);
	if (j->fd < 0 || fstat(j->fd, &st) < 0)
		return -1;
	j->regular = S_ISREG(st.st_mode);
	if (!j->regular)
		return 0;
	/* A new name is only safe with its directory. */
	if (sync && st.st_size == 0 && newfile_syncparent(path) < 0)
		return -1;
	appended_find(&j->marks, j->fd);
	return settle_all(j);
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
	int err = 0;

	if (j->failed)
		appended_leave(&j->marks);
	else if ((appended_has_any(&j->marks) && settle_all(j) < 0) ||
	    journal_flush(j) < 0)
		err = errno;
	else
		appended_remove(&j->marks);
	if (close(j->fd) < 0 && err == 0)
		err = errno;
	j->fd = -1;
	forget(j);
	errno = err;
	return err == 0 ? 0 : -1;
}

int
journal_find(struct journal *j, struct span id, uintmax_t number,
    struct span rcpt, struct result *r)
{
	struct journal_entry *e;

	if (j->cap == 0)
		return 0;
	e = find(j, result_hash(id, number, rcpt), id, number, rcpt);
	if (e == NULL)
		return -1;
	if (e->at == 0)
		return 0;
	return read_line(j, e->at - 1, r) < 0 ? -1 : 1;
}

int
journal_write(struct journal *j, struct span lines)
{
	uint64_t size = j->size + lines.n;
	uint64_t digest = span_hash(j->digest, lines);

	appended_before(&j->marks, size, digest);
	if (io_write(j->fd, lines.p, lines.n) < 0) {
		j->failed = 1;
		return -1;
	}
	appended_after(&j->marks);
	j->size = size;
	j->digest = digest;
	j->dirty = 1;
	return 0;
}

/* The file grows, and so fdatasync would save nothing. */
int
journal_flush(struct journal *j)
{
	long long took;

	if (!j->dirty || !j->sync || !j->regular)
		return 0;
	took = -io_clock_us();
	if (io_sync(j->fd) < 0) {
		j->failed = 1;
		return -1;
	}
	took += io_clock_us();
	j->cost = j->cost == 0 ? took : (3 * j->cost + took) / 4;
	j->dirty = 0;
	return 0;
}

size_t
journal_mark(struct journal *j, size_t after)
{
	if (j->marks.record == NULL && (!j->regular ||
	    appended_make(&j->marks, j->fd, j->size, j->digest) < 0))
		return 0;
	return appended_mark(&j->marks, j->size + after);
}

void
journal_unmark(struct journal *j, size_t mark)
{
	appended_unmark(&j->marks, mark);
}
