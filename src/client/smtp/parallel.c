#include "parallel.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "client/smtp/domains.h"
#include "sys/stop.h"

/* For how many ms a worker that has to end is heard. */
#define STOP_TIME 1000
#define NAP 10

/* After how many ms it is looked whether a worker has been stopped. */
#define WAKE 2000

struct parallel {
	struct batchread in;
	struct report *report;
	struct pool pool;
	struct pollfd *poll;
	struct message_queue back;	/* what workers could not send */
	struct domains *domains;	/* with whom all waits; or NULL */
	long long woken;	/* ms, when that was looked at */
	int ending;		/* by a signal: what is not begun is left */
};

/* --- To a worker ----------------------------------------------------- */

static void
finish(struct parallel *p, struct message *m)
{
	report_done(p->report, m);
	message_drop(&p->in.cache, m);
}

static void
nobody_sends(struct parallel *p, struct message *m)
{
	struct buf why = { 0 };

	buf_adds(&why, "no process to send it");
	if (p->pool.failed != 0)
		buf_addf(&why, ": %s", strerror(p->pool.failed));
	message_decide(m, RESULT_DEFERRED, STAGE_CONNECT, 0, buf_span(&why));
	buf_free(&why);
	finish(p, m);
}

/* Gives m to a worker. */
static void
feed(struct parallel *p, struct message *m)
{
	struct pool_worker *w;

	if (message_open(m) == 0) {
		finish(p, m);
		return;
	}
	if (message_open(m) < m->rcpts)
		report_part(p->report, m);
	if (p->domains != NULL) {
		domains_put(p->domains, m, message_domain(m));
		return;
	}
	w = pool_choose(&p->pool);
	if (w != NULL)
		pool_give(w, m);
	else if (pool_is_full(&p->pool))
		message_queue_add(&p->back, m);
	else
		nobody_sends(p, m);
}

/* What waits goes to those who have room. */
static void
share(struct parallel *p)
{
	struct message *m;

	if (domains_share(&p->pool, p->domains) == 0)
		return;
	while ((m = domains_drop(p->domains)) != NULL)
		nobody_sends(p, m);
}

/* --- From a worker --------------------------------------------------- */

/* A message is in the hand of w no more. */
static void
take_out(struct parallel *p, struct pool_worker *w, struct message *m)
{
	pool_take(w, m);
	if (p->domains != NULL)
		domains_done(p->domains, m);
}

/* Everybody is decided and told of. */
static void
settle(struct parallel *p, struct pool_worker *w, struct message *m)
{
	report_step(p->report, m);
	take_out(p, w, m);
	report_ahead_end(p->report, m);
	message_drop(&p->in.cache, m);
	pool_raise(&p->pool, w);
	if (!w->back)
		w->rest = 0;
	w->back = 0;
}

/* A line of results(5). */
static void
take_result(struct parallel *p, struct pool_worker *w,
    const struct result *res, struct span line)
{
	struct rcpt *rcpt;
	struct message *m;

	if (w->skip > 0) {
		w->skip--;
		return;
	}
	m = pool_find_rcpt(w, res, &rcpt);
	if (m == NULL)
		return;
	if (res->status == RESULT_SENDING) {
		w->asking = m;
		buf_addspan(&w->sending, line);
		return;
	}
	report_take(p->report, line, res, rcpt);
	/* The text has been told. */
	rcpt_decide(rcpt, res->status, res->stage, res->code,
	    span_of(NULL, 0));
	if (message_open(m) == 0)
		settle(p, w, m);
}

/* The next number of a line, or instead where there is none. */
static long
next_number(struct span *line, long instead)
{
	uintmax_t n;

	return span_number(span_take_word(line), &n) == 0 && n <= INT_MAX ?
	    (long)n : instead;
}

/*
 * No server talks to w.  Its message is for another worker, or for a moment
 * when one does; where there is none such, the outcome stands.  A server that
 * has no room for w has turned the message away only where it has none for
 * the others.
 */
static void
take_back(struct parallel *p, struct pool_worker *w, struct span line)
{
	struct message *m = pool_find(w, (uintmax_t)next_number(&line, 0));
	int tries = (int)next_number(&line, 0);
	int hung = (int)next_number(&line, 0);

	if (m == NULL)
		return;
	pool_rest(&p->pool, w, next_number(&line, -1));
	m->tries = tries + (p->pool.resting ? hung : 0);
	w->back = p->ending || m->begun || p->pool.dead ||
	    (p->pool.resting && m->tries >= SERVERS_TRIES);
	if (w->back)
		return;
	w->skip = message_open(m);
	pool_take(w, m);
	message_queue_add(&p->back, m);
}

