/* format/dialogue/rules: what rules say, and when they act. */
#include "test.h"

#include <stdlib.h>

#include "format/dialogue/rules.h"

static const struct rules_for who = { DIALOGUE_SMTP, 0 };

static struct rules *
parse(const char *text)
{
	struct buf faults = { 0 };
	struct rules *r;

	r = rules_parse(span_str(text), &who, &faults);
	CHECK_BUF(&faults, "");
	buf_free(&faults);
	if (r == NULL)
		exit(1);
	return r;
}

/* The faults of a text that has some. */
static void
check_faults(const char *text, const char *want)
{
	struct buf faults = { 0 };

	CHECK(rules_parse(span_str(text), &who, &faults) == NULL);
	CHECK_BUF(&faults, want);
	buf_free(&faults);
}

static const struct rules_facts nothing;

/* One letter for each of n events: what is done, '.' for nothing. */
static void
check_run(const char *text, enum rules_place place, const char *want)
{
	static const char letters[] = ".RdXwht-";
	struct rules *r = parse(text);
	struct buf got = { 0 };
	size_t i;

	for (i = 0; i < strlen(want); i++)
		buf_addc(&got, letters[rules_event(r, place, &nothing,
		    (long long)i * 1000).what]);
	CHECK_BUF(&got, want);
	buf_free(&got);
	rules_free(r);
}

static void
test_actions(void)
{
	struct rules_action a;
	struct rules *r;

	r = parse("# a comment\r\n\r\n"
	    "  AT rcpt Reply 451 4.2.0  try  later # now \r\n"
	    "at data drop\nat dot reset\nat mail delay 1500ms\n"
	    "at ehlo hide PIPELINING  size\nat quit truncate\n"
	    "at vrfy silence");
	a = rules_event(r, RULES_RCPT, &nothing, 0);
	CHECK_INT(a.what, RULES_REPLY);
	CHECK_INT(a.line, 3);
	CHECK_SPAN(a.text, "451 4.2.0  try  later # now");
	CHECK_INT(rules_event(r, RULES_DATA, &nothing, 0).what, RULES_DROP);
	CHECK_INT(rules_event(r, RULES_DOT, &nothing, 0).what, RULES_RESET);
	a = rules_event(r, RULES_MAIL, &nothing, 0);
	CHECK_INT(a.what, RULES_DELAY);
	CHECK_INT(a.ms, 1500);
	CHECK(!rules_hides(&a, span_str("SIZE")));
	a = rules_event(r, RULES_EHLO, &nothing, 0);
	CHECK_INT(a.what, RULES_HIDE);
	CHECK(rules_hides(&a, span_str("Pipelining")));
	CHECK(rules_hides(&a, span_str("SIZE")));
	CHECK(!rules_hides(&a, span_str("PIPE")));
	CHECK(!rules_hides(&a, span_str("")));
	CHECK_INT(rules_event(r, RULES_QUIT, &nothing, 0).what,
	    RULES_TRUNCATE);
	CHECK_INT(rules_event(r, RULES_VRFY, &nothing, 0).what,
	    RULES_SILENCE);
	a = rules_event(r, RULES_RSET, &nothing, 0);
	CHECK_INT(a.what, RULES_PASS);
	CHECK_INT(a.line, 0);
	rules_free(r);
}

/* Each place by its name, and any for all of them. */
static void
test_places(void)
{
	static const char *const names[RULES_PLACES] = { "connect", "helo",
	    "ehlo", "auth", "mail", "rcpt", "data", "dot", "quit", "rset",
	    "vrfy", "noop", "unknown" };
	struct rules_facts f = { .verb = "NOOP" };
	struct buf text = { 0 };
	struct rules *r, *any;
	int i, j;

	any = parse("at any drop");
	for (i = 0; i < RULES_PLACES; i++) {
		buf_clear(&text);
		buf_addf(&text, "at %s drop", names[i]);
		r = parse(buf_str(&text));
		for (j = 0; j < RULES_PLACES; j++) {
			CHECK_INT(rules_event(r, (enum rules_place)j, &f,
			    0).what, i == j ? RULES_DROP : RULES_PASS);
			CHECK_INT(rules_event(any, (enum rules_place)j,
			    &nothing, 0).what, RULES_DROP);
		}
		rules_free(r);
	}
	rules_free(any);
	buf_free(&text);
}

