#include "suites.h"

#include "sample.h"

#define MINE "sender@example.org"
#define YOURS "student@example.org"
#define ODD "o'neil+list@example.org"

/* Scripts. */
#define HOLD_ALL \
    "greeting=~&\nhello=~&\nmail=~&\nrcpt=~&\ndata=~&\ntext=~&"
#define PIECES \
    "greeting=2~20 mail.example read~y~\nhello=2~50 mail.example~\n" \
    "mail=25~0 2.1.0 Ok~\nrcpt=250~ 2.1.5 Ok~\ndata=~354 Go ah~ead~\n" \
    "text=2~50 2.0.0 taken~"
#define LINES \
    "greeting=220-mail.example|220-Welcome|220 ready\n" \
    "hello=~250-mail.example|250-HELP|250 VRFY\n" \
    "mail=~250-2.1.0 The sender|250 2.1.0 is fine\n" \
    "rcpt=250-2.1.5 Whoever|250-2.1.5 that|250 2.1.5 is\n" \
    "data=~354-Go on|354 and end it with a dot\n" \
    "text=~250-2.0.0 That|250 2.0.0 was it"
#define LINES_HELD \
    "greeting=220-mail.example|~220 ready\n" \
    "hello=250-mail.example|~250-HELP|~250 VRFY\n" \
    "mail=250-2.1.0 The sender|~250 2.1.0 is fine\n" \
    "data=354-Go on|~354 and end it with a dot\n" \
    "text=250-2.0.0 That|~250 2.0.0 was it"

#define PLAIN "", "plain"
#define HELD HOLD_ALL, "plain"

