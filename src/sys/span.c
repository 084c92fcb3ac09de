#include "span.h"

#include <stdlib.h>

#include "die.h"
#include "text.h"

static int
lower(int c)
{
	return c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c;
}

/* Whether they are the same; most that are, are so in their case, too. */
static int
is_like(int a, int b)
{
	return a == b || lower(a) == lower(b);
}

int
span_compare(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n > 0 ? memcmp(a.p, b.p, n) : 0;

	return c != 0 ? c : (a.n > b.n) - (a.n < b.n);
}

int
span_case_eq(struct span a, struct span b)
{
	size_t i;

	if (a.n != b.n)
		return 0;
	for (i = 0; i < a.n; i++)
		if (!is_like(a.p[i], b.p[i]))
			return 0;
	return 1;
}

int
span_case_is(struct span a, const char *s)
{
	/* Most words differ in their first letter. */
	if (a.n > 0 && !is_like(a.p[0], *s))
		return 0;
	return span_case_eq(a, span_str(s));
}

int
span_begins(struct span s, const char *with)
{
	size_t n = strlen(with);

	return s.n >= n && memcmp(s.p, with, n) == 0;
}

int
span_ends(struct span s, const char *with)
{
	size_t n = strlen(with);

	return s.n >= n && span_is(span_drop(s, s.n - n), with);
}

int
span_case_begins(struct span s, const char *with)
{
	size_t i;

	for (i = 0; with[i] != '\0'; i++)
		if (i == s.n || !is_like(s.p[i], with[i]))
			return 0;
	return 1;
}

int
span_case_has(struct span s, const char *what)
{
	for (; s.n > 0; s = span_drop(s, 1))
		if (span_case_begins(s, what))
			return 1;
	return 0;
}

int
byte_hex(int c)
{
	if (byte_is_digit(c))
		return c - '0';
	c = lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

const void *
span_lookup(struct span name, const void *table, size_t n, size_t size)
{
	const char *entry = table;

	for (; n > 0; n--, entry += size)
		if (span_case_is(name, *(char *const *)(const void *)entry))
			return entry;
	return NULL;
}

struct span
span_line(struct span *text)
{
	const char *lf = memchr(text->p, '\n', text->n);
	size_t n = lf != NULL ? (size_t)(lf - text->p) + 1 : text->n;
	struct span line = span_of(text->p, n);

	*text = span_drop(*text, n);
	return line;
}

size_t
span_lines(struct span text)
{
	size_t n;

	for (n = 0; text.n > 0; n++)
		span_line(&text);
	return n;
}

struct span
span_unmarked(struct span s)
{
	return s.n >= 3 && memcmp(s.p, "\xef\xbb\xbf", 3) == 0 ?
	    span_drop(s, 3) : s;
}

struct span
span_chomp(struct span s)
{
	if (s.n > 0 && s.p[s.n - 1] == '\n') {
		s.n--;
		if (s.n > 0 && s.p[s.n - 1] == '\r')
			s.n--;
	}
	return s;
}

/* How many bytes of printable ASCII it begins with; eight at a time. */
static size_t
plain(struct span s)
{
	uint64_t w;
	size_t i;

	for (i = 0; i + sizeof w <= s.n; i += sizeof w) {
		memcpy(&w, s.p + i, sizeof w);
		/* Below a blank, or above 0x7e. */
		if (((w | (w - BYTES8(' ')) | (w + BYTES8(1))) &
		    BYTES8(0x80)) != 0)
			break;
	}
	while (i < s.n && s.p[i] >= ' ' && s.p[i] <= '~')
		i++;
	return i;
}

int
span_is_line(struct span s)
{
	s = span_drop(s, plain(s));
	return span_find(s, '\r') == NULL && span_find(s, '\n') == NULL &&
	    span_find(s, '\0') == NULL;
}

int
span_is_ascii(struct span s)
{
	uint64_t word = 0, all = 0;

	for (; s.n >= sizeof word; s = span_drop(s, sizeof word)) {
		memcpy(&word, s.p, sizeof word);
		all |= word;
	}
	if (s.n > 0)
		memcpy(&word, s.p, s.n);
	all |= word;
	return (all & BYTES8(0x80)) == 0;
}

int
span_has_capital(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] >= 'A' && s.p[i] <= 'Z')
			return 1;
	return 0;
}

