/* The parts of a message. */
#include "compose.h"

#include "format/crypt/sha256.h"
#include "mime.h"
#include "mimehead.h"

#define OOXML "application/vnd.openxmlformats-officedocument."
#define ODF "application/vnd.oasis.opendocument."

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
