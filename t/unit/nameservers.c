/* client/dns/nameservers: what it takes for a server; t/3500 has the rest. */
#include "client/dns/nameservers.h"

#include <stdio.h>

#include "test.h"

static void
test_server(void)
{
	static const char *const good[][2] = {
		{ "192.0.2.1", "192.0.2.1:53" },
		{ "192.0.2.1:5353", "192.0.2.1:5353" },
		{ "2001:db8::1", "[2001:db8::1]:53" },
		{ "fe80::1%eth0", "[fe80::1%eth0]:53" },
		{ "::ffff:192.0.2.1", "[::ffff:192.0.2.1]:53" },
		{ "[::1]:5353", "[::1]:5353" },
		{ ":5353", "localhost:5353" },
		{ "ns.pth.ua", "ns.pth.ua:53" }
	};
	static const char *const bad[] = {
		"", "/run/dns", "*:53", "53", "[::1", "ns:1:2"
	};
	struct resolver r = { 0 };
	char text[NET_TEXT_MAX];
	size_t i;

	for (i = 0; i < COUNT(good); i++) {
		r.servers = 0;
		CHECK_INT(nameservers_add(&r, good[i][0]), 0);
		CHECK_INT(r.servers, 1);
		net_text(&r.server[0], text);
		CHECK_STR(text, good[i][1]);
	}
	r.servers = 0;
	for (i = 0; i < COUNT(bad); i++)
		CHECK_INT(nameservers_add(&r, bad[i]), -1);
	CHECK_INT(r.servers, 0);
	for (i = 0; i < RESOLVER_SERVERS; i++)
		CHECK_INT(nameservers_add(&r, "::1"), 0);
	CHECK_INT(nameservers_add(&r, "::1"), -1);
	CHECK_INT(r.servers, RESOLVER_SERVERS);
}

/* The servers that a resolv.conf with this text names, in words. */
static const char *
servers(const char *text)
{
	static char list[RESOLVER_SERVERS * NET_TEXT_MAX];
	static const char path[] = "resolv.conf";
	struct resolver r = { 0 };
	char one[NET_TEXT_MAX];
	size_t n = 0;
	FILE *f;
	int i;

	f = fopen(path, "w");
	CHECK(f != NULL);
	if (f == NULL)
		return "";
	fputs(text, f);
	CHECK_INT(fclose(f), 0);
	nameservers_system(&r, path);
	remove(path);
	for (i = 0; i < r.servers; i++) {
		net_text(&r.server[i], one);
		n += (size_t)snprintf(list + n, sizeof list - n, "%s ", one);
	}
	resolver_free(&r);
	return list;
}

static void
test_system(void)
{
	struct resolver r = { 0 };

	CHECK_STR(servers("# nameserver 192.0.2.9\nsearch pth.ua\n"
	    "nameserver 192.0.2.1\n \tnameserver\t2001:db8::1  # here\r\n"
	    "options timeout:1\nnameserver\nnameservers 192.0.2.8\n"
	    "nameserver /bad\nnameserver 192.0.2.2\nnameserver 192.0.2.3"),
	    "192.0.2.1:53 [2001:db8::1]:53 192.0.2.2:53 ");
	CHECK_STR(servers(""), "localhost:53 ");
	CHECK_STR(servers("search nowhere\n"), "localhost:53 ");
	nameservers_system(&r, "no/such/file");
	CHECK_INT(r.servers, 1);
}

int
main(void)
{
	test_server();
	test_system();
	return test_end();
}
