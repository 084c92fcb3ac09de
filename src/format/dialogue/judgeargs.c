#include "judgeargs.h"

#include "format/mail/addr.h"
#include "format/wire/escape.h"

#define COMMAND_MAX 512		/* RFC 5321 4.5.3.1.4, CRLF included */
#define PARAMETERS_MAX 1500	/* what the extensions add to it: RFC 1870,
				   3461, 4954, 6152, 6531 ... */
#define AUTH_MAX 12288		/* RFC 4954 4 */
#define ENVID_MAX 100		/* RFC 3461 4.4 */

/* How many words may follow a verb. */
enum words {
	ANY, NONE, SOME
};

static const struct {
	const char *verb;
	enum words words;
	const char *section;
} commands[] = {
	{ "HELO", SOME, "RFC 5321 4.1.1.1" },
	{ "EHLO", SOME, "RFC 5321 4.1.1.1" },
	{ "DATA", NONE, "RFC 5321 4.1.1.4" },
	{ "RSET", NONE, "RFC 5321 4.1.1.5" },
	{ "VRFY", SOME, "RFC 5321 4.1.1.6" },
	{ "EXPN", SOME, "RFC 5321 4.1.1.7" },
	{ "QUIT", NONE, "RFC 5321 4.1.1.10" },
	{ "STARTTLS", NONE, "RFC 3207 4" },
	{ "AUTH", SOME, "RFC 4954 4" },
	{ "ETRN", SOME, "RFC 1985 5" },
	{ "TURN", NONE, "RFC 5321 F.1" }
};

/* Of MAIL (M) and RCPT (R), and what must be offered for them. */
static const struct {
	const char *name;
	char verb;
	const char *offer;
	const char *section;
} parameters[] = {
	{ "SIZE", 'M', "SIZE", "RFC 1870 6" },
	{ "BODY", 'M', "8BITMIME", "RFC 6152 3" },
	{ "SMTPUTF8", 'M', "SMTPUTF8", "RFC 6531 3.4" },
	{ "AUTH", 'M', "AUTH", "RFC 4954 5" },
	{ "RET", 'M', "DSN", "RFC 3461 4.3" },
	{ "ENVID", 'M', "DSN", "RFC 3461 4.4" },
	{ "NOTIFY", 'R', "DSN", "RFC 3461 4.1" },
	{ "ORCPT", 'R', "DSN", "RFC 3461 4.2" },
	{ "BY", 'M', "DELIVERBY", "RFC 2852 4" },
	{ "TRANSID", 'M', "CHECKPOINT", "RFC 1845 4" },
	{ "SOLICIT", 'M', "NO-SOLICITING", "RFC 3865 2" },
	{ "HOLDFOR", 'M', "FUTURERELEASE", "RFC 4865 4" },
	{ "HOLDUNTIL", 'M', "FUTURERELEASE", "RFC 4865 4" },
	{ "MT-PRIORITY", 'M', "MT-PRIORITY", "RFC 6710 4" },
	{ "RRVS", 'R', "RRVS", "RFC 7293 3" },
	{ "REQUIRETLS", 'M', "REQUIRETLS", "RFC 8689 2" }
};

int
judgeargs_offered(const struct judgeargs_offers *o, struct span word)
{
	return !o->known || span_has_word(buf_span(&o->words), word);
}

/* NEVER, or the others with commas between them. */
static int
is_notify(struct span value)
{
	static const char *const whens[] = {
		"SUCCESS", "FAILURE", "DELAY"
	};

	if (span_case_is(value, "NEVER"))
		return 1;
	do {
		if (span_case_index(span_cut(&value, ','), whens,
		    COUNT(whens)) < 0)
			return 0;
	} while (value.n > 0);
	return 1;
}

/* No =, and a + only before two capital hex digits (RFC 3461 4). */
static int
is_xtext(struct span s, int utf8)
{
	size_t i;

	if ((utf8 ? span_has_control(s) : !span_is_graph(s)) ||
	    span_find(s, '=') != NULL)
		return 0;
	for (i = 0; i < s.n; i++)
		if (s.p[i] == '+' && (s.n - i < 3 ||
		    strchr("0123456789ABCDEF", s.p[i + 1]) == NULL ||
		    strchr("0123456789ABCDEF", s.p[i + 2]) == NULL))
			return 0;
	return s.n > 0;
}

/* An address with its type, of which one may be in UTF-8 (RFC 6533 3). */
static int
is_orcpt(struct span value)
{
	const struct span type = span_cut(&value, ';');

	return type.n > 0 && is_xtext(value, span_case_is(type, "utf-8"));
}

