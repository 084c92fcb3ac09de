#include "prepare.h"

#include <errno.h>
#include <unistd.h>

#include "format/mail/addr.h"
#include "format/mail/aliases.h"
#include "format/mail/compose.h"
#include "format/mail/date.h"
#include "format/mail/hdr.h"
#include "format/mail/idn.h"
#include "format/mail/mimehead.h"
#include "sys/cli.h"
#include "sys/io.h"
#include "sys/local.h"

/* As much of an entry as is repeated when it is not an address. */
#define BAD_ENTRY_MAX 320

const char *
prepare_helo(const char *name)
{
	static struct buf helo;
	struct buf b = { 0 };
	const char *why;
	struct addr a;

	cli_clean("-H", name);
	buf_addf(&b, "x@%s", name);
	if (b.n > 3 && b.p[b.n - 1] == '.')
		b.n--;
	buf_clear(&helo);
	if (addr_parse(&a, buf_span(&b), NULL) < 0 ||
	    idn_domain(&helo, a.domain, &why) < 0)
		die(EX_USAGE, "-H: %s: not a host name", name);
	buf_free(&b);
	return buf_str(&helo);
}

/*
 * The sender in text: an address, Name <address>, or nothing or <> for the
 * null sender; name is added as it stands there.  NULL, or why it is none of
 * these.
 */
static const char *
parse_sender(struct buf *from, struct buf *name, struct span text,
    const char *helo)
{
	const char *why = "not an address";
	struct hdr_addrs list;
	struct addr a;

	if (text.n == 0 || span_is(text, "<>"))
		return NULL;
	hdr_addrs_init(&list, text);
	if (hdr_addrs_next(&list) != 1) {
		if (list.why != NULL)
			why = list.why;
	} else if (addr_parse_bare(&a, buf_span(&list.addr), &why) == 0) {
		buf_addspan(from, a.text);
		addr_complete(from, helo);
		buf_addspan(name, list.name);
		why = hdr_addrs_next(&list) == 0 ? NULL :
		    "more than one address";
	}
	hdr_addrs_free(&list);
	return why;
}

static int
is_known(const struct message *m, struct span addr)
{
	struct addr a, b;
	size_t i;

	if (addr_parse(&a, addr, NULL) < 0)
		return 0;
	for (i = 0; i < m->rcpts; i++)
		if (addr_parse(&b, buf_span(&m->rcpt[i].addr), NULL) == 0 &&
		    idn_same_address(&a, &b))
			return 1;
	return 0;
}

/* An alias whose members are being added, and those that led to it. */
struct alias {
	struct span name;
	const struct alias *up;
};

static void add_list(struct message *m, const struct prepare *p,
    struct span list, const struct alias *up);

/*
 * Adds those whom a name without a domain stands for: 1, or 0 when it stands
 * for itself, as one does that leads back to itself.
 */
static int
add_alias(struct message *m, const struct prepare *p, struct span name,
    const struct alias *up)
{
	const struct alias own = { name, up }, *a;
	struct span list;

	for (a = up; a != NULL; a = a->up)
		if (span_case_eq(a->name, name))
			return 0;
	if (span_find(name, '@') != NULL ||
	    !aliases_find(p->aliases, name, &list))
		return 0;
	add_list(m, p, list, &own);
	return 1;
}

/*
 * One entry, each address once: addr, or why it is not an address, and then it
 * is a recipient too, who has failed.
 */
static void
add_rcpt(struct message *m, const struct prepare *p, struct buf *addr,
    const char *why, const struct alias *up)
{
	struct addr a;
	struct rcpt *r;

	if (why == NULL && addr_parse_bare(&a, buf_span(addr), &why) == 0) {
		if (add_alias(m, p, buf_span(addr), up))
			return;
		addr_complete(addr, p->helo);
		if (!is_known(m, buf_span(addr)))
			message_rcpt(m, buf_span(addr), span_of(NULL, 0));
		return;
	}
	if (addr->n > BAD_ENTRY_MAX)
		addr->n = BAD_ENTRY_MAX;
	r = message_rcpt(m, buf_span(addr), span_of(NULL, 0));
	rcpt_decide(r, RESULT_FAILED, STAGE_RCPT, 0, span_str(why));
}

static void
add_list(struct message *m, const struct prepare *p, struct span list,
    const struct alias *up)
{
	struct hdr_addrs a;

	hdr_addrs_init(&a, list);
	while (hdr_addrs_next(&a) != 0)
		add_rcpt(m, p, &a.addr, a.why, up);
	hdr_addrs_free(&a);
}

static void
add_header(struct message *m, const struct prepare *p)
{
	struct hdr_rcpts t;

	hdr_rcpts_init(&t, buf_span(&m->content.text));
	while (hdr_rcpts_next(&t) != 0)
		add_rcpt(m, p, &t.addrs.addr, t.addrs.why, NULL);
	hdr_rcpts_free(&t);
}

void
prepare_sender(struct buf *from, const struct prepare *p)
{
	struct buf text = { 0 }, name = { 0 };
	const char *why;

	if (p->from != NULL)
		buf_adds(&text, p->from);
	else
		local_user(&text, p->email, p->logname);
	cli_clean("sender", buf_str(&text));
	why = parse_sender(from, &name, buf_span(&text), p->helo);
	if (why != NULL)
		die(EX_USAGE, "sender: %s: %s", buf_str(&text), why);
	buf_free(&text);
	buf_free(&name);
}

