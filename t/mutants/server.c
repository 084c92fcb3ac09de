/*
 * server: an SMTP server as students write them, one client after the other,
 * good, or with one fault of the usual ones:
 *	server FAULT port directory
 */
#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE 4096

static const char *fault, *dir;
static char in[65536];		/* what was read and not yet taken */
static size_t held;
static int fd, in_text, mail, rcpts, messages, stored;

static int
is(const char *name)
{
	return strcmp(fault, name) == 0;
}

static void
say(const char *reply)
{
	char line[512];
	int n;

	n = snprintf(line, sizeof line, "%s%s", reply, is("no-line-end") ?
	    "" : is("lf") ? "\n" : "\r\n");
	if (send(fd, line, (size_t)n, 0) < 0)
		return;
}

/* The end of the next line, or NULL where more must be read. */
static char *
line_end(size_t *n)
{
	char *lf = memchr(in, '\n', held);

	if (is("one-read") && !in_text && held > 0) {
		*n = held;
		return in;
	}
	if (lf != NULL)
		*n = (size_t)(lf - in) + 1;
	else if (held == sizeof in)
		*n = held;
	return lf != NULL || held == sizeof in ? in : NULL;
}

/* A line, with its end: its length, or 0 at the connection's end. */
static size_t
take(char *line)
{
	size_t n = 0, rest;
	ssize_t r;

	while (line_end(&n) == NULL) {
		r = recv(fd, in + held, sizeof in - held, 0);
		if (r <= 0 && is("spins")) {
			poll(NULL, 0, 20);	/* it need not take CPU time */
			continue;
		}
		if (r <= 0)
			return 0;
		held += (size_t)r;
	}
	rest = n;
	if (n > LINE - 1) {
		if (is("overflow"))
			raise(SIGSEGV);
		n = LINE - 1;
	}
	memcpy(line, in, n);
	line[n] = '\0';
	held -= rest;
	memmove(in, in + rest, held);
	return n;
}

static FILE *
open_file(char *name, size_t room)
{
	snprintf(name, room, "%s/%d.%d", dir, (int)getpid(),
	    is("overwrites") ? 0 : stored++);
	return is("not-stored") || (is("loses-second") && messages > 0) ?
	    fopen("/dev/null", "w") : fopen(name, "w");
}

static int
is_dot(const char *line)
{
	return strcmp(line, ".\r\n") == 0 ||
	    (is("any-dot") && *line == '.') ||
	    (is("lf-dot") && strcmp(line, ".\n") == 0);
}

/* A line of the text, as it is stored. */
static void
store(FILE *file, char *line, size_t n)
{
	size_t i;

	if (*line == '.' && !is("no-unstuff")) {
		line++;
		n--;
	}
	while (is("strips") && (*line == ' ' || *line == '\t')) {
		line++;
		n--;
	}
	for (i = 0; is("ascii") && i < n; i++)
		if (line[i] & 0x80)
			line[i] = '?';
	if (is("cuts-large") && ftell(file) > 60000)
		return;
	fwrite(line, 1, n, file);
}

/* The text: 0 where the connection ended in it. */
static int
text(void)
{
	char line[LINE], name[512];
	FILE *file = open_file(name, sizeof name);
	size_t n;

	if (file == NULL)
		exit(1);
	say("354 go on");
	in_text = 1;
	while ((n = take(line)) > 0 && !is_dot(line)) {
		if (is("text-commands") && strcmp(line, "QUIT\r\n") == 0)
			break;
		if (is("short-lines") && n > 512)
			raise(SIGSEGV);
		store(file, line, n);
		if (is("answers-lines"))
			say("250 go on");
	}
	if (is("stores-dot"))
		fputs(".\n", file);
	fclose(file);
	in_text = 0;
	if (n == 0 && is("removes-late"))
		poll(NULL, 0, 300);
	if (n == 0 && !is("stores-broken"))
		unlink(name);
	if (n > 0)
		say(is("answers-twice") ? "250 taken\r\n250 safe" :
		    "250 taken");
	if (!is("text-keeps") && !is("text-stays"))
		mail = rcpts = 0;
	messages++;
	return n > 0;
}

