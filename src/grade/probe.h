/*
 * probe: sessions with a server that is judged, as a script has them.
 *
 * A script is lines "EXPECTED what is said".  EXPECTED is what the reply's code
 * may begin with, alternatives with "|" between, with "-" behind it where the
 * first line is enough; "." is the connection's end,
 * "-" no reply is read, "*" whatever comes, "!" nothing more comes.  POP3 has
 * "+" and "-ERR" for codes, and "+." for that and lines up to a dot.  A "?"
 * before it: it is this that is judged; where other lines are not answered so
 * the point is not tried.  Nothing behind it: nothing is said.
 *
 * CRLF follows what is said but for "\c"; it has the escapes of dialogue(5),
 * "^" is a pause, "#" fills up to 510 octets, "%" to 100,000, $F and $T are
 * addresses, or login and password, "=NAME" is a sample with its dot, "=~NAME"
 * without it.  A line "new" begins another connection, "drop" breaks this one,
 * "find" fetches messages until it has the one that is known to be there, whose
 * number $N is then, "if WORD" excuses a server that does not offer that in its
 * last reply.
 */
#ifndef GRADE_PROBE_H
#define GRADE_PROBE_H

#include "point.h"
#include "sys/io.h"

struct probe_conf {
	/* A connection to the server, or -1 and *why in words. */
	int (*dial)(void *arg, const char **why);
	void *arg;
	int pop3;
	const char *from, *to;
	struct span token, text;	/* POP3: a message that is there */
	int timeout;		/* ms for a reply */
	void (*talk)(int who, struct span line);	/* or NULL */
};

struct probe {
	struct buf token;	/* that stands in what was sent last */
	struct buf before;	/* that of the sample before it */
	struct buf text;	/* of it, from its token's line on */
	struct buf reply;	/* the last one, all lines */
	struct buf list;	/* what came behind it, as it came */
	int code;		/* its code; POP3: 2 or 5; 0: none */
	int first;		/* that of its first line */
	unsigned heard;		/* replies so far */
	int closed;		/* the server has closed the connection */
	int silent;		/* a reply did not come in time */
	int unended;		/* one had no ending */
	int bare;		/* ... or LF alone */
	int odd;		/* a reply's form is wrong */
	struct buf fault;	/* the first such line */

	/* private */
	const struct probe_conf *conf;
	int fd;
	struct rd rd;
	struct buf out;
	unsigned long samples;
	unsigned found;		/* the number of a message, for $N */
	int over;		/* it has ended as it may: lines are passed
				   over, up to a new connection */
	int quits;		/* QUIT was said last */
};

/* Plays a script: POINT_OK, or what has ended it, with evidence. */
enum verdict probe_play(struct probe *p, const struct probe_conf *conf,
    const char *script, struct buf *evidence);
void probe_free(struct probe *p);

#endif
