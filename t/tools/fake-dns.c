/*
 * fake-dns: a name server that misbehaves.
 *
 * It listens on a free port of 127.0.0.1, UDP and TCP, and says so on standard
 * error.  Each question is a line "udp|tcp NAME TYPE PORT ID" in the file
 * "questions".  The file "zone" in its directory, read anew for each question,
 * has records
 *	NAME TYPE DATA ...	mail.test MX 10 mx.mail.test
 * of type A, AAAA, MX, CNAME or NS, and faults
 *	NAME fault FAULT [N]	for the first N questions about NAME, or all
 *	NAME fault FAULT TYPE	for all of that type
 * In a name \DDD is an octet.  A name without a line does not exist.  As a
 * resolver does, it adds what an alias leads to.  A fault is one of
 *	silent	no answer
 *	servfail, refused, nxdomain
 *	late	the answer after 1.5 s
 *	truncated	with TC and half a packet over UDP
 *	wrongid, wrongname, wrongtype, wrongport, query, garbage, empty
 *		a false answer (MX 1 evil.test) of that kind, then the true one
 *	loop, self, forward, header
 *		a compression pointer that leads in a circle, to itself,
 *		onward, or into the header
 *	short, long, counts
 *		data shorter or longer than it says, more records than there
 *		are
 *	badlabel	a label of a forbidden kind
 *	onelink	only the first link of a chain of aliases, no SOA
 *	bare	no data and no SOA
 *	referral	no data, an NS record, neither AA nor RA
 *	lame, lost	the same without the record; and with NXDOMAIN
 *	deaf	over TCP: the connection closes without an answer
 *	stall	over TCP: half an answer, then nothing
 *	drip	over TCP: a byte at a time
 */
#include <sys/socket.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "peer.h"
#include "sys/cli.h"

#define LINKS 20		/* aliases that are followed */
#define TRUE_FLAGS 0x8180	/* an answer, recursion had and done */

enum { T_A = 1, T_NS = 2, T_CNAME = 5, T_SOA = 6, T_MX = 15, T_AAAA = 28 };

static const struct {
	const char *name;
	unsigned number;
} types[] = {
	{ "A", T_A }, { "NS", T_NS }, { "CNAME", T_CNAME }, { "SOA", T_SOA },
	{ "MX", T_MX }, { "AAAA", T_AAAA }
};

struct question {
	unsigned id, type;
	struct buf name;	/* as it came, with dots */
	struct buf wire;	/* as it came */
	const char *fault;	/* "" for none */
	struct buf zone;
};

/* A packet in the making. */
struct answer {
	struct buf records;
	unsigned answers, authority;
};

/* What is sent: after so many ms, from another port or not. */
struct out {
	int delay, other;
	struct buf packet;
};

struct asker {
	struct sockaddr_in addr;
	struct buf packet;
};

static int udp;

static struct counter {
	struct counter *next;
	char *name;
	unsigned long n;
} *counters;

static void
add16(struct buf *b, unsigned n)
{
	buf_addc(b, (int)(n >> 8 & 255));
	buf_addc(b, (int)(n & 255));
}

static unsigned
get16(const char *p)
{
	return (unsigned)(unsigned char)p[0] << 8 | (unsigned char)p[1];
}

/* Takes a word off s. */
static struct span
word(struct span *s)
{
	struct span w;

	*s = span_trim(*s);
	w = span_word(*s);
	*s = span_drop(*s, w.n);
	return w;
}

static unsigned
type_number(struct span name)
{
	size_t i;

	for (i = 0; i < COUNT(types); i++)
		if (span_is(name, types[i].name))
			return types[i].number;
	return 0;
}

static const char *
type_name(unsigned number)
{
	size_t i;

	for (i = 0; i < COUNT(types); i++)
		if (types[i].number == number)
			return types[i].name;
	return "?";
}

/* The next line about name: its second word, and the rest in data. */
static int
next_about(struct span *zone, struct span name, struct span *kind,
    struct span *data)
{
	while (zone->n > 0) {
		*data = span_chomp(span_line(zone));
		if (!span_case_eq(word(data), name) || name.n == 0)
			continue;
		*kind = word(data);
		*data = span_trim(*data);
		return 1;
	}
	return 0;
}

