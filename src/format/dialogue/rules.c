#include "rules.h"

#include <fnmatch.h>
#include <stdlib.h>

#include "format/mail/addr.h"

struct rules {
	struct rule *rule;
	size_t n;
	int seeded;
	uint64_t random;		/* the generator's state */
	struct buf text;		/* of the last action */
	struct buf word;
};

/* A word without NULs against a pattern. */
static int
fits(struct rules *r, const char *pattern, struct span s)
{
	buf_clear(&r->word);
	buf_addlower(&r->word, s);
	return fnmatch(pattern, buf_str(&r->word), 0) == 0;
}

static int
one_fits(struct rules *r, const char *pattern, struct span list)
{
	struct span s = list;
	const char *nul;

	if (pattern == NULL)
		return 1;
	if (list.p == NULL)
		return 0;
	while ((nul = span_find(s, '\0')) != NULL) {
		if (fits(r, pattern, span_of(s.p, (size_t)(nul - s.p))))
			return 1;
		s = span_drop(s, (size_t)(nul + 1 - s.p));
	}
	/* Behind the last NUL nothing is nothing. */
	return (s.n > 0 || list.n == 0) && fits(r, pattern, s);
}

static int
matches(struct rules *r, const struct rule *u, enum rules_place place,
    const struct rules_facts *f)
{
	return (u->places & 1u << place) != 0 &&
	    (u->verb == NULL || (f->verb != NULL &&
	    strcmp(u->verb, f->verb) == 0)) &&
	    one_fits(r, u->pattern[RULE_ARG], f->arg) &&
	    (!u->sized || f->size > u->over) &&
	    one_fits(r, u->pattern[RULE_PEER], f->peer) &&
	    one_fits(r, u->pattern[RULE_HELO], f->helo) &&
	    one_fits(r, u->pattern[RULE_FROM], f->from) &&
	    one_fits(r, u->pattern[RULE_RCPT], f->rcpt);
}

/* Whether more than n events, this one included, fall into the last ms. */
static int
too_many(struct rule *u, long long now)
{
	long long *oldest;
	int full;

	if (u->seen == NULL)
		u->seen = die_calloc((size_t)u->n, sizeof *u->seen);
	oldest = &u->seen[(u->count - 1) % u->n];
	full = u->count > u->n && now - *oldest < u->per;
	*oldest = now;
	return full;
}

