/* format/wire/dns */
#include "format/wire/dns.h"

#include <stdlib.h>

#include "test.h"

/* A packet in C notation, NULs and all. */
#define PACKET(s)	span_of((s), sizeof (s) - 1)

/* Header with these counts; the question is pth.ua MX. */
#define HEAD(flags, answers, authority) \
	"\x12\x34" flags "\0\1" answers authority "\0\0"
#define QUESTION	"\3pth\2ua\0\0\17\0\1"
#define OWNER		"\xc0\x0c"	/* pth.ua in the question */
#define MX		"\0\17\0\1\0\0\1\x2c"	/* type, class, TTL */

static void
test_question(void)
{
	static const char label[] =
	    "0123456789012345678901234567890123456789012345678901234567890123";
	struct buf b = { 0 }, name = { 0 };
	int i;

	CHECK_INT(dns_question(&b, span_str("pth.ua."), DNS_MX), 0);
	dns_set_id(&b, 0x1234);
	CHECK(span_eq(buf_span(&b), PACKET("\x12\x34\1\0\0\1\0\0\0\0\0\0"
	    QUESTION)));
	b.n = 0;
	CHECK_INT(dns_question(&b, span_str(""), DNS_A), -1);
	CHECK_INT(dns_question(&b, span_str("a..b"), DNS_A), -1);
	CHECK_INT(dns_question(&b, span_str(".a"), DNS_A), -1);
	CHECK_INT(dns_question(&b, span_str(label), DNS_A), -1);
	CHECK_INT(b.n, 0);
	/* 4 labels and the root: 3 * 64 + 62 + 1 = 255 octets. */
	for (i = 0; i < 3; i++)
		buf_addf(&name, "%s.", label + 1);
	buf_adds(&name, label + 3);
	CHECK_INT(dns_question(&b, buf_span(&name), DNS_A), 0);
	CHECK_INT(b.n, 12 + 255 + 4);
	buf_addc(&name, 'x');
	CHECK_INT(dns_question(&b, buf_span(&name), DNS_A), -1);
	buf_free(&name);
	buf_free(&b);
}

static void
test_records(void)
{
	static const char packet[] = HEAD("\x81\x80", "\0\5", "\0\1") QUESTION
	    OWNER MX "\0\7\0\12\2mx" OWNER
	    "\2mx" OWNER "\0\1\0\1\xff\0\0\0\0\4\300\0\2\1"
	    "\2mx" OWNER "\0\34\0\1\0\0\0\1\0\20\x20\1\xd\xb8"
	    "\0\0\0\0\0\0\0\0\0\0\0\1"
	    OWNER "\0\17\0\3\0\0\0\0\0\3\0\1\0"	/* class CH */
	    "\0\0\5\0\1\0\0\0\0\0\2" OWNER
	    "\4a.\\ \0\0\6\0\1\0\0\0\0\0\1x";
	struct dns_answer d;
	struct dns_record r;

	CHECK_INT(dns_open(&d, PACKET(packet)), 0);
	CHECK_INT(d.id, 0x1234);
	CHECK_INT(d.rcode, DNS_NOERROR);
	CHECK(!d.truncated && !d.authoritative && d.recursive);
	CHECK_STR(d.name, "pth.ua");
	CHECK_INT(d.type, DNS_MX);
	CHECK_INT(dns_next(&d, &r), 1);
	CHECK(r.type == DNS_MX && r.pref == 10 && r.ttl == 300);
	CHECK_STR(r.name, "pth.ua");
	CHECK_STR(r.host, "mx.pth.ua");
	CHECK_INT(dns_next(&d, &r), 1);
	CHECK(r.type == DNS_A && r.ttl == 0);
	CHECK(memcmp(r.ip, "\300\0\2\1", 4) == 0);
	CHECK_INT(dns_next(&d, &r), 1);
	CHECK(r.type == DNS_AAAA && r.ip[0] == 0x20 && r.ip[15] == 1);
	CHECK_INT(dns_next(&d, &r), 1);
	CHECK(r.type == DNS_CNAME && r.section == DNS_ANSWER);
	CHECK_STR(r.name, ".");
	CHECK_STR(r.host, "pth.ua");
	CHECK_INT(dns_next(&d, &r), 1);
	CHECK(r.type == DNS_SOA && r.section == DNS_AUTHORITY);
	CHECK_STR(r.name, "a\\046\\092\\032");
	CHECK_INT(dns_next(&d, &r), 0);
	CHECK_INT(dns_next(&d, &r), 0);
}

