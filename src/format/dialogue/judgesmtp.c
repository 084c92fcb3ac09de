#include "judgesmtp.h"

#include "explain.h"

#define ORDER "RFC 5321 4.1.4"

/* What a command needs; bits. */
#define HELLO	1u		/* EHLO or HELO */
#define OUTSIDE	2u		/* no transaction */
#define SENDER	4u		/* MAIL */
#define RCPT	8u
#define OFFER	16u		/* a keyword of its own name */

#define REPLY_MAX 512		/* RFC 5321 4.5.3.1.5, CRLF included */
#define CHALLENGE_MAX 12288	/* RFC 4954 4 */

/* Of codes that say yes: RFC 5321 4.3.2, 4954, 3207, 1985. */
static const struct command {
	const char *verb;
	unsigned needs;
	const char *codes;	/* that say yes; NULL: any that can */
} commands[] = {
	{ "HELO", 0, "250" }, { "EHLO", 0, "250" },
	{ "MAIL", HELLO | OUTSIDE, "250" }, { "SEND", HELLO | OUTSIDE, "250" },
	{ "SOML", HELLO | OUTSIDE, "250" }, { "SAML", HELLO | OUTSIDE, "250" },
	{ "RCPT", HELLO | SENDER, "250 251 252" },
	{ "DATA", HELLO | SENDER | RCPT, "354" },
	{ "BDAT", HELLO | SENDER | RCPT, "250" }, { ".", 0, "250" },
	{ "RSET", 0, "250" }, { "VRFY", 0, "250 251 252" },
	{ "EXPN", 0, "250 252" }, { "QUIT", 0, "221" },
	{ "AUTH", HELLO | OUTSIDE | OFFER, "235 334" },
	{ "STARTTLS", HELLO | OUTSIDE | OFFER, "220" },
	{ "ETRN", HELLO | OUTSIDE | OFFER, "250 251 252 253" },
	{ "TURN", HELLO | OUTSIDE, NULL },
	{ "XCLIENT", HELLO | OFFER, "220 250" },
	{ "XFORWARD", HELLO | OFFER, NULL }, { "", 0, NULL }
};

/* The entry of a verb, or the last one. */
static const struct command *
find_command(const char *verb)
{
	const struct command *c;

	for (c = commands; *c->verb != '\0'; c++)
		if (strcmp(verb, c->verb) == 0)
			break;
	return c;
}

/*
 * Whether MAIL or a RCPT is missing.  That one was refused does not count under
 * PIPELINING: the client may not have known.
 */
static void
judge_envelope(struct judgesmtp *s, struct review *r, unsigned need)
{
	int knows = (r->follow->offers & OFFER_PIPELINING) == 0;

	if ((need & SENDER) != 0 && s->sender == 0) {
		if (!s->no_sender || knows)
			review_verb_misplaced(r, ORDER, s->no_sender ?
			    "after MAIL was refused" : "before MAIL");
	} else if ((need & RCPT) != 0 && s->rcpts == 0) {
		if (s->refused == 0 || knows)
			review_verb_misplaced(r, ORDER,
			    "without a RCPT that was accepted");
	}
}

/* Whether it may stand here, by what came before it. */
static void
judge_order(struct judgesmtp *s, struct review *r)
{
	unsigned need = find_command(r->line->verb)->needs;

	if ((need & HELLO) != 0 && s->hello == 0)
		review_verb_misplaced(r, ORDER, "before EHLO or HELO");
	if ((need & OUTSIDE) != 0 && s->sender != 0)
		review_verb_misplaced(r, review_is(r, "AUTH") ?
		    "RFC 4954 4" : ORDER, "in a transaction that is open");
	judge_envelope(s, r, need);
	if (review_is(r, "DATA") && s->chunks)
		review_verb_misplaced(r, "RFC 3030 2",
		    "after BDAT in one transaction");
	if (review_is(r, "DATA") && s->text.binary)
		review_verb_misplaced(r, "RFC 3030 3",
		    "after BODY=BINARYMIME, whose text only BDAT can take");
	if (review_is(r, "AUTH") && s->logged_in)
		review_verb_misplaced(r, "RFC 4954 4",
		    "after a log-in that succeeded");
	if (s->hello != 0 && (((need & OFFER) != 0 &&
	    !judgeargs_offered(&s->offers, span_str(r->line->verb))) ||
	    (review_is(r, "BDAT") &&
	    !judgeargs_offered(&s->offers, span_str("CHUNKING")))))
		review_verb_misplaced(r, "RFC 5321 2.2.1",
		    "was not offered by EHLO");
}

