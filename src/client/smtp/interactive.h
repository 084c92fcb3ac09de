/*
 * interactive: a person types commands, and the protocol is kept for them.
 */
#ifndef CLIENT_SMTP_INTERACTIVE_H
#define CLIENT_SMTP_INTERACTIVE_H

#include "client/smtp/servers.h"

/*
 * Sends the lines of in to the first server that talks, and shows the dialogue
 * on out, with what each reply means.  The connection is bare and traces to
 * out.  The exit code.
 */
enum exit_code interactive_run(const struct servers_conf *conf, int in,
    struct wr *out);

#endif
