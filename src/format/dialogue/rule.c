#include "rule.h"

#include <stdlib.h>

#include "format/wire/escape.h"

#define BYTE_MS 20		/* bytewise, where nothing is said */
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
	{ "unknown", 0, AT(RULES_UNKNOWN) },
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
	{ "arg=", RULE_ARG, ANYWHERE & ~(AT(RULES_CONNECT) | AT(RULES_DOT)) },
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

#define OFFER 100		/* hides, with another sign */

static const struct name actions[] = {
	{ "reply", RULES_REPLY, ANYWHERE },
	{ "drop", RULES_DROP, ANYWHERE },
	{ "reset", RULES_RESET, ANYWHERE },
	{ "delay", RULES_DELAY, ANYWHERE },
	{ "hide", RULES_HIDE, AT(RULES_EHLO) | AT(RULES_VERB) },
	{ "offer", OFFER, AT(RULES_EHLO) | AT(RULES_VERB) },
	{ "truncate", RULES_TRUNCATE, ANYWHERE },
	{ "silence", RULES_SILENCE, ANYWHERE },
	{ "twice", RULES_TWICE, ANYWHERE },
	{ "also", RULES_ALSO, ANYWHERE },
	{ "unended", RULES_UNENDED, ANYWHERE },
	{ "bytewise", RULES_BYTEWISE, ANYWHERE },
	{ "inject", RULES_INJECT, ANYWHERE & ~AT(RULES_CONNECT) },
	{ "certificate", RULES_CERTIFICATE, ANYWHERE },
	{ NULL, 0, 0 }
};

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
    const struct name *list, const char *more)
{
	struct buf b = { 0 };

	buf_addf(&b, "%s %s; there are", at.n > 0 ? "no such" : "missing",
	    what);
	for (; list->name != NULL; list++) {
		buf_addc(&b, ' ');
		buf_adds(&b, list->name);
	}
	buf_adds(&b, more);
	ruleword_wrong(t, at, "%s", buf_str(&b));
	buf_free(&b);
}

static void
set_pattern(struct ruleword *t, struct rule *u, const struct name *c,
    struct span w)
{
	struct buf b = { 0 };

