#include "addr.h"

#include "unicode.h"

/* Characters of a label of a domain, RFC 1035 2.3.4. */
#define LABEL_MAX 63

/* Letters, digits, and !#$%&'*+-/=?^_`{|}~, RFC 5322 3.2.3. */
static const uint64_t atext[4] = {
	UINT64_C(0xa3ffacfa00000000), UINT64_C(0x7fffffffc7fffffe), BYTES_ABOVE
};

/* Letters, digits, hyphen and underscore. */
static const uint64_t label[4] = {
	UINT64_C(0x3ff200000000000), UINT64_C(0x7fffffe87fffffe), BYTES_ABOVE
};

/* What a backslash may stand before, and a quoted string may hold. */
static int
is_quotable(int c)
{
	return (c & 0x80) != 0 || (c >= ' ' && c <= '~');
}

/* Length of the quoted string at the start of s with its quotes, or 0. */
static size_t
quoted_length(struct span s)
{
	size_t i;

	for (i = 1; i < s.n && is_quotable(s.p[i]); i++) {
		if (s.p[i] == '"')
			return i + 1;
		if (s.p[i] == '\\' && (++i == s.n || !is_quotable(s.p[i])))
			return 0;
	}
	return 0;
}

/* Length of the dot-string at the start of s; it may turn out empty. */
static size_t
dotted_length(struct span s, const char **why)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (byte_is_in(atext, s.p[i]))
			continue;
		if (s.p[i] != '.')
			break;
		if (i == 0 || s.p[i - 1] == '.' || i + 1 == s.n ||
		    !byte_is_in(atext, s.p[i + 1])) {
			*why = "misplaced dot before the @";
			return 0;
		}
	}
	return i;
}

/* Whether a label is not too long, and no hyphen stands at its ends. */
static int
is_label(struct span s)
{
	return s.n > 0 && (s.n <= LABEL_MAX ||
	    span_characters(s) <= LABEL_MAX) && s.p[0] != '-' &&
	    s.p[s.n - 1] != '-';
}

int
addr_is_domain(struct span s)
{
	size_t i, start;

	if (s.n == 0 || s.n > ADDR_DOMAIN_MAX ||
	    (!span_is_ascii(s) && !span_is_printable(s)))
		return 0;
	for (i = start = 0;; i++) {
		if (i < s.n && byte_is_in(label, s.p[i]))
			continue;
		if (!is_label(span_of(s.p + start, i - start)))
			return 0;
		if (i == s.n)
			return 1;
		if (s.p[i] != '.')
			return 0;
		start = i + 1;
	}
}

/* Four numbers up to 255, of three digits at most. */
static int
is_ip4(struct span s)
{
	struct span one;
	uintmax_t n;
	int i;

	for (i = 0; i < 4; i++) {
		one = span_cut(&s, '.');
		if (one.n > 3 || span_number(one, &n) < 0 || n > 255 ||
		    (i < 3 && s.n == 0))
			return 0;
	}
	return s.n == 0 && one.p + one.n == s.p;
}

/* Groups of hex digits, "::" for some of them, perhaps version 4 at the end. */
static int
is_ip6(struct span s)
{
	int groups = 0, gap = 0;
	size_t i, digits = 0;

	for (i = 0; i < s.n; i++) {
		if (byte_hex(s.p[i]) >= 0) {
			digits++;
			continue;
		}
		if (s.p[i] == '.')
			return is_ip4(span_drop(s, i - digits)) &&
			    (gap ? groups < 6 : groups == 6);
		if (s.p[i] != ':' || digits > 4 || (i > 0 &&
		    s.p[i - 1] == ':' && gap++) ||
		    (i == 0 && !span_begins(s, "::")))
			return 0;
		groups += digits > 0;
		digits = 0;
	}
	groups += digits > 0;
	return digits <= 4 && (gap ? groups < 8 : groups == 8) &&
	    (digits > 0 || span_ends(s, "::"));
}

int
addr_is_ip(struct span s, int version)
{
	return version == 4 ? is_ip4(s) : is_ip6(s);
}

int
addr_is_literal(struct span s)
{
	static const char six[] = "IPv6:";
	struct span tag;

	if (s.n < 3 || s.p[0] != '[' || s.p[s.n - 1] != ']')
		return 0;
	s = span_of(s.p + 1, s.n - 2);
	if (span_case_begins(s, six))
		return addr_is_ip(span_drop(s, sizeof six - 1), 6);
	if (span_find(s, ':') == NULL)
		return addr_is_ip(s, 4);
	tag = span_cut(&s, ':');
	return tag.n > 0 && span_is_graph(tag) && s.n > 0 &&
	    span_is_graph(s);
}

