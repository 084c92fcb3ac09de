/*
 * launch: becomes a command.  SIGINT ends it, which a shell's commands in the
 * background do not see; with -s it has a session of its own, whose processes
 * "kill -- -PID" ends; with -t it is ended by SIGALRM after so many seconds.
 */
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "sys/cli.h"

#define USAGE "usage: launch [-s] [-t seconds] command [argument ...]\n"

int
main(int argc, char **argv)
{
	int c;

	die_init(argv[0]);
	while ((c = getopt(argc, argv, "st:")) != -1)
		if (c == 's') {
			if (setsid() < 0)
				die_sys(EX_TEMPFAIL, "a new session");
		} else if (c == 't')
			alarm((unsigned)cli_number(c, optarg, 1, 3600));
		else
			cli_usage();
	signal(SIGINT, SIG_DFL);
	if (optind == argc)
		cli_usage();
	execvp(argv[optind], argv + optind);
	warn_sys("%s", argv[optind]);
	return errno == ENOENT ? 127 : 126;
}
