#include "follow.h"

#include "answer.h"
#include "format/wire/mask.h"
#include "format/wire/ordline.h"

static const char *const states[] = {
	"connect", "start", "login", "ready", "sender", "recipients", "data",
	"over"
};

const char *
follow_state_name(enum follow_state state)
{
	return states[state];
}

/* Something that is answered: it counts.  NULL: there are too many. */
static struct awaited_one *
await(struct follow *f, enum awaited_kind kind, const struct verb *verb)
{
	struct awaited_one one = { .kind = kind, .verb = verb };

	one.turn = f->line.turn = ++f->turn;
	f->line.verb = awaited_name(&one);
	return awaited_add(&f->awaited, &one);
}

/* Whether a command that comes now has not waited for what it must. */
static int
is_early(const struct follow *f)
{
	if (f->protocol == DIALOGUE_ORDER)
		return 0;
	if (!f->greeted)
		return 1;
	return (f->offers & OFFER_PIPELINING) == 0 ? f->awaited.n > 0 :
	    f->awaited.bars > 0;
}

/* Octets of a chunk or an order, as far as they are in this event. */
static void
take_octets(struct follow *f, const struct dialogue_event *e)
{
	uint64_t n = e->text.n + (e->end == DIALOGUE_NO_END ? 2 :
	    strlen(dialogue_ending(e->end)));

	f->line.kind = FOLLOW_TEXT;
	f->line.turn = f->text_turn;
	f->left -= n < f->left ? n : f->left;
	/* An ending that was left out. */
	if (e->end == DIALOGUE_NO_END && f->left == 1)
		f->left = 0;
}

/* Whether a line of a message's text is its end. */
static int
is_dot(const struct follow *f, const struct dialogue_event *e)
{
	return span_is(e->text, ".") && !f->cut[e->side] &&
	    (e->end == DIALOGUE_CRLF || e->end == DIALOGUE_NO_END ||
	    (e->end == DIALOGUE_LF && f->lf));
}

static void
take_text(struct follow *f, const struct dialogue_event *e)
{
	f->line.turn = f->text_turn;
	f->line.kind = FOLLOW_TEXT;
	f->line.early = awaited_is(awaited_newest(&f->awaited), "DATA");
	f->line.verb = "DATA";
	if (!is_dot(f, e))
		return;
	f->line.kind = FOLLOW_DOT;
	f->in_text = 0;
	await(f, AWAITED_DOT, NULL);
}

/* "octets", "octets LAST" */
static void
begin_chunk(struct follow *f, struct awaited_one *a, struct span arg)
{
	struct span size = span_take_word(&arg);
	uintmax_t n;

	a->last = span_case_is(span_trim(arg), "LAST");
	if (span_number(size, &n) == 0 && n <= UINT64_MAX / 2)
		f->left = n;
	f->text_turn = a->turn;
}

/* What may be shown of an ORDER: all but its mac. */
static size_t
begin_order(struct follow *f, struct span line, struct span arg)
{
	struct ordline o;

	ordline_parse(&o, arg);
	if (o.sized)
		f->left = o.octets;
	f->text_turn = f->turn;
	return o.mac.n > 0 ? (size_t)(o.mac.p - line.p) : line.n;
}

/* Whether a line is the text of an order that comes without a command. */
static int
is_raw(const struct follow *f, struct span line)
{
	return f->all_text || (f->protocol == DIALOGUE_ORDER && f->turn == 0 &&
	    verb_find(f->protocol, verb_take(&line)) == NULL);
}

static void
take_raw(struct follow *f)
{
	if (!f->all_text) {
		await(f, AWAITED_COMMAND, NULL);
		f->text_turn = f->turn;
	}
	f->all_text = 1;
	f->line.kind = FOLLOW_TEXT;
	f->line.turn = f->text_turn;
}

static void
take_command(struct follow *f, const struct dialogue_event *e,
    const struct verb *verb, struct span arg)
{
	struct follow_line *l = &f->line;
	struct awaited_one *a;

	l->early = is_early(f);
	l->arg = arg;
	a = await(f, AWAITED_COMMAND, verb);
	if (f->turn == 1)
		f->lf = e->end == DIALOGUE_LF;
	if (verb == NULL || a == NULL)
		return;
	a->lists = (verb->bits & VERB_LISTS) != 0 ||
	    ((verb->bits & VERB_LISTS_ALL) != 0 && arg.n == 0);
	if (strcmp(verb->name, "DATA") == 0) {
		f->in_text = 1;
		f->text_turn = f->turn;
	} else if (strcmp(verb->name, "BDAT") == 0)
		begin_chunk(f, a, arg);
	else if (strcmp(verb->name, "ORDER") == 0)
		l->open = begin_order(f, e->text, arg);
}

