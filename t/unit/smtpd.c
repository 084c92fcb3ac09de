/*
 * smtpd: SMTP sessions: commands, messages, what fails, and limits.
 */
#include "smtpd.h"

static void
one_message(void)
{
	talk("EHLO me\r\n" ENVELOPE "DATA\r\nx: y\r\n\r\n..z\r\n.\r\nQUIT\r\n",
	    EHLO_OK MAIL_OK RCPT_OK DATA_OK DOT_OK BYE,
	    TO_USER "x: y\n\n.z\nend 0\n");
	talk("helo x\nmail from: johndoe\nrcpt to: User\ndata\n.\nquit\n",
	    HELO_OK MAIL_OK RCPT_OK DATA_OK DOT_OK BYE,
	    "from johndoe to user user \nend 0\n");
	talk(HELO "MAIL FROM:<> BODY=8BITMIME SIZE=10 SMTPUTF8\r\n"
	    "RCPT TO:<@x,@y:other@ours.test>\r\n"
	    "RCPT TO:<user@ALSO.test>\r\nRCPT TO:<USER@ours.test>\r\n"
	    "DATA\r\n.\r\n",
	    HELO_OK MAIL_OK RCPT_OK RCPT_OK RCPT_OK DATA_OK DOT_OK,
	    "from  to other other@ours.test user user@ALSO.test \nend 0\n");
	talk(MAIL "1\r\n.\r\n" ENVELOPE "DATA\r\n2\r\n.\r\n",
	    MAIL_OKS DOT_OK MAIL_OK RCPT_OK DATA_OK DOT_OK,
	    TO_USER "\n1\nend 0\n" TO_USER "\n2\nend 0\n");
	talk(HELO "MAIL FROM:<a@b.test>\r\nRCPT TO:<both>\r\nDATA\r\n.\r\n",
	    MAIL_OKS DOT_OK, "from a@b.test to user user other other \n"
	    "end 0\n");
}

static void
out_of_order(void)
{
	talk("MAIL FROM:<a>\r\nRCPT TO:<user>\r\nHELO\r\nNOOP x y\r\n"
	    "RSET\r\nRSET x\r\nFOO\r\n\r\n",
	    "503 5.5.1 Error: send HELO/EHLO first\r\n"
	    "503 5.5.1 Error: send HELO/EHLO first\r\n"
	    "501 5.5.4 Syntax: HELO hostname\r\n" OK OK
	    "501 5.5.4 Syntax: RSET\r\n"
	    "500 5.5.2 Error: command not recognized\r\n"
	    "500 5.5.2 Error: command not recognized\r\n", "");
	talk(HELO "RCPT TO:<user>\r\nMAIL FROM:<a>\r\nMAIL FROM:<b>\r\n"
	    "HELO again\r\nMAIL FROM:<c>\r\nRSET\r\nMAIL FROM:<d>\r\n",
	    HELO_OK "503 5.5.1 Error: need MAIL command\r\n" MAIL_OK
	    "503 5.5.1 Error: nested MAIL command\r\n"
	    HELO_OK MAIL_OK OK MAIL_OK, "");
	talk(MAIL "x\r\n.\r\nRCPT TO:<user>\r\n",
	    MAIL_OKS DOT_OK "503 5.5.1 Error: need MAIL command\r\n",
	    TO_USER "\nx\nend 0\n");
	talk("EHLO\r\nHELO \r\nQUIT now\r\nQUIT\r\nNOOP\r\n",
	    "501 5.5.4 Syntax: EHLO hostname\r\n"
	    "501 5.5.4 Syntax: HELO hostname\r\n"
	    "501 5.5.4 Syntax: QUIT\r\n" BYE, "");
}

