#include "ordline.h"

#include <limits.h>

#include "format/mail/mime.h"
#include "name.h"
#include "protocol.h"

static int
is_digest(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (byte_hex(s.p[i]) < 0)
			return 0;
	return s.n == 2 * SHA256_SIZE;
}

/* What clients of SMTP, POP3 and FTP say to a greeting. */
static enum ordline_first
is_mail_command(struct span s)
{
	static const char *const verb[] = { "EHLO ", "HELO ", "USER " };
	size_t i, n = sizeof "EHLO";

	for (i = 0; i < COUNT(verb); i++)
		if (memcmp(s.p, verb[i], s.n < n ? s.n : n) == 0)
			return s.n < n ? ORDLINE_MORE : ORDLINE_COMMAND;
	return ORDLINE_RAW;
}

/* Both as far as the shorter one goes, ASCII case ignored. */
static int
begins_alike(struct span s, const char *word)
{
	size_t n = strlen(word);

	return span_case_eq(span_of(s.p, s.n < n ? s.n : n),
	    span_of(word, s.n < n ? s.n : n));
}

static enum ordline_first
is_other_protocol(struct span s)
{
	enum protocol guess = protocol_guess(s);

	if (protocol_is_other(guess))
		return ORDLINE_OTHER;
	return guess == PROTOCOL_PARTIAL ? ORDLINE_MORE : ORDLINE_RAW;
}

static enum ordline_first
is_order(struct span s)
{
	static const char verb[] = "ORDER";
	size_t n = sizeof verb - 1;

	if (!begins_alike(s, verb))
		return ORDLINE_RAW;
	if (s.n <= n)
		return ORDLINE_MORE;
	if (memcmp(s.p, verb, n) == 0)
		return byte_is_blank(s.p[n]) || s.p[n] == '\r' ||
		    s.p[n] == '\n' ? ORDLINE_COMMAND : ORDLINE_RAW;
	while (n < s.n && byte_is_blank(s.p[n]))
		n++;
	if (n == s.n)
		return ORDLINE_MORE;
	return byte_is_blank(s.p[n - 1]) && byte_is_digit(s.p[n]) ?
	    ORDLINE_COMMAND : ORDLINE_RAW;
}

static enum ordline_first
is_quit(struct span s)
{
	static const char verb[] = "QUIT";
	size_t n = sizeof verb - 1;

	if (!begins_alike(s, verb))
		return ORDLINE_RAW;
	while (n < s.n && (byte_is_blank(s.p[n]) || s.p[n] == '\r'))
		n++;
	if (n >= s.n)
		return ORDLINE_MORE;
	return s.p[n] == '\n' ? ORDLINE_COMMAND : ORDLINE_RAW;
}

enum ordline_first
ordline_first(struct span s)
{
	enum ordline_first r;

	if (s.n >= ORDLINE_MAX)
		return ORDLINE_RAW;
	r = is_order(s);
	if (r == ORDLINE_RAW)
		r = is_quit(s);
	if (r == ORDLINE_RAW)
		r = is_mail_command(s);
	return r == ORDLINE_RAW ? is_other_protocol(s) : r;
}

const char *
ordline_parse(struct ordline *o, struct span args)
{
	o->size = span_take_word(&args);
	o->sha = span_take_word(&args);
	o->name = span_take_word(&args);
	o->tag = span_take_word(&args);
	o->mac = span_take_word(&args);
	o->sized = span_number(o->size, &o->octets) == 0;
	if (!o->sized)
		return "the size is not a number";
	if (!is_digest(o->sha))
		return "the checksum is not 64 hex digits";
	if (o->name.n == 0)
		return "the name is missing";
	if (!span_is_graph(o->tag) || o->tag.n > ORDLINE_TAG_MAX)
		return "the tag is missing, too long or not plain text";
	return span_trim(args).n > 0 ? "too many words" : NULL;
}

const char *
ordline_name_check(struct span name)
{
	size_t i, n;

	if (name.n == 0)
		return "the name is empty";
	if (name.n > ORDLINE_NAME_MAX)
		return "the name is too long";
	if (name.p[0] == '.')
		return "the name begins with a dot";
	for (i = 0; i < name.n; i += n) {
		n = span_char(span_of(name.p + i, name.n - i));
		if (n == 0)
			return "the name is not UTF-8";
		if (name.p[i] == '/')
			return "the name has a slash";
	}
	return span_is_printable(name) ? NULL :
	    "the name has a control character";
}

const char *
ordline_decode(struct buf *name, struct span wire)
{
	if (name_decode(name, wire) < 0)
		return "the name has a % without two hex digits";
	return ordline_name_check(buf_span(name));
}

/* Whether name is base, or base with -2, -3 and so on before its extension. */
static int
is_numbered(struct span name, struct span base)
{
	struct buf numbered = { 0 };
	struct span digits;
	size_t stem = name_stem(base);
	uintmax_t i = 0;
	int same;

	if (name.n <= base.n + 1)
		return span_eq(name, base);
	digits = span_of(name.p + stem + 1, name.n - base.n - 1);
	if (span_number(digits, &i) < 0 || i < 2 || i > ULONG_MAX)
		return 0;
	name_number(&numbered, base, "", (unsigned long)i);
	same = span_eq(name, buf_span(&numbered));
	buf_free(&numbered);
	return same;
}

static int
is_name(struct span wire, struct span asked, int numbered)
{
	struct buf name = { 0 }, base = { 0 };
	int is;

	is = ordline_decode(&name, wire) == NULL &&
	    ordline_decode(&base, asked) == NULL &&
	    (numbered ? is_numbered(buf_span(&name), buf_span(&base)) :
	    span_eq(buf_span(&name), buf_span(&base)));
	buf_free(&name);
	buf_free(&base);
	return is;
}

const char *
ordline_answer(struct span text, const struct ordline *asked)
{
	struct span what = span_take_word(&text), name = span_take_word(&text);
	struct span size = span_take_word(&text), sha = span_take_word(&text);
	int stored = span_is(what, "stored");
	uintmax_t octets;

	if (!stored && !span_is(what, "duplicate"))
		return "an answer that is neither stored nor duplicate";
	if (span_number(size, &octets) < 0 || octets != asked->octets)
		return "an answer with another size";
	if (!span_case_eq(sha, asked->sha))
		return "an answer with another checksum";
	return is_name(name, asked->name, stored) ? NULL :
	    "an answer with another name";
}

void
ordline_mac(char mac[SHA256_HEX], struct span key, struct span nonce,
    uintmax_t n, const struct ordline *o)
{
	unsigned char digest[SHA256_SIZE];
	struct buf text = { 0 };

	buf_addspan(&text, nonce);
	buf_addc(&text, '\n');
	buf_addu(&text, n);
	buf_addc(&text, '\n');
	buf_addspan(&text, o->size);
	buf_addc(&text, ' ');
	buf_addspan(&text, o->sha);
	buf_addc(&text, ' ');
	buf_addspan(&text, o->name);
	buf_addc(&text, ' ');
	buf_addspan(&text, o->tag);
	sha256_hmac(digest, key.p, key.n, text.p, text.n);
	sha256_hex(mac, digest, sizeof digest);
	buf_free(&text);
}
