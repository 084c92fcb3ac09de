#include "explanation.h"

#include "format/mail/hdr.h"
#include "format/wire/mask.h"

/* A dialogue, or a message, begins. */
static void
begin(struct explanation *p)
{
	if (p->dialogues++ > 0 && p->form == RENDER_TEXT)
		buf_addc(&p->out, '\n');
}

static void
add_notes(struct explanation *p)
{
	render_notes(&p->out, p->form, &p->x.notes);
	p->wrong += p->x.notes.wrong;
}

static void
end_dialogue(struct explanation *p)
{
	if (!p->begun)
		return;
	explaindialogue_end(&p->x);
	add_notes(p);
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
	explaindialogue_begin(&p->x, h->protocol);
	p->begun = 1;
}

/* What may be shown of an event's line. */
static void
show_event(struct explanation *p, const struct dialogue_event *e)
{
	struct buf text = { 0 };

	if (p->x.auth.shows)
		buf_addspan(&text, e->text);
	else
		mask_add(&text, e->text, p->x.shown);
	render_line(&p->out, p->form, e->side, buf_span(&text),
	    p->x.notes.wrong > 0);
	buf_free(&text);
}

static void
take_event(struct explanation *p)
{
	if (p->d.begins)
		begin_dialogue(p);
	explaindialogue_event(&p->x, &p->d.event);
	show_event(p, &p->d.event);
	add_notes(p);
}

static void
take_message(struct explanation *p, struct span line)
{
	explaindialogue_message(&p->x, line);
	render_text(&p->out, p->form, span_chomp(line),
	    p->x.notes.wrong > 0);
	add_notes(p);
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
	else if (first && p->x.explains_mail && is_field(line) &&
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
	if (p->message) {
		explaindialogue_message_end(&p->x);
		add_notes(p);
	}
	p->message = p->lines = 0;
	dialogue_free(&p->d);
	memset(&p->d, 0, sizeof p->d);
}

void
explanation_free(struct explanation *p)
{
	explaindialogue_free(&p->x);
	dialogue_free(&p->d);
	buf_free(&p->out);
}
