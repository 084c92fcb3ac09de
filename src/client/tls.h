/*
 * tls: TLS through openssl(1): its command line, and what it complains of.
 */
#ifndef CLIENT_TLS_H
#define CLIENT_TLS_H

#include "sys/buf.h"
#include "sys/net.h"

/*
 * The words of a command that connects to a, checks certificate and name, and
 * joins the session to its standard input and output; with starttls it has
 * taken the greeting and said EHLO before.  One block, the caller's to free.
 */
char **tls_command(const struct net_addr *a, const char *helo, int starttls);

/*
 * Reads what the command has said on its standard error, a pipe, and appends
 * what a person should know of it: 1, or 0 when there is nothing.
 */
int tls_explain(struct buf *why, int fd);

#endif
