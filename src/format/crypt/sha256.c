#include "sha256.h"

#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#define HAVE_NI 1
#include <cpuid.h>
#include <immintrin.h>
#else
#define HAVE_NI 0
#endif

/* FIPS 180-4 4.2.2. */
static const uint32_t k[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b,
	0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01,
	0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7,
	0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
	0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152,
	0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
	0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
	0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
	0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08,
	0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
	0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
};

/* The functions of FIPS 180-4 4.1.2. */
#define ROTR(x, n)	((x) >> (n) | (x) << (32 - (n)))
#define CH(x, y, z)	((z) ^ ((x) & ((y) ^ (z))))
#define MAJ(x, y, z)	(((x) & (y)) | ((z) & ((x) | (y))))
#define SUM0(x)		(ROTR(x, 2) ^ ROTR(x, 13) ^ ROTR(x, 22))
#define SUM1(x)		(ROTR(x, 6) ^ ROTR(x, 11) ^ ROTR(x, 25))
#define SIG0(x)		(ROTR(x, 7) ^ ROTR(x, 18) ^ (x) >> 3)
#define SIG1(x)		(ROTR(x, 17) ^ ROTR(x, 19) ^ (x) >> 10)

/* One round; the caller turns the letters instead of moving the values. */
#define ROUND(a, b, c, d, e, f, g, h, i)				\
	(h) += SUM1(e) + CH(e, f, g) + k[i] + w[(i) & 15];		\
	(d) += (h);							\
	(h) += SUM0(a) + MAJ(a, b, c)

/* The schedule's word i takes the place of word i - 16. */
#define EXTEND(i)							\
	w[(i) & 15] += SIG1(w[((i) + 14) & 15]) + w[((i) + 9) & 15] +	\
	    SIG0(w[((i) + 1) & 15])

