#include "judgeorder.h"

#include "explain.h"
#include "format/wire/ordline.h"

#define PAGE "orderproto(7)"

static void
judge_command(struct judgeorder *o, struct judged *j)
{
	struct ordline line;
	const char *why;

	if (j->e->text.n + 2 > ORDLINE_MAX)
		buf_addf(judged_fault(j, PAGE), "a line of %zu octets: %d are "
		    "allowed", j->e->text.n + 2, ORDLINE_MAX);
	if (judged_is(j, "ORDER")) {
		o->orders++;
		why = ordline_parse(&line, j->line->arg);
		if (why != NULL)
			buf_adds(judged_fault(j, PAGE), why);
	} else if (*j->line->verb == '\0')
		judged_wrong(j, PAGE, o->orders > 0 ? "not a command: the "
		    "order above had more octets than its size says, or it is "
		    "none" : "not a command: ORDER or QUIT");
	else if (j->line->arg.n > 0)
		judged_wrong(j, PAGE, "nothing may follow QUIT");
}

static void
judge_reply(struct judged *j)
{
	const struct follow_line *l = j->line;
	char code[4];

	if (l->kind == FOLLOW_NO_REPLY) {
		judged_wrong(j, PAGE, "not a reply: a code of three digits, a "
		    "blank, and text");
		return;
	}
	code[0] = (char)('0' + l->code / 100);
	code[1] = (char)('0' + l->code / 10 % 10);
	code[2] = (char)('0' + l->code % 10);
	code[3] = '\0';
	if (explain_reply(DIALOGUE_ORDER, l->verb, span_str(code)) == NULL)
		judged_wrong(j, PAGE, "no code of this protocol");
	else if (l->stray)
		judged_wrong(j, PAGE, "no command has asked for this reply");
	else if ((l->turn == 0 && l->digit < 4 && l->code != 220) ||
	    (l->turn > 0 && l->code == 220) ||
	    (judged_is(j, "QUIT") && l->code == 250) ||
	    (judged_is(j, "ORDER") && l->code == 221))
		judged_wrong(j, PAGE, "no answer to this command: the replies "
		    "are out of step");
}

void
judgeorder_line(struct judgeorder *o, struct judged *j)
{
	if (j->line->kind == FOLLOW_COMMAND)
		judge_command(o, j);
	else if (j->line->kind == FOLLOW_REPLY ||
	    j->line->kind == FOLLOW_NO_REPLY)
		judge_reply(j);
}
