#include "zone.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "format/mail/idn.h"
#include "format/wire/dns.h"
#include "sys/die.h"

#define TTL_FIRST 3600		/* seconds, where nothing is said */
#define STRING_MAX 255		/* octets of a character-string */

/* A name and its data in z->data. */
struct zone_record {
	size_t owner, owner_n, at, n;
	unsigned type;
	uintmax_t ttl;
};

/*
 * What a type's data is made of: 4 and 6 addresses, n a name, s and b numbers
 * of 16 and 8 bits, i a time, t strings to the end, x hex to the end.
 */
static const struct {
	const char *name;
	unsigned type;
	const char *data;
} types[] = {
	{ "A", DNS_A, "4" },
	{ "AAAA", DNS_AAAA, "6" },
	{ "CNAME", DNS_CNAME, "n" },
	{ "MX", DNS_MX, "sn" },
	{ "NS", DNS_NS, "n" },
	{ "PTR", DNS_PTR, "n" },
	{ "SOA", DNS_SOA, "nniiiii" },
	{ "TLSA", DNS_TLSA, "bbbx" },
	{ "TXT", DNS_TXT, "t" }
};

/* What zones have besides, to nobody's concern here. */
static const char *const others[] = {
	"CAA", "CDNSKEY", "CDS", "CERT", "DNAME", "DNSKEY", "DS", "HINFO",
	"HTTPS", "LOC", "NAPTR", "NSEC", "NSEC3", "NSEC3PARAM", "OPENPGPKEY",
	"RP", "RRSIG", "SMIMEA", "SPF", "SRV", "SSHFP", "SVCB", "URI"
};

/* An entry at a time: its words, which parentheses may spread over lines. */
struct parser {
	struct span rest;
	size_t line;
	int depth;		/* of parentheses */
	int ended;		/* the last word of the entry was taken */
	struct span word;	/* as it is written, without quotes */
	struct buf origin, owner;	/* as in packets */
	struct buf labels;	/* of the last name, in ASCII */
	uintmax_t ttl;
	const char *why;
};

static int
wrong(struct parser *p, const char *why)
{
	p->why = why;
	return -1;
}

/* --- Words -------------------------------------------------------------- */

static int
ends_word(int c)
{
	return byte_is_space(c) || c == ';' ||
	    c == '(' || c == ')' || c == '"';
}

/* Passes over what stands between words, to *c: EOF at the entry's end. */
static int
skip_blanks(struct parser *p, int *c)
{
	for (; p->rest.n > 0; p->rest = span_drop(p->rest, 1)) {
		*c = (unsigned char)p->rest.p[0];
		if (*c == ';')
			while (p->rest.n > 1 && p->rest.p[1] != '\n')
				p->rest = span_drop(p->rest, 1);
		else if (*c == '(')
			p->depth++;
		else if (*c == ')' && --p->depth < 0)
			return wrong(p, "a parenthesis that none opened");
		else if (*c == '\n' && p->depth == 0)
			break;
		else if (*c == '\n')
			p->line++;
		else if (!ends_word(*c) || *c == '"')
			return 0;
	}
	*c = EOF;
	return p->depth > 0 ? wrong(p, "a parenthesis is not closed") : 0;
}

/* The next word of the entry: 1, or 0 where there is none, or -1. */
static int
next_word(struct parser *p)
{
	size_t i = 0;
	int c, quoted;

	if (skip_blanks(p, &c) < 0)
		return -1;
	if (c == EOF)
		return 0;
	quoted = c == '"';
	if (quoted)
		p->rest = span_drop(p->rest, 1);
	for (; i < p->rest.n; i++) {
		c = (unsigned char)p->rest.p[i];
		if (quoted ? c == '"' || c == '\n' : ends_word(c))
			break;
		if (c == '\\' && i + 1 < p->rest.n)
			i++;
	}
	if (quoted && (i == p->rest.n || p->rest.p[i] == '\n'))
		return wrong(p, "a quote is not closed in its line");
	p->word = span_of(p->rest.p, i);
	p->rest = span_drop(p->rest, i + (size_t)quoted);
	return 1;
}

static int
need_word(struct parser *p)
{
	int r = next_word(p);

	return r != 0 ? r : wrong(p, "its data is not whole");
}

/* Takes one octet of a word, \X and \DDD included: RFC 1035 5.1. */
static int
take_octet(struct span *s)
{
	int c = (unsigned char)s->p[0], i, n = 0;

	*s = span_drop(*s, 1);
	if (c != '\\' || s->n == 0)
		return c;
	for (i = 0; i < 3 && (size_t)i < s->n && s->p[i] >= '0' &&
	    s->p[i] <= '9'; i++)
		n = 10 * n + s->p[i] - '0';
	if (i == 3 && n <= 0xff) {
		*s = span_drop(*s, 3);
		return n;
	}
	c = (unsigned char)s->p[0];
	*s = span_drop(*s, 1);
	return c;
}

/* --- Data --------------------------------------------------------------- */