static void
take(struct parallel *p, struct pool_worker *w, struct span line)
{
	struct span words = span_chomp(line), verb;
	struct result res;

	if (words.n == 0) {
		pool_ask(&p->pool, w, p->report);
		return;
	}
	if (result_parse(&res, words) == 0) {
		take_result(p, w, &res, line);
		return;
	}
	verb = span_take_word(&words);
	if (span_is(verb, "back"))
		take_back(p, w, words);
	w->bye |= span_is(verb, "bye");
}

/* Takes the lines that w has to say: as pool_receive. */
static int
listen_to(struct parallel *p, struct pool_worker *w)
{
	struct span in, line;
	size_t taken = 0;
	int r;

	r = pool_receive(w);
	if (r <= 0)
		return r;
	w->heard = io_clock();
	in = buf_span(&w->in);
	while (in.n > 0) {
		line = span_line(&in);
		if (line.p[line.n - 1] != '\n')
			break;
		take(p, w, line);
		taken += line.n;
	}
	buf_consume(&w->in, taken);
	return r;
}

/*
 * Something is wrong with the way from w, who may live: it has to end, and
 * what it has done until then is heard where that can be.
 */
static void
stop_and_hear(struct parallel *p, struct pool_worker *w)
{
	long long end = io_clock() + STOP_TIME;
	int r = -1;

	pool_stop(w);
	while (r != 0 && io_clock() < end) {
		r = listen_to(p, w);
		if (r < 0)
			poll(NULL, 0, NAP);
	}
}

/*
 * A worker has ended.  Unless it said good-bye, nobody knows what it had
 * begun, where it need not say so.
 */
static void
settle_ended(struct parallel *p, struct pool_worker *w)
{
	int unknown = !w->bye && p->report->journal == NULL;
	struct message *m;

	pool_kill(w);
	while ((m = w->queue.first) != NULL) {
		take_out(p, w, m);
		if (w->bye && !m->begun && (p->ending || stop_asked())) {
			message_drop(&p->in.cache, m);
			continue;
		}
		message_decide(m, m->begun || unknown ?
		    RESULT_UNKNOWN : RESULT_DEFERRED, STAGE_DOT, 0,
		    span_str("the process that should send it has ended"));
		finish(p, m);
	}
}

static void
hear(struct parallel *p, struct pool_worker *w)
{
	int r = listen_to(p, w);

	if (r > 0 || (r < 0 && errno == EAGAIN))
		return;
	if (r < 0)
		stop_and_hear(p, w);
	settle_ended(p, w);
}

static void
permit(struct parallel *p, enum pool_waits most)
{
	struct pool_worker *w;

	for (w = p->pool.worker; w < p->pool.worker + p->pool.workers; w++)
		if (w->waits != POOL_NOTHING && w->waits <= most)
			pool_permit(w);
}

/* What was heard is written, and then those who asked may go on. */
static void
commit(struct parallel *p)
{
	struct report *report = p->report;
	int disk = 0;
	size_t i;

	for (i = 0; i < p->pool.workers; i++)
		disk |= p->pool.worker[i].waits == POOL_ON_DISK;
	if (disk && !p->in.paced && !stop_asked())
		pool_put_ahead(&p->pool, report);
	if ((disk ? report_write(report) : report_offer(report)) < 0)
		return;
	permit(p, POOL_WRITTEN);
	if (disk && report_commit(report) == 0)
		permit(p, POOL_ON_DISK);
}

/* --- All of them ----------------------------------------------------- */

/* The next message: 1, or 0 when there is none now. */
static int
next_message(struct parallel *p, struct message **m, int *input, int *end)
{
	*m = message_queue_take(&p->back);
	if (*m != NULL)
		return 1;
	if (*end)
		return 0;
	switch (batchread_next(&p->in, m)) {
	case BATCHREAD_MESSAGE:
		return 1;
	case BATCHREAD_WAIT:
		*input = p->in.wait == IO_FOREVER;
		break;
	case BATCHREAD_END:
		*end = 1;
		break;
	}
	return 0;
}

