/*
 * relay: hands a connection that has been opened and spoken over already to a
 * program that can only connect by itself: openssl(1) after STARTTLS.
 */
#ifndef CLIENT_SMTP_RELAY_H
#define CLIENT_SMTP_RELAY_H

#include "sys/net.h"
#include "sys/spawn.h"

/*
 * Starts a process that listens on a free port of loopback, which *a becomes,
 * joins the first who connects to fd, a non-blocking socket that stays the
 * caller's, and ends with either of them, or at spawn_end.  Others could only
 * come first, and then nobody else does: what passes must prove itself.
 * 0, or -1 with *why in words.
 */
int relay_start(struct spawn *s, int fd, struct net_addr *a,
    const char **why);

#endif
