#include "sha256.h"

#include <string.h>

/* Bytes of a block before the eight that hold the message's length. */
#define LENGTH_AT (SHA256_BLOCK - 8)

static const uint32_t initial[8] = {
	0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
	0x9b05688c, 0x1f83d9ab, 0x5be0cd19
};

void
sha256_init(struct sha256 *h)
{
	memcpy(h->state, initial, sizeof h->state);
	h->n = 0;
}

void
sha256_add(struct sha256 *h, const void *data, size_t n)
{
	const unsigned char *p = data;
	size_t have = (size_t)(h->n % SHA256_BLOCK), room = SHA256_BLOCK - have;

	if (n == 0)
		return;
	h->n += n;
	if (have > 0 && n >= room) {
		memcpy(h->block + have, p, room);
		sha256block(h->state, h->block, 1);
		p += room;
		n -= room;
		have = 0;
	}
	if (have == 0) {
		sha256block(h->state, p, n / SHA256_BLOCK);
		p += n - n % SHA256_BLOCK;
		n %= SHA256_BLOCK;
	}
	memcpy(h->block + have, p, n);
}

/* A word in the order of bytes of the function. */
static void
store(unsigned char *p, uint32_t word)
{
	p[0] = (unsigned char)(word >> 24);
	p[1] = (unsigned char)(word >> 16);
	p[2] = (unsigned char)(word >> 8);
	p[3] = (unsigned char)word;
}

void
sha256_end(struct sha256 *h, unsigned char digest[SHA256_SIZE])
{
	size_t have = (size_t)(h->n % SHA256_BLOCK);
	uint64_t bits = h->n * 8;
	int i;

	h->block[have++] = 0x80;
	if (have > LENGTH_AT) {
		memset(h->block + have, 0, SHA256_BLOCK - have);
		sha256block(h->state, h->block, 1);
		have = 0;
	}
	memset(h->block + have, 0, LENGTH_AT - have);
	store(h->block + LENGTH_AT, (uint32_t)(bits >> 32));
	store(h->block + LENGTH_AT + 4, (uint32_t)bits);
	sha256block(h->state, h->block, 1);
	for (i = 0; i < SHA256_SIZE / 4; i++)
		store(digest + 4 * i, h->state[i]);
}

void
sha256_hex(char *hex, const unsigned char *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < n; i++) {
		*hex++ = digits[p[i] >> 4];
		*hex++ = digits[p[i] & 15];
	}
	*hex = '\0';
}

void
sha256_key(struct sha256 *inner, struct sha256 *outer, const void *key,
    size_t nkey)
{
	unsigned char pad[SHA256_BLOCK] = { 0 };
	size_t i;

	sha256_init(inner);
	sha256_init(outer);
	if (nkey > SHA256_BLOCK) {
		sha256_add(inner, key, nkey);
		sha256_end(inner, pad);
		sha256_init(inner);
	} else if (nkey > 0)
		memcpy(pad, key, nkey);
	for (i = 0; i < SHA256_BLOCK; i++)
		pad[i] ^= 0x36;
	sha256_add(inner, pad, SHA256_BLOCK);
	for (i = 0; i < SHA256_BLOCK; i++)
		pad[i] ^= 0x36 ^ 0x5c;
	sha256_add(outer, pad, SHA256_BLOCK);
}

void
sha256_hmac(unsigned char digest[SHA256_SIZE], const void *key, size_t nkey,
    const void *p, size_t n)
{
	struct sha256 inner, outer;

	sha256_key(&inner, &outer, key, nkey);
	sha256_add(&inner, p, n);
	sha256_end(&inner, digest);
	sha256_add(&outer, digest, SHA256_SIZE);
	sha256_end(&outer, digest);
}

int
sha256_equal(const void *a, const void *b, size_t n)
{
	const volatile unsigned char *p = a, *q = b;
	unsigned char differ = 0;
	size_t i;

	for (i = 0; i < n; i++)
		differ |= (unsigned char)(p[i] ^ q[i]);
	return differ == 0;
}
