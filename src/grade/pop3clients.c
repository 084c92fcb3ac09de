#include "suites.h"

#include "evidence.h"
#include "format/mail/crlf.h"
#include "format/dialogue/verb.h"
#include "sample.h"

#define LOGIN "student"
#define PASSWORD "secret"

#define HOLD_ALL \
    "greeting=~&\nuser=~&\npass=~&\nstat=~&\nlist=~&\nuidl=~&\n" \
    "retr=/\ndele=~&"
#define PIECES \
    "greeting=+O~K POP3 rea~dy~\nuser=+~OK go on~\npass=+OK logg~ed in~\n" \
    "stat=/\nlist=/\nuidl=/\ndele=+O~K gone~"
#define BARE "user=+OK\npass=+OK\ndele=+OK"

#define PLAIN "", "plain"
#define HELD HOLD_ALL, "plain"

/* arg is a verb, and what must stand behind it. */
static int
judge_line(const struct attempt *a, const char *arg, struct buf *evidence)
{
	const struct scripted *s = &a->said;
	struct span rest = span_str(arg), verb = span_take_word(&rest);
	char name[8] = { 0 };
	size_t i;

	memcpy(name, verb.p, verb.n);
	i = scripted_find(s, 0, name);
	if (i == s->n) {
		buf_addf(evidence, "no %s came", name);
		if (s->n > 0)
			evidence_no(evidence, "; the last line was ",
			    scripted_line(s, s->n - 1), "");
		return 0;
	}
	return span_eq(scripted_argument(s, i), span_trim(rest)) ||
	    evidence_no(evidence, "sent ", scripted_line(s, i), "");
}

static int
judge_login(const struct attempt *a, const char *arg, struct buf *evidence)
{
	const struct scripted *s = &a->said;
	size_t user = scripted_find(s, 0, "USER");
	size_t pass = scripted_find(s, 0, "PASS");
	size_t i = scripted_find(s, 0, "STAT LIST UIDL RETR DELE");

	(void)arg;
	if (user < pass && (i == s->n || pass < i))
		return 1;
	return evidence_no(evidence, "the first line was ", s->n > 0 ?
	    scripted_line(s, 0) : span_of("", 0), "");
}

/* Both messages are asked for; with "none" no one is. */
static int
judge_asks(const struct attempt *a, const char *arg, struct buf *evidence)
{
	const struct scripted *s = &a->said;
	int asked[3] = { 0 };
	struct span n;
	size_t i;

	for (i = 0; (i = scripted_find(s, i, "RETR")) < s->n; i++) {
		n = scripted_argument(s, i);
		asked[span_is(n, "1") ? 1 : span_is(n, "2") ? 2 : 0]++;
	}
	buf_addf(evidence, "RETR 1: %d, RETR 2: %d, others: %d", asked[1],
	    asked[2], asked[0]);
	if (strcmp(arg, "none") == 0)
		return asked[0] + asked[1] + asked[2] == 0;
	return asked[1] > 0 && asked[2] > 0 && asked[0] == 0;
}

static int
judge_fetched(const struct attempt *a, const char *arg,
    struct buf *evidence)
{
	struct span want = sample_body(buf_span(&a->message));
	struct buf none = { 0 };
	int there;

	(void)arg;
	there = evidence_holds(&none, buf_span(&a->fetched), want, "", "") ||
	    evidence_holds(evidence, buf_span(&a->output), want,
	    "the message has ", "what was printed has");
	buf_free(&none);
	return there;
}

/* Waits for all replies, and comes to the second message. */
static int
judge_completes(const struct attempt *a, const char *arg,
    struct buf *evidence)
{
	return clientjudge_waits(a, "USER PASS STAT LIST UIDL RETR DELE",
	    evidence) && judge_asks(a, arg, evidence);
}

