/*
 * prototap: stands between a client and a server, records what they say, and
 * fails on demand.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/tap/tap.h"
#include "store/rulefile.h"
#include "store/transcribe.h"
#include "sys/cli.h"
#include "sys/dataconn.h"
#include "sys/io.h"
#include "sys/net.h"
#include "sys/serve.h"
#include "sys/spawn.h"

static const char usage[] =
    "usage: prototap [-iuv] [-l addr] ... [-p protocol] [-R rules] [-o dir]\n"
    "                [-c sessions] [-T seconds] [-w workers] [-U user] target\n"
    "       prototap [options] -C command\n"
    "  -i  one session on standard input and output\n"
    "  -l  where to listen: host:port, :port, *:port or /path (smtp :2500,\n"
    "      pop3 :1100, ftp :2100, order :2600)\n"
    "  -p  what is spoken: smtp, pop3, ftp or order (smtp)\n"
    "  -R  file with rules for faults on demand\n"
    "  -o  directory for the dialogues, made if it is missing (standard\n"
    "      output, each when it is over; with -i standard error)\n"
    "  -u  show passwords in them\n"
    "  -C  a command whose standard input and output is the server\n"
    "  -c  most sessions at once, or N/M: at most M for one address (1000)\n"
    "  -T  seconds a session may be idle (300)\n"
    "  -w  worker processes, with -o and without -R (1)\n"
    "  -U  user to become after binding, when started by root\n"
    "  -v  report connections on standard error\n";

struct app {
	struct serve_opt serve;
	struct rules_for who;
	const char *rulefile, *command, *target;
	struct net_addr addr;
	char **argv;		/* of the command */
	struct tap_conf tap;
	struct transcribe_conf record;
	struct session_type tap_type, type;
	struct rules *rules;
	int lost;		/* the server could not be reached */
};

/* In the order of the protocols; their own ports, and ours. */
static const struct {
	const char *port, *own, *busy;
} protocols[] = {
	{ NULL, NULL, NULL },
	{ "25", "2500", "421 4.3.2 Error:" },
	{ "110", "1100", "-ERR" },
	{ "21", "2100", "421 Service not available:" },
	{ "2626", "2600", "421" }
};

/* In a copy of this process, which becomes the command. */
static int
run_command(void *arg, int fd)
{
	char **argv = arg;

	signal(SIGCHLD, SIG_DFL);
	if (dup2(fd, STDIN_FILENO) >= 0 && dup2(fd, STDOUT_FILENO) >= 0)
		spawn_exec(argv);
	warn_sys("%s", argv[0]);
	return spawn_failure(errno);
}

/* A connection that may not be there yet. */
static int
dial(void *arg, struct dataconn *d)
{
	struct app *app = arg;
	struct spawn s;
	const char *why = NULL;
	int temp;

	if (app->argv == NULL)
		s.in = net_dial(&app->addr, NET_BEGIN, &why, &temp);
	else if (spawn_copy(&s, run_command, app->argv) < 0)
		s.in = -1;
	else if (fcntl(s.in, F_SETFL, O_NONBLOCK) < 0) {
		io_close(s.in);
		s.in = -1;
	}
	if (s.in < 0) {
		app->lost = 1;
		warn("%s: %s", app->target,
		    why != NULL ? why : strerror(errno));
		return -1;
	}
	dataconn_join(d, s.in);
	return 0;
}

static void
lost(void *arg, int err)
{
	struct app *app = arg;

	app->lost = 1;
	errno = err;
	if (err == 0)
		warn("%s: the connection was closed without a word",
		    app->target);
	else
		warn_sys("%s", app->target);
}

static void
make(void *arg)
{
	const struct app *app = arg;

	if (app->record.dir != NULL)
		transcribe_make(&app->record);
}

/* Commands that have ended are nobody's to wait for. */
static void
start(void *arg)
{
	const struct app *app = arg;

	if (app->argv != NULL)
		signal(SIGCHLD, SIG_IGN);
}

/* All that can be wrong here, before the network is touched. */
static void
check(struct app *app, int operands, char **operand)
{
	if ((app->command != NULL) != (operands == 0) || operands > 1)
		cli_usage();
	if (app->command != NULL) {
		app->target = app->command;
		app->argv = spawn_words(app->command, NULL, NULL);
	} else {
		app->target = operand[0];
		if (net_parse(&app->addr, app->target,
		    protocols[app->who.protocol].port) < 0)
			die(EX_USAGE, "%s: not an address", app->target);
	}
	if (app->rulefile != NULL)
		app->rules = rulefile_read(app->rulefile, &app->who);
	/* Which counts all events, and prints what must not mix. */
	if (app->rules != NULL || app->record.dir == NULL)
		app->serve.workers = 1;
}

static void
configure(struct app *app)
{
	struct transcribe_conf *t = &app->record;

	app->tap = (struct tap_conf){ .protocol = app->who.protocol,
	    .server = { dial, dataconn_send, dataconn_waiting,
	    dataconn_finish }, .lost = lost,
	    .event = app->rules != NULL ? rulefile_event : NULL,
	    .rules = app->rules, .app = app };
	app->tap_type = tap_session;
	app->tap_type.busy = protocols[app->who.protocol].busy;
	t->fd = app->serve.inetd ? STDERR_FILENO : STDOUT_FILENO;
	t->name = app->serve.inetd ? "stderr" : "stdout";
	t->protocol = app->who.protocol;
	t->server = app->target;
	t->type = &app->tap_type;
	t->conf = &app->tap;
	app->type = transcribe_type(t);
}

int
main(int argc, char **argv)
{
	struct app app = { .who = { DIALOGUE_SMTP, 1 }, .serve = {
		.max_sessions = 1000, .idle = 300, .workers = 1, .env = getenv
	} };
	struct service service = { .session = &app.type,
		.conf = &app.record, .app = &app, .make = make,
		.start = start };
	enum exit_code code;
	int c;

	cli_init(argv, usage);
	while ((c = cli_opt(argc, argv, "C:o:p:R:ul:ic:T:w:U:vhV")) != -1)
		switch (c) {
		case 'C': app.command = cli_command(c, optarg); break;
		case 'o': app.record.dir = optarg; break;
		case 'p':
			if (dialogue_protocol_find(&app.who.protocol,
			    span_str(optarg)) < 0)
				die(EX_USAGE, "-p: %s: neither smtp nor pop3 "
				    "nor ftp nor order", optarg);
			break;
		case 'R': app.rulefile = optarg; break;
		case 'u': app.record.shows = 1; break;
		default: serve_option(&app.serve, c, optarg);
		}
	check(&app, argc - optind, argv + optind);
	configure(&app);
	code = serve_run(&app.serve, &service,
	    protocols[app.who.protocol].own);
	rules_free(app.rules);
	free(app.argv);
	return (int)(code == EX_OK && app.serve.inetd && app.lost ?
	    EX_TEMPFAIL : code);
}