static void
test_flags(void)
{
	struct dns_answer d;
	struct dns_record r;

	CHECK_INT(dns_open(&d, PACKET(HEAD("\x84\3", "\0\0", "\0\0")
	    QUESTION)), 0);
	CHECK(d.authoritative && d.rcode == DNS_NXDOMAIN && !d.recursive);
	CHECK_INT(dns_next(&d, &r), 0);
	CHECK_INT(dns_open(&d, PACKET(HEAD("\x82\0", "\0\5", "\0\0")
	    QUESTION OWNER)), 0);
	CHECK(d.truncated);
	CHECK_INT(dns_next(&d, &r), 0);
	/* A question; another opcode; no question; two; class CH. */
	CHECK_INT(dns_open(&d, PACKET(HEAD("\1\0", "\0\0", "\0\0")
	    QUESTION)), -1);
	CHECK_INT(dns_open(&d, PACKET(HEAD("\x90\0", "\0\0", "\0\0")
	    QUESTION)), -1);
	CHECK_INT(dns_open(&d, PACKET("\0\0\x80\0\0\0\0\0\0\0\0\0")), -1);
	CHECK_INT(dns_open(&d, PACKET("\0\0\x80\0\0\2\0\0\0\0\0\0" QUESTION
	    QUESTION)), -1);
	CHECK_INT(dns_open(&d, PACKET(HEAD("\x80\0", "\0\0", "\0\0")
	    "\3pth\2ua\0\0\17\0\3")), -1);
}

/* One record, which is malformed. */
#define BAD(record) \
	bad(PACKET(HEAD("\x81\x80", "\0\1", "\0\0") QUESTION record), \
	    __LINE__)

static void
bad(struct span packet, int line)
{
	struct dns_answer d;
	struct dns_record r;

	test_int(dns_open(&d, packet), 0, __FILE__, line, "dns_open");
	test_int(dns_next(&d, &r), -1, __FILE__, line, "dns_next");
}

static void
test_bad(void)
{
	BAD("");
	BAD(OWNER MX "\0");
	BAD(OWNER MX "\0\2\0\1");		/* no host */
	BAD(OWNER MX "\0\1\0");
	BAD(OWNER MX "\0\5\0\1" OWNER);		/* the packet ends first */
	BAD(OWNER MX "\0\5\0\1" OWNER "x");	/* octets after the name */
	BAD(OWNER MX "\0\3\0\1" OWNER);		/* name leaves the data */
	BAD(OWNER "\0\1\0\1\0\0\0\0\0\3\1\2\3");
	BAD(OWNER "\0\34\0\1\0\0\0\0\0\4\1\2\3\4");
	BAD("\xc0\x18" MX "\0\4\0\1" OWNER);	/* to itself */
	BAD("\1a\xc0\x18" MX "\0\4\0\1" OWNER);	/* in a circle */
	BAD("\xc0\x40" MX "\0\4\0\1" OWNER);	/* forward */
	BAD("\xc0\4" MX "\0\4\0\1" OWNER);	/* into the header */
	BAD("\xc0");
	BAD("\100a\0" MX "\0\4\0\1" OWNER);
	BAD("\200a\0" MX "\0\4\0\1" OWNER);
	BAD("\77abc");
}

/* Each packet that is cut off is malformed, and is not read past its end. */
static void
test_cut(void)
{
	static const char packet[] = HEAD("\x81\x80", "\0\1", "\0\0") QUESTION
	    OWNER MX "\0\7\0\12\2mx" OWNER;
	struct dns_answer d;
	struct dns_record r;
	size_t n;
	char *p;

	for (n = 0; n < sizeof packet - 1; n++) {
		p = span_dup(span_of(packet, n));
		CHECK(dns_open(&d, span_of(p, n)) < 0 ||
		    dns_next(&d, &r) < 0);
		free(p);
	}
}

/* Pointers may make a name longer than its 255 octets. */
static void
test_long(void)
{
	struct buf b = { 0 };
	struct dns_answer d;
	struct dns_record r;
	size_t at;
	int i, more;

	buf_addspan(&b, PACKET(HEAD("\x81\x80", "\1\0", "\0\0") "\0\0\1\0\1"));
	at = b.n;
	buf_addspan(&b, PACKET("\1a\0" MX "\0\3\0\1\0"));
	for (i = 1; i < 256; i++) {
		buf_addspan(&b, PACKET("\1a"));
		buf_addc(&b, (int)(0xc0 | at >> 8));
		buf_addc(&b, (int)(at & 0xff));
		at = b.n - 4;
		buf_addspan(&b, PACKET(MX "\0\3\0\1\0"));
	}
	CHECK_INT(dns_open(&d, buf_span(&b)), 0);
	for (i = 0; (more = dns_next(&d, &r)) > 0; i++)
		;
	CHECK_INT(more, -1);
	CHECK_INT(i, 127);	/* 127 times "\1a" and the root */
	buf_free(&b);
}

int
main(void)
{
	test_question();
	test_records();
	test_flags();
	test_bad();
	test_cut();
	test_long();
	return test_end();
}
