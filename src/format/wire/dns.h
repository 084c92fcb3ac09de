/*
 * dns: questions to the domain name system and a pull parser of the answers
 * (RFC 1035).  A packet is not trusted: every length in it is checked, and
 * a compressed name may only point backwards.
 */
#ifndef FORMAT_WIRE_DNS_H
#define FORMAT_WIRE_DNS_H

#include "sys/buf.h"

/* The largest packet there is, RFC 1035 4.2.2. */
#define DNS_PACKET_MAX 65535

/* Room for any name in words: each of 253 octets as \DDD, and a NUL. */
#define DNS_TEXT_MAX 1024

/* Octets of a label and of a name, with its lengths, RFC 1035 2.3.4. */
#define DNS_LABEL_MAX 63
#define DNS_NAME_MAX 255

/* RFC 1035 3.2.2, RFC 3596 2.1, RFC 6698 7.1 */
enum dns_type {
	DNS_A = 1,
	DNS_NS = 2,
	DNS_CNAME = 5,
	DNS_SOA = 6,
	DNS_PTR = 12,
	DNS_MX = 15,
	DNS_TXT = 16,
	DNS_AAAA = 28,
	DNS_TLSA = 52
};

/* RFC 1035 4.1.1 */
enum dns_rcode {
	DNS_NOERROR = 0,
	DNS_SERVFAIL = 2,
	DNS_NXDOMAIN = 3
};

enum dns_section {
	DNS_ANSWER,
	DNS_AUTHORITY
};

/*
 * Names are text without a final dot, "." being the root.  A dot, backslash,
 * blank or control within a label is written \DDD, so two names are the same
 * when their texts are, but for ASCII case.
 */
struct dns_answer {
	unsigned id;
	int rcode;
	int truncated;		/* ask again over TCP; no records here */
	int authoritative;	/* the server's own zone */
	int recursive;		/* the server asks others for us */
	char name[DNS_TEXT_MAX];	/* the question it answers */
	unsigned type;
	/* private */
	struct span packet;
	size_t at;
	unsigned left[2];	/* records of each section to come */
};

struct dns_record {
	enum dns_section section;
	char name[DNS_TEXT_MAX];
	unsigned type;		/* an enum dns_type, or another */
	unsigned long ttl;	/* seconds */
	unsigned pref;		/* MX */
	char host[DNS_TEXT_MAX];	/* MX, CNAME: what it leads to */
	unsigned char ip[16];	/* A: the first four; AAAA */
};

/*
 * Appends the question for a name's records of one type, which a resolver
 * shall find out.  name is text as people write it, no \DDD; a final dot is
 * ignored.  0, or -1 when it has an empty label, one over 63 octets, or is
 * too long.  The id is 0 until dns_set_id gives the question another one.
 */
int dns_question(struct buf *b, struct span name, enum dns_type type);
void dns_set_id(struct buf *question, unsigned id);

/* The name of a question, as it stands in it, and its type. */
struct span dns_asked(struct span question, unsigned *type);

/*
 * The answer of a server that has the zone: begun in an empty b, then its
 * records, whose owner and data are as in packets, then how many they were.
 */
void dns_answer_begin(struct buf *b, struct span question,
    enum dns_rcode rcode);
void dns_answer_add(struct buf *b, struct span owner, unsigned type,
    uintmax_t ttl, struct span data);
void dns_answer_end(struct buf *b, unsigned records);

/*
 * Begins with a packet, which must outlive d.  0, or -1 when it is not an
 * answer to one question of class IN.
 */
int dns_open(struct dns_answer *d, struct span packet);

/*
 * The next record of the answer and authority sections, those of other
 * classes than IN left out.  1; 0 at the end; -1 when the packet is malformed.
 */
int dns_next(struct dns_answer *d, struct dns_record *r);

#endif
