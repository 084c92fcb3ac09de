#include "route.h"

#include <stdio.h>
#include <stdlib.h>

const char *
route_port(const char *server, const char *port)
{
	static struct net_addr a;

	if (server == NULL)
		return port;
	return net_parse(&a, server, port) == 0 && a.host[0] == '\0' &&
	    a.path[0] == '\0' ? a.port : NULL;
}

/* Whether one of the servers is at this address. */
static int
is_known(const struct servers_conf *conf, const struct net_addr *a)
{
	size_t i;

	for (i = 0; i < conf->n; i++)
		if (strcmp(conf->server[i].addr.host, a->host) == 0)
			return 1;
	return 0;
}

/* The mail hosts' addresses become servers, named as the hosts are. */
static void
add_host(struct servers_conf *conf, struct mx_host *h)
{
	struct server *v;
	size_t i;

	if (conf->server == NULL)
		conf->server = die_calloc(ROUTE_SERVERS,
		    sizeof *conf->server);
	for (i = 0; i < h->addrs && i < ROUTE_ADDRESSES; i++) {
		if (conf->n == ROUTE_SERVERS)
			break;
		if (is_known(conf, &h->addr[i]))
			continue;
		v = &conf->server[conf->n++];
		v->addr = h->addr[i];
		snprintf(v->text, sizeof v->text, "%s:%s", h->name, conf->port);
	}
}

/*
 * The servers of the hosts in mx: MX_FOUND, or the reason in the resolver.  A
 * host without an address is passed over; as long as nobody could tell about
 * one of them, the others prove nothing for good.
 */
static enum mx_verdict
add_hosts(struct servers_conf *conf, struct mx *mx)
{
	struct buf *why = &conf->resolver->why;
	struct buf doubt = { 0 };
	enum mx_verdict one;
	size_t i, doubts = 0;

	for (i = 0; i < mx->hosts && doubts < ROUTE_DOUBTS &&
	    conf->n < ROUTE_SERVERS && i < ROUTE_HOSTS; i++) {
		one = mx_addresses(conf->resolver, &mx->host[i], conf->port);
		if (one == MX_FOUND)
			add_host(conf, &mx->host[i]);
		else if (one == MX_TEMP && doubts++ == 0)
			buf_addspan(&doubt, buf_span(why));
	}
	if (doubts == 0 && i < mx->hosts)
		buf_addf(&doubt, "the first %zu mail hosts have no address",
		    i);
	one = conf->n > 0 ? MX_FOUND : doubt.n > 0 ? MX_TEMP : MX_NONE;
	if (one == MX_TEMP)
		buf_set(why, buf_span(&doubt));
	buf_free(&doubt);
	return one;
}

/* The same for a domain, within a time for all that has to be asked. */
static enum mx_verdict
find_servers(struct servers_conf *conf, struct span domain)
{
	enum mx_verdict verdict;
	struct mx mx = { 0 };

	resolver_within(conf->resolver,
	    ROUTE_QUESTIONS * conf->resolver->timeout);
	verdict = mx_find(conf->resolver, domain, conf->port, &mx);
	if (verdict == MX_FOUND)
		verdict = add_hosts(conf, &mx);
	mx_free(&mx);
	return verdict;
}

/* What is known of a domain to which there was no way, or NULL. */
static struct route_lost *
find_lost(struct route *r, struct span domain)
{
	size_t i;

	for (i = 0; i < r->losses; i++)
		if (span_case_eq(buf_span(&r->lost[i].domain), domain))
			return &r->lost[i];
	return NULL;
}

/* Remembers that there is no way to a domain, which took that many ms. */
static void
remember(struct route *r, struct span domain, enum mx_verdict verdict,
    long long took)
{
	struct route_lost *l = find_lost(r, domain);

	if (r->lost == NULL)
		r->lost = die_calloc(ROUTE_LOST, sizeof *r->lost);
	if (l == NULL && r->losses < ROUTE_LOST)
		l = &r->lost[r->losses++];
	if (l == NULL) {
		l = &r->lost[r->oldest];
		r->oldest = (r->oldest + 1) % ROUTE_LOST;
	}
	buf_set(&l->domain, domain);
	buf_set(&l->why, buf_span(&r->conf->resolver->why));
	l->verdict = verdict;
	l->until = io_clock() + CONNECTION_REST + CONNECTION_REST_TIMES * took;
}

static void
forget(struct route_way *w)
{
	connection_quit(&w->servers.connection);
	servers_free(w->conf.server, w->conf.n);
	buf_free(&w->domain);
	memset(w, 0, sizeof *w);
}

/* A free entry, or that of the domain that was used longest ago. */
static struct route_way *
new_way(struct route *r)
{
	struct route_way *w;
	size_t i;

	if (r->way == NULL)
		r->way = die_calloc(ROUTE_KEPT, sizeof *r->way);
	if (r->ways < ROUTE_KEPT)
		return &r->way[r->ways++];
	w = &r->way[0];
	for (i = 1; i < ROUTE_KEPT; i++)
		if (r->way[i].used < w->used)
			w = &r->way[i];
	forget(w);
	return w;
}

/* The outcome of m, for which there is no way. */
static void
decide(struct message *m, enum mx_verdict verdict, const struct buf *why)
{
	message_decide(m, verdict == MX_TEMP ? RESULT_DEFERRED :
	    RESULT_FAILED, STAGE_CONNECT, 0, buf_span(why));
}

/* The way to a domain; NULL when there is none, and m is decided. */
static struct route_way *
find_way(struct route *r, struct message *m)
{
	struct span domain = message_domain(m);
	struct servers_conf conf = *r->conf;
	long long began = io_clock();
	enum mx_verdict verdict;
	struct route_lost *lost;
	struct route_way *w;
	size_t i;

	for (i = 0; i < r->ways; i++)
		if (span_case_eq(buf_span(&r->way[i].domain), domain))
			return &r->way[i];
	lost = find_lost(r, domain);
	if (lost != NULL && lost->until > began) {
		decide(m, lost->verdict, &lost->why);
		return NULL;
	}
	conf.server = NULL;
	conf.n = conf.home = 0;
	conf.rests = &r->rests;
	verdict = find_servers(&conf, domain);
	if (verdict != MX_FOUND) {
		remember(r, domain, verdict, io_clock() - began);
		decide(m, verdict, &r->conf->resolver->why);
		return NULL;
	}
	w = new_way(r);
	buf_addspan(&w->domain, domain);
	w->conf = conf;
	w->servers.conf = &w->conf;
	return w;
}

int
route_stays(const struct route *r, const struct message *m)
{
	return r->last == NULL || span_case_eq(buf_span(&r->last->domain),
	    message_domain(m));
}

struct servers *
route_find(struct route *r, struct message *m)
{
	r->last = find_way(r, m);
	if (r->last == NULL)
		return NULL;
	r->last->used = ++r->clock;
	return &r->last->servers;
}

void
route_end(struct route *r)
{
	size_t i;

	for (i = 0; i < r->ways; i++)
		forget(&r->way[i]);
	for (i = 0; i < r->losses; i++) {
		buf_free(&r->lost[i].domain);
		buf_free(&r->lost[i].why);
	}
	free(r->way);
	free(r->lost);
	r->way = r->last = NULL;
	r->lost = NULL;
	r->ways = r->losses = 0;
	servers_rests_free(&r->rests);
}
