/*
 * A message that came back: whatever it is, what is said of it are lines of
 * results with addresses, and the same ones the next time.  And a list, what
 * is remembered and results, cut from the input.
 */
#include "format/bounce/bounce.h"
#include "format/bounce/returned.h"
#include "format/bounce/suppression.h"
#include "format/mail/addr.h"
#include "sys/charset.h"

#include "fuzz.h"

static int
to_utf8(struct buf *text, const char *charset)
{
	return charset_convert(text, charset, BOUNCE_MAX);
}

static void
check_lines(struct span lines, size_t n)
{
	struct result r;
	struct addr a;
	size_t i;

	for (i = 0; lines.n > 0; i++) {
		MUST(result_parse(&r, span_chomp(span_line(&lines))) == 0);
		MUST(addr_parse_bare(&a, r.rcpt, NULL) == 0);
		MUST(r.status != RESULT_SENT);
		MUST(r.number == 0 && r.stage >= STAGE_BOUNCE);
	}
	MUST(i == n);
}

static void
read_bounce(struct span message)
{
	static struct leave leave;
	struct bounce b = { .found.convert = to_utf8 };
	struct buf one = { 0 }, two = { 0 };

	tag_key(&leave.key, span_str("secret"));
	b.leave = &leave;
	bounce_read(&b, message, 1795305600, &one);
	check_lines(buf_span(&one), b.lines);
	MUST(b.lines == 0 || b.what != NULL);
	bounce_read(&b, message, 1795305600, &two);
	MUST(span_eq(buf_span(&one), buf_span(&two)));
	bounce_free(&b);
	buf_free(&one);
	buf_free(&two);
}

/* Old list, memory and results, with a NUL between them. */
static void
keep_list(struct span text)
{
	struct suppression s = { .enough = 2 };
	struct buf list = { 0 }, memory = { 0 };
	struct span old = span_cut(&text, '\0'), rest = old;
	struct result r;

	while (rest.n > 0)
		suppression_listed(&s, span_line(&rest));
	rest = span_cut(&text, '\0');
	while (rest.n > 0)
		suppression_remembered(&s, span_line(&rest));
	while (text.n > 0)
		if (result_parse(&r, span_chomp(span_line(&text))) == 0)
			suppression_result(&s, &r);
	suppression_list(&s, &list, old);
	suppression_memory(&s, &memory);
	MUST(old.n > 0 || span_lines(buf_span(&list)) <= s.set.n);
	suppression_free(&s);
	buf_free(&list);
	buf_free(&memory);
}

/* Known bounces, new ones and the results of a mailing, in the same way. */
static void
join(struct span text)
{
	struct returned r = { 0 };
	struct span known = span_cut(&text, '\0'), new = span_cut(&text, '\0');
	struct span bounce;
	size_t i = 0, n = 0, had;

	while (known.n > 0)
		returned_bounce(&r, span_chomp(span_line(&known)), 1);
	MUST(r.open == 0);
	while (new.n > 0)
		returned_bounce(&r, span_chomp(span_line(&new)), 0);
	had = r.open;
	while (text.n > 0)
		had -= (size_t)returned_letter(&r,
		    span_chomp(span_line(&text)), &bounce);
	MUST(r.open == had);
	while (returned_next(&r, &i, &bounce))
		n++;
	MUST(n == had);
	returned_free(&r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	read_bounce(span_of(data, n));
	keep_list(span_of(data, n));
	join(span_of(data, n));
	return 0;
}
