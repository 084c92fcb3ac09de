#include "judge.h"

#include "explain.h"
#include "format/wire/ordline.h"

/* --- An order ---------------------------------------------------------- */

#define PAGE "orderproto(7)"

/* All octets of an order are there. */
static void
order_sum(const struct judgeorder *o, struct review *r)
{
	unsigned char digest[SHA256_SIZE];
	struct sha256 sha = o->sha;
	char hex[SHA256_HEX];

	sha256_end(&sha, digest);
	sha256_hex(hex, digest, sizeof digest);
	if (span_case_eq(span_str(hex), span_str(o->want)))
		notes_add(r->notes, NOTE_MEANS, PAGE, "The order is whole: its "
		    "SHA-256 is as its line says.");
	else
		buf_addf(review_fault(r, PAGE), "the SHA-256 of the order is "
		    "%s, not as its line says", hex);
}

static void
order_begins(struct judgeorder *o, struct review *r, const struct ordline *line)
{
	memcpy(o->want, line->sha.p, SHA256_HEX - 1);
	sha256_init(&o->sha);
	o->left = line->octets;
	if (o->left == 0)
		order_sum(o, r);
}

/* Where nobody knows how a line ended, there is nothing to compare. */
static void
order_text(struct judgeorder *o, struct review *r)
{
	const struct dialogue_event *e = r->e;
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
		order_sum(o, r);
}

static void
order_command(struct judgeorder *o, struct review *r)
{
	struct ordline line;
	const char *why;

	if (r->e->text.n + 2 > ORDLINE_MAX)
		buf_addf(review_fault(r, PAGE), "a line of %zu octets: %d are "
		    "allowed", r->e->text.n + 2, ORDLINE_MAX);
	if (review_is(r, "ORDER")) {
		o->orders++;
		why = ordline_parse(&line, r->line->arg);
		o->left = 0;
		if (why != NULL)
			buf_adds(review_fault(r, PAGE), why);
		else
			order_begins(o, r, &line);
	} else if (*r->line->verb == '\0')
		review_wrong(r, PAGE, o->orders > 0 ? "not a command: the "
		    "order above had more octets than its size says, or it is "
		    "none" : "not a command: ORDER or QUIT");
	else if (r->line->arg.n > 0)
		review_wrong(r, PAGE, "nothing may follow QUIT");
}

static void
order_reply(struct review *r)
{
	const struct follow_line *l = r->line;
	struct buf code = { 0 };
	int known;

	if (l->kind == FOLLOW_NO_REPLY) {
		review_wrong(r, PAGE, "not a reply: a code of three digits, a "
		    "blank, and text");
		return;
	}
	buf_addu(&code, (uintmax_t)l->code);
	known = explain_reply(DIALOGUE_ORDER, l->verb, buf_span(&code)) != NULL;
	buf_free(&code);
	if (!known)
		review_wrong(r, PAGE, "no code of this protocol");
	else if (l->stray)
		review_wrong(r, PAGE, "no command has asked for this reply");
	else if ((l->turn == 0 && l->digit < 4 && l->code != 220) ||
	    (l->turn > 0 && l->code == 220) ||
	    (review_is(r, "QUIT") && l->code == 250) ||
	    (review_is(r, "ORDER") && l->code == 221))
		review_wrong(r, PAGE, "no answer to this command: the replies "
		    "are out of step");
}

static void
order_line(struct judgeorder *o, struct review *r)
{
	if (r->line->kind == FOLLOW_COMMAND)
		order_command(o, r);
	else if (r->line->kind == FOLLOW_TEXT)
		order_text(o, r);
	else if (r->line->kind == FOLLOW_REPLY ||
	    r->line->kind == FOLLOW_NO_REPLY)
		order_reply(r);
}

/* --- Any protocol ------------------------------------------------------ */

/* What each protocol says of lines and of the end, in the order of the enum. */
static const struct {
	const char *ending;	/* NULL: LF alone is right, too */
	const char *quit;	/* NULL: it need not be said */
} sections[] = {
	{ "RFC 5321 2.3.8", "RFC 5321 4.1.1.10" },
	{ "RFC 5321 2.3.8", "RFC 5321 4.1.1.10" },
	{ "RFC 1939 3", "RFC 1939 6" },
	{ "RFC 959 5.3", "RFC 959 4.1.1" },
	{ NULL, NULL }
};

/* Any octets: a chunk of BDAT, an order. */
static int
is_bytes(const struct review *r)
{
	return r->line->kind == FOLLOW_TEXT && !review_is(r, "DATA");
}

/* Lines end in CRLF, and neither CR nor LF stands alone. */
static void
judge_ending(struct review *r, const char *section)
{
	const struct dialogue_event *e = r->e;

	if (e->end == DIALOGUE_LF)
		review_wrong(r, section, "the line ends in LF alone, not in "
		    "CRLF");
	if (e->end == DIALOGUE_CR || span_find(e->text, '\r') != NULL)
		review_wrong(r, section, "a CR that ends no line");
}

