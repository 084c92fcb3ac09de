/*
 * format/mail/downgrade: whatever can be converted has 7 bits and short
 * lines, the same parts with the same fields, and every part decodes to the
 * same bytes.
 */
#include "format/mail/content.h"
#include "format/mail/downgrade.h"
#include "format/mail/hdr.h"
#include "format/mail/multipart.h"

#include "fuzz.h"

/* As deep as the parts are looked into, on both sides. */
#define DEPTH 40

static void
add_size(struct buf *b, char what, size_t from)
{
	buf_addf(b, "%c%zu\n", what, b->n - from);
}

/* Bytes that quoted-printable stands for; what is malformed stands. */
static void
decode_qp(struct buf *b, struct span text)
{
	static const char digits[] = "0123456789ABCDEF0123456789abcdef";
	struct span line, s;
	const char *high, *low;

	while (text.n > 0) {
		line = span_line(&text);
		s = span_chomp(line);
		while (s.n > 0 && byte_is_blank(s.p[s.n - 1]))
			s.n--;
		for (; s.n > 0; s = span_drop(s, 1)) {
			if (s.p[0] == '=' && s.n == 1)
				break;
			high = s.n < 3 || s.p[0] != '=' ? NULL :
			    memchr(digits, s.p[1], sizeof digits - 1);
			low = high == NULL ? NULL :
			    memchr(digits, s.p[2], sizeof digits - 1);
			if (low == NULL) {
				buf_addc(b, s.p[0]);
				continue;
			}
			buf_addc(b, (int)((high - digits) % 16 * 16 +
			    (low - digits) % 16));
			s = span_drop(s, 2);
		}
		if (s.n == 0 && line.p[line.n - 1] == '\n')
			buf_adds(b, "\r\n");
	}
}

static void
decode_base64(struct buf *b, struct span text)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/=";
	struct buf clean = { 0 };
	size_t i;

	for (i = 0; i < text.n; i++)
		if (memchr(digits, text.p[i], sizeof digits - 1) != NULL)
			buf_addc(&clean, text.p[i]);
	if (mime_base64_decode(b, buf_span(&clean)) < 0)
		buf_addspan(b, buf_span(&clean));
	buf_free(&clean);
}

static void
add_body(struct buf *b, struct span encoding, struct span body)
{
	const size_t from = b->n;

	if (span_case_is(encoding, "quoted-printable"))
		decode_qp(b, body);
	else if (span_case_is(encoding, "base64"))
		decode_base64(b, body);
	else
		buf_addspan(b, body);
	add_size(b, 'b', from);
}

/* All fields but those that a conversion may add or change. */
static void
add_fields(struct buf *b, struct span fields)
{
	struct hdr_field f;
	struct hdr h;

	hdr_init(&h, fields);
	while (hdr_next(&h, &f) == HDR_FIELD)
		if (!span_case_is(f.name, "Content-Transfer-Encoding") &&
		    !span_case_is(f.name, "Content-Type") &&
		    !span_case_is(f.name, "MIME-Version"))
			buf_addspan(b, span_chomp(f.raw));
}

/* What a reader sees of an entity. */
static void
add_entity(struct buf *b, struct span text, int digest, int depth)
{
	struct buf boundary = { 0 };
	struct span fields, body, type, encoding;
	struct multipart m;
	int more, none;

	hdr_split(text, &fields, &body);
	add_fields(b, fields);
	type = hdr_find(fields, span_str("Content-Type"));
	encoding = hdr_find(fields, span_str("Content-Transfer-Encoding"));
	none = encoding.n == 0;
	encoding = multipart_token(encoding);
	more = depth > 0 && (none ||
	    span_case_is(encoding, "7bit") || span_case_is(encoding, "8bit") ||
	    span_case_is(encoding, "binary"));
	if (more && multipart_is(type, "multipart", NULL) &&
	    multipart_boundary(&boundary, type) == 0) {
		multipart_init(&m, body, buf_span(&boundary));
		multipart_next(&m);
		digest = multipart_is(type, "multipart", "digest");
		if (m.delimiter.n == 0)
			add_body(b, encoding, body);
		while (multipart_next(&m) == MULTIPART_PART)
			add_entity(b, m.piece, digest, depth - 1);
	} else if (more && (multipart_is(type, "message", "rfc822") ||
	    multipart_is(type, "message", "news") ||
	    (digest && type.n == 0))) {
		add_entity(b, body, 0, depth - 1);
	} else {
		add_body(b, encoding, body);
	}
	buf_free(&boundary);
}

static void
check(struct span text, enum mime_form most)
{
	struct buf out = { 0 }, before = { 0 }, after = { 0 };
	const char *why = NULL;

	buf_adds(&out, "kept");
	if (downgrade_message(&out, text, most, &why) < 0) {
		MUST(why != NULL && out.n == 4);
	} else {
		buf_consume(&out, 4);
		MUST(mime_scan(buf_span(&out)) <= most);
		MUST(out.n == 0 || out.p[out.n - 1] == '\n');
		add_entity(&before, text, 0, DEPTH);
		add_entity(&after, buf_span(&out), 0, DEPTH);
		MUST(span_eq(buf_span(&before), buf_span(&after)));
	}
	buf_free(&out);
	buf_free(&before);
	buf_free(&after);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span input = span_of(data, n);
	struct content c = { .body = 0 };
	const char *why;
	struct dice d;

	if (take_seed(&d, &input) < 0)
		return 0;
	content_start(&c);
	content_add(&c, input);
	if (content_end(&c, &why) == 0)
		check(buf_span(&c.text),
		    roll(&d, 4) == 0 ? MIME_8BIT : MIME_7BIT);
	content_free(&c);
	return 0;
}