/* AUTH that shows a password to all who listen. */
static void
remark_login(struct review *r)
{
	struct span mechanism = span_word(r->line->arg);

	if (review_is(r, "AUTH") && !r->follow->tls &&
	    (span_case_is(mechanism, "PLAIN") ||
	    span_case_is(mechanism, "LOGIN")))
		review_remark(r, "RFC 4954 4", "The password is sent in plain "
		    "text: STARTTLS comes before such an AUTH.");
}

static void
forget_transaction(struct judgesmtp *s)
{
	s->sender = s->rcpts = s->refused = 0;
	s->no_sender = s->chunks = s->last = s->due = 0;
	judgetext_clear(&s->text);
}

static void
begin_chunk(struct judgesmtp *s, const struct review *r)
{
	struct span rest = r->line->arg;

	span_take_word(&rest);
	s->last = span_case_is(span_trim(rest), "LAST");
	s->chunks = 1;
	s->behind = BEHIND_CHUNK;
}

static int
begins_transaction(const struct review *r)
{
	const struct verb *v = verb_find(DIALOGUE_SMTP,
	    span_str(r->line->verb));

	return v != NULL && (v->bits & VERB_SENDER) != 0;
}

/* What a command asks for; it is taken back where it is refused. */
static void
claim(struct judgesmtp *s, const struct review *r)
{
	if (review_is(r, "EHLO") || review_is(r, "HELO")) {
		forget_transaction(s);
		s->hello_before = s->hello;
		s->hello = r->line->turn;
		s->offers.known = 0;
		buf_clear(&s->offers.words);
	} else if (review_is(r, "RSET"))
		forget_transaction(s);
	else if (review_is(r, "RCPT"))
		s->rcpts++;
	else if (review_is(r, "BDAT"))
		begin_chunk(s, r);
	else if (review_is(r, "DATA")) {
		s->no_data = 0;
		s->due = 1;
	} else if (begins_transaction(r)) {
		forget_transaction(s);
		s->sender = r->line->turn;
	}
}

/* What is no command: most likely the text of a message, and why it is here. */
static void
judge_unknown(struct judgesmtp *s, struct review *r,
    enum judgesmtp_behind behind)
{
	struct span word = span_word(r->e->text);

	if (behind == BEHIND_DOT) {
		s->behind = BEHIND_DOT;
		review_wrong(r, "RFC 5321 4.5.2", "not a command: the text has "
		    "ended above, at a dot alone on its line; a line of the "
		    "text that is a dot needs a second one");
	} else if (behind == BEHIND_CHUNK) {
		s->behind = BEHIND_CHUNK;
		review_wrong(r, "RFC 3030 2", "not a command: more octets "
		    "have come than BDAT announced");
	} else if (s->no_data != 0)
		buf_addf(review_fault(r, "RFC 5321 3.3"), "no command: DATA "
		    "was refused with %d, and text sent even so", s->no_data);
	else if (word.n == 0)
		review_wrong(r, "RFC 5321 4.1.1", "an empty line is no "
		    "command");
	else if (s->offers.known &&
	    judgeargs_offered(&s->offers, word))
		review_remark(r, "RFC 5321 2.2.1", "A command of its own, "
		    "which EHLO has shown.");
	else if (word.p[0] == 'X' || word.p[0] == 'x')
		review_remark(r, "RFC 5321 4.1.5", "A command of its own, as "
		    "the X says: both sides must have agreed on it.");
	else
		review_wrong(r, "RFC 5321 4.1.1", "not a command of SMTP");
}

static void
judge_early(struct judgesmtp *s, struct review *r)
{
	if (s->told_early == r->line->turn)
		return;
	s->told_early = r->line->turn;
	if (r->line->kind == FOLLOW_TEXT)
		review_wrong(r, "RFC 5321 4.1.1.4",
		    "text sent before the reply to DATA");
	else if (r->follow->state == FOLLOW_CONNECT)
		review_wrong(r, "RFC 5321 4.3.1",
		    "sent before the server has greeted");
	else if ((r->follow->offers & OFFER_PIPELINING) == 0)
		review_wrong(r, "RFC 5321 4.3.1", "sent before the reply to "
		    "the command above, and PIPELINING was not offered");
	else
		review_wrong(r, "RFC 2920 3.1", "sent before the reply to a "
		    "command above that must be waited for, PIPELINING or not");
}

