#include "servergrade.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "attempt.h"
#include "evidence.h"
#include "stored.h"
#include "sys/secret.h"
#include "sys/spawn.h"
#include "sys/stop.h"

#define LOOPBACK "127.0.0.1"
#define PORT_MIN 10000u
#define PORTS 20000u
#define PORT_TRIES 50
#define NAP 20
#define CPU 30			/* seconds, for each of its processes */
#define FILE_MAX ((uint64_t)64 << 20)
#define STARTS_MAX 200		/* of a server that ends */
#define STUCK_MAX 5		/* times that one may say nothing */
#define CRASH 200		/* ms for a program to end */
#define ABSENT 600		/* ms for what should not be stored */

/* --- The program ------------------------------------------------------ */

/*
 * A port that is free now, and likely to be so when the program takes it: none
 * of those that systems give away by themselves.
 */
static void
find_port(struct net_addr *a)
{
	int fds[NET_SOCKETS_MAX], tries;
	char text[NET_TEXT_MAX];
	const char *why = "";
	unsigned short u;

	for (tries = 0; tries < PORT_TRIES; tries++) {
		secret_fill(&u, sizeof u);
		snprintf(text, sizeof text, LOOPBACK ":%u",
		    PORT_MIN + u % PORTS);
		net_parse(a, text, "0");
		if (net_listen(a, fds, &why) > 0) {
			io_close(fds[0]);
			return;
		}
	}
	die(EX_TEMPFAIL, "%s: %s", text, why);
}

static int
start(struct servergrade *s)
{
	const struct spawn_sandbox_limits limits = { CPU, FILE_MAX };
	struct spawn_value values[] = {
		{ 'h', LOOPBACK }, { 'p', NULL }, { 'd', s->store }, { 0, NULL }
	};
	char **argv;
	int in, r;

	find_port(&s->at);
	values[1].text = s->at.port;
	if (s->store == NULL)
		values[2].letter = '\0';
	argv = spawn_fill(s->words, values);
	in = io_file("/dev/null", O_RDWR | O_CLOEXEC, 0);
	s->started++;
	s->sessions = 0;
	r = in < 0 ? -1 : spawn_sandbox_start(&s->program, argv, in, in,
	    &limits);
	if (r < 0)
		buf_addf(&s->hopeless, "the command cannot be run: %s",
		    strerror(errno));
	if (in >= 0)
		io_close(in);
	free(argv);
	return r;
}

/* Where the connection's end was the program's, that is added. */
static void
crashed(struct servergrade *s, const struct probe *p, struct buf *evidence)
{
	int naps = p->closed ? CRASH / NAP : 1;

	if (s->words == NULL)
		return;
	while (!spawn_sandbox_ended(&s->program) && --naps > 0)
		stop_wait(-1, NAP);
	if (!s->program.ended)
		return;
	buf_adds(evidence, evidence->n > 0 ? "; " : "");
	if (s->program.signal != 0)
		attempt_signal(s->program.signal, evidence);
	else
		buf_addf(evidence, "it ended with exit status %d",
		    s->program.status);
}

/*
 * Tries until it listens; a connection that is only tried would count for
 * those that serve one and end.
 */
static int
dial(void *arg, const char **why)
{
	struct servergrade *s = arg;
	long long by = io_clock() + s->timeout, left;
	int fd, temporary;

	for (;;) {
		left = by - io_clock();
		fd = net_dial(s->addr != NULL ? s->addr : &s->at,
		    left > 1 ? (int)left : 1, why, &temporary);
		if (fd >= 0 || s->addr != NULL || left <= 0 || stop_asked() ||
		    spawn_sandbox_ended(&s->program))
			return fd;
		stop_wait(-1, NAP);
	}
}

/* A command that is not there any more is started again. */
static int
revive(struct servergrade *s)
{
	if (s->alone && s->sessions > 0)
		spawn_sandbox_stop(&s->program);
	if (s->words == NULL || (s->started > 0 &&
	    !spawn_sandbox_ended(&s->program)))
		return 0;
	if (s->started >= STARTS_MAX) {
		buf_addf(&s->hopeless, "it has ended %d times", s->started);
		return -1;
	}
	return start(s);
}