static void
bad_syntax(void)
{
	talk(HELO "MAIL\r\nMAIL FROM:\r\nMAIL TO:<a>\r\nMAIL FROM:<a@>\r\n"
	    "MAIL FROM:<a\r\nMAIL FROM:<a> SIZE=x\r\n"
	    "MAIL FROM:<a> SIZE=101\r\nMAIL FROM:<a> BODY=9BIT\r\n"
	    "MAIL FROM:<a> X=Y\r\nMAIL FROM:<a>SIZE=1\r\n"
	    "MAIL FROM:<a> SIZE=100\r\n",
	    HELO_OK
	    "501 5.5.4 Syntax: MAIL FROM:<address>\r\n"
	    "501 5.5.4 Syntax: MAIL FROM:<address>\r\n"
	    "501 5.5.4 Syntax: MAIL FROM:<address>\r\n"
	    "501 5.1.7 Bad sender address syntax\r\n"
	    "501 5.1.7 Bad sender address syntax\r\n"
	    "501 5.5.4 Bad message size syntax\r\n"
	    "552 5.3.4 Message size exceeds fixed limit\r\n"
	    "501 5.5.4 Syntax: BODY=7BIT or BODY=8BITMIME\r\n"
	    "555 5.5.4 Unsupported option\r\n"
	    "501 5.1.7 Bad sender address syntax\r\n" MAIL_OK, "");
	talk(HELO "MAIL FROM:<a>\r\nRCPT\r\nRCPT TO:\r\nRCPT TO:<>\r\n"
	    "RCPT TO:<.@x>\r\nRCPT TO:<user> NOTIFY=NEVER\r\n",
	    HELO_OK MAIL_OK
	    "501 5.5.4 Syntax: RCPT TO:<address>\r\n"
	    "501 5.5.4 Syntax: RCPT TO:<address>\r\n"
	    "501 5.1.3 Bad recipient address syntax\r\n"
	    "501 5.1.3 Bad recipient address syntax\r\n"
	    "555 5.5.4 Unsupported option\r\n", "");
}

static void
recipients(void)
{
	talk(HELO "MAIL FROM:<a@b.test>\r\nRCPT TO:<nobody@ours.test>\r\n"
	    "RCPT TO:<user@elsewhere.test>\r\n"
	    "RCPT TO:<user%elsewhere.test@ours.test>\r\n"
	    "RCPT TO:<user%also.test@ours.test>\r\n"
	    "RCPT TO:<%x@ours.test>\r\nDATA\r\nx\r\n.\r\n",
	    HELO_OK MAIL_OK "550 5.1.1 No such user here\r\n"
	    "550 5.7.1 Relay access denied\r\n"
	    "550 5.7.1 Relay access denied\r\n" RCPT_OK
	    "550 5.1.1 No such user here\r\n" DATA_OK DOT_OK,
	    "from a@b.test to user user@also.test \n\nx\nend 0\n");
	talk("VRFY user\r\nVRFY <nobody@ours.test>\r\nVRFY\r\nVRFY <>\r\n"
	    "VRFY user SMTPUTF8\r\nVRFY user x\r\nVRFY Jo\r\nVRFY Brown\r\n"
	    "EXPN Jo\r\nVRFY both\r\nEXPN both@also.test\r\n",
	    "250 2.1.5 <user@ours.test>\r\n550 5.1.1 No such user here\r\n"
	    "501 5.5.4 Syntax: VRFY address\r\n"
	    "501 5.1.3 Bad address syntax\r\n"
	    "250 2.1.5 Іван Brown <user@ours.test>\r\n"
	    "501 5.1.3 Bad address syntax\r\n"
	    "250 2.1.5 Jo Brown <other@ours.test>\r\n"
	    "553-5.1.4 Ambiguous: <user@ours.test>\r\n"
	    "553 5.1.4 Ambiguous: Jo Brown <other@ours.test>\r\n"
	    "550 5.1.1 No such user here\r\n250 2.1.5 <both>\r\n"
	    "250-2.1.5 <user@also.test>\r\n"
	    "250 2.1.5 Jo Brown <other@also.test>\r\n", "");
	conf.known = 0;
	talk("VRFY user\r\n", "252 2.1.5 Mail will be taken for <user>\r\n",
	    "");
	conf.known = 1;
}

/* Text is never run as commands. */
static void
refused_data(void)
{
	talk(HELO "MAIL FROM:<a>\r\nRCPT TO:<nobody>\r\nRCPT TO:<.>\r\n"
	    "DATA\r\nRSET\r\nQUIT\r\n.\r\nNOOP\r\n",
	    HELO_OK MAIL_OK "550 5.1.1 No such user here\r\n"
	    "501 5.1.3 Bad recipient address syntax\r\n" DATA_OK
	    "554 5.5.1 Error: no valid recipients\r\n" OK, "");
	talk_at_once(HELO "MAIL FROM:<a>\r\nDATA\r\nRSET\r\n",
	    HELO_OK MAIL_OK "554 5.5.1 Error: no valid recipients\r\n"
	    "421 4.5.0 Error: this looks like the text of a message\r\n", "");
	talk_at_once(HELO "DATA\r\nRSET\r\n",
	    HELO_OK "503 5.5.1 Error: need RCPT command\r\n"
	    "421 4.5.0 Error: this looks like the text of a message\r\n", "");
	talk_at_once(HELO ENVELOPE "DATA x\r\nRSET\r\n",
	    HELO_OK MAIL_OK RCPT_OK "501 5.5.4 Syntax: DATA\r\n"
	    "421 4.5.0 Error: this looks like the text of a message\r\n", "");
}

