/*
 * orderrecv: takes orders over a socket (orderproto(7)), stores them in a
 * directory and prints the path of each once it is safe.
 */
#include <stdlib.h>
#include <unistd.h>

#include "format/wire/ordline.h"
#include "server/order/orderd.h"
#include "store/spool.h"
#include "sys/cli.h"
#include "sys/local.h"
#include "sys/secret.h"
#include "sys/serve.h"

static const char usage[] =
    "usage: orderrecv [-1iv] [-l addr] ... [-d dir] [-k keyfile] [-m size]\n"
    "                 [-c sessions] [-T seconds] [-w workers] [-U user]\n"
    "  -1  take one order, then exit\n"
    "  -i  one session on standard input and output\n"
    "  -l  where to listen: host:port, :port, *:port or /path (:2626)\n"
    "  -d  directory for the orders, made if it is missing (incoming)\n"
    "  -k  file with the key that senders must have\n"
    "  -m  largest order: bytes, or with k, M or G (1G)\n"
    "  -c  most sessions at once, or N/M: at most M for one address (100)\n"
    "  -T  seconds a session may be idle (300)\n"
    "  -w  worker processes (1)\n"
    "  -U  user to become after binding, when started by root\n"
    "  -v  show the dialogue on standard error\n";

struct app {
	struct serve_opt serve;
	const char *keyfile;
	struct orderd_conf conf;
	struct buf key;
	char host[LOCAL_HOST_MAX];
};

/* All that can be wrong here, before the network is touched. */
static void
check(struct app *app)
{
	if (app->keyfile != NULL)
		secret_need(app->keyfile, &app->key, ORDLINE_KEY_MAX);
	local_host(app->host);
	app->conf.host = app->host;
	app->conf.key = buf_span(&app->key);
	app->conf.max = app->serve.max_size;
	app->conf.store_arg = spool_new(app->serve.dir, app->serve.once,
	    serve_print, &app->serve);
	app->conf.store = &spool_store;
	app->conf.nonce = secret_word;
	app->conf.talk = app->serve.verbose ? serve_talk : NULL;
}

int
main(int argc, char **argv)
{
	struct app app = { .serve = {
		.dir = "incoming",
		.max_size = (uint64_t)1 << 30,
		.max_sessions = 100,
		.idle = 300,
		.workers = 1,
		.env = getenv
	} };
	struct service service = {
		.session = &orderd_session, .conf = &app.conf,
		.make = spool_make, .start = spool_start,
		.commit = spool_commit
	};
	enum exit_code code;
	int c;

	cli_init(argv, usage);
	while ((c = cli_opt(argc, argv, "k:" SERVE_ONCE SERVE_OPTS)) != -1)
		switch (c) {
		case 'k': app.keyfile = optarg; break;
		default: serve_option(&app.serve, c, optarg);
		}
	if (optind < argc)
		cli_usage();
	check(&app);
	service.app = app.conf.store_arg;
	code = serve_run(&app.serve, &service, "2626");
	spool_free(app.conf.store_arg);
	buf_free(&app.key);
	return (int)code;
}
