/*
 * orderparse: what an order says, and the letters that are made of it.
 */
#include <stdlib.h>
#include <unistd.h>

#include "format/mail/crlf.h"
#include "format/order/excerpt.h"
#include "store/sourcefile.h"
#include "sys/cli.h"
#include "sys/io.h"
#include "sys/local.h"

#define COPIES_MAX 100000	/* recipients of a copy: servers take fewer */

static const char usage[] =
    "usage: orderparse [-dv] [-r | -s | -b | -n | -e | -m addr | -S]\n"
    "                  [-f from] [-F pattern] [-i id] [-g n] [-c charset]\n"
    "                  [-t table [-C charset] [-K column]] [-a dir]\n"
    "                  [-G key] [-R results [-w states]] [-X gone] ...\n"
    "                  [-l journal] [-k keyfile [-E pattern] [-L list]]\n"
    "                  [order]\n"
    "  -a  the directory that [Attach:] takes files from\n"
    "  -b  the body\n"
    "  -C  the character set of the table, where it is not UTF-8\n"
    "  -c  the character set of the order, or of the letter for a table\n"
    "  -d  keep duplicates: an address given twice gets two letters\n"
    "  -E  an envelope sender for each recipient, such as\n"
    "      news+[verp]@example.org\n"
    "  -e  the entries that are not addresses, as results(5)\n"
    "  -F  allow a [From:] whose address matches the pattern\n"
    "  -f  the sender's address ($EMAIL, or login@host)\n"
    "  -G  rows with the same key share a letter, from [rows] to [/rows]\n"
    "  -g  up to n recipients of a domain share a letter, if all are alike\n"
    "  -i  a name for this mailing of the order, for the Message-IDs\n"
    "  -K  the column of the table that holds the addresses\n"
    "  -k  file with the key for -E and [token]\n"
    "  -L  the list that [token] is for, where there are several\n"
    "  -l  do not leave out by -X who has a result in this journal\n"
    "  -m  the letter to one recipient\n"
    "  -n  the number of recipients; with -v, a dry run\n"
    "  -R  only the recipients that are in such a state in results(5)\n"
    "  -r  the recipients' addresses\n"
    "  -S  all letters, as bsmtp(5)\n"
    "  -s  the subject\n"
    "  -t  take the recipients from a CSV or TSV file with a header line\n"
    "  -v  say which entries are not addresses, and which words in brackets\n"
    "      are only like a placeholder; more of -n\n"
    "  -w  the states for -R, of failed,deferred,unknown (deferred)\n"
    "  -X  leave out the addresses of a gone(5) list; may be given again\n";

struct opt {
	int mode;		/* letter of the option, 0 for none */
	int verbose;
	long most;		/* recipients of a copy, 0 for letters */
	struct sourcefiles files;
	struct source source;
	struct letter_opt letter;
	const char *rcpt, *from;
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
	opt->files.states = result_states(span_str(list));
	if (opt->files.states == 0)
		die(EX_USAGE, "-w: %s: not a list of such states", list);
}

static void
check_verp(const struct opt *opt)
{
	const char *verp = opt->letter.verp.p, *list = opt->source.list.p;
	const char *why;

	if (opt->files.keyfile == NULL && (verp != NULL || list != NULL))
		die(EX_USAGE, "-%c needs -k", verp != NULL ? 'E' : 'L');
	cli_clean("-E", verp);
	cli_clean("-L", list);
	if (verp == NULL)
		return;
	if (opt->most > 0)
		die(EX_USAGE, "-E and -g exclude each other");
	if (verp_check(opt->letter.verp, &why) < 0)
		die(EX_USAGE, "-E: %s: %s", verp, why);
}

/* What is given with what; standard input can be read once. */
static void
check_options(const struct opt *opt)
{
	if (sourcefile_stdins(&opt->files) > 1)
		die(EX_USAGE, "only one file can be standard input");
	if (opt->files.table == NULL && (opt->files.table_charset != NULL ||
	    opt->source.column != NULL))
		die(EX_USAGE, "-C and -K belong to -t");
	if (opt->files.states != 0 && opt->files.results == NULL)
		die(EX_USAGE, "-w belongs to -R");
	if (opt->source.repeats + (opt->most > 0) +
	    (opt->source.group != NULL) > 1)
		die(EX_USAGE, "-d, -g and -G exclude each other");
	check_verp(opt);
	cli_clean("-F", opt->source.pattern);
	cli_clean("-f", opt->from);
	cli_clean("-m", opt->rcpt);
}

/* The sender of letters, checked: -f, $EMAIL, or who runs this. */
static void
get_sender(struct buf *b, const char *from)
{
	const char *why;

	if (from != NULL)
		buf_adds(b, from);
	else
		local_user(b, getenv("EMAIL"), getenv("LOGNAME"));
	cli_clean("sender", buf_str(b));
	why = mailing_refuse_sender(buf_span(b));
	if (why != NULL)
		die(EX_USAGE, "sender %s: %s", buf_str(b), why);
}

