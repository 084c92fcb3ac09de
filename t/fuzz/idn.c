/*
 * format/mail/idn and format/mail/unicode: what comes out is ASCII, in labels
 * that the DNS takes, the same the second time, and decodes (RFC 3492 6.2) to
 * as many characters that a label may have; a header keeps what is not in
 * addresses.
 */
#include "format/mail/addr.h"
#include "format/mail/idn.h"
#include "format/mail/unicode.h"

#include "fuzz.h"

static uint32_t
adapt(uint32_t delta, uint32_t points, int first)
{
	uint32_t k = 0;

	delta = first ? delta / 700 : delta / 2;
	delta += delta / points;
	for (; delta > 455; k += 36)
		delta /= 35;
	return k + 36 * delta / (delta + 38);
}

/* A label behind its xn--; each character is more than ASCII or was there. */
static void
decode(struct span s)
{
	uint32_t n = 128, i = 0, bias = 72, points = 0, from, w, k, t, digit;
	size_t at = s.n;

	while (at > 0 && s.p[at - 1] != '-')
		at--;
	points = at > 0 ? (uint32_t)at - 1 : 0;
	while (at < s.n) {
		from = i;
		for (w = 1, k = 36;; k += 36, w *= 36 - t) {
			MUST(at < s.n);
			digit = byte_is_letter(s.p[at]) ?
			    (uint32_t)(s.p[at] - 'a') :
			    (uint32_t)(s.p[at] - '0') + 26;
			MUST(digit < 36);
			at++;
			i += digit * w;
			t = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias;
			if (digit < t)
				break;
		}
		points++;
		bias = adapt(i - from, points, from == 0);
		n += i / points;
		i = i % points + 1;
		MUST(n < 0x110000);
	}
	MUST(points > 0 && points <= 63);
}

/* Labels of the text that look encoded stay as they are, whatever they hold. */
static void
check_name(struct span name, struct span text)
{
	struct span label;
	int theirs = 0;

	for (; text.n > 0; text = span_drop(text, 1))
		theirs |= span_case_begins(text, "xn--");
	MUST(span_is_ascii(name));
	while (name.n > 0) {
		label = span_cut(&name, '.');
		MUST(label.n <= 63);
		if (!theirs && span_begins(label, "xn--"))
			decode(span_drop(label, 4));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct span text = span_of(data, n);
	struct buf once = { 0 }, again = { 0 };
	struct addr a, b;
	struct span s;
	const char *why;

	if (!span_is_ascii(text)) {
		if (idn_domain(&once, text, &why) == 0) {
			check_name(buf_span(&once), text);
			MUST(idn_domain(&again, buf_span(&once), &why) == 0);
			MUST(span_eq(buf_span(&once), buf_span(&again)));
		} else {
			MUST(why != NULL && once.n == 0);
		}
	}
	buf_clear(&once);
	buf_clear(&again);
	idn_header(&once, text);
	idn_header(&again, buf_span(&once));
	MUST(span_eq(buf_span(&once), buf_span(&again)));
	buf_clear(&once);
	unicode_likeness(&once, text);
	s = unicode_unquote(text);
	MUST(s.n <= n);
	MUST(span_eq(unicode_unquote(s), s));
	if (addr_parse_pasted(&a, text, NULL) == 0) {
		MUST(addr_parse(&b, a.text, NULL) == 0);
		MUST(span_eq(unicode_unquote(a.text), a.text));
	}
	buf_free(&once);
	buf_free(&again);
	return 0;
}
