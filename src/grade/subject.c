#include "subject.h"

#include "suites.h"

const struct suite *
subject_suite(const struct subject *s)
{
	return s->server ? suites_smtp_server.suite :
	    suites_smtp_client.suite;
}

static void
judge_client(const struct subject *s, struct grade *g, char *const *words)
{
	struct clientgrade c;

	memset(&c, 0, sizeof c);
	c.kind = &suites_smtp_client;
	c.words = words;
	c.dir = s->dir;
	c.timeout = s->timeout;
	c.talk = s->talk;
	grade_run(g, &c);
	client_free(&c);
}

static void
judge_server(const struct subject *s, struct grade *g, char *const *words)
{
	const struct server_kind *kind = &suites_smtp_server;
	struct servergrade server;

	memset(&server, 0, sizeof server);
	server.addr = s->addr;
	server.words = s->addr != NULL ? NULL : words;
	server.store = s->store;
	server.timeout = s->timeout;
	server.visit.pop3 = kind->pop3;
	server.visit.from = s->from != NULL ? s->from : kind->from;
	server.visit.to = s->to != NULL ? s->to : kind->to;
	server.visit.talk = s->talk;
	grade_run(g, &server);
	server_free(&server);
}

void
subject_judge(const struct subject *s, struct grade *g, char *const *words)
{
	grade_again(g);
	if (s->server)
		judge_server(s, g, words);
	else
		judge_client(s, g, words);
}
