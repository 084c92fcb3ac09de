#include "dataconn.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io.h"
#include "secret.h"

/* Those who wait to be looked at: strangers must not fill it up. */
#define BACKLOG 16

/* Ports that are tried where many are taken: not so many as take long. */
#define PORT_TRIES 256

#define PORT_FIRST 49152	/* RFC 6335 6: the dynamic ones */
#define PORT_LAST 65535

enum course {
	COURSE_NONE,		/* nothing is read or sent yet */
	COURSE_IN,
	COURSE_OUT,
	COURSE_BOTH
};

struct dataconn {
	int control;
	struct net_peer peer;
	int listener, fd;	/* or -1; never both */
	enum course course;
	struct buf out;
	size_t sent;		/* bytes of out */
	int finishes;		/* both ways: out is the last of it */
	int err;		/* why nothing could be sent */
};

struct dataconn *
dataconn_open(int fd, const struct net_peer *peer)
{
	struct dataconn *d;

	d = die_calloc(1, sizeof *d);
	d->control = fd;
	d->peer = *peer;
	d->listener = d->fd = -1;
	return d;
}

void
dataconn_free(struct dataconn *d)
{
	/* Or the other server took this for the end of all that is sent. */
	if (d->course == COURSE_BOTH && !d->finishes)
		net_abort(d->fd);
	dataconn_close(d);
	free(d);
}

void
dataconn_close(struct dataconn *d)
{
	if (d->listener >= 0)
		io_close(d->listener);
	if (d->fd >= 0)
		io_close(d->fd);
	d->listener = d->fd = -1;
	d->course = COURSE_NONE;
	d->sent = 0;
	d->finishes = d->err = 0;
	buf_free(&d->out);
}

int
dataconn_is_open(const struct dataconn *d)
{
	return d->listener >= 0 || d->fd >= 0;
}

