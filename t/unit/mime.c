/* format/mail/mime, and the types of compose */
#include "test.h"

#include "format/mail/compose.h"
#include "format/mail/mime.h"
#include "format/mail/mimehead.h"

#define S(text)	span_of(text, sizeof(text) - 1)

static void
test_utf8(void)
{
	CHECK(span_is_utf8(S("")));
	CHECK(!span_is_utf8(S("a\xd1\x97" "b\xff" "c")));
	CHECK(span_is_utf8(S("a\xd1\x97" "b")));
	CHECK(span_is_utf8(span_of(NULL, 0)));
}

static void
base64(struct span plain, const char *coded)
{
	struct buf b = { 0 };

	mime_base64(&b, plain.p, plain.n);
	CHECK_BUF(&b, coded);
	buf_clear(&b);
	CHECK_INT(mime_base64_decode(&b, span_str(coded)), 0);
	CHECK(span_eq(buf_span(&b), plain));
	buf_free(&b);
}

/* The vectors of RFC 4648, 10, and what must not decode. */
static void
test_base64(void)
{
	static const char *const bad[] = {
		"Z", "Zg", "Zg=", "Zg==Zg==", "====", "=Zg=", "Z===", "Zh==",
		"Zm9=", "Zm 9", "Zm9v\n", "Zm-v", "Zg=a"
	};
	struct buf b = { 0 };
	size_t i;

	base64(S(""), "");
	base64(S("f"), "Zg==");
	base64(S("fo"), "Zm8=");
	base64(S("foo"), "Zm9v");
	base64(S("foob"), "Zm9vYg==");
	base64(S("foobar"), "Zm9vYmFy");
	base64(S("\0\xff\xfe\0"), "AP/+AA==");
	buf_adds(&b, "x");
	for (i = 0; i < COUNT(bad); i++)
		CHECK_INT(mime_base64_decode(&b, span_str(bad[i])), -1);
	CHECK_BUF(&b, "x");
	buf_free(&b);
}

static void
test_base64_lines(void)
{
	struct buf b = { 0 }, back = { 0 };
	char bytes[256 * 3];
	struct span rest, line;
	size_t i;

	for (i = 0; i < sizeof bytes; i++)
		bytes[i] = (char)(i * 7);
	mime_base64_lines(&b, bytes, sizeof bytes);
	for (rest = buf_span(&b); rest.n > 0; ) {
		line = span_line(&rest);
		CHECK(line.n <= 78 && line.p[line.n - 2] == '\r');
		CHECK_INT(mime_base64_decode(&back, span_chomp(line)), 0);
	}
	CHECK(span_eq(buf_span(&back), span_of(bytes, sizeof bytes)));
	buf_clear(&b);
	mime_base64_lines(&b, bytes, 57);
	CHECK_INT(b.n, 78);
	buf_clear(&b);
	mime_base64_lines(&b, bytes, 0);
	CHECK_INT(b.n, 0);
	buf_free(&b);
	buf_free(&back);
}

static void
qp(struct span text, const char *want)
{
	struct buf b = { 0 };

	mime_qp(&b, text);
	CHECK_BUF(&b, want);
	buf_free(&b);
}

#define X10 "xxxxxxxxxx"
#define X70 X10 X10 X10 X10 X10 X10 X10

static void
test_qp(void)
{
	qp(S(""), "");
	qp(S("\n"), "\r\n");
	qp(S("a=b\r\nc"), "a=3Db\r\nc\r\n");
	qp(S("a b \nc\t\n d\n"), "a b=20\r\nc=09\r\n d\r\n");
	qp(S("\xd1\x97"), "=D1=97\r\n");
	qp(S("a\rb\0\n"), "a=0Db=00\r\n");
	qp(S("a\r\r\n"), "a=0D\r\n");
	qp(S(X70 "123456\n"), X70 "123456\r\n");
	qp(S(X70 "1234567\n"), X70 "12345=\r\n67\r\n");
	qp(S(X70 "123=\n"), X70 "123=3D\r\n");
	qp(S(X70 "1234=\n"), X70 "1234=\r\n=3D\r\n");
	qp(S(X70 "12345 \n"), X70 "12345=\r\n=20\r\n");
}

static void
test_scan(void)
{
	struct buf b = { 0 };

	CHECK_INT(mime_scan(S("")), MIME_7BIT);
	CHECK_INT(mime_scan(S("a\r\nb\tc\n")), MIME_7BIT);
	CHECK_INT(mime_scan(S("a\n\xd1\x97\n")), MIME_8BIT);
	CHECK_INT(mime_scan(S("a\rb\n")), MIME_QP);
	CHECK_INT(mime_scan(S("\xd1\x97\n\r")), MIME_QP);
	CHECK_INT(mime_scan(S("a\0b")), MIME_QP);
	while (b.n < MIME_LINE_MAX)
		buf_addc(&b, 'x');
	CHECK_INT(mime_scan(buf_span(&b)), MIME_7BIT);
	buf_adds(&b, "\r\n");
	CHECK_INT(mime_scan(buf_span(&b)), MIME_7BIT);
	buf_insert(&b, 0, "x", 1);
	CHECK_INT(mime_scan(buf_span(&b)), MIME_QP);
	buf_free(&b);
	CHECK_STR(mime_form_name(MIME_8BIT), "8bit");
	CHECK_STR(mime_form_name(MIME_QP), "quoted-printable");
}

