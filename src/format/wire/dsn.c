#include "dsn.h"

#include <stdlib.h>

#include "format/mail/addr.h"
#include "format/mail/date.h"
#include "format/mail/mimehead.h"
#include "format/mail/unicode.h"
#include "tally.h"

/* Where a recipient is cut, so that the line stays under MIME_LINE_MAX. */
#define FINAL_MAX 900

/* Where there are more, they are counted before they are listed. */
#define SAY_MAX 50

/* The columns for recipients in a table; longer ones push the rest aside. */
#define SAY_WIDTH 40

/* By recipient; lines of one recipient as they stand in the file. */
static int
by_recipient(const void *left, const void *right)
{
	const struct result *a = *(const struct result *const *)left;
	const struct result *b = *(const struct result *const *)right;
	int c = span_compare(a->rcpt, b->rcpt);

	return c != 0 ? c : (a > b) - (a < b);
}

/* Keeps the last line of each recipient, and of these not the sent. */
static void
reduce(struct dsn *d)
{
	struct result **sorted;
	size_t i, kept = 0;

	sorted = die_calloc(d->n, sizeof *sorted);
	for (i = 0; i < d->n; i++)
		sorted[i] = &d->r[i];
	qsort(sorted, d->n, sizeof *sorted, by_recipient);
	for (i = 0; i + 1 < d->n; i++)	/* said again later */
		if (span_eq(sorted[i]->rcpt, sorted[i + 1]->rcpt))
			sorted[i]->status = RESULT_SENT;
	free(sorted);
	for (i = 0; i < d->n; i++)
		if (d->r[i].status != RESULT_SENT)
			d->r[kept++] = d->r[i];
	d->n = kept;
	for (i = 0; i < d->n; i++)
		if (d->r[i].status == RESULT_SENDING)
			d->r[i].status = RESULT_UNKNOWN;
}

void
dsn_read(struct dsn *d, struct span text, const char *name,
    struct buf *faults)
{
	struct span line;
	size_t number;
	int r;

	text = span_unmarked(text);
	for (number = 1; text.n > 0; number++) {
		line = span_line(&text);
		d->r = die_grow(d->r, d->n, &d->cap, sizeof *d->r);
		r = line.p[line.n - 1] == '\n' ?
		    result_parse(&d->r[d->n], span_chomp(line)) : -1;
		if (r == 0 && d->r[d->n].status <= RESULT_SENDING)
			d->n++;
		else if (r < 0)
			buf_addfault(faults, "%s:%zu: not a line of results(5)",
			    name, number);
	}
	reduce(d);
}

void
dsn_free(struct dsn *d)
{
	free(d->r);
	memset(d, 0, sizeof *d);
}

/*
 * A recipient that is not an address stands here too, as it was written, but
 * for what does not fit on a line.
 */
static void
add_final(struct buf *b, struct span rcpt)
{
	const int utf8 = !span_is_ascii(rcpt);
	const size_t from = b->n;
	struct span at;
	size_t i, n;

	buf_addf(b, "Final-Recipient: %s; ", utf8 ? "utf-8" : "rfc822");
	for (i = 0; i < rcpt.n && b->n - from < FINAL_MAX; i += n) {
		at = span_drop(rcpt, i);
		n = span_char(at);
		if (n > 1) {
			buf_addf(b, "\\x{%lX}",
			    (unsigned long)unicode_take(&at));
			continue;
		}
		n = 1;
		if (at.p[0] < ' ' || at.p[0] > '~')
			buf_addc(b, '?');
		else if (utf8 && strchr("\\+=", at.p[0]) != NULL)
			buf_addf(b, "\\x{%X}", (unsigned)at.p[0]);
		else
			buf_addc(b, at.p[0]);
	}
	buf_adds(b, "\r\n");
}

/* The server's own, where it does not contradict what became of it. */
static void
add_status(struct buf *b, const struct result *r)
{
	const int failed = r->status == RESULT_FAILED;
	const struct span text = result_reply(r);
	const size_t n = result_enhanced(text);

	buf_adds(b, "Status: ");
	if (r->status == RESULT_UNKNOWN)
		buf_adds(b, "4.4.2");	/* bad connection */
	else if (n > 0 && text.p[0] == (failed ? '5' : '4'))
		buf_add(b, text.p, n);
	else if (r->code == 0 && r->stage == STAGE_ORDER)
		buf_adds(b, "5.1.3");	/* bad address syntax */
	else if (r->code == 0 && r->stage == STAGE_CONNECT)
		buf_adds(b, failed ? "5.1.2" : "4.4.1");
	else
		buf_adds(b, failed ? "5.0.0" : "4.0.0");
	buf_adds(b, "\r\n");
}

