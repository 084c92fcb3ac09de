/*
 * results: what became of each recipient, one line each (results(5)).
 */
#ifndef FORMAT_WIRE_RESULTS_H
#define FORMAT_WIRE_RESULTS_H

#include <stdint.h>

#include "sys/buf.h"

enum result_status {
	RESULT_SENT,
	RESULT_FAILED,		/* for good */
	RESULT_DEFERRED,	/* try again */
	RESULT_UNKNOWN,		/* may have been sent */
	RESULT_SENDING,		/* in a journal only: the dot is next */
	RESULT_COMPLAINED,	/* the recipient has complained */
	RESULT_LEFT		/* and has asked to be left out */
};
#define RESULT_STATUSES (RESULT_LEFT + 1)

/* Where it was decided. */
enum result_stage {
	STAGE_ORDER, STAGE_CONNECT, STAGE_HELO, STAGE_TLS, STAGE_AUTH,
	STAGE_MAIL, STAGE_RCPT, STAGE_DATA, STAGE_DOT,
	STAGE_BOUNCE,		/* afterwards, by a message that came back */
	STAGE_LEAVE		/* by the recipient */
};

/*
 * Whether a reply asks for a log-in, or for TLS first (RFC 4954 6, RFC 3207
 * 4), which is about us, not the recipient: by its code, or to MAIL and RCPT by
 * 5.7.0 and such words.  text is without the code.
 */
int result_denied(int code, enum result_stage stage, struct span text);

/* The text of a letter that a run left before it was sent: nobody tried. */
#define RESULT_NOT_BEGUN "not begun"

/* No server's code: refused in our own words; "-" in a line. */
#define RESULT_OURS (-1)

struct result {
	enum result_status status;
	struct span rcpt;
	int code;		/* SMTP reply code, 0 for "-"; RESULT_OURS */
	enum result_stage stage;
	struct span server;	/* host:port, empty for "-" */
	uintmax_t number;	/* of the message in the batch, from 1; 0 where
				   it was in none */
	int64_t time;		/* seconds since the Epoch */
	struct span id;		/* Message-ID, empty for "-" */
	struct span text;	/* the reply */
};

/* The reply without its code, where the text repeats that. */
struct span result_reply(const struct result *r);

/*
 * One line with its LF; tabs and controls in the fields become spaces, bytes
 * that are not UTF-8 question marks.
 */
void result_add(struct buf *b, const struct result *r);

/*
 * A line without its ending; the spans point into it.  0; 1 for a status or
 * stage that is not known here, of which *r says nothing: whoever keeps lines
 * keeps this one; or -1.
 */
int result_parse(struct result *r, struct span line);

/* Of whom a line speaks: the id, or where it is empty the number, and rcpt. */
uint64_t result_hash(struct span id, uintmax_t number, struct span rcpt);

/* Length of the enhanced status code at the start of s (RFC 3463), or 0. */
size_t result_enhanced(struct span s);

const char *result_status_name(enum result_status status);
const char *result_stage_name(enum result_stage stage);

/*
 * The bits, 1U << status, of a list such as "deferred,unknown"; "sent" has none
 * there.  0 where the list is wrong.
 */
unsigned result_states(struct span list);

/*
 * The worst of two exit codes: a failure of our own (74, 77, 78), 80, 75, 67,
 * 68 or 65, 0.
 */
enum exit_code result_worst(enum exit_code a, enum exit_code b);

/* What one recipient's outcome means for the exit code. */
enum exit_code result_exit(const struct result *r);

#endif