/* Appends the word as a name: relative to the origin without a final dot. */
static int
add_name(struct parser *p, struct buf *b)
{
	const size_t from = b->n;
	struct span s;
	size_t length;
	int c, dot = 0;

	buf_clear(&p->labels);
	if (idn_domain(&p->labels, p->word, &p->why) < 0)
		return -1;
	s = buf_span(&p->labels);
	if (span_is(s, "@"))
		s = span_of(NULL, 0);
	if (span_is(s, ".")) {
		buf_addc(b, 0);
		return 0;
	}
	while (s.n > 0) {
		length = b->n;
		buf_addc(b, 0);
		for (dot = 0; s.n > 0 && !dot;) {
			dot = s.p[0] == '.';
			c = take_octet(&s);
			if (!dot)
				buf_addc(b, c);
		}
		b->p[length] = (char)(b->n - length - 1);
		if (b->n - length == 1 || b->n - length - 1 > DNS_LABEL_MAX)
			return wrong(p, "not a domain name");
	}
	if (dot)
		buf_addc(b, 0);
	else
		buf_addspan(b, buf_span(&p->origin));
	return b->n - from <= DNS_NAME_MAX ? 0 :
	    wrong(p, "a domain name is too long");
}

static int
add_address(struct parser *p, int family, struct buf *b)
{
	unsigned char ip[16];
	char *text = span_dup(p->word);
	int ok = inet_pton(family, text, ip) == 1;

	free(text);
	if (!ok)
		return wrong(p, "not an address of this type");
	buf_add(b, ip, family == AF_INET ? 4 : 16);
	return 0;
}

/* Of that many octets; those of four are times. */
static int
add_number(struct parser *p, int octets, struct buf *b)
{
	uintmax_t u;

	if (octets == 4 ? span_seconds(p->word, &u) < 0 :
	    span_number(p->word, &u) < 0 || u >> 8 * octets != 0)
		return wrong(p, "not a number of this kind");
	while (octets-- > 0)
		buf_addc(b, (int)(u >> 8 * octets & 0xff));
	return 0;
}

static int
add_string(struct parser *p, struct buf *b)
{
	const size_t length = b->n;
	struct span s = p->word;

	buf_addc(b, 0);
	while (s.n > 0)
		buf_addc(b, take_octet(&s));
	if (b->n - length - 1 > STRING_MAX)
		return wrong(p, "a string of over 255 octets");
	b->p[length] = (char)(b->n - length - 1);
	return 0;
}

static int
add_hex(struct parser *p, struct buf *b)
{
	struct span s = p->word;
	int c;

	for (; s.n > 0; s = span_drop(s, 2)) {
		c = s.n < 2 ? -1 : 16 * byte_hex(s.p[0]) | byte_hex(s.p[1]);
		if (c < 0)
			return wrong(p, "not hexadecimal");
		buf_addc(b, c);
	}
	return 0;
}

/* Appends the word as data of that kind. */
static int
add_part(struct parser *p, int kind, struct buf *b)
{
	switch (kind) {
	case '4': return add_address(p, AF_INET, b);
	case '6': return add_address(p, AF_INET6, b);
	case 'n': return add_name(p, b);
	case 'b': return add_number(p, 1, b);
	case 's': return add_number(p, 2, b);
	case 'i': return add_number(p, 4, b);
	case 't': return add_string(p, b);
	default: return add_hex(p, b);
	}
}

static int
add_data(struct parser *p, const char *kind, struct buf *b)
{
	const size_t from = b->n;
	int r;

	for (; *kind != '\0'; kind++)
		if (need_word(p) < 0 || add_part(p, *kind, b) < 0)
			return -1;
	while ((r = next_word(p)) > 0)
		if ((kind[-1] != 't' && kind[-1] != 'x') ||
		    add_part(p, kind[-1], b) < 0)
			return wrong(p, p->why != NULL ? p->why :
			    "more than its data");
	if (r == 0 && b->n - from > UINT16_MAX)
		return wrong(p, "too much data");
	return r;
}

/* --- Entries ------------------------------------------------------------ */

static int
add_record(struct zone *z, struct parser *p, size_t type, uintmax_t ttl)
{
	struct zone_record *r;

	z->record = die_grow(z->record, z->n, &z->cap, sizeof *r);
	r = &z->record[z->n];
	r->type = types[type].type;
	r->ttl = ttl;
	r->owner = z->data.n;
	r->owner_n = p->owner.n;
	buf_addspan(&z->data, buf_span(&p->owner));
	r->at = z->data.n;
	if (add_data(p, types[type].data, &z->data) < 0)
		return -1;
	r->n = z->data.n - r->at;
	z->n++;
	return 0;
}

