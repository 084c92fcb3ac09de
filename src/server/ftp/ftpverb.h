/*
 * ftpverb: the commands of an FTP session.
 */
#ifndef SERVER_FTP_FTPVERB_H
#define SERVER_FTP_FTPVERB_H

#include "ftpsession.h"

/* Runs a command line, without its ending. */
void ftpverb_run(struct ftpd *s, struct span line);

/* Answers a password, when s->late is over. */
void ftpverb_log_in(struct ftpd *s);

/* Whether a line is for now, though a transfer is going on. */
int ftpverb_is_urgent(struct span line);

#endif
