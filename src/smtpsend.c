/*
 * smtpsend: sends a message, or a batch of them, to an SMTP server, and says
 * of each recipient what became of it.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/dns/nameservers.h"
#include "client/smtp/dryrun.h"
#include "client/smtp/interactive.h"
#include "client/smtp/parallel.h"
#include "client/smtp/prepare.h"
#include "sys/cli.h"
#include "sys/local.h"
#include "sys/stop.h"

/* Where nothing is said, and the ports of SMTP by the use of TLS. */
#define SERVER_DEFAULT "localhost:2525"
static const char *const ports[] = { "25", "587", "465" };

/* Messages without an answer on one connection, where nothing is said. */
#define DEPTH 32
#define DEPTH_MAX 1000

#define OPTIONS "AB:C:E:F:H:IM:N:P:R:T:VYZa:b:c:d:f:hij:l:no:p:r:s:tvxy"

static const char usage[] =
    "usage: smtpsend [-AhnVvxYyZ] [-s server,...] [-f from] [-F name]\n"
    "                [-E no] [-H helo] [-T timeout] [-d nameserver]\n"
    "                [-l results] [-C command] [-a user] [-M mechanism]\n"
    "                [-P command] rcpt ... <message\n"
    "       smtpsend -t [options] [rcpt ...] <message\n"
    "       smtpsend -I [-s server,...]\n"
    "       smtpsend -bS [-j connections] [-c per-connection] [-p depth]\n"
    "                [-r rate] [options] <batch >results\n"
    "  -s  host[:port], [v6]:port or /path; else $SMTPSERVER\n"
    "  -f  the sender, else $EMAIL; -F the author's name without From\n"
    "  -t  recipients from To, Cc and Bcc\n"
    "  -H  our name in EHLO; -E no: say HELO at once\n"
    "  -T  seconds that any wait may take\n"
    "  -l  a file of results(5) that remembers what was sent; - shows them\n"
    "  -A  send again what may have been sent before\n"
    "  -Y  leave it to the system when that file is on disk; -y do not\n"
    "  -x  straight to each domain's mail hosts, -s :port; -d name server\n"
    "  -Z  TLS by STARTTLS; twice: from the start\n"
    "  -C  a command that is the connection; %h and %p are host and port\n"
    "  -a  log in as this user, with the secret that -P prints, or from\n"
    "      ~/.netrc; -M names the mechanism\n"
    "  -n  send nothing, say what would be; ask the server of -s, too\n"
    "  -I  type the commands yourself; -v shows the dialogue\n"
    "  -bS a batch of messages, bsmtp(5):\n"
    "  -j  number of connections; -c most messages over one of them\n"
    "  -p  messages on their way without an answer (BDAT); 0: no pipelining,\n"
    "      and DATA\n"
    "  -r  N/s, N/m or N/h: messages in a second, minute or hour\n"
    "  -B -i -N -o -R -bm  taken for sendmail's sake\n";

struct opt {
	const char *servers, *log, *command, *secret;
	struct prepare prepare;
	struct smtpc_account auth;
	struct intake_conf in;
	long jobs;
	int limit;		/* ms */
	int tls;		/* how many -Z */
	struct resolver resolver;
	int mx;
	long cap, depth;
	int many, again, sync, dry, typed, old;
	int named;		/* -s was given */
	int shown;		/* the results, by -l - */
	struct journal journal;	/* of -l file */
};

static void
set_mode(struct opt *opt, const char *mode)
{
	if (strcmp(mode, "S") == 0)
		opt->many = 1;
	else if (strcmp(mode, "m") != 0)
		cli_usage();
}

