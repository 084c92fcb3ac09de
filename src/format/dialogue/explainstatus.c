#include "explain.h"

const struct explain_term explain_categories[] = {
	{ "2", "success", "RFC 3463 2" },
	{ "4", "a failure that may pass: try again later", "RFC 3463 2" },
	{ "5", "a failure for good: the same will fail again", "RFC 3463 2" },
	{ 0 }
};

static const struct explain_term subjects[] = {
	{ "0", "nothing more is known", "RFC 3463 3.1" },
	{ "1", "about an address", "RFC 3463 3.2" },
	{ "2", "about the mailbox", "RFC 3463 3.3" },
	{ "3", "about the receiving mail system", "RFC 3463 3.4" },
	{ "4", "about the network and routing", "RFC 3463 3.5" },
	{ "5", "about the protocol", "RFC 3463 3.6" },
	{ "6", "about the message's content", "RFC 3463 3.7" },
	{ "7", "about security or policy", "RFC 3463 3.8" },
	{ 0 }
};

/* Subject and detail. */
const struct explain_term explain_details[] = {
	{ "0.0", "nothing more is said", "RFC 3463 3.1" },
	{ "1.0", "something about the address", "RFC 3463 3.2" },
	{ "1.1", "there is no such mailbox; with success, there is",
	    "RFC 3463 3.2" },
	{ "1.2", "the recipient's domain cannot take mail", "RFC 3463 3.2" },
	{ "1.3", "the recipient's address has a wrong syntax",
	    "RFC 3463 3.2" },
	{ "1.4", "the address fits several mailboxes", "RFC 3463 3.2" },
	{ "1.5", "the recipient is valid", "RFC 3463 3.2" },
	{ "1.6", "the mailbox has moved, nobody knows where",
	    "RFC 3463 3.2" },
	{ "1.7", "the sender's address has a wrong syntax", "RFC 3463 3.2" },
	{ "1.8", "the sender's domain cannot take mail", "RFC 3463 3.2" },
	{ "1.9", "relayed to a system that does not report",
	    "RFC 5248 2.4" },
	{ "1.10", "the recipient's domain takes no mail (null MX)",
	    "RFC 7505 4.2" },
	{ "2.0", "something about the mailbox", "RFC 3463 3.3" },
	{ "2.1", "the mailbox takes no messages", "RFC 3463 3.3" },
	{ "2.2", "the mailbox is full", "RFC 3463 3.3" },
	{ "2.3", "the message is longer than the mailbox may take",
	    "RFC 3463 3.3" },
	{ "2.4", "the mailing list cannot be expanded", "RFC 3463 3.3" },
	{ "3.0", "something about the mail system", "RFC 3463 3.4" },
	{ "3.1", "the mail system has no room", "RFC 3463 3.4" },
	{ "3.2", "the host takes no messages now", "RFC 3463 3.4" },
	{ "3.3", "the system does not have a feature that is asked for",
	    "RFC 3463 3.4" },
	{ "3.4", "the message is too big for this system", "RFC 3463 3.4" },
	{ "3.5", "the system is configured wrongly", "RFC 3463 3.4" },
	{ "3.6", "the priority was changed", "RFC 6710" },
	{ "4.0", "something about the network", "RFC 3463 3.5" },
	{ "4.1", "the host does not answer", "RFC 3463 3.5" },
	{ "4.2", "the connection broke, or timed out", "RFC 3463 3.5" },
	{ "4.3", "a directory, such as the DNS, failed", "RFC 3463 3.5" },
	{ "4.4", "there is no route to the host", "RFC 3463 3.5" },
	{ "4.5", "the mail system is overloaded", "RFC 3463 3.5" },
	{ "4.6", "the message goes in a circle", "RFC 3463 3.5" },
	{ "4.7", "the message is too old to be delivered", "RFC 3463 3.5" },
	{ "5.0", "something about the protocol", "RFC 3463 3.6" },
	{ "5.1", "the command is not valid here: not known, or out of order",
	    "RFC 3463 3.6" },
	{ "5.2", "a syntax error: what was sent cannot be understood",
	    "RFC 3463 3.6" },
	{ "5.3", "too many recipients", "RFC 3463 3.6" },
	{ "5.4", "the command's arguments are not valid", "RFC 3463 3.6" },
	{ "5.5", "the wrong version of the protocol", "RFC 3463 3.6" },
	{ "5.6", "a line of the log-in is too long", "RFC 4954 6" },
	{ "6.0", "something about the content", "RFC 3463 3.7" },
	{ "6.1", "this kind of content is not supported", "RFC 3463 3.7" },
	{ "6.2", "it would have to be converted, which is not allowed",
	    "RFC 3463 3.7" },
	{ "6.3", "it would have to be converted, which is not supported",
	    "RFC 3463 3.7" },
	{ "6.4", "it was converted, and something was lost",
	    "RFC 3463 3.7" },
	{ "6.5", "the conversion failed", "RFC 3463 3.7" },
	{ "6.6", "the content cannot be fetched", "RFC 4468 3.3" },
	{ "6.7", "addresses that are not ASCII are not allowed here",
	    "RFC 6531 3.5" },
	{ "6.8", "the reply would have to be in UTF-8, which is not allowed",
	    "RFC 6531 3.7.4.2" },
	{ "6.9", "the UTF-8 header cannot be passed on", "RFC 6531 3.5" },
	{ "6.10", "no longer used; as X.6.8", "RFC 6531 3.7.4.2" },
	{ "7.0", "something about security", "RFC 3463 3.8" },
	{ "7.1", "the sender is not allowed to send there", "RFC 3463 3.8" },
	{ "7.2", "the sender may not write to this list", "RFC 3463 3.8" },
	{ "7.3", "a conversion between security protocols is needed, and "
	    "not possible", "RFC 3463 3.8" },
	{ "7.4", "the message has security features that are not supported",
	    "RFC 3463 3.8" },
	{ "7.5", "it could not be decrypted or verified", "RFC 3463 3.8" },
	{ "7.6", "the algorithm is not supported", "RFC 3463 3.8" },
	{ "7.7", "the message has been changed on its way", "RFC 3463 3.8" },
	{ "7.8", "user or password is wrong", "RFC 4954 6" },
	{ "7.9", "the mechanism of the log-in is too weak", "RFC 4954 6" },
	{ "7.10", "encryption is needed", "RFC 5248 2.4" },
	{ "7.11", "this mechanism needs encryption", "RFC 4954 6" },
	{ "7.12", "a new password is needed", "RFC 4954 6" },
	{ "7.13", "the user's account is disabled", "RFC 5248 2.4" },
	{ "7.14", "the servers must know each other first", "RFC 5248 2.4" },
	{ "7.15", "the priority is too low", "RFC 6710" },
	{ "7.16", "the message is too big for this priority", "RFC 6710" },
	{ "7.17", "the mailbox has another owner now", "RFC 7293" },
	{ "7.18", "the domain has another owner now", "RFC 7293" },
	{ "7.19", "whether the owner has changed cannot be found out",
	    "RFC 7293" },
	{ "7.20", "no DKIM signature is valid", "RFC 7372 3.1" },
	{ "7.21", "no DKIM signature is one that is taken here",
	    "RFC 7372 3.1" },
	{ "7.22", "no valid DKIM signature is the author's",
	    "RFC 7372 3.1" },
	{ "7.23", "SPF says that this host may not send for the domain",
	    "RFC 7372 3.2" },
	{ "7.24", "SPF could not be checked", "RFC 7372 3.2" },
	{ "7.25", "the client's address has no valid name in the DNS",
	    "RFC 7372 3.3" },
	{ "7.26", "several of these checks failed", "RFC 7372 3.4" },
	{ "7.27", "the sender's domain takes no mail (null MX)",
	    "RFC 7505 4.2" },
	{ "7.28", "too much mail at once", "RFC 5248" },
	{ "7.29", "the ARC chain is not valid", "RFC 8617" },
	{ "7.30", "TLS is required all the way, and cannot be had",
	    "RFC 8689" },
	{ 0 }
};

/* Digits at the start of s, at most three. */
static size_t
number(struct span s)
{
	size_t n;

	for (n = 0; n < s.n && n < 3 && byte_is_digit(s.p[n]); n++)
		;
	return n;
}

static const struct explain_term *
find(const struct explain_term *t, struct span word)
{
	for (; t->word != NULL; t++)
		if (span_is(word, t->word))
			return t;
	return NULL;
}

size_t
explain_status(struct explain_status *found, struct span s)
{
	size_t subject, detail, n;

	memset(found, 0, sizeof *found);
	if (s.n < 5 || memchr("245", s.p[0], 3) == NULL || s.p[1] != '.')
		return 0;
	subject = number(span_drop(s, 2));
	n = 2 + subject;
	if (subject == 0 || n + 1 >= s.n || s.p[n] != '.')
		return 0;
	detail = number(span_drop(s, n + 1));
	n += 1 + detail;
	if (detail == 0 || (n < s.n && s.p[n] != ' '))
		return 0;
	found->category = find(explain_categories, span_of(s.p, 1));
	found->subject = find(subjects, span_of(s.p + 2, subject));
	found->detail = find(explain_details, span_of(s.p + 2, n - 2));
	return n;
}
