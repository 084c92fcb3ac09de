/*
 * ftpd-lite: takes files over FTP, stores them in a directory and prints the
 * path of each once it is safe.
 */
#include <stdlib.h>
#include <unistd.h>

#include "server/ftp/ftpd.h"
#include "store/passwd.h"
#include "store/spool.h"
#include "sys/cli.h"
#include "sys/dataconn.h"
#include "sys/local.h"
#include "sys/secret.h"
#include "sys/serve.h"

#define PORT_LAST 65535

static const char usage[] =
    "usage: ftpd-lite [-1iv] [-l addr] ... [-d dir] [-u passwd-file]\n"
    "                 [-s pattern] ... [-p low-high] [-m size]\n"
    "                 [-c sessions] [-T seconds] [-w workers] [-U user]\n"
    "  -1  take one file, then exit\n"
    "  -i  one session on standard input and output\n"
    "  -l  where to listen: host:port, :port, *:port or /path (:2121)\n"
    "  -d  directory for the files, made if it is missing (incoming)\n"
    "  -u  who may log in: lines login:password (anonymous, loopback only)\n"
    "  -s  names of unfinished files beside dot-names, until they are renamed\n"
    "      (*.filepart *.part *.partial *.tmp *~)\n"
    "  -p  ports for data connections (49152-65535)\n"
    "  -m  largest file: bytes, or with k, M or G (1G)\n"
    "  -c  most sessions at once, or N/M: at most M for one address (100)\n"
    "  -T  seconds a session may be idle (300)\n"
    "  -w  worker processes (1)\n"
    "  -U  user to become after binding, when started by root\n"
    "  -v  show the dialogue on standard error\n";

struct app {
	struct serve_opt serve;
	struct ftpd_conf conf;
	const char *passwdfile;
	const char **pattern;	/* -s */
	struct sasld_conf *auth;
	char host[LOCAL_HOST_MAX];
};

static const struct ftpd_data data = {
	dataconn_listen, dataconn_is_open, dataconn_is_abandoned,
	dataconn_receive, dataconn_send, dataconn_close
};

/* What WinSCP, browsers, rsync-like programs and editors call such files. */
static const char *const unfinished[] = {
	"*.filepart", "*.part", "*.partial", "*.tmp", "*~"
};

/* All that can be wrong here, before the network is touched. */
static void
check(struct app *app)
{
	struct ftpd_conf *c = &app->conf;

	local_host(app->host);
	if (app->passwdfile != NULL)
		app->auth = passwd_read(app->passwdfile, app->host);
	if (app->passwdfile != NULL && app->auth == NULL)
		die(EX_CONFIG, "%s: cannot be used", app->passwdfile);
	c->auth = app->auth;
	c->host = app->host;
	c->pattern = app->pattern;
	if (c->patterns == 0) {
		c->pattern = unfinished;
		c->patterns = COUNT(unfinished);
	}
	c->directory = span_filename(span_str(app->serve.dir));
	c->max = app->serve.max_size;
	c->store_arg = spool_new(app->serve.dir, app->serve.once, serve_print,
	    &app->serve);
	c->store = &spool_store;
	c->nonce = secret_word;
	c->data = data;
	c->talk = app->serve.verbose ? serve_talk : NULL;
}

int
main(int argc, char **argv)
{
	struct app app = { .serve = {
		.dir = "incoming", .max_size = (uint64_t)1 << 30,
		.max_sessions = 100, .idle = 300, .workers = 1, .env = getenv
	} };
	struct service service = {
		.session = &ftpd_session, .conf = &app.conf,
		.make = spool_make, .start = spool_start,
		.commit = spool_commit
	};
	enum exit_code code;
	int c;

	cli_init(argv, usage);
	app.pattern = die_calloc((size_t)argc, sizeof *app.pattern);
	while ((c = cli_opt(argc, argv, "u:p:s:" SERVE_ONCE SERVE_OPTS)) != -1)
		switch (c) {
		case 's':
			app.pattern[app.conf.patterns++] = optarg;
			break;
		case 'u': app.passwdfile = optarg; break;
		case 'p':
			cli_range(c, optarg, PORT_LAST, &app.conf.low,
			    &app.conf.high);
			break;
		default: serve_option(&app.serve, c, optarg);
		}
	if (optind < argc)
		cli_usage();
	check(&app);
	service.app = app.conf.store_arg;
	code = serve_run(&app.serve, &service, "2121");
	spool_free(app.conf.store_arg);
	passwd_free(app.auth);
	free(app.pattern);
	return (int)code;
}
