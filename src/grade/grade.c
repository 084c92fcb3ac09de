#include "grade.h"

#include <stdlib.h>

const struct point *
grade_point(const struct grade *g, size_t i)
{
	return (const struct point *)(const void *)
	    ((const char *)g->suite->points + i * g->suite->size);
}

void
grade_init(struct grade *g, const struct suite *suite)
{
	size_t i;

	g->suite = suite;
	g->marks = die_calloc(suite->n, sizeof *g->marks);
	for (i = 0; i < suite->n; i++)
		g->marks[i].weight = !grade_point(g, i)->extra;
	grade_again(g);
}

void
grade_again(struct grade *g)
{
	size_t i;

	for (i = 0; i < g->suite->n; i++) {
		g->marks[i].verdict = POINT_UNTRIED;
		buf_clear(&g->marks[i].evidence);
	}
}

void
grade_free(struct grade *g)
{
	size_t i;

	for (i = 0; i < g->suite->n; i++)
		buf_free(&g->marks[i].evidence);
	free(g->marks);
}

/* The number of the point that has the name, or n. */
static size_t
find(const struct grade *g, struct span name)
{
	size_t i;

	for (i = 0; i < g->suite->n; i++)
		if (span_is(name, grade_point(g, i)->name))
			break;
	return i;
}

/* Why a line of a choice is wrong, or NULL. */
static const char *
choose_line(struct grade *g, struct span line, char *named)
{
	struct span name = span_take_word(&line), number;
	uintmax_t weight = 1;
	size_t i;

	number = span_take_word(&line);
	if (number.n > 0 && (span_number(number, &weight) < 0 ||
	    weight > GRADE_WEIGHT_MAX))
		return "not a weight";
	if (span_take_word(&line).n > 0)
		return "more than a name and a weight";
	if (span_is(name, "*")) {
		for (i = 0; i < g->suite->n; i++)
			if (!named[i] && !grade_point(g, i)->extra)
				g->marks[i].weight = (unsigned)weight;
		return NULL;
	}
	i = find(g, name);
	if (i == g->suite->n)
		return "no such point";
	if (named[i])
		return "named already";
	named[i] = 1;
	g->marks[i].weight = (unsigned)weight;
	return NULL;
}

int
grade_choose(struct grade *g, struct span text, const char *name,
    struct buf *faults)
{
	char *named = die_calloc(g->suite->n, 1);
	unsigned long n = 0;
	struct span line;
	const char *why;
	size_t i;

	for (i = 0; i < g->suite->n; i++)
		g->marks[i].weight = 0;
	while (text.n > 0) {
		line = span_trim(span_chomp(span_line(&text)));
		n++;
		if (line.n == 0 || line.p[0] == '#')
			continue;
		why = choose_line(g, line, named);
		if (why != NULL)
			buf_addfault(faults, "%s:%lu: %s", name, n, why);
	}
	free(named);
	if (faults->n == 0 && grade_most(g) == 0)
		buf_addfault(faults, "%s: no point is chosen", name);
	return faults->n > 0 ? -1 : 0;
}

/* Those that the i-th one needs, and what they need. */
static void
mark_needs(struct grade *g, size_t i)
{
	struct span needs, word;
	size_t at;

	if (grade_point(g, i)->needs == NULL)
		return;
	needs = span_str(grade_point(g, i)->needs);
	while ((word = span_take_word(&needs)).n > 0) {
		at = find(g, word);
		if (at < i && !g->marks[at].needed) {
			g->marks[at].needed = 1;
			mark_needs(g, at);
		}
	}
}

/* The number of the point that it needs and that is not right, or n. */
static size_t
lacks(const struct grade *g, size_t i)
{
	struct span needs, word;
	size_t at;

	if (grade_point(g, i)->needs == NULL)
		return g->suite->n;
	needs = span_str(grade_point(g, i)->needs);
	while ((word = span_take_word(&needs)).n > 0) {
		at = find(g, word);
		if (at < i && g->marks[at].verdict != POINT_OK)
			return at;
	}
	return g->suite->n;
}

static void
try(struct grade *g, size_t i, void *subject)
{
	struct mark *m = &g->marks[i];
	size_t at = lacks(g, i);

	if (at == g->suite->n) {
		m->verdict = g->suite->try(subject, grade_point(g, i),
		    &m->evidence);
		return;
	}
	m->verdict = g->marks[at].verdict == POINT_EXCUSED ? POINT_EXCUSED :
	    POINT_UNTRIED;
	buf_addf(&m->evidence, "needs %s", grade_point(g, at)->name);
}

void
grade_run(struct grade *g, void *subject)
{
	size_t i;

	for (i = g->suite->n; i-- > 0;)
		if (g->marks[i].weight > 0)
			mark_needs(g, i);
	for (i = 0; i < g->suite->n; i++)
		if (g->marks[i].weight > 0 || g->marks[i].needed)
			try(g, i, subject);
}

unsigned long
grade_got(const struct grade *g)
{
	unsigned long sum = 0;
	size_t i;

	for (i = 0; i < g->suite->n; i++)
		if (g->marks[i].verdict == POINT_OK)
			sum += g->marks[i].weight;
	return sum;
}

unsigned long
grade_most(const struct grade *g)
{
	unsigned long sum = 0;
	size_t i;

	for (i = 0; i < g->suite->n; i++)
		if (g->marks[i].verdict != POINT_EXCUSED)
			sum += g->marks[i].weight;
	return sum;
}

int
grade_is_whole(const struct grade *g)
{
	return grade_got(g) == grade_most(g);
}
