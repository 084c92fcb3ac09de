/*
 * pop3client: a POP3 client as students write them, good, or with one fault of
 * the usual ones; it prints all messages:
 *	pop3client FAULT host port login password
 */
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *fault;
static char in[65536];		/* what was read and not yet taken */
static size_t held;
static int fd;

static int
is(const char *name)
{
	return strcmp(fault, name) == 0;
}

/* A line without its end: 1, or the program's end. */
static void
hear(char *line, size_t room)
{
	char *lf;
	size_t n;
	ssize_t r;

	while ((lf = memchr(in, '\n', held)) == NULL) {
		if (is("one-read") && held > 0)
			break;
		r = recv(fd, in + held, sizeof in - held, 0);
		if (r <= 0 && is("spins")) {
			poll(NULL, 0, 20);	/* it need not take CPU time */
			continue;
		}
		if (r <= 0)
			exit(1);
		held += (size_t)r;
	}
	n = lf != NULL ? (size_t)(lf - in) + 1 : held;
	if (room > n)
		room = n;
	if (is("cuts-long") && room > 500)
		room = 500;
	memcpy(line, in, room);
	line[room - 1] = '\0';
	if (n > 1 && n == room && line[n - 2] == '\r')
		line[n - 2] = '\0';
	held -= n;
	memmove(in, in + n, held);
}

static void
say(const char *command)
{
	char line[256];
	int n;

	n = snprintf(line, sizeof line, "%s%s", command,
	    is("lf") ? "\n" : "\r\n");
	if (send(fd, line, (size_t)n, 0) < 0)
		exit(1);
}

static void
leave(int status)
{
	char line[1024];

	if (!is("no-quit")) {
		say("QUIT");
		hear(line, sizeof line);
	}
	fflush(stdout);
	while (is("loops"))
		;
	exit(is("exits-0") ? 0 : is("exits-1") ? 1 : status);
}

static int
command(const char *text, char *line, size_t room)
{
	say(text);
	if (is("no-wait") && strncmp(text, "RETR", 4) != 0 &&
	    strcmp(text, "STAT") != 0)
		return 1;
	hear(line, room);
	if (is("needs-text") && strcmp(line, "+OK") == 0)
		return 0;
	return line[0] == '+' || is("ignores-err");
}

static void
fetch(int n)
{
	static char line[4096];
	char text[32];
	int lines = 0, start;

	snprintf(text, sizeof text, "RETR %d", n);
	if (!command(text, line, sizeof line)) {
		if (is("hangs-on-err"))
			for (;;)
				pause();
		leave(1);
	}
	for (;; lines++) {
		hear(line, sizeof line);
		if (is("dot-anywhere") ? line[0] == '.' :
		    strcmp(line, ".") == 0)
			break;
		if (is("skips-empty") && line[0] == '\0')
			continue;
		if (is("first-lines") && lines > 1000)
			continue;
		start = line[0] == '.' && !is("no-unstuff");
		if (is("strips"))
			start += (int)strspn(line + start, " \t");
		puts(line + start);
	}
}

static void
dial(const char *host, const char *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *a;

	if (getaddrinfo(host, is("port-110") ? "110" : port, &hints,
	    &a) != 0)
		exit(1);
	fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
	if (connect(fd, a->ai_addr, a->ai_addrlen) < 0)
		exit(1);
}

int
main(int argc, char **argv)
{
	char line[1024], text[128];
	int n = 0, i;

	if (argc != 6)
		return 64;
	fault = argv[1];
	dial(argv[2], argv[3]);
	if (!is("no-greeting"))
		hear(line, sizeof line);
	if (is("asks"))
		command("CAPA", line, sizeof line);
	snprintf(text, sizeof text, "USER %s", is("wrong-user") ? "anna" :
	    argv[4]);
	if (!is("no-login") && !command(text, line, sizeof line))
		leave(1);
	snprintf(text, sizeof text, "PASS %s", is("wrong-pass") ? "x" :
	    argv[5]);
	if (!is("no-login") && !command(text, line, sizeof line))
		leave(1);
	if (!command("STAT", line, sizeof line))
		leave(1);
	if (sscanf(line, "+OK %d", &n) != 1)
		n = is("ignores-err") ? 1 : 0;
	if (is("first-only") && n > 1)
		n = 1;
	if (is("one-more"))
		n++;
	for (i = 1; i <= n; i++)
		fetch(i);
	leave(0);
}