static const struct client_point points[] = {
	{ { "connect", "RFC 1939 3", "it connects to the host and port that it "
	    "was told",
	    "Which host and which port does your program dial?  Print both.",
	    NULL, 0 }, PLAIN, clientjudge_connects, "", NULL },
	{ { "wait-greeting", "RFC 1939 4",
	    "it says nothing before the server's greeting",
	    "Who speaks first on a new connection?", "connect", 0 },
	    HELD, clientjudge_waits_greeting, "", NULL },
	{ { "crlf", "RFC 1939 3", "each command ends in CRLF",
	    "Which two bytes end a line?  Look at what you send with od -c.",
	    "connect", 0 }, PLAIN, clientjudge_crlf, "", NULL },
	{ { "login", "RFC 1939 4",
	    "USER and PASS come first, in this order",
	    "In which state is a session before it knows who you are?",
	    "connect", 0 }, PLAIN, judge_login, "", NULL },
	{ { "user", "RFC 1939 7", "USER has the login that it was told",
	    "Where does your program take the login from?", "login", 0 },
	    PLAIN, judge_line, "USER " LOGIN, NULL },
	{ { "pass", "RFC 1939 7", "PASS has the password that it was told",
	    "Where does your program take the password from?", "login", 0 },
	    PLAIN, judge_line, "PASS " PASSWORD, NULL },
	{ { "retr", "RFC 1939 5", "it asks for each message that there is",
	    "How many messages are there, and how do you learn it?",
	    "login wait-greeting", 0 }, PLAIN, judge_asks, "", NULL },
	{ { "text", "RFC 1939 5", "a message is printed, or in the file, as it "
	    "was sent",
	    "Compare what comes with what you print.", "retr", 0 },
	    PLAIN, judge_fetched, "", NULL },
	{ { "quit", "RFC 1939 6", "it says QUIT at the end",
	    "When does a server delete what is to be deleted?", "retr", 0 },
	    PLAIN, clientjudge_quits, "", NULL },
	{ { "ends", "RFC 1939 6",
	    "the program ends by itself when all is said",
	    "What does your program wait for at its end?", "retr", 0 },
	    PLAIN, clientjudge_ends, "", NULL },
	{ { "exit-fetched", "exit status",
	    "its exit status is 0 when all was fetched",
	    "What does main return?", "retr ends", 0 },
	    PLAIN, clientjudge_exit, "0", NULL },
	{ { "wait-replies", "RFC 1939 3",
	    "it waits for the reply to each command",
	    "A command may be sent when the one before is answered.",
	    "retr wait-greeting", 0 }, HELD, clientjudge_waits,
	    "USER PASS STAT LIST UIDL DELE", NULL },
	{ { "wait-text", "RFC 1939 3",
	    "a message is read up to the dot before the next command",
	    "How does a client know that a message is over?",
	    "wait-replies", 0 }, HELD, clientjudge_waits, "RETR", NULL },
	{ { "split-replies", "RFC 1939 3",
	    "a reply that comes in pieces is read whole",
	    "What is the end of a reply?  Does one recv always bring it?",
	    "wait-text", 0 }, PIECES, "plain", judge_completes, "", NULL },
	{ { "dots", "RFC 1939 3",
	    "of a line that begins with a dot the first one is taken off",
	    "What has the server done to lines that begin with a dot?",
	    "text", 0 }, "", "dots", judge_fetched, "", NULL },
	{ { "blank-lines", "RFC 1939 3", "empty lines stay",
	    "Does your loop stop, or skip, where a line is empty?",
	    "text", 0 }, "", "blank-lines", judge_fetched, "", NULL },
	{ { "blanks", "RFC 1939 3",
	    "blanks at the start and at the end of a line stay",
	    "Does reading a line take anything off it?",
	    "text", 0 }, "", "blanks", judge_fetched, "", NULL },
	{ { "long-line", "RFC 1939 3",
	    "a line of 998 octets is one",
	    "How long a line does your buffer hold?",
	    "text split-replies", 0 }, "", "long", judge_fetched, "", NULL },
	{ { "large", "RFC 1939 5", "a message of 256 KiB comes whole",
	    "How much of it does one read bring?",
	    "text split-replies", 0 }, "", "large", judge_fetched, "", NULL },
	{ { "no-mail", "RFC 1939 5",
	    "where there are no messages it asks for none",
	    "What does STAT say when the mailbox is empty?",
	    "retr", 0 }, "", "none", judge_asks, "none", NULL },
	{ { "bare-ok", "RFC 1939 3",
	    "+OK without a text is one",
	    "Which part of a reply is for programs?",
	    "wait-text", 0 }, BARE, "plain", judge_completes, "", NULL },
	{ { "refused-pass", "RFC 1939 7",
	    "it asks for nothing when the password was wrong",
	    "What does -ERR say?", "wait-replies", 0 },
	    "pass=-ERR wrong password\nstat=-ERR log in\nlist=-ERR log in\n"
	    "uidl=-ERR log in\nretr=-ERR log in", "plain", clientjudge_stops,
	    "QUIT NOOP", NULL },
	{ { "exit-refused", "exit status",
	    "its exit status is not 0 when the password was wrong",
	    "How does whoever runs your program learn that nothing was "
	    "fetched?", "exit-fetched refused-pass", 0 },
	    "pass=-ERR wrong password\nstat=-ERR log in\nlist=-ERR log in\n"
	    "uidl=-ERR log in\nretr=-ERR log in", "plain", clientjudge_exit,
	    "1", NULL },
	{ { "refused-retr", "RFC 1939 5",
	    "it ends, too, when a message cannot be had",
	    "Does a text follow -ERR?", "ends refused-pass", 0 },
	    "retr=-ERR no such message", "plain", clientjudge_ends, "",
	    NULL },
	{ { "dropped", "RFC 1939 6", "it ends when the connection does",
	    "What does recv return when nobody is there any more?",
	    "ends", 0 }, "pass=!", "plain", clientjudge_ends, "", NULL }
};

