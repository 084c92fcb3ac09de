/*
 * resultplot: draws what became of a mailing: how fast it went, where to, what
 * was refused, and how long those waited who were deferred.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "format/picture/plot.h"
#include "format/picture/svg.h"
#include "sys/cli.h"
#include "sys/io.h"

#define WIDTH 800
#define WIDTH_MIN 320
#define WIDTH_MAX 10000

#define LINE_MAX_OCTETS 65536	/* of results */

static const char usage[] =
    "usage: resultplot [-hVv] [-w width] [results ...]\n"
    "  -v  say on standard error how many results were read\n"
    "  -w  width of the picture (800)\n";

/* A file, "-" being standard input; what is malformed in it. */
struct input {
	const char *name;
	struct rd rd;
	unsigned long line;
	int bad;
};

static void
tell(struct input *in, const char *why)
{
	in->bad = 1;
	warn("%s:%lu: %s", in->name, in->line, why);
}

/* The rest of a line that is too long. */
static void
pass_over(struct input *in)
{
	enum rd_status got;
	struct span rest;

	do {
		got = rd_line(&in->rd, &rest);
	} while (got == RD_LONG);
}

/*
 * The last line may have been cut off, as it is in a journal whose writer is
 * at work, or was killed.
 */
static void
take(struct input *in, struct survey *s, struct span line, int whole)
{
	struct result r;
	int got;

	if (in->line == 1)
		line = span_unmarked(line);
	got = result_parse(&r, span_chomp(line));
	if (got == 0)
		survey_add(s, &r);
	else if (got < 0 && whole)
		tell(in, "not a line of results(5)");
}

/* Whether all of it is results. */
static int
read_results(struct survey *s, const char *path)
{
	struct input in = { .name = io_name(path) };
	enum rd_status got;
	struct span line;
	int fd;

	fd = io_open(path);
	if (fd < 0)
		die_sys(die_errno(errno, EX_NOINPUT), "%s", in.name);
	rd_init(&in.rd, fd, IO_FOREVER, LINE_MAX_OCTETS);
	while ((got = rd_line(&in.rd, &line)) != RD_EOF) {
		in.line++;
		if (got == RD_ERROR) {
			errno = in.rd.err;
			die_sys(die_errno(errno, EX_NOINPUT), "%s", in.name);
		}
		if (got == RD_LONG) {
			tell(&in, "the line is too long");
			pass_over(&in);
		} else {
			take(&in, s, line, got == RD_LINE);
		}
	}
	rd_free(&in.rd);
	io_close(fd);
	return !in.bad;
}

static void
draw(struct survey *s, size_t width)
{
	struct buf head = { 0 }, body = { 0 };
	struct wr out;
	size_t height;

	height = plot_svg(&body, s, width);
	svg_begin(&head, width, width, height);
	svg_end(&body);
	wr_init(&out, STDOUT_FILENO, IO_FOREVER);
	wr_addspan(&out, buf_span(&head));
	wr_direct(&out, buf_span(&body));
	wr_finish(&out);
	buf_free(&head);
	buf_free(&body);
}

int
main(int argc, char **argv)
{
	static struct survey s;
	long width = WIDTH;
	int c, good = 1, verbose = 0;

	cli_init(argc, argv, usage);
	while ((c = getopt(argc, argv, "hVvw:")) != -1)
		switch (c) {
		case 'h': cli_help();
		case 'V': cli_version();
		case 'v': verbose = 1; break;
		case 'w':
			width = cli_number('w', optarg, WIDTH_MIN, WIDTH_MAX);
			break;
		default: cli_usage();
		}
	cli_files(argv);
	if (optind == argc)
		good = read_results(&s, "-");
	for (; optind < argc; optind++)
		good &= read_results(&s, argv[optind]);
	if (verbose)
		warn("results: %ju, domains: %zu, reasons: %zu", s.results,
		    s.domains.n, s.reasons.n);
	if (!good)
		die(EX_DATAERR, "not drawn: the input is malformed");
	if (s.results == 0)
		die(EX_DATAERR, "there are no results in the input");
	draw(&s, (size_t)width);
	survey_free(&s);
	return EX_OK;
}
