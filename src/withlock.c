/*
 * withlock: holds a kernel lock on a file while a command runs, or as long as
 * somebody reads its output.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/cli.h"
#include "sys/die.h"
#include "sys/io.h"
#include "sys/lock.h"
#include "sys/newfile.h"
#include "sys/spawn.h"

/*
 * Where the lock cannot be made so often, though its directory is there, no
 * holder has removed that: it is a link to nowhere, or has no name.
 */
#define MAKE_TRIES 1000

static const char usage[] =
    "usage: withlock [-npv] [-E code] lockfile command [arg ...]\n"
    "       withlock -o [-npv] [-E code] lockfile\n"
    "  -E  do not wait: exit with code, in silence, when the lock is held\n"
    "  -n  do not wait: exit 75 when the lock is held\n"
    "  -o  print 0, and hold the lock until nobody reads standard output\n"
    "  -p  make the directory of lockfile where it is missing\n"
    "  -v  report on standard error that it waits\n";

struct opt {
	int wait, make, verbose;
	int output;		/* -o */
	int busy;		/* -E, 0 where it was not given */
};

/*
 * As lock_take.  A directory that is to be made may go again at any moment:
 * with the holder that had it removed.
 */
static int
take(const char *path, int wait, int make)
{
	int fd, made, tries = MAKE_TRIES;
	char *dir;

	while ((fd = lock_take(path, wait)) < 0 && errno == ENOENT && make &&
	    tries-- > 0) {
		dir = newfile_parent(path);
		made = newfile_mkdir(dir, F_OK);
		free(dir);
		if (made < 0)
			break;
	}
	return fd;
}

/* 0 with the lock's descriptor, or the exit code after the reason. */
static int
hold(const char *path, const struct opt *opt, int *fd)
{
	*fd = take(path, opt->wait && !opt->verbose, opt->make);
	if (*fd < 0 && errno == EAGAIN && opt->wait && opt->verbose) {
		warn("%s: held by another process: waiting", path);
		*fd = take(path, 1, opt->make);
	}
	if (*fd >= 0)
		return EX_OK;
	if (errno == EAGAIN && opt->busy > 0)
		return opt->busy;
	if (errno == EAGAIN) {
		warn("%s: held by another process", path);
		return EX_TEMPFAIL;
	}
	warn_sys("%s", path);
	return (int)die_errno(errno, EX_CANTCREAT);
}

/*
 * Becomes the command.  The lock is this process's, and stays so as long as
 * the descriptor is open.
 */
static int
run(char **command, int fd, const char *path)
{
	if (fcntl(fd, F_SETFD, 0) < 0)
		die_sys(EX_TEMPFAIL, "%s", path);
	spawn_exec(command);
	warn_sys("%s", command[0]);
	return spawn_failure(errno);
}

/* The readers of a pipe can be seen to go. */
static void
check_output(void)
{
	struct stat st;

	if (fstat(STDOUT_FILENO, &st) < 0)
		die_sys(EX_IOERR, "stdout");
	if (!S_ISFIFO(st.st_mode) && !S_ISSOCK(st.st_mode))
		die(EX_USAGE, "-o: standard output is not a pipe");
}

static void
tell(int code)
{
	struct wr out;

	wr_init(&out, STDOUT_FILENO, IO_FOREVER);
	wr_addf(&out, "%d\n", code);
	if (wr_flush(&out) < 0)
		die_sys(EX_IOERR, "stdout");
	wr_free(&out);
}

/*
 * Those who read may finish something after a signal that all have got, so
 * that the lock has to outlive it; it never outlives them.
 */
static void
wait_for_readers(void)
{
	struct sigaction ignore;
	struct pollfd p = { .fd = STDOUT_FILENO };

	memset(&ignore, 0, sizeof ignore);
	ignore.sa_handler = SIG_IGN;
	sigaction(SIGHUP, &ignore, NULL);
	sigaction(SIGINT, &ignore, NULL);
	sigaction(SIGTERM, &ignore, NULL);
	tell(EX_OK);
	while (p.revents == 0)
		io_poll(&p, 1, -1);
}

int
main(int argc, char **argv)
{
	struct opt opt = { .wait = 1 };
	int c, code, fd;

	cli_init(argv, usage);
	while ((c = cli_opt(argc, argv, "E:hnopvV")) != -1)
		switch (c) {
		case 'E':
			opt.busy = (int)cli_number(c, optarg, 1, 255);
			opt.wait = 0;
			break;
		case 'n': opt.wait = 0; break;
		case 'o': opt.output = 1; break;
		case 'p': opt.make = 1; break;
		case 'v': opt.verbose = 1; break;
		default: cli_other(c);
		}
	argc -= optind;
	argv += optind;
	if (opt.output ? argc != 1 : argc < 2)
		cli_usage();
	if (opt.output)
		check_output();

	code = hold(argv[0], &opt, &fd);
	if (code == EX_OK && !opt.output)
		return run(argv + 1, fd, argv[0]);
	if (code == EX_OK)
		wait_for_readers();
	else if (opt.output)
		tell(code);
	return code;
}
