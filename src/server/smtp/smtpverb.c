#include "smtpverb.h"

#include "format/mail/addr.h"
#include "smtpauth.h"
#include "smtprcpt.h"

#define HELO_MAX 255		/* octets of the client's name we pass on */

static const char
	begun[] = "503 5.5.1 Error: TLS has begun already",
	no_chunk[] = "503 5.5.1 Error: BDAT in progress",
	no_command[] = "500 5.5.2 Error: command not recognized",
	no_login[] = "503 5.5.1 Error: MAIL transaction in progress",
	no_mail[] = "503 5.5.1 Error: need MAIL command",
	no_nesting[] = "503 5.5.1 Error: nested MAIL command",
	no_node[] = "501 5.5.4 Syntax: ETRN domain",
	no_service[] = "503 5.5.1 Error: no service here",
	no_tls[] = "502 5.5.1 Error: TLS is not available here",
	no_turn[] = "502 5.5.1 Error: TURN is not supported";

/* The client's name for itself, made harmless in a header. */
static void
hello(struct smtpd *s, struct span name, int ehlo)
{
	size_t i;

	smtp_reset(s);
	s->phase = SMTPD_READY;
	s->ehlo = ehlo;
	buf_free(&s->helo);
	for (i = 0; i < name.n && i < HELO_MAX; i++)
		buf_addc(&s->helo, (unsigned char)name.p[i] <= ' ' ||
		    strchr("()<>@,;\\\"\177", name.p[i]) != NULL ?
		    '?' : name.p[i]);
}

static void
verb_helo(struct smtpd *s, struct span arg)
{
	hello(s, arg, 0);
	buf_addf(s->chat.out, "250 %s\r\n", s->conf->host);
}

/* A line of the answer to EHLO. */
static void
offer(struct smtpd *s, const char *text)
{
	buf_addf(s->chat.out, "250-%s\r\n", text);
}

static void
offer_auth(struct smtpd *s)
{
	struct buf b = { 0 };

	buf_adds(&b, "AUTH ");
	sasld_names(&b, s->conf->auth->mechanisms);
	offer(s, buf_str(&b));
	buf_free(&b);
}

static void
verb_ehlo(struct smtpd *s, struct span arg)
{
	static const char *const always[] = { "8BITMIME", "SMTPUTF8",
	    "ENHANCEDSTATUSCODES", "CHUNKING", "VRFY", "EXPN", "HELP" };
	struct buf *out = s->chat.out, size = { 0 };
	size_t i, last;

	hello(s, arg, 1);
	buf_addf(s->chat.out, "250-%s\r\n", s->conf->host);
	offer(s, "PIPELINING");
	buf_addf(&size, "SIZE %ju", (uintmax_t)s->conf->max_size);
	offer(s, buf_str(&size));
	buf_free(&size);
	if (s->conf->auth != NULL)
		offer_auth(s);
	if (s->conf->relay != NULL)
		offer(s, "ETRN");
	if (s->conf->tls && !s->tls)
		offer(s, "STARTTLS");
	for (i = 0; i < COUNT(always); i++)
		offer(s, always[i]);
	for (last = out->n - 2; last > 0 && out->p[last - 1] != '\n'; )
		last--;
	out->p[last + 3] = ' ';
}

static void
verb_mail(struct smtpd *s, struct span arg)
{
	const char *answer;

	s->mail = smtpmail_new(s->conf);
	s->mail->trusted = s->known || (s->conf->auth == NULL && s->local);
	answer = smtpmail_sender(s->mail, arg);
	if (answer == NULL)
		smtp_wrong_syntax(s);
	else
		smtp_reply(s, answer);
	if (answer != NULL && answer[0] == '2')
		s->phase = SMTPD_SENDER;
	else
		smtp_reset(s);
}

static void
verb_rcpt(struct smtpd *s, struct span arg)
{
	const char *answer;

	s->phase = SMTPD_RCPTS;
	answer = smtpmail_rcpt(s->mail, arg);
	if (answer == NULL)
		smtp_wrong_syntax(s);
	else
		smtp_reply(s, answer);
}

static void
verb_rset(struct smtpd *s, struct span arg)
{
	(void)arg;
	smtp_reset(s);
	smtp_reply(s, "250 2.0.0 Ok");
}

static void
verb_noop(struct smtpd *s, struct span arg)
{
	(void)arg;
	smtp_reply(s, "250 2.0.0 Ok");
}

static void
verb_vrfy(struct smtpd *s, struct span arg)
{
	smtprcpt_vrfy(s->conf, arg, 0, s->chat.out);
}

