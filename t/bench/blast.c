/*
 * blast: what a client that wastes nothing can ask of an SMTP server.
 *
 *	blast [-c connections] [-n messages] [-s octets] [-b boxes]
 *	      [-i idle] [-q sessions] host port
 *
 * Sends messages over connections, the next envelope behind each final dot:
 * one write and one wait a message, as RFC 2920 has it.  Recipients take
 * turns among so many boxes.  With -q a session is opened, sends one message
 * and quits, so often, one after the other; with -i so many sessions are held
 * meanwhile that have said EHLO and no more.  Says how long it took, in us.
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNS_MAX 1000

struct conn {
	int replies;		/* that are waited for */
	int at;			/* in the reply's line: 0 to 3 */
	char code[4];
	long left;		/* messages to send */
};

static struct addrinfo *server;
static struct conn conns[CONNS_MAX];
static struct pollfd polls[CONNS_MAX];
static char *text;
static size_t text_n;
static long boxes = 1, sent;

static void
fail(const char *what)
{
	fprintf(stderr, "blast: %s: %s\n", what, strerror(errno));
	exit(75);
}

static int
dial(void)
{
	int fd, on = 1;

	fd = socket(server->ai_family, server->ai_socktype, 0);
	if (fd < 0 || connect(fd, server->ai_addr, server->ai_addrlen) < 0)
		fail("connect");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	return fd;
}

static void
put(int fd, const char *p, size_t n)
{
	ssize_t r;

	for (; n > 0; p += r, n -= (size_t)r) {
		r = write(fd, p, n);
		if (r < 0 && errno != EINTR)
			fail("write");
		if (r < 0)
			r = 0;
	}
}

/* Counts the replies in what has come; the last line of each counts. */
static void
count(struct conn *c, const char *p, size_t n)
{
	const char *end = p + n;

	while (p < end) {
		if (c->at < 4)
			c->code[c->at++] = *p++;
		if (c->at < 4)
			continue;
		p = memchr(p, '\n', (size_t)(end - p));
		if (p == NULL)
			return;
		p++;
		c->at = 0;
		if (c->code[0] > '3') {
			fprintf(stderr, "blast: refused: %.4s\n", c->code);
			exit(69);
		}
		c->replies -= c->code[3] == ' ';
	}
}

static void
await(struct conn *c, int fd)
{
	char in[4096];
	ssize_t r;

	while (c->replies > 0) {
		r = read(fd, in, sizeof in);
		if (r <= 0)
			fail("read");
		count(c, in, (size_t)r);
	}
}

/* The text of one message, the envelope of the next, or QUIT. */
static void
step(struct conn *c, int fd, int first, int last)
{
	static char *out;
	size_t n = first ? 0 : text_n;

	if (out == NULL && (out = malloc(text_n + 200)) == NULL)
		fail("memory");
	memcpy(out, text, n);
	n += (size_t)snprintf(out + n, 200, last ? "QUIT\r\n" :
	    "MAIL FROM:<from@bench.test>\r\nRCPT TO:<u%ld@bench.test>\r\n"
	    "DATA\r\n", sent++ % boxes);
	c->replies = !first + (last ? 1 : 3);
	put(fd, out, n);
}

static int
hello(struct conn *c)
{
	int fd = dial();

	memset(c, 0, sizeof *c);
	c->replies = 1;
	await(c, fd);
	put(fd, "EHLO bench.test\r\n", 17);
	c->replies = 1;
	await(c, fd);
	return fd;
}

static void
session(void)
{
	struct conn c;
	int fd = hello(&c);

	step(&c, fd, 1, 0);
	await(&c, fd);
	step(&c, fd, 0, 1);
	await(&c, fd);
	close(fd);
}

/* What came on connection i; whether it is at its end. */
static int
serve(int i)
{
	struct conn *c = &conns[i];
	char in[4096];
	ssize_t r;

	r = read(polls[i].fd, in, sizeof in);
	if (r <= 0)
		fail("read");
	count(c, in, (size_t)r);
	if (c->replies > 0)
		return 0;
	if (c->left < 0) {
		close(polls[i].fd);
		polls[i].fd = -1;
		return 1;
	}
	step(c, polls[i].fd, 0, --c->left < 0);
	return 0;
}

static void
blast(int n, long messages)
{
	int i, open = n;

	for (i = 0; i < n; i++) {
		polls[i].fd = hello(&conns[i]);
		polls[i].events = POLLIN;
		conns[i].left = messages / n + (i < messages % n) - 1;
		step(&conns[i], polls[i].fd, 1, 0);
	}
	while (open > 0) {
		if (poll(polls, (nfds_t)n, 60000) <= 0)
			fail("poll");
		for (i = 0; i < n; i++)
			if (polls[i].revents != 0)
				open -= serve(i);
	}
}

static void
make_text(size_t n)
{
	size_t i;

	text = malloc(n + 8);
	if (text == NULL)
		fail("memory");
	memcpy(text, "Subject: bench\r\n\r\n", 18);
	for (i = 18; i < n; i++)
		text[i] = i % 78 == 76 ? '\r' : i % 78 == 77 ? '\n' : 'x';
	memcpy(text + n, "\r\n.\r\n", 5);
	text_n = n + 5;
}

static long long
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

int
main(int argc, char **argv)
{
	long n = 10, messages = 10000, size = 1024, idle = 0, quick = 0, i;
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct conn c;
	long long start;
	int o;

	while ((o = getopt(argc, argv, "c:n:s:b:i:q:")) != -1)
		switch (o) {
		case 'c': n = strtol(optarg, NULL, 10); break;
		case 'n': messages = strtol(optarg, NULL, 10); break;
		case 's': size = strtol(optarg, NULL, 10); break;
		case 'b': boxes = strtol(optarg, NULL, 10); break;
		case 'i': idle = strtol(optarg, NULL, 10); break;
		case 'q': quick = strtol(optarg, NULL, 10); break;
		default: return 64;
		}
	if (argc - optind != 2 || n < 1 || n > CONNS_MAX || messages < n ||
	    size < 32 || boxes < 1)
		return 64;
	if (getaddrinfo(argv[optind], argv[optind + 1], &hints, &server) != 0)
		fail(argv[optind]);
	make_text((size_t)size);
	for (i = 0; i < idle; i++)
		hello(&c);
	if (idle > 0)
		poll(NULL, 0, 1000);
	start = now();
	for (i = 0; i < quick; i++)
		session();
	if (idle == 0 && quick == 0)
		blast((int)n, messages);
	printf("%lld\n", now() - start);
	fflush(stdout);
	/* Those that are held are looked at until the input ends. */
	if (idle > 0)
		while (read(STDIN_FILENO, &c, sizeof c) > 0)
			;
	return 0;
}
