/*
 * server/sasld and client/smtp/saslc: against each other, and what is
 * malformed.
 */
#include "test.h"

#include "client/smtp/saslc.h"
#include "format/crypt/md5.h"
#include "format/mail/mime.h"
#include "server/sasld.h"

#define ALL (SASLD_SCRAM_SHA_256 | SASLD_CRAM_MD5 | SASLD_PLAIN | SASLD_LOGIN)
#define NOTHING span_of(NULL, 0)

/* It must not open a door itself. */
#define KEY { 'k', 'e', 'y', 'k', 'e', 'y', 'k', 'e', 'y', 'k', 'e', 'y', \
	'k', 'e', 'y', 'k', 'e', 'y', 'k', 'e', 'y', 'k', 'e', 'y', 'k', 'e', \
	'y', 'k', 'e', 'y', 'k', 'e' }
#define KEY_TEXT "keykeykeykeykeykeykeykeykeykeyke"

/* "pencil" */
#define VERIFIER "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==" \
	"$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:" \
	"wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="

/* The same with more iterations; its keys are another password's. */
#define SLOW "SCRAM-SHA-256$9000:W22ZaJ0SNY7soEsUEjb6gQ==" \
	"$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:" \
	"wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="

static int
find(void *app, struct span login, struct span *secret)
{
	(void)app;
	if (span_is(login, "john"))
		*secret = span_str("tanstaaf");
	else if (span_is(login, "vera"))
		*secret = span_str(VERIFIER);
	else if (span_is(login, "slow"))
		*secret = span_str(SLOW);
	else
		return -1;
	return 0;
}

static struct sasld_conf conf = {
	.mechanisms = ALL, .host = "mx.example", .key = KEY,
	.find = find
};

/* A client that speaks to the server; first: with an initial response. */
static enum sasld_next
talk(const char *mechanism, int first, const char *user, const char *secret)
{
	struct buf c = { 0 }, s = { 0 };
	struct sasld *d = sasld_open(&conf);
	enum sasld_next next;
	struct saslc *l;
	const char *why;

	l = saslc_open(mechanism, span_str(user), span_str(secret),
	    span_str("client-nonce"), &why);
	CHECK(l != NULL);
	CHECK(saslc_done(l) != NULL);
	first = first && saslc_first(l, SASLC_LINE_MAX, &c);
	next = sasld_start(d, span_str(mechanism), first ? buf_span(&c) :
	    NOTHING, span_str("1.2"), &s);
	while (next == SASLD_CHALLENGE) {
		buf_clear(&c);
		why = saslc_answer(l, buf_span(&s), &c);
		if (why != NULL)
			buf_adds(&c, "*");
		buf_clear(&s);
		next = sasld_step(d, buf_span(&c), &s);
	}
	CHECK_BUF(&s, "");
	if (next == SASLD_DONE) {
		CHECK(saslc_done(l) == NULL);
		CHECK(span_case_is(sasld_login(d), user));
	}
	/* What is over is over. */
	CHECK_INT(sasld_step(d, span_str(""), &s), SASLD_MALFORMED);
	saslc_close(l);
	sasld_close(d);
	buf_free(&c);
	buf_free(&s);
	return next;
}

static void
test_talk(void)
{
	static const char *const names[] = { "SCRAM-SHA-256", "PLAIN",
	    "LOGIN", "CRAM-MD5" };
	const char *long_name = "jjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjj"
	    "jjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjj";
	int i, first;

	for (i = 0; i < 4; i++)
		for (first = 0; first < 2; first++) {
			conf.iterations = first ? 5000 : 0;
			CHECK_INT(talk(names[i], first, "john", "tanstaaf"),
			    SASLD_DONE);
			CHECK_INT(talk(names[i], first, "JOHN", "tanstaaf"),
			    SASLD_DONE);
			CHECK_INT(talk(names[i], first, "john", "tanstaa"),
			    SASLD_REFUSED);
			CHECK_INT(talk(names[i], first, "john", "tanstaaF"),
			    SASLD_REFUSED);
			CHECK_INT(talk(names[i], first, "joe", "tanstaaf"),
			    SASLD_REFUSED);
			CHECK_INT(talk(names[i], first, "joe", KEY_TEXT),
			    SASLD_REFUSED);
			CHECK_INT(talk(names[i], first, ".john", "x"),
			    SASLD_REFUSED);
			CHECK_INT(talk(names[i], first, "../x", "x"),
			    SASLD_REFUSED);
			CHECK_INT(talk(names[i], first, long_name, "x"),
			    SASLD_REFUSED);
			CHECK_INT(talk(names[i], first, "vera", "pencil"),
			    i < 3 ? SASLD_DONE : SASLD_REFUSED);
			CHECK_INT(talk(names[i], first, "vera", "pencils"),
			    SASLD_REFUSED);
			CHECK_INT(talk(names[i], first, "vera", VERIFIER),
			    SASLD_REFUSED);
		}
	conf.iterations = 0;
}

