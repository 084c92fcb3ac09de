/* format/crypt/md5: the examples of RFC 1321, 1939, 2195 and 2202. */
#include "test.h"

#include "format/crypt/sha256.h"
#include "format/crypt/md5.h"

static void
check(const char *text, const char *want)
{
	unsigned char digest[MD5_SIZE];
	char hex[MD5_HEX];

	md5(digest, text, strlen(text));
	sha256_hex(hex, digest, sizeof digest);
	CHECK_STR(hex, want);
}

static void
test_md5(void)
{
	check("", "d41d8cd98f00b204e9800998ecf8427e");
	check("a", "0cc175b9c0f1b6a831c399e269772661");
	check("abc", "900150983cd24fb0d6963f7d28e17f72");
	check("message digest", "f96b697d7cb7938d525a2f31aaf161d0");
	check("abcdefghijklmnopqrstuvwxyz",
	    "c3fcd3d76192e4007dfb496cca67e13b");
	check("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789", "d174ab98d277d9f5a5611c2c9f419d9f");
	check("1234567890123456789012345678901234567890"
	    "1234567890123456789012345678901234567890",
	    "57edf4a22be3c955ac49da2e2107b67a");
}

/* One length after the other, over two blocks: a digest of all digests. */
static void
test_lengths(void)
{
	unsigned char digest[MD5_SIZE];
	struct buf all = { 0 };
	char text[129], hex[MD5_HEX];
	size_t n;

	memset(text, 'x', sizeof text);
	for (n = 0; n <= sizeof text; n++) {
		md5(digest, text, n);
		buf_add(&all, digest, sizeof digest);
	}
	md5(digest, all.p, all.n);
	sha256_hex(hex, digest, sizeof digest);
	CHECK_STR(hex, "6c93ccf027822c47aed4077bedd7e658");
	buf_free(&all);
}

static void
check_hmac(const char *key, size_t nkey, const char *text, const char *want)
{
	unsigned char digest[MD5_SIZE];
	char hex[MD5_HEX];

	md5_hmac(digest, span_of(key, nkey), span_str(text));
	sha256_hex(hex, digest, sizeof digest);
	CHECK_STR(hex, want);
}

static void
test_hmac(void)
{
	char key[80];

	memset(key, 0x0b, sizeof key);
	check_hmac(key, 16, "Hi There", "9294727a3638bb1c13f48ef8158bfc9d");
	check_hmac("Jefe", 4, "what do ya want for nothing?",
	    "750c783e6ab0b503eaa86e310a5db738");
	memset(key, 0xaa, sizeof key);
	check_hmac(key, 80, "Test Using Larger Than Block-Size Key - Hash Key "
	    "First", "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd");
}

static void
test_answers(void)
{
	char hex[MD5_HEX];

	md5_cram(hex, span_str("tanstaaftanstaaf"),
	    span_str("<1896.697170952@postoffice.reston.mci.net>"));
	CHECK_STR(hex, "b913a602c7eda7a495b4e6e7334d3890");
	md5_apop(hex, span_str("<1896.697170952@dbc.mtview.ca.us>"),
	    span_str("tanstaaf"));
	CHECK_STR(hex, "c4c9334bac560ecc979e58001b3e22fb");
}

int
main(void)
{
	test_md5();
	test_lengths();
	test_hmac();
	test_answers();
	return test_end();
}
