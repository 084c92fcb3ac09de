/*
 * sender: what send and recv cost an SMTP client that does nothing else.
 *
 *	sender processes messages port
 *
 * So many processes share the messages, of 1 KB, and send them to the server
 * at that port of this machine: each text and the next envelope at once, as
 * smtpsend does, and then a wait for as many lines as that has answers.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define LINES 14

static const char
	envelope[] = "MAIL FROM:<me@x>\r\nRCPT TO:<r1@x>\r\nDATA\r\n",
	head[] = "Subject: s\r\n\r\n",
	line[] = "Seventy octets of a letter, or so, to somebody who reads "
	    "it one day.\r\n";

static void
fail(const char *what)
{
	fprintf(stderr, "sender: %s: %s\n", what, strerror(errno));
	exit(75);
}

/* Says that, and waits for so many lines. */
static void
say(int fd, const char *text, size_t n, int lines)
{
	char in[4096];
	ssize_t i, r;

	if (send(fd, text, n, 0) != (ssize_t)n)
		fail("send");
	while (lines > 0) {
		r = recv(fd, in, sizeof in, 0);
		if (r <= 0)
			fail("recv");
		for (i = 0; i < r; i++)
			lines -= in[i] == '\n';
	}
}

static void
work(in_port_t port, long messages)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
	    .sin_port = htons(port) };
	char text[4096];
	int fd, on = 1;
	size_t n, i;

	n = (size_t)snprintf(text, sizeof text, "%s", head);
	for (i = 0; i < LINES; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%s", line);
	n += (size_t)snprintf(text + n, sizeof text - n, ".\r\n%s", envelope);
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (connect(fd, (struct sockaddr *)&in, sizeof in) < 0)
		fail("connect");
	say(fd, "HELO me\r\n", 9, 2);
	say(fd, envelope, sizeof envelope - 1, 3);
	for (; messages > 0; messages--)
		say(fd, text, n, 4);
}

int
main(int argc, char **argv)
{
	long i, processes, messages;
	int status, code = 0;
	pid_t pid;

	if (argc != 4)
		return 64;
	processes = strtol(argv[1], NULL, 10);
	messages = strtol(argv[2], NULL, 10);
	for (i = 0; i < processes; i++) {
		pid = fork();
		if (pid < 0)
			fail("fork");
		if (pid == 0) {
			work((in_port_t)strtol(argv[3], NULL, 10),
			    messages / processes);
			exit(0);
		}
	}
	while (wait(&status) > 0)
		code |= status;
	return code == 0 ? 0 : 75;
}
