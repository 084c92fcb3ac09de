/*
 * ftp: what the words of FTP mean (RFC 959, RFC 2428): a server's address as
 * a URL, replies, and the port of a data connection.
 */
#ifndef FORMAT_WIRE_FTP_H
#define FORMAT_WIRE_FTP_H

#include "sys/buf.h"

/* Octets in a line of a reply, its ending included. */
#define FTP_LINE_MAX 4096

/* Lines in a reply: HELP and FEAT may be long. */
#define FTP_LINES_MAX 500

struct ftp_url {
	struct buf user;	/* empty where there is none */
	struct buf host;	/* with its port, as net_parse takes it */
	struct buf path;	/* decoded; segments divided by slashes */
};

/*
 * Takes [ftp://][user@]host[:port][/dir[/]] apart (RFC 1738 3.2).  The path
 * is as it stands behind the host's slash, so one that begins with a slash
 * ("host//dir", "host/%2Fdir") is counted from the root.  NULL, or what is
 * wrong in words: a password too, for others can see it.  u is all zero at
 * first, and freed in either case.
 */
const char *ftp_url_parse(struct ftp_url *u, struct span text);
void ftp_url_free(struct ftp_url *u);

enum ftp_event {
	FTP_MORE,		/* lines are still to come */
	FTP_END,		/* the reply is whole */
	FTP_BAD			/* not a reply */
};

/* All zero is an empty reply; ftp_reply_start empties a used one. */
struct ftp_reply {
	int code;		/* 100 to 599 */
	struct buf text;	/* without the code; lines end in LF, but the
				   last one; a space for each NUL */
	size_t lines;
};

void ftp_reply_start(struct ftp_reply *r);

/*
 * Takes the next line.  The lines between the first and the last of a reply
 * may be anything (RFC 959 4.2), and empty ones may stand before it.
 */
enum ftp_event ftp_reply_line(struct ftp_reply *r, struct span line);

/*
 * Whether a reply with this code, which is that of some command alone, cannot
 * be verb's ("": the greeting): some servers say a reply twice, or late.
 */
int ftp_is_misplaced(int code, struct span verb);

/* Whether a line of FEAT's reply offers feature (RFC 2389 3.2). */
int ftp_offers(struct span feat, const char *feature);

/*
 * The port in the text of a 229 and of a 227 reply; an address there is not
 * looked at.  0 when there is none.
 */
unsigned ftp_epsv_port(struct span text);
unsigned ftp_pasv_port(struct span text);

#endif
