/* format/dialogue/follow, and what it is made of */
#include "test.h"

#include "format/dialogue/follow.h"

/*
 * A dialogue as a list of lines: who says it ('c' for a line with LF alone,
 * 'n' for one without its ending, '-' for a note), what; and what it is: a
 * letter for its kind, turn, verb, state; "!" where it is early, "?" where it
 * is stray, "*" where it holds a secret.
 */
struct said {
	const char *line, *what;
};

static const char kinds[] = "NCRTD<LEX";

static void
check(enum dialogue_protocol protocol, const struct said *s, size_t n)
{
	struct follow f = { .protocol = protocol };
	struct dialogue_event e = { 0 };
	const struct follow_line *l;
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < n; i++) {
		char who = s[i].line[0];

		e.text = span_str(s[i].line + 2);
		e.side = who == 'S' ? DIALOGUE_SERVER : who == '-' ?
		    DIALOGUE_NOTE : DIALOGUE_CLIENT;
		e.end = who == 'c' ? DIALOGUE_LF : who == 'n' ?
		    DIALOGUE_NONE : who == 'p' ? DIALOGUE_NO_END :
		    DIALOGUE_CRLF;
		l = follow(&f, &e);
		buf_clear(&b);
		buf_addf(&b, "%c%lu%s%s %s%s%s%s", kinds[l->kind], l->turn,
		    l->verb[0] != '\0' ? " " : "", l->verb,
		    follow_state_name(f.state), l->early ? "!" : "",
		    l->stray ? "?" : "", l->open < e.text.n ? "*" : "");
		if (strcmp(buf_str(&b), s[i].what) != 0)
			printf("%zu: %s\n", i, s[i].line);
		CHECK_BUF(&b, s[i].what);
	}
	buf_free(&b);
	follow_free(&f);
}

static void
test_smtp(void)
{
	static const struct said s[] = {
		{ "- open", "N0 connect" },
		{ "S 220-x", "<0 connect" }, { "S 220 y", "<0 start" },
		{ "C EHLO pc", "C1 EHLO start" },
		{ "S 250-x", "<1 EHLO start" },
		{ "S 250-PIPELINING", "<1 EHLO start" },
		{ "S 250 AUTH PLAIN", "<1 EHLO ready" },
		{ "C mail from:<a>", "C2 MAIL ready" },
		{ "C RCPT TO:<b>", "C3 RCPT ready" },
		{ "C DATA", "C4 DATA ready" },
		{ "S 250 Ok", "<2 MAIL sender" },
		{ "S 550 no", "<3 RCPT sender" },
		{ "S 354 go", "<4 DATA data" },
		{ "C QUIT", "T4 DATA data" }, { "c .", "T4 DATA data" },
		{ "C .", "D5 . data" },
		{ "C RSET", "C6 RSET data" },
		{ "S 250 queued", "<5 . ready" },
		{ "S 250 Ok", "<6 RSET ready" },
		{ "S 250 twice", "<0 ready?" },
		{ "S hello", "X0 ready" },
		{ "C NOOP", "C7 NOOP ready" },
		{ "C XYZZY", "C8 ready!" },
		{ "S 250 Ok", "<7 NOOP ready" }, { "S 500 what", "<8 ready" },
		{ "C QUIT", "C9 QUIT ready" }, { "S 221 bye", "<9 QUIT over" },
		{ "- close", "N0 over" }
	};

	check(DIALOGUE_SMTP, s, COUNT(s));
}

static void
test_hurry(void)
{
	static const struct said s[] = {
		{ "c HELO x", "C1 HELO connect!" },
		{ "S 220 x", "<0 start" },
		{ "c MAIL FROM:<a>", "C2 MAIL start!" },
		{ "S 250 x", "<1 HELO ready" },
		{ "S 250 Ok", "<2 MAIL sender" },
		{ "c RCPT TO:<b>", "C3 RCPT sender" },
		{ "S 250 Ok", "<3 RCPT recipients" },
		{ "c DATA", "C4 DATA recipients" },
		{ "c Subject: x", "T4 DATA recipients!" },
		{ "c .", "D5 . recipients!" },
		{ "c QUIT", "C6 QUIT recipients!" },
		{ "S 354 go", "<4 DATA data" },
		{ "S 250 queued", "<5 . ready" },
		{ "S 221 bye", "<6 QUIT over" }
	};
	static const struct said refused[] = {
		{ "S 220 x", "<0 start" },
		{ "C DATA", "C1 DATA start" },
		{ "C text", "T1 DATA start!" },
		{ "S 503 no", "<1 DATA start" },
		{ "C QUIT", "C2 QUIT start" },
		{ "S 421 idle", "<2 QUIT over" },
		{ "S 421 idle", "<0 over" }
	};

	check(DIALOGUE_SMTP, s, COUNT(s));
	check(DIALOGUE_SMTP, refused, COUNT(refused));
}

static void
test_chunks(void)
{
	static const struct said s[] = {
		{ "S 220 x", "<0 start" }, { "C EHLO x", "C1 EHLO start" },
		{ "S 250-x", "<1 EHLO start" },
		{ "S 250 pipelining", "<1 EHLO ready" },
		{ "C MAIL FROM:<a>", "C2 MAIL ready" },
		{ "C RCPT TO:<a>", "C3 RCPT ready" },
		{ "C BDAT 7", "C4 BDAT ready" },
		{ "C DATA", "T4 ready" }, { "n .", "T4 ready" },
		{ "C BDAT 0 LAST", "C5 BDAT ready" },
		{ "C NOOP", "C6 NOOP ready" },
		{ "S 250 Ok", "<2 MAIL sender" },
		{ "S 250 Ok", "<3 RCPT recipients" },
		{ "S 250 Ok", "<4 BDAT data" }, { "S 250 Ok", "<5 BDAT ready" }
	};

	check(DIALOGUE_SMTP, s, COUNT(s));
}