/* SplitMix64 (Steele, Lea and Flood, 2014). */
static uint64_t
draw(struct rules *r)
{
	uint64_t z = r->random += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* Counts an event that has reached the rule: whether the rule acts. */
static int
acts(struct rules *r, struct rule *u, long long now)
{
	u->count++;
	switch (u->when) {
	case RULE_NTH:
		return u->count == u->n;
	case RULE_EVERY:
		return u->count % u->n == 0;
	case RULE_FIRST:
		return u->count <= u->n;
	case RULE_AFTER:
		return too_many(u, now);
	case RULE_ODDS:
		return draw(r) % RULEWORD_SURE < u->n;
	default:
		return 1;
	}
}

/* The path behind key: what follows it. */
static struct span
cut_path(struct span s, const char *key, struct span *path)
{
	struct addr a;
	size_t used;

	if (span_case_begins(s, key))
		s = span_trim(span_drop(s, strlen(key)));
	*path = s;
	if (addr_path(&a, s, &used, NULL) < 0 ||
	    (used < s.n && !byte_is_blank(s.p[used])))
		return s;
	*path = a.text;
	return span_drop(s, used);
}

/* The SIZE among the parameters of MAIL, or 0. */
static uint64_t
announced(struct span params)
{
	static const char key[] = "SIZE=";
	struct span word;
	uintmax_t size;

	while ((word = span_take_word(&params)).n > 0)
		if (span_case_begins(word, key) &&
		    span_number(span_drop(word, strlen(key)), &size) == 0)
			return size;
	return 0;
}

void
rules_command(struct rules_facts *f, enum rules_place place, struct span arg)
{
	f->arg = arg;
	switch (place) {
	case RULES_HELO:
	case RULES_EHLO:
		f->helo = arg;
		break;
	case RULES_MAIL:
		f->size = announced(cut_path(arg, "FROM:", &f->from));
		break;
	case RULES_RCPT:
		cut_path(arg, "TO:", &f->rcpt);
		break;
	case RULES_VRFY:
		cut_path(arg, "", &f->rcpt);
		break;
	default:
		break;
	}
}

struct rules_action
rules_event(struct rules *r, enum rules_place place,
    const struct rules_facts *facts, long long now)
{
	struct rules_action a = { RULES_PASS, { NULL, 0 }, 0, 0 };
	struct rule *u;

	buf_clear(&r->text);
	for (u = r->rule; u < r->rule + r->n; u++) {
		/* All that hide something act as one. */
		if (a.what == RULES_HIDE && u->what != RULES_HIDE)
			continue;
		if (!matches(r, u, place, facts) || !acts(r, u, now))
			continue;
		if (a.line == 0)
			a.line = u->line;
		a.what = u->what;
		a.ms = u->ms;
		if (u->text != NULL) {
			if (r->text.n > 0)
				buf_addc(&r->text, '\n');
			buf_adds(&r->text, u->text);
		}
		if (a.what != RULES_HIDE)
			break;
	}
	a.text = buf_span(&r->text);
	return a;
}

/* Takes the next of the keywords of a: its sign, or 0. */
static char
next_keyword(const struct rules_action *a, size_t *at, struct span *keyword)
{
	struct span rest;

	if (a->what != RULES_HIDE || *at >= a->text.n)
		return 0;
	rest = span_drop(a->text, *at);
	*keyword = span_cut(&rest, '\n');
	*at += keyword->n + 1;
	*keyword = span_drop(*keyword, 1);
	return keyword->p[-1];
}

int
rules_hides(const struct rules_action *a, struct span keyword)
{
	struct span word;
	size_t at = 0;
	char sign;

	while ((sign = next_keyword(a, &at, &word)) != 0)
		if (sign == '-' && span_case_eq(word, keyword))
			return 1;
	return 0;
}

int
rules_offer(const struct rules_action *a, size_t *at, struct span *line)
{
	char sign;

	while ((sign = next_keyword(a, at, line)) != 0)
		if (sign == '+')
			return 1;
	return 0;
}

void
rules_free(struct rules *r)
{
	size_t i;

	if (r == NULL)
		return;
	for (i = 0; i < r->n; i++)
		rule_free(&r->rule[i]);
	free(r->rule);
	buf_free(&r->text);
	buf_free(&r->word);
	free(r);
}

static void
take_seed(struct ruleword *t, struct rules *r, struct span at)
{
	struct span w = ruleword_take(t);
	uintmax_t u;

	if (r->seeded++)
		ruleword_wrong(t, at, "seed is repeated");
	if (span_number(w, &u) < 0)
		ruleword_wrong(t, w, "a number is expected");
	else
		r->random = u;
	ruleword_end(t);
}

/* Offset of the first control character but a tab, or s.n. */
static size_t
find_control(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (((unsigned char)s.p[i] < ' ' && s.p[i] != '\t') ||
		    s.p[i] == 0x7f)
			break;
	return i;
}

static void
take_line(struct ruleword *t, const struct rules_for *who, struct rules *r)
{
	struct span w, line = t->rest;

	w = ruleword_take(t);
	if (w.n == 0 || *w.p == '#')
		return;
	if (find_control(line) < line.n)
		ruleword_wrong(t, span_drop(line, find_control(line)),
		    "control character");
	else if (span_case_is(w, "seed"))
		take_seed(t, r, w);
	else if (span_case_is(w, "at"))
		rule_parse(t, who, &r->rule[r->n++]);
	else
		ruleword_wrong(t, w, "a line begins with at, seed or #");
}

struct rules *
rules_parse(struct span text, const struct rules_for *who,
    struct buf *faults)
{
	struct ruleword t = { .faults = faults };
	size_t had = faults->n;
	struct rules *r;

	r = die_calloc(1, sizeof *r);
	r->rule = die_calloc(span_lines(text), sizeof *r->rule);
	while (text.n > 0) {
		t.line++;
		t.rest = span_chomp(span_line(&text));
		t.start = t.rest.p;
		take_line(&t, who, r);
	}
	if (faults->n == had)
		return r;
	rules_free(r);
	return NULL;
}
