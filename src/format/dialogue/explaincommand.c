#include "explain.h"

static const struct explain_command smtp[] = {
	{ "HELO", "The client gives its name and asks for plain SMTP, without "
	    "extensions.",
	    "the server has greeted with 220; again, it restarts the session",
	    "RFC 5321 4.1.1.1" },
	{ "EHLO", "The client gives its name and asks which extensions the "
	    "server offers.",
	    "the server has greeted with 220; again, it restarts the session",
	    "RFC 5321 4.1.1.1" },
	{ "MAIL", "A transaction begins: here is the reverse-path, to which a "
	    "failure is reported; <> where no report is wanted.",
	    "EHLO or HELO was accepted and no transaction is open",
	    "RFC 5321 4.1.1.2" },
	{ "RCPT", "One recipient of the message, a forward-path; one command "
	    "for each.",
	    "MAIL was accepted and the text has not come yet",
	    "RFC 5321 4.1.1.3" },
	{ "DATA", "The text of the message is to follow, when the server has "
	    "said 354.",
	    "MAIL and at least one RCPT were accepted",
	    "RFC 5321 4.1.1.4" },
	{ ".", "A lone dot: the text ends here, and the server answers for "
	    "the message.",
	    "DATA was answered by 354",
	    "RFC 5321 4.1.1.4" },
	{ "BDAT", "A chunk of the message, as many octets as the number says, "
	    "follows at once, without a dot; LAST ends the message.",
	    "a RCPT was accepted and the server offers CHUNKING",
	    "RFC 3030 2" },
	{ "BURL", "The server is to fetch a piece of the message itself, by "
	    "an IMAP URL.",
	    "a RCPT was accepted and the server offers BURL",
	    "RFC 4468 3" },
	{ "RSET", "The transaction is given up: sender, recipients and text "
	    "are forgotten, the session goes on.",
	    "the server has greeted; at any time outside of the text",
	    "RFC 5321 4.1.1.5" },
	{ "VRFY", "Is this a user or mailbox here?",
	    "the server has greeted; at any time outside of the text",
	    "RFC 5321 4.1.1.6" },
	{ "EXPN", "Who is on this mailing list?",
	    "the server has greeted; at any time outside of the text",
	    "RFC 5321 4.1.1.7" },
	{ "HELP", "Asks for help, to be read by a person.",
	    "the server has greeted; at any time outside of the text",
	    "RFC 5321 4.1.1.8" },
	{ "NOOP", "Does nothing, but is answered: the server is still there.",
	    "the server has greeted; at any time outside of the text",
	    "RFC 5321 4.1.1.9" },
	{ "QUIT", "The client has done; the server says 221 and closes the "
	    "connection.",
	    "the server has greeted; at any time outside of the text",
	    "RFC 5321 4.1.1.10" },
	{ "AUTH", "The client logs in by this mechanism.",
	    "EHLO was accepted, AUTH was offered, and no transaction is open",
	    "RFC 4954 4" },
	{ "STARTTLS", "After the server's 220 both continue encrypted, and the "
	    "client says EHLO again.",
	    "EHLO was accepted, STARTTLS was offered, and no transaction is "
	    "open",
	    "RFC 3207 4" },
	{ "ETRN", "The server is to send now what waits in its queue for this "
	    "domain.",
	    "EHLO was accepted, ETRN was offered, and no transaction is open",
	    "RFC 1985 5" },
	{ "ATRN", "After a log-in client and server change their roles, and "
	    "the mail of these domains comes.",
	    "AUTH was accepted and no transaction is open",
	    "RFC 2645 5.2" },
	{ "TURN", "Client and server change their roles.  It lets anybody "
	    "fetch the mail of others and is not to be used.",
	    "EHLO or HELO was accepted and no transaction is open",
	    "RFC 5321 F.1" },
	{ "SEND", "As MAIL, but the message is to be shown on the "
	    "recipient's terminal.  Not to be used any more.",
	    "EHLO or HELO was accepted and no transaction is open",
	    "RFC 5321 F.6" },
	{ "SOML", "SEND or MAIL: shown on the terminal, else to the mailbox.  "
	    "Not to be used any more.",
	    "EHLO or HELO was accepted and no transaction is open",
	    "RFC 5321 F.6" },
	{ "SAML", "SEND and MAIL: shown on the terminal, and to the mailbox.  "
	    "Not to be used any more.",
	    "EHLO or HELO was accepted and no transaction is open",
	    "RFC 5321 F.6" },
	{ "XCLIENT", "A proxy tells for whom it speaks: address, name, login "
	    "of its own client.  Postfix's own command.",
	    "EHLO was accepted, XCLIENT was offered, and no transaction is "
	    "open",
	    "RFC 5321 4.1.5" },
	{ "XFORWARD", "A filter tells from where the message came, for the "
	    "logs.  Postfix's own command.",
	    "EHLO was accepted, XFORWARD was offered, and no transaction is "
	    "open",
	    "RFC 5321 4.1.5" },
	{ 0 }
};

