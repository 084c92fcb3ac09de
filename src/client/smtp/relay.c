#include "relay.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys/die.h"

/* Bytes on their way in one direction. */
#define WAY_SIZE 16384

struct way {
	int from, to;
	size_t at, n;		/* what has been read and not written */
	int eof;
	char p[WAY_SIZE];
};

struct ends {
	int listener, server;
};

/* Reads or writes, whatever can be done: 0, or -1 when it is over. */
static int
go_on(struct way *w)
{
	ssize_t r;

	if (w->at == w->n && !w->eof) {
		r = read(w->from, w->p, sizeof w->p);
		if (r == 0) {
			w->eof = 1;
			shutdown(w->to, SHUT_WR);
		}
		w->at = 0;
		w->n = r > 0 ? (size_t)r : 0;
		if (r < 0 && errno != EAGAIN && errno != EINTR)
			return -1;
	}
	if (w->at < w->n) {
		r = write(w->to, w->p + w->at, w->n - w->at);
		if (r > 0)
			w->at += (size_t)r;
		if (r < 0 && errno != EAGAIN && errno != EINTR)
			return -1;
	}
	return 0;
}

static void
set_poll(struct pollfd *in, struct pollfd *out, const struct way *w)
{
	if (w->at < w->n)
		out->events |= POLLOUT;
	else if (!w->eof)
		in->events |= POLLIN;
}

/* Copies both ways until both ends are done, or parent has gone. */
static void
join(int client, int server, int parent)
{
	static struct way up, down;
	struct pollfd f[3];

	up.from = down.to = client;
	up.to = down.from = server;
	while (!up.eof || !down.eof) {
		memset(f, 0, sizeof f);
		f[0].fd = client;
		f[1].fd = server;
		f[2].fd = parent;
		f[2].events = POLLIN;
		set_poll(&f[0], &f[1], &up);
		set_poll(&f[1], &f[0], &down);
		/* An end that waits for nothing would only say that it is. */
		if (f[0].events == 0)
			f[0].fd = -1;
		if (f[1].events == 0)
			f[1].fd = -1;
		if (poll(f, 3, -1) < 0 && errno != EINTR)
			return;
		if (f[2].revents != 0 || go_on(&up) < 0 || go_on(&down) < 0)
			return;
	}
}

static int
work(void *arg, int parent)
{
	struct ends *e = arg;
	struct pollfd f[2];
	int client = -1;

	/* A signal from the terminal is for our parent, who still needs us. */
	setpgid(0, 0);
	f[0].fd = e->listener;
	f[1].fd = parent;
	f[0].events = f[1].events = POLLIN;
	do {
		f[0].revents = f[1].revents = 0;
		if (poll(f, 2, -1) < 0 && errno != EINTR)
			return EX_TEMPFAIL;
		if (f[1].revents != 0)
			return EX_OK;
		if (f[0].revents != 0)
			client = accept(e->listener, NULL, NULL);
	} while (client < 0);
	close(e->listener);
	if (fcntl(client, F_SETFL, O_NONBLOCK) == 0 &&
	    fcntl(e->server, F_SETFL, O_NONBLOCK) == 0)
		join(client, e->server, parent);
	return EX_OK;
}

int
relay_start(struct spawn *s, int fd, struct net_addr *a, const char **why)
{
	int listener[NET_SOCKETS_MAX], r;
	struct ends e = { -1, fd };
	char text[NET_TEXT_MAX];

	net_parse(a, ":0", "0");
	if (net_listen(a, listener, why) < 0)
		return -1;
	e.listener = listener[0];
	net_bound(e.listener, text);
	net_parse(a, text, "0");
	r = spawn_copy(s, work, &e);
	*why = strerror(errno);
	close(e.listener);
	return r;
}
