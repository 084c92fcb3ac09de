/*
 * fuzz: what the targets have in common.  All that is not input is decided by
 * dice, which the first four bytes of the input are the seed of: the same
 * input always goes the same way.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/buf.h"
#include "sys/net.h"

#define MUST(holds) ((holds) ? (void)0 : abort())

struct dice {
	uint32_t state;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* 0 to n - 1, by a linear congruential generator. */
static inline unsigned
roll(struct dice *d, unsigned n)
{
	d->state = d->state * 1664525 + 1013904223;
	return (d->state >> 16) % n;
}

/* Takes the seed off the input: 0, or -1 where there is none. */
static inline int
take_seed(struct dice *d, struct span *input)
{
	if (input->n < sizeof d->state)
		return -1;
	memcpy(&d->state, input->p, sizeof d->state);
	*input = span_drop(*input, sizeof d->state);
	return 0;
}

/* How much of n bytes is fed at once: mostly little, at times all. */
static inline size_t
cut(struct dice *d, size_t n)
{
	size_t most = roll(d, 8) == 0 ? n : roll(d, 64) + 1;

	return most < n ? most : n;
}

/* Reads all of it: what may not be read, the sanitizer tells. */
static inline void
read_all(const void *p, size_t n)
{
	static volatile char seen;
	const char *text = p;
	size_t i;

	for (i = 0; i < n; i++)
		seen = text[i];
	(void)seen;
}

/*
 * The path of a file, for its owner alone, that holds the input: the same one
 * each time.
 */
static inline const char *
as_file(struct span input)
{
	static char path[] = "/tmp/fuzz.XXXXXX";
	static int fd = -1;

	if (fd < 0)
		MUST((fd = mkstemp(path)) >= 0);
	MUST(ftruncate(fd, 0) == 0);
	MUST(pwrite(fd, input.p, input.n, 0) == (ssize_t)input.n);
	return path;
}

/*
 * One end of a connection whose other end, *peer, has said the input, and
 * takes what it is told unread until it is closed.
 */
static inline int
as_peer(struct span input, int *peer)
{
	int pair[2], size = 1 << 20;

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	MUST(fcntl(pair[0], F_SETFL, O_NONBLOCK) == 0);
	MUST(send(pair[1], input.p, input.n, 0) == (ssize_t)input.n);
	MUST(shutdown(pair[1], SHUT_WR) == 0);
	*peer = pair[1];
	return pair[0];
}

/* A server for a client that dials; all zero at first, and used again. */
struct peer {
	int listener;
	struct span says;
	struct buf heard;
	pthread_t thread;
};

/* The port of loopback where it listens: the same one each time. */
static inline void
peer_listen(struct peer *p, struct net_addr *at)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof a;

	if (p->listener > 0)
		return;
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	p->listener = socket(AF_INET, SOCK_STREAM, 0);
	MUST(p->listener > 0 &&
	    bind(p->listener, (struct sockaddr *)&a, sizeof a) == 0 &&
	    listen(p->listener, 4) == 0);
	MUST(getsockname(p->listener, (struct sockaddr *)&a, &len) == 0);
	snprintf(at->host, sizeof at->host, "127.0.0.1");
	snprintf(at->port, sizeof at->port, "%u", (unsigned)ntohs(a.sin_port));
}

static inline void *
peer_serve(void *arg)
{
	struct peer *p = arg;
	char piece[4096];
	ssize_t n;
	int fd;

	MUST((fd = accept(p->listener, NULL, NULL)) >= 0);
	send(fd, p->says.p, p->says.n, MSG_NOSIGNAL);
	shutdown(fd, SHUT_WR);
	buf_clear(&p->heard);
	while ((n = recv(fd, piece, sizeof piece, 0)) > 0)
		buf_add(&p->heard, piece, (size_t)n);
	close(fd);
	return NULL;
}

/*
 * Says the input to the next who connects; after peer_end, heard is what he
 * said.
 */
static inline void
peer_start(struct peer *p, struct span input)
{
	p->says = input;
	MUST(pthread_create(&p->thread, NULL, peer_serve, p) == 0);
}

static inline void
peer_end(struct peer *p)
{
	MUST(pthread_join(p->thread, NULL) == 0);
}

/* What a session's talk is told is one line, of either side. */
static inline void
must_be_line(int who, struct span line)
{
	MUST(who == 'C' || who == 'S');
	MUST(line.n == 0 || memchr(line.p, '\n', line.n) == NULL);
}

/* A picture: printable, and none of <, > and & but its own. */
static inline void
must_be_xml(const struct buf *b)
{
	struct span rest = buf_span(b);
	size_t n;
	int in = 0;

	for (; rest.n > 0; rest = span_drop(rest, n)) {
		n = rest.p[0] == '\n' ? 1 : span_printable(rest);
		MUST(n > 0);
		if (rest.p[0] == '<') {
			MUST(!in);
			in = 1;
		} else if (rest.p[0] == '>') {
			MUST(in);
			in = 0;
		} else if (rest.p[0] == '&')
			MUST(span_begins(rest, "&lt;") ||
			    span_begins(rest, "&gt;") ||
			    span_begins(rest, "&quot;") ||
			    span_begins(rest, "&#39;") ||
			    span_begins(rest, "&amp;"));
	}
	MUST(!in);
}

#endif