/*
 * It may also come later, from who does not wait for answers; who does wait has
 * made a typing mistake.
 */
static void
text_after_refused_data(void)
{
	static const struct {
		const char *text;
		size_t cut;	/* where the first line behind DATA begins */
		size_t step;
		const char *answer;
	} list[] = {
		{ HELO "DATA\r\nmial\r\n", 0, 1,
		    "500 5.5.2 Error: command not recognized\r\n" },
		{ HELO "DATA\r\nx: y\r\n", sizeof HELO + 5, 100,
		    "421 4.5.0 Error: this looks like the text of a message"
		    "\r\n" },
		{ "DATA\r\nx: y\r\nRSET\r\n", 6, 100,
		    "421 4.5.0 Error: this looks like the text of a message"
		    "\r\n" },
	};
	struct buf out = { 0 };
	size_t i;

	for (i = 0; i < COUNT(list); i++) {
		buf_clear(&out);
		buf_addf(&out, "%s%s", list[i].text[0] == 'H' ?
		    HELO_OK "503 5.5.1 Error: need RCPT command\r\n" :
		    "503 5.5.1 Error: send HELO/EHLO first\r\n",
		    list[i].answer);
		talk_in_pieces(span_str(list[i].text), list[i].cut,
		    list[i].step, buf_str(&out), "");
	}
	buf_free(&out);
}

/* The answer is held back for a while, and what comes then is text. */
static void
text_sent_at_once(void)
{
	struct session x;
	size_t used;

	start(&x);
	feed(&x, HELO, sizeof HELO - 1);
	CHECK_INT(smtpd_session.feed(x.s, "DATA\r\n", 6, &used, &x.out),
	    SESSION_WATCH);
	CHECK_INT(used, 6);
	CHECK(smtpd_session.delay(x.s) > 0);
	CHECK_BUF(&x.out, GREETING HELO_OK);
	CHECK_INT(smtpd_session.feed(x.s, "RSET\r\n", 6, &used, &x.out),
	    SESSION_CLOSE);
	CHECK_BUF(&x.out, GREETING HELO_OK
	    "503 5.5.1 Error: need RCPT command\r\n"
	    "421 4.5.0 Error: this looks like the text of a message\r\n");
	finish(&x);
	buf_free(&x.out);
}

/* A letter with this text, up to its end, in a session with lines of eol. */
static void
letter(struct buf *b, const char *eol, struct span text)
{
	buf_clear(b);
	buf_addf(b, "HELO me%sMAIL FROM:<a@b.test>%s"
	    "RCPT TO:<user@ours.test>%sDATA%s", eol, eol, eol, eol);
	buf_addspan(b, text);
	buf_addf(b, "%s.%sNOOP%s", eol, eol, eol);
}

/*
 * RFC 5321 2.3.8, and what is known as SMTP smuggling: whatever is no ending
 * never makes a command of what follows it.
 */
static void
endings(void)
{
	static const struct span bad[] = {
		{ "x\n.\nEVIL", 8 }, { "x\n.\r\nEVIL", 9 },
		{ "x\r\n.\nEVIL", 9 }, { "x\r.\rEVIL", 8 },
		{ "x\r.\r\nEVIL", 9 }, { "x\r\n.\rEVIL", 9 },
		{ "x\n.\rEVIL", 8 }, { "x\r.\nEVIL", 8 },
		{ "x\r\r\n.\r\r\nEVIL", 12 }, { "x\n\n.\n\nEVIL", 10 },
		{ "x\r\n.\r\r\nEVIL", 11 }, { "\n.\r\nEVIL", 8 },
		{ "x\n\r.\n\rEVIL", 10 }, { "x\0\n.\r\nEVIL", 10 },
	};
	struct buf in = { 0 };
	size_t i;

	hurried = 1;
	for (i = 0; i < COUNT(bad); i++) {
		letter(&in, "\r\n", bad[i]);
		talk_in_pieces(buf_span(&in), 0, 1, MAIL_OKS "550 5.5.2 "
		    "Error: bare <CR> or <LF> in the message\r\n" OK, NULL);
		talk_in_pieces(buf_span(&in), 0, in.n, MAIL_OKS "550 5.5.2 "
		    "Error: bare <CR> or <LF> in the message\r\n" OK, NULL);
	}
	hurried = 0;
	buf_free(&in);
}

