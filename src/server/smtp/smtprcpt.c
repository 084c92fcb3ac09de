#include "smtprcpt.h"

#include "format/mail/idn.h"
#include "format/mail/mimehead.h"

static const char
	no_address[] = "501 5.1.3 Bad address syntax",
	no_box[] = "550 5.1.1 No such user here",
	no_relay[] = "550 5.7.1 Relay access denied";

/* What an address is; the last two as conf->find tells them apart. */
enum { FOREIGN = -2, NOBODY, MAILBOX, ALIAS };

static int
is_ours(const struct smtpd_conf *c, struct span domain)
{
	size_t i;

	if (domain.p == NULL || c->domains == 0)
		return 1;
	for (i = 0; i < c->domains; i++)
		if (idn_same(domain, span_str(c->domain[i])))
			return 1;
	return 0;
}

/*
 * Adds the names of an address's mailboxes, each with a NUL behind it.
 * user%server@ours becomes user@server in a: a per cent sign is judged as what
 * it means, never a way around the rule.
 */
static int
find(const struct smtpd_conf *c, struct addr *a, struct buf *names)
{
	struct addr name;
	size_t i;

	for (;;) {
		if (!is_ours(c, a->domain))
			return FOREIGN;
		for (i = a->local.n; i > 0 && a->local.p[i - 1] != '%'; )
			i--;
		if (i < 2 || i == a->local.n || a->local.p[0] == '"')
			break;
		a->domain = span_of(a->local.p + i, a->local.n - i);
		a->local.n = i - 1;
		if (!addr_is_domain(a->domain) ||
		    addr_parse_bare(&name, a->local, NULL) < 0)
			return NOBODY;
	}
	return c->find(c->users, a->local, names);
}

static const char *
refusal_of(int found)
{
	return found == FOREIGN ? no_relay : found == NOBODY ? no_box : NULL;
}

/* Whether mailboxes are kept by the address, as RCPT had it. */
static int
by_address(const struct smtpd_conf *c)
{
	return c->store != NULL && c->store->by_address;
}

static void
add_address(struct buf *b, struct span local, struct span domain)
{
	buf_addspan(b, local);
	if (domain.p == NULL)
		return;
	buf_addc(b, '@');
	buf_addspan(b, domain);
}

/* A mailbox's address; a name that is no dot-string goes into quotes. */
static void
add_box(struct buf *b, struct span name, struct span domain)
{
	struct buf quoted = { 0 };
	struct addr a;

	if (name.p[0] != '"' && addr_parse_bare(&a, name, NULL) == 0 &&
	    a.local.n == name.n) {
		add_address(b, name, domain);
		return;
	}
	mimehead_quoted(&quoted, name);
	add_address(b, buf_span(&quoted), domain);
	buf_free(&quoted);
}

static int
has(const struct buf *pairs, const char *name)
{
	struct span rest = buf_span(pairs);

	while (rest.n > 0) {
		if (span_is(span_cut(&rest, '\0'), name))
			return 1;
		span_cut(&rest, '\0');
	}
	return 0;
}

/* What two recipients share gets one copy. */
static void
add_pair(struct buf *pairs, const char *name, const char *address)
{
	if (has(pairs, name))
		return;
	buf_add(pairs, name, strlen(name) + 1);
	buf_add(pairs, address, strlen(address) + 1);
}

/* An address that is kept as it is: its pair is it twice. */
static void
add_whole(struct buf *pairs, const struct addr *a)
{
	struct buf text = { 0 };

	add_address(&text, a->local, a->domain);
	add_pair(pairs, buf_str(&text), buf_str(&text));
	buf_free(&text);
}

/* Whether it is a mailbox's name with a tag, which its owner wants to see. */
static int
has_tag(struct span local, struct span name)
{
	return local.n > name.n && local.p[name.n] == '+' &&
	    span_case_eq(span_of(local.p, name.n), name);
}

static void
add_boxes(const struct smtpd_conf *c, struct buf *boxes,
    const struct buf *names, const struct addr *a)
{
	struct span rest = buf_span(names), name;
	struct buf address = { 0 };

	while (rest.n > 0) {
		name = span_cut(&rest, '\0');
		buf_clear(&address);
		if (has_tag(a->local, name))
			add_address(&address, a->local, a->domain);
		else
			add_box(&address, name, a->domain);
		add_pair(boxes, by_address(c) ? buf_str(&address) : name.p,
		    buf_str(&address));
	}
	buf_free(&address);
}

