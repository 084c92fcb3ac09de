/*
 * resultplot: draws what became of a mailing: how fast it went, where to, what
 * was refused, and how long those waited who were deferred.
 */
#include <unistd.h>

#include "format/picture/plot.h"
#include "format/picture/svg.h"
#include "store/linefile.h"
#include "sys/cli.h"
#include "sys/io.h"

#define WIDTH 800
#define WIDTH_MIN 320
#define WIDTH_MAX 10000

static const char usage[] =
    "usage: resultplot [-hVv] [-w width] [results ...]\n"
    "  -v  report on standard error how many results were read\n"
    "  -w  width of the picture (800)\n";

/*
 * The last line may have been cut off, as it is in a journal whose writer is
 * at work, or was killed.
 */
static const char *
take(void *arg, struct span line, enum linefile_line kind)
{
	struct result r;
	int got;

	if (kind == LINEFILE_LONG)
		return "the line is too long";
	got = result_parse(&r, line);
	if (got == 0)
		survey_add(arg, &r);
	return got < 0 && kind == LINEFILE_WHOLE ?
	    LINEFILE_NO_RESULT : NULL;
}

static void
draw(struct survey *s, size_t width)
{
	struct buf body = { 0 };

	svg_frame(&body, width, width, plot_svg(&body, s, width));
	wr_print(buf_span(&body));
	buf_free(&body);
}

int
main(int argc, char **argv)
{
	static struct survey s;
	long width = WIDTH;
	enum exit_code code;
	int c, verbose = 0;

	cli_init(argv, usage);
	while ((c = cli_opt(argc, argv, "hVvw:")) != -1)
		switch (c) {
		case 'v': verbose = 1; break;
		case 'w':
			width = cli_number('w', optarg, WIDTH_MIN, WIDTH_MAX);
			break;
		default: cli_other(c);
		}
	code = linefile_read_all(cli_files(argc, argv, 0, argc), take, &s);
	if (verbose)
		warn("results: %ju, domains: %zu, reasons: %zu", s.results,
		    s.domains.n, s.reasons.n);
	if (code == EX_DATAERR)
		die(code, "not drawn: the input is malformed");
	if (code != EX_OK)
		return (int)code;
	if (s.results == 0)
		die(EX_DATAERR, "there are no results in the input");
	draw(&s, (size_t)width);
	survey_free(&s);
	return EX_OK;
}