/* Lines as they are, each but the last answered with a challenge. */
static enum sasld_next
say(const char *mechanism, const char *initial, const char *const *line,
    struct buf *out)
{
	struct sasld *s = sasld_open(&conf);
	enum sasld_next next;

	buf_clear(out);
	next = sasld_start(s, span_str(mechanism), initial != NULL ?
	    span_str(initial) : NOTHING, span_str("1.2"), out);
	for (; line != NULL && *line != NULL; line++) {
		CHECK_INT(next, SASLD_CHALLENGE);
		buf_clear(out);
		next = sasld_step(s, span_str(*line), out);
	}
	sasld_close(s);
	return next;
}

static enum sasld_next
say1(const char *mechanism, const char *line, struct buf *out)
{
	const char *lines[2] = { NULL, NULL };

	lines[0] = line;
	return say(mechanism, NULL, lines, out);
}

/* Octets in base64, NULs included. */
static enum sasld_next
plain(const char *p, size_t n, struct buf *out)
{
	struct buf b = { 0 };
	enum sasld_next next;

	mime_base64(&b, p, n);
	next = say("PLAIN", buf_str(&b), NULL, out);
	buf_free(&b);
	return next;
}

static void
test_server(void)
{
	static const char *const login[] = { "am9obg==", "dGFuc3RhYWY=",
	    NULL };
	static const char *const cut[] = { "am9obg==", "dGFuc3RhYW", NULL };
	struct buf out = { 0 };

	CHECK_INT(say("LOGIN", NULL, NULL, &out), SASLD_CHALLENGE);
	CHECK_BUF(&out, "VXNlcm5hbWU6");
	CHECK_INT(say("login", "am9obg==", NULL, &out), SASLD_CHALLENGE);
	CHECK_BUF(&out, "UGFzc3dvcmQ6");
	CHECK_INT(say("LOGIN", NULL, login, &out), SASLD_DONE);
	CHECK_INT(say("LOGIN", "am9obg==", login + 1, &out), SASLD_DONE);
	CHECK_INT(say("LOGIN", NULL, cut, &out), SASLD_MALFORMED);
	CHECK_INT(say("PLAIN", NULL, NULL, &out), SASLD_CHALLENGE);
	CHECK_BUF(&out, "");
	CHECK_INT(say("CRAM-MD5", NULL, NULL, &out), SASLD_CHALLENGE);
	CHECK_BUF(&out, "PDEuMkBteC5leGFtcGxlPg==");
	CHECK_INT(say("CRAM-MD5", "am9obg==", NULL, &out), SASLD_MALFORMED);
	CHECK_INT(say("CRAM-MD5", "=", NULL, &out), SASLD_MALFORMED);
	CHECK_INT(say("PLAIN", "=", NULL, &out), SASLD_MALFORMED);
	CHECK_INT(say("GSSAPI", NULL, NULL, &out), SASLD_UNKNOWN);
	CHECK_INT(say("", NULL, NULL, &out), SASLD_UNKNOWN);
	CHECK_INT(say("SCRAM-SHA-256-PLUS", NULL, NULL, &out), SASLD_UNKNOWN);

	CHECK_INT(say1("LOGIN", "*", &out), SASLD_CANCELLED);
	CHECK_INT(say1("SCRAM-SHA-256", "*", &out), SASLD_CANCELLED);
	CHECK_INT(say1("SCRAM-SHA-256", "", &out), SASLD_MALFORMED);
	CHECK_INT(say1("SCRAM-SHA-256", "biws", &out), SASLD_MALFORMED);
	CHECK_INT(say1("CRAM-MD5", "am9obg==", &out), SASLD_MALFORMED);
	CHECK_INT(say1("CRAM-MD5", "**", &out), SASLD_MALFORMED);
	CHECK_INT(say1("CRAM-MD5", "!!!!", &out), SASLD_MALFORMED);

	CHECK_INT(plain("\0john\0tanstaaf", 14, &out), SASLD_DONE);
	CHECK_INT(plain("john\0john\0tanstaaf", 18, &out), SASLD_DONE);
	CHECK_INT(plain("root\0john\0tanstaaf", 18, &out), SASLD_REFUSED);
	CHECK_INT(plain("\0john\0tanstaaf\0", 15, &out), SASLD_MALFORMED);
	CHECK_INT(plain("\0john\0", 6, &out), SASLD_MALFORMED);
	CHECK_INT(plain("\0\0tanstaaf", 10, &out), SASLD_MALFORMED);
	CHECK_INT(plain("john", 4, &out), SASLD_MALFORMED);
	buf_free(&out);
}