static void
take_response(struct follow *f)
{
	f->line.kind = FOLLOW_RESPONSE;
	f->line.early = f->awaited.n > 0;
	f->line.open = 0;
	await(f, AWAITED_RESPONSE, NULL);
}

/* Whether a line can be a response: it was asked for, or is no command. */
static int
is_response(const struct follow *f, const struct verb *verb)
{
	const struct awaited_one *a = awaited_newest(&f->awaited);

	if (a == NULL)
		return f->state == FOLLOW_LOGIN && f->digit == 3 &&
		    f->protocol != DIALOGUE_FTP;
	return verb == NULL && f->protocol != DIALOGUE_FTP &&
	    (a->kind == AWAITED_RESPONSE || awaited_is(a, "AUTH"));
}

/*
 * A plain dialogue may leave the text out, with its dot: what follows DATA is
 * then the next command, and no header begins so.
 */
static int
lacks_text(const struct follow *f, const struct dialogue_event *e)
{
	return e->end == DIALOGUE_NO_END && f->was == FOLLOW_COMMAND &&
	    (span_case_is(e->text, "QUIT") || span_case_is(e->text, "RSET") ||
	    span_case_begins(e->text, "MAIL FROM:<"));
}

/* Nor need it have lists, nor the octets of orders. */
static void
pass_over(struct follow *f, const struct dialogue_event *e)
{
	struct span line = e->text;

	if (e->end != DIALOGUE_NO_END)
		return;
	if (f->in_list && f->heard == FOLLOW_REPLY)
		f->in_list = 0;
	if (f->protocol == DIALOGUE_ORDER && f->was == FOLLOW_COMMAND &&
	    verb_find(f->protocol, verb_take(&line)) != NULL)
		f->left = 0;
}

/* A greeting is SMTP's as far as is known: FTP's may look the same. */
static int
may_be_ftp(const struct follow *f)
{
	return f->guessed && f->turn == 0 && f->protocol == DIALOGUE_SMTP;
}

static int
is_ftp(struct span line)
{
	struct span word = verb_take(&line);

	if (span_case_is(word, "AUTH"))
		return span_case_is(line, "TLS") || span_case_is(line, "SSL");
	return verb_find(DIALOGUE_SMTP, word) == NULL &&
	    verb_find(DIALOGUE_FTP, word) != NULL;
}

void
follow_settle(struct follow *f)
{
	if (follow_unanswered(f) < f->awaited.n)
		awaited_answer(&f->awaited);
	if (f->garbled && !f->greeted) {
		f->greeted = 1;
		f->state = f->protocol == DIALOGUE_ORDER ? FOLLOW_READY :
		    FOLLOW_START;
	}
	f->garbled = 0;
}

static void
take_client(struct follow *f, const struct dialogue_event *e)
{
	const struct verb *verb;
	struct span arg = e->text, word;

	pass_over(f, e);
	if (f->left > 0) {
		take_octets(f, e);
		return;
	}
	if (!f->cut[e->side]) {
		follow_settle(f);
	} else if (!f->in_text && !f->all_text) {
		/* The rest of a line that is known. */
		f->line.kind = f->was;
		f->line.turn = f->turn;
		f->line.open = 0;
		return;
	}
	if (f->in_text && lacks_text(f, e)) {
		f->in_text = 0;
		await(f, AWAITED_DOT, NULL);
	}
	if (f->in_text) {
		take_text(f, e);
		return;
	}
	if (is_raw(f, e->text)) {
		take_raw(f);
		return;
	}
	if (may_be_ftp(f) && is_ftp(e->text))
		f->protocol = DIALOGUE_FTP;
	word = verb_take(&arg);
	verb = verb_find(f->protocol, word);
	if (is_response(f, verb)) {
		take_response(f);
		return;
	}
	f->line.kind = FOLLOW_COMMAND;
	if (f->protocol != DIALOGUE_ORDER)
		f->line.open = mask_open(&f->pending, e->text, verb != NULL);
	take_command(f, e, verb, arg);
}

/* A line of a reply that belongs to no command: or of the greeting. */
static void
take_unasked(struct follow *f)
{
	struct follow_line *l = &f->line;

	l->stray = f->greeted && !f->in_text && l->code != 421;
	if (f->greeted && f->in_text) {
		/* For the server the text has ended. */
		l->turn = f->text_turn;
		l->verb = ".";
	}
	if (!l->last || f->digit == 1)
		return;
	if (!f->greeted)
		f->state = f->protocol == DIALOGUE_ORDER ? FOLLOW_READY :
		    FOLLOW_START;
	else if (f->in_text) {
		f->in_text = 0;
		f->state = FOLLOW_READY;
	}
	f->greeted = 1;
	if (l->code == 421)
		f->state = FOLLOW_OVER;
}

/*
 * The octets of a chunk or an order are over, also where they do not stand
 * in the dialogue, or some are missing.
 */
