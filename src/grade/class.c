#include "class.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/io.h"
#include "sys/spawn.h"
#include "sys/stop.h"

/* The next line that is no comment: 1, or 0 at the end; *n counts all. */
static int
next_line(struct span *text, struct span *line, unsigned long *n)
{
	while (text->n > 0) {
		*line = span_trim(span_chomp(span_line(text)));
		++*n;
		if (line->n > 0 && line->p[0] != '#')
			return 1;
	}
	return 0;
}

int
class_check(struct span text, const char *name, struct buf *faults)
{
	unsigned long n = 0, entries = 0;
	struct span line;

	for (; next_line(&text, &line, &n); entries++) {
		span_take_word(&line);
		if (span_trim(line).n == 0)
			buf_addfault(faults, "%s:%lu: no command", name, n);
		if (span_find(line, '\0') != NULL)
			buf_addfault(faults, "%s:%lu: NUL in it", name, n);
	}
	if (entries == 0)
		buf_addfault(faults, "%s: nobody is in it", name);
	return faults->n > 0 ? -1 : 0;
}

int
class_next(struct span *text, struct span *name, struct span *command)
{
	unsigned long n = 0;

	if (!next_line(text, command, &n))
		return 0;
	*name = span_take_word(command);
	*command = span_trim(*command);
	return 1;
}

/* Clients at once: they mostly wait, but must not wait for each other. */
#define AT_ONCE 4

#define NOT_WHOLE 1		/* a copy's exit code */
#define ROW_MAX ((size_t)1 << 20)

struct entry {
	struct subject subject;
	struct grade *g;
	enum marks_form form;
	struct span name, command;
	unsigned long number;
	struct spawn copy;
};

/* The copy's: it judges, and its row goes to fd. */
static int
judge(void *arg, int fd)
{
	struct entry *e = arg;
	struct buf dir = { 0 }, command = { 0 }, row = { 0 };

	buf_addf(&dir, "%s/%lu", e->subject.dir, e->number);
	e->subject.dir = buf_str(&dir);
	if (stop_catch() < 0)
		die_sys(EX_TEMPFAIL, "signals");
	if (mkdir(e->subject.dir, 0700) < 0)
		die_sys(EX_CANTCREAT, "%s", e->subject.dir);
	buf_addspan(&command, e->command);
	subject_judge(&e->subject, e->g, spawn_words(buf_str(&command), NULL,
	    NULL));
	rmdir(e->subject.dir);
	marks_row(&row, e->form, e->g, e->name);
	if (io_write(fd, row.p, row.n) < 0)
		die_sys(EX_TEMPFAIL, "a row of the report");
	return grade_is_whole(e->g) ? EX_OK : NOT_WHOLE;
}

static void
flush(struct wr *out, struct buf *b)
{
	wr_addspan(out, buf_span(b));
	wr_flush(out);
	buf_clear(b);
}

/* Waits for it, and reports it: whether it is whole. */
static int
finish(struct entry *e, struct wr *out)
{
	struct buf row = { 0 };
	int code;

	if (!stop_asked())
		stop_wait(e->copy.in, -1);
	if (stop_asked() || io_slurp(e->copy.in, &row, ROW_MAX) < 0) {
		spawn_stop(&e->copy);
		buf_free(&row);
		return 0;
	}
	code = spawn_end(&e->copy);
	if (code != EX_OK && code != NOT_WHOLE)
		die(code < SPAWN_SIGNAL ? (enum exit_code)code : EX_TEMPFAIL,
		    "%.*s: not judged", (int)e->name.n, e->name.p);
	flush(out, &row);
	buf_free(&row);
	return code == EX_OK;
}

int
class_judge(const struct subject *subject, struct grade *g,
    enum marks_form form, struct span list, struct wr *out)
{
	struct entry entries[AT_ONCE], *e;
	size_t most = subject->server || subject->talk != NULL ? 1 : AT_ONCE;
	unsigned long begun = 0, done = 0;
	struct buf report = { 0 };
	int all = 1;

	marks_head(&report, form, g);
	flush(out, &report);
	for (;;) {
		e = &entries[begun % AT_ONCE];
		if (begun - done < most && !stop_asked() &&
		    class_next(&list, &e->name, &e->command)) {
			e->subject = *subject;
			e->g = g;
			e->form = form;
			e->number = ++begun;
			if (spawn_copy(&e->copy, judge, e) < 0)
				die_sys(EX_TEMPFAIL, "fork");
		} else if (done < begun)
			all &= finish(&entries[done++ % AT_ONCE], out);
		else
			break;
	}
	marks_end(&report, form);
	flush(out, &report);
	buf_free(&report);
	return all;
}
