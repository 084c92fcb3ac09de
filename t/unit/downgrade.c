/*
 * format/mail/downgrade, and format/mail/multipart, which takes bodies
 * apart for it
 */
#include "format/mail/downgrade.h"
#include "format/mail/multipart.h"

#include "test.h"

#define X10	"xxxxxxxxxx"
#define X50	X10 X10 X10 X10 X10
#define X1000	X50 X50 X50 X50 X50 X50 X50 X50 X50 X50 X50 X50 X50 X50 X50 \
	X50 X50 X50 X50 X50
#define X76	X50 X10 X10 "xxxxxx\n"
/* a line of base64 that stands for 57 times x */
#define EHH	"eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4" \
	"eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4\n"
#define UE	"\xc3\xbc"

/* LF as CRLF, so that the tests can be read. */
static struct buf
lines(const char *text)
{
	struct buf b = { 0 };

	for (; *text != '\0'; text++) {
		if (*text == '\n')
			buf_addc(&b, '\r');
		buf_addc(&b, *text);
	}
	return b;
}

static void
becomes(int line, enum mime_form most, const char *text, const char *want)
{
	struct buf in = lines(text), out = { 0 }, wanted = lines(want);
	const char *why = "";

	if (downgrade_message(&out, buf_span(&in), most, &why) < 0) {
		test_failed++;
		printf("line %d: refused: %s\n", line, why);
	} else {
		test_span(buf_span(&out), buf_span(&wanted), __FILE__, line,
		    "the result");
		CHECK(mime_scan(buf_span(&out)) <= most);
	}
	buf_free(&in);
	buf_free(&out);
	buf_free(&wanted);
}

static void
refused(int line, enum mime_form most, const char *text, const char *reason)
{
	struct buf in = lines(text), out = { 0 };
	const char *why = "";

	buf_adds(&out, "kept");
	CHECK_INT(downgrade_message(&out, buf_span(&in), most, &why), -1);
	if (strstr(why, reason) == NULL) {
		test_failed++;
		printf("line %d: refused: %s\n", line, why);
	}
	CHECK_BUF(&out, "kept");
	buf_free(&in);
	buf_free(&out);
}

#define BECOMES(text, want) becomes(__LINE__, MIME_7BIT, text, want)
#define REFUSED(text, why) refused(__LINE__, MIME_7BIT, text, why)

static void
test_single(void)
{
	BECOMES("A: b\nContent-transfer-encoding: 8bit\n\n" UE "=\n",
	    "A: b\nContent-Transfer-Encoding: quoted-printable\n"
	    "MIME-Version: 1.0\n"
	    "Content-Type: text/plain; charset=utf-8\n\n=C3=BC=3D\n");
	BECOMES("MIME-Version: 1.0\nContent-Type: TEXT/html\n\n\xff\n",
	    "MIME-Version: 1.0\nContent-Type: TEXT/html\n"
	    "Content-Transfer-Encoding: quoted-printable\n\n=FF\n");
	BECOMES("A: b\n\n\xff\n", "A: b\n"
	    "Content-Transfer-Encoding: quoted-printable\n"
	    "MIME-Version: 1.0\n"
	    "Content-Type: text/plain; charset=unknown-8bit\n\n=FF\n");
	/* no text: every byte counts, those of the line endings, too */
	BECOMES("MIME-Version: 1.0\nContent-Type: image/png\n"
	    "Content-Transfer-Encoding: binary\nX: y\n"
	    "content-transfer-encoding: 8bit\n\n\xff\n",
	    "MIME-Version: 1.0\nContent-Type: image/png\n"
	    "Content-Transfer-Encoding: base64\nX: y\n\n/w0K\n");
	/* what begins the body must not become a field */
	BECOMES("MIME-Version: 1.0\nContent-Type: text/plain\nn" UE "x: y\n",
	    "MIME-Version: 1.0\nContent-Type: text/plain\n"
	    "Content-Transfer-Encoding: quoted-printable\n\nn=C3=BCx: y\n");
	BECOMES("", "");
	BECOMES("A: b\nContent-Transfer-Encoding: 8bit\n\nc\n",
	    "A: b\nContent-Transfer-Encoding: 7bit\n\nc\n");
}