/* The shorter of two times to wait. */
static int
sooner(int a, int b)
{
	return b == IO_FOREVER || (a != IO_FOREVER && a < b) ? a : b;
}

static int
is_full(const struct parallel *p)
{
	return p->domains != NULL ? domains_is_full(p->domains) :
	    pool_is_full(&p->pool);
}

/* Feeds what there is: the time to wait; *input says whether for input. */
static int
feed_all(struct parallel *p, int *input, int *end)
{
	struct message *m;
	int full, wait;
	size_t i;

	*input = 0;
	pool_look(&p->pool);
	while (!(full = is_full(p)) &&
	    next_message(p, &m, input, end))
		feed(p, m);
	if (p->domains != NULL)
		share(p);
	for (i = 0; i < p->pool.workers; i++)
		pool_flush(&p->pool.worker[i]);
	if (full)
		wait = pool_wait(&p->pool);
	else
		wait = *end || *input ? IO_FOREVER : p->in.wait;
	return p->domains != NULL && p->domains->line != NULL ?
	    sooner(wait, DOMAINS_PATIENCE) : wait;
}

static int
is_busy(const struct parallel *p)
{
	const struct pool_worker *w;

	for (w = p->pool.worker; w < p->pool.worker + p->pool.workers; w++)
		if (pool_is_alive(w) && w->n > 0)
			return 1;
	return p->back.first != NULL ||
	    (p->domains != NULL && p->domains->n > 0);
}

/* Waits and takes what the workers say. */
static void
attend(struct parallel *p, int timeout, int input)
{
	struct pollfd *f = p->poll;
	struct pool_worker *w;
	size_t i;

	timeout = sooner(timeout, report_due(p->report));
	if (is_busy(p))
		timeout = sooner(timeout, WAKE);
	if (io_clock() - p->woken >= WAKE) {
		pool_wake(&p->pool);
		p->woken = io_clock();
	}
	f[0].fd = p->ending ? -1 : stop_fd();
	f[1].fd = input ? p->in.rd.fd : -1;
	f[0].events = f[1].events = POLLIN;
	for (i = 0; i < p->pool.workers; i++) {
		w = &p->pool.worker[i];
		f[i + 2].fd = w->spawn.in;
		f[i + 2].events = POLLIN;
		if (w->out.n > 0)
			f[i + 2].events |= POLLOUT;
	}
	if (poll(f, (nfds_t)p->pool.workers + 2, timeout) < 0)
		return;
	for (i = 0; i < p->pool.workers; i++)
		if (f[i + 2].fd >= 0 &&
		    (f[i + 2].revents & (POLLIN | POLLHUP | POLLERR)))
			hear(p, &p->pool.worker[i]);
	commit(p);
}

/* The workers leave what they have not begun, and end. */
static void
stop_workers(struct parallel *p)
{
	struct message *m;
	size_t i;

	p->ending = 1;
	while ((m = message_queue_take(&p->back)) != NULL)
		message_drop(&p->in.cache, m);
	while (p->domains != NULL && (m = domains_drop(p->domains)) != NULL)
		message_drop(&p->in.cache, m);
	for (i = 0; i < p->pool.workers; i++)
		if (pool_is_alive(&p->pool.worker[i]))
			kill(p->pool.worker[i].spawn.pid, SIGTERM);
}

enum exit_code
parallel_run(const struct batchread_conf *in, struct sender_conf *conf,
    struct report *report, long jobs)
{
	struct parallel p = { .report = report };
	int timeout, input, end = 0;
	enum exit_code code;

	if (conf->servers.resolver != NULL)
		p.domains = die_calloc(1, sizeof *p.domains);
	batchread_init(&p.in, in, conf->servers.connection.helo,
	    p.domains != NULL, report);
	/* Only the journal asks for a Message-ID. */
	p.in.raw = report->journal == NULL;
	pool_init(&p.pool, conf, report->journal, jobs);
	p.poll = die_calloc((size_t)jobs + 2, sizeof *p.poll);
	for (;;) {
		timeout = feed_all(&p, &input, &end);
		if (report->broken != NULL || (end && !is_busy(&p)))
			break;
		if (stop_asked() && !p.ending)
			stop_workers(&p);
		attend(&p, timeout, input);
	}
	report_commit(report);
	pool_end(&p.pool);
	free(p.domains);
	free(p.poll);
	code = batchread_code(&p.in);
	batchread_free(&p.in);
	return code;
}
