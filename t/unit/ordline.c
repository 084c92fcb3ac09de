/*
 * ordline: what a connection's first bytes are, ORDER lines, names and macs.
 */
#include "format/wire/name.h"
#include "format/wire/ordline.h"

#include "test.h"

static enum ordline_first
first(const char *s)
{
	return ordline_first(span_str(s));
}

static void
test_first(void)
{
	struct buf b = { 0 };
	size_t i;

	CHECK_INT(first(""), ORDLINE_MORE);
	CHECK_INT(first("O"), ORDLINE_MORE);
	CHECK_INT(first("ORDER"), ORDLINE_MORE);
	CHECK_INT(first("ORDER "), ORDLINE_COMMAND);
	CHECK_INT(first("ORDER\n"), ORDLINE_COMMAND);
	CHECK_INT(first("ORDERS"), ORDLINE_MORE);
	CHECK_INT(first("ORDERS\n"), ORDLINE_RAW);
	CHECK_INT(first("Order "), ORDLINE_MORE);
	CHECK_INT(first("order 1"), ORDLINE_COMMAND);
	CHECK_INT(first("order one"), ORDLINE_RAW);
	CHECK_INT(first("order1"), ORDLINE_RAW);
	CHECK_INT(first("order\n"), ORDLINE_RAW);
	CHECK_INT(first("quit"), ORDLINE_MORE);
	CHECK_INT(first("quit \r"), ORDLINE_MORE);
	CHECK_INT(first("Quit\n"), ORDLINE_COMMAND);
	CHECK_INT(first("quit \r\n"), ORDLINE_COMMAND);
	CHECK_INT(first("quit now\n"), ORDLINE_RAW);
	CHECK_INT(first("GET"), ORDLINE_MORE);
	CHECK_INT(first("GET /"), ORDLINE_OTHER);
	CHECK_INT(first("POST /x"), ORDLINE_OTHER);
	CHECK_INT(first("Get /"), ORDLINE_RAW);
	CHECK_INT(first("GETTING "), ORDLINE_MORE);
	CHECK_INT(first("GETTING on\n"), ORDLINE_RAW);
	CHECK_INT(first("["), ORDLINE_RAW);
	CHECK_INT(first("\r\n"), ORDLINE_RAW);
	CHECK_INT(ordline_first(span_of("\0[", 2)), ORDLINE_MORE);
	CHECK_INT(ordline_first(span_of("\0\0\0\0\0", 5)), ORDLINE_RAW);
	CHECK_INT(first("EHLO"), ORDLINE_MORE);
	CHECK_INT(first("EHLO "), ORDLINE_COMMAND);
	CHECK_INT(first("USER x"), ORDLINE_COMMAND);
	CHECK_INT(first("USERS\n"), ORDLINE_RAW);
	CHECK_INT(ordline_first(span_of("\x16\x03", 2)), ORDLINE_OTHER);
	CHECK_INT(ordline_first(span_of("\xff\xfe", 2)), ORDLINE_RAW);
	buf_adds(&b, "QUIT");
	for (i = 4; i < ORDLINE_MAX; i++)
		buf_addc(&b, ' ');
	CHECK_INT(ordline_first(buf_span(&b)), ORDLINE_RAW);
	buf_free(&b);
}

#define SHA "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

static const char *
parse(struct ordline *o, const char *args)
{
	return ordline_parse(o, span_str(args));
}

static void
test_parse(void)
{
	struct ordline o;

	CHECK(parse(&o, " 5 " SHA " a.txt -") == NULL);
	CHECK(o.sized && o.octets == 5);
	CHECK_SPAN(o.size, "5");
	CHECK_SPAN(o.sha, SHA);
	CHECK_SPAN(o.name, "a.txt");
	CHECK_SPAN(o.tag, "-");
	CHECK(o.mac.n == 0);
	CHECK(parse(&o, "  005 " SHA "\ta  t " SHA "  ") == NULL);
	CHECK_SPAN(o.size, "005");
	CHECK_SPAN(o.mac, SHA);
	CHECK(parse(&o, "") != NULL && !o.sized);
	CHECK(parse(&o, " x " SHA " a -") != NULL && !o.sized);
	CHECK(parse(&o, " -5 " SHA " a -") != NULL && !o.sized);
	CHECK(parse(&o, " 99999999999999999999 " SHA " a -") != NULL &&
	    !o.sized);
	CHECK(parse(&o, " 7 " SHA "0 a -") != NULL && o.sized &&
	    o.octets == 7);
	CHECK(parse(&o, " 7 " SHA) != NULL && o.sized);
	CHECK(parse(&o, " 7 " SHA " a") != NULL && o.sized);
	CHECK(parse(&o, " 7 " SHA " a t\x01") != NULL);
	CHECK(parse(&o, " 7 " SHA " a " SHA) == NULL);
	CHECK(parse(&o, " 7 " SHA " a " SHA "0") != NULL);
	CHECK(parse(&o, " 7 " SHA " a - mac") == NULL);
	CHECK_SPAN(o.mac, "mac");
	CHECK(parse(&o, " 7 " SHA " a - " SHA " more") != NULL);
}

static void
check_name(const char *wire, const char *want)
{
	struct buf name = { 0 };
	const char *why;

	why = ordline_decode(&name, span_str(wire));
	CHECK((why == NULL) == (want != NULL));
	if (why == NULL && want != NULL)
		CHECK_BUF(&name, want);
	buf_free(&name);
}

static void
test_names(void)
{
	struct buf long_name = { 0 }, wire = { 0 };
	int i;

	check_name("a.txt", "a.txt");
	check_name("%61%2etxt", "a.txt");
	check_name("a%20b", "a b");
	check_name("%D0%BF", "\xd0\xbf");
	check_name("\xd0\xbf", "\xd0\xbf");
	check_name("-rf", "-rf");
	check_name("", NULL);
	check_name(".", NULL);
	check_name(".hidden", NULL);
	check_name("%2E%2E", NULL);
	check_name("..%2Fetc%2Fpasswd", NULL);
	check_name("a/b", NULL);
	check_name("a%2fb", NULL);
	check_name("a%00b", NULL);
	check_name("a%0ab", NULL);
	check_name("a%7F", NULL);
	check_name("%C2%9B", NULL);
	check_name("%D0", NULL);
	check_name("%ED%A0%80", NULL);
	check_name("a%", NULL);
	check_name("a%4", NULL);
	check_name("a%4g", NULL);
	for (i = 0; i < ORDLINE_NAME_MAX; i++)
		buf_addc(&long_name, 'n');
	CHECK(ordline_name_check(buf_span(&long_name)) == NULL);
	buf_addc(&long_name, 'n');
	CHECK(ordline_name_check(buf_span(&long_name)) != NULL);
	name_encode(&wire, span_of("a b/%\n\xd0\xbf~._-", 12));
	CHECK_BUF(&wire, "a%20b%2F%25%0A%D0%BF~._-");
	buf_free(&long_name);
	buf_free(&wire);
}

static void
test_mac(void)
{
	char mac[SHA256_HEX];
	struct ordline o;

	CHECK(parse(&o, " 5 " SHA " a.txt -") == NULL);
	ordline_mac(mac, span_str("key"), span_str("nonce"), 12, &o);
	/* printf 'nonce\n12\n5 SHA a.txt -' | openssl sha256 -hmac key */
	CHECK_STR(mac,
	    "b3d8cbb3759b56569458df65d4138931d4892fef7ff77b9b89191137717ef1ce");
}

int
main(void)
{
	test_first();
	test_parse();
	test_names();
	test_mac();
	return test_end();
}
