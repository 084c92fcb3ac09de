#include "tapline.h"

#include "format/wire/ordline.h"

/* A longer line is passed on in pieces. */
#define LINE_MAX 65536

static int
is_verb(const struct verb *verb, const char *name)
{
	return verb != NULL && strcmp(verb->name, name) == 0;
}

/* A command's place, RULES_PLACES for none. */
static enum rules_place
place_of(const struct tap *s, const struct verb *verb)
{
	if (is_verb(verb, "BDAT"))
		return s->facts.chunks ? RULES_PLACES : RULES_DATA;
	return rule_place(verb != NULL ? verb->name : NULL);
}

/* What rules say of an event; valid until the next one of any session. */
static void
action_at(struct tap *s, enum rules_place place, const struct verb *verb,
    struct span arg, struct rules_action *action)
{
	struct rules_facts f = { .verb = verb != NULL ? verb->name : NULL };
	struct tap_facts *t = &s->facts;

	if (s->conf->event == NULL || place == RULES_PLACES) {
		*action = (struct rules_action){ .what = RULES_PASS };
		return;
	}
	f.size = t->size;
	if (s->peer[0] != '\0')
		f.peer = span_str(s->peer);
	if (t->has_helo)
		f.helo = span_str(buf_str(&t->helo));
	if (t->has_from)
		f.from = span_str(buf_str(&t->from));
	if (t->rcpts.n > 0)
		f.rcpt = buf_span(&t->rcpts);
	rules_command(&f, place, arg);
	*action = s->conf->event(s->conf->rules, place, &f);
}

static void
end_message(struct tap *s)
{
	struct tap_facts *t = &s->facts;

	buf_clear(&t->from);
	buf_clear(&t->rcpts);
	t->has_from = t->chunks = 0;
	t->size = 0;
}

/* The command goes to the server. */
static void
note_command(struct tap *s, const struct verb *verb, struct span arg)
{
	const enum rules_place place = place_of(s, verb);
	struct tap_facts *t = &s->facts;
	struct rules_facts f = { 0 };

	if (s->conf->protocol != DIALOGUE_SMTP)
		return;
	rules_command(&f, place, arg);
	if (place == RULES_HELO || place == RULES_EHLO) {
		end_message(s);
		buf_set(&t->helo, arg);
		t->has_helo = 1;
	} else if (place == RULES_MAIL) {
		end_message(s);
		buf_set(&t->from, f.from);
		t->has_from = 1;
		t->size = f.size;
	} else if (place == RULES_RCPT) {
		buf_addspan(&t->rcpts, f.rcpt);
		buf_addc(&t->rcpts, '\0');
	} else if (place == RULES_RSET)
		end_message(s);
	else if (place == RULES_DATA)
		t->size = 0;
	t->chunks |= is_verb(verb, "BDAT");
}

static void
forward(struct tap *s, const char *p, size_t n)
{
	s->conf->server.send(s->server, p, n);
}

int
tapline_connect(struct tap *s)
{
	struct rules_action a;

	action_at(s, RULES_CONNECT, NULL, span_of(NULL, 0), &a);
	if (tamper_begin(&s->tamper, &a, RULES_CONNECT, s->out)) {
		s->turned_away = 1;
		/* Only SMTP knows what to say to others than QUIT. */
		s->tamper.closes |= s->conf->protocol != DIALOGUE_SMTP &&
		    !s->tamper.silent;
		return 1;
	}
	s->shapes = tamper_is_on(&s->tamper);
	return 0;
}

/* A reply waits for a rule, and not for octets that its command announced. */
static int
shapes_reply(const struct tap *s)
{
	return s->shapes && s->follow.left == 0;
}

int
tapline_holds(const struct tap *s)
{
	return shapes_reply(s) || s->asked || s->tamper.delay > 0 ||
	    s->tamper.closes;
}

/* The line goes to the server, what rules put behind it, too. */
static void
pass(struct tap *s, struct span raw, const struct dialogue_event *e)
{
	struct span injected;

	follow(&s->follow, e);
	forward(s, raw.p, raw.n);
	injected = tamper_injected(&s->tamper);
	if (injected.n > 0)
		forward(s, injected.p, injected.n);
	s->shapes = tamper_is_on(&s->tamper);
}