/*
 * Who takes another line ending for the end of a text and waits is told, and
 * what comes after that is nothing.
 */
static void
stalled_text(void)
{
	static const char *const bad[] = {
		"x\n.\n", "x\n.\r\n", "x\r\n.\n", ".\n", "\n.\r\n"
	};
	struct buf in = { 0 };
	size_t i;

	for (i = 0; i < COUNT(bad); i++) {
		buf_clear(&in);
		buf_addf(&in, MAIL "%s", bad[i]);
		talk(buf_str(&in), MAIL_OKS "550 5.5.2 Error: a text must end "
		    "in <CR><LF>.<CR><LF>, not in bare <LF>\r\n", NULL);
		CHECK_INT(waited, 1000);
		buf_adds(&in, "MAIL FROM:<evil>\r\n");
		talk_in_pieces(buf_span(&in), in.n - 18, 18, MAIL_OKS
		    "550 5.5.2 Error: a text must end in <CR><LF>.<CR><LF>, "
		    "not in bare <LF>\r\n", NULL);
		talk_at_once(buf_str(&in), MAIL_OKS, NULL);
	}
	talk("HELO x\nMAIL FROM:<a>\nRCPT TO:<user>\nDATA\nx\r\n.\r\n",
	    MAIL_OKS "550 5.5.2 Error: a text must end in <LF>.<LF>, as the "
	    "first command ended in <LF>\r\n", NULL);
	buf_free(&in);
}

/* Lines that end in LF where the first command ended in CRLF are not done. */
static void
bare_commands(void)
{
#define REFUSED "500 5.5.2 Error: a line must end in <CR><LF>\r\n"
	talk(HELO "MAIL FROM:<a>\nRSET\r\nQUIT\n\nQUIT\r\n",
	    HELO_OK REFUSED OK REFUSED REFUSED BYE, "");
	talk("HELO x\nNOOP\r\nNOOP\n", HELO_OK OK OK, "");
	talk_at_once(HELO ENVELOPE "DATA\nx\r\n.\r\n", HELO_OK MAIL_OK RCPT_OK
	    REFUSED "421 4.5.0 Error: this looks like the text of a message"
	    "\r\n", "");
#undef REFUSED
}

/* NUL is text; and LF is the ending where the first command had it. */
static void
other_text(void)
{
	static const char nul[] = TO_USER "\nx\n\0.\nEVIL\n\0\nend 0\n";
	struct buf in = { 0 };
	struct session x;

	letter(&in, "\r\n", span_of("x\r\n\0.\r\nEVIL\r\n.\0", 15));
	start(&x);
	feed(&x, in.p, in.n);
	finish(&x);
	CHECK_BUF(&x.out, GREETING MAIL_OKS DOT_OK OK);
	CHECK(span_eq(buf_span(&book.log), span_of(nul, sizeof nul - 1)));
	buf_free(&x.out);
	buf_free(&book.log);
	letter(&in, "\n", span_str("x\r\n.\r\nEVIL\r.\r"));
	hurried = 1;
	talk(buf_str(&in), MAIL_OKS DOT_OK OK,
	    TO_USER "\nx\n\nEVIL\r.\nend 0\n");
	hurried = 0;
	buf_free(&in);
}