/* host:port; the path of a UNIX-domain socket says nothing elsewhere. */
static void
add_server(struct buf *b, struct span server)
{
	struct span host = server;

	while (host.n > 0 && host.p[host.n - 1] != ':')
		host.n--;
	if (!span_is_graph(server) || host.n < 2 || host.n > ADDR_DOMAIN_MAX ||
	    server.p[0] == '/' || server.p[0] == '.')
		return;
	host.n--;
	buf_adds(b, "Remote-MTA: dns; ");
	buf_addspan(b, host);
	buf_adds(b, "\r\n");
}

static void
add_diagnostic(struct buf *b, const struct result *r)
{
	struct buf text = { 0 };
	size_t col = sizeof "Diagnostic-Code: smtp; " - 1;

	if (r->text.n == 0 && r->code == 0)
		return;
	if (r->code > 0) {
		buf_adds(b, "Diagnostic-Code: smtp; ");
		buf_addf(&text, "%03d ", r->code);
	} else {
		buf_adds(b, "Diagnostic-Code: x-mailorder; ");
		col = sizeof "Diagnostic-Code: x-mailorder; " - 1;
	}
	buf_addshown(&text, result_reply(r));
	mimehead_text(b, buf_span(&text), &col);
	buf_adds(b, "\r\n");
	buf_free(&text);
}

static void
add_block(struct buf *b, const struct result *r)
{
	buf_adds(b, "\r\n");
	add_final(b, r->rcpt);
	buf_addf(b, "Action: %s\r\n",
	    r->status == RESULT_FAILED ? "failed" : "delayed");
	add_status(b, r);
	add_server(b, r->server);
	add_diagnostic(b, r);
	if (r->stage == STAGE_ORDER)
		return;		/* nothing was attempted */
	buf_adds(b, "Last-Attempt-Date: ");
	date_mail(b, r->time, 0);
	buf_adds(b, "\r\n");
}

void
dsn_add(struct buf *b, const char *host, const struct dsn *d)
{
	size_t i;

	buf_addf(b, "Content-Type: message/delivery-status\r\n\r\n"
	    "Reporting-MTA: dns; %s\r\n", host);
	for (i = 0; i < d->n; i++)
		add_block(b, &d->r[i]);
}

static void
pad(struct buf *b, size_t have, size_t want)
{
	for (; have < want; have++)
		buf_addc(b, ' ');
}

/* Without the blanks that a row without a text would end with. */
static void
end_row(struct buf *b)
{
	while (b->p[b->n - 1] == ' ')
		b->n--;
	buf_addc(b, '\n');
}

void
dsn_say(struct buf *b, const struct dsn *d)
{
	size_t widest = 0, i, n;
	int unknown = 0;

	if (d->n == 0)
		return;
	if (b->n > 0)
		buf_adds(b, b->p[b->n - 1] == '\n' ? "\n" : "\n\n");
	if (d->n > SAY_MAX) {
		tally_say(b, d->r, d->n);
		buf_addc(b, '\n');
	}
	buf_adds(b, "The message could not be delivered to:\n\n");
	for (i = 0; i < d->n; i++) {
		n = span_characters(d->r[i].rcpt);
		if (n > widest)
			widest = n > SAY_WIDTH ? SAY_WIDTH : n;
	}
	for (i = 0; i < d->n; i++) {
		buf_addshown(b, d->r[i].rcpt);
		pad(b, span_characters(d->r[i].rcpt), widest);
		n = b->n + sizeof "  deferred" - 1;
		buf_addf(b, "  %s", result_status_name(d->r[i].status));
		pad(b, b->n, n);
		if (d->r[i].code > 0)
			buf_addf(b, "  %03d ", d->r[i].code);
		else
			buf_adds(b, "  ");
		buf_addshown(b, result_reply(&d->r[i]));
		end_row(b);
		unknown |= d->r[i].status == RESULT_UNKNOWN;
	}
	if (unknown)
		buf_adds(b, "\nUnknown: the message may have been delivered: "
		    "the connection broke before the answer.\n");
}