static int
hit(const char *condition, const struct rules_facts *f)
{
	struct buf text = { 0 };
	struct rules *r;
	int what;

	buf_addf(&text, "at rset when %s drop", condition);
	r = parse(buf_str(&text));
	what = rules_event(r, RULES_RSET, f, 0).what == RULES_DROP;
	rules_free(r);
	buf_free(&text);
	return what;
}

static void
test_conditions(void)
{
	static const char two[] = "a@one.test\0b@Slow.Test";
	struct rules_facts f = { 0 };

	CHECK(!hit("rcpt=*", &f));
	f.rcpt = span_str("John@SLOW.test");
	CHECK(hit("rcpt=*@slow.test", &f));
	CHECK(hit("RCPT=john@s[k-m]ow.?est", &f));
	CHECK(!hit("rcpt=*@low.test", &f));
	CHECK(!hit("rcpt=slow", &f));
	f.rcpt = span_of(two, sizeof two - 1);
	CHECK(hit("rcpt=B@slow.test", &f));
	CHECK(hit("rcpt=a@one.test", &f));
	CHECK(!hit("rcpt=", &f));
	f.rcpt.n++;
	CHECK(hit("rcpt=B@slow.test", &f));
	CHECK(!hit("rcpt=", &f));

	CHECK(!hit("from=<>", &f));
	f.from = span_str("");
	CHECK(hit("from=<>", &f));
	CHECK(hit("from=", &f));
	CHECK(hit("from=*", &f));
	f.from = span_str("news@pth.ua");
	CHECK(!hit("from=<>", &f));
	CHECK(hit("from=news@* rcpt=*slow.test", &f));
	CHECK(!hit("from=news@* rcpt=*fast.test", &f));

	f.helo = span_str("client.example");
	f.peer = span_str("::1");
	CHECK(hit("helo=*.example", &f));
	CHECK(hit("peer=::1", &f));
	CHECK(!hit("peer=127.*", &f));

	CHECK(!hit("size>0", &f));
	f.size = 10240;
	CHECK(!hit("size>10k", &f));
	CHECK(hit("size>10239", &f));
	CHECK(!hit("size>1M", &f));
	f.size = UINT64_MAX;
	CHECK(hit("size>17179869183G", &f));
}

static void
test_counts(void)
{
	check_run("at dot nth 3 drop", RULES_DOT, "..d...");
	check_run("at dot every 3 drop", RULES_DOT, "..d..d..d");
	check_run("at dot first drop", RULES_DOT, "d....");
	check_run("at dot first 2 drop", RULES_DOT, "dd...");
	check_run("at dot odds 100% drop", RULES_DOT, "dddd");
	check_run("at dot odds 0% drop", RULES_DOT, "....");
	/* In order; what the first takes the second never sees. */
	check_run("at dot every 2 drop\nat dot every 2 reset", RULES_DOT,
	    ".d" "Xd" ".d" "Xd");
	check_run("at rcpt first 9 drop\nat dot nth 2 reset\n"
	    "at any nth 2 silence\nat any truncate", RULES_DOT, "tX-ttt");
	/* Either order of the clauses. */
	check_run("at dot nth 2 when size>0 drop\nat dot when peer=* nth 1 "
	    "drop\nat dot delay 1s", RULES_DOT, "www");
}

/* Only those that match count. */
static void
test_count_matches(void)
{
	struct rules *r = parse("at rcpt when rcpt=*@slow.test nth 3 reply "
	    "451 4.2.0 try later");
	struct rules_facts slow = { 0 }, fast = { 0 };
	int i;

	slow.rcpt = span_str("a@slow.test");
	fast.rcpt = span_str("a@fast.test");
	for (i = 1; i <= 5; i++) {
		CHECK_INT(rules_event(r, RULES_RCPT, &fast, 0).what,
		    RULES_PASS);
		CHECK_INT(rules_event(r, RULES_MAIL, &slow, 0).what,
		    RULES_PASS);
		CHECK_INT(rules_event(r, RULES_RCPT, &slow, 0).what,
		    i == 3 ? RULES_REPLY : RULES_PASS);
	}
	rules_free(r);
}

