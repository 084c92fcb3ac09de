/* format/dialogue/normalize, format/dialogue/differ */
#include "test.h"

#include "format/dialogue/differ.h"
#include "format/dialogue/normalize.h"

/* A dialogue of lines "C text" and "S text". */
static void
record(struct recording *r, enum dialogue_protocol protocol,
    const char *const *lines, size_t n)
{
	struct dialogue_head head = { protocol, span_str("192.0.2.1:40312"),
	    span_str("mail.test:25"), 0 };
	struct dialogue_event e = { 0 };
	size_t i;

	recording_start(r, &head);
	for (i = 0; i < n; i++) {
		e.side = lines[i][0] == 'C' ? DIALOGUE_CLIENT :
		    lines[i][0] == 'S' ? DIALOGUE_SERVER : DIALOGUE_NOTE;
		e.end = lines[i][0] == '-' ? DIALOGUE_NO_END : DIALOGUE_CRLF;
		e.text = span_str(lines[i] + 2);
		recording_add(r, &e, i + 1);
	}
}

/* The last line of a dialogue, evened out. */
static void
check(enum dialogue_protocol protocol, const char *const *lines, size_t n,
    const char *want, int at)
{
	struct recording r = { 0 };
	struct normalize even = { .r = &r };
	struct buf b = { 0 };
	size_t i;

	record(&r, protocol, lines, n);
	for (i = 0; i < n; i++) {
		buf_clear(&b);
		normalize_add(&b, &even, &r.events[i]);
	}
	test_span(buf_span(&b), span_str(want), __FILE__, at, lines[n - 1]);
	buf_free(&b);
	recording_free(&r);
}

/* A reply to the dot. */
#define REPLY(text, want) do { \
	static const char *const lines[] = { \
		"S 220 mx.test ESMTP", "C EHLO pc.test", "S 250 mx.test", \
		"C MAIL FROM:<a@x>", "S 250 Ok", "C RCPT TO:<b@x>", \
		"S 250 Ok", "C DATA", "S 354 Go", "C .", "S " text \
	}; \
	check(DIALOGUE_SMTP, lines, COUNT(lines), want, __LINE__); \
} while (0)

#define GREETING(protocol, text, want) do { \
	static const char *const lines[] = { "S " text }; \
	check(protocol, lines, COUNT(lines), want, __LINE__); \
} while (0)

static void
test_replies(void)
{
	REPLY("250 2.0.0 Ok: queued as 4XyZ12abc",
	    "250 2.0.0 Ok: queued as ID");
	REPLY("250 2.0.0 Ok: queued as ABCDEF", "250 2.0.0 Ok: queued as ID");
	REPLY("250 OK id=1rB2cD-0001Xy-2Z", "250 OK ID");
	REPLY("250 2.0.0 4f5a6b7c Message accepted for delivery",
	    "250 2.0.0 ID Message accepted for delivery");
	REPLY("250 2.0.0 OK 1700000000 d2e1a72fcca58-6c4ff.10 - gsmtp",
	    "250 2.0.0 OK ID ID - gsmtp");
	REPLY("550 5.1.1 <nobody1234567@mail.test>: no such user",
	    "550 5.1.1 <nobody1234567@HOST>: no such user");
	REPLY("550 5.1.1 <bob@x.test>: no such user",
	    "550 5.1.1 <bob@x.test>: no such user");
	REPLY("451 4.7.1 Greylisted for 300 seconds",
	    "451 4.7.1 Greylisted for N seconds");
	REPLY("550 5.7.1 [192.0.2.77] is listed", "550 5.7.1 [HOST] is listed");
	REPLY("552 5.3.4 Message size 10485760 exceeds limit",
	    "552 5.3.4 Message size 10485760 exceeds limit");
	REPLY("221 2.0.0 MX.test. closing", "221 2.0.0 HOST. closing");
	REPLY("250 2.0.0 Ok, PC.TEST", "250 2.0.0 Ok, HOST");
	REPLY("250 2.0.0 Ok at Sat, 21 Nov 2026 23:46:12 +0200 (EET)",
	    "250 2.0.0 Ok at TIME)");
	REPLY("250 2.0.0 Ok at Nov  3 03:46:12", "250 2.0.0 Ok at TIME");
	REPLY("250 2.0.0 Ok at 2026-11-21T23:46:12Z", "250 2.0.0 Ok at TIME");
	REPLY("250 2.0.0 Ok on 2026-11-21", "250 2.0.0 Ok on TIME");
	REPLY("250 12 messages", "250 12 messages");
	REPLY("250", "250");
	REPLY("250 ", "250 ");
}

static void
test_greetings(void)
{
	GREETING(DIALOGUE_SMTP, "220 a.b ESMTP Exim 4.96 Mon, 30 Nov 2026 "
	    "00:31:00 +0000", "220 HOST ESMTP Exim 4.96 TIME");
	GREETING(DIALOGUE_POP3, "+OK ready <1896.697170952@dbc.mtview.ca.us>",
	    "+OK ready ");
	GREETING(DIALOGUE_ORDER,
	    "220 vm orderrecv 1 efd805b8ae128dd010d89e597321ff22",
	    "220 HOST orderrecv 1 ID");
	GREETING(DIALOGUE_FTP, "220-You are user number 3 of 50 allowed.",
	    "220-You are user number N of 50 allowed.");
	GREETING(DIALOGUE_FTP, "220-Local time is now 00:31. Server port: 21.",
	    "220-Local time is now TIME. Server port: 21.");
}

