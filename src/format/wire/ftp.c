#include "ftp.h"

#include "name.h"
#include "reply.h"

#define PORT_MAX 65535

static const char scheme[] = "ftp://";

/* NULL, or what is wrong: nothing may end a protocol line. */
static const char *
decode(struct buf *b, struct span s)
{
	if (name_decode(b, s) < 0)
		return "a % without two hex digits";
	return span_has_control(buf_span(b)) ? "a control character" : NULL;
}

const char *
ftp_url_parse(struct ftp_url *u, struct span text)
{
	struct span host, user;
	const char *why;

	if (span_case_begins(text, scheme))
		text = span_drop(text, sizeof scheme - 1);
	host = span_cut(&text, '/');
	if (span_ends(host, ":") && span_begins(text, "/"))
		return "another protocol than ftp://";
	if (span_find(host, '@') != NULL) {
		user = span_cut(&host, '@');
		if (span_find(user, ':') != NULL)
			return "no password here: use -P or ~/.netrc";
		why = decode(&u->user, user);
		if (why != NULL)
			return why;
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

/* Without the code and what divides it from the text. */
static struct span
drop_code(struct span s)
{
	s = span_drop(s, 3);
	return s.n > 0 && (byte_is_blank(s.p[0]) || s.p[0] == '-') ?
	    span_drop(s, 1) : s;
}

/* Blanks before the code, and a code with nothing behind it, are forgiven. */
static enum ftp_event
first_line(struct ftp_reply *r, struct span line)
{
	line = span_trim(line);
	if (line.n == 0)
		return FTP_MORE;
	r->code = reply_code(line);
	if (r->code == 0 || (line.n > 3 && byte_is_digit(line.p[3])))
		return FTP_BAD;
	buf_addstring(&r->text, drop_code(line));
	return line.n > 3 && line.p[3] == '-' ? FTP_MORE : FTP_END;
}

enum ftp_event
ftp_reply_line(struct ftp_reply *r, struct span line)
{
	int is_ours;

	line = span_chomp(line);
	if (++r->lines > FTP_LINES_MAX)
		return FTP_BAD;
	if (r->code == 0)
		return first_line(r, line);
	is_ours = reply_code(line) == r->code &&
	    (line.n == 3 || byte_is_blank(line.p[3]) || line.p[3] == '-');
	buf_addc(&r->text, '\n');
	buf_addstring(&r->text, is_ours ? drop_code(line) : line);
	return is_ours && (line.n == 3 || line.p[3] != '-') ?
	    FTP_END : FTP_MORE;
}

int
ftp_is_misplaced(int code, struct span verb)
{
	static const struct {
		int code;
		const char *verbs[2];
	} known[] = {
		{ 120, { "" } }, { 220, { "" } },
		{ 230, { "USER", "PASS" } }, { 331, { "USER" } },
		{ 211, { "FEAT" } }, { 213, { "SIZE" } },
		{ 227, { "PASV", "EPSV" } }, { 229, { "EPSV" } },
		{ 125, { "STOR" } }, { 150, { "STOR" } },
		{ 225, { "STOR" } }, { 226, { "STOR" } },
		{ 350, { "RNFR" } },
	};
	size_t i;

	for (i = 0; i < COUNT(known); i++)
		if (known[i].code == code)
			return !span_is(verb, known[i].verbs[0]) &&
			    (known[i].verbs[1] == NULL ||
			    !span_is(verb, known[i].verbs[1]));
	return 0;
}

int
ftp_offers(struct span feat, const char *feature)
{
	struct span line;

	while (feat.n > 0) {
		line = span_trim(span_chomp(span_line(&feat)));
		if (span_case_is(span_cut(&line, ' '), feature))
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

	while (n < s->n && byte_is_digit(s->p[n]) && u <= PORT_MAX)
		u = u * 10 + (unsigned)(s->p[n++] - '0');
	*s = span_drop(*s, n);
	return n > 0 ? u : PORT_MAX + 1;
}

/* Takes what is left of a protocol or an address, and the bar, off *s. */
static int
take_field(struct span *s, char bar)
{
	static const char allowed[] = "0123456789abcdefABCDEF.: ";
	size_t n = 0;

	while (n < s->n && s->p[n] != '\0' && strchr(allowed, s->p[n]) != NULL)
		n++;
	if (n == s->n || s->p[n] != bar)
		return -1;
	*s = span_drop(*s, n + 1);
	return 0;
}

static void
drop_blanks(struct span *s)
{
	while (s->n > 0 && byte_is_blank(s->p[0]))
		*s = span_drop(*s, 1);
}

/* Bar, protocol, bar, address, bar, port, bar: the port, or 0. */
static unsigned
barred_port(struct span s)
{
	char bar = s.p[0];
	unsigned port;

	if (bar < '!' || bar > '~' || byte_is_digit(bar) || byte_hex(bar) >= 0)
		return 0;
	s = span_drop(s, 1);
	if (take_field(&s, bar) < 0 || take_field(&s, bar) < 0)
		return 0;
	drop_blanks(&s);
	port = take_number(&s);
	drop_blanks(&s);
	return port <= PORT_MAX && s.n > 0 && s.p[0] == bar ? port : 0;
}

/* "... (|||6446|)", any printable character for the bar. */
unsigned
ftp_epsv_port(struct span text)
{
	unsigned port = 0;

	for (; text.n > 0 && port == 0; text = span_drop(text, 1))
		port = barred_port(text);
	return port;
}

/* Takes a comma and blanks about it: 0, or -1. */
static int
take_comma(struct span *s)
{
	drop_blanks(s);
	if (s->n == 0 || s->p[0] != ',')
		return -1;
	*s = span_drop(*s, 1);
	drop_blanks(s);
	return 0;
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
			if (take_comma(&text) < 0)
				break;
		}
		if (text.n > 0 && !byte_is_digit(text.p[0]))
			text = span_drop(text, 1);
	}
	return 0;
}