/*
 * Whether the line that s->in begins with is to be passed on, with s->tamper
 * saying what becomes of its reply.  -1: not yet, for there are replies to come
 * before, and rules want to meddle.
 */
static int
ask(struct tap *s, enum rules_place place, const struct verb *verb,
    struct span arg)
{
	/* BDAT's own reply comes after the end that this is. */
	size_t awaited = place == RULES_DOT && s->follow.left > 0;
	struct rules_action a;

	if (!s->asked) {
		action_at(s, place, verb, arg, &a);
		if (a.what == RULES_PASS)
			return 1;
		s->asked = 1;
		s->action = a;
		buf_set(&s->text, a.text);
	}
	if (s->follow.awaited.n > awaited ||
	    s->follow.state == FOLLOW_CONNECT)
		return -1;
	s->asked = 0;
	s->action.text = buf_span(&s->text);
	/* The server has the message already: its reply is another. */
	if (place == RULES_DOT && s->action.what == RULES_REPLY) {
		tamper_replace(&s->tamper, &s->action);
		return 1;
	}
	return !tamper_begin(&s->tamper, &s->action, place, s->out);
}

/* The octets that follow a command which is not passed on are not, either. */
static void
swallow(struct tap *s, const char *verb, struct span arg)
{
	struct ordline o;
	uintmax_t n;

	if (strcmp(verb, "ORDER") == 0) {
		ordline_parse(&o, arg);
		s->swallow = o.sized ? o.octets : 0;
	} else if (strcmp(verb, "BDAT") == 0 &&
	    span_number(span_take_word(&arg), &n) == 0)
		s->swallow = n;
}

/* A command: 0 where it has to wait. */
static int
take_command(struct tap *s, struct span raw, const struct dialogue_event *e)
{
	struct span arg = e->text, word = verb_take(&arg);
	const struct verb *verb = verb_find(s->conf->protocol, word);

	switch (ask(s, place_of(s, verb), verb, arg)) {
	case -1:
		return 0;
	case 1:
		note_command(s, verb, arg);
		pass(s, raw, e);
		break;
	default:
		if (verb != NULL)
			swallow(s, verb->name, arg);
	}
	return 1;
}

/* The end of a message's text, or its last octets: 0 where it has to wait. */
static int
take_end(struct tap *s, struct span raw, const struct dialogue_event *e)
{
	switch (ask(s, RULES_DOT, NULL, span_of(NULL, 0))) {
	case -1:
		return 0;
	case 1:
		end_message(s);
		pass(s, raw, e);
	}
	return 1;
}

/* SMTP's turned away: nothing but QUIT is done. */
static void
refuse(struct tap *s, struct span line)
{
	struct span word = verb_take(&line);

	if (span_case_is(word, "QUIT")) {
		buf_adds(s->out, "221 2.0.0 Bye\r\n");
		s->tamper.closes = 1;
	} else {
		buf_adds(s->out, "503 5.5.1 Error: no service here\r\n");
	}
}

/* How much of in is the next line, or piece of a text; 0: not whole yet. */
static size_t
measure(const struct tap *s, struct span in)
{
	size_t n = in.n < LINE_MAX ? in.n : LINE_MAX;
	const char *lf;

	if (s->swallow > 0)
		return n < s->swallow ? n : (size_t)s->swallow;
	if (s->follow.left > 0)
		return n < s->follow.left ? n : (size_t)s->follow.left;
	lf = memchr(in.p, '\n', n);
	if (lf != NULL)
		return (size_t)(lf + 1 - in.p);
	return n == LINE_MAX || s->eof ? n : 0;
}

/* Octets of a chunk, or an order: 0 where they have to wait. */
static int
take_octets(struct tap *s, struct span raw)
{
	struct dialogue_event e = { 0, DIALOGUE_CLIENT, DIALOGUE_NONE, 0,
	    raw };

	if (!s->asked)
		s->facts.size += raw.n;
	if (raw.n == s->follow.left && s->facts.chunks &&
	    follow_is_last(&s->follow))
		return take_end(s, raw, &e);
	follow(&s->follow, &e);
	forward(s, raw.p, raw.n);
	return 1;
}

