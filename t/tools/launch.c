/*
 * launch: becomes a command.  SIGINT ends it, which a shell's commands in the
 * background do not see; with -s it has a session of its own, whose processes
 * "kill -- -PID" ends; with -t it is ended by SIGALRM after so many seconds.
 * With -n it has no more descriptors than that, and of the caller's only 0 to
 * 2: how many there are besides depends on what runs the tests.
 * With -l it is given a listening socket, as systemd does it: LISTEN_FDS is 1,
 * LISTEN_PID, unless it is set, itself; the port goes to that file.
 */
#include <sys/resource.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys/cli.h"

#define USAGE "usage: launch [-s] [-l port-file] [-n descriptors]" \
	" [-t seconds] command ...\n"

#define GIVEN 3			/* the descriptor that systemd begins with */
#define INHERITED_MAX 1024	/* no more are looked for */

static void
give_socket(const char *port_file)
{
	struct sockaddr_in a;
	socklen_t size = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	char pid[32];
	FILE *f;

	memset(&a, 0, sizeof a);
	a.sin_family = AF_INET;
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, size) < 0 ||
	    listen(fd, 50) < 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &size) < 0 ||
	    (fd != GIVEN && (dup2(fd, GIVEN) < 0 || close(fd) < 0)))
		die_sys(EX_TEMPFAIL, "a socket");
	f = fopen(port_file, "w");
	if (f == NULL || fprintf(f, "%u\n", (unsigned)ntohs(a.sin_port)) < 0 ||
	    fclose(f) != 0)
		die_sys(EX_CANTCREAT, "%s", port_file);
	snprintf(pid, sizeof pid, "%ld", (long)getpid());
	setenv("LISTEN_FDS", "1", 1);
	setenv("LISTEN_PID", pid, 0);
}

static void
limit_descriptors(unsigned long n)
{
	struct rlimit limit;
	int fd;

	for (fd = 3; fd < INHERITED_MAX; fd++)
		close(fd);
	limit.rlim_cur = limit.rlim_max = n;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		die_sys(EX_TEMPFAIL, "a limit on descriptors");
}

int
main(int argc, char **argv)
{
	int c;

	die_init(argv[0]);
	while ((c = cli_opt(argc, argv, "l:n:st:")) != -1)
		if (c == 'l')
			give_socket(optarg);
		else if (c == 'n')
			limit_descriptors(
			    (unsigned long)cli_number(c, optarg, 3, 1000));
		else if (c == 's') {
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