/* What is encoded, but has bytes or lines that do not belong there. */
static void
test_again(void)
{
	BECOMES("MIME-Version: 1.0\nContent-Type: text/plain\n"
	    "Content-Transfer-Encoding: quoted-printable\n\n"
	    "a=C3=BC" UE " =\nb=20  \n=zz\n",
	    "MIME-Version: 1.0\nContent-Type: text/plain\n"
	    "Content-Transfer-Encoding: quoted-printable\n\n"
	    "a=C3=BC=C3=BC =\nb=20\n=3Dzz\n");
	BECOMES("MIME-Version: 1.0\nContent-Type: text/plain\n"
	    "Content-Transfer-Encoding: (one line) BASE64\n\n"
	    X1000 "\n",
	    "MIME-Version: 1.0\nContent-Type: text/plain\n"
	    "Content-Transfer-Encoding: base64\n\n"
	    X76 X76 X76 X76 X76 X76 X76 X76 X76 X76 X76 X76 X76
	    "xxxxxxxxxxxx\n");
	REFUSED("Content-Transfer-Encoding: x-uuencode\n\n\xff\n",
	    "an encoding that is not known");
}

static const char multi[] = "MIME-Version: 1.0\n"
    "Content-Type: multipart/mixed; boundary=\"a b\"\n"
    "Content-Transfer-Encoding: %s\n\nBefore.\n"
    "--a b\n%s\n--a b\nX-Kept:  yes\n\nplain\n\n--a b \n%s\n"
    "--a b--\nBehind.\n";

static void
both(const char *encoding, const char *first, const char *last,
    const char *encoding_then, const char *first_then, const char *last_then)
{
	struct buf text = { 0 }, want = { 0 };

	buf_addf(&text, multi, encoding, first, last);
	buf_addf(&want, multi, encoding_then, first_then, last_then);
	BECOMES(buf_str(&text), buf_str(&want));
	buf_free(&text);
	buf_free(&want);
}

