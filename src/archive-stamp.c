/*
 * archive-stamp: moves files to an archive, the date and time added to their
 * names, and prints where they went.
 */
#include <sys/stat.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "format/mail/date.h"
#include "store/archive.h"
#include "sys/buf.h"
#include "sys/cli.h"
#include "sys/die.h"
#include "sys/io.h"

#define STAMP_MAX 128		/* a stamp is a part of a file name */

static const char usage[] =
    "usage: archive-stamp [-uv] [-d dir] [-f format] [-r file | -t time]\n"
    "                     file ...\n"
    "  -d  the archive, made if it is missing (ARC)\n"
    "  -f  strftime(3) format of the stamp (%Y%m%d-%H%M%S)\n"
    "  -r  the time is that at which this file was last modified\n"
    "  -t  seconds since the Epoch or 2026-11-21T23:46:12Z (now)\n"
    "  -u  UTC instead of local time\n"
    "  -v  report on standard error which file went where\n";

static time_t
parse_time(const char *text)
{
	uintmax_t u;
	int64_t t;

	if (span_number(span_str(text), &u) == 0 && u <= INT64_MAX)
		t = (int64_t)u;
	else if (date_iso_parse(span_str(text), &t) < 0)
		die(EX_USAGE, "-t: %s: not a time", text);
	if ((int64_t)(time_t)t != t)
		die(EX_USAGE, "-t: %s: out of range", text);
	return (time_t)t;
}

static time_t
time_of(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		die_sys(EX_NOINPUT, "%s", path);
	return st.st_mtime;
}

/*
 * The stamp with a dash before it: strftime's 0 then means too long, for it
 * is never empty.
 */
static void
make_stamp(char stamp[STAMP_MAX], const char *format, time_t t)
{
	struct buf dashed = { 0 };
	struct tm *tm = localtime(&t);
	size_t n;

	buf_addf(&dashed, "-%s", format);
	if (tm == NULL)
		die(EX_USAGE, "-t: no such year in the calendar");
	n = strftime(stamp, STAMP_MAX, buf_str(&dashed), tm);
	if (n == 0)
		die(EX_USAGE, "-f: %s: longer than %d bytes", format,
		    STAMP_MAX - 2);
	if (n == 1)
		die(EX_USAGE, "-f: the stamp is empty");
	if (memchr(stamp, '/', n) != NULL ||
	    span_has_control(span_of(stamp, n)))
		die(EX_USAGE, "-f: %s: not a part of a file name", format);
	buf_free(&dashed);
}

/* Each path is printed at once: who reads it knows what has been moved. */
static enum exit_code
move_all(const struct archive *a, char **paths, int verbose, struct wr *out)
{
	enum exit_code code, worst = EX_OK;
	struct buf to = { 0 };

	for (; *paths != NULL && out->err == 0; paths++) {
		code = archive_move(a, *paths, &to);
		if (code > worst)
			worst = code;
		if (to.n > 0) {
			if (verbose)
				warn("%s: is now %s", *paths, buf_str(&to));
			wr_addf(out, "%s\n", buf_str(&to));
			wr_flush(out);
		}
	}
	buf_free(&to);
	return worst;
}

int
main(int argc, char **argv)
{
	struct {
		const char *dir, *format;
		time_t time;
		int verbose;
	} opt = { "ARC", "%Y%m%d-%H%M%S", time(NULL), 0 };
	enum exit_code code;
	char stamp[STAMP_MAX];
	struct archive a;
	struct wr out;
	int c;

	cli_init(argv, usage);
	while ((c = cli_opt(argc, argv, "d:f:hr:t:uvV")) != -1)
		switch (c) {
		case 'd': opt.dir = cli_directory(optarg); break;
		case 'f': opt.format = optarg; break;
		case 'r': opt.time = time_of(optarg); break;
		case 't': opt.time = parse_time(optarg); break;
		case 'u':
			/* strftime(3) takes the zone of %s from there. */
			if (setenv("TZ", "UTC0", 1) < 0)
				die_nomem();
			break;
		case 'v': opt.verbose = 1; break;
		default: cli_other(c);
		}
	argv = cli_files(argc, argv, 1, argc);
	make_stamp(stamp, opt.format, opt.time);

	code = archive_open(&a, opt.dir, stamp);
	if (code != EX_OK)
		return (int)code;
	wr_init(&out, STDOUT_FILENO, IO_FOREVER);
	code = move_all(&a, argv, opt.verbose, &out);
	wr_finish(&out);
	return (int)code;
}
