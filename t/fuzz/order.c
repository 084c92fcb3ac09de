/*
 * format/order/order and all that is made of it: whatever the order,
 * mistakes come in the order of the file, entries are counted right, and
 * the letters are a batch with one message for each good entry, in lines
 * that SMTP can carry.
 */
#include "format/wire/bsmtp.h"
#include "format/order/excerpt.h"
#include "format/order/mailing.h"
#include "format/order/source.h"

#include "fuzz.h"

/* Lines of "order:line:column: reason", in the order of the text. */
static void
check_faults(struct buf *faults)
{
	size_t line = 0, column = 0, l, c;
	struct span rest = span_str(buf_str(faults)), s;

	while (rest.n > 0) {
		s = span_line(&rest);
		MUST(sscanf(s.p, "order:%zu:%zu: ", &l, &c) == 2);
		MUST(l > line || (l == line && c >= column));
		line = l;
		column = c;
	}
}

static void
check_counts(const struct order *o)
{
	struct order_walk walk = { 0 };
	struct entry e;
	size_t n[ENTRY_ROW + 1] = { 0 };

	while (order_next(o, &walk, &e))
		n[e.kind]++;
	MUST(n[ENTRY_GOOD] == o->good && n[ENTRY_BAD] == o->bad &&
	    n[ENTRY_DUPLICATE] == o->duplicates && n[ENTRY_ROW] == o->rows);
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
check_letters(struct source *s, size_t most)
{
	struct letter_opt how = { 0 };
	struct mailing m;
	struct buf out = { 0 };
	struct span piece;

	how.sender = span_str("News, \"x\" <news@pth.ua>");
	how.id = span_str("id");
	how.time = 1795304772;
	how.batch = 1;
	mailing_open(&m, s, &how, most);
	while (mailing_next(&m, &piece))
		buf_addspan(&out, piece);
	mailing_close(&m);
	check_batch(buf_span(&out), s->order.good);
	buf_clear(&out);
	excerpt_all(&out, &s->order);
	excerpt_fields(&out, &s->order, &s->fields);
	excerpt_bad(&out, &s->order, 0);
	buf_free(&out);
}

/* A directory where each file but one can be read. */
static const char *
check_path(void *arg, const char *path)
{
	(void)arg;
	MUST(path[0] != '/' && path[0] != '\0' && strstr(path, "/../") == NULL);
	return strcmp(path, "none") == 0 ? "no such file" : NULL;
}

static const char *
read_path(void *arg, const char *path, struct buf *content)
{
	buf_adds(content, path);
	return check_path(arg, path);
}

static const struct attach_store files = { NULL, check_path, read_path };

/* What is made for those not reached is an order without mistakes. */
static void
check_keep(struct source *s, struct dice *d)
{
	struct order_walk walk = { 0 };
	struct buf results = { 0 }, faults = { 0 };
	struct result r = { 0 };
	struct dsn dsn = { 0 };
	struct entry e;

	r.status = RESULT_DEFERRED;
	while (order_find(&s->order, &walk, &e, ENTRY_GOOD)) {
		r.rcpt = e.addr.text;
		if (roll(d, 2) == 0)
			result_add(&results, &r);
	}
	dsn_read(&dsn, buf_span(&results), "results", &faults);
	MUST(faults.n == 0);
	MUST(source_keep(s, &dsn, 1U << RESULT_DEFERRED, &faults) ==
	    (dsn.n > 0));
	MUST(faults.n == 0 && (dsn.n == 0 || s->order.good == dsn.n));
	dsn_free(&dsn);
	buf_free(&results);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span text = span_of(data, n);
	struct buf faults = { 0 };
	struct source s = { 0 };
	struct dice d;

	if (take_seed(&d, &text) < 0)
		return 0;
	s.name = "order";
	s.pattern = "*";
	s.files = roll(&d, 4) == 0 ? NULL : &files;
	s.group = roll(&d, 4) == 0 ? "email" : roll(&d, 8) == 0 ? "k" : NULL;
	if (source_order(&s, text, &faults) == 0) {
		check_counts(&s.order);
		check_letters(&s, s.group == NULL ? roll(&d, 4) : 0);
		/* by k an address may have several letters */
		if (s.group == NULL || strcmp(s.group, "email") == 0)
			check_keep(&s, &d);
		if (s.order.good > 0 && s.group == NULL)
			check_letters(&s, roll(&d, 4));
	}
	check_faults(&faults);
	source_free(&s);
	buf_free(&faults);
	return 0;
}
