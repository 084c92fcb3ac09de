/*
 * grade: what is read of points files, of lists of a class, and of programs
 * that are judged.
 */
#include <sys/socket.h>
#include <stdlib.h>
#include <unistd.h>

#include "grade/class.h"
#include "grade/evidence.h"
#include "grade/grade.h"
#include "grade/marks.h"
#include "grade/probe.h"
#include "grade/scripted.h"

#include "test.h"

/* --- Points ----------------------------------------------------------- */

static const struct point points[] = {
	{ "one", "1", "is one", "Count.", NULL, 0 },
	{ "two", "2", "is <two>", "Count & look.", "one", 0 },
	{ "three", "3", "is three", "Count on.", "two", 0 },
	{ "more", "4", "is more", "Ask for it.", "one", 1 }
};

/* What the letters of subject say comes of each point: ok, failed, excused. */
static enum verdict
try(void *subject, const struct point *p, struct buf *evidence)
{
	const char *letters = subject;
	int c = letters[p - points];

	buf_addf(evidence, "saw\t<%s>", p->name);
	return c == 'o' ? POINT_OK : c == 'f' ? POINT_FAILED : POINT_EXCUSED;
}

static const struct suite suite = {
	"Numbers", points, COUNT(points), sizeof *points, try
};

static void
check_run(const char *text, const char *letters, const char *verdicts,
    unsigned long got, unsigned long most)
{
	static const char names[] = "ofue";	/* in the order of the enum */
	struct buf faults = { 0 };
	char subject[COUNT(points) + 1];
	struct grade g;
	size_t i;

	grade_init(&g, &suite);
	CHECK_INT(grade_choose(&g, span_str(text), "p", &faults), 0);
	memcpy(subject, letters, sizeof subject);
	grade_run(&g, subject);
	for (i = 0; i < COUNT(points); i++)
		CHECK_INT(names[g.marks[i].verdict], verdicts[i]);
	CHECK_INT(grade_got(&g), got);
	CHECK_INT(grade_most(&g), most);
	CHECK_INT(grade_is_whole(&g), got == most);
	grade_again(&g);
	CHECK_INT(grade_got(&g), 0);
	CHECK_INT(g.marks[0].evidence.n, 0);
	grade_free(&g);
}

static void
runs(void)
{
	check_run("*\n", "oooo", "ooou", 3, 3);
	check_run("* 5\ntwo 2\n", "ofoo", "ofuu", 5, 12);
	check_run("three\n", "ofoo", "ofuu", 0, 1);
	check_run("# c\n\n  more  7 \n", "oooo", "ouuo", 7, 7);
	check_run("*\nmore\n", "eooo", "eeee", 0, 0);
	check_run("two 0\r\none", "ofoo", "ouuu", 1, 1);
}

static void
check_faults(const char *text, const char *want)
{
	struct buf faults = { 0 };
	struct grade g;

	grade_init(&g, &suite);
	CHECK_INT(grade_choose(&g, span_str(text), "p", &faults), -1);
	CHECK_BUF(&faults, want);
	buf_free(&faults);
	grade_free(&g);
}

static void
choices(void)
{
	check_faults("", "p: no point is chosen\n");
	check_faults("one 0\n", "p: no point is chosen\n");
	check_faults("one\nnone\none 2\ntwo x\nthree 1001\ntwo 1 2\ntwo -1\n",
	    "p:2: no such point\np:3: named already\np:4: not a weight\n"
	    "p:5: not a weight\np:6: more than a name and a weight\n"
	    "p:7: not a weight\n");
}

static void
check_class(const char *text, const char *want)
{
	struct buf got = { 0 };
	struct span rest = span_str(text), name, command;

	if (class_check(rest, "c", &got) == 0)
		while (class_next(&rest, &name, &command)) {
			buf_addspan(&got, name);
			buf_addc(&got, '=');
			buf_addspan(&got, command);
			buf_addc(&got, '\n');
		}
	CHECK_BUF(&got, want);
	buf_free(&got);
}

static void
classes(void)
{
	check_class("# all\n anna ./a  b \r\n\nboris\t./b", "anna=./a  b\n"
	    "boris=./b\n");
	check_class("", "c: nobody is in it\n");
	check_class("anna\n#\n./b \n", "c:1: no command\nc:3: no command\n");
}