static void
test_line_max(void)
{
	struct buf line = { 0 }, out = { 0 };

	while (line.n <= SASLD_LINE_MAX)
		buf_adds(&line, "AAAA");
	CHECK_INT(say1("PLAIN", buf_str(&line), &out), SASLD_MALFORMED);
	buf_free(&line);
	buf_free(&out);
}

/* What a server says of somebody it does not know. */
static void
first_words(const char *login, struct buf *out)
{
	struct buf text = { 0 }, b = { 0 };

	buf_addf(&text, "n,,n=%s,r=abc", login);
	mime_base64(&b, text.p, text.n);
	CHECK_INT(say("SCRAM-SHA-256", buf_str(&b), NULL, out),
	    SASLD_CHALLENGE);
	buf_clear(&b);
	CHECK_INT(mime_base64_decode(&b, buf_span(out)), 0);
	buf_clear(out);
	buf_addspan(out, buf_span(&b));
	buf_free(&text);
	buf_free(&b);
}

static void
test_unknown(void)
{
	struct buf a = { 0 }, b = { 0 };

	first_words("nobody", &a);
	first_words("nobody", &b);
	CHECK(span_eq(buf_span(&a), buf_span(&b)));
	first_words("somebody", &b);
	CHECK(!span_eq(buf_span(&a), buf_span(&b)));
	CHECK_INT(a.n, b.n);
	first_words("john", &b);
	CHECK_INT(a.n, b.n);
	CHECK(memcmp(a.p + a.n - 7, ",i=4096", 7) == 0);
	conf.iterations = 7000;
	first_words("nobody", &a);
	CHECK(memcmp(a.p + a.n - 7, ",i=7000", 7) == 0);
	first_words("vera", &b);
	CHECK_INT(a.n, b.n);
	conf.iterations = 0;
	buf_free(&a);
	buf_free(&b);
}

static int
password(const char *login, const char *text)
{
	return sasld_password(&conf, span_str(login), span_str(text));
}

static int
apop(const char *login, const char *stamp, const char *digest)
{
	return sasld_apop(&conf, span_str(login), span_str(stamp),
	    span_str(digest));
}

static void
test_words(void)
{
	const char *stamp = "<1896.697170952@dbc.mtview.ca.us>";
	const char *digest = "c4c9334bac560ecc979e58001b3e22fb";
	struct buf b = { 0 };
	char hex[MD5_HEX];

	CHECK(password("john", "tanstaaf"));
	CHECK(password("John", "tanstaaf"));
	CHECK(password("vera", "pencil"));
	CHECK(!password("john", ""));
	CHECK(!password("", ""));
	CHECK(!password("nobody", "tanstaaf"));
	CHECK(!password("vera", VERIFIER));
	CHECK(!password("nobody", KEY_TEXT));
	CHECK(apop("john", stamp, digest));
	CHECK(!apop("john", stamp, ""));
	CHECK(!apop("john", "<1>", digest));
	CHECK(!apop("nobody", stamp, digest));
	md5_apop(hex, span_str("<1>"), span_str(KEY_TEXT));
	CHECK(!apop("nobody", "<1>", hex));
	md5_apop(hex, span_str("<1>"), span_str(VERIFIER));
	CHECK(!apop("vera", "<1>", hex));

	sasld_names(&b, sasld_possible(0));
	CHECK_BUF(&b, "SCRAM-SHA-256 CRAM-MD5 PLAIN LOGIN");
	buf_clear(&b);
	sasld_names(&b, sasld_possible(4096));
	CHECK_BUF(&b, "SCRAM-SHA-256 PLAIN LOGIN");
	conf.mechanisms = sasld_possible(4096);
	CHECK_INT(say("CRAM-MD5", NULL, NULL, &b), SASLD_UNKNOWN);
	conf.mechanisms = ALL;
	buf_free(&b);
}

/* The iterations of a try of login by that mechanism, or by a password. */
static unsigned long
work(const char *mechanism, const char *login)
{
	unsigned long n = 0;

	conf.work = &n;
	if (mechanism != NULL)
		CHECK_INT(talk(mechanism, 1, login, "x"), SASLD_REFUSED);
	else
		CHECK(!password(login, "x"));
	conf.work = NULL;
	return n;
}