/* --- What is looked at ------------------------------------------------ */

int
servercheck_crlf(struct servergrade *s, const struct probe *p,
    struct buf *evidence)
{
	(void)s;
	return (!p->bare && !p->unended) || evidence_no(evidence, "got ",
	    buf_span(&p->fault), "");
}

int
servercheck_form(struct servergrade *s, const struct probe *p,
    struct buf *evidence)
{
	(void)s;
	return !p->odd || evidence_no(evidence, "got ", buf_span(&p->fault),
	    "");
}

int
servercheck_numbers(struct servergrade *s, const struct probe *p,
    struct buf *evidence)
{
	struct span line = span_chomp(buf_span(&p->reply));
	uintmax_t u;

	(void)s;
	span_take_word(&line);
	return (span_number(span_take_word(&line), &u) == 0 &&
	    span_number(span_take_word(&line), &u) == 0) ||
	    evidence_no(evidence, "got ", span_chomp(buf_span(&p->reply)),
	    "");
}

/* What came of it is in p->list, as it came. */
int
servercheck_fetched(struct servergrade *s, const struct probe *p,
    struct buf *evidence)
{
	struct span rest = buf_span(&p->list), line;
	struct buf text = { 0 };
	int same;

	(void)s;
	while (rest.n > 0) {
		line = span_line(&rest);
		if (line.p[0] == '.')
			line = span_drop(line, 1);
		buf_addspan(&text, line);
	}
	same = evidence_same(evidence, buf_span(&text), buf_span(&p->text),
	    "the file has ", "what came has");
	buf_free(&text);
	return same;
}

/*
 * Looks for the message until it is stored, or is not any more, as is wanted,
 * for so many ms at the most; whether it is stored then.
 */
static int
await_stored(const struct servergrade *s, const struct probe *p, int wanted,
    int ms, struct buf *found)
{
	long long by = io_clock() + ms;
	int there;

	while ((there = stored_find(s->store, buf_span(&p->token), found)) !=
	    wanted && io_clock() < by && !stop_asked())
		stop_wait(-1, NAP);
	return there;
}

int
servercheck_gone(struct servergrade *s, const struct probe *p,
    struct buf *evidence)
{
	struct buf found = { 0 };
	int there = await_stored(s, p, 0, s->timeout, &found);

	buf_free(&found);
	if (there)
		buf_adds(evidence, "its file is still there");
	return !there;
}

int
servercheck_stored(struct servergrade *s, const struct probe *p,
    struct buf *evidence)
{
	struct buf found = { 0 };
	int same = 0;

	if (!await_stored(s, p, 1, s->timeout, &found))
		evidence_no(evidence, "no file has the message; looked under ",
		    span_str(s->store), "");
	else
		same = evidence_same(evidence, buf_span(&found),
		    buf_span(&p->text), "the message has ",
		    "what is stored has");
	buf_free(&found);
	return same;
}

int
servercheck_both(struct servergrade *s, const struct probe *p,
    struct buf *evidence)
{
	struct buf found = { 0 };
	int there, same = servercheck_stored(s, p, evidence);

	if (!same)
		return 0;
	there = stored_find(s->store, buf_span(&p->before), &found);
	buf_free(&found);
	if (!there)
		buf_adds(evidence, "the first message is not there any more");
	return there;
}

int
servercheck_absent(struct servergrade *s, const struct probe *p,
    struct buf *evidence)
{
	struct buf found = { 0 };
	/* It may have been written as it came, and be removed at the end. */
	int there = await_stored(s, p, 1, ABSENT, &found) &&
	    await_stored(s, p, 0, s->timeout, &found);

	buf_free(&found);
	if (there)
		buf_adds(evidence, "a message is stored that never came to its "
		    "end");
	return !there;
}

/* --- A maildrop ------------------------------------------------------- */

/*
 * What a maildrop is tried with: the sample that the script looks for, alone of
 * ours; for other points any one.
 */
