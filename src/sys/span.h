/*
 * span: a view of bytes that somebody else owns, of a C string without its
 * NUL; nothing is copied.
 */
#ifndef SYS_SPAN_H
#define SYS_SPAN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The elements of an array. */
#define COUNT(a)	(sizeof(a) / sizeof *(a))

struct span {
	const char *p;
	size_t n;
};

static inline struct span
span_of(const void *p, size_t n)
{
	struct span s;

	s.p = p;
	s.n = n;
	return s;
}

static inline struct span
span_str(const char *s)
{
	return span_of(s, strlen(s));
}

static inline int
span_eq(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, b.n) == 0);
}

static inline int
span_is(struct span a, const char *s)
{
	return span_eq(a, span_str(s));
}

/* Which comes first, byte by byte: less than 0, 0, or more. */
int span_compare(struct span a, struct span b);

int span_case_eq(struct span a, struct span b);	/* ASCII case ignored */
int span_case_is(struct span a, const char *s);

/* The place of s among n names, or -1; and the same, ASCII case ignored. */
int span_index(struct span s, const char *const *names, size_t n);
int span_case_index(struct span s, const char *const *names, size_t n);

/* Whether word is in list, with blanks between; ASCII case ignored. */
int span_has_word(struct span list, struct span word);

/* Whether s begins, or ends, with what with is. */
int span_begins(struct span s, const char *with);
int span_ends(struct span s, const char *with);

/* Whether it begins so, ASCII case ignored. */
int span_case_begins(struct span s, const char *with);

/* Whether what stands anywhere in s, ASCII case ignored. */
int span_case_has(struct span s, const char *what);

/*
 * The entry of a table that has the name, ASCII case ignored, or NULL: each of
 * the n entries is size bytes long and begins with its name, a const char *.
 */
const void *span_lookup(struct span name, const void *table, size_t n,
    size_t size);
#define SPAN_LOOKUP(name, table)	span_lookup(name, table, COUNT(table), \
	sizeof *(table))

/* Without the first n bytes; n is at most s.n. */
static inline struct span
span_drop(struct span s, size_t n)
{
	return n == 0 ? s : span_of(s.p + n, s.n - n);
}

/* Takes the next line, with its LF, off *text, which is not empty. */
struct span span_line(struct span *text);

/* How many times span_line can be called. */
size_t span_lines(struct span text);

static inline int
byte_is_blank(int c)
{
	return c == ' ' || c == '\t';
}

/* A blank, or of a line's end. */
static inline int
byte_is_space(int c)
{
	return byte_is_blank(c) || c == '\r' || c == '\n';
}

static inline int
byte_is_graph(int c)
{
	return c > ' ' && c < 0x7f;
}

static inline int
byte_is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static inline int
byte_is_letter(int c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* What a hex digit stands for, or -1. */
int byte_hex(int c);

/* Without blanks and tabs at both ends; without one CRLF or LF at the end. */
static inline struct span
span_trim(struct span s)
{
	while (s.n > 0 && byte_is_blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && byte_is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct span span_chomp(struct span s);

/* Whether it can stand in a protocol's line: it has no CR, LF or NUL. */
int span_is_line(struct span s);

/* Whether all its bytes are ASCII; characters of it that show, and some are. */
int span_is_ascii(struct span s);
int span_is_graph(struct span s);

/* Whether an ASCII capital is in it. */
int span_has_capital(struct span s);

/* Whether it is valid UTF-8. */
int span_is_utf8(struct span s);

/* Whether it has a control character, of ASCII or, in UTF-8, of C1. */
int span_has_control(struct span s);

/* How many characters of UTF-8 begin in s. */
size_t span_characters(struct span s);

/*
 * As text_char and text_printable; how many bytes of printable characters it
 * begins with, and whether it is nothing else.
 */
size_t span_char(struct span s);
size_t span_printable(struct span s);
size_t span_shown(struct span s);
int span_is_printable(struct span s);

/* What it begins with, up to the first blank or tab. */
struct span span_word(struct span s);

/* Takes the next word, and the blanks before it, off *s; empty at the end. */
struct span span_take_word(struct span *s);

/* Where c stands first, or NULL. */
static inline const char *
span_find(struct span s, char c)
{
	return s.n > 0 ? memchr(s.p, c, s.n) : NULL;
}

/* Takes what stands before the first c, or all, off *s, and that c. */
struct span span_cut(struct span *s, char c);

/* What stands behind the last slash of a path. */
struct span span_filename(struct span path);

/* Without a UTF-8 byte order mark at its start. */
struct span span_unmarked(struct span s);

/* The copy is NUL-terminated and the caller's to free. */
char *span_dup(struct span s);

/* A decimal number and nothing else, checked for overflow.  0, or -1. */
int span_number(struct span s, uintmax_t *u);

/*
 * A time, to seconds: a number of them, or numbers with a unit each, s, m, h,
 * d or w, as in 1h30m; UINT32_MAX at most.  0, or -1.
 */
int span_seconds(struct span s, uintmax_t *u);

/* FNV-1a of 64 bits: begins with SPAN_HASH, and goes on with what it gave. */
#define SPAN_HASH UINT64_C(0xcbf29ce484222325)
uint64_t span_hash(uint64_t hash, struct span s);

/* A word of eight bytes c, for looking at so many at a time. */
#define BYTES8(c)	(UINT64_C(0x0101010101010101) * (c))

/*
 * A set of bytes, a bit each, in four words; BYTES_ABOVE is the last two where
 * all that are not ASCII are in it.
 */
#define BYTES_ABOVE	UINT64_MAX, UINT64_MAX

static inline int
byte_is_in(const uint64_t set[4], char c)
{
	const unsigned char u = (unsigned char)c;

	return (set[u >> 6] >> (u & 63) & 1) != 0;
}

#endif
