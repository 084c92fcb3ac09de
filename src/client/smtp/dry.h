/*
 * dry: what would become of a message, or of a batch, without sending it.
 */
#ifndef CLIENT_SMTP_DRY_H
#define CLIENT_SMTP_DRY_H

#include "client/smtp/batch.h"

/*
 * Says on out who would get m from whom, and how much; with ask the first
 * server that talks is asked, up to RCPT.  dry_batch does so for each message
 * of a stream, over one connection.  The exit code.
 */
enum exit_code dry_run(const struct sender_conf *conf, int ask,
    struct message *m, struct wr *out);
enum exit_code dry_batch(const struct batch_conf *batch,
    const struct sender_conf *conf, int ask, struct wr *out);

#endif
