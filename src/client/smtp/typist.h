/*
 * typist: a person types commands, and the protocol is kept for them.
 */
#ifndef CLIENT_SMTP_TYPIST_H
#define CLIENT_SMTP_TYPIST_H

#include "client/smtp/reach.h"

/*
 * Sends the lines of in to the first server that talks, and shows the dialogue
 * on out, with what each reply means.  The link is bare and traces to out.
 * The exit code.
 */
enum exit_code typist_run(const struct reach_conf *conf, int in,
    struct wr *out);

#endif
