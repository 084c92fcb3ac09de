/*
 * resolver: asks name servers, with time-outs and retries, and follows
 * aliases.  An answer counts only from the server that was asked, with the
 * id and the question that it was asked, at a random port (RFC 5452).  Names
 * go as they are given: no search list, no hosts file.
 */
#ifndef CLIENT_DNS_RESOLVER_H
#define CLIENT_DNS_RESOLVER_H

#include "format/wire/dns.h"
#include "sys/io.h"
#include "sys/net.h"
#include "zone.h"

#define RESOLVER_SERVERS 3	/* as in resolv.conf(5) */
#define RESOLVER_ALIASES 8	/* that lead from one to the next */
#define RESOLVER_TIMEOUT 10000	/* ms, where nothing else is said */

enum resolver_status {
	RESOLVER_FOUND,		/* resolver_next has the records */
	RESOLVER_NODATA,	/* the name has none of this type */
	RESOLVER_NXDOMAIN,	/* there is no such name */
	RESOLVER_TEMP		/* nobody could tell: r->why */
};

/*
 * All zero, but for timeout and trace, before it is said whom to ask
 * (nameservers.h).
 */
struct resolver {
	struct net_addr server[RESOLVER_SERVERS];
	int servers;
	const char *file;	/* in place of servers: the caller's name for
				   zone; or NULL */
	struct zone zone;
	int timeout;		/* ms that one server is waited for over one
				   question */
	struct wr *trace;	/* what is asked and answered, unless NULL */
	struct buf why;
	/* private */
	long long end;		/* after that nothing is asked; 0: never */
	int first;		/* which server answered last */
	int links;		/* aliases followed for this question */
	char name[DNS_TEXT_MAX];	/* asked for, then where aliases led */
	enum dns_type type;
	struct buf question, packet;
	struct dns_answer answer;
};

/*
 * All questions that come now share ms, however many they are: whoever wrote
 * the records decides that.
 */
void resolver_within(struct resolver *r, int ms);

void resolver_free(struct resolver *r);

/*
 * Asks for the records of a domain name (addr_is_domain) of one type; one
 * that is too long for a packet does not exist.  Aliases get no time of their
 * own.
 */
enum resolver_status resolver_ask(struct resolver *r, struct span name,
    enum dns_type type);

/*
 * After RESOLVER_FOUND, the next record of that type; 0 when there is no
 * more.  Until the next question.
 */
int resolver_next(struct resolver *r, struct dns_record *record);

#endif
