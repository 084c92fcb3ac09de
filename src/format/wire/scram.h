/*
 * scram: SCRAM-SHA-256 (RFC 5802, RFC 7677) without channel binding: its
 * messages, made and verified, for both ends.  Messages are without their
 * base64.  Passwords are taken as the bytes they are: no SASLprep.
 */
#ifndef FORMAT_WIRE_SCRAM_H
#define FORMAT_WIRE_SCRAM_H

#include "format/crypt/sha256.h"
#include "sys/buf.h"

#define SCRAM_MESSAGE_MAX 1024	/* octets in a message */
#define SCRAM_SALT_MAX 128	/* bytes; 16 are usual */

/*
 * The least by RFC 7677 4, and what we use ourselves; the most keeps a peer
 * from letting us compute for more than about a second.
 */
#define SCRAM_ITERATIONS 4096
#define SCRAM_ITERATIONS_MAX 1000000

/* What a server knows of a password. */
struct scram_verifier {
	unsigned char salt[SCRAM_SALT_MAX];
	size_t nsalt;
	unsigned iterations;
	unsigned char stored[SHA256_SIZE], server[SHA256_SIZE];
};

/* One exchange, at either end.  All zero at its beginning. */
struct scram {
	struct buf gs2;		/* what says that there is no binding */
	struct buf auth;	/* the messages so far, as they are signed */
	struct buf nonce;
	unsigned char signature[SHA256_SIZE];	/* the server's, to be */
};

void scram_free(struct scram *s);

/* SaltedPassword: PBKDF2 with HMAC-SHA256, RFC 8018 5.2, of one block. */
void scram_salted(unsigned char salted[SHA256_SIZE], struct span password,
    struct span salt, unsigned iterations);

/* v->stored and v->server by the salt and iterations that v has. */
void scram_derive(struct scram_verifier *v, struct span password);

/* Whether s begins as a verifier does, and so is not a password. */
int scram_is_verifier(struct span s);

/*
 * SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey, as PostgreSQL writes it.
 * 0, or -1.
 */
int scram_verifier(struct scram_verifier *v, struct span s);

/*
 * The client: its first message; its final one in answer to the server's
 * first; and whether the server's final one proves that it knows the password.
 * The last two return NULL, or what is wrong with the server in words.  A
 * nonce is printable ASCII without commas that has never been used.
 */
void scram_client_first(struct scram *s, struct span login, struct span nonce,
    struct buf *out);
const char *scram_client_final(struct scram *s, struct span message,
    struct span password, struct buf *out);
const char *scram_client_check(struct scram *s, struct span message);

/*
 * The server: takes the client's first message (0 with the login, or -1 when
 * it is malformed), makes its own, and takes the client's final one: 0, and
 * the server's own is in out; 1 when the password is wrong; -1.
 */
int scram_server_first(struct scram *s, struct span message,
    struct buf *login);
void scram_server_challenge(struct scram *s, const struct scram_verifier *v,
    struct span nonce, struct buf *out);
int scram_server_final(struct scram *s, struct span message,
    const struct scram_verifier *v, struct buf *out);

#endif
