/*
 * pop3d-lite: reads the mailboxes back over POP3.
 */
#include <stdlib.h>
#include <unistd.h>

#include "server/pop3/pop3d.h"
#include "store/maildrop.h"
#include "store/passwd.h"
#include "sys/cli.h"
#include "sys/local.h"
#include "sys/secret.h"
#include "sys/serve.h"

static const char usage[] =
    "usage: pop3d-lite [-iv] -u passwd-file [-l addr] ... [-d dir]\n"
    "                  [-m size] [-c sessions] [-T seconds] [-w workers]\n"
    "                  [-U user]\n"
    "  -u  file with those who may log in, and their passwords\n"
    "  -i  one session on standard input and output\n"
    "  -l  where to listen: host:port, :port, *:port or /path (:1110)\n"
    "  -d  directory with the mailboxes, made if it is missing (mail)\n"
    "  -m  ignored: a message may have any size\n"
    "  -c  most sessions at once, or N/M: at most M for one address (1000)\n"
    "  -T  seconds a session may be idle (600)\n"
    "  -w  worker processes (1)\n"
    "  -U  user to become after binding, when started by root\n"
    "  -v  show the dialogue on standard error\n";

struct app {
	struct serve_opt serve;
	const char *secrets;
	struct pop3d_conf conf;
	struct sasld_conf *auth;
	char host[LOCAL_HOST_MAX];
};

/* All that can be wrong here, before the network is touched. */
static void
check(struct app *app)
{
	struct sasld_conf *a;

	local_host(app->host);
	app->auth = a = passwd_read(app->secrets, app->host);
	if (a == NULL)
		die(EX_CONFIG, "%s: cannot be used", app->secrets);
	a->mechanisms = sasld_possible(a->iterations) &
	    ~(unsigned)SASLD_LOGIN;
	app->conf.host = app->host;
	app->conf.auth = a;
	app->conf.apop = a->iterations == 0;
	app->conf.store_arg = maildrop_start(app->serve.dir);
	app->conf.store = &maildrop_store;
	app->conf.nonce = secret_word;
	app->conf.talk = app->serve.verbose ? serve_talk : NULL;
}

int
main(int argc, char **argv)
{
	struct app app = { .serve = {
		.dir = "mail",
		.max_sessions = 1000,
		.idle = 600,
		.workers = 1,
		.env = getenv
	} };
	struct service service = {
		.session = &pop3d_session, .conf = &app.conf,
		.make = maildrop_make
	};
	enum exit_code code;
	int c;

	cli_init(argv, usage);
	while ((c = cli_opt(argc, argv, "u:" SERVE_OPTS)) != -1)
		switch (c) {
		case 'u': app.secrets = optarg; break;
		default: serve_option(&app.serve, c, optarg);
		}
	if (optind < argc || app.secrets == NULL)
		cli_usage();
	check(&app);
	service.app = app.conf.store_arg;
	code = serve_run(&app.serve, &service, "1110");
	maildrop_stop(app.conf.store_arg);
	passwd_free(app.auth);
	return (int)code;
}
