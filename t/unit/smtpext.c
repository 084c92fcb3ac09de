/*
 * smtpext: SMTP sessions: chunks, log-in, mail for others, and rules.
 */
#include "smtpd.h"

#define NO_CHUNK "503 5.5.1 Error: BDAT in progress\r\n"
#define NO_VALID "554 5.5.1 Error: no valid recipients\r\n"
#define STRAY "421 4.5.0 Error: this looks like the text of a message\r\n"

static void
chunks(void)
{
	talk(HELO ENVELOPE "BDAT 6\r\nline\r\nBDAT 3 LAST\r\n.\r\nNOOP\r\n",
	    HELO_OK MAIL_OK RCPT_OK "250 2.0.0 Ok: 6 octets\r\n" DOT_OK OK,
	    TO_USER "\nline\n.\nend 0\n");
	/* A line ending cut in two, one that is missing, and no octets. */
	talk(HELO ENVELOPE "bdat 2\r\nx\rBDAT 3\r\n\nyzBDAT 0  last\r\n",
	    HELO_OK MAIL_OK RCPT_OK "250 2.0.0 Ok: 2 octets\r\n"
	    "250 2.0.0 Ok: 3 octets\r\n" DOT_OK,
	    TO_USER "\nx\nyz\nend 0\n");
	talk(HELO ENVELOPE "BDAT 0 LAST\r\n" ENVELOPE "DATA\r\n.\r\n",
	    HELO_OK MAIL_OK RCPT_OK DOT_OK MAIL_OK RCPT_OK DATA_OK DOT_OK,
	    TO_USER "end 0\n" TO_USER "end 0\n");
	/* Octets are no commands, and dots no ends. */
	talk(HELO ENVELOPE "BDAT 12 LAST\r\n.\r\nQUIT\r\n.\r\nQUIT\r\n",
	    HELO_OK MAIL_OK RCPT_OK DOT_OK BYE,
	    TO_USER "\n.\nQUIT\n.\nend 0\n");
	/* What may come between them, and what may not. */
	talk(HELO ENVELOPE "BDAT 3\r\nx\r\nRCPT TO:<other>\r\nMAIL FROM:<>\r\n"
	    "NOOP\r\nBDAT 0 LAST\r\n",
	    HELO_OK MAIL_OK RCPT_OK "250 2.0.0 Ok: 3 octets\r\n" NO_CHUNK
	    "503 5.5.1 Error: nested MAIL command\r\n" OK DOT_OK,
	    TO_USER "\nx\nend 0\n");
	talk(HELO ENVELOPE "BDAT 3\r\nx\r\nRSET\r\n" ENVELOPE
	    "BDAT 3 LAST\r\ny\r\n",
	    HELO_OK MAIL_OK RCPT_OK "250 2.0.0 Ok: 3 octets\r\n" OK
	    MAIL_OK RCPT_OK DOT_OK,
	    TO_USER "\nx\ndrop\n" TO_USER "\ny\nend 0\n");
}