static void
text(const char *s, size_t col, const char *want)
{
	struct buf b = { 0 };
	const char *lf;
	size_t at = col;

	mimehead_text(&b, span_str(s), &at);
	CHECK_BUF(&b, want);
	lf = strrchr(want, '\n');
	CHECK_INT(at, lf != NULL ? strlen(lf + 1) : col + strlen(want));
	buf_free(&b);
}

static void
test_text(void)
{
	text("", 9, "");
	text("plain words", 9, "plain words");
	text("  a  b  ", 9, "a  b");
	text("a\r\nBcc: b", 9, "a  Bcc: b");
	text("caf\xc3\xa9 au lait", 9, "=?utf-8?q?caf=C3=A9?= au lait");
	text("a \xd1\x97 \xd1\x97 b", 9, "a =?utf-8?b?0Zcg0Zc=?= b");
	text("a  \xd1\x97", 9, "a =?utf-8?b?INGX?=");
	text("=?x", 9, "=?utf-8?b?PT94?=");
	text("\x7f", 9, "");
	text(X70 " " X10, 5, X70 "\r\n " X10);
	text("\xd1\x97", 70, "\r\n =?utf-8?b?0Zc=?=");
	text(X70 " \xd1\x97", 0, X70 "\r\n =?utf-8?b?0Zc=?=");
	/* a line with an encoded word has 76 columns (RFC 2047 2) */
	text("\xd1\x97 " X10 X10 X10 X10 X10 "abcdefg", 2,
	    "=?utf-8?b?0Zc=?= " X10 X10 X10 X10 X10 "abcdefg");
	text("\xd1\x97 " X10 X10 X10 X10 X10 "abcdefgh", 2,
	    "=?utf-8?b?0Zc=?=\r\n " X10 X10 X10 X10 X10 "abcdefgh");
	text(X10 " " X10 X10 X10 X10 X10 "abcdefgh", 9,
	    X10 " " X10 X10 X10 X10 X10 "abcdefgh");
}

static void
phrase(const char *s, const char *want)
{
	struct buf b = { 0 };
	size_t col = 6;

	mimehead_phrase(&b, span_str(s), &col);
	CHECK_BUF(&b, want);
	buf_free(&b);
}

static void
test_phrase(void)
{
	phrase("", "");
	phrase("Joe Doe", "Joe Doe");
	phrase("Joe  Doe", "\"Joe  Doe\"");
	phrase("Doe, Joe", "\"Doe, Joe\"");
	phrase("a\"b\\c", "\"a\\\"b\\\\c\"");
	phrase("J. (x)", "\"J. (x)\"");
	phrase("=?utf-8?q?x?=", "=?utf-8?q?=3D=3Futf-8=3Fq=3Fx=3F=3D?=");
	phrase("\xd0\xaf, (a)", "=?utf-8?b?0K8sIChhKQ==?=");
}

static void
param(struct span s, const char *want)
{
	struct buf b = { 0 };

	mimehead_param(&b, "filename", s);
	CHECK_BUF(&b, want);
	buf_free(&b);
}

static void
test_param(void)
{
	param(S(""), ";\r\n filename=\"\"");
	param(S("a.txt"), ";\r\n filename=a.txt");
	param(S("a b;c"), ";\r\n filename=\"a b;c\"");
	param(S("O'Neil.pdf"), ";\r\n filename=\"O'Neil.pdf\"");
	param(S("*"), ";\r\n filename=\"*\"");
	param(S("50%.txt"), ";\r\n filename=\"50%.txt\"");
	param(S("utf-8''a%41"), ";\r\n filename=\"utf-8''a%41\"");
	param(S("a\"b\\"), ";\r\n filename*=utf-8''a%22b%5C");
	param(S("\xd1\x97*'%"), ";\r\n filename*=utf-8''%D1%97%2A%27%25");
	param(S("a\r\nb\0"), ";\r\n filename*=utf-8''a%0D%0Ab%00");
	param(S("caf\xe9"), ";\r\n filename*=''caf%E9");
	param(S(X70), ";\r\n filename*0*=utf-8''"
	    X10 X10 X10 X10 X10 "xxxxxxx;\r\n filename*1*=xxx" X10);
}

/* Of an attachment with that name. */
static void
type(struct span name, const char *want)
{
	struct buf b = { 0 };
	struct span text, line;

	compose_file(&b, name, S("x"), S(""));
	text = buf_span(&b);
	line = span_chomp(span_line(&text));
	CHECK_SPAN(span_drop(line, strlen("Content-Type: ")), want);
	buf_free(&b);
}

static void
test_type(void)
{
	type(S("a.txt"), "text/plain; charset=utf-8");
	type(S("a.b.TXT"), "text/plain; charset=utf-8");
	type(S("txt"), "application/octet-stream");
	type(S("a."), "application/octet-stream");
	type(S(""), "application/octet-stream");
	type(S("a.pdf"), "application/pdf");
	type(S("a.ODS"), "application/vnd.oasis.opendocument.spreadsheet");
}

int
main(void)
{
	test_utf8();
	test_base64();
	test_base64_lines();
	test_qp();
	test_scan();
	test_text();
	test_phrase();
	test_param();
	test_type();
	return test_end();
}
