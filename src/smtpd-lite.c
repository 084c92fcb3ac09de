/*
 * smtpd-lite: takes mail over SMTP and puts it into mailboxes.
 */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "format/mail/addr.h"
#include "server/smtp/smtpd.h"
#include "store/mailroot.h"
#include "store/outbox.h"
#include "store/passwd.h"
#include "store/rulefile.h"
#include "store/transcribe.h"
#include "store/users.h"
#include "sys/cli.h"
#include "sys/io.h"
#include "sys/local.h"
#include "sys/secret.h"
#include "sys/serve.h"
#include "sys/tlsserver.h"

static const char usage[] =
    "usage: smtpd-lite [-1ipv] [-l addr] ... [-d dir] [-o form] [-u users]\n"
    "                  [-a passwd-file] [-D domain] ... [-R rules]\n"
    "                  [-q relay-dir] [-t transcript-dir] [-m size]\n"
    "                  [-c sessions] [-T seconds] [-w workers] [-U user]\n"
    "                  [-Z cert[,key]]\n"
    "  -1  take one message, then exit\n"
    "  -i  one session on standard input and output\n"
    "  -l  where to listen: host:port, :port, *:port or /path (:2525)\n"
    "  -d  directory for the mailboxes, made if it is missing (mail)\n"
    "  -o  their form: maildir, mbox, bsmtp, or sink, which keeps nothing\n"
    "  -p  print the path of each message once it is safe\n"
    "  -u  file with the logins that have a mailbox (every name has one)\n"
    "  -a  file with those who may log in, and their passwords (nobody)\n"
    "  -D  a domain to take mail for (every one)\n"
    "  -R  file with rules for faults on demand\n"
    "  -q  directory for mail to other domains, of those who may send it\n"
    "  -t  directory for a transcript of each session\n"
    "  -m  largest message: bytes, or with k, M or G (100M)\n"
    "  -c  most sessions at once, or N/M: at most M for one address (1000)\n"
    "  -T  seconds a session may be idle (300)\n"
    "  -w  worker processes (10 for maildir and bsmtp, else 1)\n"
    "  -U  user to become after binding, when started by root\n"
    "  -v  show the dialogue on standard error\n"
    "  -Z  files of a certificate, and its key: STARTTLS, through openssl\n";

struct app {
	struct serve_opt serve;
	const char *form, *users, *secrets, *rules, *cert;
	const char **domain;
	struct mailroot mail, relay;
	struct smtpd_conf conf;
	struct transcribe_conf transcribe;
	struct session_type transcribe_type;
	struct sasld_conf *auth;
	struct users *boxes;
	struct rules *faults;
	struct smtpd_once once;
	struct tlsserver tls;
	char host[LOCAL_HOST_MAX];
	int print;
};

static void
must(int r, const char *dir)
{
	if (r < 0)
		die_sys(EX_CANTCREAT, "%s", dir);
}

/* "cert", "cert,key": whether TLS can be had with them. */
static void
try_certificate(struct app *app)
{
	struct buf why = { 0 };

	tlsserver_set(&app->tls, app->cert, getenv("TMPDIR"));
	if (tlsserver_check(&app->tls, &why) < 0)
		die(EX_CONFIG, "-Z: %s", buf_str(&why));
	buf_free(&why);
}

/* Rules may have another certificate. */
static int
secure(void *arg, int in, int out, const char *identity)
{
	struct app *app = arg;
	struct tlsserver other = { 0 };
	int fd;

	if (identity != NULL)
		tlsserver_set(&other, identity, app->tls.tmpdir);
	fd = tlsserver_start(identity != NULL ? &other : &app->tls, in, out);
	if (fd < 0)
		warn_sys("openssl");
	tlsserver_free(&other);
	return fd;
}

static void
make(void *arg)
{
	struct app *app = arg;

	if (app->cert != NULL)
		try_certificate(app);
	must(mailroot_prepare(&app->mail), app->mail.dir);
	must(mailroot_prepare(&app->relay), app->relay.dir);
	if (app->transcribe.dir != NULL)
		transcribe_make(&app->transcribe);
}

static void
start(void *arg)
{
	struct app *app = arg;

	must(mailroot_open(&app->mail), app->mail.dir);
	must(mailroot_open(&app->relay), app->relay.dir);
	app->conf.store_arg = app->mail.store;
	app->conf.relay_arg = app->relay.store;
	/* What does TLS ends by itself. */
	if (app->cert != NULL)
		signal(SIGCHLD, SIG_IGN);
}

static void
commit(void *arg)
{
	const struct app *app = arg;

	mailroot_commit(&app->mail);
	mailroot_commit(&app->relay);
}

/* A file that was named has been read; what is wrong with it has been said. */
static void
require(const char *path, const void *content)
{
	if (path != NULL && content == NULL)
		die(EX_CONFIG, "%s: cannot be used", path);
}

