#include "idn.h"

#include "hdr.h"
#include "unicode.h"

/* Octets of a label and of a name in the DNS, RFC 1035 2.3.4. */
#define LABEL_MAX 63
#define NAME_MAX_LENGTH 253

/* RFC 3492 5 */
enum {
	BASE = 36, TMIN = 1, TMAX = 26, SKEW = 38, DAMP = 700, BIAS = 72,
	FIRST = 0x80
};

/* A label's characters. */
struct label {
	uint32_t c[ADDR_DOMAIN_MAX];
	size_t n;
};

static uint32_t
adapt(uint32_t delta, uint32_t points, int first)
{
	uint32_t k = 0;

	delta /= first ? DAMP : 2;
	delta += delta / points;
	for (; delta > (BASE - TMIN) * TMAX / 2; k += BASE)
		delta /= BASE - TMIN;
	return k + (BASE - TMIN + 1) * delta / (delta + SKEW);
}

/* A delta as an integer of variable length, RFC 3492 3.3. */
static void
add_delta(struct buf *b, uint32_t delta, uint32_t bias)
{
	static const char digits[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	uint32_t k, t;

	for (k = BASE;; k += BASE) {
		t = k <= bias ? TMIN : k >= bias + TMAX ? TMAX : k - bias;
		if (delta < t)
			break;
		buf_addc(b, digits[t + (delta - t) % (BASE - t)]);
		delta = (delta - t) / (BASE - t);
	}
	buf_addc(b, digits[delta]);
}

/*
 * RFC 3492 6.3.  Nothing overflows: a name's 255 characters are below 2^21
 * each, so that a delta is below 2^29.
 */
static void
add_punycode(struct buf *b, const struct label *l)
{
	uint32_t n = FIRST, delta = 0, bias = BIAS, done = 0, least;
	size_t i, basic;

	for (i = 0; i < l->n; i++)
		if (l->c[i] < FIRST) {
			buf_addc(b, (int)l->c[i]);
			done++;
		}
	basic = done;
	if (basic > 0)
		buf_addc(b, '-');
	while (done < l->n) {
		least = UINT32_MAX;
		for (i = 0; i < l->n; i++)
			if (l->c[i] >= n && l->c[i] < least)
				least = l->c[i];
		delta += (least - n) * (done + 1);
		n = least;
		for (i = 0; i < l->n; i++) {
			delta += l->c[i] < n;
			if (l->c[i] != n)
				continue;
			add_delta(b, delta, bias);
			bias = adapt(delta, done + 1, done == basic);
			delta = 0;
			done++;
		}
		delta++;
		n++;
	}
}

/*
 * Whether a character may stand in a U-label.  The categories of RFC 5892 are
 * letters, marks and digits: these are the blocks that have none.
 */
static int
is_allowed(uint32_t c)
{
	if (c < 0x80)
		return byte_is_letter((int)c) || byte_is_digit((int)c) ||
		    c == '-' || c == '_';
	if (c < 0xdf)
		return c == 0xb7;	/* between two l, in Catalan */
	return c != 0xf7 && !(c >= 0x2000 && c < 0x2c00) &&
	    !(c >= 0x2e00 && c < 0x2e80) && !(c >= 0x3000 && c < 0x3005) &&
	    !(c >= 0x3008 && c < 0x3021) && !(c >= 0xd800 && c < 0xf900) &&
	    !(c >= 0xfe00 && c < 0xfe20) && !(c >= 0xfe30 && c < 0x10000) &&
	    !(c >= 0x1d000 && c < 0x1e000) && !(c >= 0x1f000 && c < 0x20000) &&
	    c < 0xe0000;
}

static int
is_mark(uint32_t c)
{
	return c >= 0x300 && c < 0x370;
}

/* The characters of s: small letters, whole where they can be. */
static const char *
read_label(struct label *l, struct span s)
{
	uint32_t c, whole;

	l->n = 0;
	while (s.n > 0) {
		c = unicode_lower(unicode_take(&s));
		if (c == UNICODE_UNKNOWN)
			return "not valid UTF-8";
		if (!is_allowed(c))
			return "a character that no domain has";
		whole = is_mark(c) && l->n > 0 ?
		    unicode_compose(l->c[l->n - 1], c) : 0;
		if (whole != 0)
			l->c[l->n - 1] = whole;
		else if (is_mark(c))
			return "a combining mark that no letter takes";
		else
			l->c[l->n++] = c;
	}
	return NULL;
}

/* Adds a label that is not ASCII.  RFC 5891 4.2.3.1: no hyphens there. */
static const char *
add_label(struct buf *b, struct span s)
{
	struct label l;
	const char *why = read_label(&l, s);
	size_t i;
	int ascii = 1;

	if (why != NULL)
		return why;
	for (i = 0; i < l.n; i++)
		ascii = ascii && l.c[i] < FIRST;
	if (l.n == 0 || l.c[0] == '-' || l.c[l.n - 1] == '-' ||
	    (l.n > 3 && l.c[2] == '-' && l.c[3] == '-' && !ascii))
		return "misplaced hyphen in the domain";
	if (ascii) {
		for (i = 0; i < l.n; i++)
			buf_addc(b, (int)l.c[i]);
	} else {
		buf_adds(b, "xn--");
		add_punycode(b, &l);
	}
	return NULL;
}

/* Octets of the full stop at the start of s, or 0. */
static size_t
dot(struct span s)
{
	static const char *const dots[] = {
		".", "\xe3\x80\x82", "\xef\xbc\x8e", "\xef\xbd\xa1"
	};
	size_t i;

	for (i = 0; i < COUNT(dots); i++)
		if (span_begins(s, dots[i]))
			return strlen(dots[i]);
	return 0;
}

int
idn_domain(struct buf *b, struct span domain, const char **why)
{
	const size_t from = b->n;
	struct span label, rest = domain;
	size_t at, i, n;

	*why = NULL;
	if (span_is_ascii(domain)) {
		buf_addspan(b, domain);
		return 0;
	}
	if (domain.n > ADDR_DOMAIN_MAX)
		*why = "domain too long";
	while (*why == NULL && rest.n > 0) {
		for (i = n = 0; i < rest.n; i++)
			if ((n = dot(span_drop(rest, i))) > 0)
				break;
		label = span_of(rest.p, i);
		at = b->n;
		if (span_is_ascii(label))
			buf_addspan(b, label);
		else
			*why = add_label(b, label);
		if (*why == NULL && b->n - at > LABEL_MAX)
			*why = "part of the domain too long";
		rest = span_drop(rest, i + n);
		if (n > 0)
			buf_addc(b, '.');
	}
	if (*why == NULL && b->n - from > NAME_MAX_LENGTH)
		*why = "domain too long";
	if (*why == NULL)
		return 0;
	b->n = from;
	return -1;
}

int
idn_address(struct buf *b, struct span addr)
{
	const size_t from = b->n;
	const char *why;
	struct addr a;

	if (addr_parse(&a, addr, &why) < 0 || !span_is_ascii(a.local))
		return -1;
	buf_addspan(b, a.local);
	buf_addc(b, '@');
	if (idn_domain(b, a.domain, &why) == 0)
		return 0;
	b->n = from;
	return -1;
}

int
idn_same(struct span a, struct span b)
{
	struct buf x = { 0 }, y = { 0 };
	const char *why;
	int r;

	if (span_case_eq(a, b))
		return 1;
	if (span_is_ascii(a) && span_is_ascii(b))
		return 0;
	r = idn_domain(&x, a, &why) == 0 && idn_domain(&y, b, &why) == 0 &&
	    span_case_eq(buf_span(&x), buf_span(&y));
	buf_free(&x);
	buf_free(&y);
	return r;
}

int
idn_same_address(const struct addr *a, const struct addr *b)
{
	return span_eq(a->local, b->local) && idn_same(a->domain, b->domain);
}

/* Octets of an address without quotes at the start of s, or 0. */
static size_t
word(struct span s)
{
	size_t n = 0;

	while (n < s.n && (s.p[n] & 0x80 || (byte_is_graph(s.p[n]) &&
	    strchr("()<>,;:\\\"[]", s.p[n]) == NULL)))
		n++;
	return n;
}

/* A value with addresses: what stands in quotes and comments is none. */
static void
add_value(struct buf *b, struct span s)
{
	size_t n;

	while (s.n > 0) {
		n = s.p[0] == '"' ? hdr_enclosed(s, '"', '"') :
		    s.p[0] == '(' ? hdr_enclosed(s, '(', ')') : 0;
		if (n == 0 && (n = word(s)) > 0 && !span_is_ascii(
		    span_of(s.p, n)) && idn_address(b, span_of(s.p, n)) == 0) {
			s = span_drop(s, n);
			continue;
		}
		n += n == 0;
		buf_add(b, s.p, n);
		s = span_drop(s, n);
	}
}

void
idn_header(struct buf *b, struct span fields)
{
	static const char *const names[] = {
		"From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Resent-From",
		"Resent-Sender", "Resent-To", "Resent-Cc"
	};
	struct span line, name;
	int addresses = 0;
	size_t i;

	while (fields.n > 0) {
		line = span_line(&fields);
		if (!byte_is_blank(line.p[0])) {
			name = line;
			name = span_cut(&name, ':');
			addresses = 0;
			for (i = 0; i < COUNT(names); i++)
				addresses |= span_case_is(span_trim(name),
				    names[i]);
		}
		if (addresses && !span_is_ascii(line))
			add_value(b, line);
		else
			buf_addspan(b, line);
	}
}
