/*
 * no-tls s_server -unix PATH -cert FILE ...: stands in for openssl, and passes
 * on as it is what openssl would encrypt.  As there, only the connection's end
 * is an end, not that of standard input.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "sys/buf.h"
#include "sys/die.h"
#include "sys/io.h"
#include "sys/relay.h"

static const char *
option(char **argv, const char *name)
{
	for (; *argv != NULL; argv++)
		if (strcmp(*argv, name) == 0 && argv[1] != NULL)
			return argv[1];
	die(EX_USAGE, "%s is wanted", name);
}

/* Whoever comes first. */
static int
take_one(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	memcpy(a.sun_path, path, strlen(path) + 1);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) < 0 ||
	    listen(fd, 1) < 0)
		die_sys(EX_TEMPFAIL, "%s", path);
	return accept(fd, NULL, NULL);
}

int
main(int argc, char **argv)
{
	static struct relay_way way[2];
	const char *cert = option(argv + 1, "-cert");
	int fd;

	(void)argc;
	if (access(cert, R_OK) < 0) {
		dprintf(STDERR_FILENO, "Could not read server certificate "
		    "from %s\n", cert);
		return 1;
	}
	fd = take_one(option(argv + 1, "-unix"));
	way[0].to = way[1].from = fd;
	way[1].to = STDOUT_FILENO;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (!way[1].eof)
		relay_round(way, COUNT(way), -1, IO_FOREVER);
	return 0;
}
