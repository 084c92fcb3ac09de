/*
 * ftpput: uploads by FTP that show under their name only when they are whole.
 * A file goes to the server under a name that begins with a dot, its size is
 * compared, then it is renamed; where renaming is refused, uploads go to
 * their name at once, and that is said on standard error.
 */
#ifndef CLIENT_FTP_FTPPUT_H
#define CLIENT_FTP_FTPPUT_H

#include "ftpc.h"
#include "client/handin.h"

/* A code of ours: cut off before the last answer, may have been stored. */
#define FTPPUT_MAYBE 2

/*
 * Uploads the files (handin_load) on one connection, and again, on
 * another, those that failed for a reason that may pass, as handin_send does.
 * Each file's code and text then tell: 250; 4xx and 5xx; FTPPUT_MAYBE;
 * ORDERFILE_SPOILED; or 0 with the reason why no answer came.  EX_OK, or the
 * code for a failure that concerns them all: EX_TEMPFAIL, EX_NOHOST,
 * EX_NOPERM when the log-in is refused, EX_DATAERR when the directory is.
 */
enum exit_code ftpput_send(const struct ftpc_conf *conf,
    const struct handin *h);

#endif
