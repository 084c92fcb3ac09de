#include "droplist.h"

#include <stdlib.h>

#include "format/crypt/sha256.h"

#define UID_MAX 70		/* RFC 1939, UIDL */

size_t
droplist_lasting(const char *name)
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
droplist_compare(const char *a, const char *b)
{
	size_t x = digits(a), y = digits(b);

	if (x != y)
		return x < y ? -1 : 1;
	return span_compare(span_of(a, droplist_lasting(a)),
	    span_of(b, droplist_lasting(b)));
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
droplist_size(const char *name, uint64_t *size)
{
	struct span lasting = span_of(name, droplist_lasting(name));
	uintmax_t s, w;

	/* Each octet could be an LF, and the last line could lack one. */
	if (field(lasting, ",S=", &s) < 0 || field(lasting, ",W=", &w) < 0 ||
	    s != *size || w < s || w - s > s + 2)
		return 0;
	*size = w;
	return 1;
}

void
droplist_uid(const char *name, struct buf *b)
{
	size_t n = droplist_lasting(name), i;
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

void
droplist_add(struct droplist *l, enum droplist_part part, const char *name,
    uint64_t size)
{
	struct drop_message *new;

	l->message = die_grow(l->message, l->n, &l->cap, sizeof *l->message);
	new = &l->message[l->n++];
	memset(new, 0, sizeof *new);
	new->name = span_dup(span_str(name));
	new->part = (unsigned char)part;
	new->size = size;
	new->told = (unsigned char)droplist_size(name, &new->size);
}

static int
by_name(const void *a, const void *b)
{
	const struct drop_message *x = a, *y = b;
	int r = droplist_compare(x->name, y->name);

	return r != 0 ? r : y->part - x->part;
}

void
droplist_sort(struct droplist *l)
{
	size_t i, n = 0;

	if (l->n > 0)
		qsort(l->message, l->n, sizeof *l->message, by_name);
	for (i = 0; i < l->n; i++)
		if (n > 0 && droplist_compare(l->message[n - 1].name,
		    l->message[i].name) == 0)
			free(l->message[i].name);
		else
			l->message[n++] = l->message[i];
	l->n = n;
}

struct drop_message *
droplist_find(const struct droplist *l, const char *name)
{
	size_t low = 0, high = l->n, i;
	int r;

	while (low < high) {
		i = low + (high - low) / 2;
		r = droplist_compare(name, l->message[i].name);
		if (r == 0)
			return &l->message[i];
		if (r < 0)
			high = i;
		else
			low = i + 1;
	}
	return NULL;
}

void
droplist_free(struct droplist *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		free(l->message[i].name);
	free(l->message);
}
