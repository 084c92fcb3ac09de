/*
 * dry: what would become of a message, without sending it.
 */
#ifndef CLIENT_DRY_H
#define CLIENT_DRY_H

#include "client/sender.h"

/*
 * Says on out who would get m from whom, and how much; with ask the first
 * server that talks is asked, up to RCPT.  The exit code.
 */
enum exit_code dry_run(const struct sender_conf *conf, int ask,
    struct message *m, struct wr *out);

#endif
