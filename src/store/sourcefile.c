#include "sourcefile.h"

#include <errno.h>

#include "format/mail/crlf.h"
#include "sys/charset.h"
#include "sys/cli.h"
#include "sys/io.h"
#include "sys/secret.h"

#define LIST_LINE_MAX 65536	/* octets of a line in a list */
#define RESULTS_MAX ((size_t)1 << 30)	/* more were never sent at once */

static int
is_stdin(const char *path)
{
	return path != NULL && strcmp(path, "-") == 0;
}

int
sourcefile_stdins(const struct sourcefiles *f)
{
	int n = is_stdin(f->path) + is_stdin(f->table) + is_stdin(f->results) +
	    is_stdin(f->journal);
	size_t i;

	for (i = 0; i < f->nlists; i++)
		n += is_stdin(f->lists[i]);
	return n;
}

/* A list of those whom no letter goes to. */
static void
read_list(struct exclude *x, const char *path, struct buf *faults)
{
	const char *name = io_name(path), *why;
	const int fd = io_open(path);
	enum rd_status got;
	struct span line;
	struct rd rd;
	size_t number;

	if (fd < 0)
		die_sys(die_errno(errno, EX_NOINPUT), "%s", name);
	rd_init(&rd, fd, IO_FOREVER, LIST_LINE_MAX);
	for (number = 1;; number++) {
		got = rd_line(&rd, &line);
		if (got != RD_LINE && got != RD_PARTIAL)
			break;
		if (exclude_line(x, line, &why) < 0)
			buf_addf(faults, "%s:%zu: %s\n", name, number, why);
	}
	if (got == RD_LONG)
		buf_addf(faults, "%s:%zu: line too long\n", name, number);
	errno = rd.err;
	if (got == RD_ERROR)
		die_sys(die_errno(errno, EX_NOINPUT), "%s", name);
	rd_free(&rd);
	io_close(fd);
}

/* A journal that is not there is an empty one; its last line may be cut off. */
static void
read_journal(struct exclude *x, const char *path)
{
	struct buf text = { 0 };
	struct span rest;

	if (io_text(path, &text, RESULTS_MAX) < 0 && errno != ENOENT)
		die_sys(die_errno(errno, EX_NOINPUT), "%s", path);
	rest = buf_span(&text);
	while (rest.n > 0)
		exclude_had(x, span_chomp(span_line(&rest)));
	buf_free(&text);
}

static enum exit_code
read_lists(struct source *s, const struct sourcefiles *f, struct buf *faults)
{
	size_t i;

	s->lists = f->nlists > 0;
	for (i = 0; i < f->nlists; i++)
		read_list(&s->exclude, f->lists[i], faults);
	if (s->lists && f->journal != NULL)
		read_journal(&s->exclude, f->journal);
	return faults->n > 0 ? EX_DATAERR : EX_OK;
}

static void
read_key(struct source *s, const char *path)
{
	struct buf key = { 0 };
	const char *why;

	if (secret_read(path, &key, TAG_KEY_MAX, &why) < 0)
		die(EX_CONFIG, "%s: %s", path, why);
	tag_key(&s->key, buf_span(&key));
	secret_wipe(&key);
	s->keyed = 1;
}

static enum exit_code
read_table(struct source *s, const struct sourcefiles *f, struct buf *faults)
{
	struct buf table = { 0 };
	enum exit_code code;

	s->table = io_name(f->table);
	s->column = f->column;
	code = charset_read(&table, f->table, 'C', f->table_charset,
	    ORDER_SIZE_MAX);
	if (code == EX_OK && source_table(s, buf_span(&table), faults) < 0)
		code = EX_DATAERR;
	buf_free(&table);
	return code;
}

/* Only those recipients whom results(5) name. */
static enum exit_code
keep(struct source *s, const struct sourcefiles *f, struct buf *faults)
{
	const char *name = io_name(f->results);
	struct buf text = { 0 };
	struct dsn dsn = { 0 };

	if (io_text(f->results, &text, RESULTS_MAX) < 0)
		die_sys(die_errno(errno, EX_NOINPUT), "%s", name);
	dsn_read(&dsn, buf_span(&text), name, faults);
	if (faults->n == 0 && source_keep(s, &dsn, f->states, faults) == 0)
		die(EX_NOUSER, "%s: no recipient of the order is in such a "
		    "state", name);
	dsn_free(&dsn);
	buf_free(&text);
	return faults->n > 0 ? EX_DATAERR : EX_OK;
}

enum exit_code
sourcefile_read(struct source *s, struct buf *text, struct sourcefiles *f,
    struct buf *faults)
{
	enum exit_code code;

	s->name = io_name(f->path);
	if (f->dir != NULL) {
		attachdir_open(&f->attach, f->dir);
		s->files = &f->attach.store;
	}
	if (f->keyfile != NULL)
		read_key(s, f->keyfile);
	code = read_lists(s, f, faults);
	if (code == EX_OK && f->table != NULL)
		code = read_table(s, f, faults);
	if (code == EX_OK)
		code = charset_read(text, f->path, 'c', f->charset,
		    ORDER_SIZE_MAX);
	if (code == EX_OK && source_order(s, buf_span(text), faults) < 0)
		code = EX_DATAERR;
	if (code == EX_OK && f->results != NULL)
		code = keep(s, f, faults);
	return code;
}

void
sourcefile_made(struct buf *b, struct source *s)
{
	struct buf faults = { 0 };

	if (s->lists && source_keep(s, NULL, 0, &faults) == 0)
		die(EX_NOUSER, "all recipients of the order are left out");
	cli_faults(&faults);
	crlf_remove(b, s->order.text);
	buf_free(&faults);
}
