#include "judgeftp.h"

#include "explain.h"
#include "format/mail/addr.h"
#include "format/wire/ftp.h"

/* Commands that only who has logged in may give. */
static const char logged_in[] =
    "CWD CDUP SMNT PORT PASV EPRT EPSV RETR STOR STOU APPE LIST NLST MLSD "
    "MLST ALLO REST RNFR RNTO DELE RMD MKD PWD XCWD XCUP XMKD XPWD XRMD SIZE "
    "MDTM MFMT ";

/* ... that must have an argument, and that have none. */
static const char with[] =
    "USER CWD SMNT PORT EPRT TYPE STRU MODE RETR STOR APPE REST RNFR RNTO "
    "DELE RMD MKD SIZE MDTM MFMT AUTH PBSZ PROT OPTS ";
static const char without[] = "CDUP REIN QUIT PASV ABOR PWD SYST NOOP FEAT ";

/* Codes that say yes to these commands alone; all 1yz and 3yz are here. */
static const struct {
	int code;
	const char *verbs;
} alone[] = {
	{ 110, "RETR STOR STOU APPE " },
	{ 125, "RETR STOR STOU APPE LIST NLST MLSD STAT " },
	{ 150, "RETR STOR STOU APPE LIST NLST MLSD STAT " },
	{ 215, "SYST " }, { 221, "QUIT " }, { 227, "PASV EPSV " },
	{ 229, "EPSV " }, { 230, "USER PASS ACCT REIN " },
	{ 232, "USER AUTH ADAT " }, { 234, "AUTH " },
	{ 235, "ADAT " }, { 331, "USER " }, { 332, "USER PASS " },
	{ 334, "AUTH " }, { 335, "ADAT " }, { 336, "USER " },
	{ 350, "RNFR REST " }
};

/* Commands that no other code than this says yes to (RFC 959 5.4, 3659). */
static const struct {
	const char *verb;
	int code, other;
} answers[] = {
	{ "PASV", 227, 227 }, { "EPSV", 229, 227 }, { "PWD", 257, 257 },
	{ "XPWD", 257, 257 }, { "QUIT", 221, 221 }, { "RNFR", 350, 350 },
	{ "SIZE", 213, 213 }, { "MDTM", 213, 213 }
};

static int
is_in(const char *words, const char *verb)
{
	return span_has_word(span_str(words), span_str(verb));
}

/* "|1|192.0.2.1|1025|", any other octet in place of the bars. */
static int
is_eprt(struct span arg)
{
	const char bar = arg.p[0];
	struct span family, address;
	uintmax_t n, port;

	arg = span_drop(arg, 1);
	family = span_cut(&arg, bar);
	address = span_cut(&arg, bar);
	if (span_number(family, &n) < 0 || address.n == 0 ||
	    (n == 1 && !addr_is_ip(address, 4)) ||
	    (n == 2 && !addr_is_ip(address, 6)))
		return 0;
	return arg.n > 1 && arg.p[arg.n - 1] == bar &&
	    span_number(span_of(arg.p, arg.n - 1), &port) == 0 &&
	    port > 0 && port < 65536;
}

/* Whether the first letter of an argument is one of these; ASCII case aside. */
static int
is_letter_of(struct span arg, const char *letters)
{
	const char *p;

	for (p = letters; *p != '\0'; p++)
		if ((arg.p[0] | 0x20) == (*p | 0x20))
			return 1;
	return 0;
}

