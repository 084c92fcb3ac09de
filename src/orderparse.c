/*
 * orderparse: what an order says, and the letters that are made of it.
 */
#include <stdlib.h>
#include <unistd.h>

#include "format/order/again.h"
#include "format/order/excerpt.h"
#include "format/order/mailing.h"
#include "store/source.h"
#include "sys/cli.h"
#include "sys/here.h"
#include "sys/io.h"

#define COPIES_MAX 100000	/* recipients of a copy: servers take fewer */

static const char usage[] =
    "usage: orderparse [-v] [-r | -s | -b | -n | -e | -m addr | -S]\n"
    "                  [-f from] [-F pattern] [-i id] [-g n] [-c charset]\n"
    "                  [-t table] [-R results [-w states]] [order]\n"
    "  -b  the body\n"
    "  -c  the character set of order and table, where it is not UTF-8\n"
    "  -e  the entries that are no address, as results(5)\n"
    "  -F  allow a [From:] whose address matches the pattern\n"
    "  -f  the sender's address ($EMAIL, or login@host)\n"
    "  -g  up to n recipients of a domain share a letter, if all are alike\n"
    "  -i  a name for this mailing of the order, for the Message-IDs\n"
    "  -m  the letter to one recipient\n"
    "  -n  the number of recipients; with -v, a dry run\n"
    "  -R  only the recipients that are in such a state in results(5)\n"
    "  -r  the recipients' addresses\n"
    "  -S  all letters, as bsmtp(5)\n"
    "  -s  the subject\n"
    "  -t  take the recipients from a CSV or TSV file with a header line\n"
    "  -v  say which entries are no address; more of -n\n"
    "  -w  the states for -R, of failed,deferred,unknown (deferred)\n";

struct opt {
	int mode;		/* letter of the option, 0 for none */
	int verbose;
	size_t most;		/* recipients of a copy, 0 for letters */
	const char *rcpt;
	const char *from;
	const char *id;
	struct source_opt source;
};

static void
set_mode(struct opt *opt, int c)
{
	if (opt->mode != 0 && opt->mode != c)
		die(EX_USAGE, "-%c and -%c exclude each other", opt->mode, c);
	opt->mode = c;
}

static void
set_states(struct opt *opt, const char *list)
{
	opt->source.states = again_states(span_str(list));
	if (opt->source.states == 0)
		die(EX_USAGE, "-w: %s: not a list of failed, deferred and "
		    "unknown", list);
}

/* What is given with what; standard input can be read once. */
static void
check_options(const struct opt *opt)
{
	const struct source_opt *s = &opt->source;
	int stdins = strcmp(s->path, "-") == 0;

	stdins += s->table != NULL && strcmp(s->table, "-") == 0;
	stdins += s->results != NULL && strcmp(s->results, "-") == 0;
	if (stdins > 1)
		die(EX_USAGE, "only one file can be standard input");
	if (s->states != 0 && s->results == NULL)
		die(EX_USAGE, "-w belongs to -R");
	cli_clean("-F", s->pattern);
	cli_clean("-f", opt->from);
	cli_clean("-m", opt->rcpt);
}

static void
get_time(struct here *here)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");

	if (here_now(here, epoch) < 0)
		die(EX_CONFIG, "SOURCE_DATE_EPOCH: %s: not a number", epoch);
}

/* The sender of letters, checked: -f, $EMAIL, or who runs this. */
static void
get_sender(struct buf *b, const char *from)
{
	const char *why;

	if (from != NULL)
		buf_adds(b, from);
	else
		here_user(b, getenv("EMAIL"), getenv("LOGNAME"));
	cli_clean("sender", buf_str(b));
	why = mailing_refuse_sender(buf_span(b));
	if (why != NULL)
		die(EX_USAGE, "sender %s: %s", buf_str(b), why);
}

static void
open_mailing(struct mailing *m, struct source *s, const struct opt *opt,
    struct buf *sender)
{
	struct letter_opt how = { 0 };
	struct here here;

	get_sender(sender, opt->from);
	get_time(&here);
	how.sender = buf_span(sender);
	how.id = span_str(opt->id);
	how.time = here.time;
	how.offset = here.offset;
	how.batch = opt->mode != 'm';
	mailing_open(m, &s->letter, &how, opt->most);
}

