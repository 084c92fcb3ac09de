#include "verb.h"

/* RFC 5321, 1870, 1985, 2645, 2920 3.1, 3030, 3207, 4468, 4954. */
static const struct verb smtp[] = {
	{ "HELO", VERB_WAITS }, { "EHLO", VERB_WAITS },
	{ "MAIL", VERB_SENDER }, { "SEND", VERB_SENDER },
	{ "SOML", VERB_SENDER }, { "SAML", VERB_SENDER }, { "RCPT", 0 },
	{ "DATA", VERB_WAITS }, { "BDAT", 0 }, { "BURL", 0 }, { "RSET", 0 },
	{ "VRFY", VERB_WAITS }, { "EXPN", VERB_WAITS }, { "HELP", 0 },
	{ "NOOP", VERB_WAITS }, { "QUIT", VERB_WAITS },
	{ "TURN", VERB_WAITS }, { "ETRN", VERB_WAITS },
	{ "ATRN", VERB_WAITS }, { "AUTH", VERB_WAITS },
	{ "STARTTLS", VERB_WAITS }, { "XCLIENT", VERB_WAITS },
	{ "XFORWARD", VERB_WAITS }, { "", 0 }
};

/* RFC 1939, 2449, 2595, 5034, 6856; 1460 had LAST, which fetchmail asks. */
static const struct verb pop3[] = {
	{ "USER", 0 }, { "PASS", 0 }, { "APOP", 0 },
	{ "AUTH", VERB_WAITS | VERB_LISTS_ALL }, { "STAT", 0 },
	{ "LIST", VERB_LISTS_ALL }, { "RETR", VERB_LISTS }, { "DELE", 0 },
	{ "NOOP", 0 }, { "RSET", 0 }, { "TOP", VERB_LISTS },
	{ "UIDL", VERB_LISTS_ALL }, { "QUIT", 0 }, { "CAPA", VERB_LISTS },
	{ "STLS", VERB_WAITS }, { "UTF8", 0 }, { "LANG", VERB_LISTS_ALL },
	{ "LAST", 0 },
	{ "", 0 }
};

/* RFC 959, 1123, 2228, 2389, 2428, 2640, 3659, 4217. */
static const struct verb ftp[] = {
	{ "USER", 0 }, { "PASS", 0 }, { "ACCT", 0 }, { "CWD", 0 },
	{ "CDUP", 0 }, { "SMNT", 0 }, { "REIN", 0 }, { "QUIT", 0 },
	{ "PORT", 0 }, { "PASV", 0 }, { "EPRT", 0 }, { "EPSV", 0 },
	{ "TYPE", 0 }, { "STRU", 0 }, { "MODE", 0 },
	{ "RETR", VERB_TRANSFERS }, { "STOR", VERB_TRANSFERS },
	{ "STOU", VERB_TRANSFERS }, { "APPE", VERB_TRANSFERS },
	{ "LIST", VERB_TRANSFERS }, { "NLST", VERB_TRANSFERS },
	{ "MLSD", VERB_TRANSFERS }, { "MLST", 0 }, { "ALLO", 0 },
	{ "REST", 0 }, { "RNFR", 0 }, { "RNTO", 0 }, { "ABOR", 0 },
	{ "DELE", 0 }, { "RMD", 0 }, { "MKD", 0 }, { "PWD", 0 },
	{ "XCWD", 0 }, { "XCUP", 0 }, { "XMKD", 0 }, { "XPWD", 0 },
	{ "XRMD", 0 }, { "SITE", 0 }, { "SYST", 0 }, { "STAT", 0 },
	{ "HELP", 0 }, { "NOOP", 0 }, { "FEAT", 0 }, { "OPTS", 0 },
	{ "LANG", 0 }, { "SIZE", 0 }, { "MDTM", 0 }, { "MFMT", 0 },
	{ "CLNT", 0 }, { "AUTH", 0 }, { "ADAT", 0 }, { "PBSZ", 0 },
	{ "PROT", 0 }, { "CCC", 0 }, { "MIC", 0 }, { "CONF", 0 },
	{ "ENC", 0 }, { "LPRT", 0 }, { "LPSV", 0 }, { "HOST", 0 }, { "", 0 }
};

static const struct verb order[] = {
	{ "ORDER", 0 }, { "QUIT", 0 }, { "", 0 }
};

/* In the order of the enum; where it is not known, most likely SMTP. */
static const struct verb *const verbs[] = { smtp, smtp, pop3, ftp, order };

const struct verb *
verb_find(enum dialogue_protocol protocol, struct span name)
{
	const struct verb *v;

	for (v = verbs[protocol]; v->name[0] != '\0'; v++)
		if (span_case_is(name, v->name))
			return v;
	return NULL;
}

struct span
verb_take(struct span *line)
{
	struct span word;

	while (line->n > 0 && !byte_is_graph((unsigned char)line->p[0]))
		*line = span_drop(*line, 1);
	word = span_word(*line);
	*line = span_trim(span_drop(*line, word.n));
	return word;
}
