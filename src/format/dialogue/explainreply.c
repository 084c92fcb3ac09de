#include "explain.h"

/* What answers one command stands before what answers all others. */
static const struct explain_reply smtp[] = {
	{ "211", NULL, "The status of the system, or help.",
	    "RFC 5321 4.2.3" },
	{ "214", NULL, "Help, for a person to read.", "RFC 5321 4.2.3" },
	{ "220", "STARTTLS", "Begin the TLS handshake now.", "RFC 3207 4" },
	{ "220", NULL, "The server is ready and greets; its name comes first.",
	    "RFC 5321 4.2.3" },
	{ "221", NULL, "The server closes the connection.",
	    "RFC 5321 4.2.3" },
	{ "235", NULL, "The client has logged in.", "RFC 4954 6" },
	{ "250", "HELO", "The server takes the client's name.",
	    "RFC 5321 4.3.2" },
	{ "250", "EHLO", "The server takes the client's name, and names its "
	    "own; what it offers is in the lines that follow.",
	    "RFC 5321 4.1.1.1" },
	{ "250", "MAIL", "The server takes this sender.", "RFC 5321 4.3.2" },
	{ "250", "RCPT", "The server takes this recipient.",
	    "RFC 5321 4.3.2" },
	{ "250", ".", "The server has the message, and is now responsible "
	    "for it.", "RFC 5321 4.2.5" },
	{ "250", "BDAT", "The server has this chunk; after LAST it has the "
	    "message, and is responsible for it.", "RFC 3030 2" },
	{ "250", "RSET", "All of the transaction is forgotten.",
	    "RFC 5321 4.1.1.5" },
	{ "250", "VRFY", "Such a user is here.", "RFC 5321 3.5.2" },
	{ "250", "EXPN", "Who is on the list, one in each line.",
	    "RFC 5321 3.5.2" },
	{ "250", NULL, "The command was done.", "RFC 5321 4.2.3" },
	{ "251", "ETRN", "There is no mail waiting for this domain.",
	    "RFC 1985 5.2" },
	{ "251", NULL, "The user is not here; the server will forward the "
	    "mail.", "RFC 5321 3.4" },
	{ "252", "ETRN", "Pending mail for this domain is on its way.",
	    "RFC 1985 5.2" },
	{ "252", NULL, "The server cannot say whether there is such a user, "
	    "but takes the mail.", "RFC 5321 3.5.3" },
	{ "253", NULL, "So many messages wait for this domain, and are on "
	    "their way.", "RFC 1985 5.2" },
	{ "334", NULL, "A challenge in base64; the client is to answer it.",
	    "RFC 4954 4" },
	{ "354", NULL, "Send the text now; a dot alone on a line ends it.",
	    "RFC 5321 4.2.3" },
	{ "421", NULL, "The server cannot go on and closes the connection; "
	    "try again later.", "RFC 5321 4.2.3" },
	{ "432", NULL, "A new password is needed first.", "RFC 4954 6" },
	{ "450", "ATRN", "There is no mail, or the domain is not this "
	    "client's, for now.", "RFC 2645 5.2" },
	{ "450", NULL, "The mailbox cannot be used now, as when it is busy; "
	    "try again later.", "RFC 5321 4.2.3" },
	{ "451", NULL, "An error in the server; try again later.",
	    "RFC 5321 4.2.3" },
	{ "452", "RCPT", "No room, or too many recipients at once: send to "
	    "the others first.", "RFC 5321 4.5.3.1.10" },
	{ "452", NULL, "No room in the server; try again later.",
	    "RFC 5321 4.2.3" },
	{ "453", NULL, "There is no mail for this client.", "RFC 2645 5.2" },
	{ "454", "STARTTLS", "TLS cannot be had now.", "RFC 3207 4" },
	{ "454", NULL, "The log-in failed for now; try again later.",
	    "RFC 4954 6" },
	{ "455", NULL, "The parameters cannot be served now.",
	    "RFC 5321 4.2.3" },
	{ "458", NULL, "The mail of this domain cannot be queued now.",
	    "RFC 1985 5.2" },
	{ "459", NULL, "This domain is not allowed here.", "RFC 1985 5.2" },
	{ "500", "AUTH", "The line is too long, or the command is not known.",
	    "RFC 4954 6" },
	{ "500", NULL, "The server does not know this command, or the line "
	    "is too long.", "RFC 5321 4.2.4" },
	{ "501", "AUTH", "The response cannot be decoded, or the client gave "
	    "up the log-in.", "RFC 4954 4" },
	{ "501", NULL, "There is an error in the parameters.",
	    "RFC 5321 4.2.3" },
	{ "502", NULL, "The server knows this command, but does not have it.",
	    "RFC 5321 4.2.4" },
	{ "503", NULL, "This command is not allowed here: the order is wrong.",
	    "RFC 5321 4.2.3" },
	{ "504", "AUTH", "The server does not have this mechanism.",
	    "RFC 4954 4" },
	{ "504", NULL, "The server does not have this parameter.",
	    "RFC 5321 4.2.3" },
	{ "521", NULL, "This host takes no mail at all.", "RFC 7504 3" },
	{ "523", NULL, "Encryption is needed first.", "RFC 5248 2.4" },
	{ "530", "STARTTLS MAIL RCPT DATA BDAT EHLO HELO", "The server asks "
	    "for a log-in, or for STARTTLS, first.", "RFC 4954 6" },
	{ "530", NULL, "A log-in, or STARTTLS, is needed first.",
	    "RFC 4954 6" },
	{ "534", NULL, "This mechanism is too weak for the server.",
	    "RFC 4954 6" },
	{ "535", NULL, "The log-in failed: user or password is wrong.",
	    "RFC 4954 6" },
	{ "538", NULL, "This mechanism needs an encrypted connection.",
	    "RFC 4954 6" },
	{ "550", "RCPT", "The server does not take this recipient: no such "
	    "mailbox, or not allowed.", "RFC 5321 4.2.3" },
	{ "550", "VRFY EXPN", "No such user or list here.",
	    "RFC 5321 3.5.3" },
	{ "550", ". BDAT", "The server refuses the message for good.",
	    "RFC 5321 4.2.5" },
	{ "550", NULL, "Not done: there is no such mailbox, or a policy is "
	    "against it.", "RFC 5321 4.2.3" },
	{ "551", NULL, "The user is not here; the text says where.",
	    "RFC 5321 3.4" },
	{ "552", NULL, "The message is larger than the server takes, or the "
	    "mailbox is full.", "RFC 5321 4.2.3" },
	{ "553", "VRFY", "The name fits several users.", "RFC 5321 3.5.1" },
	{ "553", NULL, "The mailbox's name is not allowed: its syntax is "
	    "wrong.", "RFC 5321 4.2.3" },
	{ "554", "", "The server refuses all service; the client may say QUIT "
	    "alone.", "RFC 5321 3.1" },
	{ "554", "DATA", "No valid recipients, or the transaction failed.",
	    "RFC 5321 3.3" },
	{ "554", NULL, "The transaction failed for good.",
	    "RFC 5321 4.2.3" },
	{ "555", NULL, "The server does not know a parameter of MAIL or RCPT.",
	    "RFC 5321 4.1.1.11" },
	{ "556", NULL, "The recipient's domain takes no mail at all.",
	    "RFC 7504 4" },
	{ 0 }
};