/* Whether what stands behind the = is what must stand there. */
static int
is_value(const char *name, struct span value)
{
	static const char *const bodies[] = {
		"7BIT", "8BITMIME", "BINARYMIME"
	};
	static const char *const rets[] = { "FULL", "HDRS" };
	uintmax_t n;

	if (strcmp(name, "SIZE") == 0)
		return span_number(value, &n) == 0;
	if (strcmp(name, "BODY") == 0)
		return span_case_index(value, bodies, COUNT(bodies)) >= 0;
	if (strcmp(name, "RET") == 0)
		return span_case_index(value, rets, COUNT(rets)) >= 0;
	if (strcmp(name, "NOTIFY") == 0)
		return is_notify(value);
	if (strcmp(name, "ORCPT") == 0)
		return is_orcpt(value);
	if (strcmp(name, "ENVID") == 0)
		return value.n <= ENVID_MAX && is_xtext(value, 0);
	return (strcmp(name, "SMTPUTF8") == 0) == (value.n == 0) ||
	    strcmp(name, "REQUIRETLS") == 0;
}

/* What MAIL says of its text. */
static void
learn(struct judgetext *text, const char *name, struct span value)
{
	if (strcmp(name, "SMTPUTF8") == 0)
		text->utf8 = 1;
	if (strcmp(name, "BODY") != 0)
		return;
	text->binary = span_case_is(value, "BINARYMIME");
	text->body8 = text->binary || span_case_is(value, "8BITMIME");
}

/*
 * One that is not the command's: of another, or not known, where neither an X
 * nor a keyword of its name says that the two have agreed on it.
 */
static void
judge_stranger(struct review *r, const struct judgeargs_offers *offers,
    struct span name)
{
	struct buf *fault;

	if (SPAN_LOOKUP(name, parameters) == NULL &&
	    (judgeargs_offered(offers, name) || span_case_begins(name, "X")))
		return;
	fault = review_fault(r, "RFC 5321 4.1.1.11");
	escape_add(fault, name);
	buf_addf(fault, " is not a parameter of %s that the server offers",
	    r->line->verb);
}

/* "NAME=value", or NAME alone; *seen has a bit for each that stood before. */
static void
judge_parameter(struct review *r, const struct judgeargs_offers *offers,
    struct judgetext *text, struct span value, unsigned *seen)
{
	struct span name = span_cut(&value, '=');
	char verb = review_is(r, "RCPT") ? 'R' : 'M';
	const char *what;
	size_t i;

	for (i = 0; i < COUNT(parameters); i++)
		if (span_case_is(name, parameters[i].name) &&
		    parameters[i].verb == verb)
			break;
	if (i == COUNT(parameters)) {
		judge_stranger(r, offers, name);
		return;
	}
	what = parameters[i].name;
	if (!is_value(what, value))
		buf_addf(review_fault(r, parameters[i].section),
		    "not a value of %s", what);
	if ((*seen & 1u << i) != 0 && strcmp(parameters[i].offer, "DSN") == 0)
		buf_addf(review_fault(r, parameters[i].section), "%s is "
		    "allowed here once", what);
	*seen |= 1u << i;
	if (!judgeargs_offered(offers, span_str(parameters[i].offer)))
		buf_addf(review_fault(r, "RFC 5321 2.2.1"), "%s, and the "
		    "server does not offer %s", what, parameters[i].offer);
	if (strcmp(what, "BODY") == 0 && span_case_is(value, "BINARYMIME") &&
	    !judgeargs_offered(offers, span_str("BINARYMIME")))
		review_wrong(r, "RFC 3030 3", "BODY=BINARYMIME, and the "
		    "server does not offer BINARYMIME");
	if (verb == 'M')
		learn(text, what, value);
}

static void
judge_parameters(struct review *r, const struct judgeargs_offers *offers,
    struct judgetext *text, struct span rest)
{
	unsigned seen = 0;
	struct span word;

	if (rest.n > 0 && !byte_is_blank(rest.p[0])) {
		review_wrong(r, "RFC 5321 4.1.2", "nothing but a blank and "
		    "parameters may follow the address");
		return;
	}
	while ((word = span_take_word(&rest)).n > 0)
		judge_parameter(r, offers, text, word, &seen);
}

/* An address between <>, of which RCPT must have one. */
static void
judge_address(struct review *r, const struct addr *a)
{
	int rcpt = review_is(r, "RCPT");

	if (a->text.n == 0) {
		if (rcpt)
			review_wrong(r, "RFC 5321 4.1.1.3",
			    "a recipient cannot be empty");
	} else if (a->domain.p == NULL &&
	    !(rcpt && span_case_is(a->local, "postmaster")))
		review_wrong(r, "RFC 5321 4.1.2",
		    "an address without @ and a domain");
	else if (a->domain.p != NULL && a->domain.p[0] == '[' &&
	    !addr_is_literal(a->domain))
		review_wrong(r, "RFC 5321 4.1.3", "brackets are for "
		    "192.0.2.1, or IPv6: and the address");
}

/* Behind FROM: or TO:; what follows the path, or nothing without one. */
static struct span
judge_path(struct review *r, struct span path)
{
	const char *why;
	struct addr a;
	size_t used;

	if (path.n == 0) {
		review_wrong(r, "RFC 5321 4.1.2", "an address is missing");
		return path;
	}
	if (path.p[0] != '<') {
		review_wrong(r, "RFC 5321 4.1.2", "the address is not in "
		    "angle brackets <>");
		used = span_word(path).n;
		return span_drop(path, used);
	}
	if (addr_path(&a, path, &used, &why) < 0) {
		buf_addf(review_fault(r, "RFC 5321 4.1.2"),
		    "not an address: %s", why);
		return span_of(path.p, 0);
	}
	if (path.n > 1 && path.p[1] == '@')
		review_remark(r, "RFC 5321 F.2", "A source route: servers "
		    "pass it over, and clients should not send one.");
	judge_address(r, &a);
	return span_drop(path, used);
}

