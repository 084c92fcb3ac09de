#include "reply.h"

void
reply_start(struct reply *r)
{
	r->code = 0;
	r->lines = 0;
	r->why = NULL;
	buf_clear(&r->text);
}

void
reply_free(struct reply *r)
{
	buf_free(&r->text);
}

int
reply_code(struct span s)
{
	if (s.n < 3 || s.p[0] < '1' || s.p[0] > '5' || !byte_is_digit(s.p[1]) ||
	    !byte_is_digit(s.p[2]))
		return 0;
	return (s.p[0] - '0') * 100 + (s.p[1] - '0') * 10 + s.p[2] - '0';
}

static enum reply_event
bad(struct reply *r, const char *why)
{
	r->why = why;
	return REPLY_BAD;
}

enum reply_event
reply_line(struct reply *r, struct span line)
{
	int code;

	if (line.n > REPLY_LINE_MAX)
		return bad(r, "reply line too long");
	line = span_chomp(line);
	code = reply_code(line);
	if (code < 200)
		return bad(r, "not an SMTP reply");
	line = span_drop(line, 3);
	if (line.n > 0 && line.p[0] != ' ' && line.p[0] != '-')
		return bad(r, "not an SMTP reply");
	if (r->lines > 0 && code != r->code)
		return bad(r, "reply with two codes");
	if (++r->lines > REPLY_LINES_MAX)
		return bad(r, "reply without end");
	if (r->lines > 1)
		buf_addc(&r->text, '\n');
	r->code = code;
	if (line.n > 0)
		buf_addstring(&r->text, span_drop(line, 1));
	return line.n > 0 && line.p[0] == '-' ? REPLY_MORE : REPLY_END;
}

int
reply_next(const struct reply *r, size_t *at, struct span *line)
{
	struct span rest;

	if (*at > r->text.n || r->lines == 0)
		return 0;
	rest = span_drop(buf_span(&r->text), *at);
	*line = span_cut(&rest, '\n');
	*at += line->n + 1;
	return 1;
}

int
reply_is(const struct reply *r, int digit)
{
	return r->code / 100 == digit;
}

/* Octets of a name, with its NUL; it stands in its entry, as in verb.h. */
#define OFFER_NAME_MAX 20

static const struct offer {
	char name[OFFER_NAME_MAX];
	unsigned bit;
} offers[] = {
	{ "PIPELINING", OFFER_PIPELINING }, { "SIZE", OFFER_SIZE },
	{ "8BITMIME", OFFER_8BITMIME }, { "SMTPUTF8", OFFER_SMTPUTF8 },
	{ "CHUNKING", OFFER_CHUNKING }, { "BINARYMIME", OFFER_BINARYMIME },
	{ "ENHANCEDSTATUSCODES", OFFER_ENHANCED }, { "DSN", OFFER_DSN },
	{ "AUTH", OFFER_AUTH }, { "SASL", OFFER_AUTH },
	{ "STARTTLS", OFFER_STARTTLS }, { "STLS", OFFER_STARTTLS }
};

unsigned
reply_offer(struct span line)
{
	struct span word = span_take_word(&line);
	size_t i;

	for (i = 0; i < COUNT(offers); i++)
		if (span_case_is(word, offers[i].name))
			return offers[i].bit;
	/* "AUTH=PLAIN", as Microsoft once wrote it. */
	return span_case_begins(word, "AUTH=") ? OFFER_AUTH : 0;
}
