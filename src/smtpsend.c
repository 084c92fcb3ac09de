/*
 * smtpsend: sends a message, or a batch of them, to an SMTP server, and says
 * of each recipient what became of it.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/dns/nameservers.h"
#include "client/smtp/interactive.h"
#include "client/smtp/parallel.h"
#include "client/smtp/setup.h"
#include "sys/cli.h"
#include "sys/stop.h"

#define OPTIONS \
    "46AB:C:E:F:GH:IK:M:N:O:P:R:S:T:UVYZa:b:c:d:e:f:hij:l:mno:p:qr:s:tvxy"

static const char usage[] =
    "usage: smtpsend [-46AhnVvxYyZ] [-s server,...] [-f from] [-F name]\n"
    "                [-E no] [-H helo] [-T timeout] [-d nameserver]\n"
    "                [-l results] [-C command] [-a user] [-M mechanism]\n"
    "                [-P command] [-K file] [-S addr] rcpt ... <message\n"
    "       smtpsend -t [options] [rcpt ...] <message\n"
    "       smtpsend -I [-s server,...]\n"
    "       smtpsend -bS [-j connections] [-c per-connection] [-p depth]\n"
    "                [-r rate] [options] <batch >results\n"
    "  -s  host[:port], [v6]:port or /path; else $SMTPSERVER,\n"
    "      mailorderrc(5), localhost:2525\n"
    "  -f  the sender, else $EMAIL; -F the author's name without From\n"
    "  -t  recipients from To, Cc and Bcc\n"
    "  -H  our name in EHLO; -E no: say HELO at once\n"
    "  -T  seconds that any wait may take\n"
    "  -l  a file of results(5) that remembers what was sent; - shows them\n"
    "  -4  use only IPv4 addresses; -6 only IPv6; -S from this local address\n"
    "  -A  send again what may have been sent before\n"
    "  -Y  do not wait until that file is on disk; -y wait (the default)\n"
    "  -x  straight to each domain's mail hosts, -s :port; -d name server\n"
    "  -Z  TLS by STARTTLS; twice: from the start\n"
    "  -C  a command that is the connection; %h and %p are host and port\n"
    "  -a  log in as this user, with the secret that -P prints, or from\n"
    "      ~/.netrc; -M names the mechanism\n"
    "  -K  the file of settings, mailorderrc(5); empty: none\n"
    "  -n  send nothing, say what would be; ask the server of -s, too\n"
    "  -I  type the commands yourself; -v shows the dialogue\n"
    "  -bS a batch of messages, bsmtp(5):\n"
    "  -j  number of connections; -c most messages over one of them\n"
    "  -p  messages on their way without an answer (BDAT); 0: no pipelining,\n"
    "      and DATA\n"
    "  -r  N/s, N/m or N/h: messages in a second, minute or hour\n"
    "  -B -e -G -i -m -N -O -o -R -U -bm, and -r ADDRESS for -f: taken for\n"
    "      sendmail's sake\n";

struct opt {
	const char *log;
	struct prepare prepare;
	struct setup setup;
	struct batchread_conf in;
	long jobs;
	int many, again, sync, dry;
	int shown;		/* the results, by -l - */
	int posing;		/* as sendmail: it was called in its ways */
	struct journal journal;	/* of -l file */
};

/* What sendmail can do and we cannot must not end as if it were done. */
static void
set_mode(struct opt *opt, const char *mode)
{
	if (strcmp(mode, "S") == 0)
		opt->many = 1;
	else if (strcmp(mode, "p") == 0)
		die(EX_USAGE, "-bp: there is no queue to show");
	else if (strcmp(mode, "s") == 0)
		die(EX_USAGE, "-bs: SMTP on standard input is smtpd-lite -i's");
	else if (strcmp(mode, "m") != 0)
		die(EX_USAGE, "-b%s: only -bS and -bm can be done", mode);
	else
		opt->posing = 1;
}

/* A rate or, as sendmail has it, the sender. */
static void
set_rate(struct opt *opt, const char *text)
{
	if (batchread_rate(&opt->in.step, text) == 0)
		return;
	if (opt->many || (!byte_is_letter(text[0]) &&
	    strchr(text, '@') == NULL))
		die(EX_USAGE, "-r: %s: not a rate", text);
	opt->prepare.from = text;
	opt->posing = 1;
}

