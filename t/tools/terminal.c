/*
 * terminal: runs a command whose standard error is a terminal, and prints
 * what it shows there.
 */
#define _XOPEN_SOURCE 700	/* for posix_openpt */

#include <sys/wait.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "sys/cli.h"
#include "sys/io.h"

#define USAGE "usage: terminal command [argument ...]\n"

int
main(int argc, char **argv)
{
	char piece[4096];
	int screen, line, status;
	ssize_t n;
	pid_t pid;

	cli_init(argc, argv, USAGE);
	if (argc < 2)
		cli_usage();
	screen = posix_openpt(O_RDWR | O_NOCTTY);
	if (screen < 0 || grantpt(screen) < 0 || unlockpt(screen) < 0)
		die_sys(EX_TEMPFAIL, "no terminal");
	line = open(ptsname(screen), O_RDWR | O_NOCTTY);
	if (line < 0)
		die_sys(EX_TEMPFAIL, "no terminal");
	pid = fork();
	if (pid < 0)
		die_sys(EX_TEMPFAIL, "fork");
	if (pid == 0) {
		if (dup2(line, STDERR_FILENO) < 0)
			die_sys(EX_TEMPFAIL, "dup2");
		close(screen);
		close(line);
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	close(line);
	/* Once nobody has the line, reading ends, with EIO or without. */
	while ((n = read(screen, piece, sizeof piece)) > 0)
		if (io_write(STDOUT_FILENO, piece, (size_t)n) < 0)
			die_sys(EX_IOERR, "stdout");
	if (waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		die(EX_TEMPFAIL, "%s: killed", argv[1]);
	return WEXITSTATUS(status);
}
