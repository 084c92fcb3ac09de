#include "returned.h"

#include <stdlib.h>

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
}

static void
add_key(struct buf *b, const struct result *of)
{
	buf_addspan(b, of->id);
	buf_addc(b, '\0');
	buf_addlower(b, of->rcpt);
}

int
returned_bounce(struct returned *r, struct span line, int known)
{
	const size_t had = r->set.n, at = r->text.n;
	struct result of;
	const int got = result_parse(&of, line);

	if (got != 0 || of.status != RESULT_FAILED || of.id.n == 0)
		return got < 0 ? -1 : 0;
	add_key(&r->text, &of);
	if (r->text.n > UINT32_MAX)
		die(EX_DATAERR, "more bounces than there is room for");
	if (had == 0)
		set_init(&r->set, r->text.p, r->seed, SET_FOLD_NONE);
	set_rebase(&r->set, r->text.p);
	if (set_add(&r->set, span_drop(buf_span(&r->text), at)) < had) {
		r->text.n = at;
		return 0;
	}
	if (had == r->cap) {
		r->cap = r->cap * 2 + 64;
		r->letter = die_realloc(r->letter, r->cap, sizeof *r->letter);
	}
	r->letter[had].open = !known;
	r->letter[had].line = buf_keep(&r->text,
	    known ? span_of(NULL, 0) : line);
	r->open += !known;
	set_rebase(&r->set, r->text.p);
	return 0;
}

int
returned_letter(struct returned *r, struct span line, struct span *bounce)
{
	struct returned_letter *letter;
	struct buf key = { 0 };
	struct result of;
	size_t i;

	if (r->open == 0 || result_parse(&of, line) != 0 ||
	    of.status != RESULT_SENT || of.id.n == 0)
		return 0;
	add_key(&key, &of);
	i = set_find(&r->set, buf_span(&key));
	buf_free(&key);
	if (i == SET_NONE || !r->letter[i].open)
		return 0;
	letter = &r->letter[i];
	letter->open = 0;
	r->open--;
	*bounce = buf_piece(&r->text, letter->line);
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
