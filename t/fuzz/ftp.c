/*
 * format/wire/ftp: the input as a URL, whose parts are the same when they are
 * written as one again, and as replies, with the ports and features in them.
 */
#include "format/wire/ftp.h"
#include "format/wire/name.h"
#include "format/wire/ordline.h"

#include "fuzz.h"

static void
add_encoded(struct buf *b, const struct buf *part)
{
	name_encode(b, buf_span(part));
}

static void
take_url(struct span input)
{
	struct buf text = { 0 };
	struct ftp_url u, v;

	memset(&u, 0, sizeof u);
	memset(&v, 0, sizeof v);
	if (ftp_url_parse(&u, input) == NULL) {
		MUST(u.host.n > 0);
		MUST(!span_has_control(buf_span(&u.user)) &&
		    !span_has_control(buf_span(&u.host)) &&
		    !span_has_control(buf_span(&u.path)));
		buf_adds(&text, "ftp://");
		add_encoded(&text, &u.user);
		buf_addc(&text, '@');
		add_encoded(&text, &u.host);
		buf_addc(&text, '/');
		add_encoded(&text, &u.path);
		MUST(ftp_url_parse(&v, buf_span(&text)) == NULL);
		MUST(span_eq(buf_span(&u.user), buf_span(&v.user)) &&
		    span_eq(buf_span(&u.host), buf_span(&v.host)) &&
		    span_eq(buf_span(&u.path), buf_span(&v.path)));
	}
	ftp_url_free(&u);
	ftp_url_free(&v);
	buf_free(&text);
}

static void
take_replies(struct span rest)
{
	struct ftp_reply r = { 0 };
	enum ftp_event e;

	while (rest.n > 0) {
		e = ftp_reply_line(&r, span_line(&rest));
		if (e == FTP_MORE)
			continue;
		if (e == FTP_END) {
			MUST(r.code >= 100 && r.code <= 599);
			MUST(ftp_epsv_port(buf_span(&r.text)) <= 65535);
			MUST(ftp_pasv_port(buf_span(&r.text)) <= 65535);
			ftp_offers(buf_span(&r.text), "SIZE");
			ftp_is_misplaced(r.code, span_str("STOR"));
		}
		ftp_reply_start(&r);
	}
	buf_free(&r.text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	take_url(span_of(data, n));
	take_replies(span_of(data, n));
	return 0;
}