static const struct explain_reply pop3[] = {
	{ "+OK", "", "The server greets; text in <> is the timestamp for "
	    "APOP.", "RFC 1939 4" },
	{ "+OK", "USER", "The name is taken; the password is to follow.",
	    "RFC 1939 7" },
	{ "+OK", "PASS APOP", "The client has logged in, and the maildrop is "
	    "its own until it leaves.", "RFC 1939 4" },
	{ "+OK", "AUTH", "The client has logged in; or, to AUTH alone, the "
	    "mechanisms follow.", "RFC 5034 4" },
	{ "+OK", "STAT", "The number of messages, and their octets.",
	    "RFC 1939 5" },
	{ "+OK", "LIST", "To LIST alone a line for each message follows, and "
	    "a dot; else number and size of that one.", "RFC 1939 5" },
	{ "+OK", "UIDL", "To UIDL alone a line for each message follows, and "
	    "a dot; else number and id of that one.", "RFC 1939 7" },
	{ "+OK", "RETR", "The message follows, and a dot.", "RFC 1939 5" },
	{ "+OK", "TOP", "The header and lines of the body follow, and a dot.",
	    "RFC 1939 7" },
	{ "+OK", "DELE", "The message is marked as deleted.", "RFC 1939 5" },
	{ "+OK", "RSET", "No message is marked any more.", "RFC 1939 5" },
	{ "+OK", "QUIT", "The server has deleted what was marked, and closes "
	    "the connection.", "RFC 1939 6" },
	{ "+OK", "CAPA", "What the server can do follows, and a dot.",
	    "RFC 2449 5" },
	{ "+OK", "STLS", "Begin the TLS handshake now.", "RFC 2595 4" },
	{ "+OK", NULL, "The command was done.", "RFC 1939 3" },
	{ "-ERR", "PASS APOP AUTH", "The log-in failed: user or password is "
	    "wrong, or the maildrop cannot be had.", "RFC 1939 4" },
	{ "-ERR", NULL, "The command was not done.", "RFC 1939 3" },
	{ "+", NULL, "A challenge in base64; the client is to answer it.",
	    "RFC 5034 4" },
	{ 0 }
};