static const struct explain_command pop3[] = {
	{ "USER", "The name of the mailbox.  PASS follows.",
	    "the server has greeted and nobody has logged in",
	    "RFC 1939 7" },
	{ "PASS", "The mailbox's password; blanks belong to it.",
	    "USER was accepted just before",
	    "RFC 1939 7" },
	{ "APOP", "Logs in by name and the MD5 of the greeting's timestamp "
	    "and the password, which so stays secret.",
	    "the greeting had a timestamp in <> and nobody has logged in",
	    "RFC 1939 7" },
	{ "AUTH", "Logs in by this SASL mechanism; alone, asks which there "
	    "are.",
	    "the server has greeted and nobody has logged in",
	    "RFC 5034 4" },
	{ "STAT", "How many messages there are, and how many octets in all?",
	    "the client has logged in",
	    "RFC 1939 5" },
	{ "LIST", "The size of each message, or of this one.",
	    "the client has logged in",
	    "RFC 1939 5" },
	{ "RETR", "Fetches this message.",
	    "the client has logged in and the message is not marked deleted",
	    "RFC 1939 5" },
	{ "DELE", "Marks this message as deleted; it goes when QUIT is said.",
	    "the client has logged in and the message is not marked deleted",
	    "RFC 1939 5" },
	{ "NOOP", "Does nothing, but is answered.",
	    "the client has logged in",
	    "RFC 1939 5" },
	{ "RSET", "No message is marked as deleted any more.",
	    "the client has logged in",
	    "RFC 1939 5" },
	{ "TOP", "The header of this message, and so many lines of its body.",
	    "the client has logged in and the message is not marked deleted",
	    "RFC 1939 7" },
	{ "UIDL", "The unique id of each message, or of this one: it stays "
	    "the same from one session to the next.",
	    "the client has logged in",
	    "RFC 1939 7" },
	{ "QUIT", "The client has done; what is marked is deleted now, and "
	    "the connection closed.",
	    "the server has greeted; without a log-in nothing is deleted",
	    "RFC 1939 6" },
	{ "CAPA", "What can this server do?",
	    "the server has greeted; at any time",
	    "RFC 2449 5" },
	{ "STLS", "After +OK both continue encrypted.",
	    "the server has greeted and nobody has logged in",
	    "RFC 2595 4" },
	{ "UTF8", "From now on addresses and headers may be in UTF-8.",
	    "the server has greeted and nobody has logged in",
	    "RFC 6856 2.1" },
	{ "LAST", "Which was the last message that was fetched?  No longer in "
	    "POP3 since RFC 1725.",
	    "the client has logged in",
	    "RFC 1460" },
	{ "LANG", "The language of the server's texts; alone, asks which "
	    "there are.",
	    "the server has greeted; at any time",
	    "RFC 6856 3.1" },
	{ 0 }
};

#define FTP_LOGGED_IN "the client has logged in"
#define FTP_ANY_TIME "the server has greeted; at any time"

