/*
 * What protograde reads: what a client says to a scripted server, what a server
 * answers to a probe, points files and lists of a class.
 */
#include "fuzz.h"

#include "grade/class.h"
#include "grade/evidence.h"
#include "grade/grade.h"
#include "grade/marks.h"
#include "grade/suites.h"

#define MS 1000

/* All points are judged by one attempt, those that they need first. */
static enum verdict
judge(void *subject, const struct point *point, struct buf *evidence)
{
	const struct client_point *p = (const struct client_point *)
	    (const void *)point;
	int right = p->judge(subject, p->arg, evidence);

	read_all(evidence->p, evidence->n);
	return right > 0 ? POINT_OK : right == 0 ? POINT_FAILED :
	    POINT_UNTRIED;
}

static void
try_client(struct dice *d, struct span input)
{
	const struct client_kind *kind = roll(d, 2) ? &suites_smtp_client :
	    &suites_pop3_client;
	const struct client_point *p = kind->suite->points;
	struct scripted_conf conf = { "", kind->smtp, 10, kind->usual, NULL,
	    NULL };
	struct suite suite = *kind->suite;
	struct buf sample = { 0 };
	struct attempt a;
	struct grade g;
	size_t i = roll(d, (unsigned)kind->suite->n);
	int fd, peer;

	memset(&a, 0, sizeof a);
	kind->sample(&sample, p[i].sample, kind->from, kind->to);
	conf.script = p[i].script;
	conf.arg = &sample;
	a.from = kind->from;
	a.to = kind->to;
	a.connected = 1;
	buf_addspan(&a.message, buf_span(&sample));
	buf_addspan(&a.fetched, input);
	fd = as_peer(input, &peer);
	scripted_play(&a.said, &conf, fd, MS);
	suite.try = judge;
	grade_init(&g, &suite);
	grade_run(&g, &a);
	grade_free(&g);
	close(fd);
	close(peer);
	attempt_free(&a);
	buf_free(&sample);
}

struct server {
	struct span says;
	int peer;
};

static int
dial(void *arg, const char **why)
{
	struct server *s = arg;

	*why = "";
	if (s->peer >= 0)
		close(s->peer);
	return as_peer(s->says, &s->peer);
}

/* Pauses are passed over: they take time, and show nothing here. */
static void
try_server(struct dice *d, struct span input)
{
	const struct server_kind *kind = roll(d, 2) ? &suites_smtp_server :
	    &suites_pop3_server;
	const struct server_point *p = kind->suite->points;
	struct server server = { input, -1 };
	const struct probe_conf conf = {
		dial, &server, kind->pop3, kind->from, kind->to,
		span_str("token"), span_str("text"), MS, NULL
	};
	struct buf evidence = { 0 };
	struct servergrade s;
	struct probe v;
	size_t i = roll(d, (unsigned)kind->suite->n);

	if (strchr(p[i].script, '^') != NULL)
		return;
	memset(&s, 0, sizeof s);
	probe_play(&v, &conf, p[i].script, &evidence);
	servercheck_crlf(&s, &v, &evidence);
	servercheck_form(&s, &v, &evidence);
	servercheck_numbers(&s, &v, &evidence);
	servercheck_fetched(&s, &v, &evidence);
	read_all(evidence.p, evidence.n);
	probe_free(&v);
	if (server.peer >= 0)
		close(server.peer);
	buf_free(&evidence);
}

/* The i-th point's verdict, and evidence that holds the input. */
static enum verdict
try(void *subject, const struct point *p, struct buf *evidence)
{
	const struct span *input = subject;

	evidence_quote(evidence, *input);
	return input->n > 0 ? (enum verdict)((uint8_t)input->p[
	    strlen(p->name) % input->n] % 4) : POINT_OK;
}

static void
try_points(struct span input)
{
	struct suite suite = *suites_smtp_client.suite;
	struct buf faults = { 0 }, b = { 0 }, html = { 0 };
	struct grade g;
	int r;

	suite.try = try;
	grade_init(&g, &suite);
	r = grade_choose(&g, input, "p", &faults);
	MUST((r == 0) == (faults.n == 0));
	if (r == 0) {
		grade_run(&g, &input);
		MUST(grade_got(&g) <= grade_most(&g));
		marks_add(&b, MARKS_TAP, &g, "x");
		marks_add(&b, MARKS_TEXT, &g, "x");
		marks_add(&b, MARKS_TSV, &g, "x");
		marks_add(&html, MARKS_HTML, &g, "<&>\"");
		must_be_xml(&html);
	}
	grade_free(&g);
	buf_free(&faults);
	buf_free(&b);
	buf_free(&html);
}

static void
try_class(struct span input)
{
	struct span name, command;
	struct buf faults = { 0 };

	if (class_check(input, "c", &faults) == 0) {
		MUST(faults.n == 0);
		while (class_next(&input, &name, &command))
			MUST(name.n > 0 && command.n > 0);
	} else {
		MUST(faults.n > 0);
	}
	buf_free(&faults);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span input = span_of(data, n);
	struct dice d;

	if (take_seed(&d, &input) < 0)
		return 0;
	switch (roll(&d, 4)) {
	case 0: try_client(&d, input); break;
	case 1: try_server(&d, input); break;
	case 2: try_points(input); break;
	default: try_class(input);
	}
	return 0;
}
