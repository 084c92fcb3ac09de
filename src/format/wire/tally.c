#include "tally.h"

#include <stdlib.h>

#define SLOTS (4 * TALLY_MAX)	/* a power of two */

static uint64_t
hash_of(struct span s)
{
	uint64_t h = span_hash(SPAN_HASH, s);

	return h ^ h >> 32;
}

/* The slot of a name, or the free one where it belongs. */
static uint16_t *
find(const struct tally *t, struct span name, uint64_t hash)
{
	const struct tally_row *row;
	size_t i;

	for (i = hash & (SLOTS - 1); t->slot[i] != 0;
	    i = (i + 1) & (SLOTS - 1)) {
		row = &t->row[t->slot[i] - 1];
		if (row->hash == hash &&
		    span_eq(span_of(row->name, row->length), name))
			break;
	}
	return &t->slot[i];
}

static void
start(struct tally *t)
{
	t->row = die_calloc(TALLY_MAX, sizeof *t->row);
	t->slot = die_calloc(SLOTS, sizeof *t->slot);
}

static int
by_total(const void *left, const void *right)
{
	const struct tally_row *a = left, *b = right;

	if (a->total != b->total)
		return a->total < b->total ? 1 : -1;
	return (a->hash > b->hash) - (a->hash < b->hash);
}

/* The same, for people: those that are equal by name. */
static int
by_rank(const void *left, const void *right)
{
	const struct tally_row *a = left, *b = right;

	if (a->total != b->total)
		return a->total < b->total ? 1 : -1;
	return span_compare(span_of(a->name, a->length),
	    span_of(b->name, b->length));
}

/* Counts all rows from the one at first on for the others. */
static void
give_up(struct tally *t, size_t first)
{
	size_t i, s;

	for (i = first; i < t->n; i++) {
		for (s = 0; s < RESULT_STATUSES; s++)
			t->others.of[s] += t->row[i].of[s];
		t->others.total += t->row[i].total;
		free(t->row[i].name);
		memset(&t->row[i], 0, sizeof t->row[i]);
	}
	t->n = first < t->n ? first : t->n;
}

/* Makes room: keeps the more frequent half of the names. */
static void
halve(struct tally *t)
{
	struct tally_row *row;
	size_t i;

	qsort(t->row, t->n, sizeof *t->row, by_total);
	give_up(t, TALLY_MAX / 2);
	memset(t->slot, 0, SLOTS * sizeof *t->slot);
	for (i = 0; i < t->n; i++) {
		row = &t->row[i];
		*find(t, span_of(row->name, row->length), row->hash) =
		    (uint16_t)(i + 1);
	}
}

static struct span
cut(struct span name)
{
	return span_of(name.p, name.n < TALLY_NAME_MAX ? name.n :
	    TALLY_NAME_MAX);
}

void
tally_add(struct tally *t, struct span name, enum result_status status)
{
	const struct span key = cut(name);
	const uint64_t hash = hash_of(key);
	struct tally_row *row;
	uint16_t *slot;

	if (t->slot == NULL)
		start(t);
	slot = find(t, key, hash);
	if (*slot == 0) {
		if (t->n == TALLY_MAX) {
			halve(t);
			slot = find(t, key, hash);
		}
		row = &t->row[t->n++];
		row->name = span_dup(key);
		row->length = key.n;
		row->hash = hash;
		*slot = (uint16_t)t->n;
	} else {
		row = &t->row[*slot - 1];
	}
	row->of[status]++;
	row->total++;
}

void
tally_remove(struct tally *t, struct span name, enum result_status status)
{
	const struct span key = cut(name);
	struct tally_row *row = &t->others;
	uint16_t *slot;

	if (t->slot == NULL)
		return;
	slot = find(t, key, hash_of(key));
	if (*slot > 0 && t->row[*slot - 1].of[status] > 0)
		row = &t->row[*slot - 1];
	if (row->of[status] > 0) {
		row->of[status]--;
		row->total--;
	}
}

void
tally_top(struct tally *t, size_t max)
{
	size_t n;

	if (t->n == 0)
		return;
	qsort(t->row, t->n, sizeof *t->row, by_rank);
	for (n = 0; n < t->n && n < max && t->row[n].total > 0; n++)
		;
	give_up(t, n);
}

void
tally_free(struct tally *t)
{
	give_up(t, 0);
	free(t->row);
	free(t->slot);
	memset(t, 0, sizeof *t);
}

/* The part behind the last "@". */
static struct span
domain_of(struct span rcpt)
{
	size_t i;

	for (i = rcpt.n; i > 0; i--)
		if (rcpt.p[i - 1] == '@')
			return span_drop(rcpt, i);
	return span_of(rcpt.p, 0);
}

void
tally_domain(struct buf *b, struct span rcpt)
{
	const struct span domain = domain_of(rcpt);

	if (domain.n == 0)
		buf_addc(b, '-');
	else
		buf_addlower(b, domain);
}

