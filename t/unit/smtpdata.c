/*
 * smtpdata: the end of a message's text.  Every text of up to LENGTH bytes of
 * the alphabet that matters is compared with a plain search for the ending,
 * in one piece and cut at every place.
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

int
main(void)
{
	size_t n;

	for (n = 0; n <= LENGTH; n++) {
		try_all(n, 1);
		try_all(n, 0);
	}
	long_lines();
	return test_end();
}