/* More than n within the time; those refused count too. */
static void
test_after(void)
{
	struct rules *r = parse("at mail after 3 per 10s drop");
	static const struct {
		long long now;
		int drop;
	} event[] = { { 5000, 0 }, { 5000, 0 }, { 14999, 0 }, { 14999, 1 },
	    { 15000, 0 }, { 24998, 1 }, { 25000, 0 }, { 25001, 0 },
	    { 25002, 1 }, { 90000, 0 }, { 90000, 0 }, { 90000, 0 },
	    { 90000, 1 } };
	size_t i;

	for (i = 0; i < COUNT(event); i++)
		CHECK_INT(rules_event(r, RULES_MAIL, &nothing,
		    event[i].now).what, event[i].drop ? RULES_DROP : 0);
	rules_free(r);
	check_run("at mail after 1 per 2m drop", RULES_MAIL, ".ddd");
	check_run("at mail after 1 per 500ms drop", RULES_MAIL, "....");
}

static unsigned
count_drops(const char *text, unsigned n, uint64_t *pattern)
{
	struct rules *r = parse(text);
	unsigned i, drops = 0;
	int drop;

	*pattern = 0;
	for (i = 0; i < n; i++) {
		drop = rules_event(r, RULES_DATA, &nothing, 0).what != 0;
		drops += (unsigned)drop;
		if (i < 64)
			*pattern = *pattern << 1 | (unsigned)drop;
	}
	rules_free(r);
	return drops;
}

static void
test_odds(void)
{
	uint64_t a, b, c, d;
	unsigned n;

	n = count_drops("seed 42\nat any odds 50% drop", 10000, &a);
	CHECK(n > 4800 && n < 5200);
	CHECK_INT(count_drops("at any odds 50% drop\nseed 42", 10000, &b), n);
	CHECK(a == b);
	count_drops("seed 43\nat any odds 50% drop", 10000, &c);
	CHECK(a != c);
	n = count_drops("at any odds 0.5% drop", 100000, &d);
	CHECK(n > 400 && n < 600);
	n = count_drops("at any odds 10.25% drop", 100000, &d);
	CHECK(n > 9900 && n < 10600);
	/* What a seed gives today it gives for ever. */
	count_drops("seed 42\nat any odds 10% drop", 64, &d);
	CHECK(d == 0x4000a0c0);
}

/* Several of them are one. */
static void
test_hide(void)
{
	struct rules *r = parse("at ehlo hide SIZE\nat any nth 1 drop\n"
	    "at ehlo nth 2 hide CHUNKING\nat ehlo nth 2 offer X 1\n"
	    "at ehlo nth 2 hide DSN");
	struct rules_action a;
	struct span line;
	size_t at = 0;

	a = rules_event(r, RULES_EHLO, &nothing, 0);
	CHECK_SPAN(a.text, "-SIZE");
	a = rules_event(r, RULES_EHLO, &nothing, 0);
	CHECK_SPAN(a.text, "-SIZE\n-CHUNKING\n+X 1\n-DSN");
	CHECK_INT(a.line, 1);
	CHECK(rules_hides(&a, span_str("chunking")));
	CHECK(!rules_hides(&a, span_str("X")));
	CHECK_INT(rules_offer(&a, &at, &line), 1);
	CHECK_SPAN(line, "X 1");
	CHECK_INT(rules_offer(&a, &at, &line), 0);
	CHECK_INT(rules_event(r, RULES_QUIT, &nothing, 0).what, RULES_DROP);
	rules_free(r);
}

#define ACTIONS "there are reply drop reset delay hide offer truncate " \
	"silence twice also unended bytewise inject certificate\n"
#define CODES "2yz, 3yz, 4yz or 5yz"