/* A chunk that is refused is read and dropped; it is never commands. */
static void
refused_chunks(void)
{
	talk("BDAT 6\r\nQUIT\r\n" HELO "BDAT 6 LAST\r\nQUIT\r\n"
	    "MAIL FROM:<a>\r\nBDAT 6\r\nQUIT\r\nNOOP\r\n",
	    "503 5.5.1 Error: send HELO/EHLO first\r\n" HELO_OK
	    "503 5.5.1 Error: need RCPT command\r\n" MAIL_OK NO_VALID OK, "");
	/* The last one ends the transaction. */
	talk(HELO "MAIL FROM:<a>\r\nBDAT 6 LAST\r\nQUIT\r\nRCPT TO:<user>\r\n",
	    HELO_OK MAIL_OK NO_VALID "503 5.5.1 Error: need MAIL command\r\n",
	    "");
	talk(HELO "MAIL FROM:<a>\r\nRCPT TO:<nobody>\r\nBDAT 6\r\nQUIT\r\n"
	    "BDAT 6 LAST\r\nQUIT\r\n" ENVELOPE "BDAT 0 LAST\r\n",
	    HELO_OK MAIL_OK "550 5.1.1 No such user here\r\n" NO_VALID
	    NO_VALID MAIL_OK RCPT_OK DOT_OK, TO_USER "end 0\n");
	/* Too large all together; and a line ending of the other kind. */
	talk(HELO ENVELOPE "BDAT 60\r\n"
	    "000000000100000000020000000003000000000400000000050000000006"
	    "BDAT 60\r\n"
	    "000000000100000000020000000003000000000400000000050000000006"
	    "BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n",
	    HELO_OK MAIL_OK RCPT_OK "250 2.0.0 Ok: 60 octets\r\n"
	    "552 5.3.4 Message size exceeds fixed limit\r\n"
	    "552 5.3.4 Message size exceeds fixed limit\r\n" OK, NULL);
	talk(HELO ENVELOPE "BDAT 2 LAST\r\nx\nNOOP\r\n",
	    HELO_OK MAIL_OK RCPT_OK
	    "550 5.5.2 Error: bare <CR> or <LF> in the message\r\n" OK, NULL);
	talk(HELO ENVELOPE "BDAT 2 LAST\r\nx\rNOOP\r\n",
	    HELO_OK MAIL_OK RCPT_OK
	    "550 5.5.2 Error: bare <CR> or <LF> in the message\r\n" OK, NULL);
	/* How much is coming is not known: nothing that follows is run. */
	talk_at_once(HELO ENVELOPE "BDAT x\r\nQUIT\r\n",
	    HELO_OK MAIL_OK RCPT_OK
	    "501 5.5.4 Syntax: BDAT octets [LAST]\r\n" STRAY, "");
	talk_at_once(HELO ENVELOPE "BDAT 3\r\nx\r\nDATA\r\nQUIT\r\n",
	    HELO_OK MAIL_OK RCPT_OK "250 2.0.0 Ok: 3 octets\r\n" NO_CHUNK
	    STRAY, NULL);
}

/* Who may log in: joe, by "pencil". */
static int
find_secret(void *app, struct span login, struct span *secret)
{
	(void)app;
	*secret = span_str("pencil");
	return span_is(login, "joe") ? 0 : -1;
}

static void
add_nonce(struct buf *b)
{
	buf_adds(b, "nonce");
}

#define AUTH_OK "250-here\r\n250-PIPELINING\r\n250-SIZE 100\r\n" \
    "250-AUTH SCRAM-SHA-256 CRAM-MD5 PLAIN LOGIN\r\n250-8BITMIME\r\n" \
    "250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250-CHUNKING\r\n" \
    "250-VRFY\r\n250-EXPN\r\n250 HELP\r\n"
#define WELCOME "235 2.7.0 Authentication successful\r\n"
#define REFUSED "535 5.7.8 Error: authentication failed\r\n"
#define NO_SENSE "501 5.5.2 Error: malformed response\r\n"
#define NO_AUTHOR "501 5.5.4 Syntax: AUTH=<> or AUTH=address in xtext\r\n"

/* NUL joe NUL pencil; the second has a wrong password. */
#define RIGHT "AGpvZQBwZW5jaWw="
#define WRONG "AGpvZQBwZW5jaWxz"

/* While conf.auth is there. */
static void
no_log_in(void)
{
	/* Cancelled, malformed, unknown, out of place. */
	talk("AUTH PLAIN\r\nEHLO x\r\nAUTH LOGIN\r\n*\r\nAUTH PLAIN\r\nQUIT\r\n"
	    "AUTH PLAIN a b\r\nAUTH PIGEON\r\n" ENVELOPE "AUTH PLAIN\r\n",
	    "503 5.5.1 Error: send HELO/EHLO first\r\n" AUTH_OK
	    "334 VXNlcm5hbWU6\r\n"
	    "501 5.7.0 Error: authentication cancelled\r\n334 \r\n" NO_SENSE
	    "501 5.5.4 Syntax: AUTH mechanism [response]\r\n"
	    "504 5.5.4 Error: no such mechanism\r\n" MAIL_OK RCPT_OK
	    "503 5.5.1 Error: MAIL transaction in progress\r\n", "");
	/* Each wrong password takes its time, and the fifth is the last. */
	talk("EHLO x\r\nAUTH PLAIN " WRONG "\r\nNOOP\r\n",
	    AUTH_OK REFUSED OK, "");
	CHECK_INT(waited, 1000);
	talk("EHLO x\r\nAUTH PLAIN " WRONG "\r\nAUTH PLAIN " WRONG "\r\n"
	    "AUTH PLAIN " WRONG "\r\nAUTH PLAIN " WRONG "\r\n"
	    "AUTH PLAIN " WRONG "\r\nNOOP\r\n",
	    AUTH_OK REFUSED REFUSED REFUSED REFUSED REFUSED
	    "421 4.7.0 Error: too many failures\r\n", "");
	CHECK_INT(waited, 5000);
}

