#include "peer.h"

#include <sys/socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "sys/net.h"

/* The longest line that peer_line takes in one piece. */
#define LINE (1 << 26)

pthread_mutex_t peer_lock = PTHREAD_MUTEX_INITIALIZER;

static void (*talk_to)(struct peer *p);

int
peer_bound(const char *where)
{
	struct net_addr addr;
	const char *why;
	int fd[NET_SOCKETS_MAX];

	if (net_parse(&addr, where, "0") < 0)
		die(EX_USAGE, "%s: not an address", where);
	return net_listen(&addr, fd, &why) < 0 ? -1 : fd[0];
}

void
peer_announce(int fd)
{
	char name[NET_TEXT_MAX];

	net_bound(fd, name);
	fprintf(stderr, "%s: listening on %s\n", die_name(), name);
}

int
peer_listen(const char *where)
{
	int fd = peer_bound(where);

	if (fd < 0)
		die_sys(EX_CANTCREAT, "%s", where);
	peer_announce(fd);
	return fd;
}

int
peer_accept(int fd)
{
	struct pollfd poller;
	int conn, on = 1;

	poller.fd = fd;
	poller.events = POLLIN;
	poll(&poller, 1, -1);
	conn = accept(fd, NULL, NULL);
	if (conn < 0)
		return -1;
	fcntl(conn, F_SETFL, 0);
	/* This fails for a UNIX socket, which has no such thing. */
	setsockopt(conn, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	return conn;
}

static void *
run(void *arg)
{
	struct peer *p = arg;

	talk_to(p);
	peer_gone(p);
}

void
peer_serve(int fd, void *(*open)(void), void (*talk)(struct peer *p))
{
	pthread_t thread;
	struct peer *p;
	int conn;

	talk_to = talk;
	for (;;) {
		conn = peer_accept(fd);
		if (conn < 0)
			continue;
		p = die_calloc(1, sizeof *p);
		p->fd = conn;
		p->app = open();
		rd_init(&p->rd, conn, IO_FOREVER, LINE);
		if (pthread_create(&thread, NULL, run, p) != 0)
			die(EX_TEMPFAIL, "no thread");
		pthread_detach(thread);
	}
}

static void end(struct peer *p) DIE_NORETURN;

static void
end(struct peer *p)
{
	close(p->fd);
	rd_free(&p->rd);
	buf_free(&p->out);
	free(p);
	pthread_exit(NULL);
}

void
peer_gone(struct peer *p)
{
	io_write(p->fd, p->out.p, p->out.n);
	end(p);
}

void
peer_reset(struct peer *p)
{
	net_abort(p->fd);
	end(p);
}

void
peer_flush(struct peer *p)
{
	if (p->out.n > 0 && io_write(p->fd, p->out.p, p->out.n) < 0) {
		buf_clear(&p->out);
		peer_gone(p);
	}
	buf_clear(&p->out);
}

void
peer_send(struct peer *p, const void *bytes, size_t n)
{
	peer_flush(p);
	if (io_write(p->fd, bytes, n) < 0)
		peer_gone(p);
}

void
peer_say(struct peer *p, const char *text)
{
	buf_adds(&p->out, text);
	buf_adds(&p->out, "\r\n");
}

struct span
peer_line(struct peer *p)
{
	struct span line;

	if (!rd_ready(&p->rd))
		peer_flush(p);
	if (rd_line(&p->rd, &line) != RD_LINE)
		peer_gone(p);
	return line;
}

void
peer_bytes(struct peer *p, size_t n, struct buf *b)
{
	struct span some;

	while (n > 0) {
		if (rd_pending(&p->rd).n == 0)
			peer_flush(p);
		if (rd_some(&p->rd, &some) != RD_LINE)
			peer_gone(p);
		if (some.n > n)
			some.n = n;
		buf_addspan(b, some);
		rd_take(&p->rd, some.n);
		n -= some.n;
	}
}

void
peer_log(const char *path, struct span line)
{
	FILE *f;

	pthread_mutex_lock(&peer_lock);
	f = fopen(path, "a");
	if (f == NULL)
		die_sys(EX_CANTCREAT, "%s", path);
	fwrite(line.p, 1, line.n, f);
	putc('\n', f);
	if (fclose(f) != 0)
		die_sys(EX_IOERR, "%s", path);
	pthread_mutex_unlock(&peer_lock);
}

int
peer_file(const char *path, struct buf *b)
{
	int fd = io_open(path), r;

	if (fd < 0)
		return -1;
	r = io_slurp(fd, b, 1 << 24);
	close(fd);
	return r;
}

void
peer_pause(int ms)
{
	struct timespec t;

	t.tv_sec = ms / 1000;
	t.tv_nsec = ms % 1000 * 1000000L;
	nanosleep(&t, NULL);
}