/* Reads fd to its end.  0, or -1 with errno: EFBIG over MESSAGE_MAX. */
static int
read_content(struct content *c, int fd)
{
	enum rd_status status;
	struct span bytes;
	struct rd rd;

	rd_init(&rd, fd, IO_FOREVER, 0);
	while ((status = rd_some(&rd, &bytes)) == RD_LINE) {
		content_add(c, bytes);
		rd_take(&rd, bytes.n);
		if (c->text.n > MESSAGE_MAX) {
			status = RD_ERROR;
			rd.err = EFBIG;
			break;
		}
	}
	rd_free(&rd);
	errno = rd.err;
	return status == RD_ERROR ? -1 : 0;
}

/* The address of the author, and the name that stands with it. */
static void
find_author(struct buf *addr, struct buf *name, const struct prepare *p)
{
	struct buf text = { 0 };

	if (p->from != NULL)
		buf_adds(&text, p->from);
	parse_sender(addr, name, buf_span(&text), p->helo);
	if (addr->n == 0) {
		buf_clear(&text);
		local_user(&text, p->email, p->logname);
		parse_sender(addr, name, buf_span(&text), p->helo);
	}
	buf_free(&text);
}

/*
 * The author: the sender or, where that is nobody, the user; with the name that
 * was asked for, or known, which a header had, or the one that stands with the
 * address.
 */
static void
add_author(struct buf *fields, const struct prepare *p,
    const struct buf *known)
{
	struct buf text = { 0 }, addr = { 0 }, name = { 0 };
	const char *given = p->name;
	int kept = p->name == NULL && known->n > 0;

	find_author(&addr, &name, p);
	if (given == NULL && name.n == 0)
		given = p->named;
	if (kept)
		hdr_unfold(&text, buf_span(known));
	else if (given != NULL)
		mimehead_quoted(&text, span_str(given));
	else
		buf_addspan(&text, buf_span(&name));
	buf_addf(&text, text.n > 0 ? " <%s>" : "%s", buf_str(&addr));
	/* What is ASCII in a header has been encoded. */
	if (kept && span_is_ascii(buf_span(&text)))
		buf_addf(fields, "From: %s\r\n", buf_str(&text));
	else if (compose_field(fields, span_str("From"),
	    buf_span(&text)) != NULL)
		buf_addf(fields, "From: %s\r\n", buf_str(&addr));
	buf_free(&text);
	buf_free(&addr);
	buf_free(&name);
}

/* Whether there is no such field, or only one that is empty, which goes. */
static int
is_missing(struct content *c, const char *name)
{
	if (content_field(c, name).n > 0)
		return 0;
	content_remove(c, name);
	return 1;
}

/*
 * Whether From names somebody without a domain, as cron does with "root (Cron
 * Daemon)", whom no other host knows: then it goes, and name is what he is
 * called.
 */
static int
is_local(struct content *c, struct buf *name)
{
	struct hdr_addrs a;
	int local;

	hdr_addrs_init(&a, content_field(c, "From"));
	local = hdr_addrs_next(&a) == 1 &&
	    span_find(buf_span(&a.addr), '@') == NULL;
	if (local) {
		buf_addspan(name, a.name.n > 0 ? a.name : buf_span(&a.addr));
		content_remove(c, "From");
	}
	hdr_addrs_free(&a);
	return local;
}

/* Date comes last: a steady Message-ID must not depend on it. */
static void
add_missing(struct content *c, const struct prepare *p)
{
	struct buf fields = { 0 }, salt = { 0 }, name = { 0 };
	struct local_time now;
	int dated;

	cli_now(&now, p->epoch);
	if (!now.fixed && !p->steady)
		buf_addf(&salt, "%jd %ld %ld", (intmax_t)now.time, now.nsec,
		    (long)getpid());
	dated = !is_missing(c, "Date");
	if (is_missing(c, "From") || is_local(c, &name))
		add_author(&fields, p, &name);
	if (is_missing(c, "Message-ID"))
		compose_id(&fields, &c->text, buf_span(&salt), p->helo);
	if (!dated) {
		buf_adds(&fields, "Date: ");
		date_mail(&fields, now.time, now.offset);
		buf_adds(&fields, "\r\n");
	}
	if (content_prepend(c, buf_span(&fields)) && p->verbose)
		warn("stdin: no empty line behind a header: one is put there");
	buf_free(&fields);
	buf_free(&salt);
	buf_free(&name);
}

const char *
prepare_text(struct message *m, const struct prepare *p)
{
	static const char *const hidden[] = { "Bcc", "Resent-Bcc" };
	const char *why;
	size_t i;

	content_trim(&m->content);
	if (p->headers)
		add_header(m, p);
	for (i = 0; i < COUNT(hidden); i++) {
		if (content_misses(&m->content, hidden[i]))
			return "Bcc behind a line that is not a header field";
		content_remove(&m->content, hidden[i]);
	}
	add_missing(&m->content, p);
	content_fold(&m->content);
	if (content_end(&m->content, &why) < 0)
		return why;
	content_id(&m->id, &m->content);
	return m->rcpts > 0 ? NULL : "no recipient";
}

void
prepare_message(struct message *m, const struct prepare *p, char **operand)
{
	const char *why;

	message_start(m, 1);
	prepare_sender(&m->from, p);
	for (; *operand != NULL; operand++) {
		cli_clean("recipient", *operand);
		add_list(m, p, span_str(*operand), NULL);
	}
	if (read_content(&m->content, STDIN_FILENO) < 0)
		die_sys(errno == EFBIG ? EX_DATAERR : EX_NOINPUT, "stdin");
	if (!p->headers && m->rcpts == 0)
		die(EX_USAGE, "no recipient");
	why = prepare_text(m, p);
	if (why != NULL)
		die(EX_DATAERR, "stdin: %s", why);
}