/* Who has tried, after how many ms that wait they are answered. */
static struct buf tries;
static long hold;

static long
tried(void *app, struct span login, const char *from)
{
	(void)app;
	buf_addf(&tries, "%ld %.*s@%s ", waited, (int)login.n, login.p, from);
	return hold;
}

static void
passed(void *app, struct span login, const char *from)
{
	(void)app;
	buf_addf(&tries, "%ld +%.*s@%s ", waited, (int)login.n, login.p, from);
}

/* The right password, too, waits for its answer, and counts no sooner. */
static void
held_back(struct sasld_conf *auth)
{
	static const char in[] = "EHLO x\r\nAUTH PLAIN " RIGHT "\r\nNOOP\r\n";
	struct session x;

	auth->tried = tried;
	auth->passed = passed;
	peer = "192.0.2.1";
	start(&x);
	feed(&x, in, sizeof in - 1);
	finish(&x);
	CHECK_BUF(&tries, "0 joe@192.0.2.1 0 +joe@192.0.2.1 ");
	buf_clear(&tries);
	buf_free(&x.out);
	hold = 4000;
	start(&x);
	feed(&x, in, sizeof in - 1);
	CHECK_INT(waited, 4000);
	CHECK_BUF(&tries, "0 joe@192.0.2.1 4000 +joe@192.0.2.1 ");
	finish(&x);
	buf_clear(&tries);
	buf_free(&x.out);
	/* Who does not wait has tried in vain, and has learnt nothing. */
	start(&x);
	buf_clear(&x.out);
	auth->mechanisms = SASLD_PLAIN;
	smtpd_session.feed(x.s, in, sizeof in - 1, &(size_t){ 0 }, &x.out);
	CHECK(memchr(x.out.p, '3', x.out.n) == NULL);
	finish(&x);
	CHECK_BUF(&tries, "0 joe@192.0.2.1 ");
	auth->mechanisms = sasld_possible(0);
	buf_free(&x.out);
	buf_free(&tries);
	peer = "";
	talk("EHLO x\r\nAUTH PLAIN " WRONG "\r\n", AUTH_OK REFUSED, "");
	CHECK_INT(waited, 4000);
	auth->tried = NULL;
	auth->passed = NULL;
	buf_free(&tries);
}

static void
log_in(void)
{
	struct sasld_conf auth = { .host = "here", .find = find_secret };

	talk("EHLO x\r\nAUTH PLAIN " RIGHT "\r\n",
	    EHLO_OK "502 5.5.1 Error: authentication not enabled\r\n", "");
	auth.mechanisms = sasld_possible(0);
	conf.auth = &auth;
	conf.nonce = add_nonce;
	talk("EHLO x\r\nAUTH PLAIN " RIGHT "\r\nAUTH PLAIN " RIGHT "\r\n",
	    AUTH_OK WELCOME "503 5.5.1 Error: already authenticated\r\n", "");
	talk("EHLO x\r\nauth plain\r\n" RIGHT "\r\nNOOP\r\n",
	    AUTH_OK "334 \r\n" WELCOME OK, "");
	talk("EHLO x\r\nAUTH LOGIN\r\nam9l\r\ncGVuY2ls\r\nNOOP\r\n",
	    AUTH_OK "334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n" WELCOME OK, "");
	talk("EHLO x\r\nAUTH LOGIN am9l\r\ncGVuY2ls\r\n",
	    AUTH_OK "334 UGFzc3dvcmQ6\r\n" WELCOME, "");
	talk("EHLO x\r\nMAIL FROM:<a> AUTH=<>\r\nRSET\r\n"
	    "MAIL FROM:<a> auth=a+2Bb@c\r\nRSET\r\n"
	    "MAIL FROM:<a> AUTH=\r\nMAIL FROM:<a> AUTH=a+2b@c\r\n"
	    "MAIL FROM:<a> AUTH=a=b\r\nMAIL FROM:<a> AUTH=a+2\r\n",
	    AUTH_OK MAIL_OK OK MAIL_OK OK NO_AUTHOR NO_AUTHOR NO_AUTHOR
	    NO_AUTHOR, "");
	no_log_in();
	held_back(&auth);
	conf.auth = NULL;
}

