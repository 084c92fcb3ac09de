/*
 * typist: a person types commands, and the protocol is kept for them.
 */
#ifndef CLIENT_TYPIST_H
#define CLIENT_TYPIST_H

#include "client/link.h"

/*
 * Sends the lines of in to the first server of n that talks, and shows the
 * dialogue on out, with what each reply means.  conf is bare and traces to
 * out.  The exit code.
 */
enum exit_code typist_run(const struct link_conf *conf,
    struct link_server *server, size_t n, int in, struct wr *out);

#endif
