/*
 * rules: failures on demand, as smtpd-rules(5) describes them.  Rules are read
 * from a text; then each event of a server is shown to them, and the first
 * rule that acts says what goes wrong.  The same seed and the same events
 * give the same failures.
 */
#ifndef FORMAT_DIALOGUE_RULES_H
#define FORMAT_DIALOGUE_RULES_H

#include "rule.h"

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
	const char *verb;	/* at RULES_VERB: in capitals */
	struct span arg;	/* of the command in hand */
	uint64_t size;		/* bytes, announced or seen; 0: not known */
};

struct rules_action {
	enum rules_do what;
	struct span text;	/* a reply, its lines with LF between, or a
				   line, or keywords, or a file */
	long ms;
	unsigned long line;	/* of the rule, 0 under RULES_PASS */
};

struct rules;

/*
 * Reads rules.  NULL when there are mistakes; each one adds a line
 * "line:column: reason" with LF to faults.
 */
struct rules *rules_parse(struct span text, const struct rules_for *who,
    struct buf *faults);
void rules_free(struct rules *r);

/*
 * What arg, the argument of a command at this place, says: the client's name,
 * or an address without its brackets, all that stands there where it is none,
 * and MAIL's SIZE.
 */
void rules_command(struct rules_facts *f, enum rules_place place,
    struct span arg);

/*
 * An event, at the time now in ms, which does not run backwards.  The text of
 * the answer is valid until the next event.
 */
struct rules_action rules_event(struct rules *r, enum rules_place place,
    const struct rules_facts *facts, long long now);

/* Whether a, if it is RULES_HIDE, names the keyword of an EHLO line. */
int rules_hides(const struct rules_action *a, struct span keyword);

/*
 * The lines that a, if it is RULES_HIDE, offers, one by one: *at is 0 at
 * first.  0 at the end.
 */
int rules_offer(const struct rules_action *a, size_t *at, struct span *line);

#endif
