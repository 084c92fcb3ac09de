#include "entry.h"

#include "format/mail/unicode.h"

int
entry_is_key(int c)
{
	/* what is graphic but = , ; [ ] | " < > */
	static const uint64_t keys[4] = {
		UINT64_C(0x87ffeffa00000000), UINT64_C(0x6fffffffd7ffffff),
		BYTES_ABOVE
	};

	return byte_is_in(keys, (char)c);
}

int
entry_is_tag_like(struct span s)
{
	size_t i = 1;

	if (s.n == 0 || s.p[0] != '[')
		return 0;
	while (i < s.n && entry_is_key(s.p[i]) && s.p[i] != ':')
		i++;
	return i > 1 && i + 1 < s.n && s.p[i] == ':' && s.p[i + 1] == ']';
}

enum entry_key
entry_key(struct span key)
{
	if (key.n < sizeof "name" - 1 || key.n > sizeof "domain" - 1)
		return KEY_FIELD;
	return span_is(key, "login") ? KEY_LOGIN :
	    span_is(key, "email") ? KEY_EMAIL :
	    span_is(key, "domain") ? KEY_DOMAIN :
	    span_is(key, "name") ? KEY_NAME :
	    span_is(key, "email%") ? KEY_ENCODED :
	    span_is(key, "token") ? KEY_TOKEN : KEY_FIELD;
}

size_t
entry_quote_end(struct span s, size_t i)
{
	for (i++; i < s.n && s.p[i] != '\n'; i++) {
		if (s.p[i] == '"')
			return i;
		if (s.p[i] == '\\' && i + 1 < s.n &&
		    (s.p[i + 1] == '"' || s.p[i + 1] == '\\'))
			i++;
	}
	return 0;
}

int
entry_quote_opens(struct span s, size_t start, size_t i)
{
	return i == start || byte_is_blank(s.p[i - 1]) || s.p[i - 1] == '=' ||
	    s.p[i - 1] == '<';
}

/* Offset of c outside of quotes, or s.n. */
static size_t
find_unquoted(struct span s, char c)
{
	size_t i, n;

	for (i = 0; i < s.n && s.p[i] != c; i++)
		if (s.p[i] == '"' && entry_quote_opens(s, 0, i)) {
			n = entry_quote_end(s, i);
			if (n > 0)
				i = n;
		}
	return i;
}

/* What stands in quotes, from behind the first to the second. */
static struct quoted
quoted_from(struct span s, size_t from, size_t to)
{
	struct quoted q;

	q.raw = span_of(s.p + from, to - from);
	q.escapes = span_find(q.raw, '\\') != NULL;
	return q;
}

/* What stands in quotes as a whole, or is meant as it is written. */
static struct quoted
unquote(struct span s)
{
	struct quoted q = { { s.p, s.n }, 0 };

	if (s.n >= 2 && s.p[0] == '"' && entry_quote_end(s, 0) == s.n - 1)
		q = quoted_from(s, 1, s.n - 1);
	return q;
}

struct span
quoted_text(const struct quoted *q, struct buf *b)
{
	struct span s = q->raw;
	size_t i, start = b->n;

	if (!q->escapes)
		return s;
	buf_reserve(b, s.n);
	for (i = 0; i < s.n; i++) {
		if (s.p[i] == '\\' && i + 1 < s.n &&
		    (s.p[i + 1] == '"' || s.p[i + 1] == '\\'))
			i++;
		buf_addc(b, s.p[i]);
	}
	return span_of(b->p + start, b->n - start);
}

/* Name <addr> fields */
static void
parse_named(struct entry *e, size_t at)
{
	struct span rest = span_drop(e->text, at + 1);
	size_t n = find_unquoted(rest, '>');

	e->name = unquote(unicode_trim(span_of(e->text.p, at)));
	e->kind = ENTRY_BAD;
	e->why = "no > after the address";
	if (n == rest.n)
		return;
	if (addr_parse_pasted(&e->addr, span_of(rest.p, n), &e->why) == 0)
		e->kind = ENTRY_GOOD;
	e->fields = span_trim(span_drop(rest, n + 1));
}

void
entry_parse(struct entry *e, struct span text)
{
	size_t n = 0;

	memset(e, 0, sizeof *e);
	e->text = text;
	if (text.n > 0 && text.p[0] == '"')
		n = entry_quote_end(text, 0);
	while (n < text.n && !byte_is_blank(text.p[n]))
		n++;
	e->fields = span_trim(span_drop(text, n));
	if (addr_parse_pasted(&e->addr, span_of(text.p, n), &e->why) == 0 &&
	    (e->fields.n == 0 || e->fields.p[0] != '<')) {
		e->kind = ENTRY_GOOD;
		return;
	}
	n = find_unquoted(text, '<');
	if (n < text.n)
		parse_named(e, n);
	else
		e->kind = addr_parse(&e->addr, text, &e->why) == 0 ?
		    ENTRY_GOOD : ENTRY_BAD;
	if (e->kind == ENTRY_BAD) {
		memset(&e->addr, 0, sizeof e->addr);
		e->fields = span_of(NULL, 0);
	}
}

int
entry_field(struct span *fields, struct field *f, const char **why)
{
	struct span s = span_trim(*fields);
	size_t key = 0, end, quote = 0;

	*fields = s;
	if (s.n == 0)
		return 0;
	while (key < s.n && entry_is_key(s.p[key]))
		key++;
	*why = "expected a field key=value, or a comma";
	if (key == 0 || key == s.n || s.p[key] != '=')
		return -1;
	end = key + 1;
	f->key = span_of(s.p, key);
	if (end < s.n && s.p[end] == '"')
		quote = entry_quote_end(s, end);
	if (quote > 0) {
		f->value = quoted_from(s, end + 1, quote);
		end = quote + 1;
	} else {
		while (end < s.n && !byte_is_blank(s.p[end]))
			end++;
		f->value.raw = span_of(s.p + key + 1, end - key - 1);
		f->value.escapes = 0;
	}
	*fields = span_drop(s, end);
	*why = "expected a blank after the quoted value";
	return end == s.n || byte_is_blank(s.p[end]) ? 1 : -1;
}