static void
add_label(struct buf *b, struct buf *label)
{
	if (label->n > 0) {
		buf_addc(b, (int)label->n);
		buf_addspan(b, buf_span(label));
	}
	buf_clear(label);
}

static void
add_name(struct buf *b, struct span name)
{
	struct buf label = { NULL, 0, 0 };
	size_t i;

	for (i = 0; i < name.n; i++)
		if (name.p[i] == '.')
			add_label(b, &label);
		else if (name.p[i] == '\\' && i + 3 < name.n) {
			buf_addc(&label, (name.p[i + 1] - '0') * 100 +
			    (name.p[i + 2] - '0') * 10 + name.p[i + 3] - '0');
			i += 3;
		} else {
			buf_addc(&label, name.p[i]);
		}
	add_label(b, &label);
	buf_addc(b, 0);
	buf_free(&label);
}

static void
add_data(struct buf *b, unsigned type, struct span words)
{
	struct buf text = { NULL, 0, 0 };
	unsigned char raw[16];
	int i;

	buf_addspan(&text, words);
	switch (type) {
	case T_A:
	case T_AAAA:
		if (inet_pton(type == T_A ? AF_INET : AF_INET6,
		    buf_str(&text), raw) == 1)
			buf_add(b, raw, type == T_A ? 4 : 16);
		break;
	case T_MX:
		add16(b, (unsigned)strtoul(buf_str(&text), NULL, 10));
		(void)word(&words);
		add_name(b, span_trim(words));
		break;
	case T_SOA:
		add_name(b, span_str("ns.test"));
		add_name(b, span_str("root.test"));
		for (i = 1; i <= 5; i++) {
			add16(b, 0);
			add16(b, (unsigned)i);
		}
		break;
	default:
		add_name(b, words);
	}
	buf_free(&text);
}

/* Class IN, 300 s to live, and so much data. */
static void
add_head(struct buf *b, unsigned type, size_t size)
{
	add16(b, type);
	add16(b, 1);
	add16(b, 0);
	add16(b, 300);
	add16(b, (unsigned)size);
}

static void
add_record(struct buf *b, struct span name, unsigned type, struct span words)
{
	struct buf data = { NULL, 0, 0 };

	add_data(&data, type, words);
	add_name(b, name);
	add_head(b, type, data.n);
	buf_addspan(b, buf_span(&data));
	buf_free(&data);
}

static void
add_packet(struct buf *b, unsigned id, unsigned flags, struct span question,
    const struct answer *a)
{
	add16(b, id);
	add16(b, flags);
	add16(b, 1);
	add16(b, a->answers);
	add16(b, a->authority);
	add16(b, 0);
	buf_addspan(b, question);
	buf_addspan(b, buf_span(&a->records));
}

static void
add_evil(struct answer *a, const struct question *q)
{
	add_record(&a->records, buf_span(&q->name), T_MX,
	    span_str("1 evil.test"));
	a->answers++;
}

static void
add_soa(struct answer *a)
{
	add_record(&a->records, span_str("test"), T_SOA, span_str(""));
	a->authority++;
}

static int
has_fault(const struct question *q, const char *faults)
{
	const char *at = strstr(faults, q->fault);
	size_t n = strlen(q->fault);

	return n > 0 && at != NULL && (at == faults || at[-1] == ' ') &&
	    (at[n] == ' ' || at[n] == '\0');
}

/* Adds what there is of name; whether it exists, and where it leads to. */
static int
add_hits(struct answer *a, const struct question *q, struct span name,
    struct span *alias)
{
	struct span zone = buf_span(&q->zone), kind, data;
	int exists = 0;

	*alias = span_of(NULL, 0);
	while (next_about(&zone, name, &kind, &data)) {
		if (span_is(kind, "fault"))
			continue;
		exists = 1;
		if (span_is(kind, "CNAME"))
			*alias = span_word(data);
		if (type_number(kind) != q->type)
			continue;
		add_record(&a->records, name, q->type, data);
		a->answers++;
	}
	return exists;
}

