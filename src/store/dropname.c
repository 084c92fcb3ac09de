#include "dropname.h"

#include "format/crypt/sha256.h"

#define UID_MAX 70		/* RFC 1939, UIDL */

size_t
dropname_lasting(const char *name)
{
	return strcspn(name, ":");
}

/* A name begins with seconds, which may grow by a digit. */
static size_t
digits(const char *s)
{
	return strspn(s, "0123456789");
}

int
dropname_compare(const char *a, const char *b)
{
	size_t x = digits(a), y = digits(b);
	int r;

	if (x != y)
		return x < y ? -1 : 1;
	x = dropname_lasting(a);
	y = dropname_lasting(b);
	r = memcmp(a, b, x < y ? x : y);
	return r != 0 || x == y ? r : x < y ? -1 : 1;
}

/* The number behind ",K=": 0, or -1 where there is none. */
static int
field(struct span name, const char *key, uintmax_t *u)
{
	size_t n = strlen(key), i;

	for (i = 0; i + n <= name.n; i++)
		if (memcmp(name.p + i, key, n) == 0)
			break;
	if (i + n > name.n)
		return -1;
	name = span_drop(name, i + n);
	for (i = 0; i < name.n && name.p[i] >= '0' && name.p[i] <= '9'; )
		i++;
	return span_number(span_of(name.p, i), u);
}

int
dropname_size(const char *name, uint64_t *size)
{
	struct span lasting = span_of(name, dropname_lasting(name));
	uintmax_t s, w;

	/* Each octet could be an LF, and the last line could lack one. */
	if (field(lasting, ",S=", &s) < 0 || field(lasting, ",W=", &w) < 0 ||
	    s != *size || w < s || w - s > s + 2)
		return 0;
	*size = w;
	return 1;
}

void
dropname_uid(const char *name, struct buf *b)
{
	size_t n = dropname_lasting(name), i;
	unsigned char digest[SHA256_SIZE];
	char hex[SHA256_HEX];
	struct sha256 h;

	for (i = 0; i < n && name[i] > ' ' && name[i] < '\177'; )
		i++;
	if (i == n && n > 0 && n <= UID_MAX) {
		buf_add(b, name, n);
		return;
	}
	sha256_init(&h);
	sha256_add(&h, name, n);
	sha256_end(&h, digest);
	sha256_hex(hex, digest, SHA256_SIZE);
	buf_adds(b, hex);
}
