/*
 * mkmail: makes a message of a text, header fields and attachments.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "format/mail/compose.h"
#include "format/mail/crlf.h"
#include "format/mail/date.h"
#include "format/mail/hdr.h"
#include "format/mail/mime.h"
#include "format/wire/dsn.h"
#include "sys/cli.h"
#include "sys/io.h"
#include "sys/local.h"

/* The largest text, attachment or results file: more is not mail. */
#define INPUT_MAX ((size_t)1 << 30)

static const char usage[] =
    "usage: mkmail [-lv] [-f from] [-s subject] [-H 'Name: value'] [-a file]\n"
    "              [-A html] [-R results] [rcpt ...] <text >message\n"
    "  -f  the author: address or Name <address>, else $EMAIL; -s subject\n"
    "  -H  one more header field; may be repeated\n"
    "  -A  a file that says the same as the text, in HTML\n"
    "  -a  a file to attach; may be repeated\n"
    "  -l  make text and subject legible, whatever is in them\n"
    "  -R  a results file: say who in it was not reached\n"
    "  -v  report on standard error what is attached\n";

struct opt {
	const char *from, *subject, *html, *results;
	const char **fields, **files;
	size_t nfields, nfiles;
	int legible, verbose;
};

/* what says where the field comes from: an option, or a setting. */
static void
add_field(struct buf *header, const char *what, struct span name,
    const char *value)
{
	const char *why;

	why = compose_field(header, name, span_str(value));
	if (why != NULL)
		die(EX_USAGE, "%s: %.*s: %s: %s", what, (int)name.n, name.p,
		    value, why);
}

static void
add_option(struct buf *header, const char *text)
{
	const char *colon = strchr(text, ':');

	if (colon == NULL)
		die(EX_USAGE, "-H: %s: not a Name: value", text);
	add_field(header, "-H", span_trim(span_of(text,
	    (size_t)(colon - text))), colon + 1 + strspn(colon + 1, " \t"));
}

/* Each is looked at alone, lest quotes reach from one to the next. */
static void
add_recipients(struct buf *header, char **rcpt)
{
	const struct span to = span_str("To");
	struct buf list = { 0 }, ignored = { 0 };

	for (; *rcpt != NULL; rcpt++) {
		cli_clean("recipient", *rcpt);
		buf_clear(&ignored);
		add_field(&ignored, "recipient", to, *rcpt);
		buf_addf(&list, "%s%s", list.n > 0 ? ", " : "", *rcpt);
	}
	if (list.n > 0)
		add_field(header, "recipient", to, buf_str(&list));
	buf_free(&ignored);
	buf_free(&list);
}

static void
make_header(struct buf *header, const struct opt *opt, char **rcpt)
{
	const struct span from = span_str("From");
	struct buf user = { 0 }, subject = { 0 };
	size_t i;

	cli_clean("-f", opt->from);
	if (opt->from != NULL)
		add_field(header, "-f", from, opt->from);
	add_recipients(header, rcpt);
	if (opt->legible && opt->subject != NULL)
		mime_line(&subject, span_str(opt->subject));
	if (opt->subject != NULL)
		add_field(header, "-s", span_str("Subject"),
		    opt->legible ? buf_str(&subject) : opt->subject);
	buf_free(&subject);
	for (i = 0; i < opt->nfields; i++)
		add_option(header, opt->fields[i]);
	if (hdr_find(buf_span(header), from).p == NULL) {
		local_user(&user, getenv("EMAIL"), getenv("LOGNAME"));
		cli_clean("author", buf_str(&user));
		add_field(header, "author", from, buf_str(&user));
	}
	buf_free(&user);
}

/* What no two messages share, unless the moment was prescribed. */
static void
add_moment(struct buf *header, const struct buf *content)
{
	char host[LOCAL_HOST_MAX];
	struct buf salt = { 0 };
	struct local_time here;

	cli_now(&here, getenv("SOURCE_DATE_EPOCH"));
	buf_adds(header, "Date: ");
	date_mail(header, here.time, here.offset);
	buf_adds(header, "\r\n");
	if (!here.fixed)
		buf_addf(&salt, "%ld %ld", here.nsec, (long)getpid());
	local_host(host);
	compose_id(header, content, buf_span(&salt), host);
	buf_free(&salt);
}

/* A file that cannot be read is told, and so are the others. */
static enum exit_code
read_file(struct buf *b, const char *path)
{
	enum exit_code code = EX_OK;
	int fd;

	if (strcmp(path, "-") == 0)
		die(EX_USAGE, "-: standard input is the text");
	fd = io_open(path);
	if (fd < 0 || io_slurp(fd, b, INPUT_MAX) < 0) {
		warn_sys("%s", path);
		code = die_errno(errno, EX_NOINPUT);
	}
	if (fd >= 0)
		close(fd);
	return code;
}

/*
 * The part with the text, who was not reached behind it, or with both its
 * forms.
 */
