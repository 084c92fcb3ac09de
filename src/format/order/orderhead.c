/* The extra header fields of an order, and whether they may be in a letter. */
#include "order.h"

#include "format/mail/hdr.h"

int
order_header(struct span *headers, struct span *name, struct span *value)
{
	struct span line, words;
	const char *colon;

	do {
		if (headers->n == 0)
			return 0;
		line = span_chomp(span_line(headers));
		words = span_trim(line);
	} while (words.n == 0 || words.p[0] == '#');
	*name = line;
	colon = memchr(line.p, ':', line.n);
	if (colon == NULL || order_is_tag_like(line))
		return -1;
	name->n = (size_t)(colon - line.p);
	*value = span_trim(span_drop(line, name->n + 1));
	if (hdr_is_name(*name))
		return 1;
	*name = line;
	return -1;
}

/* What others decide on. */
static int
is_ours(struct span name)
{
	static const char *const ours[] = {
		"From", "To", "Cc", "Bcc", "Subject", "Date", "Message-ID",
		"MIME-Version"
	};
	static const char content[] = "Content-";
	size_t i;

	for (i = 0; i < COUNT(ours); i++)
		if (span_case_is(name, ours[i]))
			return 1;
	return name.n >= sizeof content - 1 &&
	    span_case_is(span_of(name.p, sizeof content - 1), content);
}

/* What keeps a field out of letters that have the n in had, or NULL. */
static const char *
refuse(const struct order *o, struct span name, const struct span *had,
    size_t n)
{
	size_t i;

	if (name.n > ORDER_NAME_MAX)
		return "a name too long for a header field";
	if (is_ours(name))
		return "not allowed here: letters have their own";
	if (span_case_is(name, "Sender") || hdr_is_trace(name))
		return "not allowed here: for those who send or carry a "
		    "letter";
	if (n == ORDER_HEADERS_MAX)
		return "too many header fields";
	for (i = 0; i < n; i++)
		if (span_case_eq(had[i], name))
			return "for the second time";
	return o->reply_to.p != NULL && span_case_is(name, "Reply-To") ?
	    "there is [Reply-To:] already" : NULL;
}

void
order_check_headers(struct order *o)
{
	struct span had[ORDER_HEADERS_MAX];
	struct span rest = o->headers, name, value;
	const char *why;
	size_t n = 0;
	int r;

	while (!order_is_full(o) &&
	    (r = order_header(&rest, &name, &value)) != 0) {
		if (r < 0) {
			order_wrong(o, name.p, "%s", order_is_tag_like(name) ?
			    "unknown section" :
			    "expected a header field, Name: value, in a line");
			continue;
		}
		why = refuse(o, name, had, n);
		if (why == NULL)
			had[n++] = name;
		else
			order_wrong(o, name.p, "%.*s: %s", order_brief(name),
			    name.p, why);
	}
}
