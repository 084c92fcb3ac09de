/* format/crypt/sha256: the examples of FIPS 180-4 and RFC 4231. */
#include "test.h"

#include "format/crypt/sha256.h"

static void
check(const char *text, size_t times, size_t step, const char *want)
{
	unsigned char digest[SHA256_SIZE];
	char hex[SHA256_HEX];
	size_t n = strlen(text), i, take;
	struct sha256 h;

	sha256_init(&h);
	for (; times > 0; times--)
		for (i = 0; i < n; i += take) {
			take = n - i < step ? n - i : step;
			sha256_add(&h, text + i, take);
		}
	sha256_end(&h, digest);
	sha256_hex(hex, digest, sizeof digest);
	CHECK_STR(hex, want);
}

static void
test_sha256(void)
{
	const char *two = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmno"
	    "mnopnopq";
	size_t step;

	check("", 1, 1, "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855");
	check("abc", 1, 3, "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad");
	for (step = 1; step <= 56; step++)
		check(two, 1, step, "248d6a61d20638b8e5c026930c3e6039"
		    "a33ce45964ff2167f6ecedd419db06c1");
	check("aaaaaaaaaa", 100000, 7, "cdc76e5c9914fb9281a1c7e284d73e67"
	    "f1809a48a497200e046d39ccc7112cd0");
}

/* One length after the other, over two blocks: a hash of all the hashes. */
static void
test_lengths(void)
{
	unsigned char text[2 * SHA256_BLOCK + 1], digest[SHA256_SIZE];
	char hex[SHA256_HEX];
	struct sha256 h, all;
	size_t n;

	memset(text, 'x', sizeof text);
	sha256_init(&all);
	for (n = 0; n <= sizeof text; n++) {
		sha256_init(&h);
		sha256_add(&h, text, n);
		sha256_end(&h, digest);
		sha256_add(&all, digest, sizeof digest);
	}
	sha256_end(&all, digest);
	sha256_hex(hex, digest, sizeof digest);
	CHECK_STR(hex, "6d0989028287a2bd990515b95658bb81"
	    "0cf688b69517dfc49e4b3778e0b6d923");
}

static void
check_hmac(const char *key, size_t nkey, const char *text, const char *want)
{
	unsigned char digest[SHA256_SIZE];
	char hex[SHA256_HEX];

	sha256_hmac(digest, key, nkey, text, strlen(text));
	sha256_hex(hex, digest, sizeof digest);
	CHECK_STR(hex, want);
}

static void
test_hmac(void)
{
	char key[131];

	memset(key, 0x0b, sizeof key);
	check_hmac(key, 20, "Hi There", "b0344c61d8db38535ca8afceaf0bf12b"
	    "881dc200c9833da726e9376c2e32cff7");
	check_hmac("Jefe", 4, "what do ya want for nothing?",
	    "5bdcc146bf60754e6a042426089575c7"
	    "5a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof key);
	check_hmac(key, sizeof key, "Test Using Larger Than Block-Size Key - "
	    "Hash Key First", "60e431591ee0b67f0d8a26aacbf5b77f"
	    "8e0bc6213728c5140546040f0ee37f54");
}

static void
test_copy(void)
{
	unsigned char a[SHA256_SIZE], b[SHA256_SIZE];
	struct sha256 h, copy;

	sha256_init(&h);
	sha256_add(&h, "one ", 4);
	copy = h;
	sha256_add(&h, "two", 3);
	sha256_add(&copy, "two", 3);
	sha256_end(&h, a);
	sha256_end(&copy, b);
	CHECK(sha256_equal(a, b, sizeof a));
	b[SHA256_SIZE - 1] ^= 1;
	CHECK(!sha256_equal(a, b, sizeof a));
	CHECK(sha256_equal(a, b, sizeof a - 1));
}

/* What the processor does is what C does. */
static void
test_blocks(void)
{
	uint32_t c[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	uint32_t ni[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	unsigned char text[7 * SHA256_BLOCK];
	size_t i;

	for (i = 0; i < sizeof text; i++)
		text[i] = (unsigned char)(i * i);
	sha256_blocks_c(c, text, 7);
	if (sha256_has_ni())
		sha256_blocks_ni(ni, text, 7);
	else
		sha256_blocks(ni, text, 7);
	CHECK_INT(memcmp(c, ni, sizeof c), 0);
}

int
main(void)
{
	test_sha256();
	test_lengths();
	test_hmac();
	test_copy();
	test_blocks();
	return test_end();
}
