/* client/smtp/pool */
#include "client/smtp/pool.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "sys/stop.h"
#include "test.h"

/* A server that takes one message, its text unread. */
static const char server[] =
    "echo 220 here\n"
    "while read verb rest; do\n"
    "	case $verb in\n"
    "	DATA*) echo 354 go on ;;\n"
    "	*) echo 250 fine ;;\n"
    "	esac\n"
    "done\n";

/* What hangs ends the test. */
#define PATIENCE 20

struct fixture {
	struct server server;
	struct sender_conf conf;
	struct journal journal;
	struct pool pool;
	struct message m;
};

/* A pool of one whose worker has been given a message. */
static struct pool_worker *
begin(struct fixture *f)
{
	struct pool_worker *w;

	memset(f, 0, sizeof *f);
	f->journal.fd = -1;
	strcpy(f->server.text, "here");
	f->conf.depth = 1;
	f->conf.servers.server = &f->server;
	f->conf.servers.n = 1;
	f->conf.servers.connection.helo = "me";
	f->conf.servers.connection.limit = 10000;
	f->conf.servers.connection.command = "sh ./server";
	pool_init(&f->pool, &f->conf, &f->journal, 1);
	message_start(&f->m, 1);
	f->m.tries = 1;
	buf_adds(&f->m.content.text, "Subject: s\r\n\r\nx\r\n");
	message_rcpt(&f->m, span_str("a@x"), span_str(""));
	pool_look(&f->pool);
	w = pool_choose(&f->pool);
	CHECK(w != NULL);
	if (w != NULL) {
		pool_give(w, &f->m);
		/* What it has been begun on counts for the next worker. */
		CHECK(w->out.n > 9 && memcmp(w->out.p, "NOOP 1 1\n", 9) == 0);
		pool_flush(w);
	}
	return w;
}

/* Whether the next thing that w says is such a line; it may end before. */
static int
hears(struct pool_worker *w, const char *start)
{
	struct pollfd p = { .fd = w->spawn.in, .events = POLLIN };
	struct span rest, line;
	int r;

	do {
		rest = buf_span(&w->in);
		if (rest.n > 0 && memchr(rest.p, '\n', rest.n) != NULL)
			break;
		poll(&p, 1, -1);
	} while ((r = pool_receive(w)) != 0);
	line = span_line(&rest);
	r = line.n >= strlen(start) &&
	    memcmp(line.p, start, strlen(start)) == 0;
	buf_consume(&w->in, line.n);
	return r;
}

/* It asks with a sending line, and an empty one. */
static void
check_asks(struct pool_worker *w)
{
	CHECK(hears(w, "sending\ta@x\t"));
	CHECK(hears(w, "\n"));
}

static void
end(struct fixture *f)
{
	pool_end(&f->pool);
	message_free(&f->m);
}

/* One that waits for leave to send is not waited for. */
static void
test_kill(void)
{
	struct pool_worker *w;
	struct fixture f;

	w = begin(&f);
	if (w == NULL)
		return;
	check_asks(w);
	pool_kill(w);
	CHECK(!pool_is_alive(w));
	CHECK(pool_find(w, 1) == &f.m);
	pool_take(w, &f.m);
	CHECK(pool_find(w, 1) == NULL && w->n == 0);
	end(&f);
}

/* It is begun when it may be sent, and not before. */
static void
test_permit(void)
{
	struct pool_worker *w;
	struct fixture f;

	w = begin(&f);
	if (w == NULL)
		return;
	check_asks(w);
	w->asking = &f.m;
	pool_stop(w);
	pool_permit(w);
	CHECK(!f.m.begun);
	CHECK(hears(w, "bye\n"));
	end(&f);
	w = begin(&f);
	if (w == NULL)
		return;
	check_asks(w);
	w->asking = &f.m;
	pool_permit(w);
	CHECK(f.m.begun && w->asking == NULL);
	end(&f);
}

int
main(void)
{
	FILE *script = fopen("server", "w");

	signal(SIGPIPE, SIG_IGN);
	alarm(PATIENCE);
	CHECK(script != NULL && fputs(server, script) >= 0 &&
	    fclose(script) == 0);
	stop_catch();
	test_kill();
	test_permit();
	return test_end();
}
