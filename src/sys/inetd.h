/*
 * inetd: one session of a server on standard input and output.
 */
#ifndef SYS_INETD_H
#define SYS_INETD_H

#include "die.h"
#include "net.h"
#include "session.h"

/*
 * Runs it to its end, or until it is time to stop (stop.h); idle is in ms.
 * EX_OK, or EX_IOERR when standard output fails.
 */
enum exit_code inetd_run(const struct service *service,
    const struct net_peer *peer, int idle);

#endif
