#include "multipart.h"

#include "hdr.h"

/* Drops blanks, line endings and comments. */
static struct span
skip(struct span s)
{
	size_t n;

	while (s.n > 0) {
		n = byte_is_blank(s.p[0]) || s.p[0] == '\r' ||
		    s.p[0] == '\n' ? 1 :
		    s.p[0] == '(' ? hdr_enclosed(s, '(', ')') : 0;
		if (n == 0)
			break;
		s = span_drop(s, n);
	}
	return s;
}

/* Length of the token at the start of s (RFC 2045 5.1). */
static size_t
token(struct span s)
{
	size_t n = 0;

	while (n < s.n && byte_is_graph(s.p[n]) && (byte_is_letter(s.p[n]) ||
	    strchr("()<>@,;:\\\"/[]?=", s.p[n]) == NULL))
		n++;
	return n;
}

/* Takes a token that is followed by a character, both off *s. */
static struct span
take(struct span *s, char end)
{
	const struct span word = span_of(s->p, token(*s));
	const struct span rest = skip(span_drop(*s, word.n));

	if (rest.n == 0 || rest.p[0] != end)
		return span_of(NULL, 0);
	*s = skip(span_drop(rest, 1));
	return word;
}

struct span
multipart_token(struct span value)
{
	value = skip(value);
	return span_of(value.p, token(value));
}

int
multipart_is(struct span value, const char *type, const char *subtype)
{
	value = skip(value);
	if (!span_case_begins(value, type) ||
	    !span_case_is(take(&value, '/'), type))
		return 0;
	return subtype == NULL ||
	    span_case_is(multipart_token(value), subtype);
}

/* Quoted or not; some write without quotes what needs them. */
static void
add_value(struct buf *b, struct span s)
{
	size_t i, n = 0;

	if (s.n > 0 && s.p[0] == '"' &&
	    (n = hdr_enclosed(s, '"', '"')) > 0) {
		for (i = 1; i + 1 < n; i++) {
			i += s.p[i] == '\\';
			if (s.p[i] != '\r' && s.p[i] != '\n')
				buf_addc(b, s.p[i]);
		}
	} else {
		while (n < s.n && byte_is_graph(s.p[n]) && s.p[n] != ';')
			n++;
		buf_add(b, s.p, n);
	}
	while (b->n > 0 && b->p[b->n - 1] == ' ')
		b->n--;		/* RFC 2046 5.1.1: none ends in a blank */
}

int
multipart_parameter(struct buf *b, struct span value, const char *name)
{
	size_t n;

	while (value.n > 0) {
		n = value.p[0] == '"' ? hdr_enclosed(value, '"', '"') :
		    value.p[0] == '(' ? hdr_enclosed(value, '(', ')') : 0;
		if (n > 0 || value.p[0] != ';') {
			value = span_drop(value, n > 0 ? n : 1);
			continue;
		}
		value = skip(span_drop(value, 1));
		if (!span_case_is(take(&value, '='), name))
			continue;
		buf_clear(b);
		add_value(b, value);
		return b->n > 0 ? 0 : -1;
	}
	return -1;
}

int
multipart_boundary(struct buf *b, struct span value)
{
	return multipart_parameter(b, value, "boundary");
}

void
multipart_init(struct multipart *m, struct span body, struct span boundary)
{
	m->rest = body;
	m->boundary = boundary;
	m->next = MULTIPART_PREAMBLE;
}

/* What follows a delimiter; MULTIPART_END where the line is not one. */
static enum multipart_event
after(const struct multipart *m, struct span line)
{
	const struct span b = m->boundary;
	enum multipart_event next = MULTIPART_PART;

	if (line.n < 2 + b.n || line.p[0] != '-' || line.p[1] != '-' ||
	    memcmp(line.p + 2, b.p, b.n) != 0)
		return MULTIPART_END;
	line = span_chomp(span_drop(line, 2 + b.n));
	if (line.n >= 2 && line.p[0] == '-' && line.p[1] == '-') {
		next = MULTIPART_EPILOGUE;
		line = span_drop(line, 2);
	}
	return span_trim(line).n == 0 ? next : MULTIPART_END;
}

enum multipart_event
multipart_next(struct multipart *m)
{
	const enum multipart_event event = m->next;
	const struct span text = m->rest;
	struct span line;
	size_t at;

	m->piece = text;
	m->delimiter = span_of(NULL, 0);
	m->next = MULTIPART_END;
	if (event == MULTIPART_EPILOGUE || event == MULTIPART_END) {
		m->rest = span_of(NULL, 0);
		return event;
	}
	while (m->rest.n > 0) {
		at = text.n - m->rest.n;
		line = span_line(&m->rest);
		m->next = after(m, line);
		if (m->next == MULTIPART_END)
			continue;
		m->piece = span_chomp(span_of(text.p, at));
		m->delimiter = span_of(text.p + m->piece.n,
		    at + line.n - m->piece.n);
		break;
	}
	return event;
}
