/*
 * mx: the mail hosts of a domain in the order in which they are to be tried
 * (RFC 5321 5.1, RFC 7505).
 */
#ifndef CLIENT_DNS_MX_H
#define CLIENT_DNS_MX_H

#include <stdint.h>

#include "format/mail/addr.h"
#include "resolver.h"

/* The most addresses of one host that are kept. */
#define MX_ADDRESSES 16

enum mx_verdict {
	MX_FOUND,
	MX_NULL,	/* the domain takes no mail, for good */
	MX_NONE,	/* no such domain or host, or no way to it: for good */
	MX_TEMP		/* nobody could tell: try later */
};

struct mx_host {
	unsigned pref;
	char name[ADDR_DOMAIN_MAX + 1];
	struct net_addr *addr;	/* numeric, for net_dial; IPv4 first */
	size_t addrs;		/* 0 until mx_addresses */
	/* private */
	size_t others;		/* addresses that net_option does not want */
	uint32_t chance;
};

/* All zero before the first use. */
struct mx {
	struct mx_host *host;	/* the best first */
	size_t hosts;
};

/*
 * Finds the hosts of a domain, asked for in ASCII (idn.h), or address literal
 * ([192.0.2.1], [IPv6:...]):
 * those of its MX records by preference, in random order among equals; where
 * there is none the domain itself, with preference 0, when it has an address.
 * Names from the DNS that are not domain names are left out.  localhost, and
 * what ends in .localhost, is this host, and no server is asked (RFC 6761
 * 6.3).  Replaces what m held; with another verdict than MX_FOUND there is no
 * host in m, and r->why is the reason.  MX_NONE for a domain takes two answers
 * that it does not exist.
 */
enum mx_verdict mx_find(struct resolver *r, struct span domain,
    const char *port, struct mx *m);

/*
 * Looks the addresses of a host of mx_find up, where they are not known yet,
 * and gives them this port.  MX_FOUND where there is one; MX_NONE, where the
 * answers about both kinds of them agree, or MX_TEMP, with r->why.
 */
enum mx_verdict mx_addresses(struct resolver *r, struct mx_host *h,
    const char *port);

void mx_free(struct mx *m);

#endif
