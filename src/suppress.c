/*
 * suppress: results(5) in, the list of those whom no letter goes to any more
 * out.
 */
#include <errno.h>
#include <unistd.h>

#include "format/bounce/suppression.h"
#include "store/gonelist.h"
#include "store/linefile.h"
#include "sys/cli.h"
#include "sys/io.h"
#include "sys/secret.h"

#define ENOUGH 3		/* days */
#define ENOUGH_MAX 1000

static const char usage[] =
    "usage: suppress [-v] [-n count] [-o gone] [results ...]\n"
    "  -n  list addresses that failed on this number of days (3)\n"
    "  -o  read and replace that list; otherwise standard output\n"
    "  -v  report on standard error how many lines the list has, and had\n";

static const char *
take_line(void *arg, struct span line, enum linefile_line kind)
{
	struct result r;
	int got;

	if (kind != LINEFILE_WHOLE)
		return LINEFILE_NO_RESULT;
	if (line.n == 0)
		return NULL;
	got = result_parse(&r, line);
	if (got == 0)
		suppression_result(arg, &r);
	return got < 0 ? LINEFILE_NO_RESULT : NULL;
}

/* The list and what is remembered; a line that is none is kept, and told. */
static enum exit_code
recall(struct suppression *s, const struct gonelist *g, const char *path)
{
	struct span rest = buf_span(&g->memory);
	enum exit_code code = EX_OK;
	unsigned long number;

	/* A crash may have cut off its last line. */
	while (rest.n > 0)
		suppression_remembered(s, span_line(&rest));
	rest = buf_span(&g->list);
	for (number = 1; rest.n > 0; number++)
		if (suppression_listed(s, span_line(&rest)) < 0) {
			warn("%s:%lu: not an address", path, number);
			code = EX_DATAERR;
		}
	return code;
}

/* What has gone wrong with the list, or what is remembered. */
static enum exit_code
blame_list(const struct gonelist *g, enum exit_code otherwise)
{
	gonelist_complain(g);
	return die_errno(errno, otherwise);
}

static void
tell(const struct buf *list, const struct buf *old)
{
	warn("lines of the list: %zu, before: %zu",
	    span_lines(buf_span(list)), span_lines(buf_span(old)));
}

static enum exit_code
update(struct suppression *s, const char *path, char **paths, int verbose)
{
	struct buf list = { 0 }, memory = { 0 };
	enum exit_code code;
	struct gonelist g;

	if (gonelist_open(&g, path, IO_FOREVER) < 0 ||
	    gonelist_read(&g) < 0) {
		code = blame_list(&g, EX_CANTCREAT);
		gonelist_close(&g);
		return code;
	}
	code = recall(s, &g, path);
	code = result_worst(code, linefile_read_all(paths, take_line, s));
	suppression_list(s, &list, buf_span(&g.list));
	suppression_memory(s, &memory);
	if (verbose)
		tell(&list, &g.list);
	if (gonelist_replace(&g, buf_span(&list), buf_span(&memory)) < 0)
		code = result_worst(code, blame_list(&g, EX_IOERR));
	if (code != EX_OK)
		gonelist_undo(&g);
	gonelist_close(&g);
	buf_free(&list);
	buf_free(&memory);
	return code;
}

static enum exit_code
print(struct suppression *s, char **paths, int verbose)
{
	const enum exit_code code = linefile_read_all(paths, take_line, s);
	struct buf list = { 0 }, none = { 0 };

	suppression_list(s, &list, buf_span(&none));
	if (verbose)
		tell(&list, &none);
	wr_print(buf_span(&list));
	buf_free(&list);
	return code;
}

int
main(int argc, char **argv)
{
	struct suppression s = { .enough = ENOUGH };
	const char *path = NULL;
	enum exit_code code;
	int c, verbose = 0;

	cli_init(argv, usage);
	while ((c = cli_opt(argc, argv, "hn:o:Vv")) != -1)
		switch (c) {
		case 'n':
			s.enough = (size_t)cli_number('n', optarg, 1,
			    ENOUGH_MAX);
			break;
		case 'o': path = optarg; break;
		case 'v': verbose = 1; break;
		default: cli_other(c);
		}
	argv = cli_files(argc, argv, 0, argc);
	secret_fill(&s.seed, sizeof s.seed);
	code = path != NULL ? update(&s, path, argv, verbose) :
	    print(&s, argv, verbose);
	suppression_free(&s);
	return (int)code;
}