static const struct explain_reply ftp[] = {
	{ "110", NULL, "A mark from which the transfer can be begun again.",
	    "RFC 959 4.2.2" },
	{ "120", NULL, "The server will be ready in so many minutes.",
	    "RFC 959 4.2.2" },
	{ "125", NULL, "The data connection is open already; the transfer "
	    "begins, and another reply follows.", "RFC 959 4.2.2" },
	{ "150", NULL, "The data connection is about to open; another reply "
	    "follows the transfer.", "RFC 959 4.2.2" },
	{ "200", NULL, "The command was done.", "RFC 959 4.2.2" },
	{ "202", NULL, "The command is not needed here.", "RFC 959 4.2.2" },
	{ "211", "FEAT", "What the server can do, one in each line.",
	    "RFC 2389 3.2" },
	{ "211", NULL, "The status of the system, or help.",
	    "RFC 959 4.2.2" },
	{ "212", NULL, "The status of a directory.", "RFC 959 4.2.2" },
	{ "213", "SIZE", "The size of the file, in octets.", "RFC 3659 4" },
	{ "213", "MDTM", "When the file was changed, in UTC.",
	    "RFC 3659 3" },
	{ "213", NULL, "The status of a file.", "RFC 959 4.2.2" },
	{ "214", NULL, "Help, for a person to read.", "RFC 959 4.2.2" },
	{ "215", NULL, "The name of the operating system.", "RFC 959 4.2.2" },
	{ "220", "REIN", "Logged out; the server is ready for a new user.",
	    "RFC 959 4.2.2" },
	{ "220", NULL, "The server is ready and greets.", "RFC 959 4.2.2" },
	{ "221", NULL, "The server closes the connection.", "RFC 959 4.2.2" },
	{ "225", NULL, "The data connection is open, and nothing is "
	    "transferred.", "RFC 959 4.2.2" },
	{ "226", NULL, "The transfer is over, and the data connection is "
	    "closed.", "RFC 959 4.2.2" },
	{ "227", NULL, "The server listens here: h1,h2,h3,h4,p1,p2, the port "
	    "being p1 * 256 + p2.", "RFC 959 4.2.2" },
	{ "228", NULL, "The server listens on this long address.",
	    "RFC 1639 3" },
	{ "229", NULL, "The server listens on the port between the bars.",
	    "RFC 2428 3" },
	{ "230", NULL, "The user has logged in.", "RFC 959 4.2.2" },
	{ "232", NULL, "The user has logged in, by the security mechanism.",
	    "RFC 2228 3" },
	{ "234", NULL, "Begin the TLS handshake, or the mechanism's exchange, "
	    "now.", "RFC 4217 4" },
	{ "235", NULL, "The security data is taken.", "RFC 2228 3" },
	{ "250", NULL, "The file action was done.", "RFC 959 4.2.2" },
	{ "257", NULL, "The name of the directory, in quotes.",
	    "RFC 959 4.2.2" },
	{ "331", NULL, "The name is taken; the password is to follow.",
	    "RFC 959 4.2.2" },
	{ "332", NULL, "An account is needed, by ACCT.", "RFC 959 4.2.2" },
	{ "334", NULL, "More security data is needed, by ADAT.",
	    "RFC 2228 3" },
	{ "335", NULL, "The security data is taken, and more is needed.",
	    "RFC 2228 3" },
	{ "336", NULL, "A challenge; the user is to answer it.",
	    "RFC 2228 3" },
	{ "350", "RNFR", "There is such a file; RNTO is to follow.",
	    "RFC 959 4.2.2" },
	{ "350", "REST", "The next transfer will begin there.",
	    "RFC 3659 5" },
	{ "350", NULL, "The file action waits for another command.",
	    "RFC 959 4.2.2" },
	{ "421", NULL, "The server cannot go on and closes the connection; "
	    "try again later.", "RFC 959 4.2.2" },
	{ "425", NULL, "The data connection cannot be opened.",
	    "RFC 959 4.2.2" },
	{ "426", NULL, "The data connection was closed; the transfer is "
	    "aborted.", "RFC 959 4.2.2" },
	{ "431", NULL, "Security cannot be had now.", "RFC 2228 3" },
	{ "450", NULL, "The file cannot be used now, as when it is busy.",
	    "RFC 959 4.2.2" },
	{ "451", NULL, "An error in the server; the action is aborted.",
	    "RFC 959 4.2.2" },
	{ "452", NULL, "No room in the server.", "RFC 959 4.2.2" },
	{ "500", NULL, "The server does not know this command, or the line "
	    "is too long.", "RFC 959 4.2.2" },
	{ "501", NULL, "There is an error in the parameters.",
	    "RFC 959 4.2.2" },
	{ "502", NULL, "The server knows this command, but does not have it.",
	    "RFC 959 4.2.2" },
	{ "503", NULL, "This command is not allowed here: the order is wrong.",
	    "RFC 959 4.2.2" },
	{ "504", NULL, "The server does not have this parameter.",
	    "RFC 959 4.2.2" },
	{ "521", "MKD XMKD", "The directory is there already.",
	    "RFC 959 Appendix II" },
	{ "521", NULL, "The data connection cannot be opened so, or the "
	    "protection level is wrong.", "RFC 1639 2" },
	{ "522", NULL, "This network protocol is not supported; the text says "
	    "which are.", "RFC 2428 2" },
	{ "530", NULL, "The user has not logged in, or the log-in failed.",
	    "RFC 959 4.2.2" },
	{ "532", NULL, "An account is needed to store files.",
	    "RFC 959 4.2.2" },
	{ "533", NULL, "This command must be protected.", "RFC 2228 3" },
	{ "534", NULL, "Refused by a policy of the server.", "RFC 2228 3" },
	{ "535", NULL, "The security check failed.", "RFC 2228 3" },
	{ "536", NULL, "The mechanism does not have this protection level.",
	    "RFC 2228 3" },
	{ "537", NULL, "The mechanism cannot protect commands so.",
	    "RFC 2228 3" },
	{ "550", NULL, "Not done: there is no such file, or no right to it.",
	    "RFC 959 4.2.2" },
	{ "551", NULL, "Aborted: the type of page is not known.",
	    "RFC 959 4.2.2" },
	{ "552", NULL, "Aborted: more than the user may store.",
	    "RFC 959 4.2.2" },
	{ "553", NULL, "The file's name is not allowed.", "RFC 959 4.2.2" },
	{ 0 }
};

