#include "bounce.h"

#include "format/mail/addr.h"
#include "format/mail/content.h"
#include "format/mail/hdr.h"
#include "format/mail/verp.h"
#include "notice.h"
#include "parts.h"
#include "status.h"

/* Octets of a text, and of a report, that are read. */
#define TEXT_MAX 65536
#define REPORT_MAX BOUNCE_MAX

/* Of so many recipients of a report a reason is searched for in the text. */
#define EXPLAINED_MAX 32

/* A message while it is read. */
struct reading {
	struct bounce *b;
	struct heading head, original;
	struct parts parts;
	struct span sender;	/* of the message returned, as a complaint
				   has it */
};

/* Why somebody failed, where the report says it to people alone. */
static void
explain_report(struct bounce *b, struct span text)
{
	struct found_one *one;
	size_t i;

	for (i = 0; i < b->found.n && i < EXPLAINED_MAX; i++) {
		one = &b->found.one[i];
		if (one->rcpt.n > 0)
			found_explain(&b->found, one, notice_reason(text,
			    buf_piece(&b->found.text, one->rcpt)));
	}
}

/* Takes a complaint, or a report of delivery, for programs. */
static void
read_report(struct reading *r)
{
	struct bounce *b = r->b;
	const struct parts *p = &r->parts;

	if (p->feedback.body.p != NULL) {
		if (status_complaint(&b->found, parts_text(&p->feedback,
		    &b->text, TEXT_MAX), &r->sender))
			b->what = "a complaint";
		return;
	}
	if (p->status.body.p == NULL ||
	    (!p->report && !heading_is_system(&r->head)) ||
	    !status_delivery(&b->found,
	    parts_text(&p->status, &b->text, REPORT_MAX)))
		return;
	b->what = "a delivery report";
	explain_report(b, parts_shown(p->text.body.p != NULL ? &p->text :
	    &p->html, &b->text, TEXT_MAX, b->found.convert));
}

/* Takes what a mail system writes to people. */
static void
read_notice(struct reading *r)
{
	struct bounce *b = r->b;
	const struct span none = { 0 };

	if (!heading_is_system(&r->head) ||
	    (r->parts.report && !r->parts.delivery))
		return;
	b->what = notice_read(&b->found, parts_shown(&r->parts.text,
	    &b->text, TEXT_MAX, b->found.convert));
	if (b->what == NULL)
		b->what = notice_read(&b->found, parts_shown(&r->parts.html,
		    &b->text, TEXT_MAX, b->found.convert));
	if (b->what == NULL && heading_says_failed(&r->head)) {
		b->what = "a notice of failure";
		found_add(&b->found, RESULT_FAILED, none, r->head.subject,
		    none, none);
	}
}

/* The recipient whom a signed address in a field was made for: 0, or -1. */
static int
read_signed(struct bounce *b, struct span field)
{
	struct hdr_addrs list;
	int got, found = -1;

	hdr_addrs_init(&list, field);
	while (found < 0 && (got = hdr_addrs_next(&list)) != 0)
		if (got > 0)
			found = verp_read(&b->verp, &b->leave->key,
			    b->pattern, buf_span(&list.addr));
	hdr_addrs_free(&list);
	return found;
}

/* The same for the message, and the one returned with it. */
static void
find_signed(struct reading *r)
{
	size_t i;

	buf_clear(&r->b->verp);
	if (r->b->leave == NULL)
		return;
	for (i = 0; i < r->head.tos; i++)
		if (read_signed(r->b, r->head.to[i]) == 0)
			return;
	if (read_signed(r->b, r->sender) < 0)
		read_signed(r->b, r->original.path);
}

/* The one recipient of the message returned, into b: 0, or -1. */
static int
only_recipient(struct span header, struct buf *b)
{
	struct hdr_rcpts list;
	struct addr a;
	int n = 0;

	hdr_rcpts_init(&list, header);
	while (n < 2 && hdr_rcpts_next(&list) != 0) {
		n++;
		buf_set(b, buf_span(&list.addrs.addr));
	}
	hdr_rcpts_free(&list);
	if (n == 1 && addr_parse(&a, buf_span(b), NULL) == 0)
		return 0;
	buf_clear(b);
	return -1;
}

/* Whether a hash may be of the one who is named: A-labels have none. */
static int
is_of(const struct bounce *b, struct span hash, struct span named)
{
	struct buf own = { 0 };
	int is;

	verp_hash(&own, &b->leave->key, named);
	is = span_case_eq(hash, buf_span(&own)) ||
	    span_case_has(named, "xn--");
	buf_free(&own);
	return is;
}

/*
 * Who it is: the only recipient whom we signed that sender for, even where the
 * report names those to whom the mailbox forwards; else the one that is named.
 */
