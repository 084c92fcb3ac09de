/*
 * smtpd-lite: takes mail over SMTP and puts it into mailboxes.
 */
#include <stdlib.h>
#include <unistd.h>

#include "format/mail/addr.h"
#include "server/smtp/smtpd.h"
#include "store/mailroot.h"
#include "store/outbox.h"
#include "store/passwd.h"
#include "store/place.h"
#include "store/postmark.h"
#include "store/rulefile.h"
#include "store/transcript.h"
#include "store/users.h"
#include "sys/cli.h"
#include "sys/here.h"
#include "sys/secret.h"
#include "sys/serve.h"

static const char usage[] =
    "usage: smtpd-lite [-iv] [-l addr] ... [-d dir] [-o form] [-u users]\n"
    "                  [-a passwd-file] [-D domain] ... [-R rules]\n"
    "                  [-q relay-dir] [-t transcript-dir] [-m size]\n"
    "                  [-c sessions] [-T seconds] [-w workers] [-U user]\n"
    "  -i  one session on standard input and output\n"
    "  -l  where to listen: host:port, :port, *:port or /path (:2525)\n"
    "  -d  directory for the mailboxes, made if it is missing (mail)\n"
    "  -o  their form: maildir, mbox, bsmtp, or sink, which keeps nothing\n"
    "  -u  file with the logins that have a mailbox (every name has one)\n"
    "  -a  file with those who may log in, and their passwords (nobody)\n"
    "  -D  a domain to take mail for (every one)\n"
    "  -R  file with rules for what goes wrong\n"
    "  -q  directory for mail to other domains, of those who may send it\n"
    "  -t  directory for a transcript of each session\n"
    "  -m  largest message: bytes, or with k, M or G (100M)\n"
    "  -c  most sessions at once, or N/M: and M of one address (1000)\n"
    "  -T  seconds a session may be idle (300)\n"
    "  -w  worker processes (10 for maildir and bsmtp, else 1)\n"
    "  -U  user to become after binding, when started by root\n"
    "  -v  tell what is said, on standard error\n";

struct app {
	struct serve_opt serve;
	const char *form, *users, *secrets, *rules, *talkdir;
	const char **domain;
	struct place mail, relay;
	struct smtpd_store mail_store, relay_store;
	struct smtpd_conf conf;
	struct sasld_conf auth;
	struct passwd *passwd;
	struct users *boxes;
	struct rules *faults;
	char host[HERE_HOST_MAX];
	struct postmark postmark;
};

static enum serve_verdict
verdict(enum smtpd_next next)
{
	static const enum serve_verdict v[] = {
		[SMTPD_MORE] = SERVE_MORE, [SMTPD_SOON] = SERVE_SOON,
		[SMTPD_SYNC] = SERVE_SYNC, [SMTPD_WAIT] = SERVE_WAIT,
		[SMTPD_LULL] = SERVE_LULL, [SMTPD_CLOSE] = SERVE_CLOSE,
		[SMTPD_RESET] = SERVE_RESET
	};

	return v[next];
}

static void *
session_open(void *arg, const struct net_peer *peer, struct buf *out)
{
	struct app *app = arg;
	struct smtpd_peer with = { peer->text, peer->local, NULL, 0 };

	if (app->conf.talk != NULL) {
		with.arg = transcript_open(app->talkdir, peer->text,
		    app->serve.verbose);
		with.unserved = transcript_is_short(with.arg);
	}
	return (void)out, smtpd_open(&app->conf, &with);
}

static enum serve_verdict
session_begin(void *s, struct buf *out)
{
	return verdict(smtpd_greet(s, out));
}

static enum serve_verdict
session_feed(void *s, const char *p, size_t n, size_t *used, struct buf *out)
{
	return verdict(smtpd_feed(s, p, n, used, out));
}

static enum serve_verdict
session_resume(void *s, struct buf *out)
{
	return verdict(smtpd_resume(s, out));
}

/* What was cut short is no command and no message. */
static enum serve_verdict
session_end(void *s, size_t n, struct buf *out)
{
	return (void)s, (void)n, (void)out, SERVE_CLOSE;
}

static void
session_close(void *s)
{
	transcript_close(smtpd_close(s));
}

static void
must(int r, const char *dir)
{
	if (r < 0)
		die_sys(EX_CANTCREAT, "%s", dir);
}

static void
make(void *arg)
{
	const struct app *app = arg;

	must(place_make(&app->mail), app->mail.dir);
	must(place_make(&app->relay), app->relay.dir);
	if (app->talkdir != NULL)
		must(mailroot_make(app->talkdir), app->talkdir);
}

static void
commit(void *arg)
{
	struct app *app = arg;

	place_commit(&app->mail);
	place_commit(&app->relay);
}

static void
start(void *arg)
{
	struct app *app = arg;

	must(place_open(&app->mail), app->mail.dir);
	must(place_open(&app->relay), app->relay.dir);
	app->conf.keeper = app->mail.store;
	app->conf.spool = app->relay.store;
}

