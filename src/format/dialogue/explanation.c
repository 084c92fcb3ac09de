#include "explanation.h"

#include "explainword.h"
#include "format/mail/hdr.h"
#include "format/wire/escape.h"
#include "format/wire/ftp.h"
#include "format/wire/mask.h"

/* --- What a line means, and why it may stand there --------------------- */

/* What became of a connection. */
static const struct explain_term events[] = {
	{ "open", "The client has connected.", NULL },
	{ "close", "The connection is over.", NULL },
	{ "reset", "The connection was broken off, by a reset.",
	    "RFC 9293 3.5.2" },
	{ "tls", "From here on it is encrypted.", NULL },
	{ "timeout", "Nothing came for too long.", NULL },
	{ 0 }
};

/* Where the order of commands is written, in the order of the enum. */
static const char *const orders[] = {
	"RFC 5321 4.1.4", "RFC 5321 4.1.4", "RFC 1939 3", "RFC 959 5.4",
	"orderproto(7)"
};

static const char *
response_section(enum dialogue_protocol p)
{
	return p == DIALOGUE_POP3 ? "RFC 5034 4" : "RFC 4954 4";
}

static void
quote(struct buf *b, const char *before, struct span s, const char *behind)
{
	buf_adds(b, before);
	escape_add(b, s);
	buf_adds(b, behind);
}

static void
say_mechanisms(struct notes *notes, struct span rest)
{
	struct span word;

	while ((word = span_take_word(&rest)).n > 0)
		explain_note(notes, EXPLAIN_MECHANISM, word);
}

/* The parameters of MAIL and RCPT, each behind a blank. */
static void
say_parameters(struct notes *notes, struct span arg)
{
	const char *end = span_find(arg, '>');
	const struct explain_term *t;
	struct span rest, value, word;
	struct buf *b;

	if (end == NULL)
		return;
	rest = span_drop(arg, (size_t)(end + 1 - arg.p));
	while ((value = span_take_word(&rest)).n > 0) {
		word = span_cut(&value, '=');
		t = explain_term(EXPLAIN_PARAMETER, word);
		if (t == NULL)
			continue;
		b = notes_new(notes, NOTE_MEANS, t->section);
		if (value.n > 0)
			buf_addf(b, "%s=", t->word);
		else
			buf_adds(b, t->word);
		quote(b, "", value, ": ");
		buf_addf(b, "%s.", t->means);
	}
}

/* The port in h1,h2,h3,h4,p1,p2. */
static void
say_port(struct notes *notes, const char *section, struct span text)
{
	unsigned port = ftp_pasv_port(text);

	if (port > 0)
		buf_addf(notes_new(notes, NOTE_MEANS, section),
		    "The port is %u * 256 + %u = %u.", port >> 8, port & 255,
		    port);
}

static void
say_command(struct notes *notes, enum dialogue_protocol p,
    const struct follow_line *line, int misplaced)
{
	const struct explain_command *c = explain_command(p,
	    span_str(line->verb));

	if (c == NULL)
		return;
	notes_add(notes, NOTE_MEANS, c->section, c->means);
	if (p == DIALOGUE_FTP && strcmp(line->verb, "PORT") == 0)
		say_port(notes, c->section, line->arg);
	if (strcmp(line->verb, "MAIL") == 0 || strcmp(line->verb, "RCPT") == 0)
		say_parameters(notes, line->arg);
	else if (strcmp(line->verb, "AUTH") == 0 && p != DIALOGUE_FTP)
		explain_note(notes, EXPLAIN_MECHANISM, span_word(line->arg));
	buf_addf(notes_new(notes, NOTE_HERE, orders[p]), misplaced ?
	    "It is allowed where %s." : "It is allowed here, as %s.", c->when);
}

/* What the code of a reply means; with POP3 its word. */
static void
say_code(struct notes *notes, enum dialogue_protocol p,
    const struct follow_line *line)
{
	static const char *const words[] = { "", "", "+OK", "+", "", "-ERR" };
	struct buf code = { 0 };
	const struct explain_reply *r;
	struct buf *b;

	if (p == DIALOGUE_POP3)
		buf_adds(&code, words[line->digit]);
	else
		buf_addu(&code, (uintmax_t)line->code);
	r = explain_reply(p, line->verb, buf_span(&code));
	buf_free(&code);
	if (r == NULL)
		return;
	b = notes_new(notes, NOTE_MEANS, r->section);
	if (line->turn > 0 && *line->verb != '\0')
		buf_addf(b, "%s, to %s: ", r->code,
		    strcmp(line->verb, ".") == 0 ? "the dot" : line->verb);
	else
		buf_addf(b, "%s: ", r->code);
	buf_adds(b, r->means);
	if (p == DIALOGUE_FTP && line->code == 227)
		say_port(notes, r->section, line->text);
}