static void
failures(void)
{
	static const struct {
		int err;
		const char *reply;
	} list[] = {
		{ ENOSPC, "452 4.3.1 Insufficient system storage\r\n" },
		{ EFBIG, "452 4.3.1 Insufficient system storage\r\n" },
		{ EIO, "451 4.3.0 Error: the message cannot be stored\r\n" },
		{ ETIMEDOUT, "451 4.3.0 Error: a mailbox is locked\r\n" },
	};
	struct buf out = { 0 };
	size_t i;

	for (i = 0; i < COUNT(list); i++) {
		buf_clear(&out);
		buf_addf(&out, MAIL_OKS "%s" OK, list[i].reply);
		for (book.sync = 0; book.sync < 2; book.sync++) {
			book.err = list[i].err;
			talk(MAIL "x\r\n.\r\nNOOP\r\n", buf_str(&out),
			    book.sync ? TO_USER "\nx\nwait\nend 1\n" :
			    TO_USER "\nx\nend 1\n");
			book.err = 0;
		}
		book.sync = 0;
		book.begin_err = list[i].err;
		talk(MAIL "RSET\r\n.\r\nNOOP\r\n", buf_str(&out), "");
		book.begin_err = 0;
	}
	buf_free(&out);
	book.busy = 3;
	talk(MAIL "x\r\n.\r\nNOOP\r\n", MAIL_OKS DOT_OK OK,
	    TO_USER "\nx\nend 0\n");
	book.busy = 0;
}

/* Messages that end in one piece of input share a commit. */
static void
group(void)
{
	static const char text[] = MAIL "1\r\n.\r\n" ENVELOPE
	    "DATA\r\n2\r\n.\r\nRSET\r\n" ENVELOPE "DATA\r\n3\r\n.\r\nQUIT\r\n";
	size_t used;
	struct session x;

	book.sync = 1;
	start(&x);
	CHECK_INT(smtpd_session.feed(x.s, text, sizeof text - 1, &used, &x.out),
	    SESSION_COMMIT);	/* the session ends */
	CHECK_INT(used, sizeof text - 1);
	CHECK_BUF(&book.log, TO_USER "\n1\nwait\n" TO_USER "\n2\nwait\n"
	    TO_USER "\n3\nwait\n");
	CHECK_INT(smtpd_session.resume(x.s, &x.out), SESSION_CLOSE);
	CHECK_BUF(&x.out, GREETING MAIL_OKS DOT_OK MAIL_OK RCPT_OK DATA_OK
	    DOT_OK OK MAIL_OK RCPT_OK DATA_OK DOT_OK BYE);
	finish(&x);
	buf_free(&x.out);
	buf_free(&book.log);
	start(&x);
	smtpd_session.feed(x.s, text, sizeof text - 1, &used, &x.out);
	finish(&x);
	CHECK(strstr(buf_str(&book.log), "drop\ndrop\ndrop\n") != NULL);
	buf_free(&x.out);
	buf_free(&book.log);
	book.sync = 0;
}

static void
size_limit(void)
{
	struct buf in = { 0 }, out = { 0 };
	int i;

	/* 98 octets and a CRLF are within 100; a stuffed dot does not count. */
	buf_adds(&in, MAIL ".");
	for (i = 0; i < 98; i++)
		buf_addc(&in, '.');
	buf_adds(&in, "\r\n.\r\nNOOP\r\n");
	buf_adds(&out, TO_USER "\n");
	for (i = 0; i < 98; i++)
		buf_addc(&out, '.');
	buf_adds(&out, "\nend 0\n");
	talk(buf_str(&in), MAIL_OKS DOT_OK OK, buf_str(&out));
	buf_insert(&in, strlen(MAIL), "x", 1);
	talk(buf_str(&in), MAIL_OKS
	    "552 5.3.4 Message size exceeds fixed limit\r\n" OK, NULL);
	buf_free(&in);
	buf_free(&out);
}

/* The longest line, and one that is longer. */
static void
line_limit(void)
{
	struct buf in = { 0 };

	buf_adds(&in, "NOOP ");
	while (in.n < SMTPD_LINE_MAX - 2)
		buf_addc(&in, 'x');
	buf_adds(&in, "\r\nNOOP\r\n");
	talk_at_once(buf_str(&in), OK OK, "");
	talk_in_pieces(buf_span(&in), 0, 1, OK OK, "");
	buf_insert(&in, 5, "x", 1);
	talk_at_once(buf_str(&in), "500 5.5.2 Error: line too long\r\n" OK, "");
	talk_in_pieces(buf_span(&in), 0, 1,
	    "500 5.5.2 Error: line too long\r\n" OK, "");
	buf_free(&in);
}

static void
rcpt_limit(void)
{
	struct buf in = { 0 }, out = { 0 };
	int i;

	buf_adds(&in, HELO "MAIL FROM:<a@b.test>\r\n");
	buf_adds(&out, HELO_OK MAIL_OK);
	for (i = 0; i < 1000; i++) {
		buf_adds(&in, "RCPT TO:<user@ours.test>\r\n");
		buf_adds(&out, RCPT_OK);
	}
	buf_adds(&in, "RCPT TO:<user>\r\nDATA\r\n.\r\n");
	buf_adds(&out, "452 4.5.3 Error: too many recipients\r\n"
	    DATA_OK DOT_OK);
	talk_at_once(buf_str(&in), buf_str(&out), TO_USER "end 0\n");
	buf_free(&in);
	buf_free(&out);
}

