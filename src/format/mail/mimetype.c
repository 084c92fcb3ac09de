/* What files are, by their names. */
#include "mime.h"

#define OOXML "application/vnd.openxmlformats-officedocument."
#define ODF "application/vnd.oasis.opendocument."

const char *
mime_type(struct span filename)
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
