/*
 * ftpd-lite: takes files over FTP, stores them in a directory and prints the
 * path of each once it is safe.
 */
#include <stdlib.h>
#include <unistd.h>

#include "server/ftp/ftpd.h"
#include "server/sasld.h"
#include "store/passwd.h"
#include "store/tray.h"
#include "sys/cli.h"
#include "sys/here.h"
#include "sys/secret.h"
#include "sys/serve.h"

#define PORT_LAST 65535

static const char usage[] =
    "usage: ftpd-lite [-1iv] [-l addr] ... [-d dir] [-u passwd-file]\n"
    "                 [-p low-high] [-m size] [-c sessions] [-T seconds]\n"
    "                 [-w workers] [-U user]\n"
    "  -1  take one file, then exit\n"
    "  -i  one session on standard input and output\n"
    "  -l  where to listen: host:port, :port, *:port or /path (:2121)\n"
    "  -d  directory for the files, made if it is missing (incoming)\n"
    "  -u  who may log in: lines login:password (anonymous, loopback only)\n"
    "  -p  ports for data connections (49152-65535)\n"
    "  -m  largest file: bytes, or with k, M or G (1G)\n"
    "  -c  most sessions at once, or N/M: and M of one address (100)\n"
    "  -T  seconds a session may be idle (300)\n"
    "  -w  worker processes (1)\n"
    "  -U  user to become after binding, when started by root\n"
    "  -v  tell what is said, on standard error\n";

struct app {
	struct serve_opt serve;
	struct ftpd_conf conf;
	const char *passwdfile;
	unsigned low, high;	/* of data connections, 0: as usual */
	struct tray tray;
	struct passwd *passwd;
	struct sasld_conf auth;
	char host[HERE_HOST_MAX];
};

struct session {
	const struct app *app;
	struct ftpd *ftpd;
	struct net_peer peer;
};

static const struct ftpd_data door = {
	dataconn_listen, dataconn_is_open, dataconn_is_abandoned,
	dataconn_receive, dataconn_send,
	dataconn_close
};

static const struct ftpd_store store = {
	NULL, tray_begin, tray_write, tray_finish, tray_outcome, tray_drop,
	tray_look, tray_list, tray_invent
};

static int
login(void *arg, struct span name, struct span password)
{
	const struct app *app = arg;

	return sasld_password(&app->auth, name, password);
}

static long
tried(void *arg, struct span login)
{
	const struct session *s = arg;

	return sasld_tried(&s->app->auth, login, s->peer.text);
}

static void
passed(void *arg, struct span login)
{
	const struct session *s = arg;

	sasld_passed(&s->app->auth, login, s->peer.text);
}

static void
talk(void *arg, int who, struct span line)
{
	const struct session *s = arg;

	serve_talk(s->peer.text, who, line);
}

static const enum serve_verdict verdict[] = {
	[FTPD_MORE] = SERVE_MORE, [FTPD_COMMIT] = SERVE_SYNC,
	[FTPD_WAIT] = SERVE_WAIT, [FTPD_CLOSE] = SERVE_CLOSE
};

static void *
session_open(void *arg, const struct net_peer *peer, struct buf *out)
{
	struct app *app = arg;
	struct session *s;

	s = die_calloc(1, sizeof *s);
	s->app = app;
	s->peer = *peer;
	s->ftpd = ftpd_open(&app->conf, s, peer->local, out);
	return s;
}

static void
session_attach(void *arg, struct dataconn *data)
{
	struct session *s = arg;

	if (s->app->low > 0)
		dataconn_range(data, s->app->low, s->app->high);
	ftpd_attach(s->ftpd, data);
}

static enum serve_verdict
session_feed(void *arg, const char *p, size_t n, size_t *used,
    struct buf *out)
{
	struct session *s = arg;

	return verdict[ftpd_feed(s->ftpd, p, n, used, out)];
}

static enum serve_verdict
session_data(void *arg, const char *p, size_t n, struct buf *out)
{
	struct session *s = arg;

	return verdict[ftpd_data(s->ftpd, p, n, out)];
}

