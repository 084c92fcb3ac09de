#include "content.h"

#include "hdr.h"

/* Columns of a line that is folded, where it has a blank there. */
#define FOLD 78

void
content_start(struct content *c)
{
	buf_clear(&c->text);
	c->body = c->line = c->longest = 0;
	c->cr = 0;
	c->head_form = c->body_form = MIME_7BIT;
}

void
content_free(struct content *c)
{
	buf_free(&c->text);
}

static int
ends_with(const struct buf *b, char c)
{
	return b->n > 0 && b->p[b->n - 1] == c;
}

/*
 * Adds what there is of a line before its LF, and the end of the line.  A CR
 * at the end of the text belongs to it: that may have come with an earlier
 * piece.
 */
static inline void
end_line(struct content *c, const char *p, size_t n)
{
	struct buf *b = &c->text;

	if (n > 0 && p[n - 1] == '\r')
		n--;
	else if (n == 0 && ends_with(b, '\r'))
		b->n--;
	buf_add(b, p, n);
	n = b->n - c->line;
	if (n > c->longest)
		c->longest = n;
	buf_add(b, "\r\n", 2);
	c->line = b->n;
}

void
content_add(struct content *c, struct span text)
{
	const char *lf;
	size_t n;

	c->cr |= span_find(text, '\r') != NULL;
	while ((lf = span_find(text, '\n')) != NULL) {
		n = (size_t)(lf - text.p);
		end_line(c, text.p, n);
		text = span_drop(text, n + 1);
	}
	buf_addspan(&c->text, text);
}

size_t
content_lines(struct content *c, struct span text, uintmax_t *lines)
{
	struct span rest = text;
	uintmax_t taken = 0;
	const char *lf;
	size_t n;

	for (; rest.n > 0 && rest.p[0] != '.' &&
	    (lf = span_find(rest, '\n')) != NULL; taken++) {
		n = (size_t)(lf - rest.p);
		end_line(c, rest.p, n);
		rest = span_drop(rest, n + 1);
	}
	*lines += taken;
	text.n -= rest.n;
	c->cr |= span_find(text, '\r') != NULL;
	return text.n;
}

static int
has_bare_cr(struct span s)
{
	const char *cr;

	while ((cr = span_find(s, '\r')) != NULL) {
		s = span_drop(s, (size_t)(cr - s.p) + 1);
		if (s.n == 0 || s.p[0] != '\n')
			return 1;
	}
	return 0;
}

static enum mime_form
form(const struct content *c, struct span text)
{
	return c->longest > MIME_LINE_MAX ? mime_scan(text) :
	    mime_scan_short(text);
}

int
content_end(struct content *c, const char **why)
{
	struct hdr_field f;
	struct hdr h;

	if (c->text.n > 0 && !ends_with(&c->text, '\n')) {
		if (c->text.n - c->line > c->longest)
			c->longest = c->text.n - c->line;
		buf_adds(&c->text, "\r\n");
	}
	c->id = span_of(NULL, 0);
	hdr_init(&h, buf_span(&c->text));
	while (hdr_next(&h, &f) == HDR_FIELD)
		if (c->id.p == NULL && span_case_is(f.name, "Message-ID"))
			c->id = f.value;
	*why = "a CR in the message ends no line";
	if (c->cr && has_bare_cr(h.text))
		return -1;
	c->body = h.at;
	c->head_form = form(c, span_of(c->text.p, c->body));
	c->body_form = form(c, span_drop(h.text, c->body));
	return 0;
}

void
content_trim(struct content *c)
{
	const struct span text = span_unmarked(buf_span(&c->text));
	struct span rest = text, next = text;
	struct hdr_field f;
	struct hdr h;
	size_t n;

	while (next.n > 0 && content_is_mbox_line(span_line(&next)))
		rest = next;
	hdr_init(&h, rest);
	n = c->text.n - (hdr_next(&h, &f) == HDR_FIELD ? rest.n : text.n);
	buf_consume(&c->text, n);
	c->line = c->line > n ? c->line - n : 0;
}