static void
judge_arguments(struct review *r)
{
	struct span arg = r->line->arg;
	const char *verb = r->line->verb;
	const struct explain_command *c = explain_command(DIALOGUE_FTP,
	    span_str(verb));
	const char *section = c != NULL ? c->section : "RFC 959 5.3";

	if (arg.n == 0 && is_in(with, verb))
		buf_addf(review_fault(r, section), "%s needs an argument",
		    verb);
	else if (arg.n > 0 && is_in(without, verb))
		buf_addf(review_fault(r, section), "nothing may follow %s",
		    verb);
	else if (review_is(r, "PORT") && ftp_pasv_port(arg) == 0)
		review_wrong(r, section, "PORT takes six numbers up to 255, "
		    "h1,h2,h3,h4,p1,p2");
	else if (review_is(r, "EPRT") && !is_eprt(arg))
		review_wrong(r, section, "EPRT takes |1|address|port| or "
		    "|2|address|port|");
	else if (review_is(r, "TYPE") && !is_letter_of(arg, "AEIL"))
		review_wrong(r, section, "TYPE takes A, E, I or L");
	else if (review_is(r, "STRU") && !is_letter_of(arg, "FRP"))
		review_wrong(r, section, "STRU takes F, R or P");
	else if (review_is(r, "MODE") && !is_letter_of(arg, "SBCZ"))
		review_wrong(r, section, "MODE takes S, B or C");
}

static void
judge_place(struct judgeftp *f, struct review *r)
{
	if (is_in(logged_in, r->line->verb) && f->login == 0)
		review_verb_misplaced(r, "RFC 959 5.4", "before a log-in");
	else if (review_is(r, "PASS") && f->user == 0)
		review_misplaced(r, "RFC 959 4.1.1", "PASS without a USER "
		    "that was accepted");
	else if (review_is(r, "RNTO") && !f->renames)
		review_misplaced(r, "RFC 959 4.1.3", "RNTO without a RNFR "
		    "just before");
	else if (f->all && (review_is(r, "PORT") || review_is(r, "PASV") ||
	    review_is(r, "EPRT")))
		review_misplaced(r, "RFC 2428 4", "after EPSV ALL nothing but "
		    "EPSV may open a data connection");
}

/* While a file is on its way, these may come. */
static int
is_allowed_early(const struct review *r)
{
	return r->follow->state == FOLLOW_DATA && (review_is(r, "ABOR") ||
	    review_is(r, "STAT") || review_is(r, "QUIT"));
}

/* A command beyond the RFCs: FEAT may have shown it, or an X begins it. */
static void
judge_unknown(const struct judgeftp *f, struct review *r)
{
	struct span line = r->e->text, word = verb_take(&line);
	struct buf name = { 0 };

	buf_addspan(&name, word);
	if (ftp_offers(buf_span(&f->features), buf_str(&name)))
		review_remark(r, "RFC 2389 3", "A command of its own, which "
		    "FEAT has shown.");
	else if (word.n > 0 && (word.p[0] == 'X' || word.p[0] == 'x'))
		review_remark(r, "RFC 1123 4.1.3.1", "An experimental command, "
		    "as the X says: both sides must have agreed on it.");
	else
		review_wrong(r, "RFC 959 5.3", "not a command of FTP");
	buf_free(&name);
}

static void
judge_command(struct judgeftp *f, struct review *r)
{
	if (*r->line->verb == '\0')
		judge_unknown(f, r);
	judge_arguments(r);
	judge_place(f, r);
	if (review_is_early(r) &&
	    !is_allowed_early(r))
		review_remark(r, "RFC 959 5.4", r->follow->state ==
		    FOLLOW_CONNECT ? "Sent before the server has greeted: "
		    "clients should wait." : "Sent before the reply to the "
		    "command above: clients should wait.");
	if (review_is(r, "PASS") && !r->follow->tls)
		review_remark(r, "RFC 4217 4", "The password is sent in plain "
		    "text: AUTH TLS comes before it.");
	if (review_is(r, "USER")) {
		f->user = r->line->turn;
		f->login = 0;
	} else if (review_is(r, "PASS"))
		f->login = r->line->turn;
	if (review_is(r, "EPSV") && span_case_is(r->line->arg, "ALL"))
		f->asks_all = r->line->turn;
	f->renames = review_is(r, "RNFR");
}

