/*
 * route: straight to the mail hosts of the recipients' domain (smtpsend -x).
 * The connection to a domain is kept for its next messages.
 */
#ifndef CLIENT_SMTP_ROUTE_H
#define CLIENT_SMTP_ROUTE_H

#include "client/dns/mx.h"
#include "client/smtp/message.h"
#include "client/smtp/servers.h"

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
 * in earnest has more than ten.  These are the most hosts that are asked about,
 * the most servers that are tried, and the most of them that one host is.
 */
#define ROUTE_HOSTS 20
#define ROUTE_SERVERS 10
#define ROUTE_ADDRESSES 5

/* What questions about a domain take, in all, as one question may take. */
#define ROUTE_QUESTIONS 6

/* The most domains without a way that are remembered. */
#define ROUTE_LOST 256

struct route_way {
	struct buf domain;
	struct servers_conf conf;
	struct servers servers;
	long long used;
};

/* No way to a domain was found, which stands for a while. */
struct route_lost {
	struct buf domain, why;
	enum mx_verdict verdict;
	long long until;
};

/* All zero but conf before the first message. */
struct route {
	const struct servers_conf *conf;
	/* private */
	struct route_way *way, *last;	/* or NULL */
	size_t ways;
	long long clock;
	struct route_lost *lost;
	size_t losses, oldest;
	struct servers_rests rests;
};

/*
 * The servers for m, all of whose undecided recipients are of one domain; NULL
 * where there is no way to it, and then everybody is decided.  route_stays:
 * they are those of the message before.
 */
struct servers *route_find(struct route *r, struct message *m);
int route_stays(const struct route *r, const struct message *m);

/* Ends the connections, with QUIT, and frees r. */
void route_end(struct route *r);

/*
 * The port that all mail hosts have: that of server, a port alone, or port
 * where that is NULL.  NULL when it is anything else.
 */
const char *route_port(const char *server, const char *port);

#endif