/* What of it no option says; the sender is put into b. */
static void
complete_letter(struct opt *opt, struct buf *b)
{
	struct local_time here;

	get_sender(b, opt->from);
	cli_now(&here, getenv("SOURCE_DATE_EPOCH"));
	opt->letter.batch = opt->mode != 'm';
	opt->letter.sender = buf_span(b);
	opt->letter.time = here.time;
	opt->letter.offset = here.offset;
}

/* What needs the letters; the batch goes out as it is made. */
static void
put_letters(struct wr *out, struct buf *text, struct opt *opt)
{
	const size_t most = (size_t)opt->most;
	struct source *s = &opt->source;
	struct buf sender = { 0 };
	struct mailing m;
	struct span piece;
	struct addr addr;
	const char *why;

	complete_letter(opt, &sender);
	if (opt->mode == 'n') {
		excerpt_dryrun(text, s, &opt->letter, most,
		    opt->files.nlists > 0);
		buf_free(&sender);
		return;
	}
	mailing_open(&m, s, &opt->letter, most);
	if (opt->mode == 'S')
		while (out->err == 0 && mailing_next(&m, &piece))
			wr_direct(out, piece);
	else if (addr_parse_pasted(&addr, span_str(opt->rcpt), &why) < 0)
		die(EX_USAGE, "-m: %s: %s", opt->rcpt, why);
	else if (!mailing_find(&m, &addr, text))
		die(EX_NOUSER, "%s: no such recipient in the order", opt->rcpt);
	mailing_close(&m);
	buf_free(&sender);
}

static void
put(struct opt *opt)
{
	struct source *s = &opt->source;
	struct buf text = { 0 };
	struct local_time here;
	struct wr out;

	wr_init(&out, STDOUT_FILENO, IO_FOREVER);
	switch (opt->mode) {
	case 'b': crlf_remove(&text, s->order.body); break;
	case 'e':
		cli_now(&here, getenv("SOURCE_DATE_EPOCH"));
		excerpt_bad(&text, &s->order, here.time);
		break;
	case 'r': excerpt_recipients(&text, &s->order); break;
	case 's': excerpt_subject(&text, &s->order); break;
	case 'm':
	case 'S': put_letters(&out, &text, opt); break;
	case 'n':
		if (opt->verbose)
			put_letters(&out, &text, opt);
		else
			excerpt_count(&text, &s->order);
		break;
	default:
		if (opt->files.table != NULL || opt->files.results != NULL)
			sourcefile_made(&text, s, &opt->files);
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
	case 'a': opt->files.dir = optarg; break;
	case 'C': opt->files.table_charset = optarg; break;
	case 'c': opt->files.charset = optarg; break;
	case 'd': opt->source.repeats = 1; break;
	case 'E': opt->letter.verp = span_str(optarg); break;
	case 'F': opt->source.pattern = optarg; break;
	case 'f': opt->from = optarg; break;
	case 'G': opt->source.group = optarg; break;
	case 'g': opt->most = cli_number(c, optarg, 1, COPIES_MAX); break;
	case 'i': opt->letter.id = span_str(optarg); break;
	case 'K': opt->source.column = optarg; break;
	case 'k': opt->files.keyfile = optarg; break;
	case 'L': opt->source.list = span_str(optarg); break;
	case 'l': opt->files.journal = optarg; break;
	case 'm': set_mode(opt, c); opt->rcpt = optarg; break;
	case 'R': opt->files.results = optarg; break;
	case 't': opt->files.table = optarg; break;
	case 'v': opt->verbose = 1; break;
	case 'w': set_states(opt, optarg); break;
	case 'X': opt->files.lists[opt->files.nlists++] = optarg; break;
	default: cli_other(c);
	}
}

int
main(int argc, char **argv)
{
	struct opt opt = { 0 };
	struct source *s = &opt.source;
	struct buf text = { 0 }, faults = { 0 };
	enum exit_code code;
	int c;

	cli_init(argv, usage);
	opt.files.lists = die_calloc((size_t)argc, sizeof *opt.files.lists);
	while ((c = cli_opt(argc, argv,
	    "a:bC:c:deE:F:f:G:g:hi:K:k:L:l:m:nR:rSst:Vvw:X:")) != -1)
		set_option(&opt, c);
	opt.files.path = *cli_files(argc, argv, 0, 1);
	check_options(&opt);
	code = sourcefile_read(s, &text, &opt.files, &faults);
	if (code == EX_OK && opt.verbose)
		source_doubts(s, &faults);
	if (code == EX_OK && (opt.mode == 0 || strchr("mnS", opt.mode) != NULL))
		source_repeats(s, &faults);
	cli_faults(&faults);
	if (code == EX_OK)
		put(&opt);
	source_free(s);
	buf_free(&text);
	buf_free(&faults);
	free(opt.files.lists);
	return (int)code;
}
