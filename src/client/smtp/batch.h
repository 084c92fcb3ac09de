/*
 * batch: sends the messages of a bsmtp(5) stream, or a single one, over one
 * connection; or (parallel.h) has processes do so that each are a batch.
 */
#ifndef CLIENT_SMTP_BATCH_H
#define CLIENT_SMTP_BATCH_H

#include "client/smtp/batchread.h"
#include "client/smtp/report.h"
#include "client/smtp/sender.h"

/*
 * Reads to the end of the stream or QUIT and sends every whole message as conf
 * says; it sets conf->servers.connection.wait, so that results are written
 * before a long wait.  stop_asked ends it early, when what is in hand is done.
 * Memory does not grow with the number of messages.  What is wrong with the
 * stream itself: EX_DATAERR for a bad line, EX_TEMPFAIL where it ends without
 * QUIT, or early, EX_NOINPUT where it cannot be read; else EX_OK.  The outcome
 * of the messages, and a journal or output that broke off the work, is in
 * report.
 */
enum exit_code batch_run(const struct batchread_conf *in,
    struct sender_conf *conf, struct report *report);

/*
 * Sends nothing.  Says on out of each message who would get it from whom, and
 * how much; with ask the first server that talks is asked, up to RCPT, over
 * one connection.  The exit code.
 */
enum exit_code batch_dryrun(const struct batchread_conf *in,
    const struct sender_conf *conf, int ask, struct wr *out);

#endif
