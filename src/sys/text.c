#include "text.h"

#include <string.h>

size_t
text_char(const char *text, size_t left)
{
	const unsigned char *p = (const unsigned char *)text;
	unsigned char low = 0x80, high = 0xbf;	/* of the second byte */
	size_t i, n;

	if (left == 0)
		return 0;
	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (n > left)
		return 0;
	if (p[0] == 0xe0)
		low = 0xa0;
	else if (p[0] == 0xed)
		high = 0x9f;
	else if (p[0] == 0xf0)
		low = 0x90;
	else if (p[0] == 0xf4)
		high = 0x8f;
	if (p[1] < low || p[1] > high)
		return 0;
	for (i = 2; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

/* Of a whole character. */
static int
is_hidden(const unsigned char *p, size_t n)
{
	switch (n) {
	case 1:
		return p[0] < ' ' || p[0] == 0x7f;
	case 2:
		return p[0] == 0xc2 && p[1] < 0xa0;
	case 3:
		return p[0] == 0xe2 &&
		    ((p[1] == 0x80 && p[2] >= 0xa8 && p[2] <= 0xae) ||
		    (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9));
	default:
		return 0;
	}
}

size_t
text_printable(const char *text, size_t left)
{
	size_t n = text_char(text, left);

	return n > 0 && is_hidden((const unsigned char *)text, n) ? 0 : n;
}

size_t
text_show(char *p, size_t n)
{
	size_t at, to = 0, c;

	for (at = 0; at < n; at += c) {
		c = p[at] == '\t' ? 1 : text_printable(p + at, n - at);
		if (c > 0) {
			memmove(p + to, p + at, c);
			to += c;
			continue;
		}
		c = text_char(p + at, n - at);
		c += c == 0;
		p[to++] = '?';
	}
	return to;
}
