#include "name.h"

int
name_login(struct buf *b, struct span s)
{
	if (s.n == 0 || s.n > NAME_LOGIN_MAX || s.p[0] == '.')
		return -1;
	if (span_find(s, '/') != NULL || span_has_control(s))
		return -1;
	buf_addlower(b, s);
	return 0;
}

static int
is_unreserved(char c)
{
	return byte_is_letter(c) || byte_is_digit(c) || c == '-' ||
	    c == '.' || c == '_' || c == '~';
}

void
name_encode(struct buf *b, struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (is_unreserved(s.p[i]))
			buf_addc(b, s.p[i]);
		else
			buf_addf(b, "%%%02X", (unsigned char)s.p[i]);
}

int
name_decode(struct buf *b, struct span s)
{
	int hi, lo;
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (s.p[i] != '%') {
			buf_addc(b, s.p[i]);
			continue;
		}
		hi = s.n - i > 2 ? byte_hex(s.p[i + 1]) : -1;
		lo = s.n - i > 2 ? byte_hex(s.p[i + 2]) : -1;
		if (hi < 0 || lo < 0)
			return -1;
		buf_addc(b, hi << 4 | lo);
		i += 2;
	}
	return 0;
}

size_t
name_stem(struct span name)
{
	size_t stem = name.n, k = 0;

	while (k < name.n && name.p[k] == '.')
		k++;
	for (; k < name.n; k++)
		if (name.p[k] == '.')
			stem = k;
	return stem;
}

void
name_number(struct buf *b, struct span name, const char *mark,
    unsigned long i)
{
	size_t stem = name_stem(name);

	buf_add(b, name.p, stem);
	buf_adds(b, mark);
	if (i > 1)
		buf_addf(b, "-%lu", i);
	buf_addspan(b, span_drop(name, stem));
}
