#include "tapevent.h"

#include "format/mail/addr.h"

static int
is_verb(const struct verb *verb, const char *name)
{
	return verb != NULL && strcmp(verb->name, name) == 0;
}

/* The address behind key, or all that stands there where it is none. */
static struct span
path(struct span arg, const char *key)
{
	struct addr a;
	size_t used;

	if (span_case_begins(arg, key))
		arg = span_trim(span_drop(arg, strlen(key)));
	return addr_path(&a, arg, &used, NULL) == 0 ? a.text : arg;
}

/* MAIL's parameter, or 0. */
static uint64_t
announced(struct span arg)
{
	static const char key[] = "SIZE=";
	struct span word;
	uintmax_t size;

	while ((word = span_take_word(&arg)).n > 0)
		if (span_case_begins(word, key) &&
		    span_number(span_drop(word, strlen(key)), &size) == 0)
			return size;
	return 0;
}

enum rules_place
tapevent_place(const struct tap *s, const struct verb *verb)
{
	if (is_verb(verb, "BDAT"))
		return s->facts.chunks ? RULES_PLACES : RULES_DATA;
	return rule_place(verb != NULL ? verb->name : NULL);
}

/* What is known at an event of this session. */
static void
gather(struct tap *s, enum rules_place place, struct span arg,
    struct rules_facts *f)
{
	struct tap_facts *t = &s->facts;

	f->arg = arg;
	f->size = t->size;
	if (s->peer[0] != '\0')
		f->peer = span_str(s->peer);
	if (place == RULES_HELO || place == RULES_EHLO)
		f->helo = arg;
	else if (t->has_helo)
		f->helo = span_str(buf_str(&t->helo));
	if (place == RULES_MAIL) {
		f->from = path(arg, "FROM:");
		f->size = announced(arg);
	} else if (t->has_from)
		f->from = span_str(buf_str(&t->from));
	if (place == RULES_RCPT)
		f->rcpt = path(arg, "TO:");
	else if (place == RULES_VRFY)
		f->rcpt = path(arg, "");
	else if (t->rcpts.n > 0)
		f->rcpt = buf_span(&t->rcpts);
}

void
tapevent_ask(struct tap *s, enum rules_place place, const struct verb *verb,
    struct span arg, struct rules_action *a)
{
	struct rules_facts facts = { .verb = verb != NULL ? verb->name : NULL };

	memset(a, 0, sizeof *a);
	if (s->conf->event == NULL || place == RULES_PLACES)
		return;
	gather(s, place, arg, &facts);
	*a = s->conf->event(s->conf->rules, place, &facts);
}

static void
set(struct buf *b, struct span s)
{
	buf_clear(b);
	buf_addspan(b, s);
}

void
tapevent_command(struct tap *s, const struct verb *verb, struct span arg)
{
	struct tap_facts *t = &s->facts;

	if (verb == NULL || s->conf->protocol != DIALOGUE_SMTP)
		return;
	if (is_verb(verb, "HELO") || is_verb(verb, "EHLO")) {
		tapevent_reset(s);
		set(&t->helo, arg);
		t->has_helo = 1;
	} else if ((verb->bits & VERB_SENDER) != 0) {
		tapevent_reset(s);
		set(&t->from, path(arg, "FROM:"));
		t->has_from = 1;
		t->size = announced(arg);
	} else if (is_verb(verb, "RCPT")) {
		buf_addspan(&t->rcpts, path(arg, "TO:"));
		buf_addc(&t->rcpts, '\0');
	} else if (is_verb(verb, "RSET"))
		tapevent_reset(s);
	else if (is_verb(verb, "DATA") ||
	    (is_verb(verb, "BDAT") && !t->chunks))
		t->size = 0;
	if (is_verb(verb, "BDAT"))
		t->chunks = 1;
}

void
tapevent_text(struct tap *s, size_t n)
{
	s->facts.size += n;
}

void
tapevent_reset(struct tap *s)
{
	struct tap_facts *t = &s->facts;

	buf_clear(&t->from);
	buf_clear(&t->rcpts);
	t->has_from = t->chunks = 0;
	t->size = 0;
}

void
tapevent_free(struct tap *s)
{
	buf_free(&s->facts.helo);
	buf_free(&s->facts.from);
	buf_free(&s->facts.rcpts);
}