static void
test_multipart(void)
{
	both("8bit", "Content-Type: text/plain; charset=utf-8\n"
	    "Content-Transfer-Encoding: 8bit\n\n" UE "\n",
	    "Content-Type: image/png\nContent-Transfer-Encoding: base64\n\n"
	    "AAAA",
	    "7bit", "Content-Type: text/plain; charset=utf-8\n"
	    "Content-Transfer-Encoding: quoted-printable\n\n=C3=BC\n",
	    "Content-Type: image/png\nContent-Transfer-Encoding: base64\n\n"
	    "AAAA");
	/* without a header; without a line ending; no longer 8bit */
	both("7bit", "\n" UE, "content-transfer-encoding:8bit\n\nx",
	    "7bit", "Content-Transfer-Encoding: quoted-printable\n"
	    "Content-Type: text/plain; charset=utf-8\n\n=C3=BC",
	    "Content-Transfer-Encoding: 7bit\n\nx");
	/* parts in parts, and in messages in them, one of them not closed */
	both("binary", "Content-Type: multipart/related;\n"
	    "\tboundary=\"a bc\" (c)\n\n--a bc\n\n" UE "\n--a bc2\n--a bc--",
	    "Content-Type: multipart/digest; boundary=c\n\n--c\n\n"
	    "Subject: one\n\n" UE "\n",
	    "7bit", "Content-Type: multipart/related;\n"
	    "\tboundary=\"a bc\" (c)\n\n--a bc\n"
	    "Content-Transfer-Encoding: quoted-printable\n"
	    "Content-Type: text/plain; charset=utf-8\n\n"
	    "=C3=BC\n--a bc2\n--a bc--",
	    "Content-Type: multipart/digest; boundary=c\n\n--c\n\n"
	    "Subject: one\n"
	    "Content-Transfer-Encoding: quoted-printable\n"
	    "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n"
	    "=C3=BC\n");
	both("8bit", "Content-Type: message/rfc822\n"
	    "Content-Transfer-Encoding: 8bit\n\nSubject: in it\n"
	    "MIME-Version: 1.0\nContent-Type: text/plain\n\n" UE "\n", "\nx",
	    "7bit", "Content-Type: message/rfc822\n"
	    "Content-Transfer-Encoding: 7bit\n\nSubject: in it\n"
	    "MIME-Version: 1.0\nContent-Type: text/plain\n"
	    "Content-Transfer-Encoding: quoted-printable\n\n=C3=BC\n", "\nx");
	/* what nobody reads goes */
	BECOMES("Content-Type: multipart/mixed; boundary=b\n\n" UE "\n--b\n\n"
	    UE "\n--b--\n" UE "\n",
	    "Content-Type: multipart/mixed; boundary=b\n\n\n--b\n"
	    "Content-Transfer-Encoding: quoted-printable\n"
	    "Content-Type: text/plain; charset=utf-8\n\n=C3=BC\n--b--\n");
	REFUSED("Content-Type: multipart/mixed; boundary=b\n\n--c\n\n" UE "\n",
	    "without parts");
	REFUSED("Content-Type: multipart/mixed\n\n--c\n\n" UE "\n",
	    "without a boundary");
	REFUSED("Content-Type: multipart/mixed; boundary=b\n"
	    "Content-Transfer-Encoding: base64\n\n--b\n\n" UE "\n--b--\n",
	    "encoded as one");
	REFUSED("Content-Type: multipart/mixed; boundary=b\n\n--b\n"
	    "Content-Type: message/partial; id=x\n\n" UE "\n--b--\n",
	    "must not be encoded");
	REFUSED("Content-Type: multipart/mixed; boundary=b\n\n--b\n"
	    "Content-Type: message/rfc822\n\nSubject: " UE "\n\nx\n--b--\n",
	    "not ASCII");
}

/* RFC 1847 2.1: whoever signed it signed these bytes. */
static void
test_signed(void)
{
	const char *part = "Content-Type: multipart/signed; boundary=s\n\n"
	    "--s\nContent-Transfer-Encoding: 8bit\n\nx\n--s\n\ny\n--s--";

	both("8bit", part, "\n" UE, "7bit", part,
	    "Content-Transfer-Encoding: quoted-printable\n"
	    "Content-Type: text/plain; charset=utf-8\n\n=C3=BC");
	REFUSED("Content-Type: multipart/signed; boundary=s\n\n--s\n\n" UE
	    "\n--s--\n", "signed");
	REFUSED("Content-Type: multipart/mixed; boundary=b\n\n--b\n"
	    "Content-Type: Multipart/Signed; boundary=s\n\n--s\n\n" UE
	    "\n--s--\n--b--\n", "signed");
}

/* A line that is cut must not begin as a delimiter does. */
static void
test_delimiter(void)
{
	BECOMES("Content-Type: multipart/mixed; boundary=x\n\n--x\n"
	    "Content-Type: text/plain\n\n" UE "\n" X50 X10 X10 "xxxxx--x\n"
	    "--x--\n",
	    "Content-Type: multipart/mixed; boundary=x\n\n--x\n"
	    "Content-Type: text/plain\n"
	    "Content-Transfer-Encoding: quoted-printable\n\n=C3=BC\n"
	    X50 X10 X10 "xxxxx=\n=2D-x\n--x--\n");
}