static void
end_octets(struct follow *f, const struct awaited_one *a)
{
	if (a->turn == f->text_turn && f->digit == 2)
		f->left = 0;
}

/* What a line of a reply is for; the last one moves the session on. */
static void
take_reply(struct follow *f)
{
	const struct awaited_one *oldest = awaited_oldest(&f->awaited);
	struct follow_line *l = &f->line;
	struct awaited_one a;

	l->kind = FOLLOW_REPLY;
	if (!f->greeted || oldest == NULL) {
		take_unasked(f);
		return;
	}
	a = *oldest;
	l->turn = a.turn;
	l->verb = awaited_name(&a);
	if (awaited_is(&a, "EHLO") && l->digit == 2)
		f->offers = l->first ? 0 : f->offers | reply_offer(l->text);
	if (!l->last)
		return;
	if (f->digit == 1 && f->protocol == DIALOGUE_FTP) {
		if (a.verb != NULL && (a.verb->bits & VERB_TRANSFERS) != 0)
			f->state = FOLLOW_DATA;
		return;
	}
	awaited_answer(&f->awaited);
	end_octets(f, &a);
	follow_answered(f, &a, l->code);
}

/* A line of a list: whose, and what it offers. */
static void
take_list(struct follow *f, struct span line)
{
	struct follow_line *l = &f->line;

	l->kind = FOLLOW_LIST;
	l->turn = f->text_turn;
	l->verb = f->list->name;
	if (span_is(line, ".") && !f->cut[DIALOGUE_SERVER]) {
		l->kind = FOLLOW_LIST_END;
		f->in_list = 0;
	} else if (strcmp(f->list->name, "CAPA") == 0)
		f->offers |= reply_offer(line);
}

static void
take_server(struct follow *f, struct span line)
{
	struct follow_line *l = &f->line;
	struct answer a;

	if (f->protocol == DIALOGUE_ANY) {
		f->protocol = answer_guess(line);
		f->guessed = 1;
	}
	if (f->in_list) {
		take_list(f, line);
		return;
	}
	/* Of SMTP's lines each has its code. */
	if (may_be_ftp(f) && f->code != 0 &&
	    (line.n < 3 || !byte_is_digit(line.p[0])))
		f->protocol = DIALOGUE_FTP;
	answer_line(&a, f->protocol, &f->code, line);
	l->code = a.code;
	l->digit = a.digit;
	l->text = a.text;
	l->first = a.first;
	l->last = a.last;
	l->kind = FOLLOW_NO_REPLY;
	f->garbled = a.digit == 0 && f->code == 0 ? f->garbled + 1 : 0;
	if (a.digit == 0)
		return;
	f->digit = a.digit;
	take_reply(f);
}

static void
take_note(struct follow *f, struct span text)
{
	struct span word = span_word(text);

	f->line.kind = FOLLOW_NOTE;
	if (span_is(word, "close") || span_is(word, "reset"))
		f->state = FOLLOW_OVER;
	else if (span_is(word, "tls")) {
		f->tls = 1;
		f->offers = 0;
	}
}

const struct follow_line *
follow(struct follow *f, const struct dialogue_event *e)
{
	struct follow_line *l = &f->line;

	memset(l, 0, sizeof *l);
	l->verb = "";
	l->arg = e->text;
	l->open = e->text.n;
	if (e->side == DIALOGUE_NOTE)
		take_note(f, e->text);
	else if (e->side == DIALOGUE_CLIENT) {
		take_client(f, e);
		f->was = l->kind;
	} else {
		take_server(f, e->text);
		f->heard = l->kind;
	}
	f->cut[e->side] = e->end == DIALOGUE_NONE && (f->in_list ||
	    l->kind == FOLLOW_COMMAND || l->kind == FOLLOW_RESPONSE ||
	    (l->kind == FOLLOW_TEXT && f->in_text));
	if ((e->flags & DIALOGUE_MASKED) != 0)
		l->open = e->text.n;
	return l;
}

enum follow_kind
follow_next(const struct follow *f, const struct dialogue_event *e)
{
	struct span line = e->text, word = verb_take(&line);

	if (f->left > 0 || (!f->in_text && is_raw(f, e->text)))
		return FOLLOW_TEXT;
	if (f->in_text)
		return is_dot(f, e) ? FOLLOW_DOT : FOLLOW_TEXT;
	return is_response(f, verb_find(f->protocol, word)) ?
	    FOLLOW_RESPONSE : FOLLOW_COMMAND;
}

int
follow_is_last(const struct follow *f)
{
	const struct awaited_one *newest = awaited_newest(&f->awaited);

	return f->left > 0 && awaited_is(newest, "BDAT") && newest->last;
}

void
follow_free(struct follow *f)
{
	awaited_free(&f->awaited);
}
