/*
 * stranger: what the first bytes of a connection are, with every beginning of
 * them: nothing is decided otherwise later.
 */
#include "format/wire/stranger.h"

#include "test.h"

static void
check(struct span s, enum stranger want)
{
	enum stranger got = STRANGER_PERHAPS;
	size_t n;

	for (n = 0; n <= s.n; n++) {
		if (got != STRANGER_PERHAPS)
			CHECK_INT(stranger_guess(span_of(s.p, n)), got);
		got = stranger_guess(span_of(s.p, n));
	}
	CHECK_INT(got, want);
	if (got != want)
		printf("  of \"%.*s\"\n", (int)s.n, s.p);
}

#define BYTES(s) span_of("" s, sizeof s - 1)

static void
strangers(void)
{
	check(BYTES("GET / HTTP/1.1\r\n"), STRANGER_HTTP);
	check(BYTES("GET http://here/"), STRANGER_HTTP);
	check(BYTES("POST /x"), STRANGER_HTTP);
	check(BYTES("OPTIONS / HTTP/1.1"), STRANGER_HTTP);
	check(BYTES("OPTIONS * "), STRANGER_HTTP);
	check(BYTES("CONNECT here:25 HTTP/1.1"), STRANGER_HTTP);
	check(BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), STRANGER_HTTP);
	check(BYTES("PROPFIND /x HTTP/1.1\r\n"), STRANGER_HTTP);
	check(BYTES("OPTIONS sip:nm SIP/2.0\r\n"), STRANGER_HTTP);
	check(BYTES("DESCRIBE rtsp://here/x RTSP/1.0\n"), STRANGER_HTTP);
	check(BYTES("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
	    STRANGER_TLS);
	check(BYTES("\x15\x03\x03\x00\x02\x01\x00"), STRANGER_TLS);
	check(BYTES("\x80\x2e\x01\x00\x02\x00\x15"), STRANGER_TLS);
	check(BYTES("\x80\x67\x01\x03\x01\x00\x4e"), STRANGER_TLS);
	check(BYTES("\x04\x01\x00\x50\x7f\x00\x00\x01\x00"), STRANGER_OTHER);
	check(BYTES("\x05\x01\x00"), STRANGER_OTHER);
	check(BYTES("\x00\x00\x00\x2f\xffSMB"), STRANGER_OTHER);
	check(BYTES("\x00\x01\x00\x00\x21\x12\xa4\x42"), STRANGER_OTHER);
	check(BYTES("\x03\x00\x00\x13\x0e\xe0"), STRANGER_OTHER);
	check(BYTES("SSH-2.0-OpenSSH_9.2\r\n"), STRANGER_OTHER);
}

static void
texts(void)
{
	check(BYTES("[Recipients:]\n"), STRANGER_NO);
	check(BYTES("# GET / HTTP/1.1\n"), STRANGER_NO);
	check(BYTES("\xef\xbb\xbf[Recipients:]"), STRANGER_NO);
	check(BYTES("\0\0\0\0\0\0\0\0"), STRANGER_NO);
	check(BYTES("\x16\x16\x03"), STRANGER_NO);
	check(BYTES("\x80\x2e\x01\x02"), STRANGER_NO);
	check(BYTES(" \t\r\n"), STRANGER_NO);
	check(BYTES("\f\x1b$B"), STRANGER_NO);
	check(BYTES("\xcf\xf0\xe8\xe2\xe5\xf2"), STRANGER_NO);
	check(BYTES("\xd0\x9f\xd1\x80"), STRANGER_NO);
	check(BYTES("\xff\xfe[\0R\0"), STRANGER_NO);
	check(BYTES("\xff\xfe\x01\x01"), STRANGER_NO);
	check(BYTES("\xfe\xff\0[\0R"), STRANGER_NO);
	check(BYTES("[\0R\0"), STRANGER_NO);
	check(BYTES("\0[\0R\0e"), STRANGER_NO);
	check(BYTES("\0\0\xfe\xff\0\0\0["), STRANGER_NO);
	check(BYTES("Get / HTTP/1.1\n"), STRANGER_NO);
	check(BYTES("GETTING on\n"), STRANGER_NO);
	check(BYTES("HELLO WORLD\n"), STRANGER_NO);
	check(BYTES("HELLO WORLD 1.1\n"), STRANGER_NO);
	check(BYTES("HELLO /1.1\n"), STRANGER_NO);
	check(BYTES("HELLO WORLD"), STRANGER_PERHAPS);
	check(BYTES("SSH"), STRANGER_PERHAPS);
	check(BYTES("EHLO here\r\n"), STRANGER_NO);
}

int
main(void)
{
	strangers();
	texts();
	CHECK(!stranger_is(STRANGER_NO) && !stranger_is(STRANGER_PERHAPS));
	CHECK(stranger_is(STRANGER_TLS));
	CHECK_STR(stranger_name(STRANGER_TLS), "TLS");
	return test_end();
}