static void
deliver(struct servergrade *s, const struct server_point *p)
{
	const char *find = strstr(p->script, "find ");
	struct span line = span_str(find != NULL ? find + 5 : "plain");
	struct buf found = { 0 };
	int there;

	if (!s->probe.pop3 || s->store == NULL)
		return;
	there = s->drop.n > 0 && stored_find(s->store, buf_span(&s->token),
	    &found);
	buf_free(&found);
	if (there && !p->storing)
		return;
	/* Servers may look at the maildrop when they start. */
	spawn_sandbox_stop(&s->program);
	stored_remove(s->store, buf_span(&s->drop));
	buf_clear(&s->drop);
	stored_add(s->store, span_cut(&line, '\n'), &s->drop, &s->token,
	    &s->text);
}

/* --- A point ---------------------------------------------------------- */

/* Whether a session came to nothing for one that had been before it. */
static int
was_busy(const struct servergrade *s, enum verdict verdict,
    const struct probe *v)
{
	if (verdict == POINT_UNTRIED && v->reply.n == 0)
		return 1;
	return v->heard == 0 && (v->closed || (v->silent && s->sessions > 1));
}

/*
 * A server that is still busy with the one before, and says nothing to the
 * next, or was about to end, is started anew, so that one fault costs one
 * point.  Where that helps it is from then on started for each.
 */
static enum verdict
play(struct servergrade *s, const struct server_point *p, struct probe *v,
    struct buf *evidence)
{
	enum verdict verdict;

	s->sessions++;
	verdict = probe_play(v, &s->probe, p->script, evidence);
	if (s->words == NULL || p->point.needs == NULL || stop_asked() ||
	    !was_busy(s, verdict, v))
		return verdict;
	s->stuck += v->silent;
	if (s->stuck > STUCK_MAX) {
		buf_addf(&s->hopeless, "it said nothing %d times", s->stuck);
		return verdict;
	}
	spawn_sandbox_stop(&s->program);
	probe_free(v);
	buf_clear(evidence);
	if (start(s) < 0)
		return POINT_UNTRIED;
	s->sessions++;
	verdict = probe_play(v, &s->probe, p->script, evidence);
	s->alone |= v->heard > 0;
	return verdict;
}

/* Its script is played, and what it has done is looked at. */
static enum verdict
probe(struct servergrade *s, const struct server_point *p,
    struct buf *evidence)
{
	enum verdict verdict;
	struct probe v;

	s->probe.dial = dial;
	s->probe.arg = s;
	s->probe.timeout = s->timeout;
	s->probe.token = buf_span(&s->token);
	s->probe.text = buf_span(&s->text);
	if (s->probe.talk != NULL)
		s->probe.talk('-', span_str(p->point.name));
	verdict = play(s, p, &v, evidence);
	if (verdict == POINT_OK && p->check != NULL &&
	    !p->check(s, &v, evidence))
		verdict = POINT_FAILED;
	if (verdict == POINT_UNTRIED && p->point.needs == NULL)
		verdict = POINT_FAILED;
	if (v.unended && !s->unended) {
		s->unended = 1;
		evidence_no(&s->hopeless, "", buf_span(&v.fault),
		    " had no line ending");
	}
	if (verdict == POINT_FAILED)
		crashed(s, &v, evidence);
	probe_free(&v);
	return verdict;
}

enum verdict
servergrade_try(void *subject, const struct point *point, struct buf *evidence)
{
	const struct server_point *p = (const struct server_point *)
	    (const void *)point;
	struct servergrade *s = subject;

	if (p->storing && s->store == NULL) {
		buf_adds(evidence, "-d says where messages are stored");
		return POINT_EXCUSED;
	}
	deliver(s, p);
	if (s->unended && p->check == servercheck_crlf) {
		buf_addspan(evidence, buf_span(&s->hopeless));
		return POINT_FAILED;
	}
	if (s->hopeless.n > 0 || revive(s) < 0 || stop_asked()) {
		buf_addspan(evidence, buf_span(&s->hopeless));
		return point->needs == NULL && s->started == 1 ?
		    POINT_FAILED : POINT_UNTRIED;
	}
	return probe(s, p, evidence);
}

void
servergrade_free(struct servergrade *s)
{
	spawn_sandbox_stop(&s->program);
	stored_remove(s->store, buf_span(&s->drop));
	buf_free(&s->drop);
	buf_free(&s->token);
	buf_free(&s->text);
	buf_free(&s->hopeless);
}
