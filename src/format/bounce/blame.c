#include "blame.h"


/* The last two parts of an enhanced status code. */
static const struct {
	const char *detail;
	enum blame blame;
} details[] = {
	{ "1.1", BLAME_NO_USER },	/* no such mailbox */
	{ "1.2", BLAME_NO_USER },	/* no such domain */
	{ "1.3", BLAME_NO_USER },	/* not an address */
	{ "1.6", BLAME_NO_USER },	/* moved, and nobody knows where */
	{ "1.10", BLAME_NO_USER },	/* null MX, RFC 7505 */
	{ "1.7", BLAME_US },		/* the sender's address */
	{ "1.8", BLAME_US },
	{ "2.3", BLAME_US },		/* too long for that mailbox */
	{ "3.3", BLAME_US },		/* not capable of what we asked for */
	{ "3.4", BLAME_US },		/* too big for that system */
	{ "3.5", BLAME_US },		/* not configured right */
	{ "4.6", BLAME_US },		/* a loop */
	{ "4.14", BLAME_US },		/* the same, as Exchange has it */
	{ "3.0", BLAME_NONE },		/* sendmail's for any mailbox */
	{ "5.0", BLAME_NONE }		/* Outlook.com's for mailboxes, too */
};

/* Subjects that are never the mailbox: protocol, content, policy. */
static const char ours[] = "567";

static const char *const of_us[] = {
	"spam", "spamhaus", "spamcop", "blocked", "block list", "blocklist",
	"blocklisted", "blacklist", "blacklisted", "black list", "denylist",
	"dnsbl", "rbl", "policy", "policies", "reputation", "greylist",
	"greylisted", "greylisting", "graylist", "graylisted", "rate limit",
	"rate limited", "throttled", "too many", "spf", "dkim", "dmarc",
	"unsolicited", "relay", "relaying", "banned",
	"authentication", "too large", "too big", "size limit",
	"exceeds size", "message size", "content rejected", "virus",
	"reverse dns", "ptr", "sender rejected", "sender denied",
	"sender verify", "sender address", "sender domain",
	"domain of sender", "sender's domain", "from address", "return path",
	"your domain", "your hostname", "your ip", "helo", "ehlo",
	"client host rejected", "message exceeds", "message is too",
	"message too", "too long", "attachment", "attachments"
};

/* The same where no code says that it was the mailbox. */
static const char *const of_us_alone[] = {
	"access denied", "permission denied", "content denied",
	"not permitted", "not allowed to send", "prohibited", "prohibition",
	"must be authenticated", "tls", "starttls", "listed at", "listed by",
	"listed in", "listed on", "hop count", "mail loop"
};

static const char *const of_nobody[] = {
	"user unknown", "unknown user", "no such user", "no such mailbox",
	"no mailbox", "mailbox not found", "mailbox does not exist",
	"no such recipient", "unknown recipient", "recipient unknown",
	"does not exist", "doesn't have a", "user not found",
	"unknown local-part", "invalid recipient", "no such account",
	"recipient not found", "not listed in domino directory",
	"account has been deleted", "unrouteable address",
	"address not found", "unknown address", "unknown mailbox",
	"no such address", "address unknown", "doesn't exist",
	"unknown local part", "no such local user",
	"recipient name is not recognized"
};

/* Part of a name, of a host or a mailbox, rather than a word. */
static int
is_name(int c)
{
	return byte_is_letter(c) || byte_is_digit(c) || c == '@' || c == '-' ||
	    c == '_' || (c & 0x80) != 0;
}

/* Whether a word ends there: a dot may end a sentence. */
static int
ends_word(struct span rest)
{
	if (rest.n > 0 && rest.p[0] == '.')
		rest = span_drop(rest, 1);
	return rest.n == 0 || !is_name(rest.p[0]);
}

/* Whether text has one of the phrases as words of its own. */
static int
has_any(struct span text, const char *const *phrase, size_t n)
{
	size_t i, at;

	for (at = 0; at < text.n; at++) {
		if (at > 0 && (is_name(text.p[at - 1]) ||
		    text.p[at - 1] == '.'))
			continue;
		for (i = 0; i < n; i++)
			if (span_case_begins(span_drop(text, at),
			    phrase[i]) && ends_word(span_drop(text,
			    at + strlen(phrase[i]))))
				return 1;
	}
	return 0;
}

/* By the code alone; BLAME_NONE where it does not say. */
static enum blame
by_status(struct span status)
{
	const struct span detail = span_drop(status, 2);
	size_t i;

	for (i = 0; i < COUNT(details); i++)
		if (span_is(detail, details[i].detail))
			return details[i].blame;
	if (strchr(ours, detail.p[0]) != NULL)
		return BLAME_US;
	return detail.p[0] == '0' || span_is(detail, "1.0") ? BLAME_NONE :
	    BLAME_RCPT;
}

/* Of what no code explains, by where it was decided. */
static enum blame
by_stage(enum result_stage stage)
{
	return stage == STAGE_RCPT || stage == STAGE_BOUNCE ||
	    stage == STAGE_CONNECT ? BLAME_RCPT : BLAME_US;
}

enum blame
blame_of(const struct result *r)
{
	const struct span text = result_reply(r);
	const size_t n = result_enhanced(text);
	enum blame blame = BLAME_NONE;

	if (r->status != RESULT_FAILED)
		return BLAME_NONE;
	if (n > 0)
		blame = by_status(span_of(text.p, n));
	/* What comes before the recipient is not about that. */
	if (blame == BLAME_US || (r->stage < STAGE_RCPT &&
	    r->stage != STAGE_CONNECT) ||
	    has_any(text, of_us, COUNT(of_us)))
		return BLAME_US;
	if (blame != BLAME_NONE)
		return blame;
	if (has_any(text, of_nobody, COUNT(of_nobody)))
		return BLAME_NO_USER;
	return has_any(text, of_us_alone, COUNT(of_us_alone)) ? BLAME_US :
	    by_stage(r->stage);
}
