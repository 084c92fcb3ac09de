/*
 * transcript: what is said in one session, line by line: on standard error,
 * and with the time in a file of its own, which is named
 * DIR/20261121-234612.PEER.PID.N, the time being UTC.
 */
#ifndef STORE_TRANSCRIPT_H
#define STORE_TRANSCRIPT_H

#include "sys/buf.h"

/*
 * peer is an address, empty when it is not known.  Starts a file, mode 0600,
 * unless dir is NULL; a failure is said on standard error, and is the end of
 * it; *is_short says whether the system was short of something.  verbose: the
 * dialogue goes to standard error too.
 */
void *transcript_open(const char *dir, const char *peer, int verbose,
    int *is_short);

/*
 * What is said: a line without its ending, who being 'C' or 'S'; or more of a
 * text that the client sends, not cut into lines, 'T'.
 */
void transcript_hear(void *transcript, const char *peer, int who,
    struct span line);

void transcript_close(void *transcript);

#endif
