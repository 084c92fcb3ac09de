/*
 * clientjudge: what a client has done in an attempt, looked at from one side
 * each.  1 where it is right, 0 where not, -1 where that cannot be told;
 * evidence is what was seen.
 */
#ifndef GRADE_CLIENTJUDGE_H
#define GRADE_CLIENTJUDGE_H

#include "attempt.h"

typedef int clientjudge(const struct attempt *a, const char *arg,
    struct buf *evidence);

/* Adds to evidence the last line, and how the client ended; gives 0. */
int clientjudge_stopped(const struct attempt *a, struct buf *evidence);

/* Of any client. */
clientjudge clientjudge_connects;
clientjudge clientjudge_waits_greeting;	/* nothing came before that */
clientjudge clientjudge_crlf;		/* all lines end so */
clientjudge clientjudge_ends;		/* by itself, no crash */
clientjudge clientjudge_exit;		/* arg: "0", or "1" for a failure */
clientjudge clientjudge_quits;		/* the last line is QUIT */

/* No line with a verb of arg has had others behind it before its reply. */
clientjudge clientjudge_waits;

/* Behind the first refused line only verbs of arg come. */
clientjudge clientjudge_stops;

/* Of SMTP. */
clientjudge clientjudge_hello;
clientjudge clientjudge_hello_name;
clientjudge clientjudge_path;		/* arg: "MAIL FROM", "RCPT TO" */
clientjudge clientjudge_blank;		/* as clientjudge_path */
clientjudge clientjudge_address;
clientjudge clientjudge_bare_path;	/* without parameters */
clientjudge clientjudge_order;
clientjudge clientjudge_offered;	/* no verb of arg comes */
clientjudge clientjudge_helo;		/* behind a refused EHLO */
clientjudge clientjudge_text_end;
clientjudge clientjudge_text_crlf;
clientjudge clientjudge_header_end;
clientjudge clientjudge_same;		/* the body */
clientjudge clientjudge_no_extra;	/* empty line at its end */
clientjudge clientjudge_once;
clientjudge clientjudge_completes;	/* and waits for all replies */

#endif