static const struct explain_reply order[] = {
	{ "220", NULL, "The server greets: its host, \"orderrecv 1\", and a "
	    "nonce for the mac.", "orderproto(7)" },
	{ "221", NULL, "The server closes the connection.",
	    "orderproto(7)" },
	{ "250", NULL, "The order is safe on disk; \"duplicate\": it has been "
	    "for a while.", "orderproto(7)" },
	{ "421", NULL, "The server is busy, shuts down, or has waited too "
	    "long; it closes the connection.", "orderproto(7)" },
	{ "451", NULL, "Disk trouble; nothing is stored, try again later.",
	    "orderproto(7)" },
	{ "452", NULL, "No room; nothing is stored, try again later.",
	    "orderproto(7)" },
	{ "501", NULL, "The line is bad, or the order was cut short.",
	    "orderproto(7)" },
	{ "530", NULL, "The mac is missing.", "orderproto(7)" },
	{ "535", NULL, "The mac is wrong.", "orderproto(7)" },
	{ "552", NULL, "The order is larger than the server takes.",
	    "orderproto(7)" },
	{ "554", NULL, "The content does not have the checksum that was "
	    "announced.", "orderproto(7)" },
	{ 0 }
};

/* In the order of the enum. */
static const struct explain_reply *const replies[] = {
	smtp, smtp, pop3, ftp, order
};

const struct explain_reply *
explain_replies(enum dialogue_protocol p)
{
	return replies[p];
}

/* Whether verb is one of the words; the greeting's, "", is one of none. */
static int
is_listed(const char *words, const char *verb)
{
	return *words == '\0' ? *verb == '\0' :
	    span_has_word(span_str(words), span_str(verb));
}

const struct explain_reply *
explain_reply(enum dialogue_protocol p, const char *verb, struct span code)
{
	const struct explain_reply *r;

	for (r = replies[p]; r->code != NULL; r++)
		if (span_case_is(code, r->code) &&
		    (r->verbs == NULL || is_listed(r->verbs, verb)))
			return r;
	return NULL;
}
