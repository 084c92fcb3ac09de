#include "judgereply.h"

#include "explain.h"

#define REPLY_MAX 512		/* RFC 5321 4.5.3.1.5, CRLF included */
#define CHALLENGE_MAX 12288	/* RFC 4954 4 */

/*
 * Codes that say yes, by command (RFC 5321 4.3.2, 4954, 3207, 1985); 4yz and
 * 5yz answer any.
 */
static const struct {
	const char *verb;
	const char *codes;
} answers[] = {
	{ "HELO", "250" }, { "EHLO", "250" }, { "MAIL", "250" },
	{ "SEND", "250" }, { "SOML", "250" }, { "SAML", "250" },
	{ "RCPT", "250 251 252" }, { "DATA", "354" }, { ".", "250" },
	{ "BDAT", "250" }, { "RSET", "250" }, { "VRFY", "250 251 252" },
	{ "EXPN", "250 252" }, { "QUIT", "221" }, { "AUTH", "235 334" },
	{ "STARTTLS", "220" }, { "ETRN", "250 251 252 253" },
	{ "XCLIENT", "220 250" }
};

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

/* Whether this code can be an answer to that command. */
static int
fits(const char *verb, int code)
{
	size_t i;

	for (i = 0; i < COUNT(answers); i++)
		if (strcmp(verb, answers[i].verb) == 0)
			return has_code(answers[i].codes, code);
	/* Who speaks another protocol is shown out by some with a 221. */
	for (i = 0; i < COUNT(alone); i++)
		if (alone[i] == code)
			return code == 221 && *verb == '\0';
	return code / 100 == 2;
}

/* The code says what another command would be answered. */
static void
judge_fit(struct review *j)
{
	const struct follow_line *l = j->line;

	if (l->digit > 3 || fits(l->verb, l->code))
		return;
	buf_addf(review_fault(j, "RFC 5321 4.3.2"), "%d is no answer to %s: "
	    "the replies are out of step with the commands", l->code,
	    strcmp(l->verb, ".") == 0 ? "the text of a message" :
	    *l->verb == '\0' ? "an unknown command" : l->verb);
}

/* The class of 5.1.1 is the first digit of 550. */
static void
judge_status(struct review *j)
{
	struct explain_status status;
	struct span text = j->line->text;

	/* RFC 2034 4: not in the greeting, nor to EHLO. */
	if (j->line->turn == 0 || review_is(j, "EHLO") ||
	    review_is(j, "HELO") || j->line->digit == 3 ||
	    explain_status(&status, text) == 0)
		return;
	if (text.p[0] - '0' != j->line->digit)
		buf_addf(review_fault(j, "RFC 2034 4"), "a status code of "
		    "class %c, and the reply is %d", text.p[0], j->line->code);
}

static void
judge_form(struct review *j, int was)
{
	const struct follow_line *l = j->line;
	size_t n = j->e->text.n + 2;

	if (was != 0 && l->code != was)
		buf_addf(review_fault(j, "RFC 5321 4.2.1"), "the lines of one "
		    "reply have different codes, %d and %d", was, l->code);
	if (l->digit < 2 || l->code / 10 % 10 > 5)
		review_wrong(j, "RFC 5321 4.2.1", "no code of SMTP: the first "
		    "digit is 2 to 5, the second 0 to 5");
	if (n > REPLY_MAX && l->code != 334)
		buf_addf(review_fault(j, "RFC 5321 4.5.3.1.5"), "a reply line "
		    "of %zu octets with its CRLF: %d are allowed", n,
		    REPLY_MAX);
	if (!span_is_ascii(j->e->text) &&
	    (j->follow->offers & OFFER_SMTPUTF8) == 0)
		review_wrong(j, "RFC 5321 4.2", "octets over 127 in a reply");
	if (n > CHALLENGE_MAX)
		review_wrong(j, "RFC 4954 4", "a challenge over 12288 octets");
}

static void
judge_place(struct review *j)
{
	const struct follow_line *l = j->line;

	if (l->stray)
		review_wrong(j, "RFC 5321 4.2", "no command has asked for "
		    "this reply: each has one, and no more");
	else if (l->turn == 0 && l->digit < 4 && l->code != 220)
		review_wrong(j, "RFC 5321 4.3.2", "no greeting: that is 220, "
		    "or a refusal");
	else if (l->turn > 0)
		judge_fit(j);
}

void
judgereply(struct review *j, int *code)
{
	const struct follow_line *l = j->line;
	int was = *code;

	if (l->kind == FOLLOW_NO_REPLY) {
		review_wrong(j, "RFC 5321 4.2", "not a reply: it has no code "
		    "of three digits and a blank or hyphen");
		return;
	}
	*code = l->last ? 0 : l->code;
	judge_form(j, was);
	if (was == 0)
		judge_place(j);
	judge_status(j);
}
