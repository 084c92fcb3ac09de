#include "orderc.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "format/wire/ordline.h"
#include "format/wire/reply.h"
#include "sys/io.h"

#define OUT_FLUSH 65536		/* so much is gathered before a write */

/* One connection. */
struct connection {
	const struct orderc_conf *conf;
	int fd;
	struct rd rd;
	struct buf out;		/* not written yet */
	struct reply reply;
	struct buf nonce;
	uintmax_t orders;	/* ORDER lines sent */
	struct orderfile **asked;	/* those sent, in their order */
	size_t n, answered;
	int over;		/* nothing more can be said or heard */
	struct buf why;		/* then the reason */
	enum exit_code code;	/* and, at the greeting, what it means */
};

static void
lose(struct connection *c, const char *why)
{
	if (!c->over)
		buf_set(&c->why, span_str(why));
	c->over = 1;
}

/* The next reply, waiting for it: 0, or -1 and the connection is over. */
static int
hear(struct connection *c)
{
	long long end = io_clock() + c->conf->timeout;
	enum reply_event event;
	enum rd_status status;
	struct span line;

	reply_start(&c->reply);
	do {
		status = rd_line_by(&c->rd, &line, end);
		if (status != RD_LINE) {
			lose(c, client_no_line(&c->rd, status));
			return -1;
		}
		client_trace(c->conf->talk, "S: ", line, line.n);
		event = reply_line(&c->reply, line);
	} while (event == REPLY_MORE);
	if (event == REPLY_END)
		return 0;
	lose(c, "invalid reply");
	return -1;
}

/*
 * Whether a reply speaks of this order.  One that does not is believed in
 * nothing: the order is not stored, as far as anybody knows, and goes again.
 */
static int
is_about(struct connection *c, const struct orderfile *f)
{
	struct ordline o = { .octets = f->size, .sha = span_str(f->sha),
	    .name = buf_span(&f->name) };
	struct buf text = { 0 };
	const char *why;

	if (c->reply.code != 250)
		return 1;
	why = ordline_answer(buf_span(&c->reply.text), &o);
	if (why == NULL)
		return 1;
	buf_addf(&text, "%s: ", why);
	buf_addspan(&text, buf_span(&c->reply.text));
	lose(c, buf_str(&text));
	buf_free(&text);
	return 0;
}

/* Takes one reply for the oldest order without one. */
static void
take_answer(struct connection *c)
{
	struct orderfile *f;

	if (hear(c) < 0)
		return;
	if (c->reply.code == 421 || c->answered == c->n) {
		lose(c, buf_str(&c->reply.text));
		return;
	}
	f = c->asked[c->answered++];
	if (!is_about(c, f))
		return;
	orderfile_outcome(f, c->reply.code, buf_span(&c->reply.text));
	/* Too large to be read and dropped: the server hangs up. */
	if (f->code == 552)
		lose(c, "the server refused an order and hung up");
}

/* The peer takes nothing more, but what it said before may still be there. */
static void
broken(struct connection *c, int err)
{
	while (!c->over && c->answered < c->n)
		take_answer(c);
	lose(c, strerror(err));
}

/*
 * Writes what is gathered.  Answers are taken as they come, or the server
 * would stop reading in the end, and both would wait.
 */
static void
flush(struct connection *c)
{
	long long end = 0;
	size_t at = 0, next = 0;
	struct pollfd p;
	ssize_t r;

	while (at < c->out.n && !c->over) {
		if (at >= next) {
			next = at + WR_PIECE;
			end = io_clock() + c->conf->timeout;
		}
		p.fd = c->fd;
		p.events = POLLIN | POLLOUT;
		r = poll(&p, 1, io_left(end));
		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0) {
			lose(c, r == 0 ? "the server takes nothing more" :
			    strerror(errno));
			break;
		}
		if (p.revents & POLLIN)
			do
				take_answer(c);
			while (!c->over && rd_pending(&c->rd).n > 0);
		if (c->over || !(p.revents & (POLLOUT | POLLERR | POLLHUP)))
			continue;
		r = write(c->fd, c->out.p + at, c->out.n - at);
		if (r > 0)
			at += (size_t)r;
		else if (errno != EAGAIN && errno != EINTR)
			broken(c, errno);
	}
	buf_clear(&c->out);
}

