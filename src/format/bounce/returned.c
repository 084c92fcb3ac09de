#include "returned.h"

#include <stdlib.h>

#include "format/mail/addr.h"
#include "format/mail/idn.h"
#include "format/wire/results.h"

struct returned_letter {
	int open;
	struct piece line;
};

void
returned_free(struct returned *r)
{
	free(r->letter);
	set_free(&r->set);
	buf_free(&r->text);
	buf_free(&r->line);
}

/*
 * A key: the Message-ID, and the recipient in lower case with a domain of
 * A-labels, or nothing where the bounce tells no more than its hash.
 */
static void
add_key(struct buf *b, struct span id, struct span rcpt)
{
	const char *why;
	struct addr a;

	buf_addspan(b, id);
	buf_addc(b, '\0');
	if (addr_parse_bare(&a, rcpt, NULL) < 0) {
		buf_addlower(b, rcpt);
		return;
	}
	if (a.domain.p == NULL)
		return;
	buf_addlower(b, a.local);
	buf_addc(b, '@');
	if (span_is_ascii(a.domain) || idn_domain(b, a.domain, &why) < 0)
		buf_addlower(b, a.domain);
}

/* One more, unless there is one with that key. */
static void
add(struct returned *r, struct span id, struct span rcpt, struct span line)
{
	const size_t had = r->set.n, at = r->text.n;

	add_key(&r->text, id, rcpt);
	if (r->text.n > UINT32_MAX)
		die(EX_DATAERR, "more bounces than there is room for");
	if (had == 0)
		set_init(&r->set, r->text.p, r->seed, SET_FOLD_NONE);
	set_rebase(&r->set, r->text.p);
	if (set_add(&r->set, span_drop(buf_span(&r->text), at)) < had) {
		r->text.n = at;
		return;
	}
	r->letter = die_grow(r->letter, had, &r->cap, sizeof *r->letter);
	r->letter[had].open = line.n > 0;
	r->letter[had].line = buf_keep(&r->text, line);
	r->open += line.n > 0;
	set_rebase(&r->set, r->text.p);
}

int
returned_bounce(struct returned *r, struct span line, int known)
{
	const struct span none = { 0 };
	struct result of;
	const int got = result_parse(&of, line);

	if (got != 0 || of.status != RESULT_FAILED || of.id.n == 0)
		return got < 0 ? -1 : 0;
	add(r, of.id, of.rcpt, known ? none : line);
	/* It may come again from where the recipient is not known. */
	if (known)
		add(r, of.id, none, none);
	return 0;
}

/* The open bounce of a letter to rcpt, or to somebody; or NULL. */
static struct returned_letter *
find(const struct returned *r, struct span id, struct span rcpt)
{
	struct buf key = { 0 };
	size_t i;

	add_key(&key, id, rcpt);
	i = set_find(&r->set, buf_span(&key));
	buf_free(&key);
	return i != SET_NONE && r->letter[i].open ? &r->letter[i] : NULL;
}

int
returned_letter(struct returned *r, struct span line, struct span *bounce)
{
	const struct span none = { 0 };
	struct returned_letter *letter;
	struct result of, is;

	if (r->open == 0 || result_parse(&of, line) != 0 ||
	    of.status != RESULT_SENT || of.id.n == 0)
		return 0;
	letter = find(r, of.id, of.rcpt);
	if (letter == NULL)
		letter = find(r, of.id, none);
	if (letter == NULL)
		return 0;
	letter->open = 0;
	r->open--;
	*bounce = buf_piece(&r->text, letter->line);
	if (result_parse(&is, *bounce) == 0 &&
	    span_find(is.rcpt, '@') == NULL) {
		is.rcpt = of.rcpt;
		buf_clear(&r->line);
		result_add(&r->line, &is);
		*bounce = span_chomp(buf_span(&r->line));
	}
	return 1;
}

int
returned_next(const struct returned *r, size_t *i, struct span *bounce)
{
	const struct returned_letter *letter;

	while (*i < r->set.n) {
		letter = &r->letter[(*i)++];
		*bounce = buf_piece(&r->text, letter->line);
		if (letter->open)
			return 1;
	}
	return 0;
}
