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

static struct span
domain_of(const struct rcpt *r)
{
	struct span s = buf_span(&r->addr);
	size_t i = s.n;

	while (i > 0 && s.p[i - 1] != '@')
		i--;
	return span_drop(s, i);
}

struct span
route_domain(const struct message *m)
{
	size_t i;

	for (i = 0; i < m->rcpts; i++)
		if (!m->rcpt[i].decided)
			return domain_of(&m->rcpt[i]);
	return span_of(NULL, 0);
}

static struct message *
copy(const struct message *m, struct message_shelf *shelf)
{
	struct message *c = message_new(shelf);

	message_start(c, m->number);
	buf_addspan(&c->from, buf_span(&m->from));
	buf_addspan(&c->params, buf_span(&m->params));
	buf_addspan(&c->id, buf_span(&m->id));
	buf_addspan(&c->content.text, buf_span(&m->content.text));
	c->content.body = m->content.body;
	c->content.head_form = m->content.head_form;
	c->content.body_form = m->content.body_form;
	return c;
}

struct message *
route_split(struct message *m, struct message_shelf *shelf)
{
	struct span domain = route_domain(m);
	struct message *other = NULL;
	struct rcpt moved;
	size_t i, kept = 0;

	for (i = 0; i < m->rcpts; i++) {
		moved = m->rcpt[i];
		if (!moved.decided &&
		    !span_case_eq(domain_of(&m->rcpt[i]), domain)) {
			if (other == NULL)
				other = copy(m, shelf);
			message_rcpt(other, buf_span(&moved.addr),
			    buf_span(&moved.params));
			continue;
		}
		m->rcpt[i] = m->rcpt[kept];
		m->rcpt[kept++] = moved;
	}
	m->rcpts = kept;
	return other;
}

/* Whether one of the servers is at this address. */
static int
is_known(const struct reach_conf *reach, const struct net_addr *a)
{
	size_t i;

	for (i = 0; i < reach->servers; i++)
		if (strcmp(reach->server[i].addr.host, a->host) == 0)
			return 1;
	return 0;
}

/* The mail hosts' addresses become servers, named as the hosts are. */
static void
add_host(struct route *r, struct reach_conf *reach, struct mx_host *h)
{
	struct link_server *v;
	size_t i;

	if (reach->server == NULL)
		reach->server = die_calloc(ROUTE_SERVERS,
		    sizeof *reach->server);
	for (i = 0; i < h->addrs && i < ROUTE_ADDRESSES; i++) {
		if (reach->servers == ROUTE_SERVERS)
			break;
		if (is_known(reach, &h->addr[i]))
			continue;
		v = &reach->server[reach->servers++];
		v->addr = h->addr[i];
		snprintf(v->text, sizeof v->text, "%s:%s", h->name, r->port);
	}
}

/*
 * The servers of the hosts in mx: MX_FOUND, or the reason in the resolver.  A
 * host without an address is passed over; as long as nobody could tell about
 * one of them, the others prove nothing for good.
 */
static enum mx_verdict
add_hosts(struct route *r, struct reach_conf *reach, struct mx *mx)
{
	struct buf *why = &r->resolver->why;
	struct buf doubt = { 0 };
	enum mx_verdict one;
	size_t i, doubts = 0;

	for (i = 0; i < mx->hosts && doubts < ROUTE_DOUBTS &&
	    reach->servers < ROUTE_SERVERS && i < ROUTE_HOSTS; i++) {
		one = mx_addresses(r->resolver, &mx->host[i], r->port);
		if (one == MX_FOUND)
			add_host(r, reach, &mx->host[i]);
		else if (one == MX_TEMP && doubts++ == 0)
			buf_addspan(&doubt, buf_span(why));
	}
	if (doubts == 0 && i < mx->hosts)
		buf_addf(&doubt, "the first %zu mail hosts have no address",
		    i);
	one = reach->servers > 0 ? MX_FOUND : doubt.n > 0 ? MX_TEMP : MX_NONE;
	if (one == MX_TEMP) {
		buf_clear(why);
		buf_addspan(why, buf_span(&doubt));
	}
	buf_free(&doubt);
	return one;
}

/* The same for a domain, within a time for all that has to be asked. */
static enum mx_verdict
find_servers(struct route *r, struct reach_conf *reach, struct span domain)
{
	enum mx_verdict verdict;
	struct mx mx = { 0 };

	resolver_within(r->resolver, ROUTE_QUESTIONS * r->resolver->timeout);
	verdict = mx_find(r->resolver, domain, r->port, &mx);
	if (verdict == MX_FOUND)
		verdict = add_hosts(r, reach, &mx);
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

/* The outcome of m, for which there is no way; it took so many ms to see. */
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
	buf_clear(&l->domain);
	buf_addspan(&l->domain, domain);
	buf_clear(&l->why);
	buf_addspan(&l->why, buf_span(&r->resolver->why));
	l->verdict = verdict;
	l->until = io_clock() + LINK_REST + LINK_REST_TIMES * took;
}

static void
forget(struct route_way *w)
{
	sender_end(&w->sender);
	link_servers_free(w->conf.reach.server, w->conf.reach.servers);
	buf_free(&w->domain);
	memset(w, 0, sizeof *w);
}

/* A free place, or that of the domain that was used longest ago. */
static struct route_way *
make_room(struct route *r)
{
	struct route_way *w = &r->way[0];
	size_t i;

	if (r->ways < ROUTE_KEPT)
		return &r->way[r->ways++];
	for (i = 1; i < ROUTE_KEPT; i++)
		if (r->way[i].used < w->used)
			w = &r->way[i];
	forget(w);
	return w;
}

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
	struct span domain = route_domain(m);
	struct sender_conf conf = *r->conf;
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
	conf.reach.server = NULL;
	conf.reach.servers = conf.reach.home = 0;
	conf.reach.rests = &r->rests;
	verdict = find_servers(r, &conf.reach, domain);
	if (verdict != MX_FOUND) {
		remember(r, domain, verdict, io_clock() - began);
		decide(m, verdict, &r->resolver->why);
		return NULL;
	}
	w = make_room(r);
	buf_addspan(&w->domain, domain);
	w->conf = conf;
	w->sender.conf = &w->conf;
	return w;
}

int
route_push(struct route *r, struct message *m)
{
	struct route_way *w;

	if (r->resolver == NULL) {
		r->direct.conf = r->conf;
		return sender_push(&r->direct, m);
	}
	if (r->last != NULL && (message_open(m) == 0 || !span_case_eq(
	    buf_span(&r->last->domain), route_domain(m))) &&
	    route_settle(r) < 0)
		return -1;
	w = message_open(m) > 0 ? find_way(r, m) : NULL;
	if (w == NULL)
		return r->conf->done(r->conf->arg, m);
	w->used = ++r->clock;
	r->last = w;
	return sender_push(&w->sender, m);
}

int
route_settle(struct route *r)
{
	struct route_way *w = r->last;

	r->last = NULL;
	if (r->resolver == NULL)
		return r->direct.conf != NULL ? sender_settle(&r->direct) : 0;
	return w != NULL ? sender_settle(&w->sender) : 0;
}

void
route_end(struct route *r)
{
	size_t i;

	if (r->direct.conf != NULL)
		sender_end(&r->direct);
	for (i = 0; i < r->ways; i++)
		forget(&r->way[i]);
	for (i = 0; i < r->losses; i++) {
		buf_free(&r->lost[i].domain);
		buf_free(&r->lost[i].why);
	}
	free(r->lost);
	r->lost = NULL;
	r->ways = r->losses = 0;
	rests_free(&r->rests);
}
