/*
 * rule: one rule of smtpd-rules(5), and how it is read.
 */
#ifndef FORMAT_DIALOGUE_RULE_H
#define FORMAT_DIALOGUE_RULE_H

#include "ruleword.h"
#include "verb.h"

#define RULE_AFTER_MAX 100000	/* events that after N per T remembers */

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
	RULES_VERB,		/* another command: facts say which */
	RULES_UNKNOWN,		/* a command that is not known */
	RULES_PLACES		/* how many there are */
};

enum rules_do {
	RULES_PASS,		/* nothing goes wrong */
	RULES_REPLY,		/* text instead of doing what was asked, but
				   where it is 3yz; the session ends if it is
				   a 421 */
	RULES_DROP,		/* end the connection, without a reply */
	RULES_RESET,		/* the same by RST */
	RULES_DELAY,		/* do it, but wait ms before the reply */
	RULES_HIDE,		/* leave keywords out, or offer others:
				   rules_hides, rules_offer */
	RULES_TRUNCATE,		/* do it, send half the reply and drop */
	RULES_SILENCE,		/* do nothing, and say nothing any more */
	RULES_TWICE,		/* do it, and reply twice */
	RULES_ALSO,		/* do it, and let text follow the reply */
	RULES_UNENDED,		/* do it, but leave the reply's last line
				   ending out */
	RULES_BYTEWISE,		/* do it, an octet of the reply every ms */
	RULES_INJECT,		/* do it, and let the server get the line text
				   behind it */
	RULES_CERTIFICATE	/* do it, and show the certificate text */
};

/* When, among the events that match, a rule acts. */
enum rule_when {
	RULE_ALWAYS,
	RULE_NTH,
	RULE_EVERY,
	RULE_FIRST,
	RULE_AFTER,
	RULE_ODDS
};

/* The conditions with a pattern. */
enum rule_fact {
	RULE_RCPT,
	RULE_FROM,
	RULE_HELO,
	RULE_PEER,
	RULE_ARG,
	RULE_FACTS
};

struct rule {
	unsigned long line;
	unsigned places;		/* 1 << enum rules_place */
	const char *verb;		/* at RULES_VERB; NULL: any */
	char *pattern[RULE_FACTS];	/* in lower case; NULL: none */
	uint64_t over;			/* for size>, if sized */
	int sized;
	enum rule_when when;
	uintmax_t n;			/* its number; of RULEWORD_SURE */
	long per;			/* ms, for RULE_AFTER */
	enum rules_do what;
	char *text;			/* of a reply, or keywords */
	long ms;

	/* What has been so far. */
	uintmax_t count;
	long long *seen;		/* the last n events, for RULE_AFTER */
};

/* The place of a verb in capitals, NULL standing for an unknown one. */
enum rules_place rule_place(const char *verb);

/* Who reads rules. */
struct rules_for {
	enum dialogue_protocol protocol;
	int between;		/* it stands between a client and a server */
};

/*
 * Takes what follows the word "at" on a line into u, which is all zero;
 * mistakes are faults of t.  rule_free frees what u holds.
 */
void rule_parse(struct ruleword *t, const struct rules_for *who,
    struct rule *u);
void rule_free(struct rule *u);

#endif