	if (u->pattern[c->value] != NULL) {
		ruleword_wrong(t, w, "%s is repeated", c->name);
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
		wrong_name(t, w, "condition", conditions, "");
	if (n == 0 && find(whens, w) == NULL && find(actions, w) == NULL)
		ruleword_take(t);
	for (; n > 0; n = condition_length(ruleword_peek(t))) {
		w = ruleword_take(t);
		c = find(conditions, span_of(w.p, n));
		if (c == NULL)
			wrong_name(t, w, "condition", conditions, "");
		else if (u->places != 0 && (u->places & c->places) == 0)
			ruleword_wrong(t, w, "%s is not known at this place",
			    c->name);
		else if (c->value == SIZE_OVER && u->sized++)
			ruleword_wrong(t, w, "size> is repeated");
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
		u->n = w.n > 0 && byte_is_digit(*w.p) ?
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

/* What begins a reply of this protocol; else it is said. */
static void
check_code(struct ruleword *t, enum dialogue_protocol protocol,
    struct span code)
{
	static const char *const statuses[] = { "+OK", "-ERR", "+" };

	if (protocol == DIALOGUE_POP3) {
		if (span_index(code, statuses, COUNT(statuses)) < 0)
			ruleword_wrong(t, code, "+OK, -ERR or + is expected");
	} else if (code.n != 3 || !byte_is_digit(code.p[1]) ||
	    !byte_is_digit(code.p[2]) || code.p[0] > '5' ||
	    code.p[0] < (protocol == DIALOGUE_FTP ? '1' : '2'))
		ruleword_wrong(t, code, "a reply code is expected: 2yz, 3yz, "
		    "4yz or 5yz");
}

/* The rest of the line, with C's escapes where all of them are some. */
static void
take_text(struct ruleword *t, struct rule *u, const char *what)
{
	struct buf b = { 0 };
	struct span s = t->rest;

	if (s.n > REPLY_MAX)
		ruleword_wrong(t, s, "the %s is longer than %d octets", what,
		    REPLY_MAX);
	if (escape_undo(&b, s) < 0 || span_find(buf_span(&b), '\0') != NULL)
		buf_set(&b, s);
	u->text = span_dup(buf_span(&b));
	buf_free(&b);
	t->rest = span_drop(s, s.n);
}

/* CODE text */
static void
take_reply(struct ruleword *t, const struct rules_for *who, struct rule *u)
{
	check_code(t, who->protocol, ruleword_peek(t));
	take_text(t, u, "reply");
}

/* A line for the server. */
static void
take_injected(struct ruleword *t, const struct rules_for *who, struct span at,
    struct rule *u)
{
	if (!who->between)
		ruleword_wrong(t, at, "inject is for prototap only");
	if (ruleword_peek(t).n == 0)
		ruleword_wrong(t, t->rest, "a line is expected");
	take_text(t, u, "line");
}

/* CERT[,KEY], at STARTTLS. */
static void
take_certificate(struct ruleword *t, const struct rules_for *who,
    struct span at, struct rule *u)
{
	struct span w = ruleword_take(t);

	if (who->between || u->verb == NULL ||
	    strcmp(u->verb, "STARTTLS") != 0)
		ruleword_wrong(t, at, "certificate is for smtpd-lite at "
		    "starttls only");
	else if (w.n == 0)
		ruleword_wrong(t, w, "a file is expected");
	u->text = span_dup(w);
}

/* What EHLO offers besides: one keyword, with what belongs to it. */
static void
take_offer(struct ruleword *t, struct rule *u)
{
	struct buf b = { 0 };

	if (ruleword_peek(t).n == 0)
		ruleword_wrong(t, t->rest, "a keyword of EHLO is expected");
	u->what = RULES_HIDE;
	buf_addc(&b, '+');
	buf_addspan(&b, span_trim(t->rest));
	u->text = span_dup(buf_span(&b));
	buf_free(&b);
	t->rest = span_drop(t->rest, t->rest.n);
}

static void
take_keywords(struct ruleword *t, struct rule *u)
{
	struct buf b = { 0 };
	struct span w;

	if (ruleword_peek(t).n == 0)
		ruleword_wrong(t, t->rest, "a keyword of EHLO is expected");
	while ((w = ruleword_take(t)).n > 0) {
		if (!span_is_graph(w))
			ruleword_wrong(t, w, "not a keyword of EHLO");
		if (b.n > 0)
			buf_addc(&b, '\n');
		buf_addc(&b, '-');
		buf_addspan(&b, w);
	}
	u->text = span_dup(buf_span(&b));
	buf_free(&b);
}

/* Whether an action cannot be at all the places of a rule. */
static int
is_misplaced(const struct name *a, const struct rule *u)
{
	if (a->value != RULES_HIDE && a->value != OFFER)
		return (u->places & ~a->places) != 0;
	return u->places != 0 && (u->verb != NULL ?
	    strcmp(u->verb, "CAPA") != 0 : u->places != AT(RULES_EHLO));
}

static void
take_action(struct ruleword *t, const struct rules_for *who, struct rule *u,
    struct span w)
{
	const struct name *a = find(actions, w);

	if (a == NULL) {
		wrong_name(t, w, "action", actions, "");
		return;
	}
	u->what = (enum rules_do)a->value;
	if (is_misplaced(a, u))
		ruleword_wrong(t, w, "%s is for %s only", a->name,
		    a->value == RULES_INJECT ? "commands" :
		    who->protocol == DIALOGUE_POP3 ? "capa" : "ehlo");
	switch (a->value) {
	case RULES_REPLY:
	case RULES_ALSO:
		take_reply(t, who, u);
		break;
	case RULES_INJECT:
		take_injected(t, who, w, u);
		break;
	case RULES_CERTIFICATE:
		take_certificate(t, who, w, u);
		break;
	case RULES_BYTEWISE:
		u->ms = ruleword_peek(t).n > 0 ? ruleword_time(t) : BYTE_MS;
		break;
	case RULES_DELAY:
		u->ms = ruleword_time(t);
		break;
	case RULES_HIDE:
		take_keywords(t, u);
		break;
	case OFFER:
		take_offer(t, u);
		break;
	default:
		break;
	}
	ruleword_end(t);
}

enum rules_place
rule_place(const char *verb)
{
	static const struct {
		const char *verb;
		enum rules_place place;
	} known[] = { { "HELO", RULES_HELO }, { "EHLO", RULES_EHLO },
	    { "AUTH", RULES_AUTH }, { "MAIL", RULES_MAIL },
	    { "SEND", RULES_MAIL }, { "SOML", RULES_MAIL },
	    { "SAML", RULES_MAIL }, { "RCPT", RULES_RCPT },
	    { "DATA", RULES_DATA }, { "QUIT", RULES_QUIT },
	    { "RSET", RULES_RSET }, { "VRFY", RULES_VRFY } };
	size_t i;

	if (verb == NULL || verb[0] == '\0')
		return RULES_UNKNOWN;
	for (i = 0; i < COUNT(known); i++)
		if (strcmp(verb, known[i].verb) == 0)
			return known[i].place;
	return RULES_VERB;
}

/* A place by its name, or by that of a verb; else it is said. */
static void
take_place(struct ruleword *t, const struct rules_for *who, struct rule *u)
{
	struct span w = ruleword_take(t);
	const struct name *found = find(places, w);
	const struct verb *verb = verb_find(who->protocol, w);

	/* Others have connect, any, unknown, and their own verbs. */
	if (found != NULL && who->protocol != DIALOGUE_SMTP && verb == NULL &&
	    (found->places & (AT(RULES_CONNECT) | AT(RULES_UNKNOWN))) == 0)
		found = NULL;
	/* Where it is not known nothing that follows is out of place. */
	if (found != NULL)
		u->places = found->places;
	else if (verb != NULL && strcmp(verb->name, "BDAT") != 0) {
		u->places = AT(rule_place(verb->name));
		if (u->places == AT(RULES_VERB))
			u->verb = verb->name;
	} else {
		wrong_name(t, w, "place", places, ", and other verbs");
	}
}

/* at PLACE [when CONDITION ...] [WHEN] ACTION */
void
rule_parse(struct ruleword *t, const struct rules_for *who, struct rule *u)
{
	const struct name *found;
	int conditional = 0;
	struct span w;

	u->line = t->line;
	take_place(t, who, u);
	for (w = ruleword_take(t);; w = ruleword_take(t)) {
		if (span_case_is(w, "when")) {
			if (conditional++)
				ruleword_wrong(t, w, "when is repeated");
			take_conditions(t, u);
		} else if ((found = find(whens, w)) != NULL) {
			if (u->when != RULE_ALWAYS)
				ruleword_wrong(t, w, "only one of nth, every, "
				    "first, after, odds is allowed here");
			take_when(t, u, (enum rule_when)found->value);
		} else {
			break;
		}
	}
	take_action(t, who, u, w);
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
