#include "source.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <unistd.h>

#include "format/order/again.h"
#include "format/order/table.h"
#include "reached.h"
#include "sys/charset.h"
#include "sys/io.h"

static const char *
name_of(const char *path)
{
	return strcmp(path, "-") != 0 ? path : "stdin";
}

static enum exit_code
too_large(const char *path)
{
	warn("%s: larger than %zu MB", name_of(path), ORDER_SIZE_MAX >> 20);
	return EX_DATAERR;
}

static enum exit_code
read_file(struct buf *text, const char *path)
{
	enum exit_code code = EX_OK;
	int fd;

	fd = io_open(path);
	if (fd < 0 || io_slurp(fd, text, ORDER_SIZE_MAX) < 0) {
		if (fd >= 0 && errno == EFBIG) {
			code = too_large(path);
		} else {
			code = die_errno(errno, EX_NOINPUT);
			warn_sys("%s", name_of(path));
		}
	}
	if (fd >= 0)
		close(fd);
	return code;
}

static enum exit_code
read_text(struct buf *text, const char *path, const char *charset)
{
	enum exit_code code;

	code = read_file(text, path);
	if (code != EX_OK || charset == NULL ||
	    charset_convert(text, charset, ORDER_SIZE_MAX) == 0)
		return code;
	if (errno == EFBIG)
		return too_large(path);
	if (errno != EINVAL) {
		warn_sys("-c: %s", charset);
		return die_errno(errno, EX_USAGE);
	}
	warn("-c: %s: unknown character set", charset);
	return EX_USAGE;
}

/* The table's lines become those at the start of the order. */
static enum exit_code
take_table(struct source *s, struct span text)
{
	const char *name = name_of(s->opt->table);
	enum exit_code code = EX_OK;
	struct table t;
	int r;

	table_open(&t, text);
	while ((r = table_row(&t, &s->text)) != 0) {
		s->rows++;
		if (r > 0)
			continue;
		warn("%s:%zu:%zu: %s", name, t.line, t.column,
		    buf_str(&t.why));
		code = EX_DATAERR;
	}
	table_keys(&t, &s->columns);
	table_free(&t);
	return code;
}

static enum exit_code
read_all(struct source *s)
{
	const struct source_opt *opt = s->opt;
	struct buf text = { 0 };
	struct span rest;
	enum exit_code code;

	if (opt->table == NULL)
		return read_text(&s->text, opt->path, opt->charset);
	code = read_text(&text, opt->table, opt->charset);
	if (code == EX_OK)
		code = take_table(s, buf_span(&text));
	buf_clear(&text);
	if (code == EX_OK)
		code = read_text(&text, opt->path, opt->charset);
	rest = span_unmarked(buf_span(&text));
	if (code == EX_OK && s->text.n > ORDER_SIZE_MAX - rest.n)
		code = too_large(opt->path);
	if (code == EX_OK)
		buf_addspan(&s->text, rest);
	buf_free(&text);
	return code;
}

/* Whether the order may say who its letters are from. */
static void
check_from(struct order *o, const char *pattern)
{
	struct entry e;
	char *addr;

	if (o->from.p == NULL)
		return;
	order_mailbox(o->from, &e);
	if (pattern == NULL) {
		order_wrong(o, o->from.p, "[From:] is not allowed (-F)");
		return;
	}
	addr = span_dup(e.addr.text);
	if (e.kind == ENTRY_GOOD && fnmatch(pattern, addr, 0) != 0)
		order_wrong(o, e.addr.text.p, "From address %s is not "
		    "allowed: it does not match %s", addr, pattern);
	free(addr);
}

/* Columns of a table's line are not those of the entry it has become. */
static void
tell_faults(struct source *s)
{
	struct order_fault f;

	while (order_fault(&s->order, &f))
		if (f.line <= s->rows)
			warn("%s:%zu:1: %s", name_of(s->opt->table), f.line,
			    f.text);
		else
			warn("%s:%zu:%zu: %s", name_of(s->opt->path),
			    f.line - s->rows, f.column, f.text);
}

static enum exit_code
parse(struct source *s)
{
	size_t faults;

	order_read(&s->order, buf_span(&s->text));
	check_from(&s->order, s->opt->pattern);
	letter_check(&s->letter, &s->order, buf_span(&s->columns));
	faults = s->order.nfaults;
	tell_faults(s);
	return faults > 0 ? EX_DATAERR : EX_OK;
}

/*
 * Makes text the order.  A field that nobody in it has would leave its
 * placeholders plain text, so these become their defaults.
 */
static void
settle(struct source *s, const struct buf *text)
{
	struct buf settled = { 0 };
	struct letter l = { 0 };
	struct order o;

	order_read(&o, buf_span(text));
	letter_check(&l, &o, span_of(NULL, 0));
	again_settle(&settled, &o, &s->letter.values, &l.values);
	letter_free(&l);
	order_free(&o);
	letter_free(&s->letter);
	order_free(&s->order);
	buf_free(&s->text);
	s->text = settled;
	buf_clear(&s->columns);
}

static enum exit_code
take_results(struct source *s)
{
	struct buf text = { 0 }, some = { 0 };
	struct dsn dsn = { 0 };
	enum exit_code code;

	code = reached_read(&dsn, &text, s->opt->results);
	if (code == EX_OK && again_make(&some, &s->order, &dsn,
	    s->opt->states) == 0) {
		warn("%s: no recipient of the order is in such a state",
		    name_of(s->opt->results));
		code = EX_NOUSER;
	}
	if (code == EX_OK) {
		settle(s, &some);
		s->rows = 0;
		code = parse(s);
	}
	dsn_free(&dsn);
	buf_free(&text);
	buf_free(&some);
	return code;
}

enum exit_code
source_read(struct source *s, const struct source_opt *opt)
{
	enum exit_code code;

	memset(s, 0, sizeof *s);
	s->opt = opt;
	code = read_all(s);
	if (code == EX_OK)
		code = parse(s);
	if (code == EX_OK && opt->table != NULL &&
	    values_has_idle(&s->letter.values)) {
		settle(s, &s->text);
		code = parse(s);
	}
	if (code == EX_OK && opt->results != NULL)
		code = take_results(s);
	return code;
}

void
source_free(struct source *s)
{
	letter_free(&s->letter);
	order_free(&s->order);
	buf_free(&s->text);
	buf_free(&s->columns);
}

void
source_tell_bad(struct source *s)
{
	struct order *o = &s->order;
	struct order_walk walk = { 0 };
	struct entry e;

	while (order_find(o, &walk, &e, ENTRY_BAD))
		order_wrong(o, e.text.p, "%.*s: %s", (int)e.text.n,
		    e.text.p, e.why);
	tell_faults(s);
}
