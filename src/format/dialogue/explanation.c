#include "explanation.h"

#include "explainline.h"
#include "format/mail/hdr.h"
#include "format/wire/mask.h"

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
	explainline(&all, p->follow.protocol, e, line, j.misplaced);
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
