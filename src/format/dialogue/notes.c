#include "notes.h"

struct begun {
	enum note_kind kind;
	const char *section;
	size_t at;		/* of its text */
};

struct buf *
notes_new(struct notes *n, enum note_kind kind, const char *section)
{
	struct begun b;

	memset(&b, 0, sizeof b);
	b.kind = kind;
	b.section = section;
	b.at = n->text.n;
	buf_add(&n->list, &b, sizeof b);
	n->n++;
	n->wrong += kind == NOTE_WRONG;
	return &n->text;
}

void
notes_add(struct notes *n, enum note_kind kind, const char *section,
    const char *text)
{
	buf_adds(notes_new(n, kind, section), text);
}

static struct begun
nth(const struct notes *n, size_t i)
{
	struct begun b;

	memcpy(&b, n->list.p + i * sizeof b, sizeof b);
	return b;
}

struct note
notes_get(const struct notes *n, size_t i)
{
	struct begun b = nth(n, i);
	struct note found = { b.kind, b.section, { NULL, 0 } };
	size_t end = i + 1 < n->n ? nth(n, i + 1).at : n->text.n;

	if (end > b.at)
		found.text = span_of(n->text.p + b.at, end - b.at);
	return found;
}

void
notes_append(struct notes *n, const struct notes *more)
{
	struct note note;
	size_t i;
	int kind;

	for (kind = 0; kind < NOTE_KINDS; kind++)
		for (i = 0; i < more->n; i++) {
			note = notes_get(more, i);
			if (note.kind == (enum note_kind)kind)
				buf_addspan(notes_new(n, note.kind,
				    note.section), note.text);
		}
}

void
notes_free(struct notes *n)
{
	buf_free(&n->text);
	buf_free(&n->list);
	n->n = n->wrong = 0;
}