static void
check_work(const char *mechanism, unsigned long want)
{
	static const char *const logins[] = { "john", "vera", "slow", "none" };
	size_t i;

	for (i = 0; i < COUNT(logins); i++)
		CHECK_INT(work(mechanism, logins[i]), want);
}

/* Who is known, and by what, shows in no computing time. */
static void
test_work(void)
{
	conf.iterations = 9000;
	conf.mixed = 1;
	check_work(NULL, 9000);
	check_work("PLAIN", 9000);
	check_work("LOGIN", 9000);
	check_work("SCRAM-SHA-256", 9000);
	conf.mixed = 0;
	CHECK_INT(work("SCRAM-SHA-256", "vera"), 0);
	CHECK_INT(work("SCRAM-SHA-256", "none"), 0);
	CHECK_INT(work("PLAIN", "vera"), 9000);
	CHECK_INT(work("PLAIN", "none"), 9000);
	conf.iterations = 0;
	CHECK_INT(work("PLAIN", "john"), 0);
	CHECK_INT(work("PLAIN", "none"), 0);
	CHECK_INT(work("CRAM-MD5", "john"), 0);
	CHECK_INT(work("CRAM-MD5", "none"), 0);
	CHECK_INT(work("SCRAM-SHA-256", "john"), 4096);
	CHECK_INT(work("SCRAM-SHA-256", "none"), 4096);
}

static struct buf tries;

static long
tried(void *app, struct span login, const char *peer)
{
	(void)app;
	buf_addf(&tries, "%.*s@%s ", (int)login.n, login.p, peer);
	return 7;
}

static void
passed(void *app, struct span login, const char *peer)
{
	(void)app;
	buf_addf(&tries, "+%.*s@%s ", (int)login.n, login.p, peer);
}

static void
test_tries(void)
{
	static const char *const scram[] = {
	    "biwsbj1qb2huLHI9YWJj", "eA==", NULL };
	struct sasld *s = sasld_open(&conf);
	struct buf out = { 0 };

	/* What a step has tried, and what it has not. */
	CHECK_INT(sasld_start(s, span_str("LOGIN"), span_str("am9obg=="),
	    span_str("1"), &out), SASLD_CHALLENGE);
	CHECK(!sasld_has_tried(s));
	CHECK_INT(sasld_step(s, span_str("eA=="), &out), SASLD_REFUSED);
	CHECK(sasld_has_tried(s));
	sasld_close(s);
	s = sasld_open(&conf);
	CHECK_INT(sasld_start(s, span_str("SCRAM-SHA-256"),
	    span_str(scram[0]), span_str("1"), &out), SASLD_CHALLENGE);
	CHECK(!sasld_has_tried(s));
	CHECK_INT(sasld_step(s, span_str(scram[1]), &out), SASLD_MALFORMED);
	CHECK(!sasld_has_tried(s));
	sasld_close(s);
	buf_free(&out);

	CHECK_INT(sasld_tried(&conf, span_str("x"), "a"), 0);
	conf.tried = tried;
	conf.passed = passed;
	CHECK_INT(sasld_tried(&conf, span_str("Joe"), "a"), 7);
	CHECK_INT(sasld_tried(&conf, span_str("../no"), ""), 7);
	sasld_passed(&conf, span_str("JOE"), "b");
	CHECK_BUF(&tries, "joe@a @ +joe@b ");
	conf.tried = NULL;
	conf.passed = NULL;
	buf_free(&tries);
}

static const char *
choose(const char *offered, const char *named, int safe)
{
	const char *why = "", *name;

	name = saslc_choose(span_str(offered), named, safe, &why);
	return name != NULL ? name : why;
}

static void
test_choose(void)
{
	CHECK_STR(choose("LOGIN PLAIN cram-md5 SCRAM-SHA-1", NULL, 1),
	    "CRAM-MD5");
	CHECK_STR(choose("PLAIN  SCRAM-SHA-256", NULL, 0), "SCRAM-SHA-256");
	CHECK_STR(choose("LOGIN PLAIN", NULL, 1), "PLAIN");
	CHECK_STR(choose("LOGIN XOAUTH2", NULL, 1), "LOGIN");
	CHECK_STR(choose("LOGIN PLAIN", NULL, 0), "the server offers no "
	    "mechanism that is safe without TLS");
	CHECK_STR(choose("XOAUTH2 GSSAPI", NULL, 1), "the server offers no "
	    "mechanism that we know");
	CHECK_STR(choose("", NULL, 1), "the server offers no "
	    "mechanism that we know");
	CHECK_STR(choose("XOAUTH2 PLAIN", "xoauth2", 1), "XOAUTH2");
	CHECK_STR(choose("XOAUTH2 PLAIN", "plain", 1), "PLAIN");
	CHECK_STR(choose("XOAUTH2 PLAIN", "plain", 0),
	    "the mechanism needs TLS");
	CHECK_STR(choose("PLAIN", "LOGIN", 1),
	    "the server does not offer the mechanism");
	CHECK_STR(choose("PLAIN GSSAPI", "GSSAPI", 1), "no such mechanism");
}

