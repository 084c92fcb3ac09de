#include "rule.h"

#include <stdlib.h>

#define REPLY_MAX 510		/* octets without CRLF, RFC 5321 4.5.3.1.5 */

#define AT(place)	(1u << (place))
#define ANYWHERE	(AT(RULES_PLACES) - 1)

/* Where a message is on its way, or may be. */
#define IN_MESSAGE	(AT(RULES_RCPT) | AT(RULES_DATA) | AT(RULES_DOT) | \
			    AT(RULES_QUIT) | AT(RULES_RSET))

struct name {
	const char *name;
	int value;
	unsigned places;	/* that it goes with */
};

static const struct name places[] = {
	{ "connect", 0, AT(RULES_CONNECT) },
	{ "helo", 0, AT(RULES_HELO) },
	{ "ehlo", 0, AT(RULES_EHLO) },
	{ "auth", 0, AT(RULES_AUTH) },
	{ "mail", 0, AT(RULES_MAIL) },
	{ "rcpt", 0, AT(RULES_RCPT) },
	{ "data", 0, AT(RULES_DATA) },
	{ "dot", 0, AT(RULES_DOT) },
	{ "quit", 0, AT(RULES_QUIT) },
	{ "rset", 0, AT(RULES_RSET) },
	{ "vrfy", 0, AT(RULES_VRFY) },
	{ "any", 0, ANYWHERE },
	{ NULL, 0, 0 }
};

#define SIZE_OVER RULE_FACTS	/* the condition without a pattern */

static const struct name conditions[] = {
	{ "rcpt=", RULE_RCPT, IN_MESSAGE | AT(RULES_VRFY) },
	{ "from=", RULE_FROM, IN_MESSAGE | AT(RULES_MAIL) | AT(RULES_VRFY) },
	{ "size>", SIZE_OVER, IN_MESSAGE | AT(RULES_MAIL) },
	{ "helo=", RULE_HELO, ANYWHERE & ~AT(RULES_CONNECT) },
	{ "peer=", RULE_PEER, ANYWHERE },
	{ NULL, 0, 0 }
};

static const struct name whens[] = {
	{ "nth", RULE_NTH, ANYWHERE },
	{ "every", RULE_EVERY, ANYWHERE },
	{ "first", RULE_FIRST, ANYWHERE },
	{ "after", RULE_AFTER, ANYWHERE },
	{ "odds", RULE_ODDS, ANYWHERE },
	{ NULL, 0, 0 }
};

static const struct name actions[] = {
	{ "reply", RULES_REPLY, ANYWHERE },
	{ "drop", RULES_DROP, ANYWHERE },
	{ "reset", RULES_RESET, ANYWHERE },
	{ "delay", RULES_DELAY, ANYWHERE },
	{ "hide", RULES_HIDE, AT(RULES_EHLO) },
	{ "truncate", RULES_TRUNCATE, ANYWHERE },
	{ "silence", RULES_SILENCE, ANYWHERE },
	{ NULL, 0, 0 }
};

static int
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const struct name *
find(const struct name *list, struct span w)
{
	for (; list->name != NULL; list++)
		if (span_case_is(w, list->name))
			return list;
	return NULL;
}

/* A fault that names what could have stood there. */
static void
wrong_name(struct ruleword *t, struct span at, const char *what,
    const struct name *list)
{
	struct buf b = { 0 };

	buf_addf(&b, "%s %s; there are", at.n > 0 ? "no such" : "missing",
	    what);
	for (; list->name != NULL; list++) {
		buf_addc(&b, ' ');
		buf_adds(&b, list->name);
	}
	ruleword_wrong(t, at, "%s", buf_str(&b));
	buf_free(&b);
}

static void
set_pattern(struct ruleword *t, struct rule *u, const struct name *c,
    struct span w)
{
	struct buf b = { 0 };

	if (u->pattern[c->value] != NULL) {
		ruleword_wrong(t, w, "%s stands here twice", c->name);
		return;
	}
	w = span_drop(w, strlen(c->name));
	if (c->value == RULE_FROM && span_is(w, "<>"))
		w.n = 0;
	buf_addlower(&b, w);
	u->pattern[c->value] = span_dup(buf_span(&b));
	buf_free(&b);
}

/* Length of what begins a condition: rcpt= or size>, or 0. */
static size_t
condition_length(struct span w)
{
	size_t n;

	for (n = 0; n < w.n; n++)
		if (w.p[n] == '=' || w.p[n] == '>')
			return n + 1;
	return 0;
}

