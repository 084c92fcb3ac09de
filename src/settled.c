/*
 * settled: whether nobody has written to files for so many seconds.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sys/cli.h"

#define SECONDS 60		/* where -t is not given */
#define SECONDS_MAX 999999999
#define NOT_YET 1		/* the exit code, as that of test(1) */

static const char usage[] =
    "usage: settled [-v] [-t seconds] file ...\n"
    "  -t  how long nobody has written to them (60)\n"
    "  -v  tell on standard error which are not settled\n";

/* Whether a is b or before it, seconds added to b. */
static int
not_after(struct timespec a, struct timespec b, long seconds)
{
	b.tv_sec += (time_t)seconds;
	return a.tv_sec < b.tv_sec ||
	    (a.tv_sec == b.tv_sec && a.tv_nsec <= b.tv_nsec);
}

/*
 * The clock has been set back, or the time is one that somebody has made up:
 * from now on it is the time since which nobody has written.
 */
static int
set_time(const char *path, struct timespec now)
{
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, now };

	if (utimensat(AT_FDCWD, path, times, 0) == 0 || errno == ENOENT)
		return NOT_YET;
	warn_sys("%s: its time, in the future, cannot be set", path);
	return EX_IOERR;
}

/* EX_OK, NOT_YET, or another exit code after the reason. */
static int
look(const char *path, struct timespec now, long seconds, int verbose)
{
	struct stat st;

	if (stat(path, &st) < 0) {
		if (errno != ENOENT) {
			warn_sys("%s", path);
			return EX_NOINPUT;
		}
		if (verbose)
			warn("%s: not there", path);
		return NOT_YET;
	}
	if (not_after(st.st_mtim, now, -seconds))
		return EX_OK;
	if (verbose)
		warn("%s: not yet settled", path);
	return not_after(st.st_mtim, now, seconds) ? NOT_YET :
	    set_time(path, now);
}

/* What went wrong goes before what is not settled. */
static int
look_at_all(char **paths, long seconds, int verbose)
{
	int code, worst = EX_OK;
	struct timespec now;

	if (clock_gettime(CLOCK_REALTIME, &now) < 0)
		die_sys(EX_TEMPFAIL, "clock_gettime");
	for (; *paths != NULL; paths++) {
		code = look(*paths, now, seconds, verbose);
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

	cli_init(argc, argv, usage);
	while ((c = getopt(argc, argv, "ht:vV")) != -1)
		switch (c) {
		case 'h': cli_help();
		case 't':
			seconds = cli_number(c, optarg, 0, SECONDS_MAX);
			break;
		case 'v': verbose = 1; break;
		case 'V': cli_version();
		default: cli_usage();
		}
	if (optind == argc)
		cli_usage();
	return look_at_all(argv + optind, seconds, verbose);
}