/* Sends all there is: the exit code. */
static enum exit_code
work(struct opt *opt, struct report *report, char **operand, struct wr *out)
{
	struct sender_conf *conf = &opt->setup.conf;
	enum exit_code code;
	struct message m = { 0 };

	if (opt->setup.typed)
		return interactive_run(&conf->servers, STDIN_FILENO, out);
	if (!opt->many) {
		prepare_message(&m, &opt->prepare, operand);
		opt->in.single = &m;
	}
	/* Until now a signal ends us: half a message must not be sent. */
	stop_catch();
	if (opt->dry)
		code = batch_dryrun(&opt->in, conf, opt->setup.named, out);
	else if (opt->many && opt->jobs > 1)
		code = parallel_run(&opt->in, conf, report, opt->jobs);
	else
		code = batch_run(&opt->in, conf, report);
	report_close(report);
	code = result_worst(code, report->code);
	if (opt->many && code != EX_OK && stop_asked())
		warn("stopped; %s", opt->log != NULL ?
		    "the same command with the same -l goes on" :
		    "without -l nobody knows who has had it");
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
	struct setup *s = &opt->setup;
	struct connection_conf *to = &s->conf.servers.connection;
	int c;

	while ((c = cli_opt(argc, argv, OPTIONS)) != -1)
		switch (c) {
		case '4': case '6': case 'S': net_option(c, optarg); break;
		case 'A': opt->again = 1; break;
		case 'a': s->auth.user = optarg; break;
		case 'b': set_mode(opt, optarg); break;
		case 'C': to->command = cli_command(c, optarg); break;
		case 'c':
			s->conf.servers.cap = cli_number(c, optarg, 1,
			    LONG_MAX);
			break;
		case 'd':
			nameservers_need(setup_resolver(s), c, optarg);
			break;
		case 'E':
			to->old = strcmp(optarg, "no") == 0;
			if (!to->old)
				cli_usage();
			break;
		case 'F': opt->prepare.name = optarg; break;
		case 'f': opt->prepare.from = optarg; break;
		case 'H': to->helo = prepare_helo(optarg); break;
		case 'I': s->typed = 1; break;
		case 'j':
			opt->jobs = cli_number(c, optarg, 1,
			    PARALLEL_JOBS_MAX);
			break;
		case 'K': s->file = optarg; break;
		case 'l':
			opt->shown = strcmp(optarg, "-") == 0;
			opt->log = opt->shown ? NULL : optarg;
			break;
		case 'M': s->auth.mechanism = optarg; break;
		case 'n': opt->dry = 1; break;
		case 'P': s->secret = cli_command(c, optarg); break;
		case 'p':
			s->depth = cli_number(c, optarg, 0, SETUP_DEPTH_MAX);
			break;
		case 'q': die(EX_USAGE, "-q: there is no queue to run");
		case 'r': set_rate(opt, optarg); break;
		case 's': s->servers = optarg; break;
		case 'T': to->limit = cli_seconds(c, optarg); break;
		case 't': opt->prepare.headers = 1; break;
		case 'v': opt->prepare.verbose = 1; break;
		case 'x': s->mx = 1; break;
		case 'Y': case 'y': opt->sync = c == 'y'; break;
		case 'Z': to->tls++; break;
		case 'B': case 'e': case 'G': case 'i': case 'm': case 'N':
		case 'O': case 'o': case 'R': case 'U':
			opt->posing = 1;
			break;
		default: cli_other(c);
		}
}

/* What the options ask for together must make sense. */
static void
check(struct opt *opt, char **operand)
{
	int typed = opt->setup.typed;

	if (opt->many || typed ? *operand != NULL ||
	    opt->prepare.headers || (typed && (opt->dry || opt->many)) :
	    *operand == NULL && !opt->prepare.headers)
		cli_usage();
	if (opt->dry && opt->posing)
		die(EX_USAGE, "-n: nothing would be sent; sendmail's -n, "
		    "without aliases, is -K ''");
	cli_clean("-f", opt->prepare.from);
	cli_clean("-F", opt->prepare.name);
	opt->prepare.steady = opt->log != NULL;
	if (opt->setup.depth < 0)
		opt->setup.depth = opt->log != NULL ? 1 : SETUP_DEPTH;
	setup_check(&opt->setup);
}

static void
take_environment(struct opt *opt)
{
	opt->prepare.email = getenv("EMAIL");
	opt->prepare.logname = getenv("LOGNAME");
	opt->prepare.epoch = getenv("SOURCE_DATE_EPOCH");
	opt->setup.env_file = getenv("MAILORDERRC");
	opt->setup.env_servers = getenv("SMTPSERVER");
	opt->setup.netrc = getenv("NETRC");
	opt->setup.home = getenv("HOME");
	opt->setup.no_color = getenv("NO_COLOR");
}

int
main(int argc, char **argv)
{
	struct opt opt = { .setup = { .depth = -1,
	    .conf.servers.connection.limit = IO_FOREVER }, .sync = 1,
	    .in = { .in = STDIN_FILENO, .name = "stdin" } };
	struct report report = { .code = EX_OK };
	struct wr out, trace;
	enum exit_code code;

	cli_init(argv, usage);
	take_environment(&opt);
	parse_options(&opt, argc, argv);
	argv = cli_words(argv);
	setup_file(&opt.setup, &opt.prepare);
	check(&opt, argv);
	wr_init(&trace, STDERR_FILENO, IO_FOREVER);
	wr_init(&out, STDOUT_FILENO, IO_FOREVER);
	setup_conf(&opt.setup, opt.setup.typed ? &out :
	    opt.prepare.verbose ? &trace : NULL);
	/* First of all that takes time: a second run then sends nothing. */
	if (opt.log != NULL && !opt.dry && !opt.setup.typed) {
		journal_need(&opt.journal, opt.log, opt.sync);
		report.journal = &opt.journal;
	}
	setup_secrets(&opt.setup);
	if (opt.many || opt.shown)
		report.out = &out;
	if (opt.many && !opt.prepare.verbose && isatty(STDERR_FILENO))
		report.progress = &trace;
	report.words = !opt.many;
	report.again = opt.again;
	code = work(&opt, &report, argv, &out);
	if (report.broken == NULL)
		wr_finish(&out);
	wr_free(&out);
	wr_free(&trace);
	report_free(&report);
	setup_free(&opt.setup);
	return (int)code;
}
