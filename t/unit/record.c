/* format/dialogue/record */
#include "test.h"

#include "format/dialogue/record.h"

static struct record r;
static struct buf out;
static int64_t now;

static void
open_record(enum dialogue_protocol protocol, int shows)
{
	struct dialogue_head h = { protocol, { "a:1", 3 }, { NULL, 0 },
	    1795304772 };

	now = 5;
	buf_clear(&out);
	record_open(&r, &h, shows, now, &out);
}

/* What it says of bytes that come: one read, a second after the last. */
static void
says(enum dialogue_side side, const char *bytes, const char *want)
{
	now += 1000001;
	buf_clear(&out);
	record_bytes(&r, side, span_str(bytes), now, &out);
	CHECK_BUF(&out, want);
}

static void
client(const char *bytes, const char *want)
{
	says(DIALOGUE_CLIENT, bytes, want);
}

static void
server(const char *bytes, const char *want)
{
	says(DIALOGUE_SERVER, bytes, want);
}

static void
ends(const char *want)
{
	buf_clear(&out);
	record_note(&r, "close", now, &out);
	CHECK_BUF(&out, want);
	record_free(&r);
}

static void
test_lines(void)
{
	open_record(DIALOGUE_SMTP, 0);
	CHECK_BUF(&out, "dialogue 1 smtp a:1 - 2026-11-21T23:46:12Z\n"
	    "0.000000\t-\t-\t-\topen\n");
	server("220 x\r\n", "1.000001\tS\tcrlf\t-\t220 x\n");
	client("HELO", "");
	client(" x\r", "");
	client("\nNOOP\nQU", "4.000004\tC\tcrlf\tsplit\tHELO x\n"
	    "4.000004\tC\tlf\tearly\tNOOP\n");
	server("250 x\r\n250 Ok", "5.000005\tS\tcrlf\t-\t250 x\n");
	server("\r\n", "6.000006\tS\tcrlf\tsplit\t250 Ok\n");
	client("IT\r", "");
	ends("7.000007\tC\tcr\tsplit\tQUIT\n7.000007\t-\t-\t-\tclose\n");
}

/* A reply without its ending is before what answers it, and after its cause. */
static void
test_unended(void)
{
	open_record(DIALOGUE_SMTP, 0);
	server("220 x\n", "1.000001\tS\tlf\t-\t220 x\n");
	client("NOOP\n", "2.000002\tC\tlf\t-\tNOOP\n");
	server("250 Ok", "");
	client("NOOP\n", "4.000004\tS\tnone\t-\t250 Ok\n"
	    "4.000004\tC\tlf\t-\tNOOP\n");
	server("250 Ok\r\n", "5.000005\tS\tcrlf\t-\t250 Ok\n");
	client("QU", "");
	server("421 idle\r\n", "7.000007\tC\tnone\t-\tQU\n"
	    "7.000007\tS\tcrlf\t-\t421 idle\n");
	ends("7.000007\t-\t-\t-\tclose\n");
}

static void
test_text(void)
{
	open_record(DIALOGUE_SMTP, 0);
	server("220 x\r\n", "1.000001\tS\tcrlf\t-\t220 x\n");
	client("BDAT 5\r\na\nb.\rBDAT 3 LAST\r\n.\r\n",
	    "2.000002\tC\tcrlf\t-\tBDAT 5\n"
	    "2.000002\tC\tlf\ttext\ta\n"
	    "2.000002\tC\tcr\ttext\tb.\n"
	    "2.000002\tC\tcrlf\tearly\tBDAT 3 LAST\n"
	    "2.000002\tC\tcrlf\ttext\t.\n");
	client("DATA\r\n", "3.000003\tC\tcrlf\tearly\tDATA\n");
	server("250 a\r\n250 b\r\n354 c\r\n", "4.000004\tS\tcrlf\t-\t250 a\n"
	    "4.000004\tS\tcrlf\t-\t250 b\n4.000004\tS\tcrlf\t-\t354 c\n");
	client("..\r\n.\n.\r\n", "5.000005\tC\tcrlf\ttext\t..\n"
	    "5.000005\tC\tlf\ttext\t.\n5.000005\tC\tcrlf\ttext\t.\n");
	ends("5.000005\t-\t-\t-\tclose\n");
}

static void
test_secrets(void)
{
	open_record(DIALOGUE_POP3, 0);
	server("+OK\r\n", "1.000001\tS\tcrlf\t-\t+OK\n");
	client("PASS x y\r\n", "2.000002\tC\tcrlf\tmasked\tPASS ****\n");
	ends("2.000002\t-\t-\t-\tclose\n");
	open_record(DIALOGUE_POP3, 1);
	client("PASS x y\r\n", "1.000001\tC\tcrlf\tearly\tPASS x y\n");
	ends("1.000001\t-\t-\t-\tclose\n");
}

static void
test_tls(void)
{
	open_record(DIALOGUE_SMTP, 0);
	server("220 x\r\n", "1.000001\tS\tcrlf\t-\t220 x\n");
	client("STARTTLS\r\n", "2.000002\tC\tcrlf\t-\tSTARTTLS\n");
	server("220 go\r\nxyz\r\n", "3.000003\tS\tcrlf\t-\t220 go\n"
	    "3.000003\t-\t-\t-\ttls\n");
	client("abc\r\n", "");
	ends("4.000004\t-\t-\t-\tclose\n");
}

static void
test_long(void)
{
	struct dialogue d = { 0 };
	struct buf b = { 0 }, got = { 0 };
	struct span rest;
	size_t i;

	open_record(DIALOGUE_SMTP, 0);
	server("354 x\r\n", "1.000001\tS\tcrlf\t-\t354 x\n");
	client("DATA\r\n", "2.000002\tC\tcrlf\t-\tDATA\n");
	for (i = 0; i < DIALOGUE_TEXT_MAX; i++)
		buf_addc(&b, 'x');
	buf_adds(&b, ".\r\n.\r\n");
	buf_clear(&out);
	for (i = 0; i < b.n; i += 1000)
		record_bytes(&r, DIALOGUE_CLIENT, span_of(b.p + i,
		    b.n - i < 1000 ? b.n - i : 1000), now, &out);
	dialogue_line(&d, span_str("dialogue 1 smtp - - 2026-11-21T23:46:12Z"));
	for (rest = buf_span(&out); rest.n > 0; ) {
		CHECK_INT(dialogue_line(&d, span_line(&rest)),
		    DIALOGUE_EVENT);
		CHECK((d.event.flags & DIALOGUE_TEXT) != 0);
		buf_addspan(&got, d.event.text);
		buf_adds(&got, dialogue_ending(d.event.end));
	}
	CHECK(span_eq(buf_span(&got), buf_span(&b)));
	CHECK_INT(r.follow.awaited.n, 2);
	ends("2.000002\t-\t-\t-\tclose\n");
	dialogue_free(&d);
	buf_free(&b);
	buf_free(&got);
}

int
main(void)
{
	test_lines();
	test_unended();
	test_text();
	test_secrets();
	test_tls();
	test_long();
	buf_free(&out);
	return test_end();
}