static void
forms(void)
{
	static const enum marks_form all[] = {
		MARKS_TAP, MARKS_TEXT, MARKS_HTML, MARKS_TSV
	};
	char letters[] = "offo";
	struct buf b = { 0 };
	struct grade g;
	size_t i;

	grade_init(&g, &suite);
	grade_run(&g, letters);
	for (i = 0; i < COUNT(all); i++) {
		buf_clear(&b);
		marks_add(&b, all[i], &g, "<x>");
		CHECK(strstr(buf_str(&b), "two") != NULL);
		CHECK(strstr(buf_str(&b), "more") == NULL);
	}
	buf_clear(&b);
	marks_head(&b, MARKS_TSV, &g);
	marks_row(&b, MARKS_TSV, &g, span_str("a\033b"));
	CHECK_BUF(&b, "name\tgot\tof\tone\ttwo\tthree\na?b\t1\t3\t1\t0\t-\n");
	buf_clear(&b);
	marks_add(&b, MARKS_HTML, &g, "<x>");
	CHECK(strstr(buf_str(&b), "Numbers: &lt;x&gt;") != NULL);
	CHECK(strstr(buf_str(&b), "is &lt;two&gt;") != NULL);
	buf_free(&b);
	grade_free(&g);
}

/* --- Evidence and words ----------------------------------------------- */

static void
evidence(void)
{
	struct buf b = { 0 };

	evidence_quote(&b, span_str("a\tb\033"));
	CHECK_BUF(&b, "`a\\tb\\x1B`");
	buf_clear(&b);
	evidence_quote(&b, span_str("123456789012345678901234567890123456789012"
	    "34567890123456789\xd1\x97x"));
	CHECK_BUF(&b, "`1234567890123456789012345678901234567890123456789012"
	    "3456789... (62 octets)`");
	buf_clear(&b);
	CHECK(evidence_same(&b, span_str("x\r\na\r\nb\r\n\r\n"),
	    span_str("a\nb\n"), "", ""));
	CHECK(!evidence_same(&b, span_str("a\nc\n"), span_str("a\nb\n"),
	    "has ", "got"));
	CHECK_BUF(&b, "has `b`, got `c`");
	buf_clear(&b);
	CHECK(!evidence_same(&b, span_str(""), span_str("a\n"), "has ",
	    "got"));
	CHECK_BUF(&b, "has `a`, got nothing");
	buf_clear(&b);
	CHECK(evidence_holds(&b, span_str("x\na\nb\ny"), span_str("a\nb"), "",
	    ""));
	buf_free(&b);
}

/* --- Sessions --------------------------------------------------------- */

/*
 * A socket whose other end has said all this, and says nothing more, nor reads
 * what it is told.
 */
static int
peer_says(struct span text)
{
	static int other = -1;
	int pair[2], room = 1 << 20;

	if (other >= 0)
		close(other);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 ||
	    setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &room,
	    sizeof room) < 0 ||
	    send(pair[1], text.p, text.n, 0) != (ssize_t)text.n ||
	    shutdown(pair[1], SHUT_WR) < 0)
		die_sys(EX_TEMPFAIL, "socketpair");
	other = pair[1];
	return pair[0];
}

static void
usual(void *arg, struct span place, struct span line, struct buf *reply)
{
	(void)arg;
	(void)line;
	buf_adds(reply, span_case_is(place, "data") ? "354 go on\r\n" :
	    span_case_is(place, "quit") ? "221 bye\r\n" : "250 Ok\r\n");
}

static void
play(struct scripted *s, const char *script, struct span said)
{
	const struct scripted_conf conf = { script, 1, 10, usual, NULL, NULL };
	int fd = peer_says(said);

	scripted_play(s, &conf, fd, 5000);
	close(fd);
}

/* Its lines: the ending's first letter, ! if early, the code, and the line. */
static void
check_client(const char *script, const char *said, const char *want)
{
	static const char ends[] = { 'c', 'l', 'r', 'n', '-' };
	struct buf got = { 0 };
	struct scripted s;
	size_t i;

	play(&s, script, span_str(said));
	for (i = 0; i < s.n; i++) {
		buf_addf(&got, "%c%s%d ", ends[s.lines[i].end],
		    s.lines[i].early == SCRIPTED_LEFT ? "." :
		    s.lines[i].early ? "!" : "", s.lines[i].code);
		buf_addspan(&got, scripted_line(&s, i));
		buf_addc(&got, '\n');
	}
	CHECK_BUF(&got, want);
	buf_free(&got);
	scripted_free(&s);
}

