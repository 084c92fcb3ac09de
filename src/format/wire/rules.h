/*
 * rules: failures on demand, as smtpd-rules(5) describes them.  Rules are read
 * from a text; then each event of a server is shown to them, and the first
 * rule that acts says what goes wrong.  The same seed and the same events
 * give the same failures.
 */
#ifndef FORMAT_WIRE_RULES_H
#define FORMAT_WIRE_RULES_H

#include "sys/buf.h"

/* Where a rule can act. */
enum rules_place {
	RULES_CONNECT,		/* before the greeting */
	RULES_HELO,
	RULES_EHLO,
	RULES_AUTH,
	RULES_MAIL,		/* MAIL, SEND, SOML, SAML */
	RULES_RCPT,
	RULES_DATA,		/* DATA, or the first BDAT of a message */
	RULES_DOT,		/* a message's text is whole */
	RULES_QUIT,
	RULES_RSET,
	RULES_VRFY,
	RULES_PLACES		/* how many there are */
};

/*
 * What is known at an event; p is NULL for what is not known, and not NULL for
 * the empty sender.  At HELO, MAIL, RCPT and VRFY these are the arguments of
 * the command in hand.  Several recipients have a NUL between them, and a
 * condition holds when it does for one of them.
 */
struct rules_facts {
	struct span peer;	/* the client's address without its port */
	struct span helo;
	struct span from;
	struct span rcpt;
	uint64_t size;		/* bytes, announced or seen; 0: not known */
};

enum rules_do {
	RULES_PASS,		/* nothing goes wrong */
	RULES_REPLY,		/* text instead of doing what was asked; the
				   session ends if that is a 421 */
	RULES_DROP,		/* end the connection, without a reply */
	RULES_RESET,		/* the same by RST */
	RULES_DELAY,		/* do it, but wait ms before the reply */
	RULES_HIDE,		/* leave keywords out: rules_hides */
	RULES_TRUNCATE,		/* do it, send half the reply and drop */
	RULES_SILENCE		/* do nothing, and say nothing any more */
};

struct rules_action {
	enum rules_do what;
	struct span text;	/* a reply without CRLF, or keywords */
	long ms;
	unsigned long line;	/* of the rule, 0 under RULES_PASS */
};

struct rules;

/*
 * Reads rules.  NULL when there are mistakes; each one adds a line
 * "line:column: reason" with LF to faults.
 */
struct rules *rules_parse(struct span text, struct buf *faults);
void rules_free(struct rules *r);

/*
 * An event, at the time now in ms, which does not run backwards.  The text of
 * the answer is valid until the next event.
 */
struct rules_action rules_event(struct rules *r, enum rules_place place,
    const struct rules_facts *facts, long long now);

/* Whether a, if it is RULES_HIDE, names the keyword of an EHLO line. */
int rules_hides(const struct rules_action *a, struct span keyword);

#endif