/* Sends all there is: the exit code. */
static enum exit_code
work(struct opt *opt, struct sender_conf *conf, struct report *report,
    char **operand, struct wr *out)
{
	enum exit_code code;
	struct message m = { 0 };

	if (opt->typed)
		return interactive_run(&conf->servers, STDIN_FILENO, out);
	if (!opt->many) {
		prepare_message(&m, &opt->prepare, operand);
		opt->in.single = &m;
	}
	/* Until now a signal ends us: half a message must not be sent. */
	stop_catch();
	if (opt->dry)
		code = dryrun_run(&opt->in, conf, opt->named, out);
	else if (opt->many && opt->jobs > 1)
		code = parallel_run(&opt->in, conf, report, opt->jobs);
	else
		code = batch_run(&opt->in, conf, report);
	report_close(report);
	if (report->broken != NULL) {
		errno = report->err;
		warn_sys("%s", report->broken);
		code = EX_IOERR;
	}
	message_free(&m);
	return result_worst(code, report->code);
}

static void
parse_options(struct opt *opt, int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, OPTIONS)) != -1)
		switch (c) {
		case 'A': opt->again = 1; break;
		case 'a': opt->auth.user = optarg; break;
		case 'b': set_mode(opt, optarg); break;
		case 'C': opt->command = optarg; break;
		case 'c': opt->cap = cli_number(c, optarg, 1, LONG_MAX); break;
		case 'd': nameservers_need(&opt->resolver, c, optarg); break;
		case 'E':
			opt->old = strcmp(optarg, "no") == 0;
			if (!opt->old)
				cli_usage();
			break;
		case 'F': opt->prepare.name = optarg; break;
		case 'f': opt->prepare.from = optarg; break;
		case 'H': opt->prepare.helo = prepare_helo(optarg); break;
		case 'h': cli_help();
		case 'I': opt->typed = 1; break;
		case 'j':
			opt->jobs = cli_number(c, optarg, 1,
			    PARALLEL_JOBS_MAX);
			break;
		case 'l':
			opt->shown = strcmp(optarg, "-") == 0;
			opt->log = opt->shown ? NULL : optarg;
			break;
		case 'M': opt->auth.mechanism = optarg; break;
		case 'n': opt->dry = 1; break;
		case 'P': opt->secret = optarg; break;
		case 'p':
			opt->depth = cli_number(c, optarg, 0, DEPTH_MAX);
			break;
		case 'r':
			if (rate_parse(&opt->in.rate, optarg) < 0)
				die(EX_USAGE, "-r: %s: not a rate", optarg);
			break;
		case 's': opt->servers = optarg; break;
		case 'T': opt->limit = cli_seconds(c, optarg); break;
		case 't': opt->prepare.headers = 1; break;
		case 'V': cli_version();
		case 'v': opt->prepare.verbose = 1; break;
		case 'x': opt->mx = 1; break;
		case 'Y': case 'y': opt->sync = c == 'y'; break;
		case 'Z': opt->tls++; break;
		case 'B': case 'i': case 'N': case 'o': case 'R': break;
		default: cli_usage();
		}
}

/* What the options ask for together must make sense. */
static void
check(struct opt *opt, char **operand)
{
	if (opt->many || opt->typed ? *operand != NULL ||
	    opt->prepare.headers || (opt->typed && (opt->dry || opt->many)) :
	    *operand == NULL && !opt->prepare.headers)
		cli_usage();
	opt->named = opt->servers != NULL && !opt->mx;
	if (opt->mx && (opt->tls > 0 || opt->command != NULL ||
	    opt->auth.user != NULL))
		die(EX_USAGE, "-x excludes -Z, -C and -a");
	if (opt->tls > 0 && opt->command != NULL)
		die(EX_USAGE, "-C and -Z exclude each other");
	if (opt->tls > 2)
		die(EX_USAGE, "-Z: twice at the most");
	if (opt->auth.user == NULL &&
	    (opt->secret != NULL || opt->auth.mechanism != NULL))
		die(EX_USAGE, "-P and -M need -a");
	cli_clean("-f", opt->prepare.from);
	cli_clean("-F", opt->prepare.name);
	cli_clean("-a", opt->auth.user);
	cli_clean("-M", opt->auth.mechanism);
	opt->prepare.steady = opt->log != NULL;
	if (opt->servers == NULL && !opt->mx)
		opt->servers = getenv("SMTPSERVER");
	if ((opt->servers == NULL || *opt->servers == '\0') && !opt->mx)
		opt->servers = SERVER_DEFAULT;
	cli_clean("-s", opt->servers);
	if (opt->depth < 0)
		opt->depth = opt->log != NULL ? 1 : DEPTH;
}

