/*
 * tls: TLS through openssl(1): its command line, what it complains of, and
 * STARTTLS, after which a connection that has been opened and spoken over
 * already is handed to a program that can only connect by itself.
 */
#ifndef CLIENT_SMTP_TLS_H
#define CLIENT_SMTP_TLS_H

#include "client/smtp/smtpc.h"
#include "sys/net.h"
#include "sys/spawn.h"

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
 * No greeting has come in time: where the server hangs up on what is no TLS, or
 * answers in TLS, c->why says so, and what to do.
 */
void tls_look(struct smtpc *c);

/*
 * Starts a process that listens on a free port of loopback, which *a becomes,
 * joins the first who connects to fd, a non-blocking socket that stays the
 * caller's, and ends with either of them, or at spawn_end.  Others could only
 * come first, and then nobody else does: what passes must prove itself.
 * 0, or -1 with *why in words.
 */
int tls_listen(struct spawn *s, int fd, struct net_addr *a,
    const char **why);

#endif
