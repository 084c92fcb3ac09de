#include "worker.h"

#include <errno.h>
#include <unistd.h>

#include "client/smtp/frame.h"
#include "client/smtp/report.h"
#include "sys/stop.h"

/*
 * What there is to tell is held back as long as it is little, and for so many
 * ms: each time the parent is woken.
 */
#define HELD_MAX 4096
#define HELD_TIME 100

struct worker {
	int fd, go;
	struct message_shelf shelf;
	struct buf lines, out;
	long long told;
	int cut;		/* not all that was told can have arrived */
};

/* Adds a frame to what is told next. */
static void
put(struct worker *w, enum frame_type type, void *ticket,
    enum exit_code code)
{
	frame_put(&w->out, type, ticket, code, buf_span(&w->lines));
	buf_clear(&w->lines);
}

/* Tells the parent: 0, or -1 when it cannot be told any more. */
static int
tell(struct worker *w)
{
	if (!w->cut && w->out.n > 0)
		w->cut = io_write(w->fd, w->out.p, w->out.n) < 0;
	buf_clear(&w->out);
	w->told = io_clock();
	return w->cut ? -1 : 0;
}

static void
wait(void *arg)
{
	/* A parent that has gone is seen at the next step. */
	tell(arg);
}

static int
sending(void *arg, struct message *m)
{
	struct worker *w = arg;
	ssize_t r;
	char c;

	if (w->go < 0)
		return 0;
	report_put_sending(&w->lines, m);
	put(w, FRAME_SENDING, m->ticket, EX_OK);
	if (tell(w) < 0)
		return -1;
	do
		r = read(w->go, &c, 1);
	while (r < 0 && errno == EINTR);
	return r == 1 ? 0 : -1;
}

static int
part(void *arg, struct message *m)
{
	struct worker *w = arg;
	enum exit_code code;

	code = report_put_done(&w->lines, m);
	put(w, FRAME_PART, m->ticket, code);
	return tell(w);
}

/* A message is out of hand; its owner need not know at once. */
static int
drop(struct worker *w, struct message *m)
{
	message_drop(&w->shelf, m);
	if (w->out.n < HELD_MAX && io_clock() - w->told < HELD_TIME)
		return 0;
	return tell(w);
}

static int
done(void *arg, struct message *m)
{
	struct worker *w = arg;
	enum exit_code code;

	code = report_put_done(&w->lines, m);
	put(w, FRAME_DONE, m->ticket, code);
	return drop(w, m);
}

static int
back(void *arg, struct message *m, int hung, long wait)
{
	struct worker *w = arg;
	enum exit_code code;

	code = report_put_done(&w->lines, m);
	frame_put_back(&w->out, m, hung, wait, code, buf_span(&w->lines));
	buf_clear(&w->lines);
	return drop(w, m);
}

/* Sends the messages that are whole in *in: 0, or -1 to end. */
static int
work(struct worker *w, struct route *route, struct buf *in)
{
	struct span rest = buf_span(in), bytes;
	struct message *m;
	struct frame f;

	while (!stop_asked() && frame_next(&rest, &f, &bytes)) {
		m = message_new(&w->shelf);
		frame_message(m, &f, bytes);
		if (route_push(route, m) < 0)
			return -1;
	}
	buf_consume(in, in->n - rest.n);
	return stop_asked() ? -1 : 0;
}

int
worker_run(const struct worker_conf *conf, int fd)
{
	struct sender_conf own = *conf->route->conf;
	struct route route = { .conf = &own,
	    .resolver = conf->route->resolver, .port = conf->route->port };
	struct worker w = { .fd = fd, .go = conf->go };
	struct buf in = { 0 };
	int r = 0;

	stop_catch();
	own.reach.home = conf->home;
	own.sending = sending;
	own.part = part;
	own.done = done;
	/* A domain's messages are nobody else's. */
	if (route.resolver == NULL)
		own.back = back;
	own.arg = own.reach.link.arg = &w;
	own.reach.link.wait = wait;
	while (r >= 0) {
		r = frame_receive(&in, fd);
		if (r > 0) {
			r = work(&w, &route, &in);
		} else if (r == 0) {
			break;
		} else if (errno == EAGAIN) {
			r = route_settle(&route);
			if (r == 0)
				r = tell(&w);
			if (r == 0)
				stop_wait(fd, IO_FOREVER);
			if (stop_asked())
				break;
		}
	}
	route_settle(&route);
	put(&w, FRAME_BYE, NULL, EX_OK);
	tell(&w);
	route_end(&route);
	return EX_OK;
}
