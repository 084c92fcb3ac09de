/*
 * smtpdata: the end of a message's text.  Every text of up to LENGTH bytes of
 * the alphabet that matters is compared with a plain search for the ending,
 * in one piece and cut at every place.  And its header: the fields that are
 * counted, and what becomes of a first line that is none, in the same way.
 */
#include "server/smtp/smtpdata.h"

#include "test.h"

#define LENGTH 7

static const char alphabet[] = { 'a', '.', '\r', '\n', '\0' };

struct outcome {
	struct buf text;
	size_t used;
	struct smtpdata d;
};

static void
take(void *arg, const char *p, size_t n)
{
	buf_add(arg, p, n);
}

/* Feeds the first cut bytes, then the others. */
static void
machine(struct outcome *o, struct span in, size_t cut, int crlf)
{
	buf_clear(&o->text);
	smtpdata_init(&o->d, crlf);
	o->used = smtpdata_feed(&o->d, in.p, cut, take, &o->text);
	if (o->used == cut && !o->d.ended)
		o->used += smtpdata_feed(&o->d, in.p + cut, in.n - cut, take,
		    &o->text);
}

static int
starts(struct span s, size_t at, const char *with)
{
	size_t n = strlen(with);

	return s.n - at >= n && memcmp(s.p + at, with, n) == 0;
}

/*
 * The same, by looking at whole lines of a whole text; only what is decided
 * once the end has come.
 */
static void
plain(struct outcome *o, struct span in, int crlf)
{
	const char *eol = crlf ? "\r\n" : "\n", *end = crlf ? ".\r\n" : ".\n";
	size_t at = 0, n = strlen(eol);

	buf_clear(&o->text);
	memset(&o->d, 0, sizeof o->d);
	while (at < in.n && !starts(in, at, end)) {
		if (in.p[at] == '.')
			at++;
		for (; at < in.n && !starts(in, at, eol); at++) {
			o->d.bare |= crlf && (in.p[at] == '\r' ||
			    in.p[at] == '\n');
			o->d.size++;
			buf_addc(&o->text, in.p[at]);
		}
		if (at < in.n) {
			if (!crlf && o->text.n > 0 &&
			    o->text.p[o->text.n - 1] == '\r')
				o->text.n--;
			buf_addc(&o->text, '\n');
			o->d.size += n;
			at += n;
		}
	}
	o->d.ended = starts(in, at, end);
	o->used = at + (o->d.ended ? strlen(end) : 0);
}

static void
compare(struct span in, int crlf)
{
	static struct outcome got, want;
	size_t cut;

	plain(&want, in, crlf);
	for (cut = 0; cut <= in.n; cut++) {
		machine(&got, in, cut, crlf);
		CHECK_INT(got.d.ended, want.d.ended);
		if (!want.d.ended || got.d.ended != want.d.ended)
			continue;
		CHECK_INT(got.used, want.used);
		CHECK_INT(got.d.bare, want.d.bare);
		CHECK_INT(got.d.size, want.d.size);
		if (!want.d.bare)
			CHECK(span_eq(buf_span(&got.text),
			    buf_span(&want.text)));
	}
}

/* All texts of n bytes, the ending in force behind each. */
static void
try_all(size_t n, int crlf)
{
	char text[LENGTH + 5];
	size_t total = 1, i, k, left;

	for (i = 0; i < n; i++)
		total *= sizeof alphabet;
	memcpy(text + n, crlf ? "\r\n.\r\n" : "\n.\n", crlf ? 5 : 3);
	for (i = 0; i < total; i++) {
		for (k = 0, left = i; k < n; k++, left /= sizeof alphabet)
			text[k] = alphabet[left % sizeof alphabet];
		compare(span_of(text, n + (crlf ? 5 : 3)), crlf);
		compare(span_of(text, n), crlf);
	}
}