static const struct client_point points[] = {
	{ { "connect", "RFC 5321 3.1", "it connects to the host and port that "
	    "it was told",
	    "Which host and which port does your program dial?  Print both.",
	    NULL, 0 }, PLAIN, clientjudge_connects, "", NULL },
	{ { "wait-greeting", "RFC 5321 3.1",
	    "it says nothing before the server's greeting",
	    "Who speaks first on a new connection?",
	    "connect", 0 }, HELD, clientjudge_waits_greeting, "", NULL },
	{ { "hello", "RFC 5321 4.1.1.1", "its first command is EHLO or HELO",
	    "How does a client introduce itself?",
	    "connect", 0 }, PLAIN, clientjudge_hello, "", NULL },
	{ { "hello-name", "RFC 5321 4.1.1.1",
	    "the first command has the client's name",
	    "A greeting needs a name behind it: one word.",
	    "hello", 0 }, PLAIN, clientjudge_hello_name, "", NULL },
	{ { "crlf", "RFC 5321 2.3.8", "each command ends in CRLF",
	    "Which two bytes end a line of SMTP?  Look at what you send with "
	    "od -c.",
	    "hello", 0 }, PLAIN, clientjudge_crlf, "", NULL },
	{ { "order", "RFC 5321 4.1.4",
	    "MAIL, RCPT and DATA come in this order, each once the one before "
	    "is accepted",
	    "An envelope is written in a fixed order: who, to whom, what.",
	    "hello", 0 }, PLAIN, clientjudge_order, "", NULL },
	{ { "mail", "RFC 5321 4.1.1.2",
	    "the sender's address stands in angle brackets behind MAIL FROM:",
	    "What stands around an address in an envelope?",
	    "order", 0 }, PLAIN, clientjudge_path, "MAIL FROM", NULL },
	{ { "mail-blank", "RFC 5321 3.3",
	    "no blank stands at the colon of MAIL FROM:",
	    "Count the blanks of the command against the RFC's example.",
	    "order", 0 }, PLAIN, clientjudge_blank, "MAIL FROM", NULL },
	{ { "sender", "RFC 5321 4.1.1.2", "the sender is the one it was told",
	    "Where does your program take the sender from?",
	    "mail", 0 }, PLAIN, clientjudge_address, "MAIL FROM", NULL },
	{ { "rcpt", "RFC 5321 4.1.1.3",
	    "the recipient's address stands in angle brackets behind RCPT TO:",
	    "What stands around an address in an envelope?",
	    "order", 0 }, PLAIN, clientjudge_path, "RCPT TO", NULL },
	{ { "rcpt-blank", "RFC 5321 3.3",
	    "no blank stands at the colon of RCPT TO:",
	    "Count the blanks of the command against the RFC's example.",
	    "order", 0 }, PLAIN, clientjudge_blank, "RCPT TO", NULL },
	{ { "recipient", "RFC 5321 4.1.1.3",
	    "the recipient is the one it was told",
	    "Where does your program take the recipient from?",
	    "rcpt", 0 }, PLAIN, clientjudge_address, "RCPT TO", NULL },
	{ { "parameters", "RFC 5321 4.1.1.11",
	    "MAIL has no parameters that the server has not offered",
	    "What has the server said that it can do?",
	    "mail", 0 }, PLAIN, clientjudge_bare_path, "MAIL FROM", NULL },
	{ { "unoffered", "RFC 5321 2.2.1",
	    "it uses no extension that the server has not offered",
	    "What has the server said that it can do?",
	    "hello", 0 }, PLAIN, clientjudge_offered,
	    "STARTTLS AUTH BDAT BURL ETRN XCLIENT", NULL },
	{ { "text-end", "RFC 5321 4.1.1.4",
	    "a line of one dot ends the message, with CRLF before and behind "
	    "it",
	    "Five bytes end a message.  Which of them do you send?",
	    "order wait-greeting", 0 }, PLAIN, clientjudge_text_end, "",
	    NULL },
	{ { "text-crlf", "RFC 5321 2.3.8",
	    "each line of the message ends in CRLF",
	    "A file on your disk ends its lines otherwise than SMTP does.",
	    "order wait-greeting", 0 }, PLAIN, clientjudge_text_crlf, "",
	    NULL },
	{ { "header-end", "RFC 5322 2.1",
	    "an empty line stands between header and body",
	    "How does a reader know where the header is over?",
	    "order wait-greeting", 0 }, PLAIN, clientjudge_header_end, "",
	    NULL },
	{ { "text", "RFC 5321 4.1.1.4",
	    "the message arrives as it is in the file",
	    "Compare what you have read with what you send.",
	    "text-end header-end", 0 }, PLAIN, clientjudge_same, "", NULL },
	{ { "no-extra-line", "RFC 5321 4.1.1.4",
	    "no empty line is added at the end of the message",
	    "The CRLF that ends the last line is also the first part of what "
	    "ends the message.",
	    "text-end text-crlf", 0 }, PLAIN, clientjudge_no_extra, "", NULL },
	{ { "once", "RFC 5321 4.5.4.1",
	    "a message that was accepted is sent once",
	    "After 250 the message is the server's.",
	    "text-end", 0 }, PLAIN, clientjudge_once, "", NULL },
	{ { "quit", "RFC 5321 4.1.1.10", "it says QUIT at the end",
	    "Do not hang up on somebody: say goodbye.",
	    "text-end", 0 }, PLAIN, clientjudge_quits, "", NULL },
	{ { "ends", "RFC 5321 4.1.1.10",
	    "the program ends by itself when all is said",
	    "What does your program wait for at its end?",
	    "text-end", 0 }, PLAIN, clientjudge_ends, "", NULL },
	{ { "exit-sent", "exit status",
	    "its exit status is 0 when the message was accepted",
	    "What does main return?",
	    "text-end ends", 0 }, PLAIN, clientjudge_exit, "0", NULL },

	{ { "wait-replies", "RFC 5321 4.1.1",
	    "it waits for the reply to each command",
	    "A command may be sent when the one before is answered.",
	    "order wait-greeting", 0 }, HELD, clientjudge_waits,
	    "EHLO HELO MAIL RCPT", NULL },
	{ { "wait-data", "RFC 5321 4.1.1.4",
	    "it waits for 354 before the text of the message",
	    "Has the server said that it wants the text?",
	    "wait-replies", 0 }, HELD, clientjudge_waits, "DATA", NULL },
	{ { "wait-end", "RFC 5321 4.1.1.4",
	    "it waits for the reply behind the dot",
	    "The dot is not the end: who knows whether the message was taken?",
	    "wait-data text-end", 0 }, HELD, clientjudge_waits, ".", NULL },

	{ { "dots", "RFC 5321 4.5.2",
	    "a line that begins with a dot is sent with one more",
	    "What would the server make of a line that is a dot alone?",
	    "text", 0 }, "", "dots", clientjudge_same, "", NULL },
	{ { "large", "RFC 5321 4.5.3.1.7",
	    "a message of 256 KiB arrives whole",
	    "How much of it does one read, or one write, take?",
	    "text", 0 }, "", "large", clientjudge_same, "", NULL },
	{ { "dots-edges", "RFC 5321 4.5.2",
	    "a dot at the start of a line is doubled wherever buffers end",
	    "Where does a line begin when your buffer is full in its middle?",
	    "dots large", 0 }, "", "edges", clientjudge_same, "", NULL },
	{ { "blank-lines", "RFC 5321 4.1.1.4", "empty lines of the body stay",
	    "Does your loop stop, or skip, where a line is empty?",
	    "text", 0 }, "", "blank-lines", clientjudge_same, "", NULL },
	{ { "blanks", "RFC 5321 4.1.1.4",
	    "blanks at the start and at the end of a line stay",
	    "Does reading a line take anything off it?",
	    "text", 0 }, "", "blanks", clientjudge_same, "", NULL },
	{ { "last-line", "RFC 5321 4.1.1.4",
	    "a message whose last line has no end is sent whole, and the dot "
	    "on a line of its own",
	    "What stands before your dot when the file does not end in a "
	    "newline?",
	    "text", 0 }, "", "bare", clientjudge_same, "", NULL },
	{ { "header-only", "RFC 5322 3.5",
	    "a message without a body is sent, and ends",
	    "What does your program do when there is nothing behind the "
	    "header?",
	    "text", 0 }, "", "header", clientjudge_text_end, "", NULL },
	{ { "long-line", "RFC 5321 4.5.3.1.6",
	    "a line of 998 octets arrives as one",
	    "How long a line does your buffer hold?  What happens to the "
	    "rest?",
	    "large", 0 }, "", "long", clientjudge_same, "", NULL },
	{ { "odd-address", "RFC 5321 4.1.2",
	    "an address with an apostrophe and a plus is sent as it is",
	    "Which characters may a local part have?",
	    "recipient", 0 }, PLAIN, clientjudge_address, "RCPT TO", ODD },

	{ { "split-replies", "RFC 5321 4.2",
	    "a reply that comes in pieces is read whole",
	    "What is the end of a reply?  Does one recv always bring it?",
	    "wait-end", 0 }, PIECES, "plain", clientjudge_completes, "",
	    NULL },
	{ { "lines", "RFC 5321 4.2.1",
	    "a reply of several lines counts as one",
	    "What stands behind the code on all lines but the last?",
	    "wait-end", 0 }, LINES, "plain", clientjudge_completes, "",
	    NULL },
	{ { "lines-split", "RFC 5321 4.2.1",
	    "a reply whose lines come one by one is read to its last",
	    "Is the reply over because a line is?",
	    "split-replies lines", 0 }, LINES_HELD, "plain",
	    clientjudge_completes, "", NULL },
	{ { "utf-8", "RFC 6152 3",
	    "letters beyond ASCII arrive where 8BITMIME is offered",
	    "Are you sending bytes, or characters?",
	    "text lines", 0 }, "ehlo=250-mail.example|250 8BITMIME", "utf-8",
	    clientjudge_same, "", NULL },
	{ { "long-reply", "RFC 5321 4.5.3.1.5",
	    "a reply line of 512 octets is read whole",
	    "How long a reply does your buffer hold?  What happens to the "
	    "rest?",
	    "split-replies", 0 }, "mail=250 2.1.0 #\nrcpt=~250 2.1.5 Ok",
	    "plain", clientjudge_completes, "", NULL },
	{ { "bare-code", "RFC 5321 4.2",
	    "a reply that is a code without a text is one",
	    "Which part of a reply is for programs?",
	    "wait-end", 0 }, "mail=250\nrcpt=250\ntext=250", "plain",
	    clientjudge_completes, "", NULL },
	{ { "code-251", "RFC 5321 3.4",
	    "251 to RCPT is as good as 250",
	    "What does the first digit of a code say?",
	    "wait-end", 0 }, "rcpt=251 User not local; will forward",
	    "plain", clientjudge_completes, "", NULL },
	{ { "patience", "RFC 5321 4.5.3.2",
	    "it waits for a reply that takes some seconds",
	    "Servers think.  How long must a client wait for them?",
	    "wait-end", 0 }, "rcpt=@250 2.1.5 Ok", "plain",
	    clientjudge_completes, "", NULL },
	{ { "pipelining", "RFC 2920 3.1",
	    "where PIPELINING is offered the text waits for 354 all the same",
	    "Which command must be the last one of a group?",
	    "lines", 0 }, "ehlo=250-mail.example|250 PIPELINING\ndata=~&",
	    "plain", clientjudge_waits, "DATA", NULL },

	{ { "refused-rcpt", "RFC 5321 3.3",
	    "it sends no message when its only recipient is refused",
	    "What does a code that begins with 5 say?",
	    "wait-data", 0 }, "rcpt=550 5.1.1 No such user here\n"
	    "data=554 5.5.1 No valid recipients", "plain", clientjudge_stops,
	    "QUIT RSET NOOP", NULL },
	{ { "refused-mail", "RFC 5321 3.3",
	    "it does not go on with RCPT when MAIL is refused",
	    "Look at the reply to each command before you send the next.",
	    "refused-rcpt", 0 }, "mail=550 5.1.8 Not from there\n"
	    "rcpt=503 5.5.1 MAIL first\ndata=503 5.5.1 MAIL first", "plain",
	    clientjudge_stops, "QUIT RSET NOOP", NULL },
	{ { "refused-data", "RFC 5321 4.1.1.4",
	    "it sends no text when DATA is refused",
	    "What becomes of the text's lines when the server still expects "
	    "commands?",
	    "refused-rcpt", 0 }, "data=554 5.3.0 Not that", "plain",
	    clientjudge_stops, "QUIT RSET NOOP", NULL },
	{ { "refused-greeting", "RFC 5321 3.1",
	    "it sends no mail to a server that greets with 554",
	    "Is every greeting a welcome?",
	    "refused-rcpt", 0 }, "greeting=554 No SMTP service here",
	    "plain",
	    clientjudge_stops, "QUIT EHLO HELO", NULL },
	{ { "temporary", "RFC 5321 4.2.1",
	    "450 is a refusal, too: nothing is sent",
	    "Which first digits mean success?",
	    "refused-rcpt", 0 }, "rcpt=450 4.2.1 Try again later\n"
	    "data=554 5.5.1 No valid recipients", "plain", clientjudge_stops,
	    "QUIT RSET NOOP", NULL },
	{ { "reply-text", "RFC 5321 4.2",
	    "it goes by the code that a reply begins with, not by its text",
	    "Where in the reply do you look for the code?",
	    "refused-rcpt", 0 },
	    "rcpt=550 5.7.1 Ok for you are 250 messages a day\n"
	    "data=554 5.5.1 No valid recipients", "plain", clientjudge_stops,
	    "QUIT RSET NOOP", NULL },
	{ { "ehlo-refused", "RFC 5321 3.2",
	    "where EHLO is unknown it says HELO, or leaves",
	    "Old servers know an older word.",
	    "refused-rcpt", 0 }, "ehlo=502 5.5.1 What is that?", "plain",
	    clientjudge_helo, "", NULL },
	{ { "quit-refused", "RFC 5321 4.1.1.10",
	    "it says QUIT after a refusal, too",
	    "Leave as politely as when all went well.",
	    "quit refused-rcpt", 0 }, "rcpt=550 5.1.1 No such user here\n"
	    "data=554 5.5.1 No valid recipients", "plain", clientjudge_quits,
	    "", NULL },
	{ { "exit-refused", "exit status",
	    "its exit status is not 0 when the recipient was refused",
	    "How does whoever runs your program learn that nothing was sent?",
	    "exit-sent refused-rcpt", 0 }, "rcpt=550 5.1.1 No such user here\n"
	    "data=554 5.5.1 No valid recipients", "plain", clientjudge_exit,
	    "1", NULL },
	{ { "refused-text", "RFC 5321 4.2.5",
	    "a message that is refused behind the dot counts as not sent: its "
	    "exit status is not 0",
	    "The last reply is the one that counts.",
	    "exit-refused wait-end", 0 }, "text=554 5.6.0 Not that one",
	    "plain", clientjudge_exit, "1", NULL },
	{ { "dropped", "RFC 5321 3.8",
	    "it ends when the connection does",
	    "What does recv return when nobody is there any more?",
	    "ends", 0 }, "rcpt=!", "plain", clientjudge_ends, "", NULL },
	{ { "shut-down", "RFC 5321 3.8",
	    "421 ends the session, and the program",
	    "What will a server do that has said 421?",
	    "dropped refused-rcpt", 0 }, "mail=421 4.3.2 Shutting down|!",
	    "plain", clientjudge_ends, "", NULL },
	{ { "dropped-text", "RFC 5321 4.2.5",
	    "a message without a reply behind its dot counts as not sent: its "
	    "exit status is not 0",
	    "Does silence mean yes?",
	    "exit-refused wait-end dropped", 0 }, "text=!", "plain",
	    clientjudge_exit, "1", NULL }
};

static const struct suite suite = {
	"SMTP client", points, COUNT(points), sizeof *points, clientgrade_try
};

static void
usual(void *arg, struct span place, struct span line, struct buf *reply)
{
	static const struct usual {
		const char *place, *reply;
	} replies[] = {
		{ "greeting", "220 mail.example ready" },
		{ "ehlo", "250 mail.example" },
		{ "helo", "250 mail.example" },
		{ "mail", "250 2.1.0 Ok" }, { "rcpt", "250 2.1.5 Ok" },
		{ "data", "354 End it with a line of one dot" },
		{ "text", "250 2.0.0 Ok: taken" },
		{ "rset", "250 2.0.0 Ok" }, { "noop", "250 2.0.0 Ok" },
		{ "vrfy", "252 2.1.5 Try it" },
		{ "quit", "221 2.0.0 Bye" }
	};
	const struct usual *u = SPAN_LOOKUP(place, replies);

	(void)arg;
	(void)line;
	buf_addf(reply, "%s\r\n", u != NULL ? u->reply :
	    "502 5.5.1 Command not implemented");
}

const struct client_kind suites_smtp_client = {
	&suite, 1, MINE, YOURS, sample_add, usual
};