static void
watch(struct judge *j, const struct review *r)
{
	const struct follow_line *l = r->line;
	struct span word = span_word(r->e->text);

	if (l->kind == FOLLOW_NOTE) {
		j->broken |= span_is(word, "reset") || span_is(word, "timeout");
		j->ended |= j->broken || span_is(word, "close");
		j->sealed |= span_is(word, "tls");
		return;
	}
	j->lines++;
	j->spoken |= r->e->side == DIALOGUE_CLIENT;
	j->server_last = r->e->side == DIALOGUE_SERVER;
	if (l->kind == FOLLOW_COMMAND && review_is(r, "QUIT"))
		j->quit = 1;
	j->text &= l->kind != FOLLOW_DOT;
	if (l->kind != FOLLOW_REPLY || !l->last)
		return;
	if (j->quit && review_is(r, "QUIT"))
		j->quit = 2;
	j->text |= l->code == 354;
	j->refused |= l->code == 421 || (l->turn == 0 && l->digit > 3);
	j->sealed |= l->digit == 2 && (review_is(r, "STARTTLS") ||
	    review_is(r, "STLS") || (r->follow->protocol == DIALOGUE_FTP &&
	    review_is(r, "AUTH")));
}

/* What goes on with a line that was cut is a part of that line. */
static int
is_rest(struct judge *j, const struct review *r)
{
	int *cut = &j->cut[r->e->side], was = *cut;

	*cut = r->e->end == DIALOGUE_NONE && !is_bytes(r) &&
	    r->line->kind != FOLLOW_TEXT;
	return was;
}

static void
judge_line(struct judge *j, struct review *r)
{
	switch (r->follow->protocol) {
	case DIALOGUE_POP3:
		judgepop3_line(&j->pop3, r);
		break;
	case DIALOGUE_FTP:
		judgeftp_line(&j->ftp, r);
		break;
	case DIALOGUE_ORDER:
		order_line(&j->order, r);
		break;
	case DIALOGUE_ANY:
	case DIALOGUE_SMTP:
		judgesmtp_line(&j->smtp, r);
	}
}

void
judge_event(struct judge *j, struct review *r)
{
	const char *ending = sections[r->follow->protocol].ending;
	const char *quit = sections[r->follow->protocol].quit;

	if (!is_rest(j, r))
		judge_line(j, r);
	if (j->quit == 2 && quit != NULL && r->line->kind == FOLLOW_COMMAND)
		review_wrong(r, quit, "sent after QUIT, which was answered: "
		    "the session is over");
	if (ending != NULL && r->line->kind != FOLLOW_NOTE && !is_bytes(r))
		judge_ending(r, ending);
	watch(j, r);
}

/* A line, or a reply, that was not ended before the dialogue was. */
static void
judge_unended(const struct judge *j, struct notes *notes,
    const struct follow *f)
{
	const char *section = sections[f->protocol].ending;

	if (j->cut[DIALOGUE_CLIENT])
		notes_add(notes, NOTE_WRONG, section,
		    "The client's last line has no end.");
	if (j->cut[DIALOGUE_SERVER])
		notes_add(notes, NOTE_WRONG, section,
		    "The server's last line has no end.");
	if (!j->broken && f->protocol == DIALOGUE_SMTP)
		judgesmtp_end(&j->smtp, notes);
	else if (!j->broken && f->protocol == DIALOGUE_FTP && f->code != 0)
		notes_add(notes, NOTE_WRONG, "RFC 959 4.2", "The last reply "
		    "does not end: a line with its code and a blank is "
		    "missing.");
	else if (!j->broken && f->in_list && f->heard == FOLLOW_LIST)
		notes_add(notes, NOTE_WRONG, "RFC 1939 3", "The list has no "
		    "end: a dot alone on a line is missing.");
}

/*
 * SMTP demands it.  Without it FTP ends as well, and POP3 deletes nothing.
 */
static void
judge_no_quit(const struct judge *j, struct notes *notes,
    enum dialogue_protocol p)
{
	const char *section = sections[p].quit;

	if (section == NULL)
		return;
	if (p == DIALOGUE_POP3 && j->pop3.deleted.n > 0)
		notes_add(notes, NOTE_WRONG, section, "The client did not say "
		    "QUIT: what it has marked is not deleted.");
	else if (p == DIALOGUE_POP3 || p == DIALOGUE_FTP || !j->spoken)
		notes_add(notes, NOTE_REMARK, section,
		    "The client did not say QUIT before the end.");
	else
		notes_add(notes, NOTE_WRONG, section,
		    "The client did not say QUIT before the end.");
}

void
judge_end(struct judge *j, struct notes *notes, const struct follow *f)
{
	if (j->lines == 0 || j->sealed)
		return;
	judge_unended(j, notes, f);
	if (notes->wrong > 0)
		return;
	if (j->text && follow_in_text(f) && !j->refused)
		notes_add(notes, NOTE_WRONG, "RFC 5321 4.1.1.4", "The text "
		    "has no end: a dot alone on a line is missing.");
	else if (f->left > 0)
		buf_addf(notes_new(notes, NOTE_WRONG, f->protocol ==
		    DIALOGUE_ORDER ? "orderproto(7)" : "RFC 3030 2"),
		    "%ju octets are missing of those that were announced.",
		    (uintmax_t)f->left);
	else if (j->quit == 0 && !j->refused && !j->broken && j->server_last)
		judge_no_quit(j, notes, f->protocol);
	else if (j->quit == 1 && j->ended)
		notes_add(notes, NOTE_REMARK, sections[f->protocol].quit,
		    "QUIT was not answered, or the client did not wait for "
		    "it.");
}

void
judge_free(struct judge *j)
{
	judgesmtp_free(&j->smtp);
	judgepop3_free(&j->pop3);
	judgeftp_free(&j->ftp);
	memset(j, 0, sizeof *j);
}