/* A client's answers to challenges in plain text; base64 comes back. */
static const char *
answers(const char *mechanism, const char *const *challenge, struct buf *out)
{
	struct buf b = { 0 };
	const char *why;
	struct saslc *l;

	buf_clear(out);
	l = saslc_open(mechanism, span_str("someuser@example.com"),
	    span_str("ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg"),
	    span_str("nonce"), &why);
	if (saslc_first(l, SASLC_LINE_MAX, out))
		buf_addc(out, '\n');
	for (why = NULL; *challenge != NULL && why == NULL; challenge++) {
		buf_clear(&b);
		mime_base64(&b, *challenge, strlen(*challenge));
		why = saslc_answer(l, buf_span(&b), out);
		buf_addc(out, '\n');
	}
	if (why == NULL)
		why = saslc_done(l);
	saslc_close(l);
	buf_free(&b);
	return why;
}

static void
test_answers(void)
{
	static const char *const none[] = { NULL };
	static const char *const one[] = { "{\"status\":\"400\"}", NULL };
	static const char *const two[] = { "User Name", "Password", NULL };
	static const char *const three[] = { "a", "b", "c", NULL };
	struct buf out = { 0 };

	/* The example of Google's and Microsoft's pages. */
	CHECK(answers("XOAUTH2", none, &out) == NULL);
	CHECK_BUF(&out, "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5"
	    "YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBA"
	    "Q==\n");
	CHECK(answers("XOAUTH2", one, &out) == NULL);
	CHECK(out.n > 2 && memcmp(out.p + out.n - 2, "\n\n", 2) == 0);
	CHECK(answers("XOAUTH2", two, &out) != NULL);
	CHECK(answers("LOGIN", two, &out) == NULL);
	CHECK_BUF(&out, "c29tZXVzZXJAZXhhbXBsZS5jb20=\neWEyOS52RjlkZnQ0cW1UYzJ"
	    "OdmIzUmxja0JoZEhSaGRtbHpkR0V1WTI5dENn\n");
	CHECK(answers("LOGIN", three, &out) != NULL);
	CHECK_STR(answers("LOGIN", none, &out),
	    "the server has not asked for the secret");
	CHECK(answers("PLAIN", none, &out) == NULL);
	CHECK(answers("PLAIN", one, &out) != NULL);
	CHECK(answers("CRAM-MD5", one, &out) == NULL);
	CHECK(answers("CRAM-MD5", two, &out) != NULL);
	CHECK_STR(answers("SCRAM-SHA-256", none, &out),
	    "the server has not shown that it knows the password");
	CHECK(answers("SCRAM-SHA-256", one, &out) != NULL);
	buf_free(&out);
}

static void
test_no_client(void)
{
	struct buf b = { 0 };
	const char *why;
	struct saslc *l;

	CHECK(saslc_open("PLAIN", span_of("a\0b", 3), span_str("x"), NOTHING,
	    &why) == NULL);
	CHECK(saslc_open("PLAIN", span_str("a"), span_of("x\0", 2), NOTHING,
	    &why) == NULL);
	CHECK(saslc_open("PLAIN", span_str(""), span_str("x"), NOTHING, &why)
	    == NULL);
	CHECK(saslc_open("PLAIN", span_str("a"), span_str(""), NOTHING, &why)
	    == NULL);
	CHECK_STR(why, "the secret is empty");

	l = saslc_open("CRAM-MD5", span_str("a"), span_str("b"), NOTHING,
	    &why);
	CHECK(saslc_answer(l, span_str("no base64"), &b) != NULL);
	CHECK(saslc_answer(l, span_str(""), &b) != NULL);
	CHECK_BUF(&b, "");
	saslc_close(l);
	saslc_close(NULL);
	sasld_close(NULL);
	buf_free(&b);
}

int
main(void)
{
	test_talk();
	test_server();
	test_line_max();
	test_unknown();
	test_words();
	test_work();
	test_tries();
	test_choose();
	test_answers();
	test_no_client();
	return test_end();
}
