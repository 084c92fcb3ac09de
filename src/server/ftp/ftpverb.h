/*
 * ftpverb: the commands of an FTP session, and what they share with ftpd.
 */
#ifndef SERVER_FTP_FTPVERB_H
#define SERVER_FTP_FTPVERB_H

#include "ftpd.h"

enum ftp_phase {
	FTP_COMMAND,		/* the next command */
	FTP_TRANSFER,		/* bytes go over the data connection */
	FTP_SETTLE,		/* a file has come: is its client there? */
	FTP_COMMIT,		/* a file is made safe */
	FTP_TRIED,		/* the answer to a password is held back */
	FTP_OVER		/* nothing more is taken */
};

/* A file that is whole, under a name that begins with a dot. */
struct ftp_aside {
	struct ftp_aside *next;
	struct buf name;
	void *file;
	uint64_t size;
};

struct ftpd {
	const struct ftpd_conf *conf;
	void *arg, *door;
	int local;
	enum ftp_phase phase;
	struct buf line;	/* commands that wait, or a part of one */
	int known;		/* as no stranger */

	struct buf user;	/* who wants to log in */
	int right;		/* the password was; and for how many ms the */
	long late;		/* answer to it is held back */
	int logged_in;
	int failures;		/* log-ins refused */
	int pending;		/* mask_open's */

	int epsv_all;		/* EPSV ALL: no other way (RFC 2428 4) */
	int text;		/* TYPE A: CRLF becomes LF */
	int cr;			/* a CR waits for what follows it */

	/* The file on its way, or in a commit; NULL while there is none. */
	void *file;
	struct buf name;
	uint64_t size;
	int code;		/* 226 or 250, after the commit */

	struct ftp_aside *aside;
	size_t asides;
	struct buf from;	/* RNFR's name, until the next command */
};

/* A reply of one line, its code first; CRLF is added. */
void ftp_reply(struct ftpd *s, struct buf *out, const char *fmt, ...)
    DIE_PRINTF(3, 4);

/* Runs a command line, without its ending. */
void ftp_run(struct ftpd *s, struct span line, struct buf *out);

/* Answers a password, when s->late is over. */
void ftp_log_in(struct ftpd *s, struct buf *out);

/* Whether a line is for now, though a transfer is going on. */
int ftp_is_urgent(struct span line);

#endif
