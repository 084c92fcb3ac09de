/*
 * client: an SMTP client as students write them, good, or with one fault of the
 * usual ones:
 *	client FAULT host port from to file
 */
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *fault;
static char reply[65536];	/* what was read and not yet taken */
static size_t held;
static int fd, code;

static int
is(const char *name)
{
	return strcmp(fault, name) == 0;
}

static void
put(const char *s, size_t n)
{
	ssize_t r;

	for (; n > 0; s += r, n -= (size_t)r) {
		r = send(fd, s, n, 0);
		if (r <= 0)
			exit(1);
	}
}

static void
puts_all(const char *s)
{
	put(s, strlen(s));
}

/* One read is one reply, or one line is, or neither. */
static int
whole(char **end)
{
	char *line = reply, *lf;

	if (is("one-read") && held > 0) {
		*end = reply + held;
		return 1;
	}
	while ((lf = memchr(line, '\n', held - (size_t)(line - reply)))) {
		if (lf - line < 4 || line[3] != '-' || is("first-line")) {
			*end = lf + 1;
			return 1;
		}
		line = lf + 1;
	}
	return 0;
}

/* Reads a reply; what else came stays. */
static void
hear(void)
{
	char *end;
	size_t room = is("short-buffer") ? 100 : sizeof reply - 1;
	ssize_t r;

	while (!whole(&end)) {
		if (held >= room) {
			end = reply + held;
			break;
		}
		r = recv(fd, reply + held, room - held, 0);
		if (r <= 0 && is("spins")) {
			poll(NULL, 0, 20);	/* it need not take CPU time */
			continue;
		}
		if (r <= 0)
			exit(1);
		held += (size_t)r;
	}
	reply[held] = '\0';
	code = is("looks-in-text") && strstr(reply, "250") != NULL ? 250 :
	    atoi(reply);
	held -= (size_t)(end - reply);
	memmove(reply, end, held);
}

static void
leave(int status)
{
	if (!is("no-quit") && !(is("no-quit-refused") && status != 0)) {
		puts_all("QUIT\r\n");
		hear();
	}
	if (is("crash"))
		raise(SIGSEGV);
	if (is("never-ends"))
		for (;;)
			pause();
	while (is("loops"))
		;
	if (is("writes-on"))
		signal(SIGXFSZ, SIG_IGN);
	while (is("writes") || is("writes-on"))
		if (puts("again") < 0)
			exit(1);
	exit(is("exits-0") ? 0 : status);
}

/* A command, and the first digit of its reply must be so. */
static void
command(const char *name, const char *arg, const char *end, int digit)
{
	char line[1024];

	snprintf(line, sizeof line, "%s%s%s%s", name, arg, end,
	    is("no-line-end") ? "" : is("lf") ? "\n" : "\r\n");
	puts_all(line);
	if (is("no-wait"))
		return;
	if (is("sleeps")) {
		poll(NULL, 0, 400);
		return;
	}
	if (is("no-wait-354") && strcmp(name, "DATA") == 0)
		return;
	hear();
	if (code == 421 && is("hangs-on-421"))
		for (;;)
			pause();
	if (code / 100 == digit || (is("ignores-5xx") && code >= 500) ||
	    (is("ignores-4xx") && code / 100 == 4) ||
	    (is("ignores-mail") && strcmp(name, "MAIL FROM:<") == 0))
		if (!is("only-250") || code == 250 || code == 354)
			return;
	leave(1);
}

static void
text_line(const char *line, size_t n, int has_end)
{
	static size_t sent;	/* octets, but for dots that are doubled */
	const char *end = is("lf-text") ? "\n" : "\r\n";
	/* Where its buffer began, it does not look at what stood before. */
	int edge = sent > 0 && ((is("file-buffer") && sent % 4096 == 0) ||
	    (is("crlf-buffer") && sent % 8192 == 0));

	sent += n + (is("crlf-buffer") ? 2 : 1);
	if (n == 0 && is("skips-empty"))
		return;
	if (n > 500 && is("cuts-long"))
		n = 500;
	while (n > 0 && *line == ' ' && is("strips")) {
		line++;
		n--;
	}
	while (n > 0 && line[n - 1] == ' ' && is("strips-ends"))
		n--;
	if (n > 0 && *line == '.' && !is("no-stuffing") && !edge)
		puts_all(".");
	put(line, n);
	if (has_end || !is("no-last-end"))
		puts_all(end);
}

static void
text(FILE *file)
{
	static char line[1 << 20];
	int header = 1;
	size_t n;

	while (fgets(line, sizeof line, file) != NULL) {
		if (is("first-part") && ftell(file) > 700)
			break;
		n = strcspn(line, "\n");
		if (n == 0 && header) {
			header = 0;
			if (is("no-header-end"))
				continue;
		}
		text_line(line, n, line[n] == '\n');
	}
	puts_all(is("dot-lf") ? ".\n" : is("no-dot") ? "" :
	    is("extra-line") ? "\r\n.\r\n" : ".\r\n");
}

/* Connects, or does not. */
static void
dial(const char *host, const char *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *a;

	if (getaddrinfo(host, is("port-25") ? "25" : port, &hints, &a) != 0)
		exit(1);
	fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
	if (connect(fd, a->ai_addr, a->ai_addrlen) < 0)
		exit(1);
}

static void
hello(void)
{
	if (!is("no-greeting")) {
		hear();
		if (code != 220 && !is("ignores-greeting"))
			leave(1);
	}
	if (!is("no-hello"))
		command(is("helo") ? "HELO pc" : "EHLO pc", "", "", 2);
	if (is("starttls")) {
		puts_all("STARTTLS\r\n");
		hear();
	}
}

int
main(int argc, char **argv)
{
	FILE *file;

	if (argc != 7)
		return 64;
	fault = argv[1];
	file = fopen(argv[6], "r");
	if (file == NULL)
		return 1;
	dial(argv[2], argv[3]);
	hello();
	command(is("blank") ? "MAIL FROM: <" : is("no-brackets") ?
	    "MAIL FROM:" : "MAIL FROM:<", argv[4], is("no-brackets") ? "" :
	    is("parameter") ? "> BODY=8BITMIME" : ">", 2);
	command("RCPT TO:<", is("wrong-rcpt") ? "me@example.org" : argv[5],
	    ">", 2);
	command("DATA", "", "", 3);
	text(file);
	if (is("no-wait-end"))
		leave(0);
	if (!is("no-wait"))
		hear();
	if (is("no-wait-354"))
		hear();
	leave(code / 100 == 2 || is("ignores-end") ? 0 : 1);
}