/* Mail for others: from whom it is taken, and in both stores or in none. */
static void
relaying(void)
{
	static const char text[] = HELO "MAIL FROM:<a@b.test>\r\n"
	    "RCPT TO:<x@else.test>\r\nRCPT TO:<user%c@ours.test>\r\n"
	    "RCPT TO:<user>\r\nDATA\r\n.\r\n";
	static const char denied[] = HELO_OK MAIL_OK
	    "550 5.7.1 Relay access denied\r\n"
	    "550 5.7.1 Relay access denied\r\n" RCPT_OK DATA_OK DOT_OK;

	talk(text, denied, "from a@b.test to user user \nend 0\n");
	conf.relay = &book_store;
	conf.relay_arg = &book;
	talk(text, denied, "from a@b.test to user user \nend 0\n");
	local = 1;
	talk(text, HELO_OK MAIL_OK RCPT_OK RCPT_OK RCPT_OK DATA_OK DOT_OK,
	    "from a@b.test to user user \n"
	    "from a@b.test to x@else.test x@else.test user@c user@c \n"
	    "end 0\nend 0\n");
	book.err = ENOSPC;
	talk(text, HELO_OK MAIL_OK RCPT_OK RCPT_OK RCPT_OK DATA_OK
	    "452 4.3.1 Insufficient system storage\r\n",
	    "from a@b.test to user user \n"
	    "from a@b.test to x@else.test x@else.test user@c user@c \n"
	    "end 1\ndrop\n");
	book.err = 0;
	book.sync = 1;
	book.settle_err = ENOSPC;
	talk(text, HELO_OK MAIL_OK RCPT_OK RCPT_OK RCPT_OK DATA_OK
	    "452 4.3.1 Insufficient system storage\r\n",
	    "from a@b.test to user user \n"
	    "from a@b.test to x@else.test x@else.test user@c user@c \n"
	    "wait\ndrop\ndrop\n");
	book.sync = book.settle_err = 0;
	local = 0;
	conf.relay = NULL;
}

/* Each address is a recipient of its own, but those of an alias. */
static void
by_address(void)
{
	struct mail_store store = book_store;

	store.by_address = 1;
	conf.store = &store;
	talk(HELO "MAIL FROM:<a@b.test>\r\nRCPT TO:<User@ours.test>\r\n"
	    "RCPT TO:<user@also.test>\r\nRCPT TO:<both@ours.test>\r\n"
	    "RCPT TO:<User@ours.test>\r\nRCPT TO:<OTHER>\r\n"
	    "DATA\r\n.\r\n",
	    HELO_OK MAIL_OK RCPT_OK RCPT_OK RCPT_OK RCPT_OK RCPT_OK DATA_OK
	    DOT_OK, "from a@b.test to User@ours.test User@ours.test "
	    "user@also.test user@also.test user@ours.test user@ours.test "
	    "other@ours.test other@ours.test OTHER OTHER \nend 0\n");
	conf.store = &book_store;
	/* What would be no address is none. */
	talk(HELO "MAIL FROM:<a@b.test>\r\nRCPT TO:<user%-@ours.test>\r\n"
	    "RCPT TO:<user.%ours.test@ours.test>\r\n",
	    HELO_OK MAIL_OK "550 5.1.1 No such user here\r\n"
	    "550 5.1.1 No such user here\r\n", "");
}

static int
queued(void *spool, struct span domain)
{
	struct book *b = spool;

	(void)domain;
	return strstr(buf_str(&b->log), "end 0") != NULL;
}

