/*
 * wire: standard input to a server, and what it answers to standard output,
 * until it has no more.  When the input ends the server sees that: the
 * connection is closed in this direction.  With -r it is reset instead, with
 * -o it stays open.  -b is the address to come from.
 */
#include <sys/socket.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys/cli.h"
#include "sys/io.h"
#include "sys/net.h"

#define USAGE "usage: wire [-or] [-b address] server\n"

/* From source to a port of 127.0.0.1, where net_dial cannot. */
static int
dial_from(const char *source, const struct net_addr *to)
{
	struct sockaddr_in a;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	memset(&a, 0, sizeof a);
	a.sin_family = AF_INET;
	if (fd < 0 || inet_pton(AF_INET, source, &a.sin_addr) != 1 ||
	    bind(fd, (struct sockaddr *)&a, sizeof a) < 0)
		return -1;
	a.sin_port = htons((uint16_t)strtoul(to->port, NULL, 10));
	if (inet_pton(AF_INET, to->host, &a.sin_addr) != 1)
		return -1;
	return connect(fd, (struct sockaddr *)&a, sizeof a) < 0 ? -1 : fd;
}

static int
dial(const char *source, const char *server)
{
	struct net_addr to;
	const char *why = NULL;
	int fd, temp;

	if (net_parse(&to, server, "0") < 0)
		die(EX_USAGE, "%s: not an address", server);
	if (source != NULL)
		fd = dial_from(source, &to);
	else
		fd = net_dial(&to, 10000, &why, &temp);
	if (fd < 0)
		die(EX_TEMPFAIL, "%s: %s", server,
		    why != NULL ? why : strerror(errno));
	if (fcntl(fd, F_SETFL, 0) < 0)
		die_sys(EX_TEMPFAIL, "%s", server);
	return fd;
}

/* Copies what is there: 1, or 0 at the end, or -1 with errno. */
static int
copy(int from, int to)
{
	char piece[65536];
	ssize_t n = read(from, piece, sizeof piece);

	if (n <= 0)
		return (int)n;
	return io_write(to, piece, (size_t)n) < 0 ? -1 : 1;
}

static void
end_input(int fd, int how)
{
	if (how == 'r') {
		net_abort(fd);
		exit(EX_OK);
	}
	if (how != 'o')
		shutdown(fd, SHUT_WR);
}

static void
join(int fd, int how)
{
	struct pollfd p[2];

	p[0].fd = fd;
	p[0].events = POLLIN;
	p[1].fd = STDIN_FILENO;
	p[1].events = POLLIN;
	for (;;) {
		if (poll(p, 2, -1) < 0)
			die_sys(EX_TEMPFAIL, "poll");
		if (p[1].revents != 0 && copy(STDIN_FILENO, fd) <= 0) {
			end_input(fd, how);
			p[1].fd = -1;
		}
		if (p[0].revents == 0)
			continue;
		switch (copy(fd, STDOUT_FILENO)) {
		case 0:
			return;
		case -1:
			die_sys(EX_IOERR, "the connection");
		}
	}
}

int
main(int argc, char **argv)
{
	const char *source = NULL;
	int c, how = 0;

	cli_init(argv, USAGE);
	while ((c = cli_opt(argc, argv, "b:or")) != -1)
		if (c == 'b')
			source = optarg;
		else if (c == '?')
			cli_usage();
		else
			how = c;
	if (optind + 1 != argc)
		cli_usage();
	join(dial(source, argv[optind]), how);
	return EX_OK;
}
