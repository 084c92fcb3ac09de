/*
 * pop3server: a POP3 server as students write them, one client after the other,
 * good, or with one fault of the usual ones:
 *	pop3server FAULT port Maildir
 * The login is student, the password secret.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define MESSAGES 100
#define LINE 1024

static const char *fault, *dir;
static char path[MESSAGES + 1][600];
static int gone[MESSAGES + 1], count;
static int fd, known, logged_in;
static char in[65536];
static size_t held;

static int
is(const char *name)
{
	return strcmp(fault, name) == 0;
}

static void
say(const char *reply)
{
	char line[1200];
	int n;

	n = snprintf(line, sizeof line, "%s%s", reply,
	    is("lf") ? "\n" : "\r\n");
	if (send(fd, line, (size_t)n, 0) < 0)
		return;
}

/* What new/ of the Maildir has; cur/ is nobody's. */
static void
look(void)
{
	char new[512];
	struct dirent *e;
	DIR *d;

	snprintf(new, sizeof new, "%s/new", dir);
	count = 0;
	memset(gone, 0, sizeof gone);
	d = opendir(new);
	while (d != NULL && count < MESSAGES && (e = readdir(d)) != NULL)
		if (e->d_name[0] != '.')
			snprintf(path[++count], sizeof path[0], "%.300s/%.250s",
			    new, e->d_name);
	if (d != NULL)
		closedir(d);
}

static size_t
take(char *line)
{
	char *lf;
	size_t n, rest;
	ssize_t r;

	while ((lf = memchr(in, '\n', held)) == NULL && held < sizeof in) {
		if (is("one-read") && held > 0)
			break;
		r = recv(fd, in + held, sizeof in - held, 0);
		if (r <= 0)
			return 0;
		held += (size_t)r;
	}
	n = rest = lf != NULL ? (size_t)(lf - in) + 1 : held;
	if (n > LINE - 1) {
		if (is("overflow"))
			raise(SIGSEGV);
		n = LINE - 1;
	}
	memcpy(line, in, n);
	line[n] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	held -= rest;
	memmove(in, in + rest, held);
	return 1;
}

static long
size_of(int i)
{
	struct stat st;

	return stat(path[i], &st) == 0 ? (long)st.st_size : 0;
}

static void
send_text(int i)
{
	static char line[4096], out[4100];
	FILE *file = fopen(path[i], "r");
	long n = 0;

	while (file != NULL && fgets(line, sizeof line, file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (is("skips-empty") && line[0] == '\0')
			continue;
		n += (long)strlen(line);
		if (is("cuts-large") && n > 60000)
			continue;
		snprintf(out, sizeof out, "%s%s", line[0] == '.' &&
		    !is("no-stuffing") ? "." : "", line);
		say(out);
	}
	if (file != NULL)
		fclose(file);
	if (!is("no-dot"))
		say(".");
}

static void
list(const char *arg)
{
	char line[64];
	int i;

	if (*arg == ' ') {
		i = atoi(arg);
		snprintf(line, sizeof line, "+OK %d %ld", i, size_of(i));
		say(is("list-one") ? "+OK" : line);
		return;
	}
	say("+OK");
	for (i = 1; i <= count; i++) {
		snprintf(line, sizeof line, "%d %ld", i, size_of(i));
		if (!gone[i])
			say(line);
	}
	if (!is("list-no-dot"))
		say(".");
}

/* The message of a command, or 0. */
static int
message(const char *arg)
{
	int i = atoi(arg);

	if (i < 1 || i > count || (gone[i] && !is("shows-gone"))) {
		say(is("no-check") && (i < 1 || i > count) ? "+OK" :
		    "-ERR no such message");
		return 0;
	}
	return i;
}

static int
begins(const char *line, const char *verb)
{
	return (is("case") ? strncmp(line, verb, 4) :
	    strncasecmp(line, verb, 4)) == 0;
}

static void
expunge(void)
{
	int i;

	for (i = 1; i <= count && !is("keeps"); i++)
		if (gone[i])
			unlink(path[i]);
}

static int
log_in(const char *line)
{
	if (begins(line, "USER")) {
		known = strcmp(line + 4, " student") == 0;
		say(is("no-user") ? "-ERR" : "+OK");
	} else if (known && (strcmp(line + 4, " secret") == 0 ||
	    is("any-pass"))) {
		logged_in = 1;
		look();
		say("+OK");
	} else {
		say("-ERR");
	}
	return 1;
}

static int
command(const char *line)
{
	char stat_line[64];
	int i;

	if (begins(line, "QUIT")) {
		expunge();
		say("+OK");
		while (is("quit-open") && recv(fd, in, sizeof in, 0) > 0)
			;
		return 0;
	}
	if (begins(line, "USER") || begins(line, "PASS"))
		return log_in(line);
	if (!logged_in && !is("no-login"))
		say("-ERR log in");
	else if (begins(line, "STAT")) {
		snprintf(stat_line, sizeof stat_line, "+OK %d %d", count, 1);
		say(is("bare-stat") ? "+OK" : stat_line);
	} else if (begins(line, "LIST"))
		list(line + 4);
	else if (begins(line, "RETR") && (i = message(line + 4)) > 0) {
		say("+OK");
		send_text(i);
	} else if (begins(line, "DELE") && (i = message(line + 4)) > 0) {
		gone[i] = 1;
		say("+OK");
	} else if (begins(line, "NOOP"))
		say(is("no-noop") ? "-ERR" : "+OK");
	else if (begins(line, "RSET")) {
		if (!is("no-rset"))
			memset(gone, 0, sizeof gone);
		say("+OK");
	} else if (!begins(line, "RETR") && !begins(line, "DELE")) {
		say(is("unknown-ok") ? "+OK" : "-ERR what?");
		return !is("leaves");
	}
	return 1;
}

static void
serve(void)
{
	char line[LINE];
	int more = 1;

	held = 0;
	known = logged_in = 0;
	if (!is("no-greeting"))
		say("+OK here");
	while (more && take(line))
		more = command(line);
	if (more && is("drop-deletes"))
		expunge();
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
	signal(SIGPIPE, SIG_IGN);
	a.sin_port = htons((unsigned short)atoi(argv[2]));
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(l, (struct sockaddr *)&a, sizeof a) < 0 || listen(l, 5) < 0)
		return 1;
	while ((fd = accept(l, NULL, NULL)) >= 0) {
		serve();
		if (is("one-session"))
			break;
	}
	return 0;
}