static void
judge_command(struct judgesmtp *s, struct review *r)
{
	enum judgesmtp_behind behind = s->behind;

	s->behind = BEHIND_COMMAND;
	if (*r->line->verb == '\0') {
		judge_unknown(s, r, behind);
		if (s->behind != BEHIND_COMMAND)
			return;
	} else {
		/* Plain dialogues may leave the text out, with its dot. */
		if ((behind == BEHIND_CHUNK && s->last) || s->due)
			forget_transaction(s);
		judge_order(s, r);
		claim(s, r);
		judgeargs(r, &s->offers, &s->text);
		remark_login(r);
	}
	if (review_is_early(r))
		judge_early(s, r);
}

static void
judge_text(struct judgesmtp *s, struct review *r)
{
	if (review_is_early(r))
		judge_early(s, r);
	judgetext_line(&s->text, r, !s->chunks);
	if (s->chunks && r->follow->left == 0 && s->last)
		judgetext_end(&s->text, r);
}

/* The transaction is over, whatever the server says. */
static void
judge_dot(struct judgesmtp *s, struct review *r)
{
	judgetext_end(&s->text, r);
	forget_transaction(s);
	s->behind = BEHIND_DOT;
}

/* What a client may not say any more, or need not. */
static void
refused(struct judgesmtp *s, const struct review *r)
{
	const struct follow_line *l = r->line;

	if (l->turn == 0)
		return;
	if (l->turn == s->hello)
		s->hello = s->hello_before;
	else if (l->turn == s->sender) {
		forget_transaction(s);
		s->no_sender = 1;
	} else if (review_is(r, "RCPT") && s->rcpts > 0 &&
	    l->turn > s->sender) {
		s->rcpts--;
		s->refused++;
	} else if (review_is(r, "DATA")) {
		s->no_data = l->code;
		s->due = 0;
	}
}

static void
granted(struct judgesmtp *s, const struct review *r)
{
	if (review_is(r, "STARTTLS")) {
		s->hello = s->hello_before = 0;
		s->offers.known = 0;
		forget_transaction(s);
	} else if (review_is(r, "AUTH") && r->line->digit == 2)
		s->logged_in = 1;
	else if (review_is(r, "BDAT") && s->last && r->line->digit == 2 &&
	    r->line->turn > s->sender)
		forget_transaction(s);
}

/* A keyword of EHLO; HELO offers nothing. */
static void
learn_offers(struct judgesmtp *s, const struct review *r)
{
	struct span rest = r->line->text, word;

	if (r->line->turn != s->hello || r->line->digit != 2)
		return;
	if (!r->line->first) {
		word = span_take_word(&rest);
		buf_addspan(&s->offers.words, span_cut(&word, '='));
		buf_addc(&s->offers.words, ' ');
	}
	if (r->line->last)
		s->offers.known = 1;
}

/* Codes that say yes to one command alone, and to no other. */
static const int alone[] = { 220, 221, 235, 334, 354 };

static int
has_code(const char *codes, int code)
{
	struct span rest = span_str(codes), word;
	uintmax_t n;

	while ((word = span_take_word(&rest)).n > 0)
		if (span_number(word, &n) == 0 && (int)n == code)
			return 1;
	return 0;
}

/* Whether this code can be an answer to that command, as 4yz and 5yz can. */
static int
fits(const char *verb, int code)
{
	const char *codes = find_command(verb)->codes;
	size_t i;

	if (codes != NULL)
		return has_code(codes, code);
	/* Who speaks another protocol is shown out by some with a 221. */
	for (i = 0; i < COUNT(alone); i++)
		if (alone[i] == code)
			return code == 221 && *verb == '\0';
	return code / 100 == 2;
}

/* The code says what another command would be answered. */
static void
judge_fit(struct review *r)
{
	const struct follow_line *l = r->line;

	if (l->digit > 3 || fits(l->verb, l->code))
		return;
	buf_addf(review_fault(r, "RFC 5321 4.3.2"), "%d is not a reply to %s: "
	    "the replies are out of step with the commands", l->code,
	    strcmp(l->verb, ".") == 0 ? "the text of a message" :
	    *l->verb == '\0' ? "an unknown command" : l->verb);
}

