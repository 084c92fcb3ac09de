#include "judgepop3.h"

#define REPLY_MAX 512		/* RFC 1939 3, CRLF included */
#define COMMAND_MAX 255		/* RFC 2449 4, CRLF included */
#define AUTH_MAX 12288		/* RFC 5034 4 */
#define ID_MAX 70		/* octets in a unique id, RFC 1939 7 */
#define DELETED_MAX 10000	/* more are not kept */

/* In which state a command may stand. */
enum state {
	ANY, BEFORE, BEHIND	/* the log-in */
};

static const struct {
	const char *verb;
	enum state state;
	size_t least, most;	/* arguments; SIZE_MAX: any blanks */
	const char *section;
} commands[] = {
	{ "USER", BEFORE, 1, SIZE_MAX, "RFC 1939 7" },
	{ "PASS", BEFORE, 1, SIZE_MAX, "RFC 1939 7" },
	{ "APOP", BEFORE, 2, 2, "RFC 1939 7" },
	{ "AUTH", BEFORE, 0, 2, "RFC 5034 4" },
	{ "STLS", BEFORE, 0, 0, "RFC 2595 4" },
	{ "UTF8", BEFORE, 0, 0, "RFC 6856 2.1" },
	{ "STAT", BEHIND, 0, 0, "RFC 1939 5" },
	{ "LIST", BEHIND, 0, 1, "RFC 1939 5" },
	{ "RETR", BEHIND, 1, 1, "RFC 1939 5" },
	{ "DELE", BEHIND, 1, 1, "RFC 1939 5" },
	{ "NOOP", BEHIND, 0, 0, "RFC 1939 5" },
	{ "RSET", BEHIND, 0, 0, "RFC 1939 5" },
	{ "TOP", BEHIND, 2, 2, "RFC 1939 7" },
	{ "UIDL", BEHIND, 0, 1, "RFC 1939 7" },
	{ "QUIT", ANY, 0, 0, "RFC 1939 6" },
	{ "CAPA", ANY, 0, 0, "RFC 2449 5" }
};

/* A message, as long as DELE was not refused. */
struct deletion {
	uintmax_t n;
	unsigned long turn;
};

static int
is_about_message(const struct review *r)
{
	return review_is(r, "RETR") || review_is(r, "DELE") ||
	    review_is(r, "TOP") || review_is(r, "LIST") ||
	    review_is(r, "UIDL");
}

static size_t
count_words(struct span s)
{
	size_t n = 0;

	while (span_take_word(&s).n > 0)
		n++;
	return n;
}

static int
is_deleted(const struct judgepop3 *p, uintmax_t n)
{
	struct deletion one;
	size_t at;

	for (at = 0; at < p->deleted.n; at += sizeof one) {
		memcpy(&one, p->deleted.p + at, sizeof one);
		if (one.n == n)
			return 1;
	}
	return 0;
}

/* Its first argument is the number of a message that is still there. */
static void
judge_number(struct judgepop3 *p, struct review *r, const char *section)
{
	struct span word = span_word(r->line->arg);
	uintmax_t n;

	if (word.n == 0)
		return;
	if (span_number(word, &n) < 0 || n == 0)
		buf_addf(review_fault(r, section), "%s takes the number of a "
		    "message, from 1", r->line->verb);
	else if (is_deleted(p, n))
		buf_addf(review_fault(r, "RFC 1939 5"), "message %ju has been "
		    "marked as deleted", n);
}

static void
judge_arguments(struct judgepop3 *p, struct review *r, size_t i)
{
	struct span rest = r->line->arg;
	size_t n = count_words(rest);
	uintmax_t lines;

	if (n < commands[i].least || n > commands[i].most)
		buf_addf(review_fault(r, commands[i].section), n >
		    commands[i].most ? "too many arguments of %s" :
		    "%s needs an argument", commands[i].verb);
	if (is_about_message(r))
		judge_number(p, r, commands[i].section);
	span_take_word(&rest);
	if (review_is(r, "TOP") && n == 2 &&
	    span_number(span_trim(rest), &lines) < 0)
		review_wrong(r, commands[i].section, "the second argument of "
		    "TOP is how many lines, from 0");
}

