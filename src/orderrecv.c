/*
 * orderrecv: takes orders over a socket (orderproto(7)), stores them in a
 * directory and prints the path of each once it is safe.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "format/wire/ordline.h"
#include "server/order/orderd.h"
#include "store/spool.h"
#include "sys/cli.h"
#include "sys/here.h"
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
    "  -c  most sessions at once, or N/M: and M of one address (100)\n"
    "  -T  seconds a session may be idle (300)\n"
    "  -w  worker processes (1)\n"
    "  -U  user to become after binding, when started by root\n"
    "  -v  tell what is said, on standard error\n";

struct app {
	struct serve_opt serve;
	const char *keyfile;
	struct buf key;
	char host[HERE_HOST_MAX];
	struct spool *spool;
};

struct session {
	struct orderd_conf conf;
	struct orderd *orderd;
	struct net_peer peer;
};

static enum orderd_outcome
failure(int err)
{
	if (err == EBUSY)	/* -1 */
		return ORDERD_NO_MORE;
	return err == ENOSPC || err == EDQUOT || err == EFBIG ?
	    ORDERD_FULL : ORDERD_TROUBLE;
}

static void *
store_begin(void *arg, enum orderd_outcome *why)
{
	struct app *app = arg;
	struct spool_file *f;

	f = spool_begin(app->spool);
	if (f == NULL && (*why = failure(errno)) != ORDERD_NO_MORE)
		warn_sys("%s", app->serve.dir);
	return f;
}

static void
store_write(void *file, const void *p, size_t n)
{
	spool_write(file, p, n);
}

static int
store_finish(void *file, const struct orderd_order *o)
{
	return spool_finish(file, o->name, o->sha, o->tag) >= SPOOL_GROUP;
}

static enum orderd_outcome
store_outcome(void *file, struct span *name)
{
	switch (spool_state(file)) {
	case SPOOL_STORED:
		*name = spool_name(file);
		return ORDERD_STORED;
	case SPOOL_DUPLICATE:
		return ORDERD_DUPLICATE;
	default:
		return failure(spool_tell(file));
	}
}

static void
store_drop(void *file)
{
	spool_free(file);
}

static const struct orderd_store store = {
	.begin = store_begin, .write = store_write, .finish = store_finish,
	.outcome = store_outcome, .drop = store_drop
};

static void
talk(void *arg, int who, struct span line)
{
	const struct session *s = arg;

	serve_talk(s->peer.text, who, line);
}

static enum serve_verdict
verdict(enum orderd_verdict v)
{
	static const enum serve_verdict as[] = {
		[ORDERD_MORE] = SERVE_MORE, [ORDERD_SOON] = SERVE_SOON,
		[ORDERD_COMMIT] = SERVE_SYNC, [ORDERD_CLOSE] = SERVE_CLOSE
	};

	return as[v];
}

static void *
session_open(void *arg, const struct net_peer *peer, struct buf *out)
{
	struct buf nonce = { 0 };
	struct app *app = arg;
	struct session *s;

	s = die_calloc(1, sizeof *s);
	secret_word(&nonce);
	s->peer = *peer;
	s->conf.host = app->host;
	s->conf.key = buf_span(&app->key);
	s->conf.max = app->serve.max_size;
	s->conf.store = store;
	s->conf.store.arg = app;
	s->conf.talk = app->serve.verbose ? talk : NULL;
	s->conf.talk_arg = s;
	s->orderd = orderd_open(&s->conf, buf_str(&nonce), out);
	buf_free(&nonce);
	return s;
}

static enum serve_verdict
session_feed(void *arg, const char *p, size_t n, size_t *used,
    struct buf *out)
{
	struct session *s = arg;

	return verdict(orderd_feed(s->orderd, p, n, used, out));
}

static enum serve_verdict
session_resume(void *arg, struct buf *out)
{
	struct session *s = arg;

	return verdict(orderd_resume(s->orderd, out));
}

static enum serve_verdict
session_end(void *arg, size_t n, struct buf *out)
{
	struct session *s = arg;

	(void)n;		/* orderd leaves nothing unused */
	return verdict(orderd_end(s->orderd, out));
}

static void
session_expire(void *arg, int down, struct buf *out)
{
	struct session *s = arg;

	orderd_expire(s->orderd, down, out);
}

static void
session_close(void *arg)
{
	struct session *s = arg;

	orderd_close(s->orderd);
	free(s);
}

static void
commit(void *arg)
{
	struct app *app = arg;

	spool_commit(app->spool, serve_print, &app->serve);
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

	app->spool = spool_open(app->serve.dir, app->serve.once);
	if (app->spool == NULL)
		die_sys(EX_CANTCREAT, "%s", app->serve.dir);
}

static const struct serve_proto proto = {
	.open = session_open,
	.feed = session_feed,
	.resume = session_resume,
	.end = session_end,
	.expire = session_expire,
	.close = session_close,
	.commit = commit,
	.make = make,
	.start = start,
	.busy = "421 too busy:"
};

/* All that can be wrong here, before the network is touched. */
static void
check(struct app *app)
{
	const char *why;

	if (app->keyfile != NULL && secret_read(app->keyfile, &app->key,
	    ORDLINE_KEY_MAX, &why) < 0)
		die(EX_CONFIG, "%s: %s", app->keyfile, why);
	here_host(app->host);
}

int
main(int argc, char **argv)
{
	struct app app = { .serve = {
		.dir = "incoming",
		.max_size = (uint64_t)1 << 30,
		.max_sessions = 100,
		.idle = 300, .workers = 1
	} };
	enum exit_code code;
	int c;

	cli_init(argc, argv, usage);
	while ((c = getopt(argc, argv, "k:" SERVE_ONCE SERVE_OPTS)) != -1)
		switch (c) {
		case 'k': app.keyfile = optarg; break;
		default: serve_option(&app.serve, c, optarg);
		}
	if (optind < argc)
		cli_usage();
	check(&app);
	code = serve_run(&app.serve, &proto, &app, "2626");
	if (app.spool != NULL)
		spool_close(app.spool);
	buf_free(&app.key);
	return (int)code;
}
