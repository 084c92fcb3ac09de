#include "downgrade.h"

#include "hdr.h"
#include "multipart.h"

/* Parts in parts, and all parts of one message; readers take no more. */
#define DEPTH_MAX 100
#define PARTS_MAX 10000

static const char encoding_name[] = "Content-Transfer-Encoding";

struct downgrade {
	struct buf *out;
	enum mime_form most;
	const char *why;
	size_t parts;
};

/* What an entity is, where its header does not say it. */
enum kind {
	MESSAGE,		/* a message, text: RFC 2045 5.2 */
	PART,			/* text */
	DIGEST			/* a message: RFC 2046 5.1.5 */
};

enum encoding {
	PLAIN,			/* none, or 7bit */
	WIDE,			/* 8bit or binary, which may be no more so */
	QUOTED,
	BASE64,
	UNKNOWN
};

struct entity {
	enum kind kind;
	struct span fields, body;
	struct span gap;	/* the empty line between them, if any */
	struct span type;	/* empty where there is none */
	enum encoding encoding;
};

static int entity(struct downgrade *d, struct span text, enum kind kind,
    int depth);

static int
refuse(struct downgrade *d, const char *why)
{
	d->why = why;
	return -1;
}

static enum encoding
encoding_of(struct span value)
{
	static const struct known {
		const char *name;
		enum encoding encoding;
	} all[] = {
		{ "7bit", PLAIN }, { "8bit", WIDE }, { "binary", WIDE },
		{ "quoted-printable", QUOTED }, { "base64", BASE64 }
	};
	const struct known *k = SPAN_LOOKUP(multipart_token(value), all);

	return k != NULL ? k->encoding : value.n == 0 ? PLAIN : UNKNOWN;
}

static void
read_entity(struct entity *e, struct span text, enum kind kind)
{
	e->kind = kind;
	hdr_split(text, &e->fields, &e->body);
	e->gap = span_drop(text, e->fields.n);
	e->gap.n -= e->body.n;
	e->type = hdr_find(e->fields, span_str("Content-Type"));
	e->encoding = encoding_of(hdr_find(e->fields,
	    span_str(encoding_name)));
}

static int
lacks(const struct entity *e, const char *name)
{
	return hdr_find(e->fields, span_str(name)).p == NULL;
}

/* The fields, with another encoding. */
static void
add_fields(struct buf *b, const struct entity *e, const char *encoding)
{
	struct hdr_field f;
	struct hdr h;
	int said = 0;

	hdr_init(&h, e->fields);
	while (hdr_next(&h, &f) == HDR_FIELD)
		if (!span_case_is(f.name, encoding_name))
			buf_addspan(b, f.raw);
		else if (!said++)
			buf_addf(b, "%s: %s\r\n", encoding_name, encoding);
	if (!said)
		buf_addf(b, "%s: %s\r\n", encoding_name, encoding);
}

/* What says that an encoded body is text, where the header does not. */
static void
add_missing(struct buf *b, const struct entity *e)
{
	if (e->kind == MESSAGE && lacks(e, "MIME-Version"))
		buf_adds(b, "MIME-Version: 1.0\r\n");
	if (lacks(e, "Content-Type"))
		buf_addf(b, "Content-Type: text/plain; charset=%s\r\n",
		    span_is_utf8(e->body) ? "utf-8" : "unknown-8bit");
}

/* The header as it is, unless its encoding would no longer be true. */
static void
keep_head(struct downgrade *d, const struct entity *e)
{
	if (d->most == MIME_7BIT && e->encoding == WIDE)
		add_fields(d->out, e, "7bit");
	else
		buf_addspan(d->out, e->fields);
	buf_addspan(d->out, e->gap);
}

/* Adds what is not a part: preamble and epilogue, which are not shown. */
static void
add_aside(struct downgrade *d, struct span text)
{
	if (mime_scan(text) <= d->most)
		buf_addspan(d->out, text);
}

static int
pieces(struct downgrade *d, const struct entity *e, struct span boundary,
    int depth)
{
	const enum kind kind =
	    multipart_is(e->type, "multipart", "digest") ? DIGEST : PART;
	enum multipart_event event;
	struct multipart m;

	multipart_init(&m, e->body, boundary);
	multipart_next(&m);
	if (m.delimiter.n == 0)
		return refuse(d, "a multipart without parts, "
		    "so it cannot be converted");
	add_aside(d, m.piece);
	buf_addspan(d->out, m.delimiter);
	while ((event = multipart_next(&m)) != MULTIPART_END) {
		if (event == MULTIPART_EPILOGUE)
			add_aside(d, m.piece);
		else if (entity(d, m.piece, kind, depth) < 0)
			return -1;
		buf_addspan(d->out, m.delimiter);
	}
	return 0;
}

