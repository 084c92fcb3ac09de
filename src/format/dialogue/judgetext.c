#include "judgetext.h"

#include "format/mail/hdr.h"
#include "format/mail/mime.h"
#include "format/wire/escape.h"

/* Of a line, as much as is looked at. */
#define KEPT 1000

/* Fields that stand once at most (RFC 5322 3.6); the first two must. */
static const char *const once[] = {
	"Date", "From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Message-ID",
	"In-Reply-To", "References", "Subject"
};

#define MUST 2

static void
header_ends(struct judgetext *t, struct review *r)
{
	size_t i;

	t->part = JUDGETEXT_BODY;
	for (i = 0; i < MUST; i++)
		if ((t->seen & 1u << i) == 0)
			buf_addf(notes_new(r->notes, NOTE_REMARK,
			    "RFC 5322 3.6"), "The header has no %s, which "
			    "every message needs.", once[i]);
}

static void
count_field(struct judgetext *t, struct review *r, struct span name)
{
	size_t i;

	for (i = 0; i < COUNT(once); i++) {
		if (!span_case_is(name, once[i]))
			continue;
		if ((t->seen & 1u << i) != 0)
			buf_addf(review_fault(r, "RFC 5322 3.6"), "a second "
			    "%s: there may be one at most", once[i]);
		t->seen |= 1u << i;
	}
}

/* Whether a line is the beginning of a field; its name. */
static int
is_field(struct span line, struct span *name)
{
	const char *colon = span_find(line, ':');

	if (colon == NULL)
		return 0;
	*name = span_trim(span_of(line.p, (size_t)(colon - line.p)));
	return hdr_is_name(*name) && !byte_is_blank(line.p[0]);
}

/* A line of the header, or the one behind it. */
static void
header_line(struct judgetext *t, struct review *r, struct span line)
{
	struct span name;

	if (line.n == 0) {
		header_ends(t, r);
		return;
	}
	if (is_field(line, &name)) {
		t->part = JUDGETEXT_HEADER;
		count_field(t, r, name);
		return;
	}
	if (t->part == JUDGETEXT_HEADER && byte_is_blank(line.p[0]))
		return;
	review_wrong(r, "RFC 5322 2.1", t->part == JUDGETEXT_START ?
	    "the text has no header: an empty line is missing before it" :
	    "this is not a header field: the empty line between header and "
	    "body is missing");
	t->part = JUDGETEXT_BODY;
}

static void
look_for_8bit(struct judgetext *t, struct review *r, struct span line)
{
	if (span_is_ascii(line))
		return;
	if (t->part != JUDGETEXT_BODY && !t->utf8 && t->told_header8++ == 0)
		review_wrong(r, "RFC 5322 2.2", "octets over 127 in the "
		    "header, without SMTPUTF8: RFC 2047 has words for them");
	if (t->part == JUDGETEXT_BODY && !t->body8 && !t->utf8 &&
	    t->told8++ == 0)
		review_wrong(r, "RFC 5321 2.4", "octets over 127, and MAIL "
		    "did not say BODY=8BITMIME");
}

/* A dot that the client has put before this line, which has another. */
static void
look_for_dot(struct review *r, struct span *line)
{
	if (line->n < 2 || line->p[0] != '.')
		return;
	if (line->p[1] == '.') {
		*line = span_drop(*line, 1);
		notes_add(r->notes, NOTE_MEANS, "RFC 5321 4.5.2", "A line of "
		    "the message that begins with a dot: it is doubled, and "
		    "the server removes one.");
	} else {
		review_wrong(r, "RFC 5321 4.5.2", "a line that begins with a "
		    "dot, which was not doubled: the server takes it off");
	}
}

void
judgetext_line(struct judgetext *t, struct review *r, int dots)
{
	const struct dialogue_event *e = r->e;
	struct span line;
	size_t octets;

	t->octets += e->text.n;
	if (t->line.n < KEPT)
		buf_add(&t->line, e->text.p, e->text.n < KEPT - t->line.n ?
		    e->text.n : KEPT - t->line.n);
	if (e->end == DIALOGUE_NONE)
		return;
	line = buf_span(&t->line);
	octets = t->octets;
	if (dots && line.n > 1 && line.p[0] == '.')
		octets--;
	if (dots)
		look_for_dot(r, &line);
	if (octets > MIME_LINE_MAX && !t->binary)
		buf_addf(review_fault(r, "RFC 5321 4.5.3.1.6"), "a line of "
		    "%zu octets: %d and CRLF are allowed", octets,
		    MIME_LINE_MAX);
	if (t->part == JUDGETEXT_START)
		notes_add(r->notes, NOTE_MEANS, "RFC 5322 2.1", "The text "
		    "begins: header, empty line, body.");
	look_for_8bit(t, r, line);
	if (r->mail != NULL)
		explainmail_line(r->mail, r->notes, line);
	if (t->part != JUDGETEXT_BODY)
		header_line(t, r, line);
	buf_clear(&t->line);
	t->octets = 0;
}

void
judgetext_end(struct judgetext *t, struct review *r)
{
	if (t->part == JUDGETEXT_HEADER)
		header_ends(t, r);
	if (r->mail != NULL)
		explainmail_end(r->mail, r->notes);
}

void
judgetext_clear(struct judgetext *t)
{
	struct buf line = t->line;

	buf_clear(&line);
	memset(t, 0, sizeof *t);
	t->line = line;
}

void
judgetext_free(struct judgetext *t)
{
	buf_free(&t->line);
}