static void
test_others(void)
{
	static const char *const ehlo[] = { "S 220 mx.test", "C EHLO pc",
	    "S 250-mx.test greets pc [192.0.2.1]", "S 250 X-ODD-123456" };
	static const char *const nonce[] = { "S 220 mx.test", "C EHLO pc",
	    "S 250 mx.test", "C AUTH CRAM-MD5",
	    "S 334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2U+" };
	static const char *const prompt[] = { "S 220 mx.test", "C EHLO pc",
	    "S 250 mx.test", "C AUTH LOGIN", "S 334 VXNlcm5hbWU6" };
	static const char *const port[] = { "S 220 x", "C USER a", "S 230 k",
	    "C PASV", "S 227 Passive (127,0,0,1,200,13)" };
	static const char *const uidl[] = { "S +OK", "C USER a", "S +OK",
	    "C PASS b", "S +OK", "C UIDL", "S +OK", "S 1 whqtswO00WBw418f" };
	static const char *const field[] = { "S +OK", "C USER a", "S +OK",
	    "C PASS b", "S +OK", "C RETR 1", "S +OK",
	    "S Date: Mon, 30 Nov 2026 00:31:00 +0000" };
	static const char *const folded[] = { "S +OK", "C USER a", "S +OK",
	    "C PASS b", "S +OK", "C RETR 1", "S +OK", "S Received: from x",
	    "S \tby y" };
	static const char *const text[] = { "S +OK", "C USER a", "S +OK",
	    "C PASS b", "S +OK", "C RETR 1", "S +OK", "S Subject: id1234567" };

	check(DIALOGUE_SMTP, ehlo, 3, "250-HOST greets HOST [HOST]", __LINE__);
	check(DIALOGUE_SMTP, ehlo, 4, "250 X-ODD-123456", __LINE__);
	check(DIALOGUE_SMTP, nonce, COUNT(nonce), "334 NONCE", __LINE__);
	check(DIALOGUE_SMTP, prompt, COUNT(prompt), "334 VXNlcm5hbWU6",
	    __LINE__);
	check(DIALOGUE_FTP, port, COUNT(port), "227 Passive (,,,,,)",
	    __LINE__);
	check(DIALOGUE_POP3, uidl, COUNT(uidl), "1 ID", __LINE__);
	check(DIALOGUE_POP3, field, COUNT(field), "date:", __LINE__);
	check(DIALOGUE_POP3, folded, COUNT(folded), "", __LINE__);
	check(DIALOGUE_POP3, text, COUNT(text), "Subject: id1234567",
	    __LINE__);
}

static void
compare(const char *const *old, size_t n, const char *const *new, size_t m,
    enum dialogue_side side, const char *want)
{
	struct recording a = { 0 }, b = { 0 };
	struct buf out = { 0 };

	record(&a, DIALOGUE_SMTP, old, n);
	record(&b, DIALOGUE_SMTP, new, m);
	CHECK_INT(differ(&out, &a, &b, side), want[0] != '\0');
	CHECK_BUF(&out, want);
	buf_free(&out);
	recording_free(&a);
	recording_free(&b);
}

static void
test_differ(void)
{
	static const char *const old[] = { "S 220 a", "C EHLO x", "S 250-a",
	    "S 250-SIZE 1", "S 250 HELP", "C MAIL FROM:<a>", "S 250 Ok",
	    "C QUIT", "S 221 Bye", "- close" };
	static const char *const same[] = { "S 220 b", "C EHLO x", "S 250-b",
	    "S 250-SIZE 1", "S 250 HELP", "C MAIL FROM:<a>", "S 250 Ok",
	    "C QUIT", "S 221 Bye", "- reset" };
	/* One line of EHLO less must not shift the lines of the commands. */
	static const char *const new[] = { "S 220 b", "C EHLO x", "S 250-b",
	    "S 250-SIZE 1", "S 250 NEW", "C MAIL FROM:<a>", "S 550 no",
	    "C QUIT", "S 221 Bye", "- timeout" };
	static const char *const client[] = { "S 220 a", "C EHLO y", "S 250-a",
	    "S 250-SIZE 1", "S 250 HELP", "C NOOP", "C MAIL FROM:<b>",
	    "S 250 Ok", "C QUIT", "S 221 Bye", "- close" };

	compare(old, COUNT(old), same, COUNT(same), DIALOGUE_SERVER, "");
	compare(old, COUNT(old), old, COUNT(old), DIALOGUE_CLIENT, "");
	compare(old, COUNT(old), new, COUNT(new), DIALOGUE_SERVER,
	    " C: EHLO x\n-S: 250 HELP\n+S: 250 NEW\n"
	    " C: MAIL FROM:<a>\n-S: 250 Ok\n+S: 550 no\n+timeout\n");
	compare(old, COUNT(old), client, COUNT(client), DIALOGUE_CLIENT,
	    "-C: MAIL FROM:<a>\n+C: NOOP\n+C: MAIL FROM:<b>\n");
}

int
main(void)
{
	test_replies();
	test_greetings();
	test_others();
	test_differ();
	return test_end();
}
