/* client/smtp/team */
#include "client/smtp/team.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "client/smtp/worker.h"
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
	struct link_server server;
	struct sender_conf conf;
	struct route route;
	struct journal journal;
	struct team team;
	struct message m;
};

static int
refuse(void *arg, struct message *m)
{
	(void)arg;
	(void)m;
	return -1;
}

/* A team of one whose worker has been given a message. */
static struct team_worker *
begin(struct fixture *f)
{
	struct team_worker *w;

	memset(f, 0, sizeof *f);
	f->journal.fd = -1;
	strcpy(f->server.text, "here");
	f->conf.depth = 1;
	f->conf.sending = refuse;	/* the worker has its own */
	f->conf.reach.server = &f->server;
	f->conf.reach.servers = 1;
	f->conf.reach.link.helo = "me";
	f->conf.reach.link.limit = 10000;
	f->conf.reach.link.command = "sh ./server";
	f->route.conf = &f->conf;
	team_init(&f->team, &f->route, &f->journal, 1);
	message_start(&f->m, 1);
	buf_adds(&f->m.content.text, "Subject: s\r\n\r\nx\r\n");
	message_rcpt(&f->m, span_str("a@x"), span_str(""));
	team_look(&f->team);
	w = team_choose(&f->team);
	CHECK(w != NULL);
	if (w != NULL) {
		team_give(w, &f->m);
		team_flush(w);
	}
	return w;
}

/* Until w has said one thing: its type. */
static enum frame_type
hear(struct team_worker *w)
{
	struct pollfd p = { .fd = w->spawn.in, .events = POLLIN };
	struct span rest, bytes;
	struct frame f;

	do {
		poll(&p, 1, -1);
		if (frame_receive(&w->in, w->spawn.in) == 0)
			return FRAME_BYE;
		rest = buf_span(&w->in);
	} while (!frame_next(&rest, &f, &bytes));
	buf_consume(&w->in, w->in.n - rest.n);
	return f.type;
}

static void
end(struct fixture *f)
{
	team_end(&f->team);
	message_free(&f->m);
}

/* One that waits for leave to send is not waited for. */
static void
test_bury(void)
{
	struct team_worker *w;
	struct fixture f;

	w = begin(&f);
	if (w == NULL)
		return;
	CHECK_INT(hear(w), FRAME_SENDING);
	team_bury(w);
	CHECK(!team_is_alive(w));
	CHECK(team_take(w, &f.m) == &f.m);
	end(&f);
}

/* It is begun when it may be sent, and not before. */
static void
test_permit(void)
{
	struct team_worker *w;
	struct fixture f;

	w = begin(&f);
	if (w == NULL)
		return;
	CHECK_INT(hear(w), FRAME_SENDING);
	w->asks = &f.m;
	team_dismiss(w);
	team_permit(w);
	CHECK(!f.m.begun);
	CHECK_INT(hear(w), FRAME_BYE);
	end(&f);
	w = begin(&f);
	if (w == NULL)
		return;
	CHECK_INT(hear(w), FRAME_SENDING);
	w->asks = &f.m;
	team_permit(w);
	CHECK(f.m.begun && w->asks == NULL);
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
	test_bury();
	test_permit();
	return test_end();
}
