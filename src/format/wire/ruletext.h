/*
 * ruletext: the text of rules, and what a rule is made of.  With rules.c,
 * which shows them events, it is the module that rules.h describes.
 */
#ifndef FORMAT_WIRE_RULETEXT_H
#define FORMAT_WIRE_RULETEXT_H

#include "rules.h"

#define RULE_AFTER_MAX 100000	/* events that after N per T remembers */

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
	RULE_FACTS
};

struct rule {
	unsigned long line;
	unsigned places;		/* 1 << enum rules_place */
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

struct rules {
	struct rule *rule;
	size_t n;
	int seeded;
	uint64_t random;		/* the generator's state */
	struct buf text;		/* of the last action */
	struct buf word;
};

#endif
