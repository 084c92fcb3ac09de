#include "submit.h"

#include <errno.h>
#include <unistd.h>

#include "format/mail/compose.h"
#include "format/mail/date.h"
#include "sys/io.h"

int
submit_read(struct content *c, int fd)
{
	enum rd_status status;
	struct span bytes;
	struct rd rd;

	rd_init(&rd, fd, IO_FOREVER, 0);
	while ((status = rd_some(&rd, &bytes)) == RD_LINE) {
		content_add(c, bytes);
		rd_take(&rd, bytes.n);
		if (c->text.n > MESSAGE_MAX) {
			status = RD_ERROR;
			rd.err = EFBIG;
			break;
		}
	}
	rd_free(&rd);
	content_trim(c);
	errno = rd.err;
	return status == RD_ERROR ? -1 : 0;
}

static void
add_author(struct buf *fields, const struct submit *s)
{
	size_t col = sizeof "From: " - 1;

	buf_adds(fields, "From: ");
	if (s->name != NULL) {
		mime_phrase(fields, span_str(s->name), &col);
		buf_adds(fields, " <");
	}
	buf_addspan(fields, s->author);
	buf_adds(fields, s->name != NULL ? ">\r\n" : "\r\n");
}

/* Date comes last: a steady Message-ID must not depend on it. */
static void
add_missing(struct content *c, const struct submit *s)
{
	struct buf fields = { 0 }, salt = { 0 };

	if (!s->steady)
		buf_addf(&salt, "%jd %ld %ld", (intmax_t)s->now.time,
		    s->now.nsec, (long)getpid());
	if (content_field(c, "From").n == 0)
		add_author(&fields, s);
	if (content_field(c, "Message-ID").n == 0)
		compose_id(&fields, &c->text, buf_span(&salt), s->host);
	if (content_field(c, "Date").n == 0) {
		buf_adds(&fields, "Date: ");
		date_mail(&fields, s->now.time, s->now.offset);
		buf_adds(&fields, "\r\n");
	}
	content_prepend(c, buf_span(&fields));
	buf_free(&fields);
	buf_free(&salt);
}

const char *
submit_fill(struct message *m, const struct submit *s)
{
	static const char *const hidden[] = { "Bcc", "Resent-Bcc" };
	const char *why;
	size_t i;

	for (i = 0; i < COUNT(hidden); i++) {
		if (content_misses(&m->content, hidden[i]))
			return "Bcc behind a line that is not a header field";
		content_remove(&m->content, hidden[i]);
	}
	add_missing(&m->content, s);
	if (content_end(&m->content, &why) < 0)
		return why;
	content_id(&m->id, &m->content);
	return NULL;
}
