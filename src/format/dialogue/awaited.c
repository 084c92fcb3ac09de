#include "awaited.h"

/* RFC 2920 3.1: those that can only be the last of a group. */
static int
bars(const struct awaited_one *one)
{
	return one->kind == AWAITED_RESPONSE ||
	    (one->kind == AWAITED_COMMAND &&
	    (one->verb == NULL || (one->verb->bits & VERB_WAITS) != 0));
}

static struct awaited_one *
nth(const struct awaited *a, size_t n)
{
	return (struct awaited_one *)(void *)a->b.p + a->answered + n;
}

struct awaited_one *
awaited_add(struct awaited *a, const struct awaited_one *one)
{
	if (a->n == AWAITED_MAX)
		return NULL;
	buf_add(&a->b, one, sizeof *one);
	a->bars += (size_t)bars(one);
	return nth(a, a->n++);
}

const struct awaited_one *
awaited_oldest(const struct awaited *a)
{
	return a->n > 0 ? nth(a, 0) : NULL;
}

const struct awaited_one *
awaited_newest(const struct awaited *a)
{
	return a->n > 0 ? nth(a, a->n - 1) : NULL;
}

void
awaited_answer(struct awaited *a)
{
	if (a->n == 0)
		return;
	a->bars -= (size_t)bars(nth(a, 0));
	a->answered++;
	/* Seldom, for what is left moves. */
	if (a->answered >= a->n--) {
		buf_consume(&a->b, a->answered * sizeof(struct awaited_one));
		a->answered = 0;
	}
}

const char *
awaited_name(const struct awaited_one *one)
{
	switch (one->kind) {
	case AWAITED_DOT:
		return ".";
	case AWAITED_RESPONSE:
		return "AUTH";
	default:
		return one->verb != NULL ? one->verb->name : "";
	}
}

int
awaited_is(const struct awaited_one *one, const char *verb)
{
	return one != NULL && one->kind == AWAITED_COMMAND &&
	    strcmp(awaited_name(one), verb) == 0;
}

void
awaited_free(struct awaited *a)
{
	buf_free(&a->b);
}
