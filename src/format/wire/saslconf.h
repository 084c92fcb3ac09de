/*
 * saslconf: what a server is told of those who may log in.  Types alone.
 */
#ifndef FORMAT_WIRE_SASLCONF_H
#define FORMAT_WIRE_SASLCONF_H

#include "format/crypt/sha256.h"
#include "sys/buf.h"

/* Bits, for mechanisms. */
#define SASLD_SCRAM_SHA_256 0x1
#define SASLD_CRAM_MD5 0x2
#define SASLD_PLAIN 0x4
#define SASLD_LOGIN 0x8

struct sasld_conf {
	unsigned mechanisms;	/* that may be used */
	const char *host;	/* our name in challenges */
	unsigned iterations;	/* the most of a verifier, 0: there is none,
				   and all have passwords */
	int mixed;		/* some have passwords all the same */
	unsigned char key[SHA256_SIZE];	/* random; the same in all workers */

	/*
	 * The password or verifier (scram.h) of a login, which is in lower
	 * case: 0, or -1 when there is no such login.
	 */
	int (*find)(void *app, struct span login, struct span *secret);

	/*
	 * Somebody at an address, which may be empty, has tried to be login:
	 * for how many ms to hold the answer back, right or wrong.  It was
	 * right, and has been told.  Both may be NULL.
	 */
	long (*tried)(void *app, struct span login, const char *peer);
	void (*passed)(void *app, struct span login, const char *peer);
	void *app;

	/* Iterations that have been computed are added; may be NULL. */
	unsigned long *work;
};

#endif