static void
add_order(struct connection *c, const struct orderfile *f)
{
	char mac[SHA256_HEX];
	struct buf size = { 0 };
	struct ordline o;
	size_t at = c->out.n, open;

	buf_addu(&size, f->size);
	o.size = buf_span(&size);
	o.sha = span_str(f->sha);
	o.name = buf_span(&f->name);
	o.tag = span_str(c->conf->tag);
	c->orders++;
	buf_addf(&c->out, "ORDER %s %s ", buf_str(&size), f->sha);
	buf_addspan(&c->out, o.name);
	buf_addf(&c->out, " %s", c->conf->tag);
	open = c->out.n - at;
	if (c->conf->key.n > 0) {
		ordline_mac(mac, c->conf->key, buf_span(&c->nonce), c->orders,
		    &o);
		buf_addf(&c->out, " %s", mac);
	}
	client_trace(c->conf->talk, "C: ", span_drop(buf_span(&c->out), at),
	    open);
	buf_adds(&c->out, "\r\n");
	buf_free(&size);
}

/* All the content.  What is short of its size spoils order and connection. */
static void
add_content(struct connection *c, struct orderfile *f, int fd)
{
	uint64_t left = f->size;
	size_t want;
	ssize_t r;

	while (left > 0 && !c->over) {
		if (c->out.n >= OUT_FLUSH)
			flush(c);
		buf_reserve(&c->out, OUT_FLUSH);
		want = left < OUT_FLUSH ? (size_t)left : OUT_FLUSH;
		r = read(fd, c->out.p + c->out.n, want);
		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0) {
			orderfile_spoiled(f, r < 0 ? strerror(errno) : NULL);
			lose(c, "an order could not be sent whole");
			break;
		}
		c->out.n += (size_t)r;
		left -= (uint64_t)r;
	}
}

static void
send_order(struct connection *c, struct orderfile *f)
{
	const char *why;
	int fd;

	fd = orderfile_open(f, &why);
	if (fd < 0) {
		orderfile_spoiled(f, why);
		return;
	}
	add_order(c, f);
	c->asked[c->n++] = f;
	add_content(c, f, fd);
	orderfile_done(f, fd);
}

/* Takes the nonce from "host orderrecv 1 nonce": 0, or -1. */
static int
take_nonce(struct connection *c, struct span text)
{
	struct span words[4];
	size_t i;

	for (i = 0; i < COUNT(words); i++)
		words[i] = span_cut(&text, ' ');
	buf_addspan(&c->nonce, words[3]);
	return span_is(words[1], "orderrecv") && span_is(words[2], "1") &&
	    words[3].n > 0 ? 0 : -1;
}

static int
greet(struct connection *c)
{
	c->code = EX_TEMPFAIL;
	if (hear(c) < 0)
		return -1;
	if (c->reply.code == 220) {
		if (take_nonce(c, buf_span(&c->reply.text)) == 0)
			return 0;
		c->code = EX_CONFIG;
		lose(c, "not an orderrecv of a known version");
		return -1;
	}
	lose(c, buf_str(&c->reply.text));
	return -1;
}

/* All that is still to be sent, QUIT, and the answers. */
static void
talk(struct connection *c, struct orderfile *files, size_t n)
{
	size_t i;

	for (i = 0; i < n && !c->over; i++)
		if (orderfile_is_open(&files[i]))
			send_order(c, &files[i]);
	client_trace(c->conf->talk, "C: ", span_str("QUIT"), 4);
	buf_adds(&c->out, "QUIT\r\n");
	flush(c);
	while (!c->over && c->answered < c->n)
		take_answer(c);
	if (!c->over)
		hear(c);
}

static int
dial(struct connection *c)
{
	const char *why;
	int temp;

	c->fd = net_dial(&c->conf->addr, c->conf->timeout, &why, &temp);
	if (c->fd >= 0) {
		rd_init(&c->rd, c->fd, c->conf->timeout, REPLY_LINE_MAX);
		return 0;
	}
	c->code = temp ? EX_TEMPFAIL : EX_NOHOST;
	lose(c, why);
	return -1;
}

enum exit_code
orderc_send(void *arg, struct orderfile *files, size_t n)
{
	struct connection l = { .conf = arg, .fd = -1 };

	l.asked = die_calloc(n, sizeof *l.asked);
	if (dial(&l) == 0 && greet(&l) == 0) {
		l.code = EX_OK;
		talk(&l, files, n);
	}
	if (l.over)
		handin_blame(files, n, &l.conf->addr, buf_span(&l.why),
		    l.conf->talk != CLIENT_QUIET);
	if (l.fd >= 0)
		close(l.fd);
	rd_free(&l.rd);
	reply_free(&l.reply);
	buf_free(&l.out);
	buf_free(&l.nonce);
	buf_free(&l.why);
	free(l.asked);
	return l.code;
}
