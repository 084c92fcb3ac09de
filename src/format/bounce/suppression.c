#include "suppression.h"

#include <stdlib.h>

#include "blame.h"
#include "format/mail/addr.h"
#include "format/mail/date.h"
#include "format/mail/idn.h"
#include "format/wire/gone.h"

#define DAY (24 * 60 * 60)

/* Why somebody is on the list; a later one wins over those before it. */
enum reason { NOT_LISTED, BY_HAND, FAILED, COMPLAINED, LEFT };

static const char *const reasons[] = {
	"", "", "failed", "complained", "left"
};

struct suppressed {
	enum reason reason;
	int is_old;		/* on the list that was read */
	int is_new;		/* it needs another line */
	int is_written;
	int64_t time;		/* since when */
	uintmax_t count;
	struct piece address, why;
	int64_t until;		/* the latest that has been counted */
	int64_t lifted;		/* what "listed" lines say, or INT64_MIN */
	size_t days;		/* how many, */
	size_t day;		/* the latest of them, and 1; 0: none */
};

struct suppression_day {
	int64_t time;
	int is_new;		/* nobody remembers it yet */
	size_t before;		/* the place of the one before it, and 1 */
};

void
suppression_free(struct suppression *s)
{
	free(s->who);
	set_free(&s->set);
	buf_free(&s->text);
	buf_free(&s->days);
}

/* ASCII case does not count, and U-labels are the same as A-labels. */
static void
add_key(struct buf *b, struct span address)
{
	struct buf ascii = { 0 };

	if (!span_is_ascii(address) && idn_address(&ascii, address) == 0)
		address = buf_span(&ascii);
	buf_addlower(b, address);
	buf_free(&ascii);
}

/* Whose address it is. */
static struct suppressed *
find(struct suppression *s, struct span address)
{
	const size_t had = s->set.n, at = s->text.n;
	struct suppressed *who;
	size_t i;

	add_key(&s->text, address);
	if (s->text.n > UINT32_MAX)
		die(EX_DATAERR, "more addresses than there is room for");
	if (had == 0)
		set_init(&s->set, s->text.p, s->seed, 0);
	set_rebase(&s->set, s->text.p);
	i = set_add(&s->set, span_drop(buf_span(&s->text), at));
	if (i < had) {
		s->text.n = at;
		return &s->who[i];
	}
	s->who = die_grow(s->who, i, &s->cap, sizeof *s->who);
	who = &s->who[i];
	memset(who, 0, sizeof *who);
	who->until = who->lifted = INT64_MIN;
	who->address = buf_keep(&s->text, address);
	return who;
}

int
suppression_listed(struct suppression *s, struct span line)
{
	struct suppressed *who;
	struct gone g;
	int r = gone_parse(&g, line);
	size_t i;

	if (r <= 0)
		return r;
	who = find(s, g.address);
	who->is_old = 1;
	for (i = LEFT; i > BY_HAND && !span_is(g.reason, reasons[i]); i--)
		;
	if ((enum reason)i <= who->reason)
		return 0;		/* twice in the list */
	who->reason = (enum reason)i;
	who->time = g.time;
	who->count = g.count;
	who->why = buf_keep(&s->text, g.text);
	return 0;
}

static struct suppression_day *
day_at(const struct suppression *s, size_t place)
{
	return (struct suppression_day *)(void *)s->days.p + (place - 1);
}

static int64_t
day_of(int64_t time)
{
	return time >= 0 ? time / DAY : -1 - (-1 - time) / DAY;
}

/* Counts a failure, one a day; the earliest of its day is kept. */
static void
count(struct suppression *s, struct suppressed *who, int64_t time, int is_new)
{
	struct suppression_day day;
	size_t i;

	for (i = who->day; i != 0; i = day_at(s, i)->before)
		if (day_of(day_at(s, i)->time) == day_of(time))
			return;
	day.time = time;
	day.is_new = is_new;
	day.before = who->day;
	buf_add(&s->days, &day, sizeof day);
	who->day = s->days.n / sizeof day;
	who->days++;
}

