/*
 * A list of whom to leave out, and recipients behind a form feed: who is on it,
 * when each is compared with each, is left out, and nobody else.
 */
#include "format/mail/idn.h"
#include "format/order/exclude.h"
#include "format/wire/gone.h"

#include "fuzz.h"

/* Lines and entries, for each is compared with each. */
#define MOST 64

static void
normalize(struct buf *b, const struct addr *a)
{
	const char *why;

	buf_clear(b);
	buf_addspan(b, a->local);
	buf_addc(b, '@');
	if (a->domain.p != NULL && !span_is_ascii(a->domain) &&
	    idn_domain(b, a->domain, &why) == 0)
		return;
	buf_addspan(b, a->domain);
}

static int
is_listed(const struct addr *a, struct span list)
{
	struct buf one = { 0 }, other = { 0 };
	struct span line;
	const char *why;
	struct addr b;
	int listed = 0;

	normalize(&one, a);
	while (!listed && list.n > 0) {
		line = span_chomp(span_line(&list));
		if (gone_address(&b, &line, &why) <= 0)
			continue;
		normalize(&other, &b);
		listed = span_case_eq(buf_span(&one), buf_span(&other));
	}
	buf_free(&one);
	buf_free(&other);
	return listed;
}

static void
compare(struct order *o, struct span list, size_t good)
{
	struct order_walk walk = { 0 };
	struct entry e;
	size_t excluded = 0;

	while (order_next(o, &walk, &e)) {
		if (e.kind == ENTRY_EXCLUDED)
			excluded++;
		if (e.kind == ENTRY_EXCLUDED || e.kind == ENTRY_GOOD)
			MUST((e.kind == ENTRY_EXCLUDED) ==
			    is_listed(&e.addr, list));
	}
	MUST(o->excluded == excluded && o->good + excluded == good);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span rest = span_of(data, n), list = span_cut(&rest, '\f');
	struct span lines = list;
	struct exclude x = { 0 };
	struct buf text = { 0 };
	const char *why;
	struct order o;

	if (span_lines(list) > MOST || span_lines(rest) > MOST)
		return 0;
	buf_adds(&text, "[Recipients:]\n");
	buf_addspan(&text, rest);
	buf_adds(&text, "\n[Subject:]\n[Body:]\n");
	order_read(&o, buf_span(&text), 0);
	while (lines.n > 0)
		exclude_line(&x, span_chomp(span_line(&lines)), &why);
	n = o.good;
	exclude_apply(&x, &o, NULL);
	order_forget(&o);
	compare(&o, list, n);
	order_free(&o);
	exclude_free(&x);
	buf_free(&text);
	return 0;
}
