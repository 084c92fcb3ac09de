#include "hash.h"

#include <string.h>

#include "hashblock.h"

/* Bytes of a block before the eight that hold the message's length. */
#define LENGTH_AT (HASH_BLOCK - 8)

static const uint32_t initial[8] = {
	0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
	0x9b05688c, 0x1f83d9ab, 0x5be0cd19
};

void
hash_init(struct hash *h)
{
	memcpy(h->state, initial, sizeof h->state);
	h->n = 0;
}

void
hash_add(struct hash *h, const void *data, size_t n)
{
	const unsigned char *p = data;
	size_t have = (size_t)(h->n % HASH_BLOCK), room = HASH_BLOCK - have;

	if (n == 0)
		return;
	h->n += n;
	if (have > 0 && n >= room) {
		memcpy(h->block + have, p, room);
		hashblock(h->state, h->block, 1);
		p += room;
		n -= room;
		have = 0;
	}
	if (have == 0) {
		hashblock(h->state, p, n / HASH_BLOCK);
		p += n - n % HASH_BLOCK;
		n %= HASH_BLOCK;
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
hash_end(struct hash *h, unsigned char digest[HASH_SIZE])
{
	size_t have = (size_t)(h->n % HASH_BLOCK);
	uint64_t bits = h->n * 8;
	int i;

	h->block[have++] = 0x80;
	if (have > LENGTH_AT) {
		memset(h->block + have, 0, HASH_BLOCK - have);
		hashblock(h->state, h->block, 1);
		have = 0;
	}
	memset(h->block + have, 0, LENGTH_AT - have);
	store(h->block + LENGTH_AT, (uint32_t)(bits >> 32));
	store(h->block + LENGTH_AT + 4, (uint32_t)bits);
	hashblock(h->state, h->block, 1);
	for (i = 0; i < HASH_SIZE / 4; i++)
		store(digest + 4 * i, h->state[i]);
}

void
hash_hex(char *hex, const unsigned char *p, size_t n)
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
hash_key(struct hash *inner, struct hash *outer, const void *key, size_t nkey)
{
	unsigned char pad[HASH_BLOCK] = { 0 };
	size_t i;

	hash_init(inner);
	hash_init(outer);
	if (nkey > HASH_BLOCK) {
		hash_add(inner, key, nkey);
		hash_end(inner, pad);
		hash_init(inner);
	} else if (nkey > 0)
		memcpy(pad, key, nkey);
	for (i = 0; i < HASH_BLOCK; i++)
		pad[i] ^= 0x36;
	hash_add(inner, pad, HASH_BLOCK);
	for (i = 0; i < HASH_BLOCK; i++)
		pad[i] ^= 0x36 ^ 0x5c;
	hash_add(outer, pad, HASH_BLOCK);
}

void
hash_hmac(unsigned char digest[HASH_SIZE], const void *key, size_t nkey,
    const void *p, size_t n)
{
	struct hash inner, outer;

	hash_key(&inner, &outer, key, nkey);
	hash_add(&inner, p, n);
	hash_end(&inner, digest);
	hash_add(&outer, digest, HASH_SIZE);
	hash_end(&outer, digest);
}

int
hash_equal(const void *a, const void *b, size_t n)
{
	const volatile unsigned char *p = a, *q = b;
	unsigned char differ = 0;
	size_t i;

	for (i = 0; i < n; i++)
		differ |= (unsigned char)(p[i] ^ q[i]);
	return differ == 0;
}