int
suppression_remembered(struct suppression *s, struct span line)
{
	struct suppressed *who;
	struct span address;
	int64_t time;

	line = span_chomp(line);
	address = span_cut(&line, '\t');
	if (address.n == 0 ||
	    date_iso_parse(span_cut(&line, '\t'), &time) < 0)
		return -1;
	who = find(s, address);
	if (span_is(line, "failed"))
		count(s, who, time, 0);
	else if (!span_is(line, "listed"))
		return -1;
	else if (time > who->lifted)
		who->lifted = time;
	if (time > who->until)
		who->until = time;
	return 0;
}

/* The days behind the one when a person has taken who off the list. */
static size_t
days_since(const struct suppression *s, const struct suppressed *who)
{
	size_t i, n = 0;

	if (who->is_old || who->lifted == INT64_MIN)
		return who->days;
	for (i = who->day; i != 0; i = day_at(s, i)->before)
		n += day_at(s, i)->time > who->lifted;
	return n;
}

static void
put(struct suppression *s, struct suppressed *who, enum reason reason,
    const struct result *r)
{
	/* A line that a person has written stays as it is. */
	if (reason <= who->reason || who->reason == BY_HAND)
		return;
	who->reason = reason;
	who->is_new = 1;
	who->time = r->time;
	who->count = reason == FAILED ? days_since(s, who) : 1;
	who->why = buf_keep(&s->text, r->text);
}

static void
take_failure(struct suppression *s, struct suppressed *who, enum blame blame,
    const struct result *r)
{
	size_t days;

	count(s, who, r->time, 1);
	days = days_since(s, who);
	if (blame == BLAME_NO_USER || days >= s->enough)
		put(s, who, FAILED, r);
	if (who->reason == FAILED && days > who->count) {
		who->count = days;
		who->is_new = 1;
	}
}

void
suppression_result(struct suppression *s, const struct result *r)
{
	const enum blame blame = blame_of(r);
	struct suppressed *who;
	struct addr a;

	if (r->status != RESULT_LEFT && r->status != RESULT_COMPLAINED &&
	    blame != BLAME_NO_USER && blame != BLAME_RCPT)
		return;
	if (addr_parse_bare(&a, r->rcpt, NULL) < 0)
		return;
	who = find(s, r->rcpt);
	if (!who->is_old && r->time <= who->lifted)
		return;
	if (r->time > who->until)
		who->until = r->time;
	if (r->status == RESULT_FAILED)
		take_failure(s, who, blame, r);
	else
		put(s, who, r->status == RESULT_LEFT ? LEFT : COMPLAINED, r);
}

static void
add_line(const struct suppression *s, struct buf *b, struct suppressed *who)
{
	struct gone g;

	g.address = buf_piece(&s->text, who->address);
	g.reason = span_str(reasons[who->reason]);
	g.time = who->time;
	g.count = who->count;
	g.text = buf_piece(&s->text, who->why);
	gone_add(b, &g);
	who->is_written = 1;
}

void
suppression_list(struct suppression *s, struct buf *b, struct span old)
{
	struct suppressed *who;
	struct span line;
	struct gone g;
	size_t i;

	while (old.n > 0) {
		line = span_line(&old);
		who = gone_parse(&g, line) > 0 ? find(s, g.address) : NULL;
		if (who == NULL || !who->is_new) {
			buf_addspan(b, span_chomp(line));
			buf_addc(b, '\n');
		} else if (!who->is_written)
			add_line(s, b, who);
	}
	for (i = 0; i < s->set.n; i++)
		if (s->who[i].is_new && !s->who[i].is_written)
			add_line(s, b, &s->who[i]);
}

static void
remember(const struct suppression *s, struct buf *b,
    const struct suppressed *who, int64_t time, const char *word)
{
	buf_addspan(b, buf_piece(&s->text, who->address));
	buf_addc(b, '\t');
	date_iso(b, time);
	buf_addf(b, "\t%s\n", word);
}

void
suppression_memory(const struct suppression *s, struct buf *b)
{
	const struct suppressed *who;
	size_t i, k;

	for (i = 0; i < s->set.n; i++) {
		who = &s->who[i];
		for (k = who->day; k != 0; k = day_at(s, k)->before)
			if (day_at(s, k)->is_new)
				remember(s, b, who, day_at(s, k)->time,
				    "failed");
		if (who->reason > BY_HAND && who->until > who->lifted)
			remember(s, b, who, who->until, "listed");
	}
}
