/*
 * sha256: SHA-256 (FIPS 180-4) and HMAC-SHA256 (RFC 2104).
 */
#ifndef FORMAT_CRYPT_SHA256_H
#define FORMAT_CRYPT_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_BLOCK 64		/* bytes the function takes at a time */
#define SHA256_SIZE 32		/* bytes of a digest */
#define SHA256_HEX (2 * SHA256_SIZE + 1)	/* in hex, with a NUL */

struct sha256 {
	uint32_t state[8];
	uint64_t n;		/* bytes taken so far */
	unsigned char block[SHA256_BLOCK];
};

/* A struct sha256 may be copied to go on twice from a common beginning. */
void sha256_init(struct sha256 *h);
void sha256_add(struct sha256 *h, const void *data, size_t n);
void sha256_end(struct sha256 *h, unsigned char digest[SHA256_SIZE]);

/* Lower-case hex of n bytes, NUL-terminated, 2 * n + 1 characters. */
void sha256_hex(char *hex, const unsigned char *p, size_t n);

/* HMAC of the n bytes at p, in one piece. */
void sha256_hmac(unsigned char digest[SHA256_SIZE], const void *key,
    size_t nkey, const void *p, size_t n);

/*
 * The same in two steps, for many codes by one key: sha256_key makes the two
 * hashes of RFC 2104 as they stand when they have taken the key.
 */
void sha256_key(struct sha256 *inner, struct sha256 *outer, const void *key,
    size_t nkey);
void sha256_code(unsigned char digest[SHA256_SIZE], struct sha256 inner,
    struct sha256 outer, const void *p, size_t n);

/* Whether a and b are equal, in time that does not depend on where not. */
int sha256_equal(const void *a, const void *b, size_t n);

/*
 * Takes blocks into a state (FIPS 180-4 6.2.2), the best way there is: in C,
 * or by the processor's own instructions, which are several times as fast.
 */
void sha256_blocks(uint32_t state[8], const unsigned char *p, size_t blocks);

/* The two ways, for tests: ni only where has_ni says so. */
void sha256_blocks_c(uint32_t state[8], const unsigned char *p,
    size_t blocks);
void sha256_blocks_ni(uint32_t state[8], const unsigned char *p,
    size_t blocks);
int sha256_has_ni(void);

#endif
