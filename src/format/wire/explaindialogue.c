#include "explaindialogue.h"

#include "explainline.h"

void
explaindialogue_begin(struct explaindialogue *x,
    enum dialogue_protocol protocol)
{
	notes_clear(&x->notes);
	follow_free(&x->follow);
	memset(&x->follow, 0, sizeof x->follow);
	x->follow.protocol = protocol;
}

void
explaindialogue_event(struct explaindialogue *x,
    const struct dialogue_event *e)
{
	const struct follow_line *line = follow(&x->follow, e);

	notes_clear(&x->notes);
	x->shown = line->open;
	explainline(&x->notes, x->follow.protocol, e, line, 0);
}

void
explaindialogue_end(struct explaindialogue *x)
{
	notes_clear(&x->notes);
}

void
explaindialogue_free(struct explaindialogue *x)
{
	notes_free(&x->notes);
	follow_free(&x->follow);
}
