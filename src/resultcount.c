/*
 * resultcount: how many recipients were sent a letter, how many failed, and
 * whether these are all that an order has.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "format/wire/results.h"
#include "store/linefile.h"
#include "sys/cli.h"
#include "sys/io.h"

#define COUNTS_MAX ((size_t)1 << 30)	/* a letter stands behind them */

static const char usage[] =
    "usage: resultcount [-v] [-n counts] [results ...]\n"
    "  -n  output of orderparse -n -v: check the number of recipients, and\n"
    "      print those of duplicates and addresses left out, too\n"
    "  -v  report on standard error how many lines were read\n";

/* Where, behind the statuses, lines are counted that are no results here. */
#define OTHERS RESULT_STATUSES

/* Of an order. */
struct counts {
	uintmax_t recipients;	/* with those who are left out */
	uintmax_t duplicates, left;
	int told;		/* that there are duplicates: -v was given */
	int lists;		/* that some are left out */
};

static const char *
take_line(void *arg, struct span line, enum linefile_line kind)
{
	uintmax_t *of = arg;
	struct result r;
	int got;

	if (kind != LINEFILE_WHOLE || (got = result_parse(&r, line)) < 0)
		return LINEFILE_NO_RESULT;
	of[got == 0 ? (size_t)r.status : OTHERS]++;
	return NULL;
}

/* "3", "duplicates 0", "left out 1" ...; the rest speaks of fields. */
static void
read_counts(struct counts *c, const char *path)
{
	struct buf text = { 0 };
	struct span rest, line, word;
	uintmax_t n;

	if (io_text(path, &text, COUNTS_MAX) < 0)
		die_sys(die_errno(errno, EX_NOINPUT), "%s", io_name(path));
	rest = buf_span(&text);
	line = span_chomp(span_line(&rest));
	if (span_number(line, &c->recipients) < 0)
		die(EX_DATAERR, "%s: not what orderparse -n has printed",
		    io_name(path));
	while (rest.n > 0) {
		line = span_chomp(span_line(&rest));
		word = span_cut(&line, ' ');
		if (span_is(word, "left"))
			span_cut(&line, ' ');
		if (span_number(line, &n) < 0)
			break;
		if (span_is(word, "duplicates")) {
			c->duplicates = n;
			c->told = 1;
		} else if (span_is(word, "left")) {
			c->left = n;
			c->lists = 1;
		}
	}
	c->recipients += c->left;
	buf_free(&text);
}

/* What becomes of somebody after that is not in every results. */
static void
put(const uintmax_t of[], const struct counts *c)
{
	struct wr out;
	size_t i;

	wr_init(&out, STDOUT_FILENO, IO_FOREVER);
	if (c != NULL)
		wr_addf(&out, "recipients: %ju\n", c->recipients);
	for (i = 0; i < RESULT_STATUSES; i++)
		if (i <= RESULT_UNKNOWN || of[i] > 0)
			wr_addf(&out, "%s: %ju\n", result_status_name(
			    (enum result_status)i), of[i]);
	if (c != NULL && c->told)
		wr_addf(&out, "dropped duplicates: %ju\n", c->duplicates);
	if (c != NULL && c->lists)
		wr_addf(&out, "left out: %ju\n", c->left);
	wr_finish(&out);
}

/* Whether each recipient has one result, or is left out. */
static int
is_whole(const uintmax_t of[], const struct counts *c, const char *path)
{
	uintmax_t sum = c->left;
	size_t i;

	for (i = 0; i <= RESULT_UNKNOWN; i++)
		sum += of[i];
	if (sum == c->recipients)
		return 1;
	warn("%s: %ju recipients, but %ju sent, %ju failed, %ju deferred, "
	    "%ju unknown, %ju left out", io_name(path), c->recipients,
	    of[RESULT_SENT], of[RESULT_FAILED], of[RESULT_DEFERRED],
	    of[RESULT_UNKNOWN], c->left);
	return 0;
}

static void
tell(const uintmax_t of[])
{
	uintmax_t sum = 0;
	size_t i;

	for (i = 0; i < RESULT_STATUSES; i++)
		sum += of[i];
	warn("results: %ju, lines passed over: %ju", sum, of[OTHERS]);
}

int
main(int argc, char **argv)
{
	uintmax_t of[RESULT_STATUSES + 1] = { 0 };
	struct counts c = { 0 };
	const char *path = NULL;
	enum exit_code code;
	int opt, verbose = 0;

	cli_init(argv, usage);
	while ((opt = cli_opt(argc, argv, "hn:Vv")) != -1)
		switch (opt) {
		case 'n': path = optarg; break;
		case 'v': verbose = 1; break;
		default: cli_other(opt);
		}
	argv = cli_files(argc, argv, 0, argc);
	if (path != NULL)
		read_counts(&c, path);
	code = linefile_read_all(argv, take_line, of);
	if (verbose)
		tell(of);
	if (code == EX_OK && path != NULL && !is_whole(of, &c, path))
		code = EX_DATAERR;
	if (code == EX_OK)
		put(of, path != NULL ? &c : NULL);
	return (int)code;
}
