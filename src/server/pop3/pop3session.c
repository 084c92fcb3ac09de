#include "pop3session.h"

void
pop3_reply(struct pop3d *s, const char *fmt, ...)
{
	size_t from = s->out->n;
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(s->out, fmt, ap);
	va_end(ap);
	if (s->conf->talk != NULL)
		s->conf->talk(s->conf->app, s->peer, 'S',
		    span_drop(buf_span(s->out), from));
	buf_adds(s->out, "\r\n");
}

void
pop3_reply_count(struct pop3d *s)
{
	pop3_reply(s, "+OK %zu message%s", s->count,
	    s->count == 1 ? "" : "s");
}
