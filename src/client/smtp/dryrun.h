/*
 * dryrun: what would become of a message, or of a batch, without sending it.
 */
#ifndef CLIENT_SMTP_DRYRUN_H
#define CLIENT_SMTP_DRYRUN_H

#include "client/smtp/batchread.h"
#include "client/smtp/sender.h"

/*
 * Says on out of each message who would get it from whom, and how much; with
 * ask the first server that talks is asked, up to RCPT, over one connection.
 * The exit code.
 */
enum exit_code dryrun_run(const struct batchread_conf *in,
    const struct sender_conf *conf, int ask, struct wr *out);

#endif
