/*
 * terminal: runs a command whose standard error is a terminal, and prints
 * what it shows there.  With -t standard input and output are, too, and what
 * our own standard input has is typed there, all at once.
 */
#define _XOPEN_SOURCE 700	/* for posix_openpt */

#include <sys/wait.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys/cli.h"
#include "sys/io.h"

#define USAGE "usage: terminal [-t] command [argument ...]\n"

static void
type(int screen)
{
	char piece[4096];
	ssize_t n;

	while ((n = read(STDIN_FILENO, piece, sizeof piece)) > 0)
		if (io_write(screen, piece, (size_t)n) < 0)
			die_sys(EX_IOERR, "typing");
}

static void
run(char **argv, int line, int first)
{
	int fd;

	for (fd = first; fd <= STDERR_FILENO; fd++)
		if (dup2(line, fd) < 0)
			die_sys(EX_TEMPFAIL, "dup2");
	close(line);
	execvp(argv[0], argv);
	_exit(127);
}

int
main(int argc, char **argv)
{
	char piece[4096];
	int screen, line, status, typed;
	ssize_t n;
	pid_t pid;

	cli_init(argv, USAGE);
	typed = argc > 1 && strcmp(argv[1], "-t") == 0;
	argv += 1 + typed;
	if (argv[0] == NULL)
		cli_usage();
	screen = posix_openpt(O_RDWR | O_NOCTTY);
	if (screen < 0 || grantpt(screen) < 0 || unlockpt(screen) < 0)
		die_sys(EX_TEMPFAIL, "no terminal");
	line = open(ptsname(screen), O_RDWR | O_NOCTTY);
	if (line < 0)
		die_sys(EX_TEMPFAIL, "no terminal");
	if (typed)
		type(screen);
	pid = fork();
	if (pid < 0)
		die_sys(EX_TEMPFAIL, "fork");
	if (pid == 0) {
		close(screen);
		run(argv, line, typed ? STDIN_FILENO : STDERR_FILENO);
	}
	close(line);
	/* Once nobody has the line, reading ends, with EIO or without. */
	while ((n = read(screen, piece, sizeof piece)) > 0)
		if (io_write(STDOUT_FILENO, piece, (size_t)n) < 0)
			die_sys(EX_IOERR, "stdout");
	if (waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		die(EX_TEMPFAIL, "%s: killed", argv[0]);
	return WEXITSTATUS(status);
}
