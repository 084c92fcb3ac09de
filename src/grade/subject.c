#include "subject.h"

#include "suites.h"

static const struct client_kind *
client_kind(const struct subject *s)
{
	return s->pop3 ? &suites_pop3_client : &suites_smtp_client;
}

static const struct server_kind *
server_kind(const struct subject *s)
{
	return s->pop3 ? &suites_pop3_server : &suites_smtp_server;
}

const struct suite *
subject_suite(const struct subject *s)
{
	return s->server ? server_kind(s)->suite : client_kind(s)->suite;
}

static void
judge_client(const struct subject *s, struct grade *g, char *const *words)
{
	struct clientgrade c;

	memset(&c, 0, sizeof c);
	c.kind = client_kind(s);
	c.words = words;
	c.dir = s->dir;
	c.timeout = s->timeout;
	c.talk = s->talk;
	grade_run(g, &c);
	clientgrade_free(&c);
}

static void
judge_server(const struct subject *s, struct grade *g, char *const *words)
{
	const struct server_kind *kind = server_kind(s);
	struct servergrade server;

	memset(&server, 0, sizeof server);
	server.addr = s->addr;
	server.words = s->addr != NULL ? NULL : words;
	server.store = s->store;
	server.timeout = s->timeout;
	server.probe.pop3 = kind->pop3;
	server.probe.from = s->from != NULL ? s->from : kind->from;
	server.probe.to = s->to != NULL ? s->to : kind->to;
	server.probe.talk = s->talk;
	grade_run(g, &server);
	servergrade_free(&server);
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