static void
verb_expn(struct smtpd *s, struct span arg)
{
	smtprcpt_vrfy(s->conf, arg, 1, s->chat.out);
}

/* RFC 1985; "@domain" asks for the hosts below it too. */
static void
verb_etrn(struct smtpd *s, struct span arg)
{
	struct span domain = arg;
	int is_queue = arg.p[0] == '#', r = -1;

	if (domain.p[0] == '@')
		domain = span_drop(domain, 1);
	if (!is_queue && !addr_is_domain(domain)) {
		smtp_reply(s, no_node);
		return;
	}
	if (s->conf->relay != NULL && !is_queue)
		r = s->conf->queued(s->conf->relay_arg, arg);
	buf_adds(s->chat.out, r > 0 ? "250 2.0.0 Ok: there is mail for " :
	    r == 0 ? "251 2.0.0 Ok: no mail for " :
	    "458 4.3.0 Error: cannot queue mail for ");
	buf_addspan(s->chat.out, domain);
	buf_adds(s->chat.out, "\r\n");
}

static void
verb_turn(struct smtpd *s, struct span arg)
{
	(void)arg;
	smtp_reply(s, no_turn);
}

/* RFC 3207; what stands behind it is lost. */
static void
verb_starttls(struct smtpd *s, struct span arg)
{
	struct span cert = tamper_certificate(&s->tamper);

	(void)arg;
	if (s->tls)
		smtp_reply(s, begun);
	else if (!s->conf->tls)
		smtp_reply(s, no_tls);
	else {
		s->identity = cert.n > 0 ? span_dup(cert) : NULL;
		s->securing = 1;
		smtp_reply(s, "220 2.0.0 Ready to start TLS");
	}
}

static void
verb_quit(struct smtpd *s, struct span arg)
{
	(void)arg;
	smtp_hang_up(s, "221 2.0.0 Bye");
}

enum takes { NO_ARG, ANY_ARG, AN_ARG };

struct smtpverb {
	const char *name;
	void (*run)(struct smtpd *s, struct span arg);
	int phases;		/* in which it is allowed */
	enum takes takes;
	enum rules_place place;	/* RULES_PLACES: no event */
	const char *early;	/* what is said to it in SMTPD_READY */
	const char *late;	/* and in a transaction */
	const char *syntax;
};

static void verb_help(struct smtpd *s, struct span arg);

#define LATER (SMTPD_ANY & ~SMTPD_START)
#define SENDING (SMTPD_SENDER | SMTPD_RCPTS)

/* MAIL and its old sisters, which deliver to a terminal where there is one. */
#define MAIL_VERB(name) { name, verb_mail, SMTPD_READY, ANY_ARG, RULES_MAIL, \
	NULL, no_nesting, name " FROM:<address>" }

static const struct smtpverb verbs[] = {
	{ "HELO", verb_helo, SMTPD_ANY, AN_ARG, RULES_HELO, NULL, NULL,
	    "HELO hostname" },
	{ "EHLO", verb_ehlo, SMTPD_ANY, AN_ARG, RULES_EHLO, NULL, NULL,
	    "EHLO hostname" },
	MAIL_VERB("MAIL"),
	MAIL_VERB("SEND"),
	MAIL_VERB("SOML"),
	MAIL_VERB("SAML"),
	{ "RCPT", verb_rcpt, SENDING, ANY_ARG, RULES_RCPT, no_mail, no_chunk,
	    "RCPT TO:<address>" },
	{ "DATA", smtp_data, SMTPD_RCPTS, NO_ARG, RULES_DATA,
	    smtp_no_rcpt, smtpmail_no_valid, "DATA" },
	{ "BDAT", smtp_bdat, SMTPD_ANY, AN_ARG, RULES_PLACES, NULL, NULL,
	    "BDAT octets [LAST]" },
	{ "RSET", verb_rset, SMTPD_ANY, NO_ARG, RULES_RSET, NULL, NULL,
	    "RSET" },
	{ "NOOP", verb_noop, SMTPD_ANY, ANY_ARG, RULES_VERB, NULL, NULL,
	    "NOOP [text]" },
	{ "VRFY", verb_vrfy, SMTPD_ANY, AN_ARG, RULES_VRFY, NULL, NULL,
	    "VRFY address" },
	{ "EXPN", verb_expn, SMTPD_ANY, AN_ARG, RULES_VERB, NULL, NULL,
	    "EXPN list" },
	{ "HELP", verb_help, SMTPD_ANY, ANY_ARG, RULES_VERB, NULL, NULL,
	    "HELP [command]" },
	{ "AUTH", smtpauth_start, SMTPD_READY, AN_ARG, RULES_AUTH, NULL,
	    no_login, "AUTH mechanism [response]" },
	{ "ETRN", verb_etrn, LATER, AN_ARG, RULES_VERB, NULL, NULL,
	    "ETRN domain" },
	{ "STARTTLS", verb_starttls, SMTPD_READY, NO_ARG, RULES_VERB, NULL,
	    no_login, "STARTTLS" },
	{ "TURN", verb_turn, SMTPD_ANY, ANY_ARG, RULES_VERB, NULL, NULL,
	    "TURN" },
	{ "QUIT", verb_quit, SMTPD_ANY | SMTPD_TURNED_AWAY, NO_ARG,
	    RULES_QUIT, NULL, NULL, "QUIT" },
};