/* Takes raw, a line or a piece: 0 where it has to wait. */
static int
take(struct tap *s, struct span raw)
{
	struct dialogue_event e = { 0, DIALOGUE_CLIENT, DIALOGUE_NONE, 0,
	    raw };

	if (s->swallow > 0) {
		s->swallow -= raw.n;
		return 1;
	}
	if (s->follow.left > 0)
		return take_octets(s, raw);
	e.end = dialogue_chomp(&e.text);
	if (s->turned_away) {
		refuse(s, e.text);
		return 1;
	}
	if (s->line.n == 0)
		follow_settle(&s->follow);
	switch (follow_next(&s->follow, &e)) {
	case FOLLOW_COMMAND:
		return take_command(s, raw, &e);
	case FOLLOW_DOT:
		return take_end(s, raw, &e);
	case FOLLOW_TEXT:
		s->facts.size += raw.n;
		/* FALLTHROUGH */
	default:
		follow(&s->follow, &e);
		forward(s, raw.p, raw.n);
		return 1;
	}
}

/* What waited for replies can go on; and what comes after it. */
static int
may_go_on(const struct tap *s)
{
	return s->known && !shapes_reply(s) && s->tamper.delay == 0 &&
	    !s->tamper.closes && !s->tamper.silent && !s->opaque;
}

void
tapline_go_on(struct tap *s)
{
	size_t at = 0, n;

	while (at < s->in.n && may_go_on(s)) {
		n = measure(s, span_drop(buf_span(&s->in), at));
		if (n == 0 || !take(s, span_of(s->in.p + at, n)))
			break;
		at += n;
	}
	if (s->known && s->opaque && at < s->in.n) {
		forward(s, s->in.p + at, s->in.n - at);
		at = s->in.n;
	}
	if (s->tamper.silent)
		at = s->in.n;
	buf_consume(&s->in, at);
}

/* The reply that a rule is about is whole. */
static void
end_reply(struct tap *s)
{
	size_t from = s->out->n;

	s->shapes = 0;
	buf_addspan(s->out, buf_span(&s->reply));
	buf_clear(&s->reply);
	tamper_reply(&s->tamper, s->out, from);
}

/* A line of the server's, or a piece of one; told: the client has it. */
static void
hear_line(struct tap *s, struct span raw)
{
	struct dialogue_event e = { 0, DIALOGUE_SERVER, DIALOGUE_NONE, 0,
	    raw };
	const struct follow_line *l;

	e.end = dialogue_chomp(&e.text);
	l = follow(&s->follow, &e);
	if (s->shapes) {
		buf_addspan(&s->reply, raw);
		if ((l->kind == FOLLOW_REPLY && l->last &&
		    !(s->follow.in_list && strcmp(l->verb, "CAPA") == 0)) ||
		    l->kind == FOLLOW_LIST_END || l->kind == FOLLOW_NO_REPLY)
			end_reply(s);
	}
	s->opaque |= s->follow.tls;
}

void
tapline_server(struct tap *s, const char *p, size_t n)
{
	struct span rest = span_of(p, n), line;

	while (rest.n > 0 && !s->opaque && s->tamper.delay == 0 &&
	    !s->tamper.closes) {
		line = span_line(&rest);
		if (!s->shapes)
			buf_addspan(s->out, line);
		buf_addspan(&s->line, line);
		if (line.p[line.n - 1] != '\n' && s->line.n < LINE_MAX)
			break;
		hear_line(s, buf_span(&s->line));
		buf_clear(&s->line);
	}
	/* What follows a reply that is held back, such as a list, waits. */
	if (s->tamper.delay > 0)
		buf_addspan(&s->behind, rest);
	else if (s->opaque)
		buf_addspan(s->out, rest);
	tapline_go_on(s);
}

void
tapline_release(struct tap *s)
{
	struct buf behind = s->behind;

	tamper_release(&s->tamper, s->out);
	if (s->tamper.delay > 0)
		return;
	memset(&s->behind, 0, sizeof s->behind);
	tapline_server(s, behind.p, behind.n);
	buf_free(&behind);
}

void
tapline_server_end(struct tap *s)
{
	if (s->shapes) {
		buf_addspan(&s->reply, buf_span(&s->line));
		end_reply(s);
	}
}

void
tapline_free(struct tap *s)
{
	buf_free(&s->facts.helo);
	buf_free(&s->facts.from);
	buf_free(&s->facts.rcpts);
}
