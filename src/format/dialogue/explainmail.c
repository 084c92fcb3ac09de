#include "explainmail.h"

#include "explain.h"
#include "format/mail/hdr.h"
#include "format/mail/multipart.h"
#include "format/wire/escape.h"
#include "format/wire/name.h"

#define HEADER_MAX 65536	/* octets of a header that are kept */
#define TEXT_MAX 65536		/* octets of base64 that are kept */
#define SHOWN_MAX 300		/* octets of a decoded text that are shown */
#define ENCODED_MAX 76		/* octets in a line, RFC 2045 6.7 and 6.8 */

static struct buf *
wrong(struct notes *notes, const char *section)
{
	return notes_new(notes, NOTE_WRONG, section);
}

/* As much as may be shown of a text, and no broken character. */
static void
add_excerpt(struct buf *b, struct span text)
{
	size_t n, at = 0;

	while (at < text.n && at < SHOWN_MAX) {
		n = span_char(span_drop(text, at));
		at += n > 0 ? n : 1;
	}
	buf_addc(b, '"');
	escape_add(b, span_of(text.p, at));
	buf_adds(b, at < text.n ? " ...\"" : "\"");
}

/* "1.2": which part is in hand. */
static void
add_number(struct buf *b, const struct explainmail *m)
{
	size_t i;

	for (i = 0; i < m->depth; i++)
		buf_addf(b, i > 0 ? ".%u" : "%u", m->parts[i]);
}

/* A field with encoded words, without them. */
static void
say_words(struct explainmail *m, struct notes *notes,
    const struct hdr_field *f)
{
	struct buf value = { 0 }, text = { 0 }, *b;
	const char *why;

	hdr_unfold(&value, f->value);
	if (mime_words_decode(&text, buf_span(&value), m->convert, &why) > 0) {
		b = notes_new(notes, NOTE_MEANS, "RFC 2047 2");
		escape_add(b, f->name);
		buf_adds(b, ", decoded: ");
		add_excerpt(b, buf_span(&text));
		if (why != NULL)
			buf_adds(wrong(notes, "RFC 2047 2"), why);
	}
	buf_free(&value);
	buf_free(&text);
}

/* A type that has parts: its boundary, which is one more to look for. */
static void
push_boundary(struct explainmail *m, struct notes *notes, struct span type)
{
	struct buf boundary = { 0 }, *b;

	if (multipart_boundary(&boundary, type) < 0)
		buf_adds(wrong(notes, "RFC 2046 5.1"), "a multipart without a "
		    "boundary: where do its parts begin?");
	else if (m->depth < EXPLAINMAIL_DEPTH) {
		b = notes_new(notes, NOTE_MEANS, "RFC 2046 5.1.1");
		buf_adds(b, "The boundary: a line --");
		escape_add(b, buf_span(&boundary));
		buf_adds(b, " begins each part, and with -- after it ends the "
		    "last.");
		buf_set(&m->boundary[m->depth], buf_span(&boundary));
		m->parts[m->depth++] = 0;
	}
	buf_free(&boundary);
}

/* "text/plain; charset=utf-8": what it is, and its character set. */
static void
say_type(struct explainmail *m, struct notes *notes, struct span type)
{
	struct buf name = { 0 }, *b;
	struct span word = span_trim(type);
	size_t n;

	for (n = 0; n < word.n && byte_is_graph(word.p[n]) &&
	    word.p[n] != ';'; n++)
		;
	explain_note(notes, EXPLAIN_MIME, span_of(word.p, n));
	if (multipart_is(type, "multipart", NULL))
		push_boundary(m, notes, type);
	m->is_text = multipart_is(type, "text", NULL);
	buf_clear(&m->charset);
	if (m->is_text && multipart_parameter(&name, type, "charset") == 0) {
		b = notes_new(notes, NOTE_MEANS, "RFC 2046 4.1.2");
		buf_adds(b, "Its character set is ");
		escape_add(b, buf_span(&name));
		buf_addc(b, '.');
		if (span_is_line(buf_span(&name)))
			buf_addspan(&m->charset, buf_span(&name));
	}
	buf_free(&name);
}

static struct span
find(const struct explainmail *m, const char *name)
{
	return hdr_find(buf_span(&m->header), span_str(name));
}

/* The name of a file, where RFC 2231 has encoded it: charset''%XX. */
static void
say_filename(struct explainmail *m, struct notes *notes)
{
	struct buf value = { 0 }, name = { 0 }, text = { 0 }, *b;
	struct span rest, charset;

	if (multipart_parameter(&value, find(m, "Content-Disposition"),
	    "filename*") == 0) {
		rest = buf_span(&value);
		charset = span_cut(&rest, '\'');
		span_cut(&rest, '\'');
		buf_addspan(&name, charset);
		if (span_is_line(charset) && name_decode(&text, rest) == 0 &&
		    m->convert(&text, buf_str(&name)) == 0) {
			b = notes_new(notes, NOTE_MEANS, "RFC 2231 4");
			buf_adds(b, "The file's name, decoded: ");
			add_excerpt(b, buf_span(&text));
		} else {
			buf_adds(wrong(notes, "RFC 2231 4"), "a file's name "
			    "that cannot be decoded");
		}
	}
	buf_free(&value);
	buf_free(&name);
	buf_free(&text);
}

