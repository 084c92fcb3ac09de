/*
 * readmail: a message as a reader's program sees it (RFC 5322, 2045 to 2047,
 * 2231), without a line of what makes messages here.
 *
 * usage: readmail file		a line for each part, from the outside in:
 *				type, charset, encoding, disposition and file
 *				name, "-" for what is missing; the content of
 *				each that holds no others goes to part.0 and so
 *				on
 *	readmail -f name file	the values of fields of that name, a line each
 *	readmail -a name file	the addresses in them: address, tab, name
 *
 * What is malformed is said, and ends it with 65.
 */
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sys/buf.h"
#include "sys/cli.h"
#include "sys/io.h"

#define USAGE "usage: readmail [-f name | -a name] file\n"

struct entity {
	struct span header, body;
	struct buf type, encoding, disposition;	/* values, whole */
};

static unsigned leaves;

/*
 * Letters, digits and the rest of an encoding: the value of a character of
 * base64, of a hexadecimal digit, or -1.
 */
static int
value64(int c)
{
	static const char all[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c == '\0' ? NULL : strchr(all, c);

	return at == NULL ? -1 : (int)(at - all);
}

static int
value16(struct span s, size_t at)
{
	static const char digits[] = "0123456789ABCDEF";
	const char *high, *low;

	if (at + 1 >= s.n || s.p[at] == '\0' || s.p[at + 1] == '\0')
		return -1;
	high = strchr(digits, s.p[at]);
	low = strchr(digits, s.p[at + 1]);
	return high == NULL || low == NULL ? -1 :
	    (int)((high - digits) * 16 + (low - digits));
}

static void
unbase64(struct buf *b, struct span s)
{
	unsigned long bits = 0;
	size_t i, n = 0, pads = 0;
	int v;

	for (i = 0; i < s.n; i++) {
		if (s.p[i] == '\r' || s.p[i] == '\n')
			continue;
		v = s.p[i] == '=' ? 0 : value64(s.p[i]);
		pads += s.p[i] == '=';
		if (v < 0 || (pads > 0 && s.p[i] != '='))
			die(EX_DATAERR, "not base64");
		bits = bits << 6 | (unsigned long)v;
		if (++n % 4 != 0)
			continue;
		buf_addc(b, (int)(bits >> 16 & 255));
		buf_addc(b, (int)(bits >> 8 & 255));
		buf_addc(b, (int)(bits & 255));
	}
	if (n % 4 != 0 || pads > 2)
		die(EX_DATAERR, "base64 that breaks off");
	b->n -= pads;
}

static void
unquote_printable(struct buf *b, struct span s)
{
	struct span line, text;
	size_t i;
	int v;

	while (s.n > 0) {
		line = span_line(&s);
		text = span_chomp(line);
		if (text.n > 76 || (text.n > 0 &&
		    byte_is_blank(text.p[text.n - 1])))
			die(EX_DATAERR, "quoted-printable: a line too long, "
			    "or blanks at its end");
		for (i = 0; i < text.n && (text.p[i] != '=' ||
		    i + 1 < text.n); i++) {
			v = text.p[i];
			if (v == '=') {
				v = value16(text, i + 1);
				i += 2;
			}
			if (v < 0)
				die(EX_DATAERR, "not quoted-printable");
			buf_addc(b, v);
		}
		if (i == text.n && line.n > text.n)
			buf_addc(b, '\n');
	}
}

/* The next field, unfolded, with its name in name; 0 at the end. */
static int
next_field(struct span *header, struct span *name, struct buf *value)
{
	struct span line;
	const char *colon;

	buf_clear(value);
	if (header->n == 0)
		return 0;
	line = span_chomp(span_line(header));
	colon = memchr(line.p, ':', line.n);
	if (colon == NULL || colon == line.p)
		die(EX_DATAERR, "not a field: %.*s", (int)line.n, line.p);
	*name = span_of(line.p, (size_t)(colon - line.p));
	buf_addspan(value, span_drop(line, name->n + 1));
	while (header->n > 0 && byte_is_blank(header->p[0]))
		buf_addspan(value, span_chomp(span_line(header)));
	line = span_trim(buf_span(value));
	buf_consume(value, (size_t)(line.p - value->p));
	value->n = line.n;
	return 1;
}

/* The value of the field, in b, which has its "-" where it is missing. */
static void
find_field(struct span header, const char *wanted, struct buf *b)
{
	struct span name;
	struct buf value = { NULL, 0, 0 };
	int found = 0;

	buf_clear(b);
	while (next_field(&header, &name, &value))
		if (span_case_is(name, wanted)) {
			if (found++)
				die(EX_DATAERR, "%s: twice", wanted);
			buf_addspan(b, buf_span(&value));
		}
	buf_free(&value);
}

/* An encoded word at the start of s: its length, 0 where there is none. */
static size_t
encoded_word(struct span s, struct buf *b)
{
	static const char start[] = "=?utf-8?";
	struct span text;
	size_t i, n = sizeof start - 1;
	int kind, v;

	if (s.n < n + 4 || !span_case_is(span_of(s.p, n), start) ||
	    s.p[n + 1] != '?')
		return 0;
	kind = tolower((unsigned char)s.p[n]);
	for (i = n + 2; i + 1 < s.n && !byte_is_blank(s.p[i]); i++)
		if (s.p[i] == '?' && s.p[i + 1] == '=')
			break;
	if (i + 1 >= s.n || s.p[i] != '?' || (kind != 'q' && kind != 'b'))
		return 0;
	if (i + 2 > 75)
		die(EX_DATAERR, "an encoded word over 75 octets");
	text = span_of(s.p + n + 2, i - n - 2);
	if (kind == 'b')
		unbase64(b, text);
	for (n = 0; kind == 'q' && n < text.n; n++) {
		v = text.p[n] == '_' ? ' ' : text.p[n];
		if (v == '=') {
			v = value16(text, n + 1);
			n += 2;
		}
		if (v < 0)
			die(EX_DATAERR, "not an encoded word");
		buf_addc(b, v);
	}
	return i + 2;
}

/* Whether all of s is UTF-8, each character whole. */
static int
is_utf8(struct span s)
{
	size_t i, more = 0;
	unsigned char c;

	for (i = 0; i < s.n; i++) {
		c = (unsigned char)s.p[i];
		if (more > 0 ? (c & 0xc0) != 0x80 : (c & 0xc0) == 0x80)
			return 0;
		if (more > 0)
			more--;
		else
			more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0;
	}
	return more == 0;
}

/* Text with encoded words, as it is shown; blanks between two are nothing. */
static void
show_words(struct buf *b, struct span s)
{
	struct span rest;
	size_t n, before;
	int after_word = 0;

	while (s.n > 0) {
		rest = s;
		while (rest.n > 0 && byte_is_blank(rest.p[0]))
			rest = span_drop(rest, 1);
		before = b->n;
		n = encoded_word(rest, b);
		if (!is_utf8(span_of(b->p + before, b->n - before)))
			die(EX_DATAERR, "an encoded word splits a character");
		if (n == 0 || !after_word)
			buf_insert(b, before, s.p, s.n - rest.n);
		s = span_drop(rest, n);
		after_word = n > 0;
		while (n == 0 && s.n > 0 && !byte_is_blank(s.p[0])) {
			buf_addc(b, s.p[0]);
			s = span_drop(s, 1);
		}
	}
}

/* Takes a quoted string or a word off s; what it says is added to b. */
static void
take_value(struct span *s, struct buf *b)
{
	if (s->n == 0 || s->p[0] != '"') {
		while (s->n > 0 && !byte_is_blank(s->p[0]) &&
		    s->p[0] != ';') {
			buf_addc(b, s->p[0]);
			*s = span_drop(*s, 1);
		}
		return;
	}
	*s = span_drop(*s, 1);
	while (s->n > 0 && s->p[0] != '"') {
		if (s->p[0] == '\\' && s->n > 1)
			*s = span_drop(*s, 1);
		buf_addc(b, s->p[0]);
		*s = span_drop(*s, 1);
	}
	if (s->n == 0)
		die(EX_DATAERR, "a quoted string that does not end");
	*s = span_drop(*s, 1);
}

static void
percent(struct buf *b, struct span s)
{
	size_t i;
	int v;

	for (i = 0; i < s.n; i++) {
		v = s.p[i];
		if (v == '%') {
			v = value16(s, i + 1);
			i += 2;
		}
		if (v < 0)
			die(EX_DATAERR, "a bad octet in a parameter");
		buf_addc(b, v);
	}
}

/*
 * A parameter of that name, or a piece of it (RFC 2231: name*, name*0,
 * name*1*), its value in b: 1; 0 where it is none.
 */
static int
piece_of(struct span key, struct span value, const char *name, int first,
    struct buf *b)
{
	size_t n = strlen(name), quotes = 0;

	if (key.n < n || !span_case_is(span_of(key.p, n), name) ||
	    (key.n > n && key.p[n] != '*'))
		return 0;
	if (key.n == n || key.p[key.n - 1] != '*') {
		buf_addspan(b, value);
		return 1;
	}
	while (first && quotes < 2 && value.n > 0) {
		quotes += value.p[0] == '\'';
		value = span_drop(value, 1);
	}
	percent(b, value);
	return 1;
}

/* The parameter of a field's value, in b: whether there is one. */
static int
parameter(struct span s, const char *name, struct buf *b)
{
	struct buf value = { NULL, 0, 0 };
	struct span key;
	int found = 0;

	while (s.n > 0 && s.p[0] != ';')
		s = span_drop(s, 1);
	while (s.n > 0) {
		s = span_trim(span_drop(s, 1));
		key = s;
		while (s.n > 0 && s.p[0] != '=')
			s = span_drop(s, 1);
		if (s.n == 0)
			die(EX_DATAERR, "a parameter without a value");
		key.n -= s.n;
		s = span_drop(s, 1);
		buf_clear(&value);
		take_value(&s, &value);
		s = span_trim(s);
		if (s.n > 0 && s.p[0] != ';')
			die(EX_DATAERR, "something behind a parameter");
		found |= piece_of(key, buf_span(&value), name, !found, b);
	}
	buf_free(&value);
	return found;
}

static void
split(struct entity *e, struct span text)
{
	struct span rest = text;

	memset(e, 0, sizeof *e);
	e->header = text;
	while (rest.n > 0 && rest.p[0] != '\n' && rest.p[0] != '\r')
		(void)span_line(&rest);
	e->header.n = text.n - rest.n;
	if (rest.n > 0)
		(void)span_line(&rest);
	e->body = rest;
	find_field(e->header, "Content-Type", &e->type);
	find_field(e->header, "Content-Transfer-Encoding", &e->encoding);
	find_field(e->header, "Content-Disposition", &e->disposition);
}

/* The start of a value, up to its parameters, in small letters. */
static void
print_start(struct buf *value, int end)
{
	size_t i;

	for (i = 0; i < value->n && value->p[i] != ';'; i++)
		putchar(tolower((unsigned char)value->p[i]));
	if (i == 0)
		putchar('-');
	putchar(end);
}

static void
print_parameter(const struct buf *value, const char *name, int end)
{
	struct buf b = { NULL, 0, 0 };

	if (parameter(buf_span(value), name, &b))
		fwrite(b.p, 1, b.n, stdout);
	else
		putchar('-');
	putchar(end);
	buf_free(&b);
}

static void
write_leaf(const struct entity *e)
{
	struct buf content = { NULL, 0, 0 };
	char name[32];
	size_t i;
	int fd;

	if (span_case_is(buf_span(&e->encoding), "base64"))
		unbase64(&content, e->body);
	else if (span_case_is(buf_span(&e->encoding), "quoted-printable"))
		unquote_printable(&content, e->body);
	else
		buf_addspan(&content, e->body);
	for (i = 0; i < e->body.n; i++)
		if ((unsigned char)e->body.p[i] > 127 &&
		    !span_case_is(buf_span(&e->encoding), "8bit"))
			die(EX_DATAERR, "8 bit in a part of 7");
	snprintf(name, sizeof name, "part.%u", leaves++);
	fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	if (fd < 0 || io_write(fd, content.p, content.n) < 0 || close(fd) < 0)
		die_sys(EX_IOERR, "%s", name);
	buf_free(&content);
}

static void show(struct span text);

/* The parts between the lines of a boundary. */
static void
show_parts(const struct entity *e)
{
	struct buf mark = { NULL, 0, 0 };
	struct span rest = e->body, line, part = span_of(NULL, 0);
	int last = 0;

	buf_adds(&mark, "--");
	if (!parameter(buf_span(&e->type), "boundary", &mark))
		die(EX_DATAERR, "multipart without a boundary");
	while (rest.n > 0 && !last) {
		line = span_line(&rest);
		if (line.n < mark.n || memcmp(line.p, mark.p, mark.n) != 0)
			continue;
		last = span_is(span_drop(span_chomp(line), mark.n), "--");
		if (part.p != NULL) {
			/* The line end before it belongs to the boundary. */
			part.n = (size_t)(line.p - part.p);
			show(span_chomp(part));
		}
		part = rest;
	}
	if (!last)
		die(EX_DATAERR, "multipart without an end");
	buf_free(&mark);
}

static void
show(struct span text)
{
	struct entity e;
	struct span kind = span_str("multipart/");

	split(&e, text);
	print_start(&e.type, ' ');
	print_parameter(&e.type, "charset", ' ');
	print_start(&e.encoding, ' ');
	print_start(&e.disposition, ' ');
	print_parameter(&e.disposition, "filename", '\n');
	if (e.type.n >= kind.n && span_case_eq(span_of(e.type.p, kind.n),
	    kind))
		show_parts(&e);
	else
		write_leaf(&e);
	buf_free(&e.type);
	buf_free(&e.encoding);
	buf_free(&e.disposition);
}

/* One address: what stands before <, shown, and what stands in it. */
static void
print_address(struct span s)
{
	struct buf name = { NULL, 0, 0 }, shown = { NULL, 0, 0 };
	struct span where = s;
	const char *open = NULL;
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] == '<')
			open = s.p + i;
	if (open != NULL) {
		where = span_of(open + 1, s.n - (size_t)(open - s.p) - 2);
		s = span_trim(span_of(s.p, (size_t)(open - s.p)));
		if (s.n > 0 && s.p[0] == '"')
			take_value(&s, &name);
		else
			show_words(&shown, s);
	}
	buf_addspan(&shown, buf_span(&name));
	printf("%.*s\t%.*s\n", (int)where.n, where.p, (int)shown.n,
	    shown.n > 0 ? shown.p : "");
	buf_free(&name);
	buf_free(&shown);
}

