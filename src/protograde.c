/*
 * protograde: judges clients and servers that students have written, a point
 * for each thing that is to be right.
 */
#include <stdlib.h>
#include <unistd.h>

#include "client/client.h"
#include "format/wire/escape.h"
#include "grade/class.h"
#include "grade/marks.h"
#include "sys/cli.h"
#include "sys/io.h"
#include "sys/net.h"
#include "sys/spawn.h"
#include "sys/stop.h"

#define NOT_ALL 1		/* the exit code where a point is not got */
#define TEXT_MAX ((size_t)1 << 20)	/* octets of a list */
#define TIMEOUT_MIN 2
#define TIMEOUT_MAX 3600

static const char usage[] =
    "usage: protograde [-hVv] [-o tap|text|html|tsv] [-n points]\n"
    "                  [-p smtp|pop3] [-T seconds] [-f from] [-t to]\n"
    "                  [-d store] [-a user] [-P command]\n"
    "                  client|server [-c list]\n"
    "                  addr | -- command [word ...]\n"
    "  -a  the user to log in as at a POP3 server (student), -P a command\n"
    "      that prints the password (secret)\n"
    "  -c  a file with a name and a command on each line: a class\n"
    "  -d  the directory, or file, where a server stores messages; the\n"
    "      Maildir of a POP3 server's user\n"
    "  -f  the sender, -t the recipient, that a server is tried with\n"
    "  -n  a file with the points that count, and their weights\n"
    "  -o  the form of the report (text; with -c tsv)\n"
    "  -p  the protocol (smtp)\n"
    "  -T  seconds for a client's session, or a server's reply (20)\n"
    "  -v  show the dialogue on standard error\n"
    "  In a client's command %h %p %f %t %m stand for host, port, sender,\n"
    "  recipient and a file with the message; in a server's %p for the\n"
    "  port, and %d for what -d is.\n";

struct opt {
	const char *points, *list, *user, *password;
	enum marks_form form;
	int has_form;
	struct net_addr addr;
	char **words;
	struct subject subject;
};

static void
talk(int who, struct span line)
{
	struct buf shown = { 0 };

	escape_add(&shown, line);
	if (who == '-')
		warn("point %s", buf_str(&shown));
	else
		warn("%c: %s", who, buf_str(&shown));
	buf_free(&shown);
}

static void
read_text(struct buf *b, const char *path)
{
	if (io_text(path, b, TEXT_MAX) < 0)
		die_sys(EX_NOINPUT, "%s", io_name(path));
}

static void
choose(struct grade *g, const char *path)
{
	struct buf text = { 0 }, faults = { 0 };

	if (path == NULL)
		return;
	read_text(&text, path);
	grade_choose(g, buf_span(&text), io_name(path), &faults);
	if (cli_faults(&faults))
		die(EX_DATAERR, "%s: nothing was tried", io_name(path));
	buf_free(&text);
}

/* What a report calls it: the command. */
static void
add_name(struct buf *b, char *const *words)
{
	for (; *words != NULL; words++) {
		if (b->n > 0)
			buf_addc(b, ' ');
		buf_adds(b, *words);
	}
}

static int
judge_one(const struct opt *o, struct grade *g, struct wr *out)
{
	struct buf report = { 0 }, name = { 0 };

	subject_judge(&o->subject, g, o->words);
	add_name(&name, o->words);
	marks_add(&report, o->form, g, buf_str(&name));
	wr_addspan(out, buf_span(&report));
	buf_free(&report);
	buf_free(&name);
	return grade_is_whole(g);
}

static void
read_list(struct buf *list, const char *path)
{
	struct buf faults = { 0 };

	if (path == NULL)
		return;
	read_text(list, path);
	class_check(buf_span(list), io_name(path), &faults);
	if (cli_faults(&faults))
		die(EX_DATAERR, "%s: nothing was tried", io_name(path));
}

/* A directory of its own, in $TMPDIR. */
static void
make_dir(struct buf *dir)
{
	const char *tmp = getenv("TMPDIR");

	buf_adds(dir, tmp != NULL && tmp[0] == '/' ? tmp : "/tmp");
	buf_adds(dir, "/protograde.XXXXXX");
	buf_str(dir);
	if (mkdtemp(dir->p) == NULL)
		die_sys(EX_CANTCREAT, "%s", dir->p);
}

