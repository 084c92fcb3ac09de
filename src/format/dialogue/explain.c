#include "explain.h"

static const struct explain_term ehlo[] = {
	{ "PIPELINING", "the client may send several commands without "
	    "waiting for each reply", "RFC 2920 3.1" },
	{ "SIZE", "the largest message that the server takes, in octets; 0, "
	    "or none: no limit is told", "RFC 1870 4" },
	{ "8BITMIME", "bodies may have octets over 127", "RFC 6152 2" },
	{ "SMTPUTF8", "addresses and headers may be in UTF-8",
	    "RFC 6531 3.1" },
	{ "CHUNKING", "BDAT may take the place of DATA", "RFC 3030 2" },
	{ "BINARYMIME", "bodies may be any bytes, by BDAT", "RFC 3030 3" },
	{ "ENHANCEDSTATUSCODES", "replies have codes such as 5.1.1, too",
	    "RFC 2034 3" },
	{ "DSN", "the client may say which reports it wants",
	    "RFC 3461 3" },
	{ "AUTH", "the client may log in, by these mechanisms",
	    "RFC 4954 3" },
	{ "STARTTLS", "the connection can be encrypted", "RFC 3207 2" },
	{ "ETRN", "the client may ask for the mail of its domain",
	    "RFC 1985 4" },
	{ "ATRN", "the client may fetch its mail on this connection",
	    "RFC 2645 4" },
	{ "VRFY", "there is a command VRFY", "RFC 5321 3.5.2" },
	{ "EXPN", "there is a command EXPN", "RFC 5321 3.5.2" },
	{ "HELP", "there is a command HELP", "RFC 5321 4.1.1.8" },
	{ "DELIVERBY", "the client may say how soon a message must arrive",
	    "RFC 2852 3" },
	{ "CHECKPOINT", "a broken transaction can be taken up again",
	    "RFC 1845 4" },
	{ "NO-SOLICITING", "what kinds of advertising are not wanted",
	    "RFC 3865 2" },
	{ "MTRK", "messages can be tracked", "RFC 3885 3" },
	{ "SUBMITTER", "the client may name who is responsible",
	    "RFC 4405 3" },
	{ "BURL", "the server can fetch text from an IMAP server",
	    "RFC 4468 3" },
	{ "FUTURERELEASE", "messages can be held back until later",
	    "RFC 4865 3" },
	{ "CONPERM", "permission for a conversion can be given",
	    "RFC 4141 3" },
	{ "CONNEG", "the client may ask what a recipient can read",
	    "RFC 4141 3" },
	{ "MT-PRIORITY", "messages may have a priority", "RFC 6710 3" },
	{ "RRVS", "the client may ask that a mailbox has had no other owner",
	    "RFC 7293 3" },
	{ "REQUIRETLS", "TLS may be required all the way", "RFC 8689 2" },
	{ "LIMITS", "limits, such as of recipients", "RFC 9422 3" },
	{ "SEND", "there is a command SEND", "RFC 5321 F.6" },
	{ "SOML", "there is a command SOML", "RFC 5321 F.6" },
	{ "SAML", "there is a command SAML", "RFC 5321 F.6" },
	{ "TURN", "there is a command TURN", "RFC 5321 F.1" },
	{ "XCLIENT", "a proxy may tell for whom it speaks",
	    "RFC 5321 4.1.5" },
	{ "XFORWARD", "a filter may tell from where a message came",
	    "RFC 5321 4.1.5" },
	{ 0 }
};

