#include "heading.h"

#include <stddef.h>

#include "format/mail/date.h"
#include "format/mail/hdr.h"

/* Octets of a field that are looked at: no field of use is longer. */
#define VALUE_MAX 1024

static const struct {
	const char *name;
	size_t offset;
} fields[] = {
	{ "Content-Type", offsetof(struct heading, type) },
	{ "Content-Transfer-Encoding", offsetof(struct heading, encoding) },
	{ "From", offsetof(struct heading, from) },
	{ "Subject", offsetof(struct heading, subject) },
	{ "Date", offsetof(struct heading, date) },
	{ "Received", offsetof(struct heading, received) },
	{ "Return-Path", offsetof(struct heading, path) },
	{ "Auto-Submitted", offsetof(struct heading, submitted) },
	{ "In-Reply-To", offsetof(struct heading, reply_to_id) },
	{ "Message-ID", offsetof(struct heading, id) }
};

/* Where a message came to, by those who delivered it and who wrote it. */
static const char *const to_names[] = {
	"Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To",
	"X-Delivered-To", "X-Rcpt-To", "Original-Recipient", "To", "Cc"
};

static void
take(struct heading *h, const struct hdr_field *f)
{
	struct span value = f->value, *slot;
	size_t i;

	if (value.n > VALUE_MAX)
		value.n = VALUE_MAX;
	for (i = 0; i < COUNT(fields); i++)
		if (span_case_is(f->name, fields[i].name)) {
			slot = (struct span *)((char *)h + fields[i].offset);
			if (slot->p == NULL)
				*slot = value;
			return;
		}
	if (h->tos < HEADING_TO_MAX &&
	    span_case_index(f->name, to_names, COUNT(to_names)) >= 0)
		h->to[h->tos++] = value;
}

void
heading_read(struct heading *h, struct span message)
{
	struct hdr_field f;
	struct hdr hdr;

	memset(h, 0, sizeof *h);
	hdr_init(&hdr, message);
	while (hdr_next(&hdr, &f) == HDR_FIELD)
		take(h, &f);
	h->body = span_drop(message, hdr.at);
}

int
heading_time(const struct heading *h, int64_t *t)
{
	struct span rest = h->received;
	const char *semicolon;

	if (h->date.p != NULL && date_mail_parse(h->date, t) == 0)
		return 0;
	while ((semicolon = span_find(rest, ';')) != NULL)
		rest = span_drop(rest, (size_t)(semicolon + 1 - rest.p));
	return rest.n < h->received.n ? date_mail_parse(rest, t) : -1;
}

static int
contains_any(struct span s, const char *const *what, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (span_case_has(s, what[i]))
			return 1;
	return 0;
}

/* No sender at all, or what some mail systems write for none. */
static int
is_null_path(struct span path)
{
	return path.p != NULL && (span_is(path, "<>") ||
	    span_case_has(path, "mailer-daemon"));
}

int
heading_is_system(const struct heading *h)
{
	static const char *const programs[] = {
		"mailer-daemon", "mailerdaemon", "mail-daemon", "maildaemon",
		"mdaemon@", "mail delivery s", "microsoftexchange"
	};
	/* Behind these there may be people, who have a return path. */
	static const char *const offices[] = {
		"postmaster", "mailer@", "mail administrator"
	};
	const int is_null = is_null_path(h->path);

	/* Postfix and Exim call a bounce auto-replied, too. */
	return contains_any(h->from, programs, COUNT(programs)) ||
	    ((is_null || h->path.p == NULL) &&
	    contains_any(h->from, offices, COUNT(offices))) ||
	    (is_null && !span_case_begins(h->submitted, "auto-replied"));
}

int
heading_says_failed(const struct heading *h)
{
	static const char *const failed[] = {
		"undelivered mail", "undeliverable", "failure notice",
		"delivery failure", "mail delivery failed",
		"delivery status notification (failure)", "returned mail",
		"delivery has failed", "could not be delivered",
		"delivery failed", "mail system error - returned mail",
		"message delivery failure", "non remis", "unzustellbar",
		"nondeliverable mail", "undelivered message"
	};
	static const char *const not[] = {
		"delay", "warning", "temporar", "re:", "fwd:", "fw:",
		"retry"
	};

	return contains_any(h->subject, failed, COUNT(failed)) &&
	    !contains_any(h->subject, not, COUNT(not));
}
