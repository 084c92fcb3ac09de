#include "ftp.h"

#define PORT_MAX 65535

static const char scheme[] = "ftp://";

static int
is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static int
hex_value(int c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* NULL, or what is wrong: nothing may end a protocol line. */
static const char *
decode(struct buf *b, struct span s)
{
	int c, hi, lo;
	size_t i;

	for (i = 0; i < s.n; i++) {
		c = (unsigned char)s.p[i];
		if (c == '%') {
			hi = s.n - i > 2 ? hex_value(s.p[i + 1]) : -1;
			lo = s.n - i > 2 ? hex_value(s.p[i + 2]) : -1;
			if (hi < 0 || lo < 0)
				return "a % without two hex digits";
			c = hi << 4 | lo;
			i += 2;
		}
		if (c < ' ' || c == 0x7f)
			return "a control character";
		buf_addc(b, c);
	}
	return NULL;
}

const char *
ftp_url_parse(struct ftp_url *u, struct span text)
{
	size_t n = sizeof scheme - 1;
	const char *p, *why;
	struct span host;

	if (text.n >= n && span_case_is(span_of(text.p, n), scheme))
		text = span_drop(text, n);
	p = text.n > 0 ? memchr(text.p, '/', text.n) : NULL;
	host = span_of(text.p, p != NULL ? (size_t)(p - text.p) : text.n);
	text = span_drop(text, host.n + (p != NULL));
	p = host.n > 0 ? memchr(host.p, '@', host.n) : NULL;
	if (p != NULL) {
		n = (size_t)(p - host.p);
		if (memchr(host.p, ':', n) != NULL)
			return "no password here: use -P or ~/.netrc";
		why = decode(&u->user, span_of(host.p, n));
		if (why != NULL)
			return why;
		host = span_drop(host, n + 1);
	}
	if (host.n == 0)
		return "no host";
	why = decode(&u->host, host);
	return why != NULL ? why : decode(&u->path, text);
}

void
ftp_url_free(struct ftp_url *u)
{
	buf_free(&u->user);
	buf_free(&u->host);
	buf_free(&u->path);
}

void
ftp_reply_start(struct ftp_reply *r)
{
	r->code = 0;
	r->lines = 0;
	buf_clear(&r->text);
}

/* The code at the start of a line that has one, or 0. */
static int
take_code(struct span s)
{
	if (s.n < 3 || s.p[0] < '1' || s.p[0] > '5' || !is_digit(s.p[1]) ||
	    !is_digit(s.p[2]))
		return 0;
	if (s.n > 3 && s.p[3] != ' ' && s.p[3] != '-')
		return 0;
	return (s.p[0] - '0') * 100 + (s.p[1] - '0') * 10 + s.p[2] - '0';
}

enum ftp_event
ftp_reply_line(struct ftp_reply *r, struct span line)
{
	int code, goes_on;

	line = span_chomp(line);
	code = take_code(line);
	goes_on = line.n > 3 && line.p[3] == '-';
	if (++r->lines == 1 ? code == 0 : r->lines > FTP_LINES_MAX)
		return FTP_BAD;
	if (r->lines == 1)
		r->code = code;
	else {
		buf_addc(&r->text, '\n');
		goes_on = goes_on || code != r->code;
	}
	if (code == r->code)
		line = span_drop(line, line.n > 3 ? 4 : 3);
	buf_addspan(&r->text, line);
	return goes_on ? FTP_MORE : FTP_END;
}

int
ftp_offers(struct span feat, const char *feature)
{
	struct span line;
	size_t n;

	while (feat.n > 0) {
		line = span_trim(span_chomp(span_line(&feat)));
		for (n = 0; n < line.n && line.p[n] != ' '; n++)
			;
		if (span_case_is(span_of(line.p, n), feature))
			return 1;
	}
	return 0;
}

/* Takes a decimal number off the front of *s; PORT_MAX + 1 if none. */
static unsigned
take_number(struct span *s)
{
	unsigned u = 0;
	size_t n = 0;

	while (n < s->n && is_digit(s->p[n]) && u <= PORT_MAX)
		u = u * 10 + (unsigned)(s->p[n++] - '0');
	*s = span_drop(*s, n);
	return n > 0 ? u : PORT_MAX + 1;
}

/* "... (|||6446|)", any printable character for the bar. */
unsigned
ftp_epsv_port(struct span text)
{
	const char *p = text.n > 0 ? memchr(text.p, '(', text.n) : NULL;
	unsigned port;
	char bar;

	if (p == NULL)
		return 0;
	text = span_drop(text, (size_t)(p - text.p) + 1);
	if (text.n < 5 || text.p[1] != text.p[0] || text.p[2] != text.p[0])
		return 0;
	bar = text.p[0];
	text = span_drop(text, 3);
	port = take_number(&text);
	return port <= PORT_MAX && text.n > 0 && text.p[0] == bar ? port : 0;
}

/* Six numbers with commas between, with or without brackets around them. */
unsigned
ftp_pasv_port(struct span text)
{
	unsigned v[6];
	int i;

	while (text.n > 0) {
		for (i = 0; i < 6; i++) {
			v[i] = take_number(&text);
			if (v[i] > 255)
				break;
			if (i == 5)
				return v[4] << 8 | v[5];
			if (text.n == 0 || text.p[0] != ',')
				break;
			text = span_drop(text, 1);
		}
		if (text.n > 0 && !is_digit(text.p[0]))
			text = span_drop(text, 1);
	}
	return 0;
}
