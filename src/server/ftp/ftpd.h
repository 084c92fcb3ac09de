/*
 * ftpd: the server's side of an FTP session that takes files and gives none
 * (RFC 959, RFC 2428, RFC 3659).
 *
 * There is one directory.  A file is unfinished while its name begins with a
 * dot or fits a pattern: the session keeps it aside until it is renamed, and
 * drops it in the end.
 */
#ifndef SERVER_FTP_FTPD_H
#define SERVER_FTP_FTPD_H

#include "ftpsession.h"
#include "sys/session.h"

/* conf is a struct ftpd_conf. */
extern const struct session_type ftpd_session;

#endif