int
content_misses(const struct content *c, const char *name)
{
	const struct span text = buf_span(&c->text);
	struct span fields, rest, line;
	struct hdr_field f;
	struct hdr h;
	int begun = 0;

	hdr_split(text, &fields, &rest);
	if (fields.n > 0 && fields.n + rest.n < text.n)
		return 0;
	while (rest.n > 0) {
		line = span_line(&rest);
		if (span_chomp(line).n == 0 && begun)
			return 0;
		begun |= span_chomp(line).n > 0 && !content_is_mbox_line(line);
		hdr_init(&h, line);
		if (hdr_next(&h, &f) == HDR_FIELD &&
		    span_case_is(f.name, name))
			return 1;
	}
	return 0;
}

struct span
content_field(const struct content *c, const char *name)
{
	return hdr_find(buf_span(&c->text), span_str(name));
}

void
content_remove(struct content *c, const char *name)
{
	struct buf kept = { 0 };
	struct hdr_field f;
	size_t end = 0;
	struct hdr h;

	if (content_field(c, name).p == NULL)
		return;
	hdr_init(&h, buf_span(&c->text));
	while (hdr_next(&h, &f) == HDR_FIELD) {
		if (!span_case_is(f.name, name))
			buf_addspan(&kept, f.raw);
		end = h.at;
	}
	buf_addspan(&kept, span_drop(buf_span(&c->text), end));
	buf_free(&c->text);
	c->text = kept;
	c->longest = SIZE_MAX;
}

int
content_prepend(struct content *c, struct span fields)
{
	struct span head, text;
	int unended, is_cut;

	hdr_split(buf_span(&c->text), &head, &text);
	unended = head.n + text.n == c->text.n;
	is_cut = head.n > 0 && head.p[head.n - 1] != '\n';
	if (unended)
		buf_insert(&c->text, head.n, "\r\n\r\n", is_cut ? 4 : 2);
	buf_insert(&c->text, 0, fields.p, fields.n);
	c->longest = SIZE_MAX;
	return unended && text.n > 0;
}

/*
 * One line of the header, with its end, folded: in front of blanks that words
 * stand around, but not of those behind the field's name.
 */
static void
add_folded(struct buf *b, struct span line)
{
	const struct span s = span_trim(span_chomp(line));
	const char *colon = span_find(s, ':');
	size_t from = 0, blank = 0, i = 0;

	if (!byte_is_blank(line.p[0]) && colon != NULL)
		i = (size_t)(colon - s.p) + 1;
	buf_add(b, line.p, (size_t)(s.p - line.p));
	while (i < s.n && byte_is_blank(s.p[i]))
		i++;
	for (; i <= s.n; i++) {
		if (i < s.n && !(byte_is_blank(s.p[i]) &&
		    !byte_is_blank(s.p[i - 1])))
			continue;
		if (i - from > FOLD && blank > from) {
			buf_add(b, s.p + from, blank - from);
			buf_adds(b, "\r\n");
			from = blank;
		}
		blank = i;
	}
	buf_addspan(b, span_drop(s, from));
	buf_adds(b, "\r\n");
}

void
content_fold(struct content *c)
{
	struct span head, text, line;
	struct buf folded = { 0 };
	int any = 0;

	hdr_split(buf_span(&c->text), &head, &text);
	while (head.n > 0) {
		line = span_line(&head);
		if (span_chomp(line).n > MIME_LINE_MAX) {
			add_folded(&folded, line);
			any = 1;
		} else {
			buf_addspan(&folded, line);
		}
	}
	if (any) {
		buf_addspan(&folded, span_drop(buf_span(&c->text), (size_t)
		    (head.p - c->text.p)));
		buf_free(&c->text);
		c->text = folded;
		c->longest = SIZE_MAX;
	} else {
		buf_free(&folded);
	}
}

void
content_id(struct buf *id, const struct content *c)
{
	struct buf raw = { 0 };

	if (c->id.n > CONTENT_ID_MAX || span_is(c->id, "-"))
		return;
	if (span_find(c->id, '\n') == NULL) {
		mime_line(id, c->id);
		return;
	}
	hdr_unfold(&raw, c->id);
	mime_line(id, buf_span(&raw));
	buf_free(&raw);
}

int
content_is_mbox_line(struct span line)
{
	while (line.n > 0 && line.p[0] == '>')
		line = span_drop(line, 1);
	return span_begins(line, "From ");
}