/* All that can be wrong here, before the network is touched. */
static void
check(struct app *app)
{
	static const struct rules_for who = { DIALOGUE_SMTP, 0 };
	long workers = mailroot_form(&app->mail, app->form);
	size_t i;

	if (workers == 0)
		die(EX_USAGE, "-o: %s: neither maildir nor mbox nor bsmtp "
		    "nor sink", app->form);
	for (i = 0; i < app->conf.domains; i++)
		if (!addr_is_domain(span_str(app->domain[i])))
			die(EX_USAGE, "-D: %s: not a domain", app->domain[i]);
	if (app->users != NULL)
		app->boxes = users_read(app->users);
	if (app->secrets != NULL)
		app->auth = passwd_read(app->secrets, app->host);
	if (app->rules != NULL)
		app->faults = rulefile_read(app->rules, &who);
	require(app->users, app->boxes);
	require(app->secrets, app->auth);
	if (app->print && app->mail.form == NULL && app->relay.dir == NULL)
		die(EX_USAGE, "-p: sink keeps nothing: use -o with another "
		    "form");
	if (app->faults != NULL || app->serve.once)
		app->serve.workers = 1;	/* which counts all events */
	else if (app->serve.workers == 0)
		app->serve.workers = workers;
}

static void
configure(struct app *app)
{
	struct smtpd_conf *c = &app->conf;

	local_host(app->host);
	c->host = app->host;
	c->domain = app->domain;
	c->tls = app->cert != NULL;
	c->max_size = app->serve.max_size;
	c->store = app->mail.form;
	c->relay = app->relay.form = app->relay.dir != NULL ?
	    &outbox_store : NULL;
	c->known = app->boxes != NULL;
	c->users = app->boxes;
	c->event = app->faults != NULL ? rulefile_event : NULL;
	c->rules = app->faults;
	c->talk = app->serve.verbose ? serve_talk : NULL;
	c->once = app->serve.once ? &app->once : NULL;
	app->once.done = serve_finish;
	app->once.arg = &app->serve;
	if (app->print)
		app->mail.hearer = app->relay.hearer =
		    (struct mail_hearer){ serve_print, &app->serve };
	if (app->auth != NULL)
		app->auth->mechanisms = sasld_possible(app->auth->iterations);
	c->auth = app->auth;
}

/* Sessions of which a transcript is kept, in place of others. */
static void
record(struct app *app, struct service *service)
{
	struct transcribe_conf *c = &app->transcribe;

	if (c->dir == NULL)
		return;
	c->type = service->session;
	c->conf = service->conf;
	c->protocol = DIALOGUE_SMTP;
	c->server = "";
	app->transcribe_type = transcribe_type(c);
	service->session = &app->transcribe_type;
	service->conf = c;
}

static void
clean_up(struct app *app)
{
	free(app->mail.store);
	free(app->relay.store);
	users_free(app->boxes);
	if (app->auth != NULL)
		passwd_free(app->auth);
	if (app->faults != NULL)
		rules_free(app->faults);
	if (app->cert != NULL)
		tlsserver_free(&app->tls);
	free(app->domain);
}

int
main(int argc, char **argv)
{
	struct app app = { .form = "maildir",
		.serve = { .dir = "mail", .max_size = (uint64_t)100 << 20,
		    .max_sessions = 1000, .idle = 300, .env = getenv },
		.conf = { .queued = outbox_has, .find = users_find,
		    .full_name = users_name, .named = users_named,
		    .nonce = secret_word, .id = mailroot_id,
		    .date = mailroot_date }
	};
	struct service service = {
		.session = &smtpd_session, .conf = &app.conf, .app = &app,
		.make = make, .start = start, .commit = commit,
		.secure = secure
	};
	enum exit_code code;
	int c;

	cli_init(argv, usage);
	app.domain = die_calloc((size_t)argc, sizeof *app.domain);
	while ((c = cli_opt(argc, argv, "a:D:o:pq:R:t:u:Z:" SERVE_ONCE
	    SERVE_OPTS)) != -1)
		switch (c) {
		case 'a': app.secrets = optarg; break;
		case 'D': app.domain[app.conf.domains++] = optarg; break;
		case 'o': app.form = optarg; break;
		case 'p': app.print = 1; break;
		case 'q': app.relay.dir = optarg; break;
		case 'R': app.rules = optarg; break;
		case 't': app.transcribe.dir = optarg; break;
		case 'u': app.users = optarg; break;
		case 'Z': app.cert = optarg; break;
		default: serve_option(&app.serve, c, optarg);
		}
	if (optind < argc)
		cli_usage();
	app.mail.dir = app.serve.dir;
	check(&app);
	configure(&app);
	record(&app, &service);
	code = serve_run(&app.serve, &service, "2525");
	clean_up(&app);
	return (int)code;
}