static void
clients(void)
{
	struct buf much = { 0 };
	struct scripted s;
	size_t i;

	check_client("", "EHLO x\r\nNOOP\nQUIT\r\n",
	    "c250 EHLO x\nl250 NOOP\nc221 QUIT\n");
	check_client("", "EHLO x\r\nMAI", "c250 EHLO x\nn250 MAI\n");
	check_client("hello=~&", "HELO x\r\nQUIT\r\nmore",
	    "c!250 HELO x\nc221 QUIT\nn0 more\n");
	check_client("hello=250-a|5~50 no\nquit=~&", "helo\r\nQUIT\r\n",
	    "c!250 helo\nc.221 QUIT\n");
	check_client("", "\n", "l250 \n");
	check_client("noop=!", "NOOP\r\nNOOP\r\n", "c0 NOOP\nc0 NOOP\n");
	play(&s, "", span_str("DATA\r\nx: y\r\n\r\n..z\n.\r\nDATA\r\nb\r\n"));
	CHECK_BUF(&s.text, "x: y\r\n\r\n..z\n");
	CHECK_INT(s.texts, 1);
	CHECK_INT(s.begun, 2);
	CHECK_INT(s.dot, DIALOGUE_CRLF);
	CHECK(s.dotted && !s.flood && !s.late);
	CHECK_INT(scripted_find(&s, 0, "QUIT DATA"), 0);
	CHECK_INT(scripted_find(&s, 1, "DATA"), 2);
	CHECK_INT(scripted_find(&s, 0, "RSET"), s.n);
	scripted_free(&s);
	for (i = 0; i < 3000; i++)
		buf_adds(&much, "NOOP\r\n");
	play(&s, "", buf_span(&much));
	CHECK(s.flood);
	CHECK_INT(s.n, 2001);
	scripted_free(&s);
	buf_free(&much);
}

static int
dial(void *arg, const char **why)
{
	const struct span *says = arg;

	*why = "";
	return peer_says(*says);
}

static void
check_server(int pop3, const char *script, const char *says,
    enum verdict want, const char *seen)
{
	struct span text = span_str(says);
	const struct probe_conf conf = {
		dial, &text, pop3, "from@x", "to@x", { NULL, 0 }, { NULL, 0 },
		2000, NULL
	};
	struct buf b = { 0 };
	struct probe v;

	CHECK_INT(probe_play(&v, &conf, script, &b), want);
	CHECK_BUF(&b, seen);
	probe_free(&v);
	buf_free(&b);
}

static void
servers(void)
{
	const char *hello = "220\n250 EHLO x\n?250 NOOP\n";

	check_server(0, hello, "220 x\r\n250-x\r\n250 y\r\n250 z\r\n221 b\r\n",
	    POINT_OK, "");
	check_server(0, hello, "220 x\r\n250-x\r\n250 y\r\n502 z\r\n",
	    POINT_FAILED, "sent `NOOP`, got `502 z`");
	check_server(0, hello, "554 x\r\n", POINT_UNTRIED, "got `554 x`");
	check_server(0, hello, "220 x\r\n250-x\r\n", POINT_UNTRIED,
	    "sent `EHLO x`, got `250-x`");
	check_server(0, "?220\n", "", POINT_FAILED,
	    "the server closed the connection");
	check_server(0, "?220\n", "22x\r\n", POINT_FAILED, "got `22x`");
	/* What stands behind the code is looked at apart. */
	check_server(0, "?220\n", "220x\r\n", POINT_OK, "");
	check_server(0, "?250-\n", "250-x\r\n250-y\r\n", POINT_OK, "");
	check_server(0, "?2|5\n?.\n", "500\r\n", POINT_OK, "");
	check_server(0, "220\n250 EHLO x\nif SIZE\n?5 NOOP\n",
	    "220 x\r\n250-x\r\n250 SIZE 9\r\n500 x\r\n", POINT_OK, "");
	check_server(0, "220\n250 EHLO x\nif SIZE\n?5 NOOP\n",
	    "220 x\r\n250 x\r\n", POINT_EXCUSED, "`SIZE` is not offered");
	check_server(1, "+\n+. LIST\n?-ERR DELE 9\n",
	    "+OK\r\n+OK\r\n1 2\r\n.\r\n-ERR\r\n", POINT_OK, "");
	check_server(1, "+\n?+. LIST\n", "+OK\r\n+OK\r\n1 2\r\n",
	    POINT_FAILED, "sent `LIST`, got `+OK`");
}

/* How replies are made is looked at, too. */
static void
replies(void)
{
	struct span text = span_str("220 x\n250-x\r\n550 y");
	const struct probe_conf conf = {
		dial, &text, 0, "from@x", "to@x", { NULL, 0 }, { NULL, 0 },
		2000, NULL
	};
	struct buf b = { 0 };
	struct probe v;

	probe_play(&v, &conf, "*\n* EHLO x\n", &b);
	CHECK(v.bare && v.odd && v.unended);
	CHECK_BUF(&v.fault, "220 x\n");
	CHECK_INT(v.heard, 2);
	probe_free(&v);
	buf_free(&b);
}

int
main(void)
{
	runs();
	choices();
	classes();
	forms();
	evidence();
	clients();
	servers();
	replies();
	return test_end();
}
