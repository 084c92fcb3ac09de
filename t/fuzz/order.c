/*
 * format/order/order and all that is made of it: whatever the order,
 * mistakes come in the order of the file, entries are counted right, and
 * the letters are a batch with one message for each good entry, in lines
 * that SMTP can carry.
 */
#include "format/order/again.h"
#include "format/wire/bsmtp.h"
#include "format/order/excerpt.h"
#include "format/order/mailing.h"

#include "fuzz.h"

static void
check_faults(struct order *o)
{
	struct order_fault f;
	size_t line = 0, column = 0;

	while (order_fault(o, &f)) {
		MUST(f.line > line || (f.line == line && f.column >= column));
		line = f.line;
		column = f.column;
	}
}

static void
check_counts(const struct order *o)
{
	struct order_walk walk = { 0 };
	struct entry e;
	size_t n[3] = { 0 };

	while (order_next(o, &walk, &e))
		n[e.kind]++;
	MUST(n[ENTRY_GOOD] == o->good && n[ENTRY_BAD] == o->bad &&
	    n[ENTRY_DUPLICATE] == o->duplicates);
}

static void
check_batch(struct span rest, size_t good)
{
	struct bsmtp b = { .phase = BSMTP_IDLE };
	struct span line;
	uintmax_t messages = 0;
	size_t rcpts = 0, dots = 0, quits = 0;

	while (rest.n > 0) {
		line = span_line(&rest);
		MUST(line.n >= 2 && line.n <= MIME_LINE_MAX + 3);
		MUST(memchr(line.p, '\r', line.n) == line.p + line.n - 2);
		MUST(line.p[line.n - 1] == '\n');
		switch (bsmtp_line(&b, line)) {
		case BSMTP_COUNT:
			messages = b.count;
			break;
		case BSMTP_RCPT:
			rcpts++;
			MUST(b.why == NULL);
			break;
		case BSMTP_DOT:
			dots++;
			break;
		case BSMTP_QUIT:
			quits++;
			break;
		case BSMTP_BAD:
			MUST(0);
		default:
			break;
		}
	}
	MUST(rcpts == good && dots == messages && quits == 1);
}

static void
check_letters(struct letter *l, struct order *o, size_t most)
{
	struct letter_opt how = { 0 };
	struct order_walk walk = { 0 };
	struct mailing m;
	struct entry e;
	struct buf out = { 0 };
	struct span piece;

	how.sender = span_str("News, \"x\" <news@pth.ua>");
	how.id = span_str("id");
	how.time = 1795304772;
	how.batch = 1;
	mailing_open(&m, l, &how, most);
	while (mailing_next(&m, &piece))
		buf_addspan(&out, piece);
	mailing_close(&m);
	check_batch(buf_span(&out), o->good);
	buf_clear(&out);
	excerpt_all(&out, o);
	excerpt_fields(&out, o, &l->values);
	excerpt_bad(&out, o, 0);
	if (order_find(o, &walk, &e, ENTRY_GOOD))
		MUST(l->copies || e.addr.text.n > 0);
	buf_free(&out);
}

/* What is made for those not reached is an order without mistakes. */
static void
check_again(const struct order *o, const struct letter *l, struct dice *d)
{
	struct order_walk walk = { 0 };
	struct order some, settled;
	struct letter m = { 0 };
	struct buf results = { 0 }, text = { 0 }, last = { 0 };
	struct result r = { 0 };
	struct dsn dsn = { 0 };
	struct span rest;
	struct entry e;

	r.status = RESULT_DEFERRED;
	while (order_find(o, &walk, &e, ENTRY_GOOD)) {
		r.rcpt = e.addr.text;
		if (roll(d, 2) == 0)
			result_add(&results, &r);
	}
	rest = buf_span(&results);
	MUST(dsn_read(&dsn, &rest) == 0);
	if (again_make(&text, o, &dsn, 1U << RESULT_DEFERRED) > 0) {
		order_read(&some, buf_span(&text));
		letter_check(&m, &some, span_of(NULL, 0));
		MUST(some.nfaults == 0 && some.good == dsn.n);
		again_settle(&last, &some, &l->values, &m.values);
		order_read(&settled, buf_span(&last));
		MUST(settled.good == dsn.n);
		order_free(&settled);
		letter_free(&m);
		order_free(&some);
	}
	dsn_free(&dsn);
	buf_free(&results);
	buf_free(&text);
	buf_free(&last);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span text = span_of(data, n);
	struct letter l = { 0 };
	struct order o;
	struct dice d;

	if (take_seed(&d, &text) < 0)
		return 0;
	order_read(&o, text);
	letter_check(&l, &o, span_of(NULL, 0));
	if (o.nfaults == 0) {
		check_counts(&o);
		check_again(&o, &l, &d);
		check_letters(&l, &o, roll(&d, 4));
	}
	check_faults(&o);
	letter_free(&l);
	order_free(&o);
	return 0;
}
