#include "prepare.h"

#include <errno.h>
#include <unistd.h>

#include "format/mail/addr.h"
#include "format/mail/compose.h"
#include "format/mail/date.h"
#include "format/mail/hdr.h"
#include "format/mail/mimehead.h"
#include "sys/cli.h"
#include "sys/io.h"
#include "sys/local.h"

/* As much of an entry as is repeated when it is not an address. */
#define BAD_ENTRY_MAX 320

const char *
prepare_helo(char *name)
{
	size_t n = strlen(name);
	struct buf b = { 0 };
	struct addr a;

	cli_clean("-H", name);
	if (n > 1 && name[n - 1] == '.')
		name[n - 1] = '\0';
	buf_addf(&b, "x@%s", name);
	if (addr_parse(&a, buf_span(&b), NULL) < 0)
		die(EX_USAGE, "-H: %s: not a host name", name);
	buf_free(&b);
	return name;
}

void
prepare_address(struct buf *addr, const char *helo)
{
	struct addr a;

	/* Only in a quoted one there may be an @ that no domain follows. */
	if (addr->n > 0 && addr->p[0] != '"' &&
	    memchr(addr->p, '@', addr->n) != NULL)
		return;
	if (addr->n > 0 && addr_parse_bare(&a, buf_span(addr), NULL) == 0 &&
	    a.domain.p == NULL)
		buf_addf(addr, "@%s", helo);
}

/*
 * The sender in text: an address, Name <address>, or nothing or <> for the
 * null sender.  NULL, or why it is none of these.
 */
static const char *
parse_sender(struct buf *from, struct span text, const char *helo)
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
		prepare_address(from, helo);
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
		    addr_same(&a, &b))
			return 1;
	return 0;
}

/*
 * One entry, each address once: addr, or why it is not an address, and then it
 * is a recipient too, who has failed.
 */
static void
add_rcpt(struct message *m, struct buf *addr, const char *why, const char *helo)
{
	struct addr a;
	struct rcpt *r;

	if (why == NULL && addr_parse_bare(&a, buf_span(addr), &why) == 0) {
		prepare_address(addr, helo);
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
add_list(struct message *m, struct span list, const char *helo)
{
	struct hdr_addrs a;

	hdr_addrs_init(&a, list);
	while (hdr_addrs_next(&a) != 0)
		add_rcpt(m, &a.addr, a.why, helo);
	hdr_addrs_free(&a);
}

static void
add_header(struct message *m, struct span text, const char *helo)
{
	struct hdr_rcpts t;

	hdr_rcpts_init(&t, text);
	while (hdr_rcpts_next(&t) != 0)
		add_rcpt(m, &t.addrs.addr, t.addrs.why, helo);
	hdr_rcpts_free(&t);
}

static void
set_sender(struct buf *from, const struct prepare *p)
{
	struct buf text = { 0 };
	const char *why;

	if (p->from != NULL)
		buf_adds(&text, p->from);
	else
		local_user(&text, p->email, p->logname);
	cli_clean("sender", buf_str(&text));
	why = parse_sender(from, buf_span(&text), p->helo);
	if (why != NULL)
		die(EX_USAGE, "sender: %s: %s", buf_str(&text), why);
	buf_free(&text);
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
	content_trim(c);
	errno = rd.err;
	return status == RD_ERROR ? -1 : 0;
}

static void
add_author(struct buf *fields, const char *name, struct span author)
{
	size_t col = sizeof "From: " - 1;

	buf_adds(fields, "From: ");
	if (name != NULL) {
		mimehead_phrase(fields, span_str(name), &col);
		buf_adds(fields, " <");
	}
	buf_addspan(fields, author);
	buf_adds(fields, name != NULL ? ">\r\n" : "\r\n");
}

/* Date comes last: a steady Message-ID must not depend on it. */
static void
add_missing(struct content *c, const struct prepare *p, struct span author)
{
	struct buf fields = { 0 }, salt = { 0 };
	struct local_time now;

	cli_now(&now, p->epoch);
	if (!now.fixed && !p->steady)
		buf_addf(&salt, "%jd %ld %ld", (intmax_t)now.time, now.nsec,
		    (long)getpid());
	if (content_field(c, "From").n == 0)
		add_author(&fields, p->name, author);
	if (content_field(c, "Message-ID").n == 0)
		compose_id(&fields, &c->text, buf_span(&salt), p->helo);
	if (content_field(c, "Date").n == 0) {
		buf_adds(&fields, "Date: ");
		date_mail(&fields, now.time, now.offset);
		buf_adds(&fields, "\r\n");
	}
	if (content_prepend(c, buf_span(&fields)) && p->verbose)
		warn("stdin: no empty line behind a header: one is put there");
	buf_free(&fields);
	buf_free(&salt);
}

/* Adds what is missing, of which the author is the sender; Bcc goes. */
static void
set_content(struct message *m, const struct prepare *p)
{
	static const char *const hidden[] = { "Bcc", "Resent-Bcc" };
	struct buf author = { 0 };
	const char *why;
	size_t i;

	for (i = 0; i < COUNT(hidden); i++) {
		if (content_misses(&m->content, hidden[i]))
			die(EX_DATAERR, "stdin: Bcc behind a line that is "
			    "not a header field");
		content_remove(&m->content, hidden[i]);
	}
	buf_addspan(&author, buf_span(&m->from));
	if (author.n == 0)
		local_user(&author, p->email, p->logname);
	add_missing(&m->content, p, buf_span(&author));
	if (content_end(&m->content, &why) < 0)
		die(EX_DATAERR, "stdin: %s", why);
	content_id(&m->id, &m->content);
	buf_free(&author);
}

void
prepare_message(struct message *m, const struct prepare *p, char **operand)
{
	message_start(m, 1);
	set_sender(&m->from, p);
	for (; *operand != NULL; operand++) {
		if (**operand == '-')
			die(EX_USAGE, "%s: options come first", *operand);
		cli_clean("recipient", *operand);
		add_list(m, span_str(*operand), p->helo);
	}
	if (read_content(&m->content, STDIN_FILENO) < 0)
		die_sys(errno == EFBIG ? EX_DATAERR : EX_NOINPUT, "stdin");
	if (p->headers)
		add_header(m, buf_span(&m->content.text), p->helo);
	set_content(m, p);
	if (m->rcpts == 0)
		die(p->headers ? EX_DATAERR : EX_USAGE, "no recipient");
}
