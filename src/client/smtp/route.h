/*
 * route: which server a message goes to: one of those that are named, or the
 * mail hosts of its recipients' domain.  The connection to a domain is kept
 * for its next messages.
 */
#ifndef CLIENT_SMTP_ROUTE_H
#define CLIENT_SMTP_ROUTE_H

#include "client/dns/mx.h"
#include "client/smtp/sender.h"

/* The most domains whose connections are kept. */
#define ROUTE_KEPT 16

/*
 * The most mail hosts of a domain whose addresses nobody can tell, before no
 * more is asked: each may take as long as the resolver has patience.
 */
#define ROUTE_DOUBTS 10

/*
 * RFC 5321 5.1 lets a sender limit how many alternatives it tries, beyond the
 * first two.  Whoever has a domain may name as many as a packet holds; no site
 * in earnest has more than ten.  So many hosts are asked about, and so many
 * servers tried, of which one host is so many at most.
 */
#define ROUTE_HOSTS 20
#define ROUTE_SERVERS 10
#define ROUTE_ADDRESSES 5

/* What questions about a domain take, in all, as one question may take. */
#define ROUTE_QUESTIONS 6

/* So many domains are remembered to which there is no way. */
#define ROUTE_LOST 256

struct route_way {
	struct buf domain;
	struct sender_conf conf;
	struct sender sender;
	long long used;
};

/* No way to a domain was found, which stands for a while. */
struct route_lost {
	struct buf domain, why;
	enum mx_verdict verdict;
	long long until;
};

/* All zero but the first three before the first push. */
struct route {
	const struct sender_conf *conf;
	struct resolver *resolver;	/* NULL: conf says which servers */
	const char *port;
	/* private */
	struct sender direct;
	struct route_way way[ROUTE_KEPT];
	size_t ways;
	struct route_way *last;
	long long clock;
	struct route_lost *lost;
	size_t losses, oldest;
	struct rests rests;
};

/*
 * As sender_push, sender_settle and sender_end.  Under a resolver all
 * recipients of m who are undecided are of one domain.
 */
int route_push(struct route *r, struct message *m);
int route_settle(struct route *r);
void route_end(struct route *r);

/*
 * The port that all mail hosts have: that of server, a port alone, or port
 * where that is NULL.  NULL when it is anything else.
 */
const char *route_port(const char *server, const char *port);

/* The domain of the first recipient who is undecided; empty when none is. */
struct span route_domain(const struct message *m);

/*
 * Moves the undecided recipients of other domains than the first one's to a
 * new message from shelf: NULL when there is none.
 */
struct message *route_split(struct message *m, struct message_shelf *shelf);

#endif
