#include "judgeorder.h"

#include "explain.h"
#include "format/wire/ordline.h"

#define PAGE "orderproto(7)"

/* All octets of an order are there. */
static void
judge_sum(const struct judgeorder *o, struct review *j)
{
	unsigned char digest[SHA256_SIZE];
	struct sha256 sha = o->sha;
	char hex[SHA256_HEX];

	sha256_end(&sha, digest);
	sha256_hex(hex, digest, sizeof digest);
	if (span_case_eq(span_str(hex), span_str(o->want)))
		notes_add(j->notes, NOTE_MEANS, PAGE, "The order is whole: its "
		    "SHA-256 is as its line says.");
	else
		buf_addf(review_fault(j, PAGE), "the SHA-256 of the order is "
		    "%s, not as its line says", hex);
}

static void
begin_order(struct judgeorder *o, struct review *j, const struct ordline *line)
{
	memcpy(o->want, line->sha.p, SHA256_HEX - 1);
	sha256_init(&o->sha);
	o->left = line->octets;
	if (o->left == 0)
		judge_sum(o, j);
}

/* Where nobody knows how a line ended, there is nothing to compare. */
static void
judge_text(struct judgeorder *o, struct review *j)
{
	const struct dialogue_event *e = j->e;
	struct span end = span_str(dialogue_ending(e->end));

	if (o->left == 0)
		return;
	if (e->end == DIALOGUE_NO_END || e->text.n + end.n > o->left) {
		o->left = 0;
		return;
	}
	sha256_add(&o->sha, e->text.p, e->text.n);
	sha256_add(&o->sha, end.p, end.n);
	o->left -= e->text.n + end.n;
	if (o->left == 0)
		judge_sum(o, j);
}

static void
judge_command(struct judgeorder *o, struct review *j)
{
	struct ordline line;
	const char *why;

	if (j->e->text.n + 2 > ORDLINE_MAX)
		buf_addf(review_fault(j, PAGE), "a line of %zu octets: %d are "
		    "allowed", j->e->text.n + 2, ORDLINE_MAX);
	if (review_is(j, "ORDER")) {
		o->orders++;
		why = ordline_parse(&line, j->line->arg);
		o->left = 0;
		if (why != NULL)
			buf_adds(review_fault(j, PAGE), why);
		else
			begin_order(o, j, &line);
	} else if (*j->line->verb == '\0')
		review_wrong(j, PAGE, o->orders > 0 ? "not a command: the "
		    "order above had more octets than its size says, or it is "
		    "none" : "not a command: ORDER or QUIT");
	else if (j->line->arg.n > 0)
		review_wrong(j, PAGE, "nothing may follow QUIT");
}

static void
judge_reply(struct review *j)
{
	const struct follow_line *l = j->line;
	struct buf code = { 0 };
	int known;

	if (l->kind == FOLLOW_NO_REPLY) {
		review_wrong(j, PAGE, "not a reply: a code of three digits, a "
		    "blank, and text");
		return;
	}
	buf_addu(&code, (uintmax_t)l->code);
	known = explain_reply(DIALOGUE_ORDER, l->verb, buf_span(&code)) != NULL;
	buf_free(&code);
	if (!known)
		review_wrong(j, PAGE, "no code of this protocol");
	else if (l->stray)
		review_wrong(j, PAGE, "no command has asked for this reply");
	else if ((l->turn == 0 && l->digit < 4 && l->code != 220) ||
	    (l->turn > 0 && l->code == 220) ||
	    (review_is(j, "QUIT") && l->code == 250) ||
	    (review_is(j, "ORDER") && l->code == 221))
		review_wrong(j, PAGE, "no answer to this command: the replies "
		    "are out of step");
}

void
judgeorder_line(struct judgeorder *o, struct review *j)
{
	if (j->line->kind == FOLLOW_COMMAND)
		judge_command(o, j);
	else if (j->line->kind == FOLLOW_TEXT)
		judge_text(o, j);
	else if (j->line->kind == FOLLOW_REPLY ||
	    j->line->kind == FOLLOW_NO_REPLY)
		judge_reply(j);
}
