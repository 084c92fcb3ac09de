#include "unicode.h"

uint32_t
unicode_take(struct span *s)
{
	const unsigned char *p = (const unsigned char *)s->p;
	size_t n = span_char(*s), i;
	uint32_t c;

	if (n == 0) {
		*s = span_drop(*s, 1);
		return UNICODE_UNKNOWN;
	}
	c = n == 1 ? p[0] : p[0] & (0xffU >> (n + 1));
	for (i = 1; i < n; i++)
		c = c << 6 | (p[i] & 0x3fU);
	*s = span_drop(*s, n);
	return c;
}

void
unicode_add(struct buf *b, uint32_t c)
{
	if (c < 0x80) {
		buf_addc(b, (int)c);
		return;
	}
	if (c < 0x800) {
		buf_addc(b, (int)(0xc0 | c >> 6));
	} else if (c < 0x10000) {
		buf_addc(b, (int)(0xe0 | c >> 12));
		buf_addc(b, (int)(0x80 | (c >> 6 & 0x3f)));
	} else {
		buf_addc(b, (int)(0xf0 | c >> 18));
		buf_addc(b, (int)(0x80 | (c >> 12 & 0x3f)));
		buf_addc(b, (int)(0x80 | (c >> 6 & 0x3f)));
	}
	buf_addc(b, (int)(0x80 | (c & 0x3f)));
}

/*
 * Capitals from low to high: every one, or where step is 2 every second, and
 * how far its small letter is.
 */
static const struct capitals {
	uint32_t low, high;
	int step, distance;
} capitals[] = {
	{ 'A', 'Z', 1, 32 }, { 0xc0, 0xd6, 1, 32 }, { 0xd8, 0xde, 1, 32 },
	{ 0x100, 0x12e, 2, 1 }, { 0x130, 0x130, 1, 'i' - 0x130 },
	{ 0x132, 0x136, 2, 1 }, { 0x139, 0x147, 2, 1 }, { 0x14a, 0x176, 2, 1 },
	{ 0x178, 0x178, 1, 0xff - 0x178 }, { 0x179, 0x17d, 2, 1 },
	{ 0x1cd, 0x1db, 2, 1 }, { 0x1de, 0x1ee, 2, 1 }, { 0x1f8, 0x21e, 2, 1 },
	{ 0x222, 0x232, 2, 1 }, { 0x386, 0x386, 1, 38 },
	{ 0x388, 0x38a, 1, 37 },
	{ 0x38c, 0x38c, 1, 64 }, { 0x38e, 0x38f, 1, 63 },
	{ 0x391, 0x3a1, 1, 32 }, { 0x3a3, 0x3ab, 1, 32 },
	{ 0x400, 0x40f, 1, 80 }, { 0x410, 0x42f, 1, 32 },
	{ 0x460, 0x480, 2, 1 }, { 0x48a, 0x4be, 2, 1 }, { 0x4c0, 0x4c0, 1, 15 },
	{ 0x4c1, 0x4cd, 2, 1 }, { 0x4d0, 0x52e, 2, 1 }, { 0x531, 0x556, 1, 48 },
	{ 0x10a0, 0x10c5, 1, 0x2d00 - 0x10a0 },
	{ 0x1c90, 0x1cbf, 1, 0x10d0 - 0x1c90 }, { 0x1e00, 0x1e94, 2, 1 },
	{ 0x1e9e, 0x1e9e, 1, 0xdf - 0x1e9e }, { 0x1ea0, 0x1efe, 2, 1 }
};

uint32_t
unicode_lower(uint32_t c)
{
	const struct capitals *r;
	size_t i;

	if (c >= 0xff01 && c <= 0xff5e)
		c -= 0xff01 - '!';
	for (i = 0; i < COUNT(capitals) && capitals[i].low <= c; i++) {
		r = &capitals[i];
		if (c <= r->high && (c - r->low) % (uint32_t)r->step == 0)
			return (uint32_t)((int)c + r->distance);
	}
	return c;
}

/* Letter, what it is with the mark; in UTF-8, two characters each. */
static const struct marked {
	uint32_t mark;
	const char *pairs;
} marked[] = {
	{ 0x300, "aàeèiìnǹoòuùеѐиѝ" },
	{ 0x301, "aácćeégǵiílĺnńoópṕrŕsśuúwẃyýzź"
	    "гѓкќαάεέηήιίοόυύωώ" },
	{ 0x302, "aâcĉeêgĝhĥiîjĵoôsŝuûwŵyŷ" },
	{ 0x303, "aãeẽiĩnñoõuũyỹ" },
	{ 0x304, "aāeēiīoōuūyȳиӣуӯ" },
	{ 0x306, "aăeĕgğiĭoŏuŭжӂийуў" },
	{ 0x307, "cċeėgġnṅzż" },
	{ 0x308, "aäeëiïoöuüwẅyÿаӓеёжӝзӟиӥіїоӧуӱчӵ"
	    "ыӹэӭιϊυϋ" },
	{ 0x30a, "aåuů" },
	{ 0x30b, "oőuűуӳ" },
	{ 0x30c, "aǎcčdďeěgǧhȟiǐjǰkǩlľnňoǒrřsštťuǔzž" },
	{ 0x323, "aạeẹhḥiịoọsṣuụyỵ" },
	{ 0x326, "sștț" },
	{ 0x327, "cçeȩgģkķlļnņrŗsştţ" },
	{ 0x328, "aąeęiįoǫuų" }
};

uint32_t
unicode_compose(uint32_t letter, uint32_t mark)
{
	struct span s;
	uint32_t from, to;
	size_t i;

	for (i = 0; i < COUNT(marked); i++) {
		if (marked[i].mark != mark)
			continue;
		for (s = span_str(marked[i].pairs); s.n > 0;) {
			from = unicode_take(&s);
			to = unicode_take(&s);
			if (from == letter)
				return to;
		}
	}
	return 0;
}

int
unicode_is_blank(uint32_t c)
{
	return c == ' ' || c == '\t' || c == 0xa0 || c == 0xad ||
	    c == 0x1680 || (c >= 0x2000 && c <= 0x200f) ||
	    (c >= 0x2028 && c <= 0x202f) || (c >= 0x205f && c <= 0x206f) ||
	    c == 0x3000 || c == 0xfeff;
}

int
unicode_is_quote(uint32_t c)
{
	return c == 0xab || c == 0xbb || (c >= 0x2018 && c <= 0x201f) ||
	    c == 0x2039 || c == 0x203a;
}

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