/* Whom a POP3 server knows; all of it lives as long as the program. */
static void
find_login(struct opt *o)
{
	static struct buf secret;
	struct buf reason = { 0 };

	if (!o->subject.server || !o->subject.pop3)
		return;
	o->subject.from = o->user;
	o->subject.to = NULL;
	if (o->password == NULL)
		return;
	if (client_secret(&secret, o->password, NULL, NULL, "", "",
	    &reason) < 0)
		die(EX_NOPERM, "-P: %s", buf_str(&reason));
	o->subject.to = buf_str(&secret);
}

static int
run(struct opt *o)
{
	struct buf dir = { 0 }, list = { 0 };
	struct grade g;
	struct wr out;
	int all;

	grade_init(&g, subject_suite(&o->subject));
	choose(&g, o->points);
	read_list(&list, o->list);
	find_login(o);
	if (stop_catch() < 0)
		die_sys(EX_TEMPFAIL, "signals");
	make_dir(&dir);
	o->subject.dir = buf_str(&dir);
	wr_init(&out, STDOUT_FILENO, IO_FOREVER);
	all = o->list != NULL ? class_judge(&o->subject, &g, o->form,
	    buf_span(&list), &out) : judge_one(o, &g, &out);
	rmdir(o->subject.dir);
	buf_free(&dir);
	buf_free(&list);
	grade_free(&g);
	wr_finish(&out);
	if (stop_asked())
		die(EX_TEMPFAIL, "stopped before the end");
	return all ? EX_OK : NOT_ALL;
}

static void
option(struct opt *o, int c)
{
	switch (c) {
	case 'a': o->user = optarg; break;
	case 'c': o->list = optarg; break;
	case 'd': o->subject.store = optarg; break;
	case 'f': o->subject.from = optarg; break;
	case 'n': o->points = optarg; break;
	case 'o':
		if (marks_form(&o->form, optarg) < 0)
			die(EX_USAGE, "-o: %s: not tap, text, html or tsv",
			    optarg);
		o->has_form = 1;
		break;
	case 'P': o->password = cli_command(c, optarg); break;
	case 'p':
		o->subject.pop3 = strcmp(optarg, "pop3") == 0;
		if (!o->subject.pop3 && strcmp(optarg, "smtp") != 0)
			die(EX_USAGE, "-p: %s: not smtp or pop3", optarg);
		break;
	case 'T':
		o->subject.timeout = 1000 * (int)cli_number(c, optarg,
		    TIMEOUT_MIN, TIMEOUT_MAX);
		break;
	case 't': o->subject.to = optarg; break;
	case 'v': o->subject.talk = talk; break;
	default: cli_other(c);
	}
}

/* Behind the role and its options: an address, or a command behind "--". */
static void
operands(struct opt *o, char **words, int is_command)
{
	o->words = words;
	if (o->list != NULL ? words[0] != NULL : words[0] == NULL)
		cli_usage();
	if (o->list == NULL && o->subject.server && !is_command) {
		if (words[1] != NULL)
			cli_usage();
		if (net_parse(&o->addr, words[0], "2525") < 0)
			die(EX_USAGE, "%s: not an address", words[0]);
		o->subject.addr = &o->addr;
	}
	if (!o->has_form)
		o->form = o->list != NULL ? MARKS_TSV : MARKS_TEXT;
	if (o->list != NULL && o->form == MARKS_TAP)
		die(EX_USAGE, "-o: there is no TAP of a class");
	cli_clean("-a", o->user);
	cli_clean("-f", o->subject.from);
	cli_clean("-t", o->subject.to);
}

/* Options stand before the role, and behind it. */
int
main(int argc, char **argv)
{
	static const char letters[] = "a:c:d:f:hn:o:P:p:T:t:Vv";
	struct opt o = { .subject.timeout = 20000 };
	const char *role;
	int c;

	cli_init(argv, usage);
	while ((c = cli_opt(argc, argv, letters)) != -1)
		option(&o, c);
	if (optind == argc)
		cli_usage();
	role = argv[optind++];
	o.subject.server = strcmp(role, "server") == 0;
	if (!o.subject.server && strcmp(role, "client") != 0)
		cli_usage();
	while ((c = cli_opt(argc, argv, letters)) != -1)
		option(&o, c);
	operands(&o, argv + optind, strcmp(argv[optind - 1], "--") == 0);
	return run(&o);
}
