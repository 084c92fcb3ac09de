#include "relay.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io.h"

static void
end(struct relay_way *w, int failed)
{
	w->eof = 1;
	w->failed = failed;
	w->at = w->n = 0;
	shutdown(w->to, SHUT_WR);
}

/* Reads or writes, whatever can be done. */
static void
go_on(struct relay_way *w)
{
	ssize_t r;

	if (w->at == w->n) {
		r = read(w->from, w->p, sizeof w->p);
		if (r == 0)
			end(w, 0);
		w->at = 0;
		w->n = r > 0 ? (size_t)r : 0;
		if (r < 0 && errno != EAGAIN && errno != EINTR)
			end(w, 1);
	}
	if (w->at < w->n) {
		r = write(w->to, w->p + w->at, w->n - w->at);
		if (r > 0)
			w->at += (size_t)r;
		if (r < 0 && errno != EAGAIN && errno != EINTR)
			end(w, 1);
	}
}

/* What a way waits for; where that is nothing it would only say that it is. */
static struct pollfd
wanted(const struct relay_way *w)
{
	struct pollfd p = { .fd = -1 };

	if (w->at < w->n) {
		p.fd = w->to;
		p.events = POLLOUT;
	} else if (!w->eof) {
		p.fd = w->from;
		p.events = POLLIN;
	}
	return p;
}

int
relay_round(struct relay_way *way, size_t n, int watch, int timeout)
{
	struct pollfd p[RELAY_WAYS + 1];
	size_t i;
	int r;

	for (i = 0; i < n; i++)
		p[i] = wanted(&way[i]);
	p[n] = (struct pollfd){ .fd = watch, .events = POLLIN };
	r = io_poll(p, n + 1, timeout);
	if (r <= 0)
		return r;
	if (p[n].revents != 0)
		return -1;
	for (i = 0; i < n; i++)
		if (p[i].revents != 0)
			go_on(&way[i]);
	return 1;
}
