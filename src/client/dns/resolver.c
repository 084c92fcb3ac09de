#include "resolver.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "format/mail/addr.h"
#include "sys/secret.h"
#include "sys/text.h"

/* The parts of the time-out that the tries get, RFC 1035 7.2: ever longer. */
static const int parts[] = { 1, 3, 6 };
#define PARTS 10
#define TRIES ((int)COUNT(parts))

/* What became of one try. */
enum try {
	TRY_ANSWERED,
	TRY_SILENT,	/* nothing came in time */
	TRY_FAILED	/* nor will it come: r->why */
};

void
resolver_within(struct resolver *r, int ms)
{
	r->end = io_clock() + ms;
}

void
resolver_free(struct resolver *r)
{
	zone_free(&r->zone);
	buf_free(&r->why);
	buf_free(&r->question);
	buf_free(&r->packet);
}

static const char *
type_name(unsigned type)
{
	switch (type) {
	case DNS_A:
		return "A";
	case DNS_AAAA:
		return "AAAA";
	case DNS_CNAME:
		return "CNAME";
	case DNS_MX:
		return "MX";
	default:
		return NULL;
	}
}

static void
trace_record(struct wr *trace, const struct dns_record *d)
{
	const char *type = type_name(d->type);
	struct buf line = { 0 };
	char ip[INET6_ADDRSTRLEN];

	if (d->section != DNS_ANSWER || type == NULL)
		return;
	buf_addf(&line, "%s %lu %s ", d->name, d->ttl, type);
	if (d->type == DNS_MX)
		buf_addf(&line, "%u ", d->pref);
	if (d->type == DNS_A || d->type == DNS_AAAA)
		buf_adds(&line, inet_ntop(d->type == DNS_A ? AF_INET :
		    AF_INET6, d->ip, ip, sizeof ip));
	else
		buf_adds(&line, d->host);
	wr_add(trace, line.p, text_show(line.p, line.n));
	wr_addc(trace, '\n');
	buf_free(&line);
}

static int
same(const char *a, const char *b)
{
	return span_case_eq(span_str(a), span_str(b));
}

static enum try
failed(struct resolver *r, const char *why)
{
	buf_set(&r->why, span_str(why));
	return TRY_FAILED;
}

/* Whether r->packet answers this question; all else is not for us. */
static int
is_answer(struct resolver *r, unsigned id)
{
	struct dns_answer *d = &r->answer;

	return dns_open(d, buf_span(&r->packet)) == 0 && d->id == id &&
	    d->type == r->type && same(d->name, r->name);
}

/* Waits until the moment end for what fits, whatever else comes. */
static enum try
hear_udp(struct resolver *r, int fd, unsigned id, long long end)
{
	enum try result = TRY_SILENT;
	struct span packet;
	struct rd rd;

	rd_init(&rd, fd, 0, DNS_PACKET_MAX);
	while (result == TRY_SILENT && (rd.timeout = io_left(end)) > 0) {
		switch (rd_some(&rd, &packet)) {
		case RD_LINE:
			buf_set(&r->packet, packet);
			rd_take(&rd, packet.n);
			if (is_answer(r, id))
				result = TRY_ANSWERED;
			break;
		case RD_EOF:
			/* An empty datagram is not an end. */
			rd_free(&rd);
			rd_init(&rd, fd, 0, DNS_PACKET_MAX);
			break;
		case RD_TIMEOUT:
			break;
		default:
			result = failed(r, strerror(rd.err));
		}
	}
	rd_free(&rd);
	return result;
}

static enum try
ask_udp(struct resolver *r, const struct net_addr *server, unsigned id,
    long long end)
{
	const char *why;
	enum try result;
	int fd;

	fd = net_dial_udp(server, &why);
	if (fd < 0)
		return failed(r, why);
	if (io_write(fd, r->question.p, r->question.n) < 0)
		result = failed(r, strerror(errno));
	else
		result = hear_udp(r, fd, id, end);
	close(fd);
	return result;
}

/* Appends what comes until r->packet has n bytes. */
static enum try
read_until(struct resolver *r, struct rd *rd, size_t n, long long end)
{
	struct span bytes;

	while (r->packet.n < n) {
		rd->timeout = io_left(end);
		switch (rd_some(rd, &bytes)) {
		case RD_LINE:
			break;
		case RD_TIMEOUT:
			return TRY_SILENT;
		case RD_EOF:
			return failed(r, "connection closed");
		default:
			return failed(r, strerror(rd->err));
		}
		if (bytes.n > n - r->packet.n)
			bytes.n = n - r->packet.n;
		buf_addspan(&r->packet, bytes);
		rd_take(rd, bytes.n);
	}
	return TRY_ANSWERED;
}