/* The true answer, as the fault would have it: its code. */
static unsigned
truth(struct answer *a, const struct question *q)
{
	struct span name = buf_span(&q->name), alias;
	unsigned before;
	int i;

	for (i = 0; i < LINKS; i++) {
		before = a->answers;
		if (!add_hits(a, q, name, &alias)) {
			if (before > 0 && has_fault(q, "onelink"))
				return 0;
			add_soa(a);
			return 3;
		}
		if (a->answers > before)
			return 0;
		if (alias.n == 0)
			break;
		add_record(&a->records, name, T_CNAME, alias);
		a->answers++;
		name = alias;
		if (has_fault(q, "onelink"))
			return 0;
	}
	if (!has_fault(q, "bare"))
		add_soa(a);
	return 0;
}

/* The one record of a malformed answer; at is where it begins. */
static void
add_crooked(struct buf *b, const struct question *q, unsigned at)
{
	static const char to_name[] = "\300\14";
	size_t size = 4;

	if (has_fault(q, "loop")) {
		buf_adds(b, "\1a");
		add16(b, 0xc000 | at);
	} else if (has_fault(q, "self"))
		add16(b, 0xc000 | at);
	else if (has_fault(q, "forward"))
		add16(b, 0xc000 | (at + 16));
	else if (has_fault(q, "header"))
		buf_adds(b, "\300\4");
	else if (has_fault(q, "badlabel"))
		buf_add(b, "\101a\0", 3);
	else {
		buf_adds(b, to_name);
		size = has_fault(q, "short") ? 200 : 6;
	}
	add_head(b, T_MX, size);
	add16(b, 1);
	if (has_fault(q, "forward"))
		buf_add(b, "\1a\0", 3);
	else if (!has_fault(q, "short"))
		buf_adds(b, to_name);
	if (has_fault(q, "long"))
		buf_adds(b, "xx");
}

static void
crooked(struct buf *out, const struct question *q)
{
	struct answer a = { { NULL, 0, 0 }, 0, 0 };

	if (has_fault(q, "counts")) {
		add_evil(&a, q);
		a.answers += 9;
	} else {
		add_crooked(&a.records, q, (unsigned)(12 + q->wire.n));
		a.answers = 1;
	}
	add_packet(out, q->id, TRUE_FLAGS, buf_span(&q->wire), &a);
	buf_free(&a.records);
}

/* An answer that must not be believed. */
static void
lie(struct buf *out, const struct question *q)
{
	struct answer a = { { NULL, 0, 0 }, 0, 0 };
	struct buf question = { NULL, 0, 0 };

	if (has_fault(q, "empty"))
		return;
	if (has_fault(q, "garbage")) {
		buf_adds(out, "no packet: ");
		while (out->n < 51)
			buf_addc(out, 255);
		return;
	}
	buf_addspan(&question, buf_span(&q->wire));
	if (has_fault(q, "wrongname")) {
		buf_clear(&question);
		add_name(&question, span_str("other.test"));
		buf_add(&question, q->wire.p + q->wire.n - 4, 4);
		add_record(&a.records, span_str("other.test"), T_MX,
		    span_str("1 evil.test"));
		a.answers = 1;
	} else {
		add_evil(&a, q);
	}
	if (has_fault(q, "wrongtype"))
		question.p[question.n - 3] = 16;
	add_packet(out, q->id ^ (unsigned)has_fault(q, "wrongid"),
	    has_fault(q, "query") ? 0x0100 : TRUE_FLAGS, buf_span(&question),
	    &a);
	buf_free(&question);
	buf_free(&a.records);
}

/* How often the name was asked for under a fault, over UDP. */
static unsigned long
count(const char *name)
{
	struct counter *c;

	for (c = counters; c != NULL && strcmp(c->name, name) != 0;)
		c = c->next;
	if (c == NULL) {
		c = die_calloc(1, sizeof *c);
		c->name = span_dup(span_str(name));
		c->next = counters;
		counters = c;
	}
	return ++c->n;
}

/* The fault that the zone has for the name, unless that is over. */
static void
find_fault(struct question *q, int over_tcp)
{
	struct span zone = buf_span(&q->zone), kind, data, fault, times;
	uintmax_t most;

	q->fault = "";
	while (next_about(&zone, buf_span(&q->name), &kind, &data)) {
		if (!span_is(kind, "fault"))
			continue;
		fault = word(&data);
		times = word(&data);
		if (type_number(times) > 0 && type_number(times) != q->type)
			continue;
		if (span_number(times, &most) < 0)
			most = UINTMAX_MAX;
		q->fault = span_dup(fault);
	}
	if (q->fault[0] == '\0' || over_tcp)
		return;
	pthread_mutex_lock(&peer_lock);
	if (count(buf_str(&q->name)) > most)
		q->fault = "";
	pthread_mutex_unlock(&peer_lock);
}

