#include "recorded.h"

#include <errno.h>
#include <unistd.h>

void
recorded_open(struct recorded_file *f, const char *path)
{
	memset(f, 0, sizeof *f);
	f->name = io_name(path);
	f->fd = io_open(path);
	if (f->fd < 0)
		die_sys(die_errno(errno, EX_NOINPUT), "%s", f->name);
	rd_init(&f->rd, f->fd, IO_FOREVER, DIALOGUE_LINE_MAX);
}

static void
tell(struct recorded_file *f, const char *why)
{
	f->bad = 1;
	warn("%s:%lu: %s", f->name, f->line, why);
}

/* The rest of a line that is too long. */
static void
pass_over(struct recorded_file *f)
{
	enum rd_status got;
	struct span rest;

	do {
		got = rd_line(&f->rd, &rest);
	} while (got == RD_LONG);
}

/* The next event: 1, or 0 at the end. */
static int
next_event(struct recorded_file *f)
{
	enum rd_status got;
	struct span line;

	for (;;) {
		got = rd_line(&f->rd, &line);
		if (got == RD_EOF)
			return 0;
		if (got == RD_ERROR) {
			errno = f->rd.err;
			die_sys(die_errno(errno, EX_NOINPUT), "%s", f->name);
		}
		f->line++;
		if (got == RD_LONG) {
			tell(f, "the line is too long");
			pass_over(f);
			continue;
		}
		switch (dialogue_line(&f->d, line)) {
		case DIALOGUE_EVENT: return 1;
		case DIALOGUE_BAD: tell(f, f->d.why); break;
		default: break;
		}
	}
}

int
recorded_next(struct recorded_file *f, struct recording *r)
{
	if (!f->ahead && !next_event(f))
		return 0;
	recording_start(r, &f->d.head);
	do {
		recording_add(r, &f->d.event, f->line);
		f->ahead = next_event(f);
	} while (f->ahead && !f->d.begins);
	return 1;
}

void
recorded_close(struct recorded_file *f)
{
	rd_free(&f->rd);
	dialogue_free(&f->d);
	io_close(f->fd);
}
