/* Buffered reading and writing, by a deadline. */
#include "io.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* One read or write of this size keeps a pipe and the copying balanced. */
#define IO_CHUNK 65536

/* Waits for events on fd until the moment end: 0, or -1 with errno. */
static int
wait_for(int fd, short events, int timeout, long long end)
{
	struct pollfd p = { .fd = fd, .events = events };
	int r;

	for (;;) {
		r = poll(&p, 1, timeout == IO_FOREVER ? IO_FOREVER :
		    io_left(end));
		if (r > 0)
			return 0;
		if (r == 0) {
			errno = ETIMEDOUT;
			return -1;
		}
		if (errno != EINTR && errno != EAGAIN)
			return -1;
	}
}

void
rd_init(struct rd *rd, int fd, int timeout, size_t max)
{
	memset(rd, 0, sizeof *rd);
	rd->fd = fd;
	rd->timeout = timeout;
	rd->max = max;
}

void
rd_free(struct rd *rd)
{
	free(rd->p);
	rd->p = NULL;
	rd->at = rd->n = rd->cap = rd->seen = 0;
}

/* Makes room for a read behind what has not been taken yet. */
static void
make_room(struct rd *rd)
{
	size_t have = rd->n - rd->at;

	if (rd->at > 0 && rd->cap - rd->n < IO_CHUNK / 2) {
		memmove(rd->p, rd->p + rd->at, have);
		rd->seen -= rd->at;
		rd->at = 0;
		rd->n = have;
	}
	if (rd->cap - rd->n >= IO_CHUNK / 2)
		return;
	rd->cap += rd->cap / 2 + IO_CHUNK;
	rd->p = die_realloc(rd->p, rd->cap, 1);
}

/*
 * How long the kernel waits for the input of a socket that may block: 0, or
 * -1.  It is not told anew for a ms too many.  Without it each read takes a
 * poll(2), too: smtpsend -j 10 then needs a tenth more processor time, and
 * misses half of smtp-source's, which t/bench/smtpsend.sh wants.
 */
static int
set_wait(struct rd *rd, int ms)
{
	struct timeval t = { ms / 1000, ms % 1000 * 1000 };

	if (ms <= 0)
		return -1;
	if (rd->wait == ms || rd->wait == ms + 1)
		return 0;
	if (setsockopt(rd->fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t) < 0)
		return -1;
	rd->wait = ms;
	return 0;
}

/* As read(2), within the time-out: one system call where it is a socket. */
static ssize_t
read_in_time(struct rd *rd, long long end)
{
	char *p = rd->p + rd->n;
	size_t n = rd->cap - rd->n;
	int left = 0;
	ssize_t r;

	if (rd->timeout != IO_FOREVER && !rd->plain) {
		if (rd->timeout > 0)
			left = (int)(end - io_clock());
		r = recv(rd->fd, p, n, set_wait(rd, left) < 0 ?
		    MSG_DONTWAIT : 0);
		rd->plain = r < 0 && errno == ENOTSOCK;
		if (!rd->plain)
			return r;
	}
	if (rd->timeout != IO_FOREVER &&
	    wait_for(rd->fd, POLLIN, rd->timeout, end) < 0)
		return -1;
	return read(rd->fd, p, n);
}

/* Reads once: RD_LINE when bytes came. */
static enum rd_status
fill(struct rd *rd, long long end)
{
	ssize_t r;

	make_room(rd);
	for (;;) {
		r = read_in_time(rd, end);
		if (r > 0) {
			rd->n += (size_t)r;
			return RD_LINE;
		}
		if (r == 0) {
			rd->eof = 1;
			return RD_EOF;
		}
		if (errno == EAGAIN && rd->timeout == 0)
			errno = ETIMEDOUT;
		else if (errno == EAGAIN &&
		    wait_for(rd->fd, POLLIN, rd->timeout, end) == 0)
			continue;
		if (errno != EINTR)
			break;
	}
	rd->err = errno;
	return errno == ETIMEDOUT ? RD_TIMEOUT : RD_ERROR;
}

static enum rd_status
give(struct rd *rd, size_t n, enum rd_status status, struct span *line)
{
	*line = span_of(rd->p + rd->at, n);
	rd->at += n;
	rd->seen = rd->at;
	return status;
}

int
rd_next(struct rd *rd, struct span *line)
{
	const char *lf = rd->seen == rd->n ? NULL :
	    memchr(rd->p + rd->seen, '\n', rd->n - rd->seen);

	if (lf == NULL || (size_t)(lf - rd->p) - rd->at >= rd->max)
		return 0;
	give(rd, (size_t)(lf - rd->p) - rd->at + 1, RD_LINE, line);
	return 1;
}

enum rd_status
rd_line(struct rd *rd, struct span *line)
{
	enum rd_status status;
	long long end = 0;

	for (;;) {
		if (rd_next(rd, line))
			return RD_LINE;
		if (rd->n - rd->at >= rd->max)
			return give(rd, rd->max, RD_LONG, line);
		rd->seen = rd->n;
		if (end == 0 && rd->timeout != IO_FOREVER)
			end = io_clock() + rd->timeout;
		status = rd->eof ? RD_EOF : fill(rd, end);
		if (status == RD_EOF && rd->n > rd->at)
			return give(rd, rd->n - rd->at, RD_PARTIAL, line);
		if (status != RD_LINE)
			return status;
	}
}