/* ETRN tells of the messages before it, and waits until they are safe. */
static void
asking(void)
{
	conf.relay = &book_store;
	conf.relay_arg = &book;
	conf.queued = queued;
	local = 1;
	book.sync = 1;
	talk(HELO "ETRN else.test\r\nMAIL FROM:<a@b.test>\r\n"
	    "RCPT TO:<user>\r\nRCPT TO:<x@else.test>\r\nDATA\r\n.\r\n"
	    "ETRN else.test\r\nNOOP\r\n",
	    HELO_OK "251 2.0.0 Ok: no mail for else.test\r\n" MAIL_OK RCPT_OK
	    RCPT_OK DATA_OK DOT_OK
	    "250 2.0.0 Ok: there is mail for else.test\r\n" OK,
	    "from a@b.test to user user \n"
	    "from a@b.test to x@else.test x@else.test \n"
	    "wait\nwait\nend 0\nend 0\n");
	book.sync = 0;
	local = 0;
	conf.relay = NULL;
}

static const char *rule_text;
static struct rules *rules;

static void
new_rules(void)
{
	static const struct rules_for who = { DIALOGUE_SMTP, 0 };
	struct buf faults = { 0 };

	rules_free(rules);
	rules = rules_parse(span_str(rule_text), &who, &faults);
	CHECK_BUF(&faults, "");
	buf_free(&faults);
}

static struct rules_action
event(void *r, enum rules_place place, const struct rules_facts *facts)
{
	(void)r;
	return rules_event(rules, place, facts, 0);
}

/* The session says this under these rules; the last part after the others. */
static void
under(const char *text, const char *in, const char *out, const char *log)
{
	rule_text = text;
	talk(in, out, log);
}

static void
faults(void)
{
	anew = new_rules;
	conf.event = event;
	under("at rcpt when rcpt=user@* nth 2 reply 451 4.2.0 later\n",
	    HELO "MAIL FROM:<a@b.test>\r\nRCPT TO:<user@ours.test>\r\n"
	    "RCPT TO:<USER@ours.test>\r\nRCPT TO:<user@ours.test>\r\n"
	    "DATA\r\n.\r\n",
	    HELO_OK MAIL_OK RCPT_OK "451 4.2.0 later\r\n" RCPT_OK DATA_OK
	    DOT_OK, TO_USER "end 0\n");
	under("at rcpt nth 1 reply 550 5.1.1 gone\n",
	    MAIL "QUIT\r\n.\r\n" ENVELOPE "DATA\r\n.\r\n",
	    HELO_OK MAIL_OK "550 5.1.1 gone\r\n" DATA_OK NO_VALID
	    MAIL_OK RCPT_OK DATA_OK DOT_OK, TO_USER "end 0\n");
	under("at dot nth 1 reply 550 5.7.1 no\n",
	    MAIL "x\r\n.\r\n" ENVELOPE "BDAT 0 LAST\r\n",
	    MAIL_OKS "550 5.7.1 no\r\n" MAIL_OK RCPT_OK DOT_OK,
	    TO_USER "\nx\ndrop\n" TO_USER "end 0\n");
	under("at dot drop\n", MAIL "x\r\n.\r\nNOOP\r\n", MAIL_OKS, NULL);
	under("at mail reply 421 4.7.0 go\n", HELO ENVELOPE,
	    HELO_OK "421 4.7.0 go\r\n", "");
	under("at data reset\n", MAIL "x\r\n", HELO_OK MAIL_OK RCPT_OK, "");
	under("at helo silence\n", "NOOP\r\n" HELO "NOOP\r\nQUIT\r\n", OK, "");
	under("at rset truncate\n", "NOOP\r\nRSET\r\nNOOP\r\n",
	    OK "250 2.0", "");
	under("at rset delay 3s\n", "NOOP\r\nRSET\r\nNOOP\r\n", OK OK OK, "");
	CHECK_INT(waited, 3000);
	under("at ehlo hide SIZE chunking\nat ehlo hide help\n",
	    "EHLO x\r\n", "250-here\r\n250-PIPELINING\r\n250-8BITMIME\r\n"
	    "250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250-VRFY\r\n"
	    "250 EXPN\r\n", "");
	under("at data reply 451 4.3.0 later\n",
	    HELO ENVELOPE "BDAT 6\r\nQUIT\r\nBDAT 6 LAST\r\nQUIT\r\nNOOP\r\n",
	    HELO_OK MAIL_OK RCPT_OK "451 4.3.0 later\r\n451 4.3.0 later\r\n"
	    OK, "");
	rules_free(rules);
	rules = NULL;
	conf.event = NULL;
	anew = NULL;
}

int
main(void)
{
	chunks();
	refused_chunks();
	log_in();
	relaying();
	by_address();
	asking();
	faults();
	return test_end();
}