static void
test_auth(void)
{
	static const struct said s[] = {
		{ "S 220 x", "<0 start" }, { "C EHLO x", "C1 EHLO start" },
		{ "S 250 x", "<1 EHLO ready" },
		{ "C AUTH LOGIN", "C2 AUTH ready" },
		{ "S 334 VXNlcm5hbWU6", "<2 AUTH login" },
		{ "C NOOP", "R3 AUTH login*" },
		{ "S 334 x", "<3 AUTH login" },
		{ "C c2VjcmV0", "R4 AUTH login*" },
		{ "S 535 no", "<4 AUTH ready" },
		{ "C c2VjcmV0", "C5 ready*" }, { "S 500 no", "<5 ready" },
		{ "C AUTH PLAIN AGEAYg==", "C6 AUTH ready*" },
		{ "S 235 yes", "<6 AUTH ready" },
		{ "C STARTTLS", "C7 STARTTLS ready" },
		{ "S 220 go", "<7 STARTTLS start" }, { "- tls", "N0 start" }
	};
	static const struct said early[] = {
		{ "S 220 x", "<0 start" },
		{ "C AUTH LOGIN", "C1 AUTH start" },
		{ "C YQ==", "R2 AUTH start!*" },
		{ "C Yg==", "R3 AUTH start!*" },
		{ "C QUIT", "C4 QUIT start!" },
		{ "S 334 x", "<1 AUTH login" }, { "S 334 x", "<2 AUTH login" },
		{ "S 535 x", "<3 AUTH ready" }
	};

	check(DIALOGUE_SMTP, s, COUNT(s));
	check(DIALOGUE_SMTP, early, COUNT(early));
}

static void
test_pop3(void)
{
	static const struct said s[] = {
		{ "S +OK x", "<0 start" },
		{ "C CAPA", "C1 CAPA start" }, { "S +OK", "<1 CAPA start" },
		{ "S PIPELINING", "L1 CAPA start" }, { "S .", "E1 CAPA start" },
		{ "C USER a", "C2 USER start" },
		{ "C PASS b", "C3 PASS start*" },
		{ "S +OK", "<2 USER login" }, { "S +OK", "<3 PASS ready" },
		{ "C LIST 1", "C4 LIST ready" },
		{ "S +OK 1 9", "<4 LIST ready" },
		{ "C LIST", "C5 LIST ready" }, { "S +OK", "<5 LIST ready" },
		{ "S 1 9", "L5 LIST ready" }, { "S .", "E5 LIST ready" },
		{ "C RETR 1", "C6 RETR ready" }, { "C QUIT", "C7 QUIT ready" },
		{ "S -ERR no", "<6 RETR ready" }, { "S +OK", "<7 QUIT over" }
	};

	check(DIALOGUE_ANY, s, COUNT(s));
}

static void
test_ftp(void)
{
	static const struct said s[] = {
		{ "S 120 wait", "<0 connect" }, { "S 220 FTP", "<0 start" },
		{ "C USER a", "C1 USER start" },
		{ "S 331 go on", "<1 USER login" },
		{ "C PASS b", "C2 PASS login*" },
		{ "S 230-hello", "<2 PASS login" },
		{ "S 200 lies", "<2 PASS login" }, { "S ", "<2 PASS login" },
		{ "S 230 yes", "<2 PASS ready" },
		{ "C STOR x", "C3 STOR ready" }, { "S 150 go", "<3 STOR data" },
		{ "S 226 Ok", "<3 STOR ready" }, { "C QUIT", "C4 QUIT ready" },
		{ "C QUIT", "C5 QUIT ready!" }, { "S 221 x", "<4 QUIT over" }
	};

	check(DIALOGUE_ANY, s, COUNT(s));
}

static void
test_order(void)
{
	static const struct said s[] = {
		{ "S 220 h orderrecv 1 n", "<0 ready" },
		{ "C ORDER 6 e3 x - abc", "C1 ORDER ready*" },
		{ "C QUIT", "T1 ready" },
		{ "C ORDER 3 e3 x -", "C2 ORDER ready" },
		{ "n abc", "T2 ready" }, { "S 554 no", "<1 ORDER ready" },
		{ "S 554 no", "<2 ORDER ready" }, { "C QUIT", "C3 QUIT ready" },
		{ "S 221 bye", "<3 QUIT over" }
	};
	static const struct said raw[] = {
		{ "S 220 h orderrecv 1 n", "<0 ready" },
		{ "c [Subject:] x", "T1 ready" }, { "c QUIT", "T1 ready" },
		{ "S 250 stored", "<1 ready" }
	};

	check(DIALOGUE_ANY, s, COUNT(s));
	check(DIALOGUE_ORDER, raw, COUNT(raw));
}

/* What -v leaves out is not missed. */
static void
test_plain(void)
{
	static const struct said s[] = {
		{ "S 220 x", "<0 start" }, { "p DATA", "C1 DATA start" },
		{ "S 354 x", "<1 DATA data" }, { "S 250 queued", "<1 . ready" },
		{ "p BDAT 99 LAST", "C2 BDAT ready" },
		{ "S 250 x", "<2 BDAT ready" }, { "p QUIT", "C3 QUIT ready" }
	};

	check(DIALOGUE_ANY, s, COUNT(s));
}

int
main(void)
{
	test_smtp();
	test_hurry();
	test_chunks();
	test_auth();
	test_pop3();
	test_ftp();
	test_order();
	test_plain();
	return test_end();
}