/* The letter to one recipient, with the line endings of a file. */
static void
get_letter(struct buf *text, struct mailing *m, const char *rcpt)
{
	struct buf message = { 0 };
	struct addr addr;
	const char *why;

	if (addr_parse(&addr, span_str(rcpt), &why) < 0)
		die(EX_USAGE, "-m: %s: %s", rcpt, why);
	if (!mailing_find(m, &addr, &message))
		die(EX_NOUSER, "%s: no such recipient in the order", rcpt);
	excerpt_lines(text, buf_span(&message));
	buf_free(&message);
}

/* The batch goes to out, or is but counted where that is NULL. */
static size_t
put_batch(struct wr *out, struct mailing *m)
{
	struct span piece;
	size_t size = 0;

	while ((out == NULL || out->err == 0) && mailing_next(m, &piece)) {
		size += piece.n;
		if (out != NULL)
			wr_direct(out, piece);
	}
	return size;
}

/* What needs the letters; the batch goes out as it is made. */
static void
put_letters(struct wr *out, struct buf *text, struct source *s,
    const struct opt *opt)
{
	struct buf sender = { 0 };
	struct mailing m;

	open_mailing(&m, s, opt, &sender);
	if (opt->mode == 'S')
		put_batch(out, &m);
	else if (opt->mode == 'm')
		get_letter(text, &m, opt->rcpt);
	else
		buf_addf(text, "size %zu\n", put_batch(NULL, &m));
	mailing_close(&m);
	buf_free(&sender);
}

static void
put(struct source *s, const struct opt *opt)
{
	struct buf text = { 0 };
	struct here here;
	struct wr out;

	wr_init(&out, STDOUT_FILENO, IO_FOREVER);
	switch (opt->mode) {
	case 'b':
		excerpt_lines(&text, s->order.body);
		break;
	case 'e':
		get_time(&here);
		excerpt_bad(&text, &s->order, here.time);
		break;
	case 'n':
		excerpt_count(&text, &s->order, opt->verbose);
		if (!opt->verbose)
			break;
		excerpt_fields(&text, &s->order, &s->letter.values);
		put_letters(NULL, &text, s, opt);
		break;
	case 'r':
		excerpt_recipients(&text, &s->order);
		break;
	case 's':
		excerpt_subject(&text, &s->order);
		break;
	case 'm':
	case 'S':
		put_letters(&out, &text, s, opt);
		break;
	default:
		if (opt->source.table != NULL || opt->source.results != NULL)
			excerpt_lines(&text, s->order.text);
		else
			excerpt_all(&text, &s->order);
	}
	wr_addspan(&out, buf_span(&text));
	wr_finish(&out);
	buf_free(&text);
}

static void
set_option(struct opt *opt, int c)
{
	switch (c) {
	case 'b': case 'e': case 'n': case 'r': case 'S': case 's':
		set_mode(opt, c);
		break;
	case 'c': opt->source.charset = optarg; break;
	case 'F': opt->source.pattern = optarg; break;
	case 'f': opt->from = optarg; break;
	case 'g': opt->most = (size_t)cli_number(c, optarg, 1, COPIES_MAX);
		break;
	case 'h': cli_help();
	case 'i': opt->id = optarg; break;
	case 'm': set_mode(opt, c); opt->rcpt = optarg; break;
	case 'R': opt->source.results = optarg; break;
	case 't': opt->source.table = optarg; break;
	case 'V': cli_version();
	case 'v': opt->verbose = 1; break;
	case 'w': set_states(opt, optarg); break;
	default: cli_usage();
	}
}

int
main(int argc, char **argv)
{
	struct opt opt = { 0 };
	struct source s;
	enum exit_code code;
	int c;

	cli_init(argc, argv, usage);
	opt.id = "";
	opt.source.path = "-";
	while ((c = getopt(argc, argv, "bc:eF:f:g:hi:m:nR:rSst:Vvw:")) != -1)
		set_option(&opt, c);
	if (argc - optind > 1)
		cli_usage();
	if (optind < argc)
		opt.source.path = argv[optind];
	check_options(&opt);
	if (opt.source.states == 0)
		set_states(&opt, "deferred");

	code = source_read(&s, &opt.source);
	if (code == EX_OK && opt.verbose)
		source_tell_bad(&s);
	if (code == EX_OK)
		put(&s, &opt);
	source_free(&s);
	return (int)code;
}