static void
verb_help(struct smtpd *s, struct span arg)
{
	const struct smtpverb *v = SPAN_LOOKUP(arg, verbs);
	size_t i;

	if (v != NULL) {
		buf_addf(s->chat.out, "214 2.0.0 Syntax: %s\r\n", v->syntax);
		return;
	}
	buf_adds(s->chat.out, "214 2.0.0 Commands:");
	for (i = 0; i < COUNT(verbs); i++)
		if (s->conf->tls || verbs[i].run != verb_starttls)
			buf_addf(s->chat.out, " %s", verbs[i].name);
	buf_adds(s->chat.out, "\r\n");
}

/* NULL when verb v may come now with this argument. */
static const char *
check(const struct smtpd *s, const struct smtpverb *v, struct span arg)
{
	if ((v->phases & (int)s->phase) == 0) {
		if (s->phase == SMTPD_TURNED_AWAY)
			return no_service;
		if (s->phase == SMTPD_START)
			return smtp_no_hello;
		if (s->phase == SMTPD_CHUNKS && v->run == smtp_data)
			return no_chunk;
		return s->phase == SMTPD_READY ? v->early : v->late;
	}
	if ((v->takes == NO_ARG && arg.n > 0) ||
	    (v->takes == AN_ARG && arg.n == 0))
		return "";
	return NULL;
}

/* The command has been refused, in what stands in the answers from there on. */
static void
watch(struct smtpd *s, const struct smtpverb *v, size_t at)
{
	if (v->run == smtp_data || v->run == smtp_bdat)
		smtp_watch_for_text(s, at);
}

static void
run(struct smtpd *s, const struct smtpverb *v, struct span arg)
{
	const char *refusal = check(s, v, arg);
	size_t at = s->chat.out->n;

	s->text_near = 0;
	s->verb = v->syntax;
	if (refusal == NULL) {
		s->name = v->name;
		if (v->place == RULES_PLACES ||
		    !smtp_event(s, v->place, arg)) {
			v->run(s, arg);
			return;
		}
		if (v->run == verb_rcpt)
			s->phase = SMTPD_RCPTS;
	} else if (refusal[0] != '\0')
		smtp_reply(s, refusal);
	else
		smtp_wrong_syntax(s);
	watch(s, v, at);
}

/* The command of a line, or NULL, and its argument. */
static const struct smtpverb *
take_verb(struct span line, struct span *arg)
{
	struct span word;

	line = span_trim(line);
	word = span_word(line);
	*arg = span_trim(span_drop(line, word.n));
	return SPAN_LOOKUP(word, verbs);
}

int
smtpverb_is_known(struct span line)
{
	struct span arg;

	return take_verb(line, &arg) != NULL;
}

int
smtpverb_is_late(struct span line)
{
	struct span arg;
	const struct smtpverb *v = take_verb(line, &arg);

	return v != NULL && v->run == verb_etrn;
}

void
smtpverb_refuse(struct smtpd *s, struct span line, const char *text)
{
	struct span arg;
	const struct smtpverb *v = s->sasl != NULL ? NULL :
	    take_verb(line, &arg);
	size_t at = s->chat.out->n;

	smtp_reply(s, text);
	smtpauth_cancel(s);
	if (v != NULL)
		watch(s, v, at);
}

void
smtpverb_run(struct smtpd *s, struct span line)
{
	struct span arg;
	const struct smtpverb *v = take_verb(line, &arg);

	if (v != NULL)
		run(s, v, arg);
	else if (s->text_near && s->pipelines)
		smtp_text_came(s);
	else if (s->phase == SMTPD_TURNED_AWAY)
		smtp_reply(s, no_service);
	else if (!smtp_event(s, RULES_UNKNOWN, arg))
		smtp_reply(s, no_command);
}