/* The length comes first, RFC 1035 4.2.2. */
static enum try
hear_tcp(struct resolver *r, int fd, unsigned id, long long end)
{
	enum try result;
	struct rd rd;
	size_t n;

	rd_init(&rd, fd, 0, DNS_PACKET_MAX);
	buf_clear(&r->packet);
	result = read_until(r, &rd, 2, end);
	if (result == TRY_ANSWERED) {
		n = (size_t)(unsigned char)r->packet.p[0] << 8 |
		    (unsigned char)r->packet.p[1];
		buf_clear(&r->packet);
		result = read_until(r, &rd, n, end);
	}
	if (result == TRY_ANSWERED &&
	    (!is_answer(r, id) || r->answer.truncated))
		result = failed(r, "invalid answer");
	rd_free(&rd);
	return result;
}

static enum try
ask_tcp(struct resolver *r, const struct net_addr *server, unsigned id,
    long long end)
{
	int fd, temp, left = io_left(end);
	const char *why;
	enum try result;
	struct wr wr;

	if (r->trace != NULL)
		wr_adds(r->trace, "  truncated: asking over TCP\n");
	if (left == 0)
		return TRY_SILENT;
	fd = net_dial(server, left, &why, &temp);
	if (fd < 0)
		return errno == ETIMEDOUT ? TRY_SILENT : failed(r, why);
	wr_init(&wr, fd, left);
	wr_addc(&wr, (int)(r->question.n >> 8));
	wr_addc(&wr, (int)(r->question.n & 0xff));
	wr_addspan(&wr, buf_span(&r->question));
	result = wr_flush(&wr) < 0 ? failed(r, strerror(wr.err)) :
	    hear_tcp(r, fd, id, end);
	wr_free(&wr);
	close(fd);
	return result;
}

/*
 * Whether the answer is one: whole, and about the name.  One without records,
 * from a server that has neither the zone nor asks others, says nothing: its
 * delegation is lame, or it tells only who else might know.
 */
static enum try
judge(struct resolver *r)
{
	struct dns_answer d = r->answer;
	struct dns_record record;
	int more, answers = 0;

	if (d.rcode == DNS_SERVFAIL)
		return failed(r, "SERVFAIL");
	if (d.rcode != DNS_NOERROR && d.rcode != DNS_NXDOMAIN) {
		failed(r, "refused with rcode ");
		buf_addu(&r->why, (uintmax_t)d.rcode);
		return TRY_FAILED;
	}
	if (r->trace != NULL && d.rcode == DNS_NXDOMAIN)
		wr_adds(r->trace, "  NXDOMAIN\n");
	while ((more = dns_next(&d, &record)) > 0) {
		answers += record.section == DNS_ANSWER;
		if (r->trace != NULL)
			trace_record(r->trace, &record);
	}
	if (more < 0)
		return failed(r, "malformed answer");
	if (answers == 0 && !d.authoritative && !d.recursive)
		return failed(r, "does not resolve for us");
	return TRY_ANSWERED;
}

/* Says on which server's account there is no answer. */
static void
blame(struct resolver *r, const char *server)
{
	if (r->trace != NULL)
		wr_addf(r->trace, "  %s\n", buf_str(&r->why));
	buf_insert(&r->why, 0, ": ", 2);
	buf_insert(&r->why, 0, server, strlen(server));
}

/* The question to one server, once, for timeout ms or to the moment by. */
static enum try
ask_one(struct resolver *r, const struct net_addr *server, long long timeout,
    long long by)
{
	long long end = io_clock() + timeout;
	char text[NET_TEXT_MAX];
	enum try result;
	uint16_t id;

	if (end > by)
		end = by;
	net_text(server, text);
	if (r->trace != NULL)
		wr_addf(r->trace, "%s: %s %s?\n", text, r->name,
		    type_name(r->type));
	if (secret_random(&id, sizeof id) < 0)
		result = failed(r, strerror(errno));
	else {
		dns_set_id(&r->question, id);
		result = ask_udp(r, server, id, end);
	}
	if (result == TRY_ANSWERED && r->answer.truncated)
		result = ask_tcp(r, server, id, end);
	if (result == TRY_ANSWERED)
		result = judge(r);
	if (result == TRY_SILENT)
		failed(r, "no answer in time");
	if (result != TRY_ANSWERED)
		blame(r, text);
	if (r->trace != NULL)
		wr_flush(r->trace);
	return result;
}