enum rd_status
rd_line_by(struct rd *rd, struct span *line, long long end)
{
	rd->timeout = io_left(end);
	return rd_line(rd, line);
}

enum rd_status
rd_some(struct rd *rd, struct span *bytes)
{
	enum rd_status status;

	if (rd->n == rd->at) {
		status = rd->eof ? RD_EOF : fill(rd, rd->timeout <= 0 ?
		    0 : io_clock() + rd->timeout);
		if (status != RD_LINE)
			return status;
	}
	*bytes = span_of(rd->p + rd->at, rd->n - rd->at);
	return RD_LINE;
}

void
rd_take(struct rd *rd, size_t n)
{
	rd->at += n;
	if (rd->seen < rd->at)
		rd->seen = rd->at;
}

struct span
rd_pending(const struct rd *rd)
{
	return span_of(rd->p + rd->at, rd->n - rd->at);
}

int
rd_ready(const struct rd *rd)
{
	return rd->n > rd->seen &&
	    memchr(rd->p + rd->seen, '\n', rd->n - rd->seen) != NULL;
}

void
wr_init(struct wr *wr, int fd, int timeout)
{
	memset(wr, 0, sizeof *wr);
	wr->fd = fd;
	wr->timeout = timeout;
}

void
wr_free(struct wr *wr)
{
	free(wr->p);
	wr->p = NULL;
	wr->n = 0;
}

/* As write(2), which does not wait for room in a socket. */
static ssize_t
write_some(struct wr *wr, const char *p, size_t n)
{
	ssize_t r;

	if (wr->timeout != IO_FOREVER && !wr->plain) {
		r = send(wr->fd, p, n, MSG_DONTWAIT);
		wr->plain = r < 0 && errno == ENOTSOCK;
		if (!wr->plain)
			return r;
	}
	return write(wr->fd, p, n);
}

/* All n bytes, each piece of them within the time-out. */
static void
send_all(struct wr *wr, const char *p, size_t n)
{
	size_t next = wr->sent;		/* whose time begins when that is out */
	long long end = 0;
	ssize_t r;

	while (n > 0 && wr->err == 0) {
		r = write_some(wr, p, n);
		if (r >= 0) {
			p += r;
			n -= (size_t)r;
			wr->sent += (size_t)r;
		} else if (errno == EAGAIN) {
			if (wr->timeout != IO_FOREVER && wr->sent >= next) {
				next = wr->sent + WR_PIECE;
				end = io_clock() + wr->timeout;
			}
			if (wait_for(wr->fd, POLLOUT, wr->timeout, end) < 0)
				wr->err = errno;
		} else if (errno != EINTR)
			wr->err = errno;
	}
}

void
wr_add(struct wr *wr, const void *p, size_t n)
{
	if (wr->err != 0 || n == 0)
		return;
	if (wr->p == NULL)
		wr->p = die_realloc(NULL, IO_CHUNK, 1);
	if (n > IO_CHUNK - wr->n) {
		wr_flush(wr);
		if (n >= IO_CHUNK) {
			send_all(wr, p, n);
			return;
		}
	}
	memcpy(wr->p + wr->n, p, n);
	wr->n += n;
}

void
wr_direct(struct wr *wr, struct span s)
{
	wr_flush(wr);
	send_all(wr, s.p, s.n);
}

void
wr_addspan(struct wr *wr, struct span s)
{
	wr_add(wr, s.p, s.n);
}

void
wr_adds(struct wr *wr, const char *s)
{
	wr_add(wr, s, strlen(s));
}

void
wr_addc(struct wr *wr, int c)
{
	char byte = (char)c;

	wr_add(wr, &byte, 1);
}

void
wr_addf(struct wr *wr, const char *fmt, ...)
{
	struct buf text = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&text, fmt, ap);
	va_end(ap);
	wr_add(wr, text.p, text.n);
	buf_free(&text);
}

int
wr_flush(struct wr *wr)
{
	size_t n = wr->n;

	wr->n = 0;
	send_all(wr, wr->p, n);
	if (wr->err == 0)
		return 0;
	errno = wr->err;
	return -1;
}

void
wr_finish(struct wr *wr)
{
	int failed = wr_flush(wr) < 0, err;

	/* Where nothing was written, nothing can be lost. */
	if (close(wr->fd) < 0 && wr->sent > 0)
		failed = 1;
	err = wr->err != 0 ? wr->err : errno;
	wr_free(wr);
	errno = err;
	if (failed)
		die_sys(EX_IOERR, "stdout");
}

void
wr_print(struct span s)
{
	struct wr out;

	wr_init(&out, STDOUT_FILENO, IO_FOREVER);
	wr_direct(&out, s);
	wr_finish(&out);
}
