#include "linefile.h"

#include <errno.h>
#include <unistd.h>

#include "sys/io.h"

#define LINE_OCTETS 65536	/* of a line at most */
#define REST_PIECES 1024	/* of so many octets, behind them */

/* Passes over the rest of a line that is too long; whether that has an end. */
static int
pass_over(struct rd *rd)
{
	struct span rest;
	int i;

	for (i = 0; i < REST_PIECES; i++)
		if (rd_line(rd, &rest) != RD_LONG)
			return 1;
	return 0;
}

static enum exit_code
read_lines(struct rd *rd, const char *name,
    const char *(*take)(void *, struct span, enum linefile_line), void *arg)
{
	enum exit_code code = EX_OK;
	unsigned long number;
	enum rd_status got;
	struct span line;
	const char *why;

	for (number = 1; (got = rd_line(rd, &line)) == RD_LINE ||
	    got == RD_PARTIAL || got == RD_LONG; number++) {
		if (number == 1)
			line = span_unmarked(line);
		why = take(arg, span_chomp(line),
		    got == RD_LINE ? LINEFILE_WHOLE :
		    got == RD_PARTIAL ? LINEFILE_CUT : LINEFILE_LONG);
		if (why != NULL) {
			warn("%s:%lu: %s", name, number, why);
			code = EX_DATAERR;
		}
		if (got == RD_LONG && !pass_over(rd)) {
			warn("%s:%lu: the line has no end", name, number);
			return EX_DATAERR;
		}
	}
	if (got == RD_EOF)
		return code;
	errno = rd->err;
	warn_sys("%s", name);
	return die_errno(rd->err, EX_NOINPUT);
}

enum exit_code
linefile_read(const char *path,
    const char *(*take)(void *, struct span, enum linefile_line), void *arg)
{
	const int fd = io_open(path);
	enum exit_code code;
	struct rd rd;

	if (fd < 0) {
		warn_sys("%s", io_name(path));
		return die_errno(errno, EX_NOINPUT);
	}
	rd_init(&rd, fd, IO_FOREVER, LINE_OCTETS);
	code = read_lines(&rd, io_name(path), take, arg);
	rd_free(&rd);
	if (fd != STDIN_FILENO)
		io_close(fd);
	return code;
}

enum exit_code
linefile_read_all(char *const *paths,
    const char *(*take)(void *, struct span, enum linefile_line), void *arg)
{
	enum exit_code code, worst = EX_OK;

	for (; *paths != NULL; paths++) {
		code = linefile_read(*paths, take, arg);
		if (code > worst)
			worst = code;
	}
	return worst;
}
