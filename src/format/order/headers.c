#include "headers.h"

#include "entry.h"
#include "format/mail/hdr.h"

#define FIELDS_MAX 100		/* servers refuse huge headers */

/* What others decide on. */
static int
is_ours(struct span name)
{
	static const char *const ours[] = {
		"From", "To", "Cc", "Bcc", "Subject", "Date", "Message-ID",
		"MIME-Version"
	};

	return span_case_index(name, ours, COUNT(ours)) >= 0 ||
	    span_case_begins(name, "Content-");
}

/* What keeps a field out of letters that have those in h, or NULL. */
static const char *
refuse(const struct headers *h, struct span name, int reply_to)
{
	size_t i;

	if (name.n > HDR_NAME_MAX)
		return "a name too long for a header field";
	if (is_ours(name))
		return "not allowed here: every letter has its own";
	if (span_case_is(name, "Sender") || hdr_is_trace(name))
		return "not allowed here: only who sends or carries a "
		    "letter adds it";
	if (reply_to && span_case_is(name, "Reply-To"))
		return "there is [Reply-To:] already";
	if (h->n >= FIELDS_MAX)
		return "too many header fields";
	for (i = 0; i < h->n; i++)
		if (span_case_eq(h->field[i].name, name))
			return "this field is here twice";
	return NULL;
}

/* Takes a line: 0, or -1 where it is not a field. */
static int
take_field(struct headers_field *field, struct span line)
{
	const char *colon = span_find(line, ':');

	if (colon == NULL || entry_is_tag_like(line))
		return -1;
	field->name = span_of(line.p, (size_t)(colon - line.p));
	field->value = span_trim(span_drop(line, field->name.n + 1));
	return hdr_is_name(field->name) ? 0 : -1;
}

void
headers_read(struct headers *h, struct span section, int reply_to,
    struct faults *f)
{
	struct span line, words, name;
	const char *why;

	while (section.n > 0 && !faults_full(f)) {
		line = span_chomp(span_line(&section));
		words = span_trim(line);
		if (words.n == 0 || words.p[0] == '#')
			continue;
		h->field = die_grow(h->field, h->n, &h->cap, sizeof *h->field);
		if (take_field(&h->field[h->n], line) < 0) {
			faults_add(f, line.p, "%s", entry_is_tag_like(line) ?
			    "unknown section" :
			    "expected a header field, Name: value, in a line");
			continue;
		}
		name = h->field[h->n].name;
		why = refuse(h, name, reply_to);
		if (why != NULL)
			faults_add(f, name.p, "%.*s: %s", faults_brief(name),
			    name.p, why);
		h->n++;
	}
}