static void
judge_place(struct judgepop3 *p, struct review *r, size_t i)
{
	const char *section = commands[i].section;

	if (commands[i].state == BEFORE && p->login != 0)
		review_verb_misplaced(r, section, "after a log-in");
	else if (commands[i].state == BEHIND && p->login == 0)
		review_verb_misplaced(r, section, "before a log-in");
	else if (review_is(r, "PASS") && p->user == 0)
		review_misplaced(r, "RFC 1939 7", "PASS without a USER that "
		    "was accepted");
	else if (review_is(r, "APOP") && !p->timestamp)
		review_misplaced(r, "RFC 1939 7", "APOP, and the greeting had "
		    "no timestamp in <>");
}

static void
remark_login(struct review *r)
{
	if ((review_is(r, "PASS") || (review_is(r, "AUTH") &&
	    (span_case_is(span_word(r->line->arg), "PLAIN") ||
	    span_case_is(span_word(r->line->arg), "LOGIN")))) &&
	    !r->follow->tls)
		review_remark(r, "RFC 2595 2.1", "The password is sent in "
		    "plain text: STLS comes before it.");
}

static void
claim(struct judgepop3 *p, const struct review *r)
{
	if (review_is(r, "USER"))
		p->user = r->line->turn;
	else if (review_is(r, "PASS") || review_is(r, "APOP") ||
	    (review_is(r, "AUTH") && r->line->arg.n > 0))
		p->login = r->line->turn;
	else if (review_is(r, "RSET"))
		buf_clear(&p->deleted);
}

static void
judge_command(struct judgepop3 *p, struct review *r)
{
	size_t i, n = r->e->text.n + 2;

	if (*r->line->verb == '\0' && r->e->text.n > 0 &&
	    (r->e->text.p[0] | 0x20) == 'x')
		review_remark(r, "RFC 1939 3", "A command of its own, as the X "
		    "says: both sides must have agreed on it.");
	else if (*r->line->verb == '\0')
		review_wrong(r, "RFC 1939 3", "not a command of POP3");
	for (i = 0; i < COUNT(commands); i++)
		if (review_is(r, commands[i].verb)) {
			judge_arguments(p, r, i);
			judge_place(p, r, i);
		}
	if (n > (review_is(r, "AUTH") ? AUTH_MAX : COMMAND_MAX))
		buf_addf(review_fault(r, "RFC 2449 4"), "a command of %zu "
		    "octets with its CRLF: %d are allowed", n, COMMAND_MAX);
	if (review_is_early(r))
		review_wrong(r, "RFC 2449 6.6", r->follow->state ==
		    FOLLOW_CONNECT ? "sent before the server has greeted" :
		    "sent before the reply to the command above, and CAPA has "
		    "not shown PIPELINING");
	remark_login(r);
	claim(p, r);
}

/* What the DELE of this turn was to delete stays. */
static void
keep_message(struct judgepop3 *p, unsigned long turn)
{
	struct deletion *d = (struct deletion *)(void *)p->deleted.p;
	size_t n = p->deleted.n / sizeof *d, i, kept = 0;

	for (i = 0; i < n; i++)
		if (d[i].turn != turn)
			d[kept++] = d[i];
	p->deleted.n = kept * sizeof *d;
}

static void
refused(struct judgepop3 *p, const struct follow_line *l)
{
	if (l->turn == 0)
		return;
	if (strcmp(l->verb, "DELE") == 0)
		keep_message(p, l->turn);
	if (l->turn == p->login || strcmp(l->verb, "AUTH") == 0)
		p->login = p->user = 0;
	if (l->turn == p->user)
		p->user = 0;
}

static void
granted(struct judgepop3 *p, const struct review *r)
{
	if (r->line->turn == 0)
		p->timestamp = span_find(r->line->text, '<') != NULL &&
		    span_find(r->line->text, '>') != NULL;
	if (review_is(r, "STLS"))
		p->user = p->login = 0;
}

/* "+OK 2 320" */
static void
judge_stat(struct review *r)
{
	struct span rest = r->line->text, n = span_take_word(&rest);
	uintmax_t messages, octets;

	if (span_number(n, &messages) < 0 ||
	    span_number(span_word(span_trim(rest)), &octets) < 0)
		review_wrong(r, "RFC 1939 5", "the answer to STAT is +OK, the "
		    "number of messages, and their octets");
}

static int
is_listed(const struct review *r)
{
	return review_is(r, "LIST") || review_is(r, "UIDL");
}

