#include "md5.h"

#include "sha256.h"

#define BLOCK 64
#define LENGTH_AT (BLOCK - 8)	/* where the message's length goes */

/* The floor of 2^32 times abs(sin(i + 1)), RFC 1321 3.4. */
static const uint32_t k[64] = {
	0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf,
	0x4787c62a, 0xa8304613, 0xfd469501, 0x698098d8, 0x8b44f7af,
	0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e,
	0x49b40821, 0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa,
	0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8, 0x21e1cde6,
	0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8,
	0x676f02d9, 0x8d2a4c8a, 0xfffa3942, 0x8771f681, 0x6d9d6122,
	0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
	0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039,
	0xe6db99e5, 0x1fa27cf8, 0xc4ac5665, 0xf4292244, 0x432aff97,
	0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d,
	0x85845dd1, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1,
	0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391
};

static uint32_t
load(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[3] << 24;
}

static void
compress(uint32_t state[4], const unsigned char *p)
{
	static const unsigned char turn[4][4] = { { 7, 12, 17, 22 },
	    { 5, 9, 14, 20 }, { 4, 11, 16, 23 }, { 6, 10, 15, 21 } };
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3], f;
	unsigned i, g, n;

	for (i = 0; i < 64; i++) {
		if (i < 16) {
			f = (b & c) | (~b & d);
			g = i;
		} else if (i < 32) {
			f = (d & b) | (~d & c);
			g = (5 * i + 1) % 16;
		} else if (i < 48) {
			f = b ^ c ^ d;
			g = (3 * i + 5) % 16;
		} else {
			f = c ^ (b | ~d);
			g = 7 * i % 16;
		}
		f += a + k[i] + load(p + 4 * g);
		n = turn[i / 16][i % 4];
		a = d, d = c, c = b;
		b += f << n | f >> (32 - n);
	}
	state[0] += a, state[1] += b, state[2] += c, state[3] += d;
}

void
md5(unsigned char digest[MD5_SIZE], const void *data, size_t n)
{
	uint32_t state[4] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 };
	unsigned char last[2 * BLOCK] = { 0 };
	const unsigned char *p = data;
	uint64_t bits = (uint64_t)n * 8;
	size_t i, end;

	for (; n >= BLOCK; n -= BLOCK, p += BLOCK)
		compress(state, p);
	if (n > 0)
		memcpy(last, p, n);
	last[n] = 0x80;
	end = n < LENGTH_AT ? LENGTH_AT : BLOCK + LENGTH_AT;
	for (i = 0; i < 8; i++)
		last[end + i] = (unsigned char)(bits >> 8 * i);
	for (i = 0; i < end; i += BLOCK)
		compress(state, last + i);
	for (i = 0; i < MD5_SIZE; i++)
		digest[i] = (unsigned char)(state[i / 4] >> 8 * (i % 4));
}

void
md5_hmac(unsigned char digest[MD5_SIZE], struct span key, struct span s)
{
	unsigned char pad[BLOCK] = { 0 };
	struct buf b = { 0 };
	size_t i;

	if (key.n > BLOCK)
		md5(pad, key.p, key.n);
	else if (key.n > 0)
		memcpy(pad, key.p, key.n);
	for (i = 0; i < BLOCK; i++)
		buf_addc(&b, pad[i] ^ 0x36);
	buf_addspan(&b, s);
	md5(digest, b.p, b.n);
	buf_clear(&b);
	for (i = 0; i < BLOCK; i++)
		buf_addc(&b, pad[i] ^ 0x5c);
	buf_add(&b, digest, MD5_SIZE);
	md5(digest, b.p, b.n);
	buf_free(&b);
}

void
md5_cram(char hex[MD5_HEX], struct span secret, struct span challenge)
{
	unsigned char digest[MD5_SIZE];

	md5_hmac(digest, secret, challenge);
	sha256_hex(hex, digest, sizeof digest);
}

void
md5_apop(char hex[MD5_HEX], struct span stamp, struct span secret)
{
	unsigned char digest[MD5_SIZE];
	struct buf b = { 0 };

	buf_addspan(&b, stamp);
	buf_addspan(&b, secret);
	md5(digest, b.p, b.n);
	sha256_hex(hex, digest, sizeof digest);
	buf_free(&b);
}