/* Where 8 bits may go, only long lines are encoded. */
static void
test_8bit(void)
{
	becomes(__LINE__, MIME_8BIT,
	    "Content-Type: multipart/mixed; boundary=b\n"
	    "Content-Transfer-Encoding: 8bit\n\n--b\n"
	    "Content-Type: text/plain\nContent-Transfer-Encoding: 8bit\n\n"
	    UE "\n--b\nContent-Type: image/png\n\n" X1000 "\n--b--\n",
	    "Content-Type: multipart/mixed; boundary=b\n"
	    "Content-Transfer-Encoding: 8bit\n\n--b\n"
	    "Content-Type: text/plain\nContent-Transfer-Encoding: 8bit\n\n"
	    UE "\n--b\nContent-Type: image/png\n"
	    "Content-Transfer-Encoding: base64\n\n"
	    EHH EHH EHH EHH EHH EHH EHH EHH EHH EHH EHH EHH EHH EHH EHH EHH
	    EHH "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eA==\n--b--\n");
	refused(__LINE__, MIME_8BIT, "Content-Type: multipart/mixed; "
	    "boundary=b\n\n--b\nX: " X1000 "\n\nx\n--b--\n", "too long");
}

/* Text that is not ASCII, in depth messages, each in the one before. */
static struct buf
nest(int depth)
{
	struct buf b = { 0 };

	while (depth-- > 0)
		buf_adds(&b, "Content-Type: message/rfc822\n\n");
	buf_adds(&b, "MIME-Version: 1.0\nContent-Type: text/plain\n");
	return b;
}

static void
test_limits(void)
{
	struct buf b = nest(100), want = nest(100);
	int i;

	buf_adds(&b, "\n" UE "\n");
	buf_adds(&want, "Content-Transfer-Encoding: quoted-printable\n\n"
	    "=C3=BC\n");
	BECOMES(buf_str(&b), buf_str(&want));
	buf_free(&b);
	b = nest(101);
	buf_adds(&b, "\n" UE "\n");
	REFUSED(buf_str(&b), "nested too deep");
	buf_clear(&b);
	buf_adds(&b, "Content-Type: multipart/mixed; boundary=b\n\n");
	for (i = 0; i < 10000; i++)
		buf_adds(&b, "--b\n\nx\n");
	buf_adds(&b, "--b\n\n" UE "\n--b--\n");
	REFUSED(buf_str(&b), "too many parts");
	buf_free(&b);
	buf_free(&want);
}

static void
is(const char *value, const char *want)
{
	struct buf b = { 0 };

	CHECK(multipart_is(span_str(value), "multipart", NULL));
	CHECK_INT(multipart_boundary(&b, span_str(value)),
	    want != NULL ? 0 : -1);
	CHECK_BUF(&b, want != NULL ? want : "");
	buf_free(&b);
}

static void
test_type(void)
{
	is("multipart/mixed; boundary=a", "a");
	is("Multipart/Mixed;BOUNDARY = \"a;\\\"b \" ; x=y", "a;\"b");
	is("(a) multipart / (b) mixed\r\n (c;boundary=no)\r\n\t;"
	    "x=\"; boundary=no\"; boundary= (d) yes;", "yes");
	is("multipart/mixed; boundary==_a/b?", "=_a/b?");
	is("multipart/mixed; boundary=\"a\r\n b\"", "a b");
	is("multipart/mixed; xboundary=a", NULL);
	is("multipart/mixed; boundary=\"\"", NULL);
	is("multipart/mixed; boundary", NULL);
	is("multipart/mixed", NULL);
	CHECK(!multipart_is(span_str("text/plain"), "multipart", NULL));
	CHECK(!multipart_is(span_str("multipart"), "multipart", NULL));
	CHECK(!multipart_is(span_str(""), "text", NULL));
	CHECK(multipart_is(span_str("text/HTML;x"), "text", "html"));
	CHECK(!multipart_is(span_str("text/htmlx"), "text", "html"));
	CHECK_SPAN(multipart_token(span_str(" (a) 8bit; b")), "8bit");
	CHECK_SPAN(multipart_token(span_str("\x01")), "");
}

int
main(void)
{
	test_single();
	test_again();
	test_multipart();
	test_signed();
	test_delimiter();
	test_8bit();
	test_limits();
	test_type();
	return test_end();
}
