#include "compose.h"

#include "addr.h"
#include "format/crypt/sha256.h"
#include "hdr.h"
#include "mime.h"
#include "mimehead.h"

#define OOXML "application/vnd.openxmlformats-officedocument."
#define ODF "application/vnd.oasis.opendocument."

enum kind {
	TEXT,			/* as often as one likes, in any words */
	TEXT_ONCE,
	ADDRESSES,		/* once */
	ID,			/* once */
	OURS			/* not for others to say */
};

static enum kind
kind_of(struct span name)
{
	static const struct known {
		const char *name;
		enum kind kind;
	} all[] = {
		{ "From", ADDRESSES }, { "Sender", ADDRESSES },
		{ "Reply-To", ADDRESSES }, { "To", ADDRESSES },
		{ "Cc", ADDRESSES }, { "Bcc", ADDRESSES },
		{ "Message-ID", ID }, { "In-Reply-To", TEXT_ONCE },
		{ "References", TEXT_ONCE }, { "Subject", TEXT_ONCE },
		{ "Date", OURS }, { "MIME-Version", OURS }
	};
	const struct known *k = SPAN_LOOKUP(name, all);

	if (k != NULL)
		return k->kind;
	return span_case_begins(name, "Content-") ? OURS : TEXT;
}

/* What a display name says: without quotes, backslashes and comments. */
static void
say_name(struct buf *b, struct span name)
{
	int quoted = 0, depth = 0;
	size_t i;

	for (i = 0; i < name.n; i++) {
		if (name.p[i] == '\\' && i + 1 < name.n) {
			i++;
		} else if (name.p[i] == '"' && depth == 0) {
			quoted = !quoted;
			continue;
		} else if (!quoted && name.p[i] == '(') {
			depth++;
		} else if (!quoted && name.p[i] == ')' && depth > 0) {
			depth--;
			continue;
		}
		if (depth == 0)
			buf_addc(b, name.p[i]);
	}
}

/* One address as it stands in a list. */
static void
add_address(struct buf *b, struct span name, struct span addr, size_t *col)
{
	struct buf said = { 0 };
	size_t from = b->n;

	say_name(&said, name);
	mimehead_phrase(b, buf_span(&said), col);
	buf_free(&said);
	if (b->n == from) {
		buf_addspan(b, addr);
		*col += addr.n;
		return;
	}
	if (!mimehead_fits(b, *col, addr.n + sizeof " <>," - 1)) {
		buf_adds(b, "\r\n");
		*col = 0;
	}
	buf_addf(b, " <%.*s>", (int)addr.n, addr.p);
	*col += addr.n + sizeof " <>" - 1;
}

/* Adds an address behind n others. */
static void
add_entry(struct buf *b, const struct hdr_addrs *list, size_t n, size_t *col)
{
	struct buf entry = { 0 };
	struct span addr = buf_span(&list->addr);
	size_t at = *col + 2;

	if (n == 0) {
		add_address(b, list->name, addr, col);
		return;
	}
	add_address(&entry, list->name, addr, &at);
	if (!mimehead_fits(&entry, at, 1) || !mimehead_fits(b, at, 1) ||
	    at != *col + 2 + entry.n) {
		buf_adds(b, ",\r\n ");
		*col = 1;
		add_address(b, list->name, addr, col);
	} else {
		buf_adds(b, ", ");
		buf_addspan(b, buf_span(&entry));
		*col = at;
	}
	buf_free(&entry);
}

/* An empty group, "undisclosed-recipients:;", stays as it is. */
static const char *
add_addresses(struct buf *b, struct span value, size_t *col)
{
	struct hdr_addrs list;
	struct addr addr;
	const char *why = NULL;
	size_t n = 0;
	int r;

	hdr_addrs_init(&list, value);
	while (why == NULL && (r = hdr_addrs_next(&list)) != 0)
		if (r < 0)
			why = list.why;
		else if (addr_parse_bare(&addr, buf_span(&list.addr),
		    &list.why) < 0)
			why = list.why;
		else
			add_entry(b, &list, n++, col);
	hdr_addrs_free(&list);
	if (why == NULL && n == 0) {
		if (value.n == 0 || value.p[value.n - 1] != ';')
			return "no address";
		mimehead_text(b, value, col);
	}
	return why;
}

