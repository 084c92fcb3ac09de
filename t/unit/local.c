/* sys/local: the name of the host, which a gethostname of our own tells. */
#include "test.h"

#include <unistd.h>

#include "sys/local.h"

static const char *called;

int
gethostname(char *name, size_t n)
{
	if (called == NULL)
		return -1;
	strncpy(name, called, n);
	return 0;
}

static void
test_host(void)
{
	static const char label[] = "123456789012345678901234567890123456789"
	    "01234567890123456789012x";	/* 63 octets */
	static const char *const names[][2] = {
		{ "web1.shop.example", "web1.shop.example" },
		{ "web1.shop.example.", "web1.shop.example" },
		{ "laptop", "laptop" },
		{ "laptop.", "laptop" },
		{ label, label },
		{ "", "localhost" },
		{ ".", "localhost" },
		{ "a..", "localhost" },
		{ "a..b", "localhost" },
		{ ".a", "localhost" },
		{ "-a.b", "localhost" },
		{ "a-.b", "localhost" },
		{ "a.-b", "localhost" },
		{ "a.b-", "localhost" },
		{ "a_b", "localhost" },
		{ "a b", "localhost" },
		{ "a\xd1\x97", "localhost" },
		{ "y123456789012345678901234567890123456789"
		    "01234567890123456789012x", "localhost" },
	};
	char host[LOCAL_HOST_MAX];
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < COUNT(names); i++) {
		called = names[i][0];
		local_host(host);
		CHECK_STR(host, names[i][1]);
	}
	called = NULL;
	local_host(host);
	CHECK_STR(host, "localhost");
	called = "web1.shop.example.";
	local_user(&b, NULL, "me");
	CHECK_BUF(&b, "me@web1.shop.example");
	buf_free(&b);
}

static void
test_bare(void)
{
	CHECK(!local_is_bare("a.b"));
	CHECK(!local_is_bare("mail.example.com"));
	CHECK(!local_is_bare("1.2.3.4x"));
	CHECK(local_is_bare("laptop"));
	CHECK(local_is_bare("localhost"));
	CHECK(local_is_bare("192.0.2.1"));
}

int
main(void)
{
	test_host();
	test_bare();
	return test_end();
}
