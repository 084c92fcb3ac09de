/*
 * tls: TLS through openssl(1): its command line, and what it complains of.
 */
#ifndef CLIENT_SMTP_TLS_H
#define CLIENT_SMTP_TLS_H

#include "client/smtp/smtpc.h"
#include "sys/net.h"

/*
 * The words of a command that connects to a, checks the certificate and its
 * name, which is that of server, and joins the session to its standard input
 * and output.  One block, the caller's to free.
 */
char **tls_command(const struct net_addr *a, const struct net_addr *server);

/*
 * Brings c, whose greeting has not come yet, up to the handshake.  A server
 * that says more than it was asked is SMTPC_LOST: in the clear anybody can
 * have put that in (CVE-2011-0411).
 */
enum smtpc_status tls_start(struct smtpc *c, const char *helo);

/*
 * Reads what the command has said on its standard error, a pipe, and appends
 * what a person should know of it: 1, or 0 when there is nothing.
 */
int tls_explain(struct buf *why, int fd);

#endif
