/*
 * fixed: what poll, recv and send cost an SMTP server that does nothing else.
 *
 *	fixed
 *
 * Every command line has an answer that was written before, every text is
 * thrown away.  Says where it listens on standard error, and serves until it
 * is killed.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNS_MAX 1000
#define OUT_MAX 4096

static const char end[] = "\r\n.\r\n";

static struct pollfd polls[1 + CONNS_MAX];
static nfds_t open_fds = 1;

/* Per descriptor: 0 among commands, else 1 + the bytes of end that came. */
static size_t in_text[1024 + CONNS_MAX];

static void
fail(const char *what)
{
	fprintf(stderr, "fixed: %s: %s\n", what, strerror(errno));
	exit(75);
}

static size_t
add(char *out, size_t n, const char *answer)
{
	size_t length = strlen(answer);

	if (n + length > OUT_MAX)
		fail("answers");
	memcpy(out + n, answer, length);
	return n + length;
}

/* Goes on in a text: what is behind it, or NULL when it goes on itself. */
static const char *
skip_text(size_t *state, const char *p, const char *to)
{
	for (; p < to; p++) {
		if (*p == end[*state - 1])
			++*state;
		else
			*state = *p == '\r' ? 2 : 1;
		if (*state == sizeof end) {
			*state = 0;
			return p + 1;
		}
	}
	return NULL;
}

static void
serve(int fd)
{
	static char in[65536];
	char out[OUT_MAX];
	const char *p = in, *to, *lf;
	size_t n = 0;
	ssize_t r;

	r = recv(fd, in, sizeof in, 0);
	for (to = in + (r > 0 ? r : 0); p != NULL && p < to; ) {
		if (in_text[fd] > 0) {
			p = skip_text(&in_text[fd], p, to);
			if (p != NULL)
				n = add(out, n, "250 2.0.0 Ok: queued as "
				    "6921a0b4.1f2e.1234\r\n");
			continue;
		}
		lf = memchr(p, '\n', (size_t)(to - p));
		in_text[fd] = *p == 'D' ? 3 : 0;
		n = add(out, n, *p == 'D' ? "354 End data with "
		    "<CR><LF>.<CR><LF>\r\n" : *p == 'E' ?
		    "250-bench.test\r\n250 PIPELINING\r\n" :
		    "250 2.1.0 Ok\r\n");
		p = lf == NULL ? NULL : lf + 1;
	}
	if (n > 0 && send(fd, out, n, 0) < 0)
		r = 0;
	if (r <= 0)
		shutdown(fd, SHUT_RDWR);
}

static void
welcome(int listener)
{
	static const char greeting[] = "220 bench.test ESMTP\r\n";
	int on = 1, fd;

	fd = accept(listener, NULL, NULL);
	if (fd < 0 || open_fds > CONNS_MAX)
		fail("accept");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (send(fd, greeting, sizeof greeting - 1, 0) < 0)
		fail("greeting");
	in_text[fd] = 0;
	polls[open_fds].fd = fd;
	polls[open_fds++].events = POLLIN;
}

int
main(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t n = sizeof a;
	nfds_t i;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	polls[0].fd = socket(AF_INET, SOCK_STREAM, 0);
	polls[0].events = POLLIN;
	if (bind(polls[0].fd, (struct sockaddr *)&a, n) < 0 ||
	    listen(polls[0].fd, 100) < 0 ||
	    getsockname(polls[0].fd, (struct sockaddr *)&a, &n) < 0)
		fail("listen");
	fprintf(stderr, "listening on 127.0.0.1:%d\n", ntohs(a.sin_port));
	while (poll(polls, open_fds, -1) > 0) {
		for (i = open_fds; i-- > 1; ) {
			if (polls[i].revents & POLLHUP) {
				close(polls[i].fd);
				polls[i] = polls[--open_fds];
			} else if (polls[i].revents != 0)
				serve(polls[i].fd);
		}
		if (polls[0].revents != 0)
			welcome(polls[0].fd);
	}
	fail("poll");
}