const char *
smtprcpt_add(const struct smtpd_conf *c, struct addr *a, int trusted,
    struct buf *boxes, struct buf *foreign)
{
	struct buf names = { 0 };
	int found = find(c, a, &names);

	if (found == FOREIGN && trusted && c->relay != NULL) {
		add_whole(foreign, a);
		return NULL;
	}
	if (found == MAILBOX && by_address(c))
		add_whole(boxes, a);
	else if (found >= MAILBOX)
		add_boxes(c, boxes, &names, a);
	buf_free(&names);
	return refusal_of(found);
}

void
smtprcpt_addresses(const struct buf *pairs, struct buf *b)
{
	struct span rest = buf_span(pairs);

	while (rest.n > 0) {
		span_cut(&rest, '\0');
		if (b->n > 0)
			buf_addc(b, '\0');
		buf_addspan(b, span_cut(&rest, '\0'));
	}
}

static void
add_full_name(const struct smtpd_conf *c, const char *name, int utf8,
    struct buf *out)
{
	struct span full = span_str(c->full_name(c->users, name));

	if (full.n == 0 || (!utf8 && !span_is_ascii(full)))
		return;
	buf_addspan(out, full);
	buf_addc(out, ' ');
}

/*
 * A reply of a line for each mailbox of these names: what it begins with
 * ("250" and "2.1.5 "), its full name, if that is in ASCII or utf8 allows it,
 * and its address, with a domain of ours where none was given.
 */
static void
list(const struct smtpd_conf *c, const char *code, const char *enhanced,
    const struct buf *names, struct span domain, int utf8, struct buf *out)
{
	struct span rest = buf_span(names), name;

	if (domain.p == NULL)
		domain = span_str(c->domains > 0 ? c->domain[0] : c->host);
	while (rest.n > 0) {
		name = span_cut(&rest, '\0');
		buf_addf(out, "%s%c%s", code, rest.n > 0 ? '-' : ' ',
		    enhanced);
		add_full_name(c, name.p, utf8, out);
		buf_addc(out, '<');
		add_box(out, name, domain);
		buf_adds(out, ">\r\n");
	}
}

/* Who has that name, or word of it (RFC 5321 3.5.1): 1, or 0: nobody. */
static int
list_named(const struct smtpd_conf *c, struct span name, int utf8,
    struct buf *out)
{
	struct buf names = { 0 };
	size_t n = c->known ? c->named(c->users, name, &names) : 0;

	if (n > 0)
		list(c, n == 1 ? "250" : "553", n == 1 ? "2.1.5 " :
		    "5.1.4 Ambiguous: ", &names, span_of(NULL, 0), utf8, out);
	buf_free(&names);
	return n > 0;
}

/* The mailboxes of an address; VRFY tells those of an alias to nobody. */
static void
list_boxes(const struct smtpd_conf *c, const struct addr *a, int expand,
    int utf8, const struct buf *names, struct buf *out)
{
	if (c->known && (expand || strlen(names->p) + 1 == names->n)) {
		list(c, "250", "2.1.5 ", names, a->domain, utf8, out);
		return;
	}
	buf_adds(out, c->known ? "250 2.1.5 <" :
	    "252 2.1.5 Mail will be taken for <");
	buf_addspan(out, a->text);
	buf_adds(out, ">\r\n");
}

void
smtprcpt_vrfy(const struct smtpd_conf *c, struct span arg, int expand,
    struct buf *out)
{
	static const char utf8_word[] = " SMTPUTF8";
	const char *refusal = no_address;
	struct buf names = { 0 };
	struct addr a;
	size_t used;
	int utf8;

	arg = span_trim(arg);
	utf8 = arg.n > sizeof utf8_word - 1 && span_case_is(span_drop(arg,
	    arg.n - (sizeof utf8_word - 1)), utf8_word);
	if (utf8)
		arg = span_trim(span_of(arg.p,
		    arg.n - (sizeof utf8_word - 1)));
	if (addr_path(&a, arg, &used, NULL) == 0 && a.text.n > 0 &&
	    used == arg.n)
		refusal = refusal_of(find(c, &a, &names));
	if (refusal == NULL)
		list_boxes(c, &a, expand, utf8, &names, out);
	else if (expand || !list_named(c, arg, utf8, out))
		buf_addf(out, "%s\r\n", refusal);
	buf_free(&names);
}
