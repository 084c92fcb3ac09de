/*
 * unsub: somebody asks to be left out: by a message, or by a web server's
 * request.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "format/wire/leave.h"
#include "format/wire/results.h"
#include "store/gonelist.h"
#include "sys/cli.h"
#include "sys/io.h"
#include "sys/local.h"
#include "sys/secret.h"

#define HEADER_MAX ((size_t)1 << 20)	/* octets of a message looked at */
#define BODY_WAIT 30000		/* ms that a request's body, or the answer,
				   may take */
#define LOCK_WAIT 10000		/* ms that another may have the list */

static const char usage[] =
    "usage: unsub [-v] -k keyfile [-L list] [-o gone] [message]\n"
    "  -k  file with the key with which orderparse -k made the tokens\n"
    "  -L  name of the list that they are for, where there are several\n"
    "  -o  add the address to a gone(5) list, instead of printing results(5)\n"
    "  -v  report on standard error which address leaves\n"
    "With GATEWAY_INTERFACE set, and no message, it is a CGI program.\n";

struct opt {
	const char *keyfile, *list, *gone;
	int verbose;
	struct leave leave;
};

static void
read_key(struct opt *opt)
{
	struct buf key = { 0 };

	secret_need(opt->keyfile, &key, TAG_KEY_MAX);
	tag_key(&opt->leave.key, buf_span(&key));
	secret_wipe(&key);
	opt->leave.list = span_str(opt->list);
}

static int64_t
now(void)
{
	struct local_time here;

	cli_now(&here, getenv("SOURCE_DATE_EPOCH"));
	return here.time;
}

/* Adds who leaves to the list: 0, or -1 with errno after the reason. */
static int
add(const struct opt *opt, struct span address, const char *how)
{
	struct gone gone = { .address = address, .reason = span_str("left"),
	    .time = now(), .count = 1, .text = span_str(how) };
	struct gonelist g;
	int r, err = 0;

	r = gonelist_open(&g, opt->gone, LOCK_WAIT);
	if (r == 0)
		r = gonelist_add(&g, &gone);
	if (r < 0) {
		gonelist_complain(&g);
		err = errno;
		gonelist_undo(&g);
	}
	gonelist_close(&g);
	errno = err;
	return r;
}

static void
tell(struct span address, const char *how)
{
	warn("%.*s: left, %s", (int)address.n, address.p, how);
}

/* --- A message ---------------------------------------------------------- */

static void
print(struct span address)
{
	struct result r = { .status = RESULT_LEFT, .stage = STAGE_LEAVE,
	    .rcpt = address, .time = now(), .text = span_str("by message") };
	struct buf line = { 0 };

	result_add(&line, &r);
	wr_print(buf_span(&line));
	buf_free(&line);
}

static enum exit_code
take_message(const struct opt *opt, const char *path)
{
	struct buf text = { 0 }, address = { 0 };
	enum exit_code code = EX_OK;

	if (io_text(path, &text, HEADER_MAX) < 0 && errno != EFBIG)
		die_sys(die_errno(errno, EX_NOINPUT), "%s", io_name(path));
	if (leave_message(&address, &opt->leave, buf_span(&text)) < 0)
		die(EX_DATAERR, "%s: there is no address in the Subject with "
		    "its token", io_name(path));
	if (opt->gone == NULL)
		print(buf_span(&address));
	else if (add(opt, buf_span(&address), "by message") < 0)
		code = die_errno(errno, EX_IOERR);
	if (opt->verbose && code == EX_OK)
		tell(buf_span(&address), "by message");
	buf_free(&text);
	buf_free(&address);
	return code;
}

/* --- A web request ------------------------------------------------------ */

static struct span
variable(const char *name)
{
	const char *value = getenv(name);

	return span_str(value != NULL ? value : "");
}

/* LEAVE_LEFT once the whole body is there and asks for it. */
static enum leave_answer
read_body(void)
{
	const long long end = io_clock() + BODY_WAIT;
	struct span length = variable("CONTENT_LENGTH"), piece;
	struct buf body = { 0 };
	enum rd_status got = RD_LINE;
	enum leave_answer answer;
	uintmax_t n;
	struct rd rd;

	if (span_number(length, &n) < 0)
		return LEAVE_NO_LENGTH;
	if (n > LEAVE_BODY_MAX)
		return LEAVE_LARGE;
	rd_init(&rd, STDIN_FILENO, BODY_WAIT, LEAVE_BODY_MAX);
	while (body.n < n && got == RD_LINE && io_clock() < end) {
		got = rd_some(&rd, &piece);
		if (got != RD_LINE)
			break;
		if (piece.n > n - body.n)
			piece.n = n - body.n;
		buf_addspan(&body, piece);
		rd_take(&rd, piece.n);
	}
	answer = body.n < n ? LEAVE_SLOW :
	    leave_is_confirmed(variable("CONTENT_TYPE"), buf_span(&body)) ?
	    LEAVE_LEFT : LEAVE_NOT_CONFIRMED;
	rd_free(&rd);
	buf_free(&body);
	return answer;
}

static enum leave_answer
write_down(const struct opt *opt, struct span address)
{
	if (opt->gone == NULL) {
		warn("a CGI program needs -o");
		return LEAVE_FAILED;
	}
	if (add(opt, address, "by web page") == 0) {
		if (opt->verbose)
			tell(address, "by web page");
		return LEAVE_LEFT;
	}
	return errno == EAGAIN ? LEAVE_BUSY : LEAVE_FAILED;
}

static enum leave_answer
answer_request(const struct opt *opt, struct buf *address)
{
	const struct span method = variable("REQUEST_METHOD");
	const int post = span_is(method, "POST");
	enum leave_answer answer;

	if (!post && !span_is(method, "GET") && !span_is(method, "HEAD"))
		return LEAVE_METHOD;
	if (leave_query(address, &opt->leave, variable("QUERY_STRING")) < 0)
		return LEAVE_FORBIDDEN;
	if (!post)
		return LEAVE_ASK;
	answer = read_body();
	return answer == LEAVE_LEFT ? write_down(opt, buf_span(address)) :
	    answer;
}

static int
serve(const struct opt *opt)
{
	struct buf address = { 0 }, page = { 0 };
	enum leave_answer answer = answer_request(opt, &address);
	struct wr out;

	leave_page(&page, answer, buf_span(&address), opt->leave.list,
	    span_is(variable("REQUEST_METHOD"), "HEAD"));
	wr_init(&out, STDOUT_FILENO, BODY_WAIT);
	wr_addspan(&out, buf_span(&page));
	wr_finish(&out);
	buf_free(&address);
	buf_free(&page);
	return answer == LEAVE_FAILED ? EX_IOERR : EX_OK;
}

int
main(int argc, char **argv)
{
	struct opt opt = { .list = "" };
	int c;

	cli_init(argv, usage);
	while ((c = cli_opt(argc, argv, "hk:L:o:Vv")) != -1)
		switch (c) {
		case 'k': opt.keyfile = optarg; break;
		case 'L': opt.list = optarg; break;
		case 'o': opt.gone = optarg; break;
		case 'v': opt.verbose = 1; break;
		default: cli_other(c);
		}
	argv = cli_files(argc, argv, 0, 1);
	if (opt.keyfile == NULL)
		cli_usage();
	cli_clean("-L", opt.list);
	read_key(&opt);
	if (optind == argc && getenv("GATEWAY_INTERFACE") != NULL)
		return serve(&opt);
	return (int)take_message(&opt, *argv);
}