/* An entity that has others in it, and so no encoding (RFC 2045 6.4). */
static int
container(struct downgrade *d, struct entity *e, int depth)
{
	struct buf boundary = { 0 };
	int r = 0;

	if (e->encoding > WIDE)
		return refuse(d, "several parts that are encoded as one, "
		    "so it cannot be converted");
	if (multipart_is(e->type, "multipart", "signed"))
		return refuse(d, "signed, so it cannot be converted");
	if (e->gap.n == 0 && e->body.n > 0)
		e->gap = span_str("\r\n");
	keep_head(d, e);
	if (!multipart_is(e->type, "multipart", NULL)) {
		r = entity(d, e->body, MESSAGE, depth);
	} else if (multipart_boundary(&boundary, e->type) < 0) {
		r = refuse(d, "a multipart without a boundary, "
		    "so it cannot be converted");
	} else {
		r = pieces(d, e, buf_span(&boundary), depth);
	}
	buf_free(&boundary);
	return r;
}

/* A body that asks for too much. */
static int
encode(struct downgrade *d, const struct entity *e)
{
	const enum encoding encoding = e->encoding > WIDE ? e->encoding :
	    e->type.n == 0 || multipart_is(e->type, "text", NULL) ?
	    QUOTED : BASE64;
	size_t from;

	if (e->encoding == UNKNOWN)
		return refuse(d, "in an encoding that is not known, "
		    "so it cannot be converted");
	if (multipart_is(e->type, "message", NULL) &&
	    !multipart_is(e->type, "message", "global"))
		return refuse(d, "a part of a type that must not be encoded, "
		    "so it cannot be converted");
	add_fields(d->out, e,
	    encoding == QUOTED ? "quoted-printable" : "base64");
	add_missing(d->out, e);
	buf_adds(d->out, "\r\n");
	from = d->out->n;
	if (e->encoding == QUOTED)
		mime_qp_again(d->out, e->body);
	else if (e->encoding == BASE64)
		mime_base64_again(d->out, e->body);
	else if (encoding == QUOTED)
		mime_qp(d->out, e->body);
	else
		mime_base64_lines(d->out, e->body.p, e->body.n);
	/* The ending of the last line may belong to a delimiter. */
	if (e->body.p[e->body.n - 1] != '\n' && d->out->n > from)
		d->out->n -= sizeof "\r\n" - 1;
	return 0;
}

static int
convert(struct downgrade *d, struct span text, enum kind kind, int depth)
{
	struct entity e;

	if (depth > DEPTH_MAX || ++d->parts > PARTS_MAX)
		return refuse(d, "too many parts, or nested too deep, "
		    "so it cannot be converted");
	read_entity(&e, text, kind);
	if (mime_scan(e.fields) > d->most)
		return refuse(d, mime_scan(e.fields) == MIME_8BIT ?
		    "a header inside is not ASCII, so it cannot be converted" :
		    "a header line inside is too long or holds a NUL");
	if (multipart_is(e.type, "multipart", NULL) ||
	    multipart_is(e.type, "message", "rfc822") ||
	    multipart_is(e.type, "message", "news") ||
	    (e.type.n == 0 && kind == DIGEST))
		return container(d, &e, depth + 1);
	if (mime_scan(e.body) > d->most)
		return encode(d, &e);
	keep_head(d, &e);
	buf_addspan(d->out, e.body);
	return 0;
}

/* What cannot be converted, and needs it not, stays as it is. */
static int
entity(struct downgrade *d, struct span text, enum kind kind, int depth)
{
	const size_t from = d->out->n;

	if (convert(d, text, kind, depth) == 0)
		return 0;
	d->out->n = from;
	if (mime_scan(text) > d->most)
		return -1;
	buf_addspan(d->out, text);
	return 0;
}

int
downgrade_message(struct buf *out, struct span message, enum mime_form most,
    const char **why)
{
	struct downgrade d = { .out = out, .most = most };

	if (entity(&d, message, MESSAGE, 0) == 0)
		return 0;
	*why = d.why;
	return -1;
}
