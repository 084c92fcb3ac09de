/*
 * ftpfile: the part of an FTP session that moves files.
 */
#ifndef SERVER_FTP_FTPFILE_H
#define SERVER_FTP_FTPFILE_H

#include "ftpsession.h"

/* The commands, with their argument. */
void ftpfile_stor(struct ftpd *s, struct span arg);
void ftpfile_appe(struct ftpd *s, struct span arg);
void ftpfile_stou(struct ftpd *s, struct span arg);
void ftpfile_rnfr(struct ftpd *s, struct span arg);
void ftpfile_rnto(struct ftpd *s, struct span arg);
void ftpfile_dele(struct ftpd *s, struct span arg);

/*
 * Takes n bytes of the file on its way; the end of it; what follows after the
 * delay; and after the commit.
 */
void ftpfile_take(struct ftpd *s, const char *p, size_t n);
void ftpfile_end(struct ftpd *s, int broken);
void ftpfile_settle(struct ftpd *s);
void ftpfile_commit(struct ftpd *s);

/* Gives up the file on its way, and closes the data connection. */
void ftpfile_abort(struct ftpd *s);

/* Drops all that the session has kept aside. */
void ftpfile_forget(struct ftpd *s);

/*
 * What a path means here: "" for the directory itself, else a file's name in
 * it; NULL, or what is wrong in words.
 */
const char *ftpfile_path(const struct ftpd *s, struct span path,
    struct span *name);

/* The name of a file in arg; 0, or -1 and the reply says why. */
int ftpfile_name(struct ftpd *s, struct span arg, struct span *name);

/* An unfinished file of this session, or NULL. */
const struct ftp_aside *ftpfile_aside(struct ftpd *s, struct span name);

/* Whether there is, or may come, a data connection; else it is said. */
int ftpfile_has_data(struct ftpd *s);

#endif