/* The question to the zone file, which has an answer to each. */
static int
ask_zone(struct resolver *r)
{
	if (r->trace != NULL)
		wr_addf(r->trace, "%s: %s %s?\n", r->file, r->name,
		    type_name(r->type));
	buf_clear(&r->packet);
	zone_answer(&r->zone, buf_span(&r->question), &r->packet);
	dns_open(&r->answer, buf_span(&r->packet));
	judge(r);
	if (r->trace != NULL)
		wr_flush(r->trace);
	return 0;
}

/*
 * The question to all servers in turn, beginning with the one that answered
 * last; those that keep silent are asked again, until the moment by.  0, or
 * -1.
 */
static int
ask_all(struct resolver *r, long long by)
{
	int no_use[RESOLVER_SERVERS] = { 0 };
	enum try result;
	int i, which, try, first = r->first;

	failed(r, "no answer in time");
	for (try = 0; try < TRIES; try++)
		for (i = 0; i < r->servers && io_clock() < by; i++) {
			which = (first + i) % r->servers;
			if (no_use[which])
				continue;
			result = ask_one(r, &r->server[which],
			    (long long)r->timeout * parts[try] / PARTS, by);
			if (result == TRY_ANSWERED) {
				r->first = which;
				return 0;
			}
			no_use[which] = result == TRY_FAILED;
		}
	return -1;
}

/* The next record of d about r->name of this type; d is known to be whole. */
static int
next_of(const struct resolver *r, struct dns_answer *d, unsigned type,
    struct dns_record *record)
{
	while (dns_next(d, record) > 0)
		if (record->section == DNS_ANSWER && record->type == type &&
		    same(record->name, r->name))
			return 1;
	return 0;
}

static int
has(const struct resolver *r, unsigned type, struct dns_record *record)
{
	struct dns_answer d = r->answer;

	return next_of(r, &d, type, record);
}

/* Whether the server states that there is nothing, RFC 2308 2.2. */
static int
has_soa(const struct resolver *r)
{
	struct dns_answer d = r->answer;
	struct dns_record record;

	while (dns_next(&d, &record) > 0)
		if (record.section == DNS_AUTHORITY && record.type == DNS_SOA)
			return 1;
	return 0;
}

/*
 * What the answer says, after the aliases in it.  RESOLVER_TEMP when the last
 * of them leads out of it, or there are too many.
 */
static enum resolver_status
follow(struct resolver *r)
{
	struct dns_record record;
	int links = r->links;

	while (!has(r, r->type, &record)) {
		if (!has(r, DNS_CNAME, &record)) {
			if (r->answer.rcode == DNS_NXDOMAIN)
				return RESOLVER_NXDOMAIN;
			return r->links == links || has_soa(r) ?
			    RESOLVER_NODATA : RESOLVER_TEMP;
		}
		if (++r->links > RESOLVER_ALIASES)
			return RESOLVER_TEMP;
		memcpy(r->name, record.host, sizeof r->name);
	}
	return RESOLVER_FOUND;
}

enum resolver_status
resolver_ask(struct resolver *r, struct span name, enum dns_type type)
{
	enum resolver_status status = RESOLVER_TEMP;
	long long by = io_clock() + (long long)r->timeout * r->servers;

	if (r->end != 0 && r->end < by)
		by = r->end;
	r->type = type;
	r->links = 0;
	memcpy(r->name, name.p, name.n);
	r->name[name.n] = '\0';
	while (status == RESOLVER_TEMP) {
		buf_clear(&r->question);
		if (dns_question(&r->question, span_str(r->name), type) < 0)
			return RESOLVER_NXDOMAIN;
		if ((r->file != NULL ? ask_zone(r) : ask_all(r, by)) < 0)
			return RESOLVER_TEMP;
		status = follow(r);
		if (r->links > RESOLVER_ALIASES) {
			failed(r, "too many aliases");
			return RESOLVER_TEMP;
		}
		if (status == RESOLVER_TEMP &&
		    !addr_is_domain(span_str(r->name))) {
			failed(r, "an alias of no domain name");
			return RESOLVER_TEMP;
		}
	}
	return status;
}

int
resolver_next(struct resolver *r, struct dns_record *record)
{
	return next_of(r, &r->answer, r->type, record);
}
