#include "rests.h"

static int
same_address(const struct link_server *a, const struct link_server *b)
{
	return strcmp(a->addr.host, b->addr.host) == 0 &&
	    strcmp(a->addr.port, b->addr.port) == 0;
}

static void
copy(struct link_server *to, const struct link_server *from)
{
	to->rest = from->rest;
	to->pausing = 0;
	to->stage = from->stage;
	to->code = from->code;
	buf_clear(&to->why);
	buf_addspan(&to->why, buf_span(&from->why));
}

/* The entry of v, or a new one, or that which ends first. */
static struct link_server *
place(struct rests *r, const struct link_server *v)
{
	struct link_server *e, *first = r->server;

	for (e = r->server; e < r->server + r->n; e++) {
		if (same_address(e, v))
			return e;
		if (e->rest < first->rest)
			first = e;
	}
	return r->n < RESTS_MAX ? &r->server[r->n++] : first;
}

void
rests_note(struct rests *r, const struct link_server *v)
{
	struct link_server *e;

	if (v->pausing)
		return;
	if (r->server == NULL)
		r->server = die_calloc(RESTS_MAX, sizeof *r->server);
	e = place(r, v);
	e->addr = v->addr;
	copy(e, v);
}

void
rests_look(const struct rests *r, struct link_server *v)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (r->server[i].rest > v->rest &&
		    same_address(&r->server[i], v))
			copy(v, &r->server[i]);
}

void
rests_free(struct rests *r)
{
	link_servers_free(r->server, r->n);
	r->server = NULL;
	r->n = 0;
}
