/*
 * md5: MD5 (RFC 1321), HMAC-MD5 (RFC 2104), and the two answers to a
 * challenge that are made of them.  Only these old protocols should use it.
 */
#ifndef FORMAT_CRYPT_MD5_H
#define FORMAT_CRYPT_MD5_H

#include "sys/buf.h"

#define MD5_SIZE 16		/* bytes of a digest */
#define MD5_HEX (2 * MD5_SIZE + 1)	/* in hex, with a NUL */

/* The digest of n bytes, and the HMAC of s, in one piece. */
void md5(unsigned char digest[MD5_SIZE], const void *data, size_t n);
void md5_hmac(unsigned char digest[MD5_SIZE], struct span key, struct span s);

/* The digest of CRAM-MD5, RFC 2195 2, for a challenge without its base64. */
void md5_cram(char hex[MD5_HEX], struct span secret, struct span challenge);

/* The digest of APOP, RFC 1939 7; the stamp has its angle brackets. */
void md5_apop(char hex[MD5_HEX], struct span stamp, struct span secret);

#endif