static void
read_question(struct question *q, struct span raw, int over_tcp, unsigned port)
{
	struct buf line = { NULL, 0, 0 };
	size_t i, n;

	memset(q, 0, sizeof *q);
	for (i = 12; i + 4 < raw.n && raw.p[i] != '\0'; i += n + 1) {
		n = (unsigned char)raw.p[i];
		if (i + n + 5 >= raw.n)
			die(EX_DATAERR, "not a question");
		if (q->name.n > 0)
			buf_addc(&q->name, '.');
		buf_add(&q->name, raw.p + i + 1, n);
	}
	q->id = get16(raw.p);
	q->type = get16(raw.p + i + 1);
	buf_add(&q->wire, raw.p + 12, i + 5 - 12);
	buf_addf(&line, "%s %s %s %u %u", over_tcp ? "tcp" : "udp",
	    buf_str(&q->name), type_name(q->type), port, q->id);
	peer_log("questions", buf_span(&line));
	if (peer_file("zone", &q->zone) < 0)
		die_sys(EX_NOINPUT, "zone");
	find_fault(q, over_tcp);
	buf_free(&line);
}

static void
free_question(struct question *q)
{
	buf_free(&q->name);
	buf_free(&q->wire);
	buf_free(&q->zone);
}

/* One packet for a question that gets no true answer; 0 where it gets one. */
static int
refuse(struct buf *out, const struct question *q)
{
	struct answer a = { { NULL, 0, 0 }, 0, 0 };
	unsigned flags = TRUE_FLAGS;

	if (has_fault(q, "loop self forward header short long counts badlabel"))
		crooked(out, q);
	else if (has_fault(q, "servfail refused nxdomain referral lame lost")) {
		if (has_fault(q, "referral lame lost"))
			flags = 0x8000;
		if (has_fault(q, "referral")) {
			add_record(&a.records, span_str("test"), T_NS,
			    span_str("ns.test"));
			a.authority = 1;
		}
		if (has_fault(q, "servfail"))
			flags |= 2;
		if (has_fault(q, "nxdomain lost"))
			flags |= 3;
		if (has_fault(q, "refused"))
			flags |= 5;
		add_packet(out, q->id, flags, buf_span(&q->wire), &a);
		buf_free(&a.records);
	} else {
		return 0;
	}
	return 1;
}

/* Half of the true answer, with TC. */
static void
truncate_to(struct buf *out, const struct question *q, struct span true_one)
{
	struct answer a = { { NULL, 0, 0 }, 5, 0 };

	add_packet(out, q->id, TRUE_FLAGS | 0x200, buf_span(&q->wire), &a);
	if (true_one.n / 2 > out->n)
		buf_add(out, true_one.p + out->n, true_one.n / 2 - out->n);
}

/* What to send, in this order: how many. */
static size_t
answer(struct out out[2], const struct question *q, int over_tcp)
{
	struct answer a = { { NULL, 0, 0 }, 0, 0 };
	struct buf true_one = { NULL, 0, 0 };
	unsigned code;
	size_t n = 0;

	memset(out, 0, 2 * sizeof *out);
	if (has_fault(q, "silent") || (over_tcp && has_fault(q, "deaf")))
		return 0;
	if (refuse(&out[0].packet, q))
		return 1;
	code = truth(&a, q);
	add_packet(&true_one, q->id, TRUE_FLAGS | code, buf_span(&q->wire),
	    &a);
	if (!over_tcp && has_fault(q, "truncated deaf stall drip")) {
		truncate_to(&out[0].packet, q, buf_span(&true_one));
		buf_free(&true_one);
		return 1;
	}
	if (has_fault(q, "wrongid wrongname wrongtype wrongport query garbage "
	    "empty")) {
		lie(&out[n].packet, q);
		out[n++].other = has_fault(q, "wrongport");
		out[n].delay = 100;
	}
	if (has_fault(q, "late"))
		out[n].delay = 1500;
	out[n++].packet = true_one;
	buf_free(&a.records);
	return n;
}

