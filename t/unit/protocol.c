/*
 * protocol: what the first bytes of a connection are, with every beginning of
 * them: nothing is decided otherwise later.
 */
#include "format/wire/protocol.h"

#include "test.h"

static void
check(struct span s, enum protocol want)
{
	enum protocol got = PROTOCOL_PARTIAL;
	size_t n;

	for (n = 0; n <= s.n; n++) {
		if (got != PROTOCOL_PARTIAL)
			CHECK_INT(protocol_guess(span_of(s.p, n)), got);
		got = protocol_guess(span_of(s.p, n));
	}
	CHECK_INT(got, want);
	if (got != want)
		printf("  of \"%.*s\"\n", (int)s.n, s.p);
}

#define BYTES(s) span_of("" s, sizeof s - 1)

static void
others(void)
{
	check(BYTES("GET / HTTP/1.1\r\n"), PROTOCOL_HTTP);
	check(BYTES("GET http://here/"), PROTOCOL_HTTP);
	check(BYTES("POST /x"), PROTOCOL_HTTP);
	check(BYTES("OPTIONS / HTTP/1.1"), PROTOCOL_HTTP);
	check(BYTES("OPTIONS * "), PROTOCOL_HTTP);
	check(BYTES("CONNECT here:25 HTTP/1.1"), PROTOCOL_HTTP);
	check(BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), PROTOCOL_HTTP);
	check(BYTES("PROPFIND /x HTTP/1.1\r\n"), PROTOCOL_HTTP);
	check(BYTES("OPTIONS sip:nm SIP/2.0\r\n"), PROTOCOL_HTTP);
	check(BYTES("DESCRIBE rtsp://here/x RTSP/1.0\n"), PROTOCOL_HTTP);
	check(BYTES("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
	    PROTOCOL_TLS);
	check(BYTES("\x15\x03\x03\x00\x02\x01\x00"), PROTOCOL_TLS);
	check(BYTES("\x80\x2e\x01\x00\x02\x00\x15"), PROTOCOL_TLS);
	check(BYTES("\x80\x67\x01\x03\x01\x00\x4e"), PROTOCOL_TLS);
	check(BYTES("\x04\x01\x00\x50\x7f\x00\x00\x01\x00"), PROTOCOL_OTHER);
	check(BYTES("\x05\x01\x00"), PROTOCOL_OTHER);
	check(BYTES("\x00\x00\x00\x2f\xffSMB"), PROTOCOL_OTHER);
	check(BYTES("\x00\x01\x00\x00\x21\x12\xa4\x42"), PROTOCOL_OTHER);
	check(BYTES("\x03\x00\x00\x13\x0e\xe0"), PROTOCOL_OTHER);
	check(BYTES("SSH-2.0-OpenSSH_9.2\r\n"), PROTOCOL_OTHER);
}

static void
texts(void)
{
	check(BYTES("[Recipients:]\n"), PROTOCOL_NONE);
	check(BYTES("# GET / HTTP/1.1\n"), PROTOCOL_NONE);
	check(BYTES("\xef\xbb\xbf[Recipients:]"), PROTOCOL_NONE);
	check(BYTES("\0\0\0\0\0\0\0\0"), PROTOCOL_NONE);
	check(BYTES("\x16\x16\x03"), PROTOCOL_NONE);
	check(BYTES("\x80\x2e\x01\x02"), PROTOCOL_NONE);
	check(BYTES(" \t\r\n"), PROTOCOL_NONE);
	check(BYTES("\f\x1b$B"), PROTOCOL_NONE);
	check(BYTES("\xcf\xf0\xe8\xe2\xe5\xf2"), PROTOCOL_NONE);
	check(BYTES("\xd0\x9f\xd1\x80"), PROTOCOL_NONE);
	check(BYTES("\xff\xfe[\0R\0"), PROTOCOL_NONE);
	check(BYTES("\xff\xfe\x01\x01"), PROTOCOL_NONE);
	check(BYTES("\xfe\xff\0[\0R"), PROTOCOL_NONE);
	check(BYTES("[\0R\0"), PROTOCOL_NONE);
	check(BYTES("\0[\0R\0e"), PROTOCOL_NONE);
	check(BYTES("\0\0\xfe\xff\0\0\0["), PROTOCOL_NONE);
	check(BYTES("Get / HTTP/1.1\n"), PROTOCOL_NONE);
	check(BYTES("GETTING on\n"), PROTOCOL_NONE);
	check(BYTES("HELLO WORLD\n"), PROTOCOL_NONE);
	check(BYTES("HELLO WORLD 1.1\n"), PROTOCOL_NONE);
	check(BYTES("HELLO /1.1\n"), PROTOCOL_NONE);
	check(BYTES("HELLO WORLD"), PROTOCOL_PARTIAL);
	check(BYTES("SSH"), PROTOCOL_PARTIAL);
	check(BYTES("EHLO here\r\n"), PROTOCOL_NONE);
}

int
main(void)
{
	others();
	texts();
	CHECK(!protocol_is_other(PROTOCOL_NONE));
	CHECK(!protocol_is_other(PROTOCOL_PARTIAL));
	CHECK(protocol_is_other(PROTOCOL_TLS));
	CHECK_STR(protocol_name(PROTOCOL_TLS), "TLS");
	return test_end();
}