static void
print_addresses(struct span s)
{
	size_t i, start = 0;
	int quoted = 0;

	for (i = 0; i <= s.n; i++) {
		if (i < s.n && s.p[i] == '\\')
			i++;
		else if (i < s.n && s.p[i] == '"')
			quoted = !quoted;
		else if (i == s.n || (s.p[i] == ',' && !quoted)) {
			print_address(span_trim(span_of(s.p + start,
			    i - start)));
			start = i + 1;
		}
	}
}

static void
print_fields(struct span text, const char *wanted, int addresses)
{
	struct entity e;
	struct span name;
	struct buf value = { NULL, 0, 0 }, shown = { NULL, 0, 0 };

	split(&e, text);
	while (next_field(&e.header, &name, &value)) {
		if (!span_case_is(name, wanted))
			continue;
		if (addresses) {
			print_addresses(buf_span(&value));
			continue;
		}
		buf_clear(&shown);
		show_words(&shown, buf_span(&value));
		printf("%s\n", buf_str(&shown));
	}
}

int
main(int argc, char **argv)
{
	struct buf text = { NULL, 0, 0 };
	const char *field = NULL;
	int c, addresses = 0;

	cli_init(argv, USAGE);
	while ((c = cli_opt(argc, argv, "a:f:")) != -1)
		if (c == '?')
			cli_usage();
		else {
			field = optarg;
			addresses = c == 'a';
		}
	if (optind + 1 != argc)
		cli_usage();
	if (io_text(argv[optind], &text, SIZE_MAX) < 0)
		die_sys(EX_NOINPUT, "%s", argv[optind]);
	if (field == NULL)
		show(buf_span(&text));
	else
		print_fields(buf_span(&text), field, addresses);
	return EX_OK;
}