static void
long_lines(void)
{
	struct buf in = { 0 };
	struct outcome o = { .used = 0 };
	int i;

	for (i = 0; i < 100000; i++)
		buf_addc(&in, 'x');
	buf_adds(&in, "\r\n..\r\n.\r\nQUIT\r\n");
	machine(&o, buf_span(&in), 50000, 1);
	CHECK_INT(o.used, 100009);
	CHECK_INT(o.d.size, 100005);
	CHECK_INT(o.text.n, 100003);
	buf_free(&in);
	buf_free(&o.text);
}

static unsigned
feed(const char *text, size_t cut, struct buf *got)
{
	struct smtpdata_head h = { 0 };
	size_t n = strlen(text);

	buf_clear(got);
	smtpdata_head(&h, text, cut, take, got);
	smtpdata_head(&h, text + cut, n - cut, take, got);
	smtpdata_head_free(&h);
	return h.hops;
}

static void
check(const char *text, const char *before, unsigned hops)
{
	struct buf got = { 0 }, want = { 0 };
	size_t cut;

	buf_addf(&want, "%s%s", before, text);
	for (cut = 0; cut <= strlen(text); cut++) {
		CHECK_INT(feed(text, cut, &got), hops);
		CHECK_BUF(&got, buf_str(&want));
	}
	buf_free(&got);
	buf_free(&want);
}

static void
test_hops(void)
{
	check("Received: a\n\nReceived: b\n", "", 1);
	check("RECEIVED:\nreceived : b\nReceived\t: c\nX: y\n", "", 3);
	/* Another's name, folded lines, the text, what ends a header. */
	check("Receive: a\nReceived-SPF: b\nXReceived: c\n", "", 0);
	check("Subject: x\n Received: a\n\tReceived: b\n", "", 0);
	check("Received: a\n Received: b\nReceived: c\n", "", 2);
	check("X: y\nno field\nReceived: a\n", "", 0);
	check("X: y\n: z\nReceived: a\n", "", 0);
	check("X: y\nRecei ved: z\nReceived: a\n", "", 0);
	check("\nReceived: a\n", "", 0);
}

static void
test_first_line(void)
{
	char line[2000];

	check("", "", 0);
	check("\n", "", 0);
	check("\ntext\n", "", 0);
	check("a: b\n", "", 0);
	check("a \t: b\n", "", 0);
	check("From : a@b.test\n", "", 0);
	check(" a: b\n", "\n", 0);
	check("\tReceived: b\n", "\n", 0);
	check("  Dear Bob,\nthe exam moves.\n", "\n", 0);
	check("Dear Bob: hello\nReceived: a\n", "\n", 0);
	check("hello\nSubject: x\n", "\n", 0);
	check("hello \n", "\n", 0);
	check(": x\n", "\n", 0);
	check("\303\244: x\n", "\n", 0);
	memset(line, 'a', sizeof line);
	memcpy(line + sizeof line - 3, ":\n", 3);
	check(line, "\n", 0);
}

static void
test_mbox(void)
{
	struct buf got = { 0 };

	check("From a@b.test Sat Nov 21\nReceived: a\n", "X-Mailbox-Line: ",
	    1);
	check(">>From a\nSubject: x\n\nFrom b\n", "X-Mailbox-Line: ", 0);
	check("From \n\nReceived: a\n", "X-Mailbox-Line: ", 0);
	feed("From a\n>From b\nReceived: c\n", 0, &got);
	CHECK_BUF(&got, "X-Mailbox-Line: From a\nX-Mailbox-Line: >From b\n"
	    "Received: c\n");
	feed("From a\n b\n", 0, &got);
	CHECK_BUF(&got, "X-Mailbox-Line: From a\n\n b\n");
	buf_free(&got);
}

int
main(void)
{
	size_t n;

	for (n = 0; n <= LENGTH; n++) {
		try_all(n, 1);
		try_all(n, 0);
	}
	long_lines();
	test_hops();
	test_first_line();
	test_mbox();
	return test_end();
}
