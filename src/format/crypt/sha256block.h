/*
 * sha256block: SHA-256's compression (FIPS 180-4 6.2.2), in C and by the
 * processor's own instructions, which are several times as fast.
 */
#ifndef FORMAT_CRYPT_SHA256BLOCK_H
#define FORMAT_CRYPT_SHA256BLOCK_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_BLOCK 64		/* bytes the function takes at a time */

/* Takes blocks into the state, the best way there is. */
void sha256block(uint32_t state[8], const unsigned char *p, size_t blocks);

/* The two ways, for tests: ni only where has_ni says so. */
void sha256block_c(uint32_t state[8], const unsigned char *p, size_t blocks);
void sha256block_ni(uint32_t state[8], const unsigned char *p, size_t blocks);
int sha256block_has_ni(void);

#endif