static const struct explain_command ftp[] = {
	{ "USER", "Who is logging in.  A password mostly follows.",
	    "the server has greeted; again, it restarts the session",
	    "RFC 959 4.1.1" },
	{ "PASS", "The user's password.",
	    "USER was answered by 331",
	    "RFC 959 4.1.1" },
	{ "ACCT", "The user's account, which few servers ask for.",
	    "USER, PASS or another command was answered by 332",
	    "RFC 959 4.1.1" },
	{ "CWD", "Goes to this directory.", FTP_LOGGED_IN, "RFC 959 4.1.1" },
	{ "CDUP", "Goes to the directory above.", FTP_LOGGED_IN,
	    "RFC 959 4.1.1" },
	{ "SMNT", "Mounts another file system.", FTP_LOGGED_IN,
	    "RFC 959 4.1.1" },
	{ "REIN", "Logs out, but keeps the connection: all is as after the "
	    "greeting.", FTP_ANY_TIME, "RFC 959 4.1.1" },
	{ "QUIT", "The client has done; the server says 221 and closes the "
	    "connection.", FTP_ANY_TIME, "RFC 959 4.1.1" },
	{ "PORT", "The server is to make the data connection to this address "
	    "and port: h1,h2,h3,h4,p1,p2, the port being p1 * 256 + p2.",
	    FTP_LOGGED_IN, "RFC 959 4.1.2" },
	{ "PASV", "The server is to listen for the data connection, and say "
	    "where.", FTP_LOGGED_IN, "RFC 959 4.1.2" },
	{ "EPRT", "As PORT, for IPv6 too: |2|address|port|.", FTP_LOGGED_IN,
	    "RFC 2428 2" },
	{ "EPSV", "As PASV, for IPv6 too: the answer has only the port.",
	    FTP_LOGGED_IN, "RFC 2428 3" },
	{ "TYPE", "How files are sent: A as text with CRLF, I byte for byte.",
	    FTP_LOGGED_IN, "RFC 959 4.1.2" },
	{ "STRU", "The structure of files: F, a stream of bytes, or R, P.",
	    FTP_LOGGED_IN, "RFC 959 4.1.2" },
	{ "MODE", "How data is sent: S as a stream, B in blocks, C "
	    "compressed.", FTP_LOGGED_IN, "RFC 959 4.1.2" },
	{ "RETR", "Fetches this file over the data connection.",
	    "the client has logged in and PASV, EPSV, PORT or EPRT was said",
	    "RFC 959 4.1.3" },
	{ "STOR", "Stores a file under this name; one that is there is "
	    "replaced.",
	    "the client has logged in and PASV, EPSV, PORT or EPRT was said",
	    "RFC 959 4.1.3" },
	{ "STOU", "Stores a file under a new name, which the server chooses.",
	    "the client has logged in and PASV, EPSV, PORT or EPRT was said",
	    "RFC 959 4.1.3" },
	{ "APPE", "Appends to this file, or makes it.",
	    "the client has logged in and PASV, EPSV, PORT or EPRT was said",
	    "RFC 959 4.1.3" },
	{ "LIST", "What is in this directory, for people to read; over the "
	    "data connection.",
	    "the client has logged in and PASV, EPSV, PORT or EPRT was said",
	    "RFC 959 4.1.3" },
	{ "NLST", "The names in this directory alone, for programs; over the "
	    "data connection.",
	    "the client has logged in and PASV, EPSV, PORT or EPRT was said",
	    "RFC 959 4.1.3" },
	{ "MLSD", "What is in this directory, in a form that programs can "
	    "read; over the data connection.",
	    "the client has logged in and PASV, EPSV, PORT or EPRT was said",
	    "RFC 3659 7" },
	{ "MLST", "The facts about this file, in the reply itself.",
	    FTP_LOGGED_IN, "RFC 3659 7" },
	{ "ALLO", "So many bytes are to come.", FTP_LOGGED_IN,
	    "RFC 959 4.1.3" },
	{ "REST", "The next transfer begins at this place of the file.",
	    "the client has logged in; a transfer follows at once",
	    "RFC 959 4.1.3" },
	{ "RNFR", "The old name of a file; RNTO follows.", FTP_LOGGED_IN,
	    "RFC 959 4.1.3" },
	{ "RNTO", "The new name of the file.",
	    "RNFR was answered by 350 just before", "RFC 959 4.1.3" },
	{ "ABOR", "The transfer that is going on is to end.", FTP_LOGGED_IN,
	    "RFC 959 4.1.3" },
	{ "DELE", "Deletes this file.", FTP_LOGGED_IN, "RFC 959 4.1.3" },
	{ "RMD", "Removes this directory.", FTP_LOGGED_IN, "RFC 959 4.1.3" },
	{ "MKD", "Makes this directory.", FTP_LOGGED_IN, "RFC 959 4.1.3" },
	{ "PWD", "Which directory is this?", FTP_LOGGED_IN, "RFC 959 4.1.3" },
	{ "XCWD", "As CWD.", FTP_LOGGED_IN, "RFC 1123 4.1.3.1" },
	{ "XCUP", "As CDUP.", FTP_LOGGED_IN, "RFC 1123 4.1.3.1" },
	{ "XMKD", "As MKD.", FTP_LOGGED_IN, "RFC 1123 4.1.3.1" },
	{ "XPWD", "As PWD.", FTP_LOGGED_IN, "RFC 1123 4.1.3.1" },
	{ "XRMD", "As RMD.", FTP_LOGGED_IN, "RFC 1123 4.1.3.1" },
	{ "SITE", "A command of this server's own.", FTP_ANY_TIME,
	    "RFC 959 4.1.3" },
	{ "SYST", "Which operating system is this?", FTP_ANY_TIME,
	    "RFC 959 4.1.3" },
	{ "STAT", "How far the transfer has come; or the status of the "
	    "server, or of a file.", FTP_ANY_TIME, "RFC 959 4.1.3" },
	{ "HELP", "Asks for help, to be read by a person.", FTP_ANY_TIME,
	    "RFC 959 4.1.3" },
	{ "NOOP", "Does nothing, but is answered.", FTP_ANY_TIME,
	    "RFC 959 4.1.3" },
	{ "FEAT", "What can this server do beyond RFC 959?", FTP_ANY_TIME,
	    "RFC 2389 3" },
	{ "OPTS", "An option of another command.", FTP_ANY_TIME,
	    "RFC 2389 4" },
	{ "LANG", "The language of the server's texts.", FTP_ANY_TIME,
	    "RFC 2640 4.1" },
	{ "SIZE", "How many octets a transfer of this file has.",
	    FTP_LOGGED_IN, "RFC 3659 4" },
	{ "MDTM", "When this file was last changed.", FTP_LOGGED_IN,
	    "RFC 3659 3" },
	{ "MFMT", "Sets when this file was last changed; in no RFC.",
	    FTP_LOGGED_IN, "RFC 3659 3" },
	{ "CLNT", "The client's name and version; in no RFC.", FTP_ANY_TIME,
	    "RFC 2389 3" },
	{ "AUTH", "Asks for TLS, or another way of securing the connection.",
	    "the server has greeted; mostly before USER", "RFC 4217 4" },
	{ "ADAT", "What the security mechanism has to say.",
	    "AUTH was answered by 334 or 335", "RFC 2228 3" },
	{ "PBSZ", "The size of protected blocks: 0 with TLS.",
	    "AUTH was accepted", "RFC 4217 8" },
	{ "PROT", "Data connections are clear (C) or by TLS (P).",
	    "PBSZ was accepted", "RFC 4217 9" },
	{ "HOST", "Which of the server's hosts is meant.",
	    "the server has greeted; before USER", "RFC 7151 3" },
	{ "LPRT", "As PORT, for long addresses; EPRT has taken its place.",
	    FTP_LOGGED_IN, "RFC 1639 2" },
	{ "LPSV", "As PASV, for long addresses; EPSV has taken its place.",
	    FTP_LOGGED_IN, "RFC 1639 3" },
	{ "MIC", "A command whose integrity is protected.",
	    "AUTH was accepted", "RFC 2228 3" },
	{ "CONF", "A command that is encrypted.",
	    "AUTH was accepted", "RFC 2228 3" },
	{ "ENC", "A command that is protected in both ways.",
	    "AUTH was accepted", "RFC 2228 3" },
	{ "CCC", "The control connection goes on without TLS.",
	    "AUTH was accepted", "RFC 4217 6" },
	{ 0 }
};

static const struct explain_command order[] = {
	{ "ORDER", "An order follows at once: its size in octets, its "
	    "SHA-256, its name, its tag, and perhaps a mac made with the key.",
	    "the server has greeted; no reply need be waited for",
	    "orderproto(7)" },
	{ "QUIT", "The client has done; the server says 221 and closes the "
	    "connection.",
	    "the server has greeted",
	    "orderproto(7)" },
	{ 0 }
};

/* In the order of the enum. */
static const struct explain_command *const commands[] = {
	smtp, smtp, pop3, ftp, order
};

const struct explain_command *
explain_commands(enum dialogue_protocol p)
{
	return commands[p];
}

const struct explain_command *
explain_command(enum dialogue_protocol p, struct span verb)
{
	const struct explain_command *c;

	for (c = commands[p]; c->verb != NULL; c++)
		if (span_case_is(verb, c->verb))
			return c;
	return NULL;
}