/* How the content is encoded, and whether it may be. */
static void
say_encoding(struct explainmail *m, struct notes *notes, struct span word,
    int multipart)
{
	struct span token = multipart_token(word);

	m->encoding = EXPLAINMAIL_PLAIN;
	m->is_7bit = token.n == 0 || span_case_is(token, "7bit");
	if (span_case_is(token, "base64"))
		m->encoding = EXPLAINMAIL_BASE64;
	else if (span_case_is(token, "quoted-printable"))
		m->encoding = EXPLAINMAIL_QP;
	explain_note(notes, EXPLAIN_MIME, token);
	if (multipart && m->encoding != EXPLAINMAIL_PLAIN) {
		buf_adds(wrong(notes, "RFC 2045 6.4"), "what has parts cannot "
		    "be encoded itself");
		m->encoding = EXPLAINMAIL_PLAIN;
	} else if (token.n > 0 && explain_term(EXPLAIN_MIME, token) == NULL &&
	    token.p[0] != 'x' && token.p[0] != 'X')
		buf_adds(wrong(notes, "RFC 2045 6.1"), "no encoding that "
		    "there is: 7bit, 8bit, binary, quoted-printable, base64");
}

/* Behind the header of a part comes a message, with its own. */
static void
begin_message(struct explainmail *m, struct notes *notes)
{
	if (m->encoding != EXPLAINMAIL_PLAIN) {
		buf_adds(wrong(notes, "RFC 2046 5.2.1"), "a message within "
		    "the message cannot be encoded itself");
		return;
	}
	notes_add(notes, NOTE_MEANS, "RFC 2046 5.2.1", "The message within "
	    "the message begins, with a header of its own.");
	buf_clear(&m->header);
	m->in_body = m->inner = 0;
}

/* The header of the message, or of a part, is whole. */
static void
end_header(struct explainmail *m, struct notes *notes)
{
	struct span type = find(m, "Content-Type");
	struct hdr_field f;
	struct hdr h;

	m->in_body = 1;
	m->told = 0;
	m->is_text = 1;
	buf_clear(&m->text);
	buf_clear(&m->charset);
	hdr_init(&h, buf_span(&m->header));
	while (hdr_next(&h, &f) == HDR_FIELD)
		say_words(m, notes, &f);
	if (type.p != NULL && !m->inner && find(m, "MIME-Version").p == NULL)
		buf_adds(wrong(notes, "RFC 2045 4"), "Content-Type without "
		    "MIME-Version");
	if (type.p != NULL)
		say_type(m, notes, type);
	say_filename(m, notes);
	say_encoding(m, notes, find(m, "Content-Transfer-Encoding"),
	    type.p != NULL && multipart_is(type, "multipart", NULL));
	if (type.p != NULL && multipart_is(type, "message", "rfc822"))
		begin_message(m, notes);
}

static int
to_utf8(struct explainmail *m)
{
	return m->convert(&m->text, m->charset.n > 0 ? buf_str(&m->charset) :
	    "US-ASCII");
}

/* What a part of text in base64 says. */
static void
end_part(struct explainmail *m, struct notes *notes)
{
	if (m->encoding == EXPLAINMAIL_BASE64 && m->is_text && m->text.n > 0 &&
	    to_utf8(m) == 0) {
		struct buf *b = notes_new(notes, NOTE_MEANS, "RFC 2045 6.8");

		buf_adds(b, "The part above, decoded: ");
		add_excerpt(b, buf_span(&m->text));
	}
	buf_clear(&m->text);
}

/* Whether it is a boundary, of which depth; *last: the one that closes. */
static int
find_boundary(const struct explainmail *m, struct span line, size_t *depth,
    int *last)
{
	struct span rest;
	size_t i;

	if (!span_begins(line, "--"))
		return 0;
	rest = span_trim(span_drop(line, 2));
	for (i = m->depth; i > 0; i--) {
		struct span name = buf_span(&m->boundary[i - 1]);

		*last = rest.n == name.n + 2 && rest.p[name.n] == '-' &&
		    rest.p[name.n + 1] == '-';
		*depth = i;
		if ((*last || rest.n == name.n) &&
		    span_eq(span_of(rest.p, name.n), name))
			return 1;
	}
	return 0;
}