static uint32_t
load(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

static void
compress_one(uint32_t state[8], const unsigned char *p)
{
	uint32_t w[16], a, b, c, d, e, f, g, h;
	int i, j;

	for (i = 0; i < 16; i++)
		w[i] = load(p + 4 * i);
	a = state[0], b = state[1], c = state[2], d = state[3];
	e = state[4], f = state[5], g = state[6], h = state[7];
	for (i = 0; i < 64; i += 16) {
		for (j = 0; i > 0 && j < 16; j++)
			EXTEND(j);
		for (j = i; j < i + 16; j += 8) {
			ROUND(a, b, c, d, e, f, g, h, j);
			ROUND(h, a, b, c, d, e, f, g, j + 1);
			ROUND(g, h, a, b, c, d, e, f, j + 2);
			ROUND(f, g, h, a, b, c, d, e, j + 3);
			ROUND(e, f, g, h, a, b, c, d, j + 4);
			ROUND(d, e, f, g, h, a, b, c, j + 5);
			ROUND(c, d, e, f, g, h, a, b, j + 6);
			ROUND(b, c, d, e, f, g, h, a, j + 7);
		}
	}
	state[0] += a, state[1] += b, state[2] += c, state[3] += d;
	state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

void
sha256_blocks_c(uint32_t state[8], const unsigned char *p, size_t blocks)
{
	for (; blocks > 0; blocks--, p += SHA256_BLOCK)
		compress_one(state, p);
}

#if HAVE_NI

/* The order of bytes in each of four words. */
#define BIG_ENDIAN_WORDS						\
	_mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL)

#define LOAD(p)		_mm_loadu_si128((const __m128i *)(const void *)(p))
#define STORE(p, v)	_mm_storeu_si128((__m128i *)(void *)(p), (v))

/* Rounds 4 i to 4 i + 3, on the four words of the schedule in w. */
#define ROUNDS(i, w)							\
	msg = _mm_add_epi32((w), LOAD(k + 4 * (i)));		\
	cdgh = _mm_sha256rnds2_epu32(cdgh, abef, msg);			\
	abef = _mm_sha256rnds2_epu32(abef, cdgh,			\
	    _mm_shuffle_epi32(msg, 0x0e))

/* The first sixteen words are the block's own. */
#define ROUNDS_LOAD(i, w)						\
	(w) = _mm_shuffle_epi8(LOAD(p + 16 * (i)), BIG_ENDIAN_WORDS);	\
	ROUNDS(i, w)

/* Each four that follow come of the sixteen before them, w the oldest. */
#define ROUNDS_NEXT(i, w, x, y, z)					\
	(w) = _mm_sha256msg2_epu32(_mm_add_epi32(			\
	    _mm_sha256msg1_epu32(w, x), _mm_alignr_epi8(z, y, 4)), z);	\
	ROUNDS(i, w)

__attribute__((__target__("sha,sse4.1")))
void
sha256_blocks_ni(uint32_t state[8], const unsigned char *p, size_t blocks)
{
	__m128i abef, cdgh, abef_was, cdgh_was, msg, a, b, c, d;

	/* The instructions want the state as ABEF and CDGH. */
	a = _mm_shuffle_epi32(LOAD(state), 0xb1);
	b = _mm_shuffle_epi32(LOAD(state + 4), 0x1b);
	abef = _mm_alignr_epi8(a, b, 8);
	cdgh = _mm_blend_epi16(b, a, 0xf0);
	for (; blocks > 0; blocks--, p += 64) {
		abef_was = abef;
		cdgh_was = cdgh;
		ROUNDS_LOAD(0, a);
		ROUNDS_LOAD(1, b);
		ROUNDS_LOAD(2, c);
		ROUNDS_LOAD(3, d);
		ROUNDS_NEXT(4, a, b, c, d);
		ROUNDS_NEXT(5, b, c, d, a);
		ROUNDS_NEXT(6, c, d, a, b);
		ROUNDS_NEXT(7, d, a, b, c);
		ROUNDS_NEXT(8, a, b, c, d);
		ROUNDS_NEXT(9, b, c, d, a);
		ROUNDS_NEXT(10, c, d, a, b);
		ROUNDS_NEXT(11, d, a, b, c);
		ROUNDS_NEXT(12, a, b, c, d);
		ROUNDS_NEXT(13, b, c, d, a);
		ROUNDS_NEXT(14, c, d, a, b);
		ROUNDS_NEXT(15, d, a, b, c);
		abef = _mm_add_epi32(abef, abef_was);
		cdgh = _mm_add_epi32(cdgh, cdgh_was);
	}
	a = _mm_shuffle_epi32(abef, 0x1b);
	b = _mm_shuffle_epi32(cdgh, 0xb1);
	STORE(state, _mm_blend_epi16(a, b, 0xf0));
	STORE(state + 4, _mm_alignr_epi8(b, a, 8));
}

int
sha256_has_ni(void)
{
	unsigned a, b, c, d, sse;

	if (!__get_cpuid(1, &a, &b, &sse, &d))
		return 0;
	if (!__get_cpuid_count(7, 0, &a, &b, &c, &d))
		return 0;
	return (b & bit_SHA) != 0 && (sse & bit_SSE4_1) != 0;
}

#else

int
sha256_has_ni(void)
{
	return 0;
}

void
sha256_blocks_ni(uint32_t state[8], const unsigned char *p, size_t blocks)
{
	sha256_blocks_c(state, p, blocks);
}

#endif

void
sha256_blocks(uint32_t state[8], const unsigned char *p, size_t blocks)
{
	static int ni = -1;

	if (ni < 0)
		ni = sha256_has_ni();
	if (ni)
		sha256_blocks_ni(state, p, blocks);
	else
		sha256_blocks_c(state, p, blocks);
}

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
		sha256_blocks(h->state, h->block, 1);
		p += room;
		n -= room;
		have = 0;
	}
	if (have == 0) {
		sha256_blocks(h->state, p, n / SHA256_BLOCK);
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
		sha256_blocks(h->state, h->block, 1);
		have = 0;
	}
	memset(h->block + have, 0, LENGTH_AT - have);
	store(h->block + LENGTH_AT, (uint32_t)(bits >> 32));
	store(h->block + LENGTH_AT + 4, (uint32_t)bits);
	sha256_blocks(h->state, h->block, 1);
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
sha256_code(unsigned char digest[SHA256_SIZE], struct sha256 inner,
    struct sha256 outer, const void *p, size_t n)
{
	sha256_add(&inner, p, n);
	sha256_end(&inner, digest);
	sha256_add(&outer, digest, SHA256_SIZE);
	sha256_end(&outer, digest);
}

void
sha256_hmac(unsigned char digest[SHA256_SIZE], const void *key, size_t nkey,
    const void *p, size_t n)
{
	struct sha256 inner, outer;

	sha256_key(&inner, &outer, key, nkey);
	sha256_code(digest, inner, outer, p, n);
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