static void
say_offer(struct notes *notes, enum explain_kind kind, struct span text)
{
	struct span word = span_take_word(&text), name = span_cut(&word, '=');

	if (explain_note(notes, kind, name) && (span_case_is(name, "AUTH") ||
	    span_case_is(name, "SASL"))) {
		say_mechanisms(notes, word);
		say_mechanisms(notes, text);
	}
}

/* "[IN-USE] ..." */
static void
say_response_code(struct notes *notes, struct span text)
{
	const char *end = span_find(text, ']');
	struct span word;

	if (text.n == 0 || text.p[0] != '[' || end == NULL)
		return;
	word = span_of(text.p, (size_t)(end + 1 - text.p));
	if (!explain_note(notes, EXPLAIN_RESPONSE, word) &&
	    span_case_begins(word, "[LOGIN-DELAY"))
		explain_note(notes, EXPLAIN_RESPONSE,
		    span_str("[LOGIN-DELAY]"));
}

static void
say_reply(struct notes *notes, enum dialogue_protocol p,
    const struct follow_line *line)
{
	struct explain_status status;
	size_t n;

	if (!line->first) {
		if (strcmp(line->verb, "EHLO") == 0 && line->digit == 2)
			say_offer(notes, EXPLAIN_EHLO, line->text);
		else if (strcmp(line->verb, "FEAT") == 0 && !line->last)
			say_offer(notes, EXPLAIN_FEAT, line->text);
		return;
	}
	say_code(notes, p, line);
	if (p == DIALOGUE_POP3)
		say_response_code(notes, line->text);
	else if (p == DIALOGUE_SMTP) {
		n = explain_status(&status, line->text);
		if (n > 0)
			explainword_status(notes, &status,
			    span_of(line->text.p, n));
	}
	if (!line->last)
		notes_add(notes, NOTE_MEANS, p == DIALOGUE_FTP ?
		    "RFC 959 4.2" : "RFC 5321 4.2.1",
		    "A hyphen after the code: more of the reply follows.");
}

static void
say_event(struct notes *notes, struct span text)
{
	const struct explain_term *t;
	struct span word = span_word(text);

	for (t = events; t->word != NULL; t++)
		if (span_is(word, t->word))
			notes_add(notes, NOTE_MEANS, t->section, t->means);
}

/*
 * What line means, which is e of a dialogue of that protocol; misplaced: it may
 * not stand where it stands.
 */
static void
say_line(struct notes *notes, enum dialogue_protocol protocol,
    const struct dialogue_event *e, const struct follow_line *line,
    int misplaced)
{
	if (protocol == DIALOGUE_ANY)
		protocol = DIALOGUE_SMTP;
	switch (line->kind) {
	case FOLLOW_NOTE:
		say_event(notes, e->text);
		break;
	case FOLLOW_COMMAND:
	case FOLLOW_DOT:
		say_command(notes, protocol, line, misplaced);
		break;
	case FOLLOW_RESPONSE:
		notes_add(notes, NOTE_MEANS, response_section(protocol), "The "
		    "client's response to the challenge, in base64.");
		break;
	case FOLLOW_REPLY:
		say_reply(notes, protocol, line);
		break;
	case FOLLOW_LIST:
		if (strcmp(line->verb, "CAPA") == 0)
			say_offer(notes, EXPLAIN_CAPA, line->arg);
		break;
	case FOLLOW_LIST_END:
		notes_add(notes, NOTE_MEANS, "RFC 1939 3",
		    "A lone dot: nothing more follows.");
		break;
	case FOLLOW_TEXT:
	case FOLLOW_NO_REPLY:
		break;
	}
}

/* --- The file ----------------------------------------------------------- */

/* A dialogue, or a message, begins. */
static void
begin(struct explanation *p)
{
	if (p->dialogues++ > 0 && p->form == RENDER_TEXT)
		buf_addc(&p->out, '\n');
}

/* What there is to be said about a line, or about what is missing. */
static void
add_notes(struct explanation *p, struct notes *notes)
{
	render_notes(&p->out, p->form, notes);
	p->wrong += notes->wrong;
	notes_free(notes);
}