static void *
answer_udp(void *arg)
{
	struct asker *asker = arg;
	struct question q;
	struct out out[2];
	size_t i, n;
	int fd;

	read_question(&q, buf_span(&asker->packet), 0,
	    ntohs(asker->addr.sin_port));
	n = answer(out, &q, 0);
	for (i = 0; i < n; i++) {
		peer_pause(out[i].delay);
		fd = out[i].other ? socket(AF_INET, SOCK_DGRAM, 0) : udp;
		sendto(fd, out[i].packet.p, out[i].packet.n, 0,
		    (struct sockaddr *)&asker->addr, sizeof asker->addr);
		if (fd != udp)
			close(fd);
		buf_free(&out[i].packet);
	}
	free_question(&q);
	buf_free(&asker->packet);
	free(asker);
	return NULL;
}

static void *
serve_udp(void *arg)
{
	struct asker *asker;
	socklen_t size;
	pthread_t thread;
	ssize_t n;

	(void)arg;
	for (;;) {
		asker = die_calloc(1, sizeof *asker);
		buf_reserve(&asker->packet, 65536);
		size = sizeof asker->addr;
		n = recvfrom(udp, asker->packet.p, 65536, 0,
		    (struct sockaddr *)&asker->addr, &size);
		if (n < 17)
			die_sys(EX_DATAERR, "a packet");
		asker->packet.n = (size_t)n;
		if (pthread_create(&thread, NULL, answer_udp, asker) != 0)
			die(EX_TEMPFAIL, "no thread");
		pthread_detach(thread);
	}
	return NULL;
}

static void
answer_tcp(struct peer *p)
{
	struct buf raw = { NULL, 0, 0 }, length = { NULL, 0, 0 };
	struct sockaddr_in addr;
	socklen_t size = sizeof addr;
	struct question q;
	struct out out[2];
	size_t i, n;

	peer_bytes(p, 2, &length);
	peer_bytes(p, get16(length.p), &raw);
	if (getpeername(p->fd, (struct sockaddr *)&addr, &size) < 0)
		return;
	read_question(&q, buf_span(&raw), 1, ntohs(addr.sin_port));
	n = answer(out, &q, 1);
	if (n == 0)
		return;
	/* A false answer comes over UDP alone. */
	n = out[n - 1].packet.n;
	if (has_fault(&q, "stall"))
		out[0].packet.n /= 2;
	add16(&p->out, (unsigned)n);
	buf_addspan(&p->out, buf_span(&out[0].packet));
	if (has_fault(&q, "drip")) {
		buf_clear(&raw);
		buf_addspan(&raw, buf_span(&p->out));
		buf_clear(&p->out);
		for (i = 0; i < raw.n; i++) {
			peer_send(p, raw.p + i, 1);
			peer_pause(1);
		}
	}
	if (has_fault(&q, "stall"))
		peer_bytes(p, 1, &raw);
}

/* The UDP socket, on the port that the TCP one has; -1 when that is taken. */
static int
listen_udp(int tcp)
{
	struct sockaddr_in addr;
	socklen_t size = sizeof addr;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || getsockname(tcp, (struct sockaddr *)&addr, &size) < 0)
		die_sys(EX_TEMPFAIL, "socket");
	if (bind(fd, (struct sockaddr *)&addr, size) == 0)
		return fd;
	close(fd);
	return -1;
}

static void *
nothing(void)
{
	return NULL;
}

int
main(int argc, char **argv)
{
	pthread_t thread;
	int tcp;

	cli_init(argv, "usage: fake-dns\n");
	if (argc != 1)
		cli_usage();
	do {
		tcp = peer_bound("127.0.0.1:0");
		if (tcp < 0)
			die_sys(EX_CANTCREAT, "127.0.0.1");
		udp = listen_udp(tcp);
	} while (udp < 0);
	if (pthread_create(&thread, NULL, serve_udp, NULL) != 0)
		die(EX_TEMPFAIL, "no thread");
	peer_announce(tcp);
	peer_serve(tcp, nothing, answer_tcp);
}