static const struct suite suite = {
	"POP3 client", points, COUNT(points), sizeof *points, clientgrade_try
};

/* The second message, behind the sample. */
#define SECOND "Subject: The second\n\nIt is short.\n"

static size_t
octets(struct span text)
{
	return text.n + span_lines(text);
}

static void
add_text(struct buf *reply, struct span text, struct span arg)
{
	struct crlf crlf = { 0 };

	text = span_is(arg, "2") ? span_str(SECOND) : text;
	buf_addf(reply, "+OK %zu octets\r\n", octets(text));
	while (text.n > 0)
		crlf_line(&crlf, &text, reply);
	crlf_dot(&crlf, reply);
}

/* A number, or all of them. */
static void
add_list(struct buf *reply, struct span text, struct span arg, int ids)
{
	const size_t size[] = { octets(text), octets(span_str(SECOND)) };
	const size_t n = text.n > 0 ? 2 : 0;
	size_t i;

	buf_adds(reply, arg.n == 0 ? "+OK they follow\r\n" : "+OK ");
	for (i = 0; i < n; i++) {
		if (arg.n > 0 && !span_is(arg, i == 0 ? "1" : "2"))
			continue;
		if (ids)
			buf_addf(reply, "%zu protograde-%zu\r\n", i + 1, i + 1);
		else
			buf_addf(reply, "%zu %zu\r\n", i + 1, size[i]);
	}
	if (arg.n == 0)
		buf_adds(reply, ".\r\n");
}

static void
usual(void *arg, struct span place, struct span line, struct buf *reply)
{
	const struct span text = buf_span(arg);
	int there = line.n == 0 || (text.n > 0 &&
	    (span_is(line, "1") || span_is(line, "2")));

	if (span_case_is(place, "stat"))
		buf_addf(reply, "+OK %d %zu\r\n", text.n > 0 ? 2 : 0,
		    text.n > 0 ? octets(text) + octets(span_str(SECOND)) : 0);
	else if (span_case_is(place, "list") && there)
		add_list(reply, text, line, 0);
	else if (span_case_is(place, "uidl") && there)
		add_list(reply, text, line, 1);
	else if (span_case_is(place, "retr") && there && line.n > 0)
		add_text(reply, text, line);
	else if (span_case_is(place, "greeting"))
		buf_adds(reply, "+OK POP3 ready\r\n");
	else if (span_case_is(place, "user") || span_case_is(place, "pass") ||
	    span_case_is(place, "noop") || span_case_is(place, "rset") ||
	    span_case_is(place, "quit") ||
	    (span_case_is(place, "dele") && there))
		buf_adds(reply, "+OK done\r\n");
	else
		buf_adds(reply, "-ERR no\r\n");
}

/* "none" is an empty maildrop. */
static void
sample(struct buf *b, const char *name, const char *from, const char *to)
{
	(void)from;
	(void)to;
	if (strcmp(name, "none") != 0)
		sample_add(b, name, "sender@example.org",
		    "student@example.org");
}

const struct client_kind suites_pop3_client = {
	&suite, 0, LOGIN, PASSWORD, sample, usual
};