/* The class of 5.1.1 is the first digit of 550. */
static void
judge_status(struct review *r)
{
	struct explain_status status;
	struct span text = r->line->text;

	/* RFC 2034 4: not in the greeting, nor to EHLO. */
	if (r->line->turn == 0 || review_is(r, "EHLO") ||
	    review_is(r, "HELO") || r->line->digit == 3 ||
	    explain_status(&status, text) == 0)
		return;
	if (text.p[0] - '0' != r->line->digit)
		buf_addf(review_fault(r, "RFC 2034 4"), "a status code of "
		    "class %c, and the reply is %d", text.p[0], r->line->code);
}

static void
judge_form(struct review *r, int was)
{
	const struct follow_line *l = r->line;
	size_t n = r->e->text.n + 2;

	if (was != 0 && l->code != was)
		buf_addf(review_fault(r, "RFC 5321 4.2.1"), "the lines of one "
		    "reply have different codes, %d and %d", was, l->code);
	if (l->digit < 2 || l->code / 10 % 10 > 5)
		review_wrong(r, "RFC 5321 4.2.1", "no code of SMTP: the first "
		    "digit is 2 to 5, the second 0 to 5");
	if (n > REPLY_MAX && l->code != 334)
		buf_addf(review_fault(r, "RFC 5321 4.5.3.1.5"), "a reply line "
		    "of %zu octets with its CRLF: %d are allowed", n,
		    REPLY_MAX);
	if (!span_is_ascii(r->e->text) &&
	    (r->follow->offers & OFFER_SMTPUTF8) == 0)
		review_wrong(r, "RFC 5321 4.2", "octets over 127 in a reply");
	if (n > CHALLENGE_MAX)
		review_wrong(r, "RFC 4954 4", "a challenge over 12288 octets");
}

static void
judge_place(struct review *r)
{
	const struct follow_line *l = r->line;

	if (l->stray)
		review_wrong(r, "RFC 5321 4.2", "no command has asked for "
		    "this reply: each has one, and no more");
	else if (l->turn == 0 && l->digit < 4 && l->code != 220)
		review_wrong(r, "RFC 5321 4.3.2", "no greeting: that is 220, "
		    "or a refusal");
	else if (l->turn > 0)
		judge_fit(r);
}

/* *code, 0 at first, is that of a reply whose last line has not come. */
static void
judge_reply(struct review *r, int *code)
{
	const struct follow_line *l = r->line;
	int was = *code;

	if (l->kind == FOLLOW_NO_REPLY) {
		review_wrong(r, "RFC 5321 4.2", "not a reply: it has no code "
		    "of three digits and a blank or hyphen");
		return;
	}
	*code = l->last ? 0 : l->code;
	judge_form(r, was);
	if (was == 0)
		judge_place(r);
	judge_status(r);
}

static void
judge_server(struct judgesmtp *s, struct review *r)
{
	judge_reply(r, &s->code);
	if (r->line->kind != FOLLOW_REPLY)
		return;
	learn_offers(s, r);
	if (!r->line->last)
		return;
	if (review_is(r, ".") && s->due)
		forget_transaction(s);
	if (r->line->digit > 3)
		refused(s, r);
	else if (r->line->turn > 0)
		granted(s, r);
}

void
judgesmtp_line(struct judgesmtp *s, struct review *r)
{
	switch (r->line->kind) {
	case FOLLOW_COMMAND:
		judge_command(s, r);
		break;
	case FOLLOW_RESPONSE:
		s->behind = BEHIND_COMMAND;
		if (r->line->early)
			judge_early(s, r);
		break;
	case FOLLOW_TEXT:
		judge_text(s, r);
		break;
	case FOLLOW_DOT:
		judge_dot(s, r);
		break;
	case FOLLOW_REPLY:
	case FOLLOW_NO_REPLY:
		judge_server(s, r);
		break;
	case FOLLOW_NOTE:
		if (span_is(span_word(r->e->text), "tls"))
			granted(s, r);
		break;
	case FOLLOW_LIST:
	case FOLLOW_LIST_END:
		break;
	}
}

void
judgesmtp_end(const struct judgesmtp *s, struct notes *notes)
{
	if (s->code != 0)
		buf_addf(notes_new(notes, NOTE_WRONG, "RFC 5321 4.2.1"),
		    "The last reply does not end: its last line has a blank "
		    "after the %d, not a hyphen.", s->code);
}

void
judgesmtp_free(struct judgesmtp *s)
{
	judgetext_free(&s->text);
	buf_free(&s->offers.words);
}