int
span_is_graph(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (!byte_is_graph(s.p[i]))
			return 0;
	return s.n > 0;
}

int
span_has_control(struct span s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t i;

	for (i = 0; i < s.n; i++)
		if (p[i] < ' ' || p[i] == 0x7f || (p[i] == 0xc2 &&
		    i + 1 < s.n && p[i + 1] >= 0x80 && p[i + 1] < 0xa0))
			return 1;
	return 0;
}

size_t
span_characters(struct span s)
{
	size_t i, n = 0;

	for (i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

size_t
span_char(struct span s)
{
	return text_char(s.p, s.n);
}

int
span_is_utf8(struct span s)
{
	size_t n;

	for (; s.n > 0; s = span_drop(s, n)) {
		n = (unsigned char)s.p[0] < 0x80 ? 1 : span_char(s);
		if (n == 0)
			return 0;
	}
	return 1;
}

size_t
span_printable(struct span s)
{
	return text_printable(s.p, s.n);
}

size_t
span_shown(struct span s)
{
	size_t i = 0, n;

	do {
		i += plain(span_drop(s, i));
		n = span_printable(span_drop(s, i));
		i += n;
	} while (n > 0);
	return i;
}

int
span_is_printable(struct span s)
{
	return span_shown(s) == s.n;
}

struct span
span_word(struct span s)
{
	size_t n = 0;

	while (n < s.n && !byte_is_blank(s.p[n]))
		n++;
	return span_of(s.p, n);
}

struct span
span_take_word(struct span *s)
{
	struct span word;

	*s = span_trim(*s);
	word = span_word(*s);
	*s = span_drop(*s, word.n);
	return word;
}

int
span_has_word(struct span list, struct span word)
{
	struct span one;

	while ((one = span_take_word(&list)).n > 0)
		if (span_case_eq(one, word))
			return 1;
	return 0;
}

int
span_index(struct span s, const char *const *names, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if ((s.n == 0 || s.p[0] == *names[i]) && span_is(s, names[i]))
			return (int)i;
	return -1;
}

int
span_case_index(struct span s, const char *const *names, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (span_case_is(s, names[i]))
			return (int)i;
	return -1;
}

struct span
span_cut(struct span *s, char c)
{
	const char *p = span_find(*s, c);
	struct span piece = *s;

	if (p != NULL)
		piece.n = (size_t)(p - s->p);
	*s = span_drop(*s, piece.n + (p != NULL));
	return piece;
}

char *
span_dup(struct span s)
{
	char *p;

	p = malloc(s.n + 1);
	if (p == NULL)
		die_nomem();
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return p;
}

struct span
span_filename(struct span path)
{
	size_t at = path.n;

	while (at > 0 && path.p[at - 1] != '/')
		at--;
	return span_drop(path, at);
}

int
span_number(struct span s, uintmax_t *u)
{
	uintmax_t v = 0;
	unsigned digit;
	size_t i;

	if (s.n == 0)
		return -1;
	for (i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return -1;
		digit = (unsigned)(s.p[i] - '0');
		if (v > (UINTMAX_MAX - digit) / 10)
			return -1;
		v = v * 10 + digit;
	}
	*u = v;
	return 0;
}

int
span_seconds(struct span s, uintmax_t *u)
{
	static const char units[] = "smhdw";
	static const unsigned seconds[] = { 1, 60, 3600, 86400, 604800 };
	const char *unit;
	uintmax_t n, sum = 0;
	size_t i;

	do {
		for (i = 0; i < s.n && byte_is_digit(s.p[i]); i++)
			;
		unit = i == s.n ? units : strchr(units, s.p[i] | ' ');
		if (span_number(span_of(s.p, i), &n) < 0 || n > UINT32_MAX ||
		    unit == NULL)
			return -1;
		sum += n * seconds[unit - units];
		if (sum > UINT32_MAX)
			return -1;
		s = span_drop(s, i < s.n ? i + 1 : i);
	} while (s.n > 0);
	*u = sum;
	return 0;
}

uint64_t
span_hash(uint64_t hash, struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		hash = (hash ^ (unsigned char)s.p[i]) *
		    UINT64_C(0x100000001b3);
	return hash;
}
