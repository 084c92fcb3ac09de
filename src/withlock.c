/*
 * withlock: runs a command while holding a kernel lock on a file.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "sys/cli.h"
#include "sys/die.h"
#include "sys/lock.h"
#include "sys/spawn.h"

/* As POSIX has it for env, nice and nohup. */
#define EXIT_NOT_RUN 126
#define EXIT_NOT_FOUND 127

static const char usage[] =
    "usage: withlock [-nv] lockfile command [arg ...]\n"
    "  -n  do not wait: exit 75 when the lock is held\n"
    "  -v  tell on standard error that it waits\n";

/* What stands before the operands; the rest is the command's. */
static int
count_options(int argc, char **argv)
{
	int n = 1;

	while (n < argc && argv[n][0] == '-' && argv[n][1] != '\0')
		n++;
	return n;
}

/*
 * The lock is this process's, and stays so when it becomes the command, as
 * long as the descriptor is open.
 */
static void
take(const char *path, int wait, int verbose)
{
	int fd;

	fd = lock_take(path, wait && !verbose);
	if (fd < 0 && errno == EAGAIN && wait && verbose) {
		warn("%s: held by another process: waiting", path);
		fd = lock_take(path, 1);
	}
	if (fd < 0 && errno == EAGAIN)
		die(EX_TEMPFAIL, "%s: held by another process", path);
	if (fd < 0)
		die_sys(die_errno(errno, EX_CANTCREAT), "%s", path);
	if (fcntl(fd, F_SETFD, 0) < 0)
		die_sys(EX_TEMPFAIL, "%s", path);
}

int
main(int argc, char **argv)
{
	int c, err, wait = 1, verbose = 0;

	cli_init(count_options(argc, argv), argv, usage);
	while ((c = getopt(argc, argv, "hnvV")) != -1)
		switch (c) {
		case 'n': wait = 0; break;
		case 'v': verbose = 1; break;
		case 'h': cli_help();
		case 'V': cli_version();
		default: cli_usage();
		}
	argc -= optind;
	argv += optind;
	if (argc < 2)
		cli_usage();

	take(argv[0], wait, verbose);
	spawn_exec(argv + 1);
	err = errno;
	warn_sys("%s", argv[1]);
	return err == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_RUN;
}
