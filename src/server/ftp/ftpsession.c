#include "ftpsession.h"

void
ftp_reply(struct ftpd *s, const char *fmt, ...)
{
	size_t at = s->out->n;
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(s->out, fmt, ap);
	va_end(ap);
	if (s->conf->talk != NULL)
		s->conf->talk(s->conf->app, s->peer, 'S',
		    span_drop(buf_span(s->out), at));
	buf_adds(s->out, "\r\n");
}
