/*
 * halves: runs a command with a file as its standard input, a pipe.  What is
 * behind the first bytes comes only when those have been read.
 */
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <stdlib.h>
#include <unistd.h>

#include "sys/cli.h"
#include "sys/io.h"

#define USAGE "usage: halves bytes file command [argument ...]\n"

static void
feed(int fd, struct span in, size_t first)
{
	int unread;

	if (first > in.n)
		first = in.n;
	if (io_write(fd, in.p, first) < 0)
		die_sys(EX_IOERR, "the pipe");
	do
		if (ioctl(fd, FIONREAD, &unread) < 0)
			die_sys(EX_IOERR, "the pipe");
	while (unread > 0);
	if (io_write(fd, in.p + first, in.n - first) < 0)
		die_sys(EX_IOERR, "the pipe");
	close(fd);
}

int
main(int argc, char **argv)
{
	struct buf in = { NULL, 0, 0 };
	int ends[2], status = 0;
	pid_t pid;

	cli_init(argv, USAGE);
	if (argc < 4)
		cli_usage();
	if (io_text(argv[2], &in, SIZE_MAX) < 0)
		die_sys(EX_NOINPUT, "%s", argv[2]);
	if (pipe(ends) < 0)
		die_sys(EX_TEMPFAIL, "pipe");
	pid = fork();
	if (pid < 0)
		die_sys(EX_TEMPFAIL, "fork");
	if (pid == 0) {
		if (dup2(ends[0], STDIN_FILENO) < 0)
			die_sys(EX_TEMPFAIL, "dup2");
		close(ends[0]);
		close(ends[1]);
		execvp(argv[3], argv + 3);
		die_sys(EX_NOINPUT, "%s", argv[3]);
	}
	/* Ours to read from stays open: the pipe has a reader as long. */
	feed(ends[1], buf_span(&in), strtoul(argv[1], NULL, 10));
	close(ends[0]);
	if (waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		die(EX_TEMPFAIL, "%s: killed", argv[3]);
	return WEXITSTATUS(status);
}
