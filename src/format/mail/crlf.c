#include "crlf.h"

/* A piece of a line, its LF perhaps: whether the line is over. */
static int
pass(struct crlf *c, struct span s)
{
	int over = s.p[s.n - 1] == '\n';

	c->last = s.p[s.n - 1];
	c->line = over ? 0 : c->line + s.n;
	return over;
}

/* Whether an LF that stands at at follows a CR. */
static int
has_cr(const struct crlf *c, struct span s, size_t at)
{
	return at > 0 ? s.p[at - 1] == '\r' : c->line > 0 && c->last == '\r';
}

uint64_t
crlf_grow(struct crlf *c, struct span s)
{
	uint64_t n = 0;
	struct span line;

	while (s.n > 0) {
		line = span_line(&s);
		if (line.p[line.n - 1] == '\n')
			n += (uint64_t)!has_cr(c, line, line.n - 1);
		pass(c, line);
	}
	return n;
}

unsigned
crlf_end(const struct crlf *c)
{
	return c->line == 0 ? 0 : c->last == '\r' ? 1 : 2;
}

int
crlf_line(struct crlf *c, struct span *s, struct buf *b)
{
	struct span line = span_line(s);
	uint64_t before = c->line;
	int cr = has_cr(c, line, line.n - 1);

	if (before == 0 && line.p[0] == '.')
		buf_addc(b, '.');
	if (!pass(c, line)) {
		buf_addspan(b, line);
		return 0;
	}
	buf_add(b, line.p, line.n - 1);
	buf_add(b, &"\r\n"[cr], (size_t)(2 - cr));
	return before + line.n == 1 + (uint64_t)cr ? 2 : 1;
}

void
crlf_dot(struct crlf *c, struct buf *b)
{
	unsigned n = crlf_end(c);

	buf_add(b, &"\r\n"[2 - n], n);
	buf_adds(b, ".\r\n");
}

void
crlf_remove(struct buf *b, struct span text)
{
	while (text.n > 0) {
		buf_addspan(b, span_chomp(span_line(&text)));
		buf_addc(b, '\n');
	}
}
