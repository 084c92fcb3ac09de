/*
 * sasld: the server's side of a log-in (RFC 4422): PLAIN, LOGIN, CRAM-MD5 and
 * SCRAM-SHA-256, as a machine that is fed responses and answers challenges.
 * Both are in base64, one line each, without what the protocol puts before
 * them ("334 " in SMTP, "+ " in POP3) and without a line ending.
 *
 * Somebody unknown gets the same answers after the same time as one with a
 * wrong password, and so do all others, whether they have a password or a
 * verifier of few or many iterations.
 */
#ifndef SERVER_SASLD_H
#define SERVER_SASLD_H

#include "format/wire/saslconf.h"

/* Octets of a response's line that must be read, RFC 4954 4. */
#define SASLD_LINE_MAX 12288

enum sasld_next {
	SASLD_CHALLENGE,	/* send what was added to out and feed the
				   answer */
	SASLD_DONE,		/* logged in: sasld_login */
	SASLD_REFUSED,		/* wrong login or password */
	SASLD_MALFORMED,	/* not what the mechanism asks for */
	SASLD_CANCELLED,	/* the client has said "*" */
	SASLD_UNKNOWN		/* the mechanism is none of conf's */
};

/* What is possible with secrets of this kind (conf->iterations). */
unsigned sasld_possible(unsigned iterations);

/* Adds the names of the mechanisms, best first, a blank between them. */
void sasld_names(struct buf *b, unsigned mechanisms);

/* One exchange; conf stays the caller's and is read all along. */
struct sasld *sasld_open(const struct sasld_conf *conf);
void sasld_close(struct sasld *s);

/*
 * AUTH with a mechanism in any case, and the initial response, empty where
 * there is none ("=" is an empty one).  nonce is printable ASCII without commas
 * that nobody can guess and that comes but once.
 */
enum sasld_next sasld_start(struct sasld *s, struct span mechanism,
    struct span initial, struct span nonce, struct buf *out);

/* The client's next line. */
enum sasld_next sasld_step(struct sasld *s, struct span line,
    struct buf *out);

/* Who is logged in, or has tried, in lower case, until the close. */
struct span sasld_login(const struct sasld *s);

/*
 * Whether the last line held a proof, which was right unless it was refused:
 * the challenge that may follow tells that, too.
 */
int sasld_has_tried(const struct sasld *s);

/* As conf->tried and conf->passed, for a login as somebody wrote it. */
long sasld_tried(const struct sasld_conf *conf, struct span login,
    const char *peer);
void sasld_passed(const struct sasld_conf *conf, struct span login,
    const char *peer);

/*
 * For protocols with words of their own: whether a password is that of login;
 * and whether digest is what APOP wants (RFC 1939 7).  1 or 0.
 */
int sasld_password(const struct sasld_conf *conf, struct span login,
    struct span password);
int sasld_apop(const struct sasld_conf *conf, struct span login,
    struct span stamp, struct span digest);

#endif