static const struct explain_term parameters[] = {
	{ "SIZE", "the message has about so many octets", "RFC 1870 6" },
	{ "BODY", "what the body is made of: 7BIT, 8BITMIME or BINARYMIME",
	    "RFC 6152 3" },
	{ "SMTPUTF8", "addresses and header may be in UTF-8",
	    "RFC 6531 3.4" },
	{ "AUTH", "who first handed the message in", "RFC 4954 5" },
	{ "RET", "a report of failure has the FULL message, or its HDRS",
	    "RFC 3461 4.3" },
	{ "ENVID", "what a report is to call this transaction",
	    "RFC 3461 4.4" },
	{ "NOTIFY", "when a report is wanted: NEVER, SUCCESS, FAILURE, DELAY",
	    "RFC 3461 4.1" },
	{ "ORCPT", "the recipient as it was given first", "RFC 3461 4.2" },
	{ "BY", "when the message must have arrived, in seconds",
	    "RFC 2852 4" },
	{ "TRANSID", "the name of a transaction that can be taken up again",
	    "RFC 1845 4" },
	{ "SOLICIT", "what kind of advertising this is", "RFC 3865 2" },
	{ "MTRK", "how the message can be tracked", "RFC 3885 3" },
	{ "SUBMITTER", "who is responsible for this message", "RFC 4405 4" },
	{ "HOLDFOR", "hold the message back for so many seconds",
	    "RFC 4865 4" },
	{ "HOLDUNTIL", "hold the message back until then", "RFC 4865 4" },
	{ "MT-PRIORITY", "the priority of the message, -9 to 9",
	    "RFC 6710 4" },
	{ "RRVS", "the mailbox must have had one owner since then",
	    "RFC 7293 3" },
	{ "REQUIRETLS", "only by TLS, all the way", "RFC 8689 2" },
	{ "XVERP", "an own return address for each recipient",
	    "RFC 5321 4.1.5" },
	{ 0 }
};

static const struct explain_term mechanisms[] = {
	{ "PLAIN", "user and password, in base64, which hides nothing",
	    "RFC 4616 2" },
	{ "LOGIN", "user and password, asked for one by one in base64; in no "
	    "RFC", "RFC 4954 4" },
	{ "CRAM-MD5", "the password stays secret: HMAC-MD5 of the server's "
	    "challenge", "RFC 2195 2" },
	{ "DIGEST-MD5", "no longer to be used", "RFC 6331 1" },
	{ "SCRAM-SHA-1", "the password stays secret, and the server must "
	    "know it, too", "RFC 5802 3" },
	{ "SCRAM-SHA-256", "the password stays secret, and the server must "
	    "know it, too", "RFC 7677 3" },
	{ "SCRAM-SHA-1-PLUS", "the same, bound to the TLS connection",
	    "RFC 5802 6" },
	{ "SCRAM-SHA-256-PLUS", "the same, bound to the TLS connection",
	    "RFC 7677 3" },
	{ "XOAUTH2", "a token of OAuth in place of a password; in no RFC",
	    "RFC 4954 4" },
	{ "OAUTHBEARER", "a token of OAuth in place of a password",
	    "RFC 7628 3" },
	{ "EXTERNAL", "who the client is has been proved outside, as by a "
	    "certificate", "RFC 4422 A" },
	{ "ANONYMOUS", "nobody in particular", "RFC 4505 2" },
	{ "GSSAPI", "Kerberos", "RFC 4752 3" },
	{ "NTLM", "Windows", "RFC 4954 4" },
	{ 0 }
};

static const struct explain_term capa[] = {
	{ "TOP", "there is a command TOP", "RFC 2449 6.1" },
	{ "USER", "USER and PASS can be used", "RFC 2449 6.2" },
	{ "SASL", "AUTH can be used, with these mechanisms",
	    "RFC 2449 6.3" },
	{ "RESP-CODES", "replies have codes in brackets, such as [IN-USE]",
	    "RFC 2449 6.4" },
	{ "LOGIN-DELAY", "seconds between two log-ins", "RFC 2449 6.5" },
	{ "PIPELINING", "the client need not wait for each reply",
	    "RFC 2449 6.6" },
	{ "EXPIRE", "how many days messages are kept", "RFC 2449 6.7" },
	{ "UIDL", "there is a command UIDL", "RFC 2449 6.8" },
	{ "IMPLEMENTATION", "the server's name", "RFC 2449 6.9" },
	{ "AUTH-RESP-CODE", "a failed log-in says [AUTH] where user or "
	    "password is wrong", "RFC 3206 6" },
	{ "STLS", "the connection can be encrypted", "RFC 2595 4" },
	{ "UTF8", "addresses and headers may be in UTF-8", "RFC 6856 2" },
	{ "LANG", "there is a command LANG", "RFC 6856 3" },
	{ 0 }
};

