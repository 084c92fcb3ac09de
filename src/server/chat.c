#include "chat.h"

#include <stdlib.h>

#include "format/wire/mask.h"
#include "format/wire/protocol.h"

void
chat_init(struct chat *c, const char *peer,
    void (*talk)(const char *peer, int who, struct span line))
{
	c->talk = talk;
	c->peer = span_dup(span_str(peer));
}

void
chat_free(struct chat *c)
{
	free(c->peer);
}

int
chat_line(struct chat *c, const char *p, size_t n, size_t max, size_t *used)
{
	const char *lf = memchr(p, '\n', n);
	int skip = c->skip;

	*used = lf != NULL ? (size_t)(lf + 1 - p) : n;
	c->skip = lf == NULL && (skip || n >= max);
	if (skip)
		return 0;
	if (c->skip || *used > max)
		return -1;
	if (lf == NULL)
		*used = 0;
	return lf != NULL;
}

void
chat_say(struct chat *c, const char *fmt, ...)
{
	size_t from = c->out->n;
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(c->out, fmt, ap);
	va_end(ap);
	if (c->talk != NULL)
		c->talk(c->peer, 'S', span_drop(buf_span(c->out), from));
	buf_adds(c->out, "\r\n");
}

int
chat_is_other(struct chat *c, struct span first, const char *answer,
    const char *remedy)
{
	const enum protocol guess = protocol_guess(first);

	if (!protocol_is_other(guess))
		return 0;
	chat_say(c, "%s, not %s", answer, protocol_name(guess));
	if (guess == PROTOCOL_TLS)
		warn("%s: the client speaks TLS at once: %s",
		    c->peer[0] != '\0' ? c->peer : "local", remedy);
	return 1;
}

void
chat_hear(const struct chat *c, struct span line, size_t open)
{
	struct buf shown = { 0 };

	mask_add(&shown, line, open);
	c->talk(c->peer, 'C', buf_span(&shown));
	buf_free(&shown);
}
