#include "clientgrade.h"

#include <stdlib.h>

#include "sys/stop.h"

/*
 * A reply is held back for so many ms at least; for so many times what the
 * client takes for a line where that is more, and not longer than that.
 */
#define HOLD_MIN 250
#define HOLD_TIMES 4
#define HOLD_MAX 3000

#define STUCK_MAX 4		/* attempts that may not end */

static int
is_same(const struct client_point *a, const struct client_point *b)
{
	return strcmp(a->script, b->script) == 0 &&
	    strcmp(a->sample, b->sample) == 0 && a->to == b->to;
}

static int
hold_of(const struct clientgrade *c)
{
	int ms = c->slowest * HOLD_TIMES;

	return ms < HOLD_MIN ? HOLD_MIN : ms > HOLD_MAX ? HOLD_MAX : ms;
}

static void
give_up(struct clientgrade *c, const struct attempt *a)
{
	if (a->err != 0)
		buf_addf(&c->hopeless, "the command cannot be run: %s",
		    strerror(a->err));
	else if (stop_asked())
		buf_adds(&c->hopeless, "stopped");
	else if (a->said.unended)
		buf_adds(&c->hopeless, "its lines have no ending");
	else if (c->stuck >= STUCK_MAX)
		buf_addf(&c->hopeless, "it did not end %d times", c->stuck);
}

static void
run(struct clientgrade *c, const struct client_point *p, struct attempt *a)
{
	struct scripted_conf scripted = {
		p->script, c->kind->smtp, hold_of(c), c->kind->usual, NULL,
		c->talk
	};
	struct attempt_conf conf = {
		c->words, c->dir, c->kind->from, p->to != NULL ? p->to :
		    c->kind->to, { NULL, 0 }, c->timeout, &scripted
	};
	struct buf sample = { 0 };

	c->kind->sample(&sample, p->sample, conf.from, conf.to);
	conf.message = buf_span(&sample);
	scripted.arg = &sample;
	if (c->talk != NULL)
		c->talk('-', span_str(p->point.name));
	attempt_run(a, &conf);
	if (c->n == 1)
		c->slowest = a->said.slowest;
	c->stuck += a->stuck;
	give_up(c, a);
	buf_free(&sample);
}

static const struct attempt *
attempt_of(struct clientgrade *c, const struct client_point *p)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (is_same(c->played[i].point, p))
			return &c->played[i].attempt;
	if (c->hopeless.n > 0)
		return NULL;
	c->played = die_realloc(c->played, ++c->n, sizeof *c->played);
	c->played[i].point = p;
	run(c, p, &c->played[i].attempt);
	return &c->played[i].attempt;
}

enum verdict
clientgrade_try(void *subject, const struct point *point, struct buf *evidence)
{
	const struct client_point *p = (const struct client_point *)
	    (const void *)point;
	struct clientgrade *c = subject;
	const struct attempt *a = attempt_of(c, p);
	int right;

	if (a == NULL || a->err != 0) {
		buf_addspan(evidence, buf_span(&c->hopeless));
		return a == NULL ? POINT_UNTRIED : POINT_FAILED;
	}
	right = p->judge(a, p->arg, evidence);
	return right > 0 ? POINT_OK : right == 0 ? POINT_FAILED :
	    POINT_UNTRIED;
}

void
clientgrade_free(struct clientgrade *c)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		attempt_free(&c->played[i].attempt);
	free(c->played);
	buf_free(&c->hopeless);
}
