/*
 * ftplist: the part of an FTP session that tells of files.
 */
#ifndef SERVER_FTP_FTPLIST_H
#define SERVER_FTP_FTPLIST_H

#include "ftpsession.h"

/* The commands, with their argument. */
void ftplist_size(struct ftpd *s, struct span arg);
void ftplist_mdtm(struct ftpd *s, struct span arg);
void ftplist_list(struct ftpd *s, struct span arg);
void ftplist_nlst(struct ftpd *s, struct span arg);
void ftplist_mlsd(struct ftpd *s, struct span arg);
void ftplist_mlst(struct ftpd *s, struct span arg);

#endif