/* Whether an address is UTF-8, or the command has such octets elsewhere. */
static void
judge_octets(struct review *r, const struct judgetext *text)
{
	if (!span_is_ascii(r->e->text) && !text->utf8)
		review_wrong(r, "RFC 5321 2.4", "octets over 127 in a "
		    "command, without SMTPUTF8");
}

/* "FROM:<path> parameters" */
static void
judge_envelope(struct review *r, const struct judgeargs_offers *offers,
    struct judgetext *text)
{
	const char *word = review_is(r, "RCPT") ? "TO" : "FROM";
	struct span rest = r->line->arg;

	if (!span_case_begins(rest, word)) {
		buf_addf(review_fault(r, r->line->verb[0] == 'R' ?
		    "RFC 5321 4.1.1.3" : "RFC 5321 4.1.1.2"),
		    "%s: is missing before the address", word);
		return;
	}
	rest = span_drop(rest, strlen(word));
	if (rest.n > 0 && byte_is_blank(rest.p[0]) &&
	    span_trim(rest).n > 0 && span_trim(rest).p[0] == ':') {
		buf_addf(review_fault(r, "RFC 5321 3.3"),
		    "a blank before the colon of %s:", word);
		rest = span_trim(rest);
	}
	if (rest.n == 0 || rest.p[0] != ':') {
		buf_addf(review_fault(r, "RFC 5321 4.1.2"),
		    "no colon after %s", word);
		return;
	}
	rest = span_drop(rest, 1);
	if (rest.n > 0 && byte_is_blank(rest.p[0])) {
		buf_addf(review_fault(r, "RFC 5321 3.3"), "a blank after "
		    "%s: none is allowed between the colon and the address",
		    word);
		rest = span_trim(rest);
	}
	judge_parameters(r, offers, text, judge_path(r, rest));
	if (span_find(rest, '<') != NULL)
		judge_octets(r, text);
}

static void
judge_chunk(struct review *r)
{
	struct span rest = r->line->arg, size = span_take_word(&rest), last;
	uintmax_t n;

	last = span_trim(rest);
	if (span_number(size, &n) < 0 ||
	    (last.n > 0 && !span_case_is(last, "LAST")))
		review_wrong(r, "RFC 3030 2", "not \"BDAT octets\" or \"BDAT "
		    "octets LAST\"");
}

/* The client's name: a domain, or an address in brackets. */
static void
judge_name(struct review *r)
{
	struct span name = r->line->arg;

	if (name.n == 0 || addr_is_domain(name) || addr_is_literal(name))
		return;
	buf_addf(review_fault(r, "RFC 5321 4.1.1.1"), "%s takes a domain, or "
	    "an address in brackets, as [192.0.2.1]", r->line->verb);
}

static void
judge_length(struct review *r)
{
	size_t n = r->e->text.n + 2, max = COMMAND_MAX;

	if (review_is(r, "AUTH"))
		max = AUTH_MAX;
	else if ((review_is(r, "MAIL") || review_is(r, "RCPT")) &&
	    span_find(r->line->arg, '=') != NULL)
		max += PARAMETERS_MAX;
	if (n > max)
		buf_addf(review_fault(r, review_is(r, "AUTH") ?
		    "RFC 4954 4" : "RFC 5321 4.5.3.1.4"), "a command of %zu "
		    "octets with its CRLF: %zu are allowed", n, max);
}

static void
judge_words(struct review *r)
{
	size_t i;

	for (i = 0; i < COUNT(commands); i++) {
		if (!review_is(r, commands[i].verb))
			continue;
		if (commands[i].words == NONE && r->line->arg.n > 0)
			buf_addf(review_fault(r, commands[i].section),
			    "nothing may follow %s", commands[i].verb);
		if (commands[i].words == SOME && r->line->arg.n == 0)
			buf_addf(review_fault(r, commands[i].section),
			    "%s needs an argument", commands[i].verb);
	}
}

void
judgeargs(struct review *r, const struct judgeargs_offers *offers,
    struct judgetext *text)
{
	judge_length(r);
	judge_words(r);
	if (review_is(r, "MAIL") || review_is(r, "RCPT") ||
	    review_is(r, "SEND") || review_is(r, "SOML") ||
	    review_is(r, "SAML"))
		judge_envelope(r, offers, text);
	else if (review_is(r, "BDAT"))
		judge_chunk(r);
	else if (review_is(r, "EHLO") || review_is(r, "HELO"))
		judge_name(r);
	else if (!review_is(r, "VRFY") && !review_is(r, "EXPN"))
		judge_octets(r, text);
}
