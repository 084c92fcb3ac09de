/*
 * settled: whether nobody has written to files for a while.
 */
#include <unistd.h>

#include "store/workdir.h"
#include "sys/cli.h"

#define SECONDS 60		/* where -t is not given */

static const char usage[] =
    "usage: settled [-v] [-t time] file ...\n"
    "  -t  since the last write, as 90, 5m or 2d (60)\n"
    "  -v  report on standard error which are not settled\n";

/* What went wrong goes before what is not settled. */
static int
look_at_all(char **paths, long seconds, int verbose)
{
	int code, worst = EX_OK;
	struct timespec now = workdir_now();

	for (; *paths != NULL; paths++) {
		code = workdir_settled(*paths, now, seconds, verbose);
		if (code > worst)
			worst = code;
	}
	return worst;
}

int
main(int argc, char **argv)
{
	long seconds = SECONDS;
	int c, verbose = 0;

	cli_init(argv, usage);
	while ((c = cli_opt(argc, argv, "ht:vV")) != -1)
		switch (c) {
		case 't': seconds = cli_time(c, optarg); break;
		case 'v': verbose = 1; break;
		default: cli_other(c);
		}
	return look_at_all(cli_files(argc, argv, 1, argc), seconds, verbose);
}
