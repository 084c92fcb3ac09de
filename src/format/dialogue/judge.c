#include "judge.h"

#include "explain.h"
#include "format/wire/ordline.h"

/* --- An order ---------------------------------------------------------- */

#define PAGE "orderproto(7)"

/* All octets of an order are there. */
static void
order_sum(const struct judgeorder *o, struct review *j)
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
order_begins(struct judgeorder *o, struct review *j, const struct ordline *line)
{
	memcpy(o->want, line->sha.p, SHA256_HEX - 1);
	sha256_init(&o->sha);
	o->left = line->octets;
	if (o->left == 0)
		order_sum(o, j);
}

/* Where nobody knows how a line ended, there is nothing to compare. */
static void
order_text(struct judgeorder *o, struct review *j)
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
		order_sum(o, j);
}

static void
order_command(struct judgeorder *o, struct review *j)
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
			order_begins(o, j, &line);
	} else if (*j->line->verb == '\0')
		review_wrong(j, PAGE, o->orders > 0 ? "not a command: the "
		    "order above had more octets than its size says, or it is "
		    "none" : "not a command: ORDER or QUIT");
	else if (j->line->arg.n > 0)
		review_wrong(j, PAGE, "nothing may follow QUIT");
}

static void
order_reply(struct review *j)
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

static void
order_line(struct judgeorder *o, struct review *j)
{
	if (j->line->kind == FOLLOW_COMMAND)
		order_command(o, j);
	else if (j->line->kind == FOLLOW_TEXT)
		order_text(o, j);
	else if (j->line->kind == FOLLOW_REPLY ||
	    j->line->kind == FOLLOW_NO_REPLY)
		order_reply(j);
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
is_bytes(const struct review *j)
{
	return j->line->kind == FOLLOW_TEXT && !review_is(j, "DATA");
}

/* Lines end in CRLF, and neither CR nor LF stands alone. */
static void
judge_ending(struct review *j, const char *section)
{
	const struct dialogue_event *e = j->e;

	if (e->end == DIALOGUE_LF)
		review_wrong(j, section, "the line ends in LF alone, not in "
		    "CRLF");
	if (e->end == DIALOGUE_CR || span_find(e->text, '\r') != NULL)
		review_wrong(j, section, "a CR that ends no line");
}

static void
watch(struct judge *w, const struct review *j)
{
	const struct follow_line *l = j->line;
	struct span word = span_word(j->e->text);

	if (l->kind == FOLLOW_NOTE) {
		w->broken |= span_is(word, "reset") || span_is(word, "timeout");
		w->ended |= w->broken || span_is(word, "close");
		w->sealed |= span_is(word, "tls");
		return;
	}
	w->lines++;
	w->spoken |= j->e->side == DIALOGUE_CLIENT;
	w->server_last = j->e->side == DIALOGUE_SERVER;
	if (l->kind == FOLLOW_COMMAND && review_is(j, "QUIT"))
		w->quit = 1;
	w->text &= l->kind != FOLLOW_DOT;
	if (l->kind != FOLLOW_REPLY || !l->last)
		return;
	if (w->quit && review_is(j, "QUIT"))
		w->quit = 2;
	w->text |= l->code == 354;
	w->refused |= l->code == 421 || (l->turn == 0 && l->digit > 3);
	w->sealed |= l->digit == 2 && (review_is(j, "STARTTLS") ||
	    review_is(j, "STLS") || (j->follow->protocol == DIALOGUE_FTP &&
	    review_is(j, "AUTH")));
}

/* What goes on with a line that was cut is a part of that line. */
static int
is_rest(struct judge *w, const struct review *j)
{
	int *cut = &w->cut[j->e->side], was = *cut;

	*cut = j->e->end == DIALOGUE_NONE && !is_bytes(j) &&
	    j->line->kind != FOLLOW_TEXT;
	return was;
}

static void
judge_line(struct judge *w, struct review *j)
{
	switch (j->follow->protocol) {
	case DIALOGUE_POP3:
		judgepop3_line(&w->pop3, j);
		break;
	case DIALOGUE_FTP:
		judgeftp_line(&w->ftp, j);
		break;
	case DIALOGUE_ORDER:
		order_line(&w->order, j);
		break;
	case DIALOGUE_ANY:
	case DIALOGUE_SMTP:
		judgesmtp_line(&w->smtp, j);
	}
}

void
judge_event(struct judge *w, struct review *j)
{
	const char *ending = sections[j->follow->protocol].ending;

	if (!is_rest(w, j))
		judge_line(w, j);
	if (ending != NULL && j->line->kind != FOLLOW_NOTE && !is_bytes(j))
		judge_ending(j, ending);
	watch(w, j);
}

/* A line, or a reply, that was not ended before the dialogue was. */
static void
judge_unended(const struct judge *w, struct notes *notes,
    const struct follow *f)
{
	const char *section = sections[f->protocol].ending;

	if (w->cut[DIALOGUE_CLIENT])
		notes_add(notes, NOTE_WRONG, section,
		    "The client's last line has no end.");
	if (w->cut[DIALOGUE_SERVER])
		notes_add(notes, NOTE_WRONG, section,
		    "The server's last line has no end.");
	if (!w->broken)
		judgesmtp_end(&w->smtp, notes);
}

/*
 * SMTP demands it.  Without it FTP ends as well, and POP3 deletes nothing.
 */
static void
judge_no_quit(const struct judge *w, struct notes *notes,
    enum dialogue_protocol p)
{
	const char *section = sections[p].quit;

	if (section == NULL)
		return;
	if (p == DIALOGUE_POP3 && w->pop3.deleted.n > 0)
		notes_add(notes, NOTE_WRONG, section, "The client did not say "
		    "QUIT: what it has marked is not deleted.");
	else if (p == DIALOGUE_POP3 || p == DIALOGUE_FTP || !w->spoken)
		notes_add(notes, NOTE_REMARK, section,
		    "The client did not say QUIT before the end.");
	else
		notes_add(notes, NOTE_WRONG, section,
		    "The client did not say QUIT before the end.");
}

void
judge_end(struct judge *w, struct notes *notes, const struct follow *f)
{
	if (w->lines == 0 || w->sealed)
		return;
	judge_unended(w, notes, f);
	if (notes->wrong > 0)
		return;
	if (w->text && follow_in_text(f) && !w->refused)
		notes_add(notes, NOTE_WRONG, "RFC 5321 4.1.1.4", "The text "
		    "has no end: a dot alone on a line is missing.");
	else if (f->left > 0)
		buf_addf(notes_new(notes, NOTE_WRONG, f->protocol ==
		    DIALOGUE_ORDER ? "orderproto(7)" : "RFC 3030 2"),
		    "%ju octets are missing of those that were announced.",
		    (uintmax_t)f->left);
	else if (w->quit == 0 && !w->refused && !w->broken && w->server_last)
		judge_no_quit(w, notes, f->protocol);
	else if (w->quit == 1 && w->ended)
		notes_add(notes, NOTE_REMARK, sections[f->protocol].quit,
		    "QUIT was not answered, or the client did not wait for "
		    "it.");
}

void
judge_free(struct judge *w)
{
	judgesmtp_free(&w->smtp);
	judgepop3_free(&w->pop3);
	judgeftp_free(&w->ftp);
	memset(w, 0, sizeof *w);
}