/* [192.0.2.1], [IPv6:2001:db8::1], or what is not unlike these. */
static int
is_literal(struct span s)
{
	size_t i;

	if (s.n < 3 || s.n > ADDR_DOMAIN_MAX || s.p[0] != '[' ||
	    s.p[s.n - 1] != ']')
		return 0;
	for (i = 1; i < s.n - 1; i++)
		if (!byte_is_letter(s.p[i]) && !byte_is_digit(s.p[i]) &&
		    strchr(".:-", s.p[i]) == NULL)
			return 0;
	return span_find(s, '\0') == NULL;
}

static int
parse_local(struct addr *a, struct span s, int ascii, const char **why)
{
	*why = "nothing before the @";
	if (s.n > 0 && s.p[0] == '"') {
		*why = "quoted string not closed";
		a->local.n = quoted_length(s);
	} else {
		a->local.n = dotted_length(s, why);
	}
	a->local.p = s.p;
	if (a->local.n == 0)
		return -1;
	*why = "part before the @ too long";
	if (a->local.n > ADDR_LOCAL_MAX)
		return -1;
	if (ascii)
		return 0;
	*why = "not valid UTF-8";
	if (!span_is_utf8(a->local))
		return -1;
	*why = "control character";
	return span_is_printable(a->local) ? 0 : -1;
}

/* What is pasted with an address, and nobody sees: why it is not one. */
static const char *
find_pasted(struct span s)
{
	uint32_t c;

	while (s.n > 0) {
		c = unicode_take(&s);
		if (c > 0x7f && unicode_is_blank(c))
			return "a no-break space, or an invisible character, "
			    "in the address";
		if (unicode_is_quote(c))
			return "a typographic quote in the address";
	}
	return NULL;
}

static int
parse(struct addr *a, struct span s, int bare, const char **why)
{
	const int ascii = span_is_ascii(s);

	a->text = s;
	a->domain = span_of(NULL, 0);
	*why = ascii ? NULL : find_pasted(s);
	if (*why != NULL)
		return -1;
	*why = "empty address";
	if (s.n == 0 || parse_local(a, s, ascii, why) < 0)
		return -1;
	if (a->local.n == s.n) {
		*why = "no @ in the address";
		return bare ? 0 : -1;
	}
	*why = "character not allowed before the @";
	if (s.p[a->local.n] != '@')
		return -1;
	a->domain = span_of(s.p + a->local.n + 1, s.n - a->local.n - 1);
	*why = "malformed domain";
	return addr_is_domain(a->domain) || is_literal(a->domain) ? 0 : -1;
}

static struct span
pasted(struct span s)
{
	s = unicode_unquote(s);
	if (s.n > 1 && s.p[s.n - 1] == '.' && s.p[s.n - 2] != '.' &&
	    span_find(s, '@') != NULL)
		s.n--;
	return s;
}

int
addr_parse(struct addr *a, struct span s, const char **why)
{
	const char *ignored;

	return parse(a, s, 0, why != NULL ? why : &ignored);
}

int
addr_parse_pasted(struct addr *a, struct span s, const char **why)
{
	return addr_parse(a, s, why) == 0 ? 0 : addr_parse(a, pasted(s), why);
}

int
addr_parse_bare(struct addr *a, struct span s, const char **why)
{
	const char *ignored;

	return parse(a, s, 1, why != NULL ? why : &ignored);
}

void
addr_complete(struct buf *addr, const char *domain)
{
	struct addr a;

	/* Only in a quoted one there may be an @ that no domain follows. */
	if (addr->n > 0 && addr->p[0] != '"' &&
	    memchr(addr->p, '@', addr->n) != NULL)
		return;
	if (addr->n > 0 && addr_parse_bare(&a, buf_span(addr), NULL) == 0 &&
	    a.domain.p == NULL)
		buf_addf(addr, "@%s", domain);
}

/* Offset of the first c outside of quoted strings, or s.n. */
static size_t
find_unquoted(struct span s, char c)
{
	size_t i, n;

	for (i = 0; i < s.n && s.p[i] != c; i++)
		if (s.p[i] == '"') {
			n = quoted_length(span_of(s.p + i, s.n - i));
			if (n > 0)
				i += n - 1;
		}
	return i;
}

int
addr_path(struct addr *a, struct span s, size_t *used, const char **why)
{
	const char *colon, *ignored;
	size_t n;

	if (why == NULL)
		why = &ignored;
	if (s.n == 0 || s.p[0] != '<') {
		*used = n = find_unquoted(s, ' ');
		return parse(a, span_of(s.p, n), 1, why);
	}
	n = find_unquoted(s, '>');
	*why = "no > at the end of the path";
	if (n == s.n)
		return -1;
	*used = n + 1;
	s = span_of(s.p + 1, n - 1);
	if (s.n == 0) {
		a->text = a->local = a->domain = s;
		a->domain.p = NULL;
		return 0;
	}
	if (s.p[0] == '@') {
		colon = span_find(s, ':');
		*why = "no : after the route";
		if (colon == NULL)
			return -1;
		s.n -= (size_t)(colon + 1 - s.p);
		s.p = colon + 1;
	}
	return parse(a, s, 1, why);
}
