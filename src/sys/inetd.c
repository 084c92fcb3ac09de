#include "inetd.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "conn.h"
#include "io.h"
#include "stop.h"

enum ready { READY_STOP, READY_INPUT, READY_DATA, READY_NOTHING };

/* Says what failed, and returns the exit code for that. */
static enum exit_code
fail(const char *object)
{
	warn_sys("%s", object);
	return die_errno(errno, EX_IOERR);
}

/*
 * Waits ms for fd, unless that is -1, and for the second connection of c; or
 * until it is time to stop, as it is when waiting fails.
 */
static enum ready
await_input(const struct conn *c, int fd, int ms, enum exit_code *code)
{
	struct pollfd p[READY_NOTHING];
	int r;

	p[READY_STOP].fd = stop_fd();
	p[READY_INPUT].fd = fd;
	p[READY_STOP].events = p[READY_INPUT].events = POLLIN;
	p[READY_DATA].fd = conn_data_poll(c, &p[READY_DATA].events);
	do
		r = poll(p, READY_NOTHING, ms);
	while (r < 0 && errno == EINTR);
	if (r < 0) {
		*code = fail("poll");
		return READY_STOP;
	}
	for (r = READY_STOP; r < READY_NOTHING; r++)
		if (p[r].revents != 0)
			break;
	return (enum ready)r;
}

/* A peer that resets the connection is no failure of ours. */
static enum exit_code
receive(struct conn_host *h, struct conn *c)
{
	enum exit_code code = EX_OK;
	ssize_t r;

	r = read(STDIN_FILENO, h->scratch, c->ask);
	if (r < 0 && errno != EAGAIN && errno != EINTR &&
	    errno != ECONNRESET && errno != ETIMEDOUT)
		code = fail("stdin");
	conn_receive(h, c, r);
	return code;
}

/* From here on standard input and output are what is said under TLS. */
static enum exit_code
secure(struct conn_host *h, struct conn *c)
{
	enum exit_code code = EX_OK;
	int fd = conn_secure(h, c, STDIN_FILENO, STDOUT_FILENO);

	if (fd == STDIN_FILENO)
		return EX_OK;
	if (dup2(fd, STDIN_FILENO) < 0 || dup2(fd, STDOUT_FILENO) < 0)
		code = fail("dup2");
	close(fd);
	return code;
}

/* One step of the session on standard input: input, or what it waits for. */
static enum exit_code
step(struct conn_host *h, struct conn *c)
{
	enum exit_code code = EX_OK;
	enum ready ready;

	if (conn_wants_commit(c)) {
		h->service->commit(h->service->app);
		conn_resume(h, c);
	} else if (c->verdict == SESSION_SECURE) {
		code = secure(h, c);
	} else if (c->verdict == SESSION_WAIT) {
		if (await_input(c, -1, (int)(c->deadline - h->now),
		    &code) == READY_STOP)
			conn_expire(h, c, 1);
		else
			conn_resume(h, c);
	} else if (conn_can_go_on(c)) {
		conn_go_on(h, c);
	} else {
		ready = await_input(c, conn_wants_input(c) ? STDIN_FILENO : -1,
		    conn_has_delay(c) ? (int)(c->deadline - h->now) : h->idle,
		    &code);
		if (ready == READY_INPUT)
			code = receive(h, c);
		else if (ready == READY_DATA)
			conn_data(h, c);
		else
			conn_expire(h, c, ready == READY_STOP);
	}
	return code;
}

/*
 * Sends the answers, unless they wait for a commit: 0, or -1 with errno, which
 * is the end of the session.  A peer that takes none of them has the idle time,
 * and where it is time to stop no longer than until stop_end.
 */
static int
answer(const struct conn_host *h, struct conn *c)
{
	if (conn_wants_commit(c) || c->out.n == 0)
		return 0;
	if (stop_write(STDOUT_FILENO, c->out.p, c->out.n, h->idle) != 0)
		return -1;
	buf_clear(&c->out);
	return 0;
}

enum exit_code
inetd_run(const struct service *service, const struct net_peer *peer,
    int idle)
{
	enum exit_code code = EX_OK;
	struct conn_host h;
	struct conn c;

	memset(&h, 0, sizeof h);
	h.service = service;
	h.idle = idle;
	h.now = io_clock();
	h.scratch = die_calloc(CONN_READ, 1);
	conn_open(&h, &c, peer, STDIN_FILENO, 0);
	/* What fails is the end of the session, but for the last answers. */
	while (answer(&h, &c) == 0 && c.phase == CONN_OPEN)
		code = step(&h, &c);
	if (code == EX_OK && c.out.n > 0) {
		warn_sys("stdout");
		code = EX_IOERR;
	}
	if (c.reset)
		net_abort(STDIN_FILENO);
	conn_free(&h, &c);
	free(h.scratch);
	return code;
}
