#include "verp.h"

#include "idn.h"

#define MARK "[verp]"
#define MARK_SIZE (sizeof MARK - 1)

/* Octets of TAG-HASH. */
#define SHORTENED (TAG_SHORT + 1 + VERP_HASH)

/*
 * What stands as it is: letters, digits, and #$&'*-=?^_`{}~.  The others of a
 * dot-string many servers refuse in a recipient.
 */
static const uint64_t plain[4] = {
	UINT64_C(0xa3ff24d800000000), UINT64_C(0x6fffffffc7fffffe), 0, 0
};

/* Where [verp] stands in a pattern, or the pattern's length. */
static size_t
mark_at(struct span pattern)
{
	size_t i;

	for (i = 0; i < pattern.n; i++)
		if (span_begins(span_drop(pattern, i), MARK))
			return i;
	return pattern.n;
}

int
verp_check(struct span pattern, const char **why)
{
	struct buf b = { 0 };
	size_t at = mark_at(pattern), i;
	struct span rest;
	struct addr a;
	int bad;

	*why = "there is no [verp] in it";
	if (at == pattern.n)
		return -1;
	rest = span_drop(pattern, at + MARK_SIZE);
	*why = "[verp] is there twice";
	if (mark_at(rest) < rest.n)
		return -1;
	buf_add(&b, pattern.p, at);
	for (i = 0; i < SHORTENED; i++)
		buf_addc(&b, 'x');
	buf_addspan(&b, rest);
	bad = addr_parse(&a, buf_span(&b), why) < 0;
	if (!bad && a.local.n <= at) {
		*why = "[verp] stands behind the @";
		bad = 1;
	}
	buf_free(&b);
	return bad ? -1 : 0;
}

static void
add_escaped(struct buf *b, struct span s)
{
	int dot = 0;
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (byte_is_in(plain, s.p[i]) || (s.p[i] == '.' && !dot))
			buf_addc(b, s.p[i]);
		else
			buf_addf(b, "+%02X", (unsigned char)s.p[i]);
		/* Two in a row, of a quoted string, are no dot-string. */
		dot = b->p[b->n - 1] == '.';
	}
}

static void
add_word(struct buf *b, const struct tag_key *k, const struct addr *rcpt)
{
	tag_verp(b, k, rcpt->text);
	buf_addc(b, '-');
	add_escaped(b, rcpt->local);
	buf_addc(b, '=');
	add_escaped(b, rcpt->domain);
}

/* Takes what follows the tag, from offset at, back for a hash of the tag. */
static void
shorten(struct buf *b, const struct tag_key *k, size_t at)
{
	struct buf what = { 0 };

	b->n = at + TAG_SHORT;
	buf_adds(&what, "hash\n");
	buf_add(&what, b->p + at, TAG_SHORT);
	buf_addc(b, '-');
	tag_add(b, k, buf_span(&what), VERP_HASH);
	buf_free(&what);
}

void
verp_hash(struct buf *b, const struct tag_key *k, struct span rcpt)
{
	const size_t at = b->n;

	tag_verp(b, k, rcpt);
	shorten(b, k, at);
}

void
verp_make(struct buf *b, const struct tag_key *k, struct span pattern,
    const struct addr *rcpt)
{
	const size_t begin = b->n, at = mark_at(pattern);
	struct span after = span_drop(pattern, at + MARK_SIZE);
	const struct span rest = after;
	const struct span suffix = span_cut(&after, '@');

	buf_add(b, pattern.p, at);
	add_word(b, k, rcpt);
	if (b->n - begin + suffix.n > ADDR_LOCAL_MAX)
		shorten(b, k, begin + at);
	buf_addspan(b, rest);
}

/* login=domain as an address: 0, or -1. */
static int
unescape(struct buf *b, struct span s)
{
	const size_t begin = b->n;
	size_t i, equals = s.n;
	struct addr a;

	for (i = 0; i < s.n; i++)
		if (s.p[i] == '=')
			equals = i;
	for (i = 0; i < s.n; i++) {
		if (i == equals)
			buf_addc(b, '@');
		else if (s.p[i] == '+' && s.n - i > 2 &&
		    byte_hex(s.p[i + 1]) >= 0 && byte_hex(s.p[i + 2]) >= 0) {
			buf_addc(b, byte_hex(s.p[i + 1]) * 16 +
			    byte_hex(s.p[i + 2]));
			i += 2;
		} else {
			buf_addc(b, s.p[i]);
		}
	}
	return addr_parse(&a, span_of(b->p + begin, b->n - begin), NULL);
}

static int
is_hash(const struct tag_key *k, struct span tag, struct span hash)
{
	struct buf what = { 0 };
	int is;

	buf_adds(&what, "hash\n");
	buf_addlower(&what, tag);
	is = tag_is(k, hash, buf_span(&what), VERP_HASH);
	buf_free(&what);
	return is;
}

/* What [verp] stood for: 0, or -1. */
static int
read_word(struct buf *b, const struct tag_key *k, struct span word)
{
	const size_t begin = b->n;
	struct span tag, rest;

	if (word.n <= TAG_SHORT + 1 || word.p[TAG_SHORT] != '-')
		return -1;
	tag = span_of(word.p, TAG_SHORT);
	if (!tag_is_base32(tag, TAG_SHORT))
		return -1;
	rest = span_drop(word, TAG_SHORT + 1);
	if (unescape(b, rest) == 0 &&
	    tag_is_verp(k, tag, span_of(b->p + begin, b->n - begin)))
		return 0;
	b->n = begin;
	if (!is_hash(k, tag, rest))
		return -1;
	buf_addlower(b, word);
	return 0;
}

static int
ends(struct span s, struct span with)
{
	return s.n >= with.n &&
	    span_case_eq(span_drop(s, s.n - with.n), with);
}

/* Servers without SMTPUTF8 are told A-labels, which then come back. */
static int
is_domain(struct span a, struct span b)
{
	struct buf ascii[2] = { { 0 } };
	const char *why;
	int is;

	is = idn_domain(&ascii[0], a, &why) == 0 &&
	    idn_domain(&ascii[1], b, &why) == 0 &&
	    span_case_eq(buf_span(&ascii[0]), buf_span(&ascii[1]));
	buf_free(&ascii[0]);
	buf_free(&ascii[1]);
	return is;
}

/* By the pattern: its beginning and end, in any case. */
static int
read_pattern(struct buf *b, const struct tag_key *k, struct span pattern,
    const struct addr *a)
{
	const size_t at = mark_at(pattern);
	struct span domain = span_drop(pattern, at + MARK_SIZE);
	const struct span suffix = span_cut(&domain, '@'), s = a->local;

	if (s.n <= at + suffix.n || !ends(s, suffix) ||
	    !span_case_eq(span_of(s.p, at), span_of(pattern.p, at)) ||
	    !is_domain(a->domain, domain))
		return -1;
	return read_word(b, k, span_of(s.p + at, s.n - at - suffix.n));
}

int
verp_read(struct buf *b, const struct tag_key *k, struct span pattern,
    struct span address)
{
	struct addr a;
	size_t i;

	if (addr_parse(&a, address, NULL) < 0)
		return -1;
	if (pattern.n > 0)
		return read_pattern(b, k, pattern, &a);
	for (i = 0; i < a.local.n; i++)
		if ((i == 0 || strchr("+-=._", a.local.p[i - 1]) != NULL) &&
		    read_word(b, k, span_drop(a.local, i)) == 0)
			return 0;
	return -1;
}
