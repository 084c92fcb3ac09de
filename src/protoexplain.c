/*
 * protoexplain: what each line of a dialogue means, and what is wrong with it;
 * or what a word of the protocols means.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "format/dialogue/explainword.h"
#include "format/dialogue/explanation.h"
#include "sys/charset.h"
#include "sys/cli.h"
#include "sys/io.h"

#define CHARSET_MAX (1 << 20)	/* octets that a text may become */

/* What CRAM-MD5 and APOP are computed with under -u. */
#define PASSWORD "PROTOEXPLAIN_PASSWORD"

static const char usage[] =
    "usage: protoexplain [-hmuVv] [-o text|html] [dialogue ...]\n"
    "       protoexplain [-o text|html] word ...\n"
    "  -m  explain the header and the parts of messages, too; a file that\n"
    "      begins with a header field is one\n"
    "  -o  the form of what is printed (text)\n"
    "  -u  show log-ins, and open what is base64 in them\n"
    "  -v  report on standard error how many lines were wrong\n"
    "A word is a command, a reply code, an enhanced code ...: EHLO, 550,\n"
    "4.7.1.  A file of such a name is ./550.\n";

struct opt {
	enum render_form form;
	int mail;		/* -m */
	int open;		/* -u */
	int verbose;
};

/* EX_OK, or why not all of the file could be read, or is no dialogue. */
static enum exit_code
read_file(struct explanation *p, const char *path, struct wr *out)
{
	const char *name = io_name(path);
	enum exit_code code = EX_OK;
	enum rd_status status;
	unsigned long number = 0;
	struct span line;
	struct rd in;
	int fd = io_open(path);

	if (fd < 0) {
		warn_sys("%s", name);
		return die_errno(errno, EX_NOINPUT);
	}
	rd_init(&in, fd, IO_FOREVER, DIALOGUE_LINE_MAX);
	while ((status = rd_line(&in, &line)) == RD_LINE ||
	    status == RD_PARTIAL) {
		number++;
		if (explanation_line(p, line) < 0) {
			warn("%s:%lu: %s", name, number, p->why);
			code = EX_DATAERR;
		}
		wr_addspan(out, buf_span(&p->out));
		buf_clear(&p->out);
	}
	if (status == RD_LONG) {
		warn("%s:%lu: the line is too long", name, number + 1);
		code = EX_DATAERR;
	} else if (status == RD_ERROR) {
		errno = in.err;
		warn_sys("%s", name);
		code = die_errno(errno, EX_NOINPUT);
	}
	explanation_end(p);
	wr_addspan(out, buf_span(&p->out));
	buf_clear(&p->out);
	rd_free(&in);
	io_close(fd);
	return code;
}

static int
to_utf8(struct buf *text, const char *charset)
{
	return charset_convert(text, charset, CHARSET_MAX);
}

static enum exit_code
read_all(const struct opt *opt, char **paths, struct wr *out)
{
	struct explanation p = { .form = opt->form };
	const char *password = getenv(PASSWORD);
	enum exit_code code, worst = EX_OK;
	size_t before;

	p.explains_mail = opt->mail;
	p.mail.convert = to_utf8;
	p.auth.shows = opt->open;
	if (opt->open && password != NULL)
		p.auth.password = span_str(password);
	for (; *paths != NULL && out->err == 0; paths++) {
		before = p.dialogues;
		code = read_file(&p, *paths, out);
		if (code == EX_OK && p.dialogues == before) {
			warn("%s: no dialogue, and no lines C: and S:",
			    io_name(*paths));
			code = EX_DATAERR;
		}
		if (code > worst)
			worst = code;
	}
	if (opt->verbose)
		warn("dialogues: %zu, faults: %zu", p.dialogues, p.wrong);
	if (worst == EX_OK && p.wrong > 0)
		worst = EX_DATAERR;
	explanation_free(&p);
	return worst;
}

/* Whether all of these are words that are known; -ERR is one, too. */
static int
are_words(char **words)
{
	struct buf b = { 0 };
	size_t known = 1;

	if (*words == NULL)
		return 0;
	for (; *words != NULL && known > 0; words++)
		known = explainword(&b, RENDER_TEXT, span_str(*words));
	buf_free(&b);
	return known > 0;
}

static void
explain_words(const struct opt *opt, char **words, struct wr *out)
{
	struct buf b = { 0 };
	int later = 0;

	for (; *words != NULL; words++) {
		if (later++ && opt->form == RENDER_TEXT)
			buf_addc(&b, '\n');
		explainword(&b, opt->form, span_str(*words));
	}
	wr_addspan(out, buf_span(&b));
	buf_free(&b);
}

static enum render_form
parse_form(const char *name)
{
	if (strcmp(name, "text") == 0)
		return RENDER_TEXT;
	if (strcmp(name, "html") != 0)
		die(EX_USAGE, "-o: %s: not a form: text or html", name);
	return RENDER_HTML;
}

/* What the options say. */
static void
parse(struct opt *opt, int argc, char **argv)
{
	int c;

	while ((c = cli_opt(argc, argv, "hmo:uVv")) != -1)
		switch (c) {
		case 'm': opt->mail = 1; break;
		case 'o': opt->form = parse_form(optarg); break;
		case 'u': opt->open = 1; break;
		case 'v': opt->verbose = 1; break;
		default: cli_other(c);
		}
}

int
main(int argc, char **argv)
{
	enum exit_code code = EX_OK;
	struct opt opt = { 0 };
	struct buf page = { 0 };
	struct wr out;
	int words;

	cli_init(argv, usage);
	words = argc > 1 && span_case_is(span_str(argv[1]), "-ERR");
	if (words)
		optind = 1;
	else
		parse(&opt, argc, argv);
	words = are_words(argv + optind);
	argv = words ? argv + optind : cli_files(argc, argv, 0, argc);
	wr_init(&out, STDOUT_FILENO, IO_FOREVER);
	render_begin(&page, opt.form, span_str("protoexplain"));
	wr_addspan(&out, buf_span(&page));
	if (words)
		explain_words(&opt, argv, &out);
	else
		code = read_all(&opt, argv, &out);
	buf_clear(&page);
	render_end(&page, opt.form);
	wr_addspan(&out, buf_span(&page));
	buf_free(&page);
	wr_finish(&out);
	return (int)code;
}
