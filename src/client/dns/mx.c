#include "mx.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "format/mail/idn.h"
#include "sys/secret.h"

static enum mx_verdict
say(struct resolver *r, enum mx_verdict verdict, const char *why)
{
	buf_set(&r->why, span_str(why));
	return verdict;
}

/* Another host at the end of the list. */
static struct mx_host *
add_host(struct mx *m, unsigned pref, struct span name)
{
	struct mx_host *h;

	m->host = die_realloc(m->host, m->hosts + 1, sizeof *h);
	h = &m->host[m->hosts++];
	memset(h, 0, sizeof *h);
	h->pref = pref;
	memcpy(h->name, name.p, name.n);
	return h;
}

static int
is_other(int family)
{
	return net_family() != AF_UNSPEC && family != net_family();
}

static void
add_address(struct mx_host *h, int family, const void *ip, const char *port)
{
	struct net_addr *a;

	if (is_other(family)) {
		h->others++;
		return;
	}
	if (h->addrs == MX_ADDRESSES)
		return;
	if (h->addr == NULL)
		h->addr = die_calloc(MX_ADDRESSES, sizeof *h->addr);
	a = &h->addr[h->addrs++];
	inet_ntop(family, ip, a->host, sizeof a->host);
	snprintf(a->port, sizeof a->port, "%s", port);
}

/* [192.0.2.1] or [IPv6:2001:db8::1], RFC 5321 4.1.3 */
static enum mx_verdict
find_literal(struct resolver *r, struct span s, const char *port,
    struct mx *m)
{
	struct span ip = span_of(s.p + 1, s.n - 2);
	int family = AF_INET;
	unsigned char bytes[16];
	char *text;
	int ok;

	if (span_case_begins(ip, "IPv6:")) {
		family = AF_INET6;
		ip = span_drop(ip, sizeof "IPv6:" - 1);
	}
	text = span_dup(ip);
	ok = s.n <= ADDR_DOMAIN_MAX && inet_pton(family, text, bytes) == 1;
	free(text);
	if (!ok)
		return say(r, MX_NONE, "not an address literal");
	add_address(add_host(m, 0, s), family, bytes, port);
	if (m->host->others > 0)
		return say(r, MX_TEMP, "an address of the other kind");
	return MX_FOUND;
}

static int
is_localhost(struct span s)
{
	static const char parent[] = ".localhost";
	size_t n = sizeof parent - 1;

	return span_case_is(s, parent + 1) || (s.n > n &&
	    span_case_is(span_drop(s, s.n - n), parent));
}

static void
add_loopback(struct mx_host *h, const char *port)
{
	struct in_addr v4;

	v4.s_addr = htonl(INADDR_LOOPBACK);
	add_address(h, AF_INET, &v4, port);
	add_address(h, AF_INET6, &in6addr_loopback, port);
}

/*
 * Only what all answers agree on is for good: some servers say of a name that
 * has records of another type that it does not exist (RFC 4074 4.2).
 */
static enum mx_verdict
contradiction(struct resolver *r)
{
	return say(r, MX_TEMP, "the name servers' answers contradict each "
	    "other");
}

/*
 * denied: it was said once already that there is no such name.  Of addresses of
 * the other kind (-4, -6) nothing is shown: it only matters whether there are
 * some.
 */
static enum mx_verdict
find_addresses(struct resolver *r, struct mx_host *h, const char *port,
    int denied)
{
	static const struct kind {
		enum dns_type type;
		int family;
	} kinds[] = { { DNS_A, AF_INET }, { DNS_AAAA, AF_INET6 } };
	struct wr *const trace = r->trace;
	enum resolver_status status;
	struct dns_record record;
	int temp = 0, missing = denied, answers = denied + 2;
	const struct kind *k;

	for (k = kinds; k < kinds + COUNT(kinds); k++) {
		r->trace = is_other(k->family) ? NULL : trace;
		status = resolver_ask(r, span_str(h->name), k->type);
		missing += status == RESOLVER_NXDOMAIN;
		temp += status == RESOLVER_TEMP;
		while (status == RESOLVER_FOUND && resolver_next(r, &record))
			add_address(h, k->family, record.ip, port);
	}
	r->trace = trace;
	if (h->addrs > 0)
		return MX_FOUND;
	if (h->others > 0)
		return say(r, MX_TEMP, "it has addresses of the other kind "
		    "alone");
	if (temp > 0)
		return MX_TEMP;
	if (missing > 0 && missing < answers)
		return contradiction(r);
	return say(r, MX_NONE, missing > 0 ? "no such name" : "no address");
}

