/*
 * local: where and when this process runs.
 */
#ifndef SYS_LOCAL_H
#define SYS_LOCAL_H

#include <stdint.h>

struct buf;

/* Room for a host name with its NUL, RFC 1035 2.3.4. */
#define LOCAL_HOST_MAX 256

/*
 * The name of this host, without a dot at its end; "localhost" where it has
 * none, or one that is not labels of letters, digits and hyphens.
 */
void local_host(char host[LOCAL_HOST_MAX]);

/*
 * Whether a host's name is no domain in full, as its looks go: one label, or
 * an IP address.
 */
int local_is_bare(const char *host);

/*
 * Appends the mail address of this user: email, the value of EMAIL; where that
 * is NULL or empty login@host, with logname, the value of LOGNAME, or what
 * the system knows.
 */
void local_user(struct buf *b, const char *email, const char *logname);

struct local_time {
	int64_t time;		/* seconds since the Epoch */
	long nsec;		/* and nanoseconds */
	int offset;		/* of the local zone from UTC, in minutes */
	int fixed;		/* the moment was prescribed */
};

/*
 * The present moment; or, where epoch (the value of SOURCE_DATE_EPOCH) is not
 * NULL, the one it prescribes, in UTC.  0, or -1 when epoch is no number of
 * seconds.
 */
int local_now(struct local_time *h, const char *epoch);

#endif
