#include "explainword.h"

static const char *const protocols[] = { "", "SMTP", "POP3", "FTP", "order" };

/* What is being said about a word. */
struct answer_to {
	struct buf *b;
	enum render_form form;
	struct span word;
	size_t found;
	struct buf title;	/* of the meaning in hand, */
	struct notes notes;	/* and what is said there */
};

/* The meaning in hand is all there. */
static void
say(struct answer_to *a)
{
	if (a->found++ > 0 && a->form == RENDER_TEXT)
		buf_addc(a->b, '\n');
	render_title(a->b, a->form, buf_span(&a->title));
	render_notes(a->b, a->form, &a->notes);
	buf_free(&a->title);
	notes_free(&a->notes);
}

static void
say_command(struct answer_to *a, enum dialogue_protocol p,
    const struct explain_command *c)
{
	buf_addf(&a->title, strcmp(c->verb, ".") == 0 ? "%s: the end of a "
	    "text, %s" : "%s: command of %s", c->verb, protocols[p]);
	notes_add(&a->notes, NOTE_MEANS, c->section, c->means);
	buf_addf(notes_new(&a->notes, NOTE_HERE, NULL),
	    "It is allowed where %s.", c->when);
	say(a);
}

static void
say_reply(struct answer_to *a, enum dialogue_protocol p,
    const struct explain_reply *r)
{
	buf_addf(&a->title, "%s: reply of %s", r->code, protocols[p]);
	if (r->verbs != NULL && *r->verbs == '\0')
		buf_adds(&a->title, ", as the greeting");
	else if (r->verbs != NULL)
		buf_addf(&a->title, ", to %s", r->verbs);
	notes_add(&a->notes, NOTE_MEANS, r->section, r->means);
	say(a);
}

static void
say_term(struct answer_to *a, enum explain_kind kind,
    const struct explain_term *t)
{
	buf_addf(&a->title, "%s: %s", t->word, explain_kind_name(kind));
	notes_add(&a->notes, NOTE_MEANS, t->section, t->means);
	say(a);
}

static void
search_protocol(struct answer_to *a, enum dialogue_protocol p)
{
	const struct explain_command *c = explain_command(p, a->word);
	const struct explain_reply *r;

	if (c != NULL)
		say_command(a, p, c);
	for (r = explain_replies(p); r->code != NULL; r++)
		if (span_case_is(a->word, r->code))
			say_reply(a, p, r);
}

void
explainword_status(struct notes *notes, const struct explain_status *status,
    struct span code)
{
	const struct explain_term *about = status->detail != NULL ?
	    status->detail : status->subject;
	struct buf *b = notes_new(notes, NOTE_MEANS,
	    about != NULL ? about->section : "RFC 3463 2");

	buf_addspan(b, code);
	if (status->category != NULL)
		buf_addf(b, ": %s", status->category->means);
	if (about != NULL)
		buf_addf(b, "; %s", about->means);
	else
		buf_adds(b, "; what it is about is not known");
	buf_addc(b, '.');
}

/* "4.7.1", and "X.7.1" or "7.1" of any category. */
static void
search_status(struct answer_to *a)
{
	struct explain_status status;
	struct buf code = { 0 };

	if (span_case_begins(a->word, "x.")) {
		buf_addc(&code, '5');
		buf_addspan(&code, span_drop(a->word, 1));
	} else {
		buf_addspan(&code, a->word);
	}
	if (explain_status(&status, buf_span(&code)) == code.n && code.n > 0) {
		if (code.p[0] != a->word.p[0])
			status.category = NULL;
		explainword_status(&a->notes, &status, a->word);
		buf_addspan(&a->title, a->word);
		buf_adds(&a->title, ": enhanced status code");
		say(a);
	}
	buf_free(&code);
}

/* "IN-USE", which stands in brackets in a reply. */
static void
search_response(struct answer_to *a)
{
	struct buf code = { 0 };
	const struct explain_term *t;

	buf_addc(&code, '[');
	buf_addspan(&code, a->word);
	buf_addc(&code, ']');
	t = explain_term(EXPLAIN_RESPONSE, buf_span(&code));
	if (t != NULL)
		say_term(a, EXPLAIN_RESPONSE, t);
	buf_free(&code);
}

size_t
explainword(struct buf *b, enum render_form form, struct span word)
{
	struct answer_to a = { .b = b, .form = form, .word = word };
	const struct explain_term *t;
	enum dialogue_protocol p;
	int kind;

	for (p = DIALOGUE_SMTP; p <= DIALOGUE_ORDER; p++)
		search_protocol(&a, p);
	search_status(&a);
	for (kind = 0; kind < EXPLAIN_KINDS; kind++) {
		t = explain_term((enum explain_kind)kind, word);
		if (t != NULL)
			say_term(&a, (enum explain_kind)kind, t);
	}
	search_response(&a);
	return a.found;
}