enum mx_verdict
mx_addresses(struct resolver *r, struct mx_host *h, const char *port)
{
	if (h->addrs > 0)
		return MX_FOUND;
	if (is_localhost(span_str(h->name))) {
		add_loopback(h, port);
		return MX_FOUND;
	}
	return find_addresses(r, h, port, 0);
}

/* By preference, and by chance where that is equal. */
static int
compare(const void *a, const void *b)
{
	const struct mx_host *p = a, *q = b;

	if (p->pref != q->pref)
		return p->pref < q->pref ? -1 : 1;
	return (p->chance > q->chance) - (p->chance < q->chance);
}

/* The hosts of the MX records that r has found. */
static enum mx_verdict
take_hosts(struct resolver *r, struct mx *m)
{
	struct dns_record record;
	struct span name;
	int null = 0;

	while (resolver_next(r, &record)) {
		name = span_str(record.host);
		if (addr_is_domain(name))
			add_host(m, record.pref, name);
		else
			null += span_is(name, ".");
	}
	if (m->hosts == 0)
		return null > 0 ?
		    say(r, MX_NULL, "the domain takes no mail (null MX)") :
		    say(r, MX_NONE, "no mail host has a valid name");
	return MX_FOUND;
}

static enum mx_verdict
sort_hosts(struct resolver *r, struct mx *m)
{
	size_t i;

	for (i = 0; i < m->hosts; i++)
		if (secret_random(&m->host[i].chance,
		    sizeof m->host[i].chance) < 0)
			return say(r, MX_TEMP, strerror(errno));
	qsort(m->host, m->hosts, sizeof *m->host, compare);
	return MX_FOUND;
}

/* The domain is its own mail host, RFC 5321 5.1. */
static enum mx_verdict
find_implicit(struct resolver *r, struct span domain, const char *port,
    struct mx *m)
{
	enum mx_verdict verdict;

	verdict = mx_addresses(r, add_host(m, 0, domain), port);
	if (verdict == MX_NONE)
		say(r, MX_NONE, "the domain has neither mail host nor address");
	return verdict;
}

/*
 * One answer that there is no such domain is not enough: a server that says
 * so of its MX, and has an address, means that there is no MX.
 */
static enum mx_verdict
doubt(struct resolver *r, struct span domain, const char *port, struct mx *m)
{
	enum mx_verdict verdict;

	verdict = find_addresses(r, add_host(m, 0, domain), port, 1);
	if (verdict == MX_NONE)
		say(r, MX_NONE, "no such domain");
	return verdict;
}

/* By a name in ASCII. */
static enum mx_verdict
find(struct resolver *r, struct span domain, const char *port, struct mx *m)
{
	enum mx_verdict verdict;

	if (domain.n > 2 && domain.p[0] == '[' &&
	    domain.p[domain.n - 1] == ']')
		return find_literal(r, domain, port, m);
	if (domain.n > 1 && domain.p[domain.n - 1] == '.')
		domain.n--;
	if (!addr_is_domain(domain))
		return say(r, MX_NONE, "not a domain name");
	if (is_localhost(domain))
		return find_implicit(r, domain, port, m);
	switch (resolver_ask(r, domain, DNS_MX)) {
	case RESOLVER_FOUND:
		verdict = take_hosts(r, m);
		return verdict == MX_FOUND ? sort_hosts(r, m) : verdict;
	case RESOLVER_NODATA:
		return find_implicit(r, domain, port, m);
	case RESOLVER_NXDOMAIN:
		return doubt(r, domain, port, m);
	default:
		return MX_TEMP;
	}
}

enum mx_verdict
mx_find(struct resolver *r, struct span domain, const char *port,
    struct mx *m)
{
	struct buf name = { 0 };
	enum mx_verdict verdict;
	const char *why;

	mx_free(m);
	if (idn_domain(&name, domain, &why) < 0)
		verdict = say(r, MX_NONE, why);
	else
		verdict = find(r, buf_span(&name), port, m);
	if (verdict != MX_FOUND)
		mx_free(m);
	buf_free(&name);
	return verdict;
}

void
mx_free(struct mx *m)
{
	size_t i;

	for (i = 0; i < m->hosts; i++)
		free(m->host[i].addr);
	free(m->host);
	m->host = NULL;
	m->hosts = 0;
}