static const struct serve_proto proto = {
	.open = session_open,
	.begin = session_begin,
	.feed = session_feed,
	.resume = session_resume,
	.delay = smtpd_delay,
	.end = session_end,
	.expire = smtpd_expire,
	.close = session_close,
	.commit = commit,
	.make = make,
	.start = start,
	.busy = "421 4.3.2 Error:"
};

/* What was read from a file; what is wrong with it has been said. */
static void *
require(void *content, const char *path)
{
	if (content == NULL)
		die(EX_CONFIG, "%s: cannot be used", path);
	return content;
}

/* All that can be wrong here, before the network is touched. */
static void
check(struct app *app)
{
	size_t i;

	app->mail.form = place_form(app->form);
	if (app->mail.form == NULL)
		die(EX_USAGE, "-o: %s: neither maildir nor mbox nor bsmtp "
		    "nor sink", app->form);
	for (i = 0; i < app->conf.domains; i++)
		if (!addr_is_domain(span_str(app->domain[i])))
			die(EX_USAGE, "-D: %s: not a domain", app->domain[i]);
	if (app->users != NULL)
		app->boxes = require(users_read(app->users), app->users);
	if (app->secrets != NULL)
		app->passwd = require(passwd_read(app->secrets), app->secrets);
	if (app->rules != NULL)
		app->faults = require(rulefile_read(app->rules), app->rules);
	if (app->faults != NULL)
		app->serve.workers = 1;	/* which counts all events */
	else if (app->serve.workers == 0)
		app->serve.workers = app->mail.form->workers;
}

static const struct smtpd_store *
store_of(const struct place *p, struct smtpd_store *s)
{
	*s = (struct smtpd_store){ p->form->begin, p->form->write,
	    p->form->end, NULL, p->form->drop };
	return place_keeps(p) ? s : NULL;
}

static void
configure_auth(struct app *app)
{
	struct sasld_conf *c = &app->auth;
	unsigned n = passwd_iterations(app->passwd);

	*c = (struct sasld_conf){ .mechanisms = sasld_possible(n),
	    .host = app->host, .iterations = n, .app = app->passwd,
	    .mixed = passwd_is_mixed(app->passwd), .find = passwd_find,
	    .tried = passwd_tried, .passed = passwd_passed };
	secret_fill(c->key, sizeof c->key);
	app->conf.auth = c;
}

static void
configure(struct app *app)
{
	struct smtpd_conf *c = &app->conf;

	here_host(app->host);
	c->host = app->host;
	c->domain = app->domain;
	c->max_size = app->serve.max_size;
	c->store = store_of(&app->mail, &app->mail_store);
	c->by_address = app->mail.form->by_address;
	c->relay = store_of(&app->relay, &app->relay_store);
	app->relay_store.settle = outbox_settle;
	c->queued = outbox_has;
	c->known = app->boxes != NULL;
	c->find = users_find;
	c->users = app->boxes;
	c->nonce = secret_word;
	c->event = app->faults != NULL ? rulefile_event : NULL;
	c->rules = app->faults;
	c->id = postmark_id;
	c->date = postmark_date;
	c->mark = &app->postmark;
	if (app->serve.verbose || app->talkdir != NULL)
		c->talk = transcript_hear;
	if (app->passwd != NULL)
		configure_auth(app);
}

static void
clean_up(struct app *app)
{
	place_close(&app->mail);
	place_close(&app->relay);
	users_free(app->boxes);
	passwd_free(app->passwd);
	rules_free(app->faults);
	postmark_free(&app->postmark);
	free(app->domain);
}

int
main(int argc, char **argv)
{
	struct app app = { .form = "maildir", .serve = {
		.dir = "mail",
		.max_size = (uint64_t)100 << 20,
		.max_sessions = 1000, .idle = 300
	} };
	enum exit_code code;
	int c;

	cli_init(argc, argv, usage);
	app.relay.form = place_form("bsmtp");
	app.domain = die_calloc((size_t)argc, sizeof *app.domain);
	while ((c = getopt(argc, argv, "a:D:o:q:R:t:u:" SERVE_OPTS)) != -1)
		switch (c) {
		case 'a': app.secrets = optarg; break;
		case 'D': app.domain[app.conf.domains++] = optarg; break;
		case 'o': app.form = optarg; break;
		case 'q': app.relay.dir = optarg; break;
		case 'R': app.rules = optarg; break;
		case 't': app.talkdir = optarg; break;
		case 'u': app.users = optarg; break;
		default: serve_option(&app.serve, c, optarg);
		}
	if (optind < argc)
		cli_usage();
	app.mail.dir = app.serve.dir;
	check(&app);
	configure(&app);
	code = serve_run(&app.serve, &proto, &app, "2525");
	clean_up(&app);
	return (int)code;
}
