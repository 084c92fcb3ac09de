#include "explaindialogue.h"

#include "explainline.h"

void
explaindialogue_begin(struct explaindialogue *x,
    enum dialogue_protocol protocol)
{
	notes_clear(&x->notes);
	follow_free(&x->follow);
	memset(&x->follow, 0, sizeof x->follow);
	judge_free(&x->judge);
	explainmail_clear(&x->mail);
	explainauth_clear(&x->auth);
	x->follow.protocol = protocol;
}

void
explaindialogue_event(struct explaindialogue *x,
    const struct dialogue_event *e)
{
	const struct follow_line *line = follow(&x->follow, e);
	struct notes all = { 0 };
	struct review j = { e, &x->follow, line, &all,
	    x->explains_mail ? &x->mail : NULL, 0 };

	x->shown = line->open;
	judge_event(&x->judge, &j);
	explainauth_line(&x->auth, &j);
	explainline(&all, x->follow.protocol, e, line, j.misplaced);
	notes_clear(&x->notes);
	notes_append(&x->notes, &all);
	notes_free(&all);
}

void
explaindialogue_message(struct explaindialogue *x, struct span line)
{
	const struct dialogue_event e = {
		.side = DIALOGUE_CLIENT, .end = DIALOGUE_NO_END,
		.text = span_chomp(line)
	};
	struct notes all = { 0 };
	struct review j = { &e, &x->follow, NULL, &all, &x->mail, 0 };

	x->shown = e.text.n;
	x->text.body8 = 1;
	judgetext_line(&x->text, &j, 0);
	notes_clear(&x->notes);
	notes_append(&x->notes, &all);
	notes_free(&all);
}

void
explaindialogue_message_end(struct explaindialogue *x)
{
	struct review j = { NULL, &x->follow, NULL, &x->notes, &x->mail, 0 };

	notes_clear(&x->notes);
	judgetext_end(&x->text, &j);
	judgetext_clear(&x->text);
}

void
explaindialogue_end(struct explaindialogue *x)
{
	notes_clear(&x->notes);
	judge_end(&x->judge, &x->notes, &x->follow);
}

void
explaindialogue_free(struct explaindialogue *x)
{
	notes_free(&x->notes);
	follow_free(&x->follow);
	judge_free(&x->judge);
	judgetext_free(&x->text);
	explainmail_free(&x->mail);
	explainauth_free(&x->auth);
}