/* Of the dialogue before nothing is left. */
static void
forget(struct explanation *p)
{
	follow_free(&p->follow);
	memset(&p->follow, 0, sizeof p->follow);
	judge_free(&p->judge);
	explainmail_clear(&p->mail);
	explainauth_clear(&p->auth);
}

static void
end_dialogue(struct explanation *p)
{
	struct notes notes = { 0 };

	if (!p->begun)
		return;
	judge_end(&p->judge, &notes, &p->follow);
	add_notes(p, &notes);
	p->begun = 0;
}

static void
begin_dialogue(struct explanation *p)
{
	const struct dialogue_head *h = &p->d.head;
	struct buf title = { 0 };

	end_dialogue(p);
	begin(p);
	if (h->protocol != DIALOGUE_ANY) {
		dialogue_add_head(&title, h);
		render_title(&p->out, p->form, span_chomp(buf_span(&title)));
	}
	buf_free(&title);
	forget(p);
	p->follow.protocol = h->protocol;
	p->begun = 1;
}

/* What may be shown of an event's line: so many octets are no secret. */
static void
show_event(struct explanation *p, const struct dialogue_event *e, size_t open,
    const struct notes *notes)
{
	struct buf text = { 0 };

	if (p->auth.shows)
		buf_addspan(&text, e->text);
	else
		mask_add(&text, e->text, open);
	render_line(&p->out, p->form, e->side, buf_span(&text),
	    notes->wrong > 0);
	buf_free(&text);
}

static void
take_event(struct explanation *p)
{
	const struct dialogue_event *e = &p->d.event;
	const struct follow_line *line;
	struct notes all = { 0 }, notes = { 0 };
	struct review j = { e, &p->follow, NULL, &all,
	    p->explains_mail ? &p->mail : NULL, 0 };

	if (p->d.begins)
		begin_dialogue(p);
	j.line = line = follow(&p->follow, e);
	judge_event(&p->judge, &j);
	explainauth_line(&p->auth, &j);
	say_line(&all, p->follow.protocol, e, line, j.misplaced);
	notes_append(&notes, &all);
	show_event(p, e, line->open, &notes);
	add_notes(p, &notes);
	notes_free(&all);
}

static void
take_message(struct explanation *p, struct span line)
{
	const struct dialogue_event e = {
		.side = DIALOGUE_CLIENT, .end = DIALOGUE_NO_END,
		.text = span_chomp(line)
	};
	struct notes all = { 0 }, notes = { 0 };
	struct review j = { &e, &p->follow, NULL, &all, &p->mail, 0 };

	p->text.body8 = 1;
	judgetext_line(&p->text, &j, 0);
	notes_append(&notes, &all);
	render_text(&p->out, p->form, e.text, notes.wrong > 0);
	add_notes(p, &notes);
	notes_free(&all);
}

static void
end_message(struct explanation *p)
{
	struct notes notes = { 0 };
	struct review j = { NULL, &p->follow, NULL, &notes, &p->mail, 0 };

	judgetext_end(&p->text, &j);
	judgetext_clear(&p->text);
	add_notes(p, &notes);
	p->message = 0;
}

static int
is_field(struct span line)
{
	const char *colon = span_find(line, ':');

	return colon != NULL &&
	    hdr_is_name(span_of(line.p, (size_t)(colon - line.p)));
}

int
explanation_line(struct explanation *p, struct span line)
{
	enum dialogue_kind kind = DIALOGUE_OTHER;
	int first = p->lines == 0;

	p->lines = 1;
	if (!p->message)
		kind = dialogue_line(&p->d, line);
	if (kind == DIALOGUE_BAD) {
		p->why = p->d.why;
		return -1;
	}
	if (kind == DIALOGUE_EVENT)
		take_event(p);
	else if (first && p->explains_mail && is_field(line) &&
	    !span_begins(line, "dialogue ")) {
		p->message = 1;
		begin(p);
	}
	if (p->message)
		take_message(p, line);
	return 0;
}

void
explanation_end(struct explanation *p)
{
	end_dialogue(p);
	if (p->message)
		end_message(p);
	p->lines = 0;
	dialogue_free(&p->d);
	memset(&p->d, 0, sizeof p->d);
}

void
explanation_free(struct explanation *p)
{
	follow_free(&p->follow);
	judge_free(&p->judge);
	judgetext_free(&p->text);
	explainmail_free(&p->mail);
	explainauth_free(&p->auth);
	dialogue_free(&p->d);
	buf_free(&p->out);
}
