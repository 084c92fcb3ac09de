/*
 * protograde: judges clients and servers that students have written, a point
 * for each thing that is to be right.
 */
#include <stdlib.h>
#include <unistd.h>

#include "format/wire/escape.h"
#include "grade/marks.h"
#include "grade/suites.h"
#include "sys/cli.h"
#include "sys/io.h"
#include "sys/spawn.h"
#include "sys/stop.h"

#define NOT_ALL 1		/* the exit code where a point is not got */
#define TEXT_MAX ((size_t)1 << 20)	/* octets of a list */
#define TIMEOUT_MIN 2
#define TIMEOUT_MAX 3600

static const char usage[] =
    "usage: protograde [-hVv] [-o tap|text|html|tsv] [-n points]\n"
    "                  [-p smtp|pop3] [-T seconds] client [-c list]\n"
    "                  -- command [word ...]\n"
    "  -c  a file with a name and a command on each line: a class\n"
    "  -n  a file with the points that count, and their weights\n"
    "  -o  the form of the report (text; with -c tsv)\n"
    "  -p  the protocol (smtp)\n"
    "  -T  seconds that one session may take (20)\n"
    "  -v  tell what is said, on standard error\n"
    "  In the command %h %p %f %t %m stand for host, port, sender,\n"
    "  recipient and a file with the message.\n";

struct opt {
	const char *role, *points, *list, *protocol;
	enum marks_form form;
	int has_form, verbose;
	long timeout;
	char **words;
	const char *dir;		/* for files that are needed */
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

static const struct suite *
suite_of(const struct opt *o)
{
	(void)o;
	return suites_smtp_client.suite;
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

/* Judges one: the points are in g. */
static void
judge(const struct opt *o, struct grade *g, char *const *words)
{
	struct client c = {
		&suites_smtp_client, words, o->dir, (int)o->timeout * 1000,
		o->verbose ? talk : NULL, NULL, 0, 0, 0, { 0 }
	};

	grade_again(g);
	grade_run(g, &c);
	client_free(&c);
}

static int
is_whole(const struct grade *g)
{
	return grade_got(g) == grade_most(g);
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

	judge(o, g, o->words);
	add_name(&name, o->words);
	marks_add(&report, o->form, g, buf_str(&name));
	wr_addspan(out, buf_span(&report));
	buf_free(&report);
	buf_free(&name);
	return is_whole(g);
}

static void
flush(struct wr *out, struct buf *b)
{
	wr_addspan(out, buf_span(b));
	wr_flush(out);
	buf_clear(b);
}

/* All lines of the list are read before the first command is run. */
static int
judge_class(const struct opt *o, struct grade *g, struct wr *out)
{
	struct buf list = { 0 }, command = { 0 }, report = { 0 };
	struct span rest, line, name;
	char **words;
	int all = 1;

	read_text(&list, o->list);
	marks_head(&report, o->form, g);
	rest = buf_span(&list);
	while (rest.n > 0 && !stop_asked()) {
		line = span_trim(span_chomp(span_line(&rest)));
		if (line.n == 0 || line.p[0] == '#')
			continue;
		name = span_take_word(&line);
		buf_clear(&command);
		buf_addspan(&command, line);
		words = spawn_words(buf_str(&command), NULL, NULL);
		judge(o, g, words);
		free(words);
		all = all && is_whole(g);
		marks_row(&report, o->form, g, name);
		flush(out, &report);
	}
	marks_end(&report, o->form);
	flush(out, &report);
	buf_free(&list);
	buf_free(&command);
	buf_free(&report);
	return all;
}

/* Each line of a list has a command, and no NUL. */
static void
check_list(const char *path)
{
	struct buf list = { 0 }, faults = { 0 };
	struct span rest, line;
	unsigned long n = 0;

	read_text(&list, path);
	rest = buf_span(&list);
	while (rest.n > 0) {
		line = span_trim(span_chomp(span_line(&rest)));
		n++;
		if (line.n == 0 || line.p[0] == '#')
			continue;
		span_take_word(&line);
		if (span_trim(line).n == 0 || span_find(line, '\0') != NULL)
			buf_addf(&faults, "%s:%lu: no command\n",
			    io_name(path), n);
	}
	if (cli_faults(&faults))
		die(EX_DATAERR, "%s: nothing was tried", io_name(path));
	buf_free(&list);
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

static int
run(struct opt *o)
{
	struct buf dir = { 0 };
	struct grade g;
	struct wr out;
	int all;

	grade_init(&g, suite_of(o));
	choose(&g, o->points);
	if (o->list != NULL)
		check_list(o->list);
	if (stop_catch() < 0)
		die_sys(EX_TEMPFAIL, "signals");
	make_dir(&dir);
	o->dir = buf_str(&dir);
	wr_init(&out, STDOUT_FILENO, IO_FOREVER);
	all = o->list != NULL ? judge_class(o, &g, &out) :
	    judge_one(o, &g, &out);
	rmdir(o->dir);
	buf_free(&dir);
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
	case 'c': o->list = optarg; break;
	case 'h': cli_help();
	case 'n': o->points = optarg; break;
	case 'o':
		if (marks_form(&o->form, optarg) < 0)
			die(EX_USAGE, "-o: %s: not tap, text, html or tsv",
			    optarg);
		o->has_form = 1;
		break;
	case 'p': o->protocol = optarg; break;
	case 'T':
		o->timeout = cli_number(c, optarg, TIMEOUT_MIN, TIMEOUT_MAX);
		break;
	case 'V': cli_version();
	case 'v': o->verbose = 1; break;
	default: cli_usage();
	}
}

/* What contradicts itself. */
static void
check(struct opt *o)
{
	if (o->list != NULL ? o->words[0] != NULL : o->words[0] == NULL)
		cli_usage();
	if (!o->has_form)
		o->form = o->list != NULL ? MARKS_TSV : MARKS_TEXT;
	if (o->list != NULL && o->form == MARKS_TAP)
		die(EX_USAGE, "-o: there is no TAP of a class");
	if (strcmp(o->protocol, "smtp") != 0 &&
	    strcmp(o->protocol, "pop3") != 0)
		die(EX_USAGE, "-p: %s: not smtp or pop3", o->protocol);
}

/* Options stand before the role, and behind it. */
int
main(int argc, char **argv)
{
	static const char letters[] = "c:hn:o:p:T:Vv";
	struct opt o = { .protocol = "smtp", .timeout = 20 };
	int c;

	cli_init(argc, argv, usage);
	while ((c = getopt(argc, argv, letters)) != -1)
		option(&o, c);
	if (optind == argc)
		cli_usage();
	o.role = argv[optind++];
	if (strcmp(o.role, "client") != 0)
		cli_usage();
	while ((c = getopt(argc, argv, letters)) != -1)
		option(&o, c);
	o.words = argv + optind;
	check(&o);
	return run(&o);
}