static enum serve_verdict
session_data_end(void *arg, int broken, struct buf *out)
{
	struct session *s = arg;

	return verdict[ftpd_data_end(s->ftpd, broken, out)];
}

static enum serve_verdict
session_resume(void *arg, struct buf *out)
{
	struct session *s = arg;

	return verdict[ftpd_resume(s->ftpd, out)];
}

static long
session_delay(void *arg)
{
	const struct session *s = arg;

	return ftpd_delay(s->ftpd);
}

/* Who hangs up does not wait for an answer; the close drops the rest. */
static enum serve_verdict
session_end(void *arg, size_t n, struct buf *out)
{
	return (void)arg, (void)n, (void)out, SERVE_CLOSE;
}

static void
session_expire(void *arg, int down, struct buf *out)
{
	struct session *s = arg;

	ftpd_expire(s->ftpd, down, out);
}

static void
session_close(void *arg)
{
	struct session *s = arg;

	ftpd_close(s->ftpd);
	free(s);
}

static void
commit(void *arg)
{
	struct app *app = arg;

	spool_commit(app->tray.spool, serve_print, &app->serve);
}

static void
make(void *arg)
{
	const struct app *app = arg;

	if (spool_make(app->serve.dir) < 0)
		die_sys(EX_CANTCREAT, "%s", app->serve.dir);
}

static void
start(void *arg)
{
	struct app *app = arg;

	if (tray_open(&app->tray, app->serve.dir, app->serve.once) < 0)
		die_sys(EX_CANTCREAT, "%s", app->serve.dir);
}

static const struct serve_proto proto = {
	.open = session_open,
	.attach = session_attach,
	.feed = session_feed,
	.data = session_data,
	.data_end = session_data_end,
	.resume = session_resume,
	.delay = session_delay,
	.end = session_end,
	.expire = session_expire,
	.close = session_close,
	.commit = commit,
	.make = make,
	.start = start,
	.busy = "421 too busy:"
};

static void
configure_auth(struct app *app)
{
	struct sasld_conf *c = &app->auth;

	app->passwd = passwd_read(app->passwdfile);
	if (app->passwd == NULL)
		die(EX_CONFIG, "%s: no list of logins", app->passwdfile);
	c->iterations = passwd_iterations(app->passwd);
	c->host = app->host;
	c->mixed = passwd_is_mixed(app->passwd);
	c->find = passwd_find;
	c->tried = passwd_tried;
	c->passed = passwd_passed;
	c->app = app->passwd;
	secret_fill(c->key, sizeof c->key);
	app->conf.login = login;
	app->conf.tried = tried;
	app->conf.passed = passed;
}

/* All that can be wrong here, before the network is touched. */
static void
check(struct app *app)
{
	struct ftpd_conf *c = &app->conf;
	const char *slash = strrchr(app->serve.dir, '/');

	here_host(app->host);
	if (app->passwdfile != NULL)
		configure_auth(app);
	c->host = app->host;
	c->directory = span_str(slash != NULL ? slash + 1 : app->serve.dir);
	c->max = app->serve.max_size;
	c->store = store;
	c->store.arg = &app->tray;
	c->data = door;
	c->app = app;
	c->talk = app->serve.verbose ? talk : NULL;
}

int
main(int argc, char **argv)
{
	struct app app = { .serve = {
		.dir = "incoming", .max_size = (uint64_t)1 << 30,
		.max_sessions = 100, .idle = 300, .workers = 1
	} };
	enum exit_code code;
	int c;

	cli_init(argc, argv, usage);
	while ((c = getopt(argc, argv, "u:p:" SERVE_ONCE SERVE_OPTS)) != -1)
		switch (c) {
		case 'u': app.passwdfile = optarg; break;
		case 'p':
			cli_range(c, optarg, PORT_LAST, &app.low, &app.high);
			break;
		default: serve_option(&app.serve, c, optarg);
		}
	if (optind < argc)
		cli_usage();
	check(&app);
	code = serve_run(&app.serve, &proto, &app, "2121");
	tray_close(&app.tray);
	passwd_free(app.passwd);
	return (int)code;
}