/* The code says what another command would be answered. */
static int
fits(const struct judgeftp *f, const struct review *r, int code)
{
	const char *verb = r->line->verb;
	size_t i;

	for (i = 0; i < COUNT(answers); i++)
		if (review_is(r, answers[i].verb))
			return code == answers[i].code ||
			    code == answers[i].other || (code == 200 &&
			    r->line->turn == f->asks_all);
	for (i = 0; i < COUNT(alone); i++)
		if (alone[i].code == code)
			return is_in(alone[i].verbs, verb);
	return code / 100 == 2;
}

/* "20261121234612", perhaps with decimals. */
static int
is_time(struct span s)
{
	struct span whole = span_cut(&s, '.');
	uintmax_t n;

	return whole.n == 14 && span_number(whole, &n) == 0;
}

static void
judge_form(struct review *r)
{
	const struct follow_line *l = r->line;
	uintmax_t n;

	if (l->code == 227 && ftp_pasv_port(l->text) == 0)
		review_wrong(r, "RFC 959 4.2.2", "a 227 has six numbers up to "
		    "255, h1,h2,h3,h4,p1,p2");
	if (l->code == 229 && ftp_epsv_port(l->text) == 0)
		review_wrong(r, "RFC 2428 3", "a 229 has the port so: "
		    "(|||port|)");
	if (l->code == 257 && span_find(l->text, '"') == NULL)
		review_wrong(r, "RFC 959 4.2.2", "a 257 has the directory in "
		    "quotes");
	if (l->code == 213 && review_is(r, "SIZE") &&
	    span_number(l->text, &n) < 0)
		review_wrong(r, "RFC 3659 4", "the answer to SIZE is 213 and "
		    "the octets, in digits");
	if (l->code == 213 && review_is(r, "MDTM") && !is_time(l->text))
		review_wrong(r, "RFC 3659 3", "the answer to MDTM is 213 and "
		    "the time, as 20261121234612");
}

static void
judge_reply(const struct judgeftp *f, struct review *r)
{
	const struct follow_line *l = r->line;

	if (l->stray)
		review_wrong(r, "RFC 959 5.4", "no command has asked for this "
		    "reply");
	else if (l->turn == 0 && l->digit < 4 && l->code != 220 &&
	    l->code != 120)
		review_wrong(r, "RFC 959 5.4", "no greeting: that is 220, or "
		    "a refusal");
	else if (l->turn > 0 && l->digit < 4 && *l->verb != '\0' &&
	    !fits(f, r, l->code))
		buf_addf(review_fault(r, "RFC 959 5.4"), "%d is not a reply to "
		    "%s: the replies are out of step with the commands",
		    l->code, l->verb);
	else
		judge_form(r);
}

static void
learn(struct judgeftp *f, const struct review *r)
{
	const struct follow_line *l = r->line;

	if (l->code == 230 || l->code == 232)
		f->login = l->turn;
	else if (review_is(r, "REIN") && l->digit == 2)
		f->login = 0;
	else if (review_is(r, "PASS") && l->digit > 3 && l->turn == f->login)
		f->login = 0;
	else if (review_is(r, "USER") && l->digit > 3)
		f->user = 0;
	else if (review_is(r, "EPSV") && l->turn == f->asks_all)
		f->all = l->digit == 2;
}

void
judgeftp_line(struct judgeftp *f, struct review *r)
{
	switch (r->line->kind) {
	case FOLLOW_COMMAND:
		judge_command(f, r);
		break;
	case FOLLOW_NO_REPLY:
		review_wrong(r, "RFC 959 4.2", "not a reply: it has no code "
		    "of three digits and a blank or hyphen");
		break;
	case FOLLOW_REPLY:
		if (r->line->first)
			judge_reply(f, r);
		else if (review_is(r, "FEAT")) {
			buf_addspan(&f->features, r->line->text);
			buf_addc(&f->features, '\n');
		}
		if (r->line->last)
			learn(f, r);
		break;
	default:
		break;
	}
}

void
judgeftp_free(struct judgeftp *f)
{
	buf_free(&f->features);
}
