/*
 * handout: listens on a free port of 127.0.0.1, says so on standard error, and
 * hands each connection to the next of its operands, which bash runs with the
 * connection as standard input and output; one after the other, until all
 * have been run.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "peer.h"
#include "sys/cli.h"

static void
run(const char *command, int conn)
{
	pid_t pid = fork();

	if (pid < 0)
		die_sys(EX_TEMPFAIL, "fork");
	if (pid > 0) {
		close(conn);
		waitpid(pid, NULL, 0);
		return;
	}
	if (dup2(conn, STDIN_FILENO) < 0 || dup2(conn, STDOUT_FILENO) < 0)
		die_sys(EX_TEMPFAIL, "dup2");
	close(conn);
	execlp("bash", "bash", "-c", command, (char *)NULL);
	die_sys(EX_NOINPUT, "bash");
}

int
main(int argc, char **argv)
{
	int i, fd, conn;

	die_init(argv[0]);
	fd = peer_listen("127.0.0.1:0");
	for (i = 1; i < argc; i++) {
		conn = peer_accept(fd);
		if (conn >= 0)
			run(argv[i], conn);
	}
	return EX_OK;
}
