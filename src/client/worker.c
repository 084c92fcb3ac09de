#include "worker.h"

#include <errno.h>
#include <unistd.h>

#include "client/frame.h"
#include "client/report.h"
#include "sys/stop.h"

struct worker {
	int fd, go;
	struct message_shelf shelf;
	struct buf lines, out;
};

/* Tells the parent: 0, or -1 when it has gone. */
static int
tell(struct worker *w, enum frame_type type, void *ticket,
    enum exit_code code)
{
	buf_clear(&w->out);
	frame_put(&w->out, type, ticket, code, buf_span(&w->lines));
	buf_clear(&w->lines);
	return io_write(w->fd, w->out.p, w->out.n);
}

static int
sending(void *arg, const struct message *m)
{
	struct worker *w = arg;
	ssize_t r;
	char c;

	if (w->go < 0)
		return 0;
	report_put_sending(&w->lines, m);
	if (tell(w, FRAME_SENDING, m->ticket, EX_OK) < 0)
		return -1;
	do
		r = read(w->go, &c, 1);
	while (r < 0 && errno == EINTR);
	return r == 1 ? 0 : -1;
}

static int
done(void *arg, struct message *m)
{
	struct worker *w = arg;
	enum exit_code code;

	code = report_put_done(&w->lines, m);
	message_drop(&w->shelf, m);
	return tell(w, FRAME_DONE, m->ticket, code);
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
	own.home = conf->home;
	own.sending = sending;
	own.done = done;
	own.arg = &w;
	while (r >= 0) {
		r = frame_receive(&in, fd);
		if (r > 0) {
			r = work(&w, &route, &in);
		} else if (r == 0) {
			break;
		} else if (errno == EAGAIN) {
			r = route_settle(&route);
			if (r == 0)
				stop_wait(fd, IO_FOREVER);
			if (stop_asked())
				break;
		}
	}
	route_settle(&route);
	tell(&w, FRAME_BYE, NULL, EX_OK);
	route_end(&route);
	return EX_OK;
}
