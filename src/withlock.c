/*
 * withlock: runs a command while holding a kernel lock on a file.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "sys/cli.h"
#include "sys/die.h"
#include "sys/lock.h"
#include "sys/newfile.h"
#include "sys/spawn.h"

static const char usage[] =
    "usage: withlock [-npv] [-E code] lockfile command [arg ...]\n"
    "  -E  do not wait: exit with code, in silence, when the lock is held\n"
    "  -n  do not wait: exit 75 when the lock is held\n"
    "  -p  make the directory of lockfile where it is missing\n"
    "  -v  tell on standard error that it waits\n";

struct opt {
	int wait, make, verbose;
	int busy;		/* -E, 0 where it was not given */
};

/*
 * As lock_take.  A directory that is to be made may go again at any moment:
 * with the holder that had it removed.
 */
static int
take(const char *path, int wait, int make)
{
	int fd, made;
	char *dir;

	while ((fd = lock_take(path, wait)) < 0 && errno == ENOENT && make) {
		dir = newfile_parent(path);
		made = newfile_mkdir(dir, F_OK);
		free(dir);
		if (made < 0)
			break;
	}
	return fd;
}

/*
 * The lock is this process's, and stays so when it becomes the command, as
 * long as the descriptor is open.  The exit code where another has it.
 */
static int
hold(const char *path, const struct opt *opt)
{
	int fd;

	fd = take(path, opt->wait && !opt->verbose, opt->make);
	if (fd < 0 && errno == EAGAIN && opt->wait && opt->verbose) {
		warn("%s: held by another process: waiting", path);
		fd = take(path, 1, opt->make);
	}
	if (fd < 0 && errno == EAGAIN && opt->busy > 0)
		return opt->busy;
	if (fd < 0 && errno == EAGAIN)
		die(EX_TEMPFAIL, "%s: held by another process", path);
	if (fd < 0)
		die_sys(die_errno(errno, EX_CANTCREAT), "%s", path);
	if (fcntl(fd, F_SETFD, 0) < 0)
		die_sys(EX_TEMPFAIL, "%s", path);
	return 0;
}

int
main(int argc, char **argv)
{
	struct opt opt = { .wait = 1 };
	int c, code;

	cli_init(cli_leading(argc, argv), argv, usage);
	while ((c = getopt(argc, argv, "E:hnpvV")) != -1)
		switch (c) {
		case 'E':
			opt.busy = (int)cli_number(c, optarg, 1, 255);
			opt.wait = 0;
			break;
		case 'n': opt.wait = 0; break;
		case 'p': opt.make = 1; break;
		case 'v': opt.verbose = 1; break;
		case 'h': cli_help();
		case 'V': cli_version();
		default: cli_usage();
		}
	argc -= optind;
	argv += optind;
	if (argc < 2)
		cli_usage();

	code = hold(argv[0], &opt);
	if (code != 0)
		return code;
	spawn_exec(argv + 1);
	code = spawn_failure(errno);
	warn_sys("%s", argv[1]);
	return code;
}