static void
take_boundary(struct explainmail *m, struct notes *notes, size_t depth,
    int last)
{
	struct buf *b;

	if (m->in_body)
		end_part(m, notes);
	if (depth < m->depth)
		buf_adds(wrong(notes, "RFC 2046 5.1.2"), "the parts within "
		    "this one have no closing boundary");
	m->depth = depth;
	m->encoding = EXPLAINMAIL_PLAIN;
	m->is_text = 0;
	m->is_7bit = 1;
	if (last) {
		m->depth--;
		m->in_body = 1;
		notes_add(notes, NOTE_MEANS, "RFC 2046 5.1.1",
		    "The boundary that closes: no part follows.");
		return;
	}
	m->parts[depth - 1]++;
	m->in_body = 0;
	m->inner = 1;
	buf_clear(&m->header);
	b = notes_new(notes, NOTE_MEANS, "RFC 2046 5.1.1");
	buf_adds(b, "A boundary: part ");
	add_number(b, m);
	buf_adds(b, " begins, with a header of its own.");
}

static void
take_qp(struct explainmail *m, struct notes *notes, struct span line)
{
	int more = mime_qp_decode(&m->text, line);

	m->quoted |= span_find(line, '=') != NULL;
	if (more < 0)
		buf_adds(wrong(notes, "RFC 2045 6.7"), "a = without two hex "
		    "digits after it, or the end of the line");
	if (more > 0 && m->text.n < TEXT_MAX)
		return;
	if (m->quoted && m->is_text && more >= 0 && to_utf8(m) == 0) {
		struct buf *b = notes_new(notes, NOTE_MEANS, "RFC 2045 6.7");

		buf_adds(b, "Decoded: ");
		add_excerpt(b, buf_span(&m->text));
	}
	buf_clear(&m->text);
	m->quoted = 0;
}

static void
take_base64(struct explainmail *m, struct notes *notes, struct span line)
{
	struct span text = span_trim(line);
	size_t before = m->text.n;

	if (mime_base64_decode(&m->text, text) < 0)
		buf_adds(wrong(notes, "RFC 2045 6.8"), "not base64");
	if (m->text.n > TEXT_MAX)
		m->text.n = before;
}

static void
take_content(struct explainmail *m, struct notes *notes, struct span line)
{
	if ((m->is_7bit || m->encoding != EXPLAINMAIL_PLAIN) &&
	    !span_is_ascii(line) && !m->told) {
		m->told = 1;
		buf_adds(wrong(notes, "RFC 2045 6.2"), "octets over 127, which "
		    "this Content-Transfer-Encoding does not have");
	} else if (m->encoding != EXPLAINMAIL_PLAIN && line.n > ENCODED_MAX)
		buf_addf(wrong(notes, m->encoding == EXPLAINMAIL_QP ?
		    "RFC 2045 6.7" : "RFC 2045 6.8"), "a line of more than "
		    "%d octets", ENCODED_MAX);
	if (m->encoding == EXPLAINMAIL_QP)
		take_qp(m, notes, line);
	else if (m->encoding == EXPLAINMAIL_BASE64)
		take_base64(m, notes, line);
}

static void
take_header(struct explainmail *m, struct notes *notes, struct span line)
{
	if (line.n == 0) {
		end_header(m, notes);
		return;
	}
	if (m->header.n + line.n < HEADER_MAX) {
		buf_addspan(&m->header, line);
		buf_addc(&m->header, '\n');
	}
	if (!byte_is_blank(line.p[0]))
		explain_note(notes, EXPLAIN_FIELD,
		    span_trim(span_cut(&line, ':')));
}

void
explainmail_line(struct explainmail *m, struct notes *notes,
    struct span line)
{
	size_t depth;
	int last;

	if (find_boundary(m, line, &depth, &last))
		take_boundary(m, notes, depth, last);
	else if (!m->in_body)
		take_header(m, notes, line);
	else
		take_content(m, notes, line);
}

void
explainmail_end(struct explainmail *m, struct notes *notes)
{
	if (m->in_body)
		end_part(m, notes);
	else if (m->header.n > 0)
		end_header(m, notes);
	if (m->depth > 0)
		buf_adds(wrong(notes, "RFC 2046 5.1.1"), m->parts[0] == 0 ?
		    "a multipart without any part" :
		    "the boundary that closes the parts is missing");
	explainmail_clear(m);
}

void
explainmail_clear(struct explainmail *m)
{
	buf_clear(&m->header);
	buf_clear(&m->charset);
	buf_clear(&m->text);
	m->in_body = m->inner = m->told = 0;
	m->depth = 0;
	m->encoding = EXPLAINMAIL_PLAIN;
}

void
explainmail_free(struct explainmail *m)
{
	size_t i;

	for (i = 0; i < EXPLAINMAIL_DEPTH; i++)
		buf_free(&m->boundary[i]);
	buf_free(&m->header);
	buf_free(&m->charset);
	buf_free(&m->text);
}