static void
test_line_faults(void)
{
	check_faults("at nowhere drop", "1:4: no such place; there are connect "
	    "helo ehlo auth mail rcpt data dot quit rset vrfy unknown any, "
	    "and other verbs\n");
	check_faults("drop\n", "1:1: a line begins with at, seed or #\n");
	check_faults("\n at dot\n", "2:8: missing action; " ACTIONS);
	check_faults("at dot drop now", "1:13: nothing more is expected\n");
	check_faults("seed\nseed 1 2\nseed x",
	    "1:5: a number is expected\n2:1: seed is repeated\n"
	    "2:8: nothing more is expected\n3:1: seed is repeated\n"
	    "3:6: a number is expected\n");
	/* Characters, not bytes; all the faults of a line. */
	check_faults("at dot when helo=\xd1\x8f\xd1\x8f foo=1 nth x fall",
	    "1:21: no such condition; there are rcpt= from= size> helo= "
	    "peer= arg=\n1:31: a number from 1 to 4294967295 is expected\n"
	    "1:33: no such action; " ACTIONS);
}

static void
test_count_faults(void)
{
	check_faults("at dot nth 0 drop", "1:12: a number from 1 to 4294967295 "
	    "is expected\n");
	check_faults("at dot after 3 drop", "1:16: per is expected, as in "
	    "after 30 per 60s\n1:20: missing action; " ACTIONS);
	check_faults("at dot after 3 per 60 drop", "1:20: a time is expected, "
	    "such as 200ms, 60s, 5m, 1h\n");
	check_faults("at dot delay 25h\nat dot delay 0s",
	    "1:14: a time from 1ms to 24h is expected\n"
	    "2:14: a time from 1ms to 24h is expected\n");
	check_faults("at dot odds 101% drop\nat dot odds 10 drop\n"
	    "at dot odds 100.1% drop\nat dot odds % drop",
	    "1:13: a percentage is expected, such as 10% or 0.5%\n"
	    "2:13: a percentage is expected, such as 10% or 0.5%\n"
	    "3:13: a percentage is expected, such as 10% or 0.5%\n"
	    "4:13: a percentage is expected, such as 10% or 0.5%\n");
	check_faults("at dot nth 3 every 2 drop", "1:14: only one of nth, "
	    "every, first, after, odds is allowed here\n");
}

static void
test_condition_faults(void)
{
	check_faults("at dot when rcpt=a rcpt=b drop",
	    "1:20: rcpt= is repeated\n");
	check_faults("at dot when size>1 size>2 drop",
	    "1:20: size> is repeated\n");
	check_faults("at dot when size>2x drop", "1:18: a size is expected, "
	    "such as 5000, 10k, 1M\n");
	check_faults("at dot when size>17179869184G drop", "1:18: a size is "
	    "expected, such as 5000, 10k, 1M\n");
	check_faults("at dot when nth 2 drop", "1:13: no such condition; there "
	    "are rcpt= from= size> helo= peer= arg=\n");
	check_faults("at connect when rcpt=a drop",
	    "1:17: rcpt= is not known at this place\n");
}

static void
test_action_faults(void)
{
	check_faults("at rcpt hide SIZE\nat ehlo hide",
	    "1:9: hide is for ehlo only\n"
	    "2:13: a keyword of EHLO is expected\n");
	check_faults("at rcpt reply 154 go on\nat rcpt reply\n"
	    "at rcpt reply 45 x\nat rcpt reply 4511 x",
	    "1:15: a reply code is expected: " CODES "\n"
	    "2:14: a reply code is expected: " CODES "\n"
	    "3:15: a reply code is expected: " CODES "\n"
	    "4:15: a reply code is expected: " CODES "\n");
	check_faults("at rcpt reply 451 a\rb", "1:20: control character\n");
	check_faults("at starttls inject NOOP\nat ehlo offer\nat noop also x",
	    "1:13: inject is for prototap only\n"
	    "2:14: a keyword of EHLO is expected\n"
	    "3:14: a reply code is expected: " CODES "\n");
#define ELSEWHERE "certificate is for smtpd-lite at starttls only\n"
	check_faults("at mail certificate x\nat any certificate x\n"
	    "at starttls certificate\nat starttls certificate a,b c",
	    "1:9: " ELSEWHERE "2:8: " ELSEWHERE
	    "3:24: a file is expected\n4:29: nothing more is expected\n");
}