/* <left@right>, RFC 5322 3.6.4. */
static const char *
add_id(struct buf *b, struct span value, size_t *col)
{
	struct span inner;

	if (value.n < 5 || value.n > MIME_LINE_MAX - HDR_NAME_MAX ||
	    value.p[0] != '<' || value.p[value.n - 1] != '>')
		return "not a <message@id>";
	inner = span_of(value.p + 1, value.n - 2);
	if (!hdr_is_name(inner) || span_find(inner, '@') == NULL ||
	    span_find(inner, '<') != NULL || span_find(inner, '>') != NULL)
		return "not a <message@id>";
	buf_addspan(b, value);
	*col += value.n;
	return NULL;
}

static const char *
check_value(struct span value)
{
	struct span rest = value;
	size_t n;

	while (rest.n > 0) {	/* a tab is a blank */
		for (n = 0; n < rest.n && rest.p[n] != '\t'; n++)
			;
		if (span_has_control(span_of(rest.p, n)))
			return "control character";
		rest = span_drop(rest, n + (n < rest.n));
	}
	return span_is_utf8(value) ? NULL : "not valid UTF-8";
}

/* What keeps a field out of the header, its addresses or id aside. */
static const char *
check_field(const struct buf *header, struct span name, struct span value)
{
	const enum kind kind = kind_of(name);

	if (!hdr_is_name(name))
		return "not the name of a header field";
	if (name.n > HDR_NAME_MAX)
		return "name too long";
	if (kind == OURS)
		return "this field is made here";
	if (hdr_is_trace(name))
		return "this field is for those who carry a message";
	if (kind != TEXT && hdr_find(buf_span(header), name).p != NULL)
		return "the header has this field already";
	return check_value(value);
}

const char *
compose_field(struct buf *header, struct span name, struct span value)
{
	const size_t from = header->n;
	const enum kind kind = kind_of(name);
	const char *why;
	size_t col = name.n + 2;

	why = check_field(header, name, value);
	if (why != NULL)
		return why;
	value = span_trim(value);
	buf_addspan(header, name);
	buf_adds(header, ": ");
	if (kind == ADDRESSES)
		why = add_addresses(header, value, &col);
	else if (kind == ID)
		why = add_id(header, value, &col);
	else
		mimehead_text(header, value, &col);
	buf_adds(header, "\r\n");
	if (why != NULL)
		header->n = from;
	return why;
}

/* The author's domain, as far as an id may hold it, or else host. */
static void
add_domain(struct buf *b, struct span from, const char *host)
{
	struct hdr_addrs list;
	struct addr addr;

	hdr_addrs_init(&list, from);
	if (hdr_addrs_next(&list) == 1 &&
	    addr_parse(&addr, buf_span(&list.addr), NULL) == 0 &&
	    span_is_ascii(addr.domain))
		buf_addspan(b, addr.domain);
	else
		buf_adds(b, host);
	hdr_addrs_free(&list);
}

void
compose_id(struct buf *header, const struct buf *content, struct span salt,
    const char *host)
{
	unsigned char digest[SHA256_SIZE];
	char hex[SHA256_HEX];
	struct buf domain = { 0 };
	struct sha256 h;

	if (hdr_find(buf_span(header), span_str("Message-ID")).p != NULL)
		return;
	sha256_init(&h);
	sha256_add(&h, header->p, header->n);
	sha256_add(&h, content->p, content->n);
	sha256_add(&h, salt.p, salt.n);
	sha256_end(&h, digest);
	sha256_hex(hex, digest, SHA256_SIZE / 2);
	add_domain(&domain, hdr_find(buf_span(header), span_str("From")), host);
	buf_addf(header, "Message-ID: <%s@%s>\r\n", hex, buf_str(&domain));
	buf_free(&domain);
}

void
compose_text(struct buf *b, const char *type, struct span text)
{
	const enum mime_form form = mime_scan(text);

	buf_addf(b, "Content-Type: text/%s; charset=%s\r\n"
	    "Content-Transfer-Encoding: %s\r\n\r\n", type,
	    span_is_ascii(text) ? "us-ascii" : "utf-8", mime_form_name(form));
	if (form == MIME_QP)
		mime_qp(b, text);
	while (form != MIME_QP && text.n > 0) {
		buf_addspan(b, span_chomp(span_line(&text)));
		buf_adds(b, "\r\n");
	}
}