/* What stands behind the owner: [TTL] [class] type data, RFC 1035 5.1. */
static int
take_record(struct zone *z, struct parser *p)
{
	uintmax_t ttl = p->ttl, number;
	size_t i;

	while (need_word(p) > 0 && (span_seconds(p->word, &ttl) == 0 ||
	    span_case_is(p->word, "IN")))
		;
	if (p->why != NULL)
		return -1;
	if (p->owner.n == 0)
		return wrong(p, "no name is given");
	for (i = 0; i < COUNT(types); i++)
		if (span_case_is(p->word, types[i].name))
			return add_record(z, p, i, ttl);
	if (span_case_index(p->word, others, COUNT(others)) >= 0 ||
	    (span_case_begins(p->word, "TYPE") &&
	    span_number(span_drop(p->word, 4), &number) == 0))
		return 0;	/* RFC 3597 5 */
	return wrong(p, "not a type of record");
}

static int
take_origin(struct parser *p)
{
	struct buf name = { 0 };
	int r = add_name(p, &name);

	if (r == 0)
		buf_set(&p->origin, buf_span(&name));
	buf_free(&name);
	return r;
}

/* RFC 1035 5.1, and $TTL of RFC 2308 4. */
static int
take_directive(struct parser *p)
{
	const int origin = span_case_is(p->word, "$ORIGIN");
	int r;

	if (!origin && !span_case_is(p->word, "$TTL"))
		return wrong(p, "a directive that is not known here");
	if (need_word(p) < 0 || (origin && take_origin(p) < 0))
		return -1;
	if (!origin && span_seconds(p->word, &p->ttl) < 0)
		return wrong(p, "not a time in seconds");
	r = next_word(p);
	return r <= 0 ? r : wrong(p, "more than its data");
}

static int
take_entry(struct zone *z, struct parser *p)
{
	int c = (unsigned char)p->rest.p[0], r;
	int owned = c != ' ' && c != '\t';

	if (skip_blanks(p, &c) < 0 || c == EOF)
		return p->why != NULL ? -1 : 0;
	if (!owned)
		return take_record(z, p);
	r = next_word(p);
	if (r > 0 && p->word.n > 0 && p->word.p[0] == '$')
		return take_directive(p);
	if (r > 0) {
		buf_clear(&p->owner);
		if ((r = add_name(p, &p->owner)) < 0)
			buf_clear(&p->owner);
	}
	return r < 0 ? -1 : take_record(z, p);
}

int
zone_read(struct zone *z, struct span text, const char *name,
    struct buf *faults)
{
	struct parser p = { .rest = span_unmarked(text), .line = 1,
	    .ttl = TTL_FIRST };
	int bad = 0;

	buf_addc(&p.origin, 0);
	while (p.rest.n > 0) {
		p.why = NULL;
		if (take_entry(z, &p) < 0) {
			buf_addfault(faults, "%s:%zu: %s", name, p.line, p.why);
			bad = -1;
		}
		while (next_word(&p) > 0)
			;
		p.depth = 0;
		span_line(&p.rest);
		p.line++;
	}
	buf_free(&p.origin);
	buf_free(&p.owner);
	buf_free(&p.labels);
	return bad;
}

void
zone_free(struct zone *z)
{
	free(z->record);
	buf_free(&z->data);
}

/* --- Answers ------------------------------------------------------------ */

static struct span
owner(const struct zone *z, size_t i)
{
	return span_of(z->data.p + z->record[i].owner, z->record[i].owner_n);
}

/* Whether there is such a name, or one below it (RFC 4592 2.2.2). */
static int
exists(const struct zone *z, struct span name)
{
	struct span o;
	size_t i;

	for (i = 0; i < z->n; i++)
		for (o = owner(z, i); o.n >= name.n;
		    o = span_drop(o, (unsigned char)o.p[0] + 1U))
			if (span_case_eq(o, name))
				return 1;
	return 0;
}

/*
 * The name whose records answer for name: itself, or the wildcard below the
 * longest of the names above it that exist, in b; else nothing.
 */
static struct span
source(const struct zone *z, struct span name, struct buf *b)
{
	if (exists(z, name))
		return name;
	do
		name = span_drop(name, (unsigned char)name.p[0] + 1U);
	while (name.n > 1 && !exists(z, name));
	buf_adds(b, "\1*");
	buf_addspan(b, name);
	return exists(z, buf_span(b)) ? buf_span(b) : span_of(NULL, 0);
}

void
zone_answer(const struct zone *z, struct span question, struct buf *packet)
{
	const struct zone_record *r;
	struct buf wildcard = { 0 };
	struct span name, from;
	unsigned type, n = 0;
	size_t i;

	name = dns_asked(question, &type);
	from = source(z, name, &wildcard);
	dns_answer_begin(packet, question,
	    from.n > 0 ? DNS_NOERROR : DNS_NXDOMAIN);
	for (i = 0; i < z->n && from.n > 0; i++) {
		r = &z->record[i];
		if ((r->type != type && r->type != DNS_CNAME) ||
		    !span_case_eq(owner(z, i), from))
			continue;
		dns_answer_add(packet, name, r->type, r->ttl,
		    span_of(z->data.p + r->at, r->n));
		n++;
	}
	dns_answer_end(packet, n);
	buf_free(&wildcard);
}