#define ROWS 20			/* of a table */
#define REASON_MAX 200		/* octets */
#define ELLIPSIS "\xe2\x80\xa6"

/* A shorter word is no name of a message, a session or a ticket. */
#define NAME_MIN 5
#define CODE_MAX 4		/* letters, or digits, of one such as S3140 */

/* What stands around a word and is no part of it. */
static int
is_bracket(char c)
{
	return c != '\0' && strchr("<>()[]{}\"',;:.!?=", c) != NULL;
}

static struct span
bare(struct span word)
{
	while (word.n > 0 && is_bracket(word.p[0]))
		word = span_drop(word, 1);
	while (word.n > 0 && is_bracket(word.p[word.n - 1]))
		word.n--;
	return word;
}

static size_t
count(struct span s, int (*is)(int))
{
	size_t i, n = 0;

	for (i = 0; i < s.n; i++)
		n += is(s.p[i]) != 0;
	return n;
}

/* An enhanced status code, or one of a site's own: letters, then digits. */
static int
is_code(struct span word)
{
	struct span rest = word;
	size_t n = 0;

	while (n < word.n && byte_is_letter(word.p[n]))
		n++;
	if (n > 0)
		return n <= CODE_MAX && word.n - n <= CODE_MAX &&
		    count(span_drop(word, n), byte_is_digit) == word.n - n;
	return count(word, byte_is_digit) + 2 == word.n && word.n <= 8 &&
	    span_cut(&rest, '.').n == 1 && span_cut(&rest, '.').n > 0 &&
	    count(rest, byte_is_digit) == rest.n && rest.n > 0;
}

/*
 * Whether a word is of this recipient or message alone: an address, the login
 * itself, an address of a page, a number, or letters and digits mixed.
 */
static int
is_particular(struct span word, struct span login)
{
	const size_t digits = count(word, byte_is_digit);

	if (span_find(word, '@') != NULL || span_case_eq(word, login) ||
	    span_case_begins(word, "http"))
		return 1;
	if (digits == 0 || is_code(word))
		return 0;
	return word.n >= NAME_MIN || digits == word.n;
}

static void
add_word(struct buf *b, struct span word, struct span login)
{
	const struct span inner = bare(word);

	if (inner.n == 0 || !is_particular(inner, login)) {
		buf_addspan(b, word);
		return;
	}
	buf_add(b, word.p, (size_t)(inner.p - word.p));
	buf_adds(b, ELLIPSIS);
	buf_addspan(b, span_drop(word,
	    (size_t)(inner.p - word.p) + inner.n));
}

/* Cuts what is longer, between two characters. */
static void
shorten(struct buf *b, size_t from)
{
	size_t n = from, c;

	if (b->n - from <= REASON_MAX)
		return;
	while ((c = span_char(span_of(b->p + n, b->n - n))) > 0 &&
	    n + c - from < REASON_MAX)
		n += c;
	b->n = n;
	buf_adds(b, ELLIPSIS);
}

void
tally_reason(struct buf *b, const struct result *r)
{
	const size_t from = b->n;
	struct span text = result_reply(r), rcpt = r->rcpt, login, word;

	login = span_cut(&rcpt, '@');
	if (r->code > 0)
		buf_addu(b, (uintmax_t)r->code);
	while ((word = span_take_word(&text)).n > 0) {
		if (b->n > from)
			buf_addc(b, ' ');
		add_word(b, word, login);
	}
	if (b->n == from)
		buf_addf(b, "at %s, without a reason",
		    result_stage_name(r->stage));
	shorten(b, from);
}

/* "    1200  failed    550 5.1.1 No such user here" */
static void
say_rows(struct buf *b, struct tally *t)
{
	const struct tally_row *row;
	size_t i;

	tally_top(t, ROWS);
	for (i = 0; i < t->n; i++) {
		row = &t->row[i];
		buf_addf(b, "%8ju  ", row->total);
		buf_addshown(b, span_of(row->name, row->length));
		buf_addc(b, '\n');
	}
	if (t->others.total > 0)
		buf_addf(b, "%8ju  (others)\n", t->others.total);
	tally_free(t);
}

void
tally_say(struct buf *b, const struct result *r, size_t n)
{
	struct tally domains = { 0 }, reasons = { 0 };
	struct buf name = { 0 };
	size_t i;

	for (i = 0; i < n; i++) {
		buf_clear(&name);
		tally_domain(&name, r[i].rcpt);
		tally_add(&domains, buf_span(&name), r[i].status);
		buf_clear(&name);
		tally_reason(&name, &r[i]);
		tally_add(&reasons, buf_span(&name), r[i].status);
	}
	buf_free(&name);
	buf_adds(b, "By domain:\n\n");
	say_rows(b, &domains);
	buf_adds(b, "\nBy reason:\n\n");
	say_rows(b, &reasons);
}