static void
mistakes(void)
{
	struct buf in = { 0 }, out = { 0 };
	int i, k;

	for (i = 0; i < 20; i++) {
		buf_adds(&in, "FOO\r\n");
		buf_adds(&out, "500 5.5.2 Error: command not recognized\r\n");
	}
	talk_at_once(buf_str(&in), buf_str(&out), "");
	buf_adds(&in, "FOO\r\nNOOP\r\n");
	buf_adds(&out, "500 5.5.2 Error: command not recognized\r\n"
	    "421 4.7.0 Error: too many errors\r\n");
	talk_at_once(buf_str(&in), buf_str(&out), "");

	/* Unknown recipients are none, and a message makes up for some. */
	buf_clear(&in);
	buf_clear(&out);
	buf_adds(&in, HELO);
	buf_adds(&out, HELO_OK);
	for (k = 0; k < 3; k++) {
		for (i = 0; i < 15; i++) {
			buf_adds(&in, "FOO\r\nMAIL FROM:<a>\r\n"
			    "RCPT TO:<nobody>\r\nDATA\r\nx\r\n.\r\n");
			buf_adds(&out, "500 5.5.2 Error: command not "
			    "recognized\r\n" MAIL_OK
			    "550 5.1.1 No such user here\r\n" DATA_OK
			    "554 5.5.1 Error: no valid recipients\r\n");
		}
		buf_adds(&in, "MAIL FROM:<>\r\nRCPT TO:<user>\r\n"
		    "DATA\r\n.\r\n");
		buf_adds(&out, MAIL_OK RCPT_OK DATA_OK DOT_OK);
	}
	talk_at_once(buf_str(&in), buf_str(&out),
	    "from  to user user \nend 0\nfrom  to user user \nend 0\n"
	    "from  to user user \nend 0\n");
	buf_free(&in);
	buf_free(&out);
}

/* Where a session can end: nothing is left of a message that is not whole. */
static void
ends(void)
{
	static const char text[] = MAIL "x: y\r\n\r\n..z\r\n.\r\n";
	struct session x;
	size_t n;

	for (n = 0; n < sizeof text - 1; n++) {
		start(&x);
		feed(&x, text, n);
		finish(&x);
		CHECK(strstr(buf_str(&book.log), "end ") == NULL);
		buf_free(&x.out);
		buf_free(&book.log);
	}
	start(&x);
	buf_clear(&x.out);
	smtpd_session.expire(x.s, 0, &x.out);
	smtpd_session.expire(x.s, 1, &x.out);
	CHECK_BUF(&x.out, "421 4.4.2 here Error: timeout exceeded\r\n"
	    "421 4.3.2 here Service shutting down\r\n");
	finish(&x);
	buf_free(&x.out);
	talk("GET / HTTP/1.1\r\nHELO x\r\n",
	    "221 2.7.0 Error: this is SMTP, not HTTP\r\n", "");
	talk("POST /x HTTP/1.0\nHELO x\n",
	    "221 2.7.0 Error: this is SMTP, not HTTP\r\n", "");
	talk("\x16\x03\x01\x02", "221 2.7.0 Error: this is SMTP, not TLS\r\n",
	    "");
	talk("HELP MAIL\r\nhelp x\r\n", "214 2.0.0 Syntax: MAIL "
	    "FROM:<address>\r\n214 2.0.0 Commands: HELO EHLO MAIL SEND SOML "
	    "SAML RCPT DATA BDAT RSET NOOP VRFY EXPN HELP AUTH ETRN "
	    "TURN QUIT\r\n", "");
}

int
main(void)
{
	/* What is said of TLS goes there. */
	CHECK(freopen("/dev/null", "w", stderr) != NULL);
	one_message();
	out_of_order();
	bad_syntax();
	recipients();
	refused_data();
	text_after_refused_data();
	text_sent_at_once();
	endings();
	stalled_text();
	bare_commands();
	other_text();
	failures();
	group();
	size_limit();
	line_limit();
	rcpt_limit();
	mistakes();
	ends();
	return test_end();
}
