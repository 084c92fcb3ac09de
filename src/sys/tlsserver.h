/*
 * tlsserver: TLS for a server's connection, through openssl(1), from which on
 * the session is spoken over another descriptor in the clear.
 */
#ifndef SYS_TLSSERVER_H
#define SYS_TLSSERVER_H

#include "buf.h"

struct tlsserver {
	char *cert;		/* files in PEM: of the certificate, and those
				   between it and the root; */
	char *key;		/* of its key */
	const char *tmpdir;	/* where a directory for a socket can be made,
				   NULL: /tmp */
};

/* "CERT,KEY", or "CERT", a file with both. */
void tlsserver_set(struct tlsserver *t, const char *files,
    const char *tmpdir);
void tlsserver_free(struct tlsserver *t);

/*
 * Whether that can be had, which takes a moment: 0, or -1 with the object and
 * the reason in *why.
 */
int tlsserver_check(const struct tlsserver *t, struct buf *why);

/*
 * Starts processes that do TLS on the connection in and out, which may be one
 * descriptor and stays the caller's, to be closed: a non-blocking descriptor
 * for what is said under it, or -1 with errno.  They end with it, or with the
 * connection, and need not be waited for.  What goes wrong there is said on
 * standard error.
 */
int tlsserver_start(const struct tlsserver *t, int in, int out);

#endif