/* The media type for a file name's extension. */
static const char *
type_of(struct span filename)
{
	static const char *const types[][2] = {
		{ "txt", "text/plain" }, { "text", "text/plain" },
		{ "log", "text/plain" }, { "csv", "text/csv" },
		{ "md", "text/markdown" }, { "ics", "text/calendar" },
		{ "htm", "text/html" }, { "html", "text/html" },
		{ "gif", "image/gif" }, { "jpeg", "image/jpeg" },
		{ "jpg", "image/jpeg" }, { "png", "image/png" },
		{ "svg", "image/svg+xml" }, { "webp", "image/webp" },
		{ "mp3", "audio/mpeg" }, { "mp4", "video/mp4" },
		{ "json", "application/json" }, { "pdf", "application/pdf" },
		{ "gz", "application/gzip" }, { "zip", "application/zip" },
		{ "rtf", "application/rtf" }, { "xml", "application/xml" },
		{ "doc", "application/msword" },
		{ "xls", "application/vnd.ms-excel" },
		{ "ppt", "application/vnd.ms-powerpoint" },
		{ "docx", OOXML "wordprocessingml.document" },
		{ "xlsx", OOXML "spreadsheetml.sheet" },
		{ "pptx", OOXML "presentationml.presentation" },
		{ "odt", ODF "text" }, { "ods", ODF "spreadsheet" },
		{ "odp", ODF "presentation" }
	};
	size_t at = filename.n, i;

	while (at > 0 && filename.p[at - 1] != '.')
		at--;
	for (i = 0; at > 0 && i < COUNT(types); i++)
		if (span_case_is(span_drop(filename, at), types[i][0]))
			return types[i][1];
	return "application/octet-stream";
}

/* Text whose charset is not known is not text to the reader's program. */
void
compose_file(struct buf *b, struct span path, struct span content,
    struct span id)
{
	const struct span filename = span_filename(path);
	const char *type = type_of(filename);
	const int text = strncmp(type, "text/", 5) == 0;
	const int known = span_is_utf8(content) &&
	    span_find(content, '\0') == NULL;

	buf_addf(b, "Content-Type: %s%s\r\n"
	    "Content-Transfer-Encoding: base64\r\n",
	    text && !known ? "application/octet-stream" : type,
	    text && known ? "; charset=utf-8" : "");
	if (id.n > 0)
		buf_addf(b, "Content-ID: <%.*s>\r\n", (int)id.n, id.p);
	buf_addf(b, "Content-Disposition: %s",
	    id.n > 0 ? "inline" : "attachment");
	mimehead_param(b, "filename", filename);
	buf_adds(b, "\r\n\r\n");
	mime_base64_lines(b, content.p, content.n);
}

/*
 * The characters that begin a boundary occur in no base64 and in no
 * quoted-printable; and a hash cannot stand in what it was made of.
 */
static void
make_boundary(struct buf *b, const struct buf *parts, size_t n)
{
	unsigned char digest[SHA256_SIZE];
	char hex[SHA256_HEX];
	struct sha256 h;
	size_t i;

	sha256_init(&h);
	for (i = 0; i < n; i++)
		sha256_add(&h, parts[i].p, parts[i].n);
	sha256_end(&h, digest);
	sha256_hex(hex, digest, SHA256_SIZE / 2);
	buf_addf(b, "=_%s", hex);
}

void
compose_parts(struct buf *b, const char *type, const struct buf *parts,
    size_t n)
{
	struct buf boundary = { 0 };
	int eight = 0;
	size_t i;

	if (n == 1) {
		buf_addspan(b, buf_span(&parts[0]));
		return;
	}
	for (i = 0; i < n; i++)
		eight |= mime_scan(buf_span(&parts[i])) == MIME_8BIT;
	make_boundary(&boundary, parts, n);
	buf_addf(b, "Content-Type: %s;\r\n boundary=\"%s\"\r\n", type,
	    buf_str(&boundary));
	buf_addf(b, "Content-Transfer-Encoding: %s\r\n",
	    mime_form_name(eight ? MIME_8BIT : MIME_7BIT));
	for (i = 0; i < n; i++) {
		buf_addf(b, "\r\n--%s\r\n", buf_str(&boundary));
		buf_addspan(b, buf_span(&parts[i]));
	}
	buf_addf(b, "\r\n--%s--\r\n", buf_str(&boundary));
	buf_free(&boundary);
}

size_t
compose_join(struct buf *parts, size_t n)
{
	struct buf one = { 0 };
	size_t i;

	if (n < 2)
		return n;
	compose_parts(&one, "multipart/mixed", parts, n);
	for (i = 0; i < n; i++)
		buf_free(&parts[i]);
	parts[0] = one;
	return 1;
}