static void
take_conditions(struct ruleword *t, struct rule *u)
{
	const struct name *c;
	struct span w = ruleword_peek(t);
	size_t n = condition_length(w);

	if (n == 0)
		wrong_name(t, w, "condition", conditions);
	if (n == 0 && find(whens, w) == NULL && find(actions, w) == NULL)
		ruleword_take(t);
	for (; n > 0; n = condition_length(ruleword_peek(t))) {
		w = ruleword_take(t);
		c = find(conditions, span_of(w.p, n));
		if (c == NULL)
			wrong_name(t, w, "condition", conditions);
		else if (u->places != 0 && (u->places & c->places) == 0)
			ruleword_wrong(t, w, "%s is not known at this place",
			    c->name);
		else if (c->value == SIZE_OVER && u->sized++)
			ruleword_wrong(t, w, "size> stands here twice");
		else if (c->value == SIZE_OVER)
			u->over = ruleword_size(t, span_drop(w, n));
		else
			set_pattern(t, u, c, w);
	}
}

static void
take_when(struct ruleword *t, struct rule *u, enum rule_when when)
{
	struct span w;

	u->when = when;
	switch (when) {
	case RULE_ODDS:
		u->n = ruleword_odds(t);
		break;
	case RULE_FIRST:
		w = ruleword_peek(t);
		u->n = w.n > 0 && is_digit(*w.p) ?
		    ruleword_number(t, UINT32_MAX) : 1;
		break;
	case RULE_AFTER:
		u->n = ruleword_number(t, RULE_AFTER_MAX);
		w = ruleword_take(t);
		if (!span_case_is(w, "per"))
			ruleword_wrong(t, w,
			    "per is expected, as in after 30 per 60s");
		else
			u->per = ruleword_time(t);
		break;
	default:
		u->n = ruleword_number(t, UINT32_MAX);
	}
}

/* CODE text, the rest of the line. */
static void
take_reply(struct ruleword *t, struct rule *u)
{
	struct span code = ruleword_peek(t), s = t->rest;

	if (code.n != 3 || strchr("245", code.p[0]) == NULL ||
	    !is_digit(code.p[1]) || !is_digit(code.p[2]))
		ruleword_wrong(t, code,
		    "a reply code is expected: 2yz, 4yz or 5yz");
	if (s.n > REPLY_MAX)
		ruleword_wrong(t, s, "the reply is longer than %d octets",
		    REPLY_MAX);
	u->text = span_dup(s);
	t->rest = span_drop(s, s.n);
}

static void
take_keywords(struct ruleword *t, struct rule *u)
{
	struct buf b = { 0 };
	struct span w;
	size_t i;

	if (ruleword_peek(t).n == 0)
		ruleword_wrong(t, t->rest, "a keyword of EHLO is expected");
	while ((w = ruleword_take(t)).n > 0) {
		for (i = 0; i < w.n; i++)
			if (w.p[i] <= ' ' || w.p[i] > '~')
				break;
		if (i < w.n)
			ruleword_wrong(t, w, "not a keyword of EHLO");
		if (b.n > 0)
			buf_addc(&b, ' ');
		buf_addspan(&b, w);
	}
	u->text = span_dup(buf_span(&b));
	buf_free(&b);
}

static void
take_action(struct ruleword *t, struct rule *u, struct span w)
{
	const struct name *a = find(actions, w);

	if (a == NULL) {
		wrong_name(t, w, "action", actions);
		return;
	}
	u->what = (enum rules_do)a->value;
	if ((u->places & ~a->places) != 0)
		ruleword_wrong(t, w, "%s is for ehlo alone", a->name);
	switch (u->what) {
	case RULES_REPLY:
		take_reply(t, u);
		break;
	case RULES_DELAY:
		u->ms = ruleword_time(t);
		break;
	case RULES_HIDE:
		take_keywords(t, u);
		break;
	default:
		break;
	}
	ruleword_end(t);
}

/* at PLACE [when CONDITION ...] [WHEN] ACTION */
void
rule_parse(struct ruleword *t, struct rule *u)
{
	const struct name *found;
	int conditional = 0;
	struct span w;

	u->line = t->line;
	w = ruleword_take(t);
	found = find(places, w);
	/* Where it is not known nothing that follows is out of place. */
	u->places = found != NULL ? found->places : 0;
	if (found == NULL)
		wrong_name(t, w, "place", places);
	for (w = ruleword_take(t);; w = ruleword_take(t)) {
		if (span_case_is(w, "when")) {
			if (conditional++)
				ruleword_wrong(t, w, "when stands here twice");
			take_conditions(t, u);
		} else if ((found = find(whens, w)) != NULL) {
			if (u->when != RULE_ALWAYS)
				ruleword_wrong(t, w, "only one of nth, every, "
				    "first, after, odds may stand here");
			take_when(t, u, (enum rule_when)found->value);
		} else
			break;
	}
	take_action(t, u, w);
}

void
rule_free(struct rule *u)
{
	size_t i;

	for (i = 0; i < RULE_FACTS; i++)
		free(u->pattern[i]);
	free(u->text);
	free(u->seen);
}
