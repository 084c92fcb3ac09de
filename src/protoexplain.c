/*
 * protoexplain: what each line of a dialogue means, and what is wrong with it;
 * or what a word of the protocols means.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "format/wire/explaindialogue.h"
#include "format/wire/explainword.h"
#include "format/wire/mask.h"
#include "format/wire/render.h"
#include "sys/charset.h"
#include "sys/cli.h"
#include "sys/io.h"

#define CHARSET_MAX (1 << 20)	/* octets that a text may become */

/* What CRAM-MD5 and APOP are computed with under -u. */
#define PASSWORD "PROTOEXPLAIN_PASSWORD"

static const char usage[] =
    "usage: protoexplain [-hmuVv] [-o text|html] [dialogue ...]\n"
    "       protoexplain [-o text|html] word ...\n"
    "  -m  explain the header and the parts of messages, too\n"
    "  -o  the form of what is printed (text)\n"
    "  -u  show log-ins, and open what is base64 in them\n"
    "  -v  say on standard error how many lines were wrong\n"
    "A word is a command, a reply code, an enhanced code ...: EHLO, 550,\n"
    "4.7.1.  A file of such a name is ./550.\n";

struct opt {
	enum render_form form;
	int mail;		/* -m */
	int open;		/* -u */
	int verbose;
};

/* What has been read so far. */
struct job {
	const struct opt *opt;
	struct explaindialogue x;
	struct wr *out;
	struct buf b;
	int begun;		/* a dialogue is in hand */
	int faulty;		/* what was read is not dialogue(5) */
	size_t wrong;
	size_t dialogues;
};

static void
put(struct job *j)
{
	wr_addspan(j->out, buf_span(&j->b));
	buf_clear(&j->b);
}

static void
end_dialogue(struct job *j)
{
	if (!j->begun)
		return;
	explaindialogue_end(&j->x);
	render_notes(&j->b, j->opt->form, &j->x.notes);
	j->wrong += j->x.notes.wrong;
	j->begun = 0;
	put(j);
}

static void
begin_dialogue(struct job *j, const struct dialogue_head *h)
{
	struct buf title = { 0 };

	end_dialogue(j);
	if (j->dialogues++ > 0 && j->opt->form == RENDER_TEXT)
		buf_addc(&j->b, '\n');
	if (h->protocol != DIALOGUE_ANY) {
		dialogue_add_head(&title, h);
		render_title(&j->b, j->opt->form, span_chomp(buf_span(&title)));
	}
	buf_free(&title);
	explaindialogue_begin(&j->x, h->protocol);
	j->begun = 1;
}

/* What may be shown of an event's line. */
static void
show_line(struct job *j, const struct dialogue_event *e)
{
	struct buf text = { 0 };

	if (j->opt->open)
		buf_addspan(&text, e->text);
	else
		mask_add(&text, e->text, j->x.shown);
	render_line(&j->b, j->opt->form, e->side, buf_span(&text),
	    j->x.notes.wrong > 0);
	buf_free(&text);
}

static void
take_event(struct job *j, const struct dialogue *d)
{
	if (d->begins)
		begin_dialogue(j, &d->head);
	explaindialogue_event(&j->x, &d->event);
	show_line(j, &d->event);
	render_notes(&j->b, j->opt->form, &j->x.notes);
	j->wrong += j->x.notes.wrong;
	put(j);
}

static void
take_line(struct job *j, struct dialogue *d, const char *name,
    unsigned long number, struct span line)
{
	switch (dialogue_line(d, line)) {
	case DIALOGUE_EVENT:
		take_event(j, d);
		break;
	case DIALOGUE_BAD:
		warn("%s:%lu: %s", name, number, d->why);
		j->faulty = 1;
		break;
	case DIALOGUE_OTHER:
		break;
	}
}

/* EX_OK, or why not all of the file could be read. */
static enum exit_code
read_file(struct job *j, const char *path)
{
	const char *name = io_name(path);
	enum exit_code code = EX_OK;
	struct dialogue d = { 0 };
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
	    status == RD_PARTIAL)
		take_line(j, &d, name, ++number, line);
	if (status == RD_LONG) {
		warn("%s:%lu: the line is too long", name, number + 1);
		code = EX_DATAERR;
	} else if (status == RD_ERROR) {
		errno = in.err;
		warn_sys("%s", name);
		code = die_errno(errno, EX_NOINPUT);
	}
	end_dialogue(j);
	rd_free(&in);
	io_close(fd);
	dialogue_free(&d);
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
	static char stdin_name[] = "-", *just_stdin[] = { stdin_name, NULL };
	struct job j = { .opt = opt, .out = out };
	const char *password = getenv(PASSWORD);
	enum exit_code code, worst = EX_OK;

	j.x.explains_mail = opt->mail;
	j.x.mail.convert = to_utf8;
	j.x.auth.shows = opt->open;
	if (opt->open && password != NULL)
		j.x.auth.password = span_str(password);
	if (*paths == NULL)
		paths = just_stdin;
	for (; *paths != NULL && out->err == 0; paths++) {
		code = read_file(&j, *paths);
		if (code > worst)
			worst = code;
	}
	if (j.dialogues == 0 && worst == EX_OK && !j.faulty) {
		warn("no dialogue, and no lines C: and S:");
		j.faulty = 1;
	}
	if (opt->verbose)
		warn("%zu dialogues, %zu faults", j.dialogues, j.wrong);
	explaindialogue_free(&j.x);
	buf_free(&j.b);
	if (worst == EX_OK && (j.faulty || j.wrong > 0))
		worst = EX_DATAERR;
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

	while ((c = getopt(argc, argv, "hmo:uVv")) != -1)
		switch (c) {
		case 'h': cli_help();
		case 'm': opt->mail = 1; break;
		case 'o': opt->form = parse_form(optarg); break;
		case 'u': opt->open = 1; break;
		case 'V': cli_version();
		case 'v': opt->verbose = 1; break;
		default: cli_usage();
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

	cli_init(argc, argv, usage);
	words = argc > 1 && span_case_is(span_str(argv[1]), "-ERR");
	if (words)
		optind = 1;
	else
		parse(&opt, argc, argv);
	words = are_words(argv + optind);
	wr_init(&out, STDOUT_FILENO, IO_FOREVER);
	render_begin(&page, opt.form, span_str("protoexplain"));
	wr_addspan(&out, buf_span(&page));
	if (words)
		explain_words(&opt, argv + optind, &out);
	else
		code = read_all(&opt, argv + optind, &out);
	buf_clear(&page);
	render_end(&page, opt.form);
	wr_addspan(&out, buf_span(&page));
	buf_free(&page);
	wr_finish(&out);
	return (int)code;
}
