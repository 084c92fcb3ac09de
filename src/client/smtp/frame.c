#include "frame.h"

#include <errno.h>
#include <sys/socket.h>

#define PIECE 65536

/* Before the strings of a message, and before those of a recipient. */
struct head {
	uintmax_t number;
	size_t from, params, id, text, rcpts;
	size_t body;
	int tries;
	enum mime_form head_form, body_form;
};

struct rcpt_head {
	size_t addr, params;
};

static void
put(struct buf *b, struct frame *f, struct span bytes)
{
	f->n = bytes.n;
	buf_add(b, f, sizeof *f);
	buf_addspan(b, bytes);
}

void
frame_put(struct buf *b, enum frame_type type, void *ticket,
    enum exit_code code, struct span bytes)
{
	struct frame f;

	memset(&f, 0, sizeof f);
	f.type = type;
	f.ticket = ticket;
	f.code = code;
	put(b, &f, bytes);
}

void
frame_put_back(struct buf *b, const struct message *m, int hung, long wait,
    enum exit_code code, struct span lines)
{
	struct frame f;

	memset(&f, 0, sizeof f);
	f.type = FRAME_BACK;
	f.ticket = m->ticket;
	f.code = code;
	f.tries = m->tries;
	f.hung = hung;
	f.wait = wait;
	put(b, &f, lines);
}

int
frame_next(struct span *in, struct frame *f, struct span *bytes)
{
	if (in->n < sizeof *f)
		return 0;
	memcpy(f, in->p, sizeof *f);
	if (in->n - sizeof *f < f->n)
		return 0;
	*bytes = span_of(in->p + sizeof *f, f->n);
	*in = span_drop(*in, sizeof *f + f->n);
	return 1;
}

static void
put_rcpt(struct buf *b, const struct rcpt *r)
{
	struct rcpt_head h = { r->addr.n, r->params.n };

	buf_add(b, &h, sizeof h);
	buf_addspan(b, buf_span(&r->addr));
	buf_addspan(b, buf_span(&r->params));
}

void
frame_put_message(struct buf *b, struct message *m)
{
	size_t at = b->n, i, n;
	struct head h;

	memset(&h, 0, sizeof h);
	h.number = m->number;
	h.from = m->from.n;
	h.params = m->params.n;
	h.id = m->id.n;
	h.text = m->content.text.n;
	h.rcpts = message_open(m);
	h.body = m->content.body;
	h.tries = m->tries;
	h.head_form = m->content.head_form;
	h.body_form = m->content.body_form;
	frame_put(b, FRAME_MESSAGE, m, EX_OK, span_of(&h, sizeof h));
	buf_addspan(b, buf_span(&m->from));
	buf_addspan(b, buf_span(&m->params));
	buf_addspan(b, buf_span(&m->id));
	buf_addspan(b, buf_span(&m->content.text));
	for (i = 0; i < m->rcpts; i++)
		if (!m->rcpt[i].decided)
			put_rcpt(b, &m->rcpt[i]);
	n = b->n - at - sizeof(struct frame);
	memcpy(b->p + at + offsetof(struct frame, n), &n, sizeof n);
}

/* Takes n bytes off *in. */
static struct span
take(struct span *in, size_t n)
{
	struct span s = span_of(in->p, n);

	*in = span_drop(*in, n);
	return s;
}

void
frame_message(struct message *m, const struct frame *f, struct span bytes)
{
	struct rcpt_head r;
	struct span addr;
	struct head h;
	size_t i;

	memcpy(&h, take(&bytes, sizeof h).p, sizeof h);
	message_start(m, h.number);
	m->ticket = f->ticket;
	buf_addspan(&m->from, take(&bytes, h.from));
	buf_addspan(&m->params, take(&bytes, h.params));
	buf_addspan(&m->id, take(&bytes, h.id));
	buf_addspan(&m->content.text, take(&bytes, h.text));
	m->content.body = h.body;
	m->tries = h.tries;
	m->content.head_form = h.head_form;
	m->content.body_form = h.body_form;
	for (i = 0; i < h.rcpts; i++) {
		memcpy(&r, take(&bytes, sizeof r).p, sizeof r);
		addr = take(&bytes, r.addr);
		message_rcpt(m, addr, take(&bytes, r.params));
	}
}

int
frame_receive(struct buf *b, int fd)
{
	ssize_t r;

	buf_reserve(b, PIECE);
	do
		r = recv(fd, b->p + b->n, b->cap - b->n, MSG_DONTWAIT);
	while (r < 0 && errno == EINTR);
	if (r > 0)
		b->n += (size_t)r;
	return r > 0 ? 1 : (int)r;
}
