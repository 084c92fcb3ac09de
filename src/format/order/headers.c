#include "headers.h"

#include "entry.h"
#include "format/mail/hdr.h"

int
headers_next(struct span *section, struct span *name, struct span *value)
{
	struct span line, words;
	const char *colon;

	do {
		if (section->n == 0)
			return 0;
		line = span_chomp(span_line(section));
		words = span_trim(line);
	} while (words.n == 0 || words.p[0] == '#');
	*name = line;
	colon = span_find(line, ':');
	if (colon == NULL || entry_is_tag_like(line))
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

	return span_case_index(name, ours, COUNT(ours)) >= 0 ||
	    span_case_begins(name, "Content-");
}

/* What keeps a field out of letters that have the n in had, or NULL. */
static const char *
refuse(struct span name, const struct span *had, size_t n, int reply_to)
{
	size_t i;

	if (name.n > HEADERS_NAME_MAX)
		return "a name too long for a header field";
	if (is_ours(name))
		return "not allowed here: every letter has its own";
	if (span_case_is(name, "Sender") || hdr_is_trace(name))
		return "not allowed here: only who sends or carries a "
		    "letter adds it";
	if (n == HEADERS_MAX)
		return "too many header fields";
	for (i = 0; i < n; i++)
		if (span_case_eq(had[i], name))
			return "this field is here twice";
	return reply_to && span_case_is(name, "Reply-To") ?
	    "there is [Reply-To:] already" : NULL;
}

void
headers_check(struct span section, int reply_to, struct faults *f)
{
	struct span had[HEADERS_MAX], name, value;
	const char *why;
	size_t n = 0;
	int r;

	while (!faults_full(f) &&
	    (r = headers_next(&section, &name, &value)) != 0) {
		if (r < 0) {
			faults_add(f, name.p, "%s", entry_is_tag_like(name) ?
			    "unknown section" :
			    "expected a header field, Name: value, in a line");
			continue;
		}
		why = refuse(name, had, n, reply_to);
		if (why == NULL)
			had[n++] = name;
		else
			faults_add(f, name.p, "%.*s: %s", faults_brief(name),
			    name.p, why);
	}
}