static void
quit(void)
{
	if (!is("no-221"))
		say("221 bye");
	while (is("quit-open") && recv(fd, in, sizeof in, 0) > 0)
		;
}

static int
begins(const char *line, const char *verb)
{
	size_t n = strlen(verb);

	return (is("case") ? strncmp(line, verb, n) :
	    strncasecmp(line, verb, n)) == 0;
}

static void
do_mail(const char *line)
{
	if (line[4] != ' ' && !is("mail-any"))
		say("501 from whom?");
	else if (is("no-null") && strstr(line, "<>") != NULL)
		say("501 from nobody?");
	else if ((is("one-message") && messages > 0) ||
	    (is("text-stays") && mail))
		say("503 one is enough");
	else {
		mail = 1;
		say("250 ok");
	}
}

static void
do_rcpt(const char *line)
{
	if (!mail && !is("rcpt-first"))
		say("503 MAIL first");
	else if (line[4] != ' ' && !is("rcpt-any"))
		say("501 to whom?");
	else if (is("one-rcpt") && rcpts > 0)
		say("452 one is enough");
	else {
		rcpts++;
		say("250 ok");
	}
}

static void
do_hello(const char *line)
{
	if (!is("hello-keeps"))
		mail = rcpts = 0;
	if (!begins(line, "EHLO")) {
		say("250 here");
	} else if (is("no-ehlo")) {
		say("502 what?");
	} else {
		say(is("ehlo-apart") ? "250 here\r\n250 HELP" :
		    is("ehlo-odd") ? "250-here\r\n250HELP" :
		    is("ehlo-endless") ? "250-here\r\n250-HELP" :
		    "250-here\r\n250 HELP");
	}
}

/* One command: 0 where the session is over. */
static int
command(const char *line)
{
	if (begins(line, "QUIT")) {
		quit();
		return 0;
	}
	if (begins(line, "HELO") || begins(line, "EHLO"))
		do_hello(line);
	else if (begins(line, "MAIL"))
		do_mail(line);
	else if (begins(line, "RCPT"))
		do_rcpt(line);
	else if (begins(line, "DATA")) {
		if (rcpts > 0 || is("data-first"))
			return text();
		say("503 RCPT first");
	} else if (begins(line, "RSET")) {
		if (!is("no-rset"))
			mail = rcpts = 0;
		say(is("refuses-rset") ? "502 what?" : "250 ok");
	} else if (begins(line, "NOOP"))
		say(is("no-noop") ? "502 what?" : is("no-blank") ? "250ok" :
		    "250 ok");
	else if (begins(line, "VRFY"))
		say("252 perhaps");
	else if (*line == '\r' && is("empty-crash"))
		raise(SIGSEGV);
	else {
		say(is("unknown-250") ? "250 ok" : "500 what?");
		return !is("leaves");
	}
	return 1;
}

static void
serve(void)
{
	char line[LINE];

	held = 0;
	if (!is("global"))
		mail = rcpts = 0;
	in_text = messages = 0;
	if (!is("no-greeting"))
		say(is("greets-250") ? "250 here" : is("greets-twice") ?
		    "220 here\r\n220 go on" : "220 here");
	while (take(line) > 0 && command(line))
		;
	close(fd);
}

int
main(int argc, char **argv)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	int l = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	if (argc != 4)
		return 64;
	fault = argv[1];
	dir = argv[3];
	mkdir(dir, 0700);
	signal(SIGPIPE, SIG_IGN);
	a.sin_port = htons((unsigned short)atoi(argv[2]));
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (is("no-listen"))
		for (;;)
			pause();
	if (bind(l, (struct sockaddr *)&a, sizeof a) < 0 || listen(l, 5) < 0)
		return 1;
	while ((fd = accept(l, NULL, NULL)) >= 0) {
		serve();
		if (is("one-session"))
			break;
		if (is("hangs-behind"))
			for (;;)
				pause();
	}
	return 0;
}
