#include "dns.h"

#define HEADER 12		/* octets, RFC 1035 4.1.1 */
#define FIXED 10		/* of a record between name and data */
#define CLASS_IN 1
#define TTL_MAX 0x7fffffffUL	/* RFC 2181 8: what is above means 0 */

/* Bits of the header's second word. */
#define FLAG_QR 0x8000U
#define FLAG_OPCODE 0x7800U
#define FLAG_AA 0x0400U
#define FLAG_TC 0x0200U
#define FLAG_RD 0x0100U
#define FLAG_RA 0x0080U
#define FLAG_RCODE 0x000fU

static void
add16(struct buf *b, unsigned u)
{
	buf_addc(b, (int)(u >> 8 & 0xff));
	buf_addc(b, (int)(u & 0xff));
}

/* The caller has checked that the octets are there. */
static unsigned
octet(struct span s, size_t at)
{
	return (unsigned char)s.p[at];
}

static unsigned
get16(struct span s, size_t at)
{
	return octet(s, at) << 8 | octet(s, at + 1);
}

static int
add_name(struct buf *b, struct span name)
{
	size_t i, start = 0, from = b->n;

	if (name.n > 0 && name.p[name.n - 1] == '.')
		name.n--;
	for (i = 0; i <= name.n; i++) {
		if (i < name.n && name.p[i] != '.')
			continue;
		if (i == start || i - start > DNS_LABEL_MAX)
			return -1;
		buf_addc(b, (int)(i - start));
		buf_add(b, name.p + start, i - start);
		start = i + 1;
	}
	buf_addc(b, 0);
	return b->n - from <= DNS_NAME_MAX ? 0 : -1;
}

int
dns_question(struct buf *b, struct span name, enum dns_type type)
{
	size_t from = b->n;
	int i;

	add16(b, 0);
	add16(b, FLAG_RD);
	add16(b, 1);
	for (i = 0; i < 3; i++)
		add16(b, 0);
	if (add_name(b, name) < 0) {
		b->n = from;
		return -1;
	}
	add16(b, type);
	add16(b, CLASS_IN);
	return 0;
}

void
dns_set_id(struct buf *question, unsigned id)
{
	question->p[0] = (char)(id >> 8 & 0xff);
	question->p[1] = (char)(id & 0xff);
}

struct span
dns_asked(struct span question, unsigned *type)
{
	const size_t end = question.n - 4;

	*type = get16(question, end);
	return span_of(question.p + HEADER, end - HEADER);
}

void
dns_answer_begin(struct buf *b, struct span question, enum dns_rcode rcode)
{
	const unsigned flags = FLAG_QR | FLAG_AA | FLAG_RD | FLAG_RA | rcode;

	buf_addspan(b, question);
	b->p[2] = (char)(flags >> 8);
	b->p[3] = (char)(flags & 0xff);
}

void
dns_answer_add(struct buf *b, struct span owner, unsigned type, uintmax_t ttl,
    struct span data)
{
	buf_addspan(b, owner);
	add16(b, type);
	add16(b, CLASS_IN);
	add16(b, (unsigned)(ttl >> 16));
	add16(b, (unsigned)(ttl & 0xffff));
	add16(b, (unsigned)data.n);
	buf_addspan(b, data);
}

void
dns_answer_end(struct buf *b, unsigned records)
{
	b->p[6] = (char)(records >> 8);
	b->p[7] = (char)(records & 0xff);
}

/* Appends one label to text, which has room for a whole name. */
static size_t
label_text(char *text, size_t n, struct span label)
{
	unsigned char c;
	size_t i;

	if (n > 0)
		text[n++] = '.';
	for (i = 0; i < label.n; i++) {
		c = (unsigned char)label.p[i];
		if (c > ' ' && c != '.' && c != '\\' && c != 0x7f) {
			text[n++] = (char)c;
			continue;
		}
		text[n++] = '\\';
		text[n++] = (char)('0' + c / 100);
		text[n++] = (char)('0' + c / 10 % 10);
		text[n++] = (char)('0' + c % 10);
	}
	return n;
}

/*
 * Takes the name at *at, RFC 1035 4.1.4, and moves *at behind it: 0, or -1.
 * Each pointer leads to before the labels that were read since the last one,
 * so there is no loop.
 */
