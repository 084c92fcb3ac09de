/* Text without what nobody sees, and as it looks. */
#include "unicode.h"

/* Without what is at both ends: blanks, and quotes too where that is asked. */
static struct span
trim(struct span s, int quotes)
{
	struct span rest;
	uint32_t c;
	size_t n;

	while (s.n > 0) {
		rest = s;
		c = unicode_take(&rest);
		if (!unicode_is_blank(c) && !(quotes && unicode_is_quote(c)))
			break;
		s = rest;
	}
	while (s.n > 0) {
		for (n = 1; n < s.n && n < 4 && (s.p[s.n - n] & 0xc0) == 0x80;)
			n++;
		rest = span_drop(s, s.n - n);
		c = unicode_take(&rest);
		if (rest.n > 0 || (!unicode_is_blank(c) &&
		    !(quotes && unicode_is_quote(c))))
			break;
		s.n -= n;
	}
	return s;
}

struct span
unicode_trim(struct span s)
{
	return trim(s, 0);
}

struct span
unicode_unquote(struct span s)
{
	return trim(s, 1);
}

/* The Latin letter, or other ASCII, that a small letter looks like; or c. */
static uint32_t
look(uint32_t c)
{
	static const char pairs[] = "аaвbеeкkмmнhоoрpсcтtуyхx"
	    "іiїïјjѕsԁdԛqԝwһhαaοoνvρpτtυyκkιiεeχxβb"
	    "ηhμmıi"
	    "’'‘'ʼ'′'`'´'";
	struct span s = span_str(pairs);
	uint32_t from, to;

	while (c > '_' && s.n > 0) {
		from = unicode_take(&s);
		to = unicode_take(&s);
		if (from == c)
			return to;
	}
	return c;
}

void
unicode_likeness(struct buf *b, struct span s)
{
	uint32_t c, before = 0, whole;
	size_t at = b->n;

	while (s.n > 0) {
		c = unicode_lower(unicode_take(&s));
		if (unicode_is_blank(c) || c == '-' || c == '_' ||
		    (c >= 0x2010 && c <= 0x2015))
			continue;
		whole = c >= 0x300 && c < 0x370 ?
		    unicode_compose(before, c) : 0;
		if (whole != 0) {
			b->n = at;
			c = whole;
		}
		before = c;
		at = b->n;
		unicode_add(b, look(c));
	}
}