static const struct explain_term responses[] = {
	{ "[IN-USE]", "the maildrop is locked by another session",
	    "RFC 2449 8.1.2" },
	{ "[LOGIN-DELAY]", "too soon after the last log-in",
	    "RFC 2449 8.1.1" },
	{ "[SYS/TEMP]", "trouble in the server that may pass",
	    "RFC 3206 4" },
	{ "[SYS/PERM]", "trouble in the server that a person must mend",
	    "RFC 3206 4" },
	{ "[AUTH]", "user or password is wrong", "RFC 3206 5" },
	{ "[UTF8]", "the client must say UTF8 first", "RFC 6856 4" },
	{ 0 }
};

static const struct explain_term feat[] = {
	{ "UTF8", "names of files are in UTF-8", "RFC 2640 2.2" },
	{ "EPSV", "there is a command EPSV", "RFC 2428 3" },
	{ "EPRT", "there is a command EPRT", "RFC 2428 2" },
	{ "PASV", "there is a command PASV", "RFC 959 4.1.2" },
	{ "MDTM", "there is a command MDTM", "RFC 3659 3" },
	{ "SIZE", "there is a command SIZE", "RFC 3659 4" },
	{ "REST", "a transfer can begin at any octet", "RFC 3659 5" },
	{ "TVFS", "paths are as in UNIX", "RFC 3659 6" },
	{ "MLST", "MLST and MLSD, and the facts that they tell",
	    "RFC 3659 7" },
	{ "MLSD", "there is a command MLSD", "RFC 3659 7" },
	{ "LANG", "the languages of the server's texts", "RFC 2640 4.3" },
	{ "AUTH", "the connection can be encrypted so", "RFC 4217 4" },
	{ "PBSZ", "there is a command PBSZ", "RFC 4217 8" },
	{ "PROT", "there is a command PROT", "RFC 4217 9" },
	{ "CCC", "there is a command CCC", "RFC 4217 6" },
	{ "CLNT", "there is a command CLNT; in no RFC", "RFC 2389 3" },
	{ "MFMT", "there is a command MFMT; in no RFC", "RFC 2389 3" },
	{ 0 }
};

static const struct explain_term fields[] = {
	{ "From", "who wrote the message", "RFC 5322 3.6.2" },
	{ "Sender", "who sent it, where that is not the author",
	    "RFC 5322 3.6.2" },
	{ "Reply-To", "where answers are to go", "RFC 5322 3.6.2" },
	{ "To", "to whom it is written; the envelope decides who gets it",
	    "RFC 5322 3.6.3" },
	{ "Cc", "who else is to read it", "RFC 5322 3.6.3" },
	{ "Bcc", "who gets it unseen by the others; not to be sent with "
	    "addresses in it", "RFC 5322 3.6.3" },
	{ "Message-ID", "what this message is called, unlike all others",
	    "RFC 5322 3.6.4" },
	{ "In-Reply-To", "the message that this one answers",
	    "RFC 5322 3.6.4" },
	{ "References", "the messages of this conversation",
	    "RFC 5322 3.6.4" },
	{ "Subject", "what it is about", "RFC 5322 3.6.5" },
	{ "Comments", "any remark", "RFC 5322 3.6.5" },
	{ "Keywords", "words to find it by", "RFC 5322 3.6.5" },
	{ "Date", "when the author had it ready", "RFC 5322 3.6.1" },
	{ "Return-Path", "the envelope's sender, added at the end",
	    "RFC 5321 4.4" },
	{ "Received", "a stamp of a server on the way, the newest first",
	    "RFC 5321 4.4" },
	{ "Delivered-To", "the mailbox; it shows circles", "RFC 9228 4" },
	{ "Resent-From", "who sent it on", "RFC 5322 3.6.6" },
	{ "Resent-To", "to whom it was sent on", "RFC 5322 3.6.6" },
	{ "Resent-Date", "when it was sent on", "RFC 5322 3.6.6" },
	{ "Resent-Message-ID", "its name as it was sent on",
	    "RFC 5322 3.6.6" },
	{ "MIME-Version", "the message is MIME", "RFC 2045 4" },
	{ "Content-Type", "what kind of content follows", "RFC 2045 5" },
	{ "Content-Transfer-Encoding", "how the content is written in the "
	    "octets that may be sent", "RFC 2045 6" },
	{ "Content-ID", "what this part is called", "RFC 2045 7" },
	{ "Content-Description", "what this part is, for people",
	    "RFC 2045 8" },
	{ "Content-Disposition", "whether it is shown or kept as a file, and "
	    "its name", "RFC 2183 2" },
	{ "Content-Language", "the language of the content", "RFC 3282 2" },
	{ "Auto-Submitted", "a program wrote it: no automatic answers",
	    "RFC 3834 5" },
	{ "List-Id", "the mailing list", "RFC 2919 3" },
	{ "List-Unsubscribe", "how to leave the list", "RFC 2369 3.2" },
	{ "List-Unsubscribe-Post", "one POST is enough to leave",
	    "RFC 8058 3.1" },
	{ "DKIM-Signature", "a domain has signed this", "RFC 6376 3.5" },
	{ "Authentication-Results", "what a server found out about the "
	    "sender", "RFC 8601 2" },
	{ "User-Agent", "the program that wrote it; in no RFC of mail",
	    "RFC 5322 3.6.8" },
	{ 0 }
};