/* "1 120"; "1 whqtswO00WBw418f9t5JxYwZ" */
static void
judge_listing(struct review *r, struct span line)
{
	struct span number = span_take_word(&line), word;
	int unique = review_is(r, "UIDL");
	uintmax_t n, octets;

	word = span_word(span_trim(line));
	if (span_number(number, &n) < 0 || n == 0 || word.n == 0 ||
	    (unique ? word.n > ID_MAX : span_number(word, &octets) < 0))
		review_wrong(r, unique ? "RFC 1939 7" : "RFC 1939 5", unique ?
		    "each line is the number of a message and an id of up to "
		    "70 octets" : "each line is the number of a message and "
		    "its octets");
}

static void
judge_reply(struct judgepop3 *p, struct review *r)
{
	const struct follow_line *l = r->line;
	size_t n = r->e->text.n + 2;

	if (l->kind == FOLLOW_NO_REPLY) {
		review_wrong(r, "RFC 1939 3", p->listed ? "not a reply: the "
		    "list has ended above, at a dot alone on its line; a line "
		    "that is a dot needs a second one" :
		    "not a reply: neither +OK nor -ERR");
		return;
	}
	p->listed = 0;
	if (l->digit != 3 && !span_begins(r->e->text, "+OK") &&
	    !span_begins(r->e->text, "-ERR"))
		review_wrong(r, "RFC 1939 3", "+OK and -ERR are in capitals");
	if (n > REPLY_MAX && l->digit != 3)
		buf_addf(review_fault(r, "RFC 1939 3"), "a reply of %zu "
		    "octets with its CRLF: %d are allowed", n, REPLY_MAX);
	if (l->stray)
		review_wrong(r, "RFC 1939 3", "no command has asked for this "
		    "reply: each has one, and no more");
	else if (l->digit == 3 && !review_is(r, "AUTH"))
		review_wrong(r, "RFC 5034 4", "a challenge outside of AUTH");
	else if (l->digit == 2 && review_is(r, "STAT"))
		judge_stat(r);
	else if (l->digit == 2 && is_listed(r) && !r->follow->in_list)
		judge_listing(r, l->text);
	if (l->digit == 5)
		refused(p, l);
	else if (l->digit == 2)
		granted(p, r);
}

static int
is_message(const struct review *r)
{
	return review_is(r, "RETR") || review_is(r, "TOP");
}

static void
judge_list(struct review *r)
{
	struct span line = r->e->text, text = line;

	if (is_message(r) && r->mail != NULL) {
		if (text.n > 1 && text.p[0] == '.')
			text = span_drop(text, 1);
		explainmail_line(r->mail, r->notes, text);
	}
	if (is_listed(r))
		judge_listing(r, line);
	else if (line.n > 1 && line.p[0] == '.' && line.p[1] != '.')
		review_wrong(r, "RFC 1939 3", "a line that begins with a dot, "
		    "which was not doubled: the client takes it off");
	else if (line.n > 1 && line.p[0] == '.')
		notes_add(r->notes, NOTE_MEANS, "RFC 1939 3", "A line of the "
		    "message that begins with a dot: it is doubled, and the "
		    "client removes one.");
}

/* A DELE that was accepted. */
static void
note_deleted(struct judgepop3 *p, const struct review *r)
{
	struct deletion d = { .turn = r->line->turn };

	if (review_is(r, "DELE") && p->deleted.n < DELETED_MAX * sizeof d &&
	    span_number(span_word(r->line->arg), &d.n) == 0)
		buf_add(&p->deleted, &d, sizeof d);
}

void
judgepop3_line(struct judgepop3 *p, struct review *r)
{
	switch (r->line->kind) {
	case FOLLOW_COMMAND:
		judge_command(p, r);
		note_deleted(p, r);
		break;
	case FOLLOW_REPLY:
	case FOLLOW_NO_REPLY:
		judge_reply(p, r);
		break;
	case FOLLOW_LIST:
		judge_list(r);
		break;
	case FOLLOW_LIST_END:
		p->listed = 1;
		if (is_message(r) && r->mail != NULL)
			explainmail_end(r->mail, r->notes);
		break;
	default:
		break;
	}
}

void
judgepop3_free(struct judgepop3 *p)
{
	buf_free(&p->deleted);
}