/* Who stands between others, in other protocols. */
static void
test_protocols(void)
{
	static const struct rules_for pop3 = { DIALOGUE_POP3, 1 };
	static const struct rules_for ftp = { DIALOGUE_FTP, 1 };
	struct rules_facts f = { .verb = "RETR", .arg = { "2", 1 } };
	struct buf faults = { 0 };
	struct rules_action a;
	struct rules *r;

	r = rules_parse(span_str("at retr when arg=1 drop\n"
	    "at retr when arg=2 reply -ERR no\\nsuch\\x41\n"
	    "at capa hide UIDL\nat quit twice\nat stls inject USER x\\y"),
	    &pop3, &faults);
	CHECK_BUF(&faults, "");
	a = rules_event(r, RULES_VERB, &f, 0);
	CHECK_INT(a.what, RULES_REPLY);
	CHECK_SPAN(a.text, "-ERR no\nsuchA");
	f.verb = "STLS";
	a = rules_event(r, RULES_VERB, &f, 0);
	CHECK_INT(a.what, RULES_INJECT);
	CHECK_SPAN(a.text, "USER x\\y");
	CHECK_INT(rules_event(r, RULES_QUIT, &f, 0).what, RULES_TWICE);
	rules_free(r);
	CHECK(rules_parse(span_str("at mail drop\nat dot drop\n"
	    "at list hide X\nat retr reply 250 x"), &pop3, &faults) == NULL);
	CHECK(strstr(buf_str(&faults), "1:4: no such place") != NULL);
	CHECK(strstr(buf_str(&faults), "2:4: no such place") != NULL);
	CHECK(strstr(buf_str(&faults), "3:9: hide is for capa only\n"
	    "4:15: +OK, -ERR or + is expected\n") != NULL);
	buf_clear(&faults);
	r = rules_parse(span_str("at stor reply 150 x\nat unknown drop"), &ftp,
	    &faults);
	CHECK_BUF(&faults, "");
	rules_free(r);
	buf_free(&faults);
}

static void
test_hostile(void)
{
	struct buf text = { 0 }, faults = { 0 };
	struct rules_facts f = { 0 };
	struct rules *r;
	size_t i;

	CHECK(rules_parse(span_of("at dot when helo=a\0b drop", 25), &who,
	    &faults) == NULL);
	CHECK_BUF(&faults, "1:19: control character\n");
	buf_adds(&text, "at dot reply 451 ");
	for (i = text.n; i < 13 + 511; i++)
		buf_addc(&text, 'x');
	buf_clear(&faults);
	CHECK(rules_parse(buf_span(&text), &who, &faults) == NULL);
	CHECK_BUF(&faults, "1:14: the reply is longer than 510 octets\n");
	text.n--;
	buf_clear(&faults);
	r = rules_parse(buf_span(&text), &who, &faults);
	CHECK(r != NULL);
	rules_free(r);
	rules_free(NULL);
	r = rules_parse(span_of(NULL, 0), &who, &faults);
	CHECK_INT(rules_event(r, RULES_DOT, &f, 0).what, RULES_PASS);
	rules_free(r);

	/* Many stars against a long word end soon. */
	buf_clear(&text);
	for (i = 0; i < 2000; i++)
		buf_addc(&text, 'a');
	f.helo = buf_span(&text);
	CHECK(!hit("helo=*a*a*a*a*a*a*a*a*a*b", &f));
	buf_free(&text);
	buf_free(&faults);
}

int
main(void)
{
	test_actions();
	test_places();
	test_conditions();
	test_counts();
	test_count_matches();
	test_after();
	test_odds();
	test_hide();
	test_line_faults();
	test_count_faults();
	test_condition_faults();
	test_action_faults();
	test_protocols();
	test_hostile();
	return test_end();
}