static const struct explain_term mime[] = {
	{ "text/plain", "text as it stands", "RFC 2046 4.1.3" },
	{ "text/html", "a web page", "RFC 2854 2" },
	{ "multipart/mixed", "parts one after the other, such as text and "
	    "attachments", "RFC 2046 5.1.3" },
	{ "multipart/alternative", "the same in several forms, the best "
	    "last", "RFC 2046 5.1.4" },
	{ "multipart/digest", "messages, one after the other",
	    "RFC 2046 5.1.5" },
	{ "multipart/related", "parts that belong together, such as a page "
	    "and its pictures", "RFC 2387 3" },
	{ "multipart/report", "a report for programs and people",
	    "RFC 6522 3" },
	{ "multipart/signed", "a content and its signature",
	    "RFC 1847 2.1" },
	{ "multipart/encrypted", "a content that is encrypted",
	    "RFC 1847 2.2" },
	{ "message/rfc822", "a message within the message",
	    "RFC 2046 5.2.1" },
	{ "message/delivery-status", "what became of each recipient",
	    "RFC 3464 2" },
	{ "application/octet-stream", "any bytes", "RFC 2046 4.5.1" },
	{ "7bit", "ASCII in short lines, as it stands", "RFC 2045 6.2" },
	{ "8bit", "short lines with octets over 127, as they stand",
	    "RFC 2045 6.2" },
	{ "binary", "any bytes, as they stand", "RFC 2045 6.2" },
	{ "quoted-printable", "=XX stands for what is not ASCII",
	    "RFC 2045 6.7" },
	{ "base64", "four letters stand for three octets", "RFC 2045 6.8" },
	{ 0 }
};

/* In the order of the enum. */
static const struct {
	const char *name;
	const struct explain_term *terms;
} kinds[] = {
	{ "class of a code, as in 4yz or 4.x.y", explain_categories },
	{ "end of an enhanced status code", explain_details },
	{ "keyword of EHLO", ehlo },
	{ "parameter of MAIL or RCPT", parameters },
	{ "mechanism of AUTH", mechanisms },
	{ "keyword of CAPA", capa },
	{ "response code of POP3", responses },
	{ "keyword of FEAT", feat },
	{ "header field", fields },
	{ "MIME", mime }
};

const struct explain_term *
explain_terms(enum explain_kind kind)
{
	return kinds[kind].terms;
}

const char *
explain_kind_name(enum explain_kind kind)
{
	return kinds[kind].name;
}

const struct explain_term *
explain_term(enum explain_kind kind, struct span word)
{
	const struct explain_term *t;

	for (t = kinds[kind].terms; t->word != NULL; t++)
		if (span_case_is(word, t->word))
			return t;
	return NULL;
}

int
explain_note(struct notes *notes, enum explain_kind kind, struct span word)
{
	const struct explain_term *t = explain_term(kind, word);

	if (t != NULL)
		buf_addf(notes_new(notes, NOTE_MEANS, t->section), "%s: %s.",
		    t->word, t->means);
	return t != NULL;
}