int
dataconn_is_abandoned(const struct dataconn *d)
{
	char c;

	return recv(d->control, &c, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/* Our address of the control connection; loopback where that is a file. */
static socklen_t
own_address(const struct dataconn *d, struct sockaddr_storage *sa)
{
	struct sockaddr_in *in = (void *)sa;
	socklen_t n = sizeof *sa;

	memset(sa, 0, sizeof *sa);
	if (getsockname(d->control, (struct sockaddr *)sa, &n) == 0 &&
	    (sa->ss_family == AF_INET || sa->ss_family == AF_INET6))
		return n;
	memset(sa, 0, sizeof *sa);
	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return sizeof *in;
}

static void
set_port(struct sockaddr_storage *sa, unsigned port)
{
	if (sa->ss_family == AF_INET)
		((struct sockaddr_in *)(void *)sa)->sin_port =
		    htons((uint16_t)port);
	else
		((struct sockaddr_in6 *)(void *)sa)->sin6_port =
		    htons((uint16_t)port);
}

/*
 * Nobody is to guess the port, for whoever connects first has it: each one that
 * is tried is a random one, or the next where there are but a few.
 */
int
dataconn_listen(struct dataconn *d, unsigned low, unsigned high, char *text)
{
	unsigned first = high > 0 ? low : PORT_FIRST, start = 0, i;
	unsigned ports = (high > 0 ? high : PORT_LAST) - first + 1;
	struct sockaddr_storage sa;
	socklen_t n;

	dataconn_close(d);
	/* Whoever cannot be told from others gets no connection. */
	if (d->peer.text[0] == '\0' && !d->peer.local) {
		errno = EACCES;
		return -1;
	}
	n = own_address(d, &sa);
	for (i = 0; i < ports && i < PORT_TRIES && d->listener < 0; i++) {
		if ((i == 0 || ports > PORT_TRIES) &&
		    secret_random(&start, sizeof start) < 0)
			return -1;
		set_port(&sa, first + (start % ports + i) % ports);
		d->listener = net_listen_at((const void *)&sa, n, BACKLOG);
		if (d->listener < 0 && errno != EADDRINUSE && errno != EACCES)
			break;
	}
	if (d->listener < 0)
		return -1;
	net_bound(d->listener, text);
	return 0;
}

void
dataconn_receive(struct dataconn *d)
{
	d->course = COURSE_IN;
}

/* Of an attempt to send. */
static int
may_work_later(int err)
{
	return err == EAGAIN || err == EINTR || err == ENOTCONN;
}

void
dataconn_send(struct dataconn *d, const void *p, size_t n)
{
	ssize_t r = 0;

	if (d->course != COURSE_BOTH)
		d->course = COURSE_OUT;
	else if (dataconn_waiting(d) == 0 && d->fd >= 0 && n > 0)
		r = write(d->fd, p, n);
	if (r < 0) {
		if (!may_work_later(errno))
			d->err = errno;
		r = 0;
	}
	buf_add(&d->out, (const char *)p + r, n - (size_t)r);
}

void
dataconn_join(struct dataconn *d, int fd)
{
	dataconn_close(d);
	d->fd = fd;
	d->course = COURSE_BOTH;
}

size_t
dataconn_waiting(const struct dataconn *d)
{
	return d->out.n - d->sent;
}

void
dataconn_finish(struct dataconn *d)
{
	d->finishes = 1;
}

int
dataconn_poll(const struct dataconn *d, short *events)
{
	*events = d->fd >= 0 && d->course == COURSE_OUT ? POLLOUT : POLLIN;
	if (d->course == COURSE_BOTH &&
	    (dataconn_waiting(d) > 0 || d->finishes > 0))
		*events = POLLIN | POLLOUT;
	if (d->fd < 0)
		return d->listener;
	return d->course != COURSE_NONE ? d->fd : -1;
}

/* Whether it is the session's peer who has connected. */
static int
is_peer(const struct dataconn *d, int fd)
{
	struct net_peer peer;

	net_peer(&peer, fd);
	return d->peer.text[0] == '\0' ? peer.local :
	    strcmp(peer.text, d->peer.text) == 0;
}

static enum dataconn_event
end(struct dataconn *d, enum dataconn_event event)
{
	dataconn_close(d);
	return event;
}

static enum dataconn_event
take_peer(struct dataconn *d)
{
	int fd;

	fd = accept(d->listener, NULL, NULL);
	if (fd < 0 && net_is_short(errno)) {
		warn_sys("data connection");
		return end(d, d->course != COURSE_NONE ? DATACONN_BROKEN :
		    DATACONN_NOTHING);
	}
	if (fd < 0)
		return DATACONN_NOTHING;
	if (!is_peer(d, fd) || net_prepare(fd) < 0) {
		close(fd);
		return DATACONN_NOTHING;
	}
	close(d->listener);
	d->listener = -1;
	d->fd = fd;
	return DATACONN_MOVED;
}

/* Sends what waits, as much as there is room for: 0, or -1. */
static int
send_some(struct dataconn *d)
{
	ssize_t r;

	while (dataconn_waiting(d) > 0) {
		r = write(d->fd, d->out.p + d->sent, dataconn_waiting(d));
		if (r < 0)
			return may_work_later(errno) ? 0 : -1;
		d->sent += (size_t)r;
	}
	d->out.n = d->sent = 0;
	if (d->finishes > 0) {
		shutdown(d->fd, SHUT_WR);
		d->finishes = -1;
	}
	return 0;
}

static enum dataconn_event
go_both_ways(struct dataconn *d, char *p, size_t *n)
{
	size_t waited = dataconn_waiting(d);
	int err = d->err;
	ssize_t r;

	if (err == 0 && send_some(d) < 0)
		err = errno;
	r = read(d->fd, p, *n);

	if (r > 0) {
		*n = (size_t)r;
		return DATACONN_BYTES;
	}
	if (r < 0 && errno != EAGAIN && errno != EINTR)
		err = errno;
	errno = err;
	if (r == 0 || err != 0)
		return end(d, err == 0 ? DATACONN_END : DATACONN_BROKEN);
	return dataconn_waiting(d) < waited ? DATACONN_MOVED :
	    DATACONN_NOTHING;
}

enum dataconn_event
dataconn_go_on(struct dataconn *d, char *p, size_t *n)
{
	enum dataconn_event event = DATACONN_NOTHING;
	ssize_t r;

	if (d->course == COURSE_BOTH)
		return go_both_ways(d, p, n);
	if (d->fd < 0 && d->listener >= 0)
		event = take_peer(d);
	if (d->fd < 0 || d->course == COURSE_NONE)
		return event;
	if (d->course == COURSE_OUT && d->sent == d->out.n)
		return end(d, DATACONN_END);
	r = d->course == COURSE_IN ? read(d->fd, p, *n) :
	    write(d->fd, d->out.p + d->sent, d->out.n - d->sent);
	if (r < 0 && (errno == EAGAIN || errno == EINTR))
		return event;
	if (r < 0)
		return end(d, DATACONN_BROKEN);
	*n = (size_t)r;
	if (d->course == COURSE_IN)
		return r > 0 ? DATACONN_BYTES :
		    end(d, dataconn_is_abandoned(d) ?
		    DATACONN_BROKEN : DATACONN_END);
	d->sent += (size_t)r;
	return d->sent == d->out.n ? end(d, DATACONN_END) : DATACONN_MOVED;
}