static enum exit_code
make_text(struct buf *part, const struct opt *opt, const struct dsn *dsn)
{
	struct buf raw = { 0 }, text = { 0 }, faults = { 0 };
	struct buf forms[2] = { { 0 } };
	enum exit_code code = EX_OK;
	size_t n = 1;

	if (io_slurp(STDIN_FILENO, opt->legible ? &raw : &text, INPUT_MAX) < 0)
		die_sys(die_errno(errno, EX_NOINPUT), "stdin");
	mime_lines(&text, buf_span(&raw));
	mime_check_text(buf_span(&text), "stdin", &faults);
	dsn_say(&text, dsn);
	compose_text(&forms[0], "plain", buf_span(&text));
	if (opt->html != NULL) {
		buf_clear(&text);
		code = read_file(&text, opt->html);
		mime_check_text(buf_span(&text), opt->html, &faults);
		compose_text(&forms[n++], "html", buf_span(&text));
	}
	compose_parts(part, "multipart/alternative", forms, n);
	if (cli_faults(&faults))
		code = result_worst(code, EX_DATAERR);
	buf_free(&forms[0]);
	buf_free(&forms[1]);
	buf_free(&text);
	buf_free(&raw);
	buf_free(&faults);
	return code;
}

/* Fills a part for each attachment. */
static enum exit_code
attach(struct buf *parts, const struct opt *opt)
{
	enum exit_code code = EX_OK, got;
	struct buf content = { 0 };
	size_t i;

	for (i = 0; i < opt->nfiles; i++) {
		buf_clear(&content);
		got = read_file(&content, opt->files[i]);
		code = result_worst(code, got);
		if (opt->verbose && got == EX_OK)
			warn("%s: attached, %zu octets", opt->files[i],
			    content.n);
		compose_file(&parts[i], span_str(opt->files[i]),
		    buf_span(&content), span_of(NULL, 0));
	}
	buf_free(&content);
	return code;
}

/* Who was not reached, by the results in text. */
static enum exit_code
read_results(struct dsn *dsn, struct buf *text, const char *path)
{
	enum exit_code code = read_file(text, path);
	struct buf faults = { 0 };

	dsn_read(dsn, buf_span(text), path, &faults);
	if (cli_faults(&faults))
		code = result_worst(code, EX_DATAERR);
	buf_free(&faults);
	return code;
}

/* Everything below the message's own header. */
static enum exit_code
make_content(struct buf *content, const struct opt *opt)
{
	struct buf *parts = die_calloc(opt->nfiles + 2, sizeof *parts);
	struct buf results = { 0 };
	struct dsn dsn = { 0 };
	enum exit_code code = EX_OK;
	char host[LOCAL_HOST_MAX];
	size_t n = 1;

	if (opt->results != NULL)
		code = read_results(&dsn, &results, opt->results);
	if (dsn.n > 0) {
		local_host(host);
		dsn_add(&parts[n++], host, &dsn);
	}
	code = result_worst(code, attach(parts + n, opt));
	/* a report has three parts at most (RFC 6522 3) */
	n += dsn.n > 0 ? compose_join(parts + n, opt->nfiles) : opt->nfiles;
	code = result_worst(code, make_text(&parts[0], opt, &dsn));
	compose_parts(content, dsn.n > 0 ?
	    "multipart/report; report-type=delivery-status" :
	    "multipart/mixed", parts, n);
	while (n > 0)
		buf_free(&parts[--n]);
	free(parts);
	buf_free(&results);
	dsn_free(&dsn);
	return code;
}

/* Lines end in LF, as this system's mail tools have it. */
static void
put_message(struct buf *header, const struct buf *content)
{
	struct buf text = { 0 };

	add_moment(header, content);
	buf_adds(header, "MIME-Version: 1.0\r\n");
	crlf_remove(&text, buf_span(header));
	crlf_remove(&text, buf_span(content));
	wr_print(buf_span(&text));
	buf_free(&text);
}

int
main(int argc, char **argv)
{
	struct opt opt = { 0 };
	struct buf header = { 0 }, content = { 0 };
	int c, code;

	cli_init(argv, usage);
	opt.fields = die_calloc((size_t)argc, sizeof *opt.fields);
	opt.files = die_calloc((size_t)argc, sizeof *opt.files);
	while ((c = cli_opt(argc, argv, "A:a:f:H:hlR:s:vV")) != -1)
		switch (c) {
		case 'A': opt.html = optarg; break;
		case 'a': opt.files[opt.nfiles++] = optarg; break;
		case 'f': opt.from = optarg; break;
		case 'H': opt.fields[opt.nfields++] = optarg; break;
		case 'l': opt.legible = 1; break;
		case 'R': opt.results = optarg; break;
		case 's': opt.subject = optarg; break;
		case 'v': opt.verbose = 1; break;
		default: cli_other(c);
		}
	make_header(&header, &opt, cli_words(argv));
	code = (int)make_content(&content, &opt);
	if (code == EX_OK)
		put_message(&header, &content);
	buf_free(&header);
	buf_free(&content);
	free(opt.fields);
	free(opt.files);
	return code;
}