static int
take_name(struct span packet, size_t *at, char text[DNS_TEXT_MAX])
{
	size_t i = *at, start = *at, octets = 1, n = 0, to;
	unsigned length;
	int jumped = 0;

	while (i < packet.n && (length = octet(packet, i)) != 0) {
		if (length > DNS_LABEL_MAX) {
			if ((length & 0xc0) != 0xc0 || packet.n - i < 2)
				return -1;
			to = get16(packet, i) & 0x3fff;
			if (to < HEADER || to >= start)
				return -1;
			if (!jumped)
				*at = i + 2;
			jumped = 1;
			i = start = to;
			continue;
		}
		octets += length + 1;
		if (octets > DNS_NAME_MAX || packet.n - i - 1 < length)
			return -1;
		n = label_text(text, n, span_of(packet.p + i + 1, length));
		i += length + 1;
	}
	if (i >= packet.n)
		return -1;
	if (n == 0)
		text[n++] = '.';
	text[n] = '\0';
	if (!jumped)
		*at = i + 1;
	return 0;
}

int
dns_open(struct dns_answer *d, struct span packet)
{
	unsigned flags;

	memset(d, 0, sizeof *d);
	if (packet.n < HEADER || packet.n > DNS_PACKET_MAX)
		return -1;
	flags = get16(packet, 2);
	if (!(flags & FLAG_QR) || (flags & FLAG_OPCODE) != 0 ||
	    get16(packet, 4) != 1)
		return -1;
	d->packet = packet;
	d->id = get16(packet, 0);
	d->rcode = (int)(flags & FLAG_RCODE);
	d->truncated = (flags & FLAG_TC) != 0;
	d->authoritative = (flags & FLAG_AA) != 0;
	d->recursive = (flags & FLAG_RA) != 0;
	d->at = HEADER;
	if (take_name(packet, &d->at, d->name) < 0 || packet.n - d->at < 4 ||
	    get16(packet, d->at + 2) != CLASS_IN)
		return -1;
	d->type = get16(packet, d->at);
	d->at += 4;
	/* What was cut off may be cut anywhere. */
	if (!d->truncated) {
		d->left[DNS_ANSWER] = get16(packet, 6);
		d->left[DNS_AUTHORITY] = get16(packet, 8);
	}
	return 0;
}

/* The n octets of a record's data, which must have its type's form. */
static int
take_data(struct dns_record *r, struct span packet, size_t at, size_t n)
{
	size_t end = at + n, want;

	switch (r->type) {
	case DNS_A:
	case DNS_AAAA:
		want = r->type == DNS_A ? 4 : 16;
		if (n != want)
			return -1;
		memcpy(r->ip, packet.p + at, n);
		return 0;
	case DNS_MX:
		if (n < 2)
			return -1;
		r->pref = get16(packet, at);
		at += 2;
		/* fallthrough */
	case DNS_CNAME:
		packet.n = end;
		return take_name(packet, &at, r->host) == 0 && at == end ?
		    0 : -1;
	default:
		return 0;
	}
}

/* One record of whatever class: its class, or -1. */
static int
take_record(struct dns_answer *d, struct dns_record *r)
{
	struct span packet = d->packet;
	unsigned class;
	size_t n, at;

	memset(r, 0, sizeof *r);
	if (take_name(packet, &d->at, r->name) < 0 ||
	    packet.n - d->at < FIXED)
		return -1;
	at = d->at + FIXED;
	r->type = get16(packet, d->at);
	class = get16(packet, d->at + 2);
	r->ttl = (unsigned long)get16(packet, d->at + 4) << 16 |
	    get16(packet, d->at + 6);
	if (r->ttl > TTL_MAX)
		r->ttl = 0;
	n = get16(packet, d->at + 8);
	if (packet.n - at < n)
		return -1;
	d->at = at + n;
	if (class == CLASS_IN && take_data(r, packet, at, n) < 0)
		return -1;
	return (int)class;
}

int
dns_next(struct dns_answer *d, struct dns_record *r)
{
	enum dns_section section = DNS_ANSWER;
	int class;

	for (;;) {
		while (section <= DNS_AUTHORITY && d->left[section] == 0)
			section++;
		if (section > DNS_AUTHORITY)
			return 0;
		d->left[section]--;
		class = take_record(d, r);
		if (class < 0)
			return -1;
		r->section = section;
		if (class == CLASS_IN)
			return 1;
	}
}