static struct span
recipient(struct reading *r, const struct found_one *one)
{
	struct bounce *b = r->b;
	const struct span named = buf_piece(&b->found.text, one->rcpt);
	const struct span ours = buf_span(&b->verp);

	/* Servers on the way may have changed the letters of ours. */
	if (ours.n > 0 && !span_case_eq(ours, named) &&
	    (named.n == 0 || span_find(ours, '@') != NULL ||
	    !is_of(b, ours, named)))
		return ours;
	if (named.n > 0)
		return named;
	if (one->status == RESULT_COMPLAINED && only_recipient(
	    parts_text(&r->parts.original, &b->text, TEXT_MAX),
	    &b->verp) == 0)
		return buf_span(&b->verp);
	return named;
}

/* The first <id> in a value, on one line; else an empty span. */
static struct span
message_id(struct span value)
{
	const char *open = span_find(value, '<');
	struct span id = { 0 };
	size_t i;

	if (open == NULL)
		return id;
	value = span_drop(value, (size_t)(open - value.p));
	for (i = 0; i < value.n && i < CONTENT_ID_MAX; i++) {
		if (value.p[i] == '>')
			return span_of(value.p, i + 1);
		if (!byte_is_graph(value.p[i]))
			return id;
	}
	return id;
}

/* Of the message returned, where only its text stands in the message. */
static struct span
quoted_id(struct span text)
{
	static const char name[] = "Message-ID:";
	struct span line;

	while (text.n > 0) {
		line = span_trim(span_chomp(span_line(&text)));
		if (span_case_begins(line, name))
			return message_id(span_drop(line, sizeof name - 1));
	}
	return span_of(NULL, 0);
}

/* The Message-ID of the message that was sent, or an empty span. */
static struct span
original_id(const struct reading *r)
{
	struct buf *hold = &r->b->found.text;
	const struct parts *p = &r->parts;
	struct span id = message_id(r->original.id);

	if (id.n == 0 && p->original.body.p == NULL)
		id = quoted_id(r->head.body);
	/* In a text that is encoded, too. */
	if (id.n == 0 && p->original.body.p == NULL)
		id = buf_piece(hold, buf_keep(hold, quoted_id(parts_shown(
		    p->text.body.p != NULL ? &p->text : &p->html,
		    &r->b->text, TEXT_MAX, r->b->found.convert))));
	return id.n > 0 ? id : message_id(r->head.reply_to_id);
}

static void
add_lines(struct reading *r, int64_t time, struct buf *out)
{
	struct bounce *b = r->b;
	const struct found_one *one;
	struct result res;
	size_t i;

	memset(&res, 0, sizeof res);
	res.stage = STAGE_BOUNCE;
	res.time = time;
	res.id = original_id(r);
	for (i = 0; i < b->found.n; i++) {
		one = &b->found.one[i];
		res.rcpt = recipient(r, one);
		if (res.rcpt.n == 0)
			continue;
		res.status = one->status;
		res.code = one->code;
		res.server = buf_piece(&b->found.text, one->server);
		res.text = buf_piece(&b->found.text, one->text);
		result_add(out, &res);
		b->lines++;
	}
}

/* A request to be left out, by its token. */
static void
read_leave(struct reading *r, struct span message, int64_t time,
    struct buf *out)
{
	struct bounce *b = r->b;
	struct result res;

	buf_clear(&b->verp);
	if (b->leave == NULL ||
	    leave_message(&b->verp, b->leave, message) < 0)
		return;
	memset(&res, 0, sizeof res);
	res.status = RESULT_LEFT;
	res.stage = STAGE_LEAVE;
	res.rcpt = buf_span(&b->verp);
	res.time = time;
	res.id = message_id(r->head.reply_to_id);
	res.text = span_str("by message");
	result_add(out, &res);
	b->what = "a request to be left out";
	b->lines = 1;
}

void
bounce_read(struct bounce *b, struct span message, int64_t arrival,
    struct buf *out)
{
	struct reading r;

	memset(&r, 0, sizeof r);
	r.b = b;
	b->what = NULL;
	b->lines = 0;
	found_clear(&b->found);
	heading_read(&r.head, message);
	parts_find(&r.parts, &r.head);
	read_report(&r);
	if (b->what == NULL)
		read_notice(&r);
	heading_time(&r.head, &arrival);
	if (b->what == NULL)
		read_leave(&r, message, arrival, out);
	if (b->found.n == 0)
		return;
	if (r.parts.original.body.p != NULL)
		heading_read(&r.original, r.parts.original.body);
	find_signed(&r);
	add_lines(&r, arrival, out);
}

void
bounce_free(struct bounce *b)
{
	found_free(&b->found);
	buf_free(&b->text);
	buf_free(&b->verp);
}