/* Under -x a server can only be a port. */
static void
set_resolver(struct servers_conf *conf, struct opt *opt, struct wr *trace)
{
	conf->resolver = &opt->resolver;
	conf->port = route_port(opt->servers, ports[0]);
	if (conf->port == NULL)
		die(EX_USAGE, "-s: %s: not a port, for -x", opt->servers);
	opt->resolver.timeout = RESOLVER_TIMEOUT;
	if (opt->limit != IO_FOREVER && opt->limit < RESOLVER_TIMEOUT)
		opt->resolver.timeout = opt->limit;
	if (opt->prepare.verbose)
		opt->resolver.trace = trace;
	nameservers_default(&opt->resolver);
}

static void
set_conf(struct sender_conf *conf, struct opt *opt, struct wr *trace)
{
	struct servers_conf *servers = &conf->servers;
	struct connection_conf *connection = &servers->connection;

	conf->depth = opt->depth > 0 ? (size_t)opt->depth : 1;
	connection->unwanted = opt->depth > 0 ? 0 : OFFER_PIPELINING;
	connection->old = opt->old;
	if (opt->mx)
		set_resolver(servers, opt, trace);
	else
		servers->server = servers_parse(opt->servers, ports[opt->tls],
		    &servers->n);
	servers->spread = !opt->mx;
	servers->cap = opt->cap;
	connection->helo = opt->prepare.helo;
	connection->limit = opt->limit;
	connection->command = opt->command;
	connection->tls = (enum connection_tls)opt->tls;
	connection->bare = opt->typed;
	if (opt->prepare.verbose || opt->typed)
		connection->trace = trace;
	connection->bold = cli_coloured(trace->fd, getenv("NO_COLOR"));
	if (opt->auth.user != NULL)
		connection->auth = &opt->auth;
}

int
main(int argc, char **argv)
{
	struct opt opt = { .limit = IO_FOREVER, .sync = 1, .depth = -1, .in = {
	    .in = STDIN_FILENO, .name = "stdin" } };
	struct report report = { .code = EX_OK };
	struct sender_conf conf = { .depth = 1 };
	char host[LOCAL_HOST_MAX];
	struct wr out, trace;
	struct progress progress = { .out = &trace };
	enum exit_code code;

	cli_init(argc, argv, usage);
	local_host(host);
	opt.prepare.helo = host;
	opt.prepare.email = getenv("EMAIL");
	opt.prepare.logname = getenv("LOGNAME");
	opt.prepare.epoch = getenv("SOURCE_DATE_EPOCH");
	parse_options(&opt, argc, argv);
	conf.servers.connection.by_ip = opt.prepare.helo == host &&
	    local_is_bare(host);
	argv += optind;
	check(&opt, argv);
	wr_init(&trace, STDERR_FILENO, IO_FOREVER);
	wr_init(&out, STDOUT_FILENO, IO_FOREVER);
	set_conf(&conf, &opt, opt.typed ? &out : &trace);
	/* First of all that takes time: a second run then sends nothing. */
	if (opt.log != NULL && !opt.dry && !opt.typed) {
		journal_need(&opt.journal, opt.log, opt.sync);
		report.journal = &opt.journal;
	}
	if (opt.auth.user != NULL)
		servers_secrets(conf.servers.server, conf.servers.n,
		    opt.secret, getenv("NETRC"), getenv("HOME"),
		    opt.auth.user);
	if (opt.many || opt.shown)
		report.out = &out;
	if (opt.many && !opt.prepare.verbose && isatty(STDERR_FILENO))
		report.progress = &progress;
	report.words = !opt.many;
	report.again = opt.again;
	code = work(&opt, &conf, &report, argv, &out);
	progress_end(&progress);
	if (report.broken == NULL)
		wr_finish(&out);
	wr_free(&out);
	wr_free(&trace);
	report_free(&report);
	servers_free(conf.servers.server, conf.servers.n);
	resolver_free(&opt.resolver);
	return (int)code;
}
