/*
 * mkbatch: makes a batch, bsmtp(5), of messages that are in files, for whom
 * their headers name.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/smtp/prepare.h"
#include "store/msgsource.h"
#include "sys/cli.h"
#include "sys/io.h"
#include "sys/local.h"

static const char usage[] =
    "usage: mkbatch [-v] [-f from] [-H helo] [file | mbox | Maildir ...]\n"
    "  -f  the sender, else $EMAIL\n"
    "  -H  the name to say in EHLO, and the domain of bare names\n"
    "  -v  report on standard error how many recipients each message has\n";

struct opt {
	struct prepare prepare;
	int verbose;
};

/* What a message needs of a server stands in MAIL (RFC 6152, RFC 6531). */
static void
set_params(struct message *m)
{
	int utf8 = m->content.head_form == MIME_8BIT ||
	    !span_is_ascii(buf_span(&m->from));
	size_t i;

	for (i = 0; i < m->rcpts; i++)
		utf8 |= !span_is_ascii(buf_span(&m->rcpt[i].addr));
	if (utf8)
		buf_adds(&m->params, "BODY=8BITMIME SMTPUTF8");
	else if (m->content.body_form == MIME_8BIT)
		buf_adds(&m->params, "BODY=8BITMIME");
}

/* Whether all whom the header names are addresses; the others are told. */
static int
tell_rcpts(const struct message *m, const struct msgsource *s)
{
	const struct rcpt *r;
	int good = 1;

	for (r = m->rcpt; r < m->rcpt + m->rcpts; r++) {
		if (!r->decided)
			continue;
		good = 0;
		warn("%s:%zu: %.*s: %.*s", s->name, s->line, (int)r->addr.n,
		    r->addr.p, (int)r->text.n, r->text.p);
	}
	return good;
}

/* One message, for those who can get it; the rest is told. */
static enum exit_code
add_message(struct wr *out, struct message *m, const struct opt *o,
    const struct msgsource *s)
{
	enum exit_code code = EX_OK;
	struct buf b = { 0 };
	const char *why;

	prepare_sender(&m->from, &o->prepare);
	why = prepare_text(m, &o->prepare);
	if (why != NULL) {
		warn("%s:%zu: %s", s->name, s->line, why);
		return EX_DATAERR;
	}
	if (!tell_rcpts(m, s))
		code = EX_DATAERR;
	if (o->verbose)
		warn("%s:%zu: recipients: %zu", s->name, s->line,
		    message_open(m));
	if (message_open(m) > 0) {
		set_params(m);
		message_put(&b, m);
		wr_addspan(out, buf_span(&b));
		buf_free(&b);
	}
	return code;
}

static enum exit_code
add_source(struct wr *out, const char *path, const struct opt *o)
{
	struct message m = { 0 };
	struct buf text = { 0 };
	enum exit_code code = EX_OK;
	struct msgsource s;
	int r;

	r = msgsource_open(&s, path, MESSAGE_MAX);
	while (r == 0 && out->err == 0 &&
	    (r = msgsource_next(&s, &text)) != 0) {
		message_start(&m, 1);
		content_add(&m.content, buf_span(&text));
		buf_clear(&text);
		if (r > 0) {
			code = result_worst(code,
			    add_message(out, &m, o, &s));
		} else {
			errno = s.err;
			warn_sys("%s:%zu", s.name, s.line);
			code = result_worst(code, s.err == EFBIG ?
			    EX_DATAERR : EX_NOINPUT);
		}
		r = 0;
	}
	if (r < 0)
		code = msgsource_complain(&s);
	msgsource_close(&s);
	message_free(&m);
	buf_free(&text);
	return code;
}

int
main(int argc, char **argv)
{
	struct opt o = { .prepare = { .headers = 1, .steady = 1 } };
	struct buf sender = { 0 };
	char host[LOCAL_HOST_MAX];
	enum exit_code code = EX_OK;
	struct wr out;
	int c;

	cli_init(argv, usage);
	local_host(host);
	o.prepare.helo = host;
	o.prepare.email = getenv("EMAIL");
	o.prepare.logname = getenv("LOGNAME");
	o.prepare.epoch = getenv("SOURCE_DATE_EPOCH");
	while ((c = cli_opt(argc, argv, "f:hH:Vv")) != -1)
		switch (c) {
		case 'f': o.prepare.from = optarg; break;
		case 'H': o.prepare.helo = prepare_helo(optarg); break;
		case 'v': o.verbose = 1; break;
		default: cli_other(c);
		}
	argv = cli_files(argc, argv, 0, argc);
	/* Who must not be a sender is told before anything is written. */
	prepare_sender(&sender, &o.prepare);
	buf_free(&sender);
	wr_init(&out, STDOUT_FILENO, IO_FOREVER);
	wr_addf(&out, "EHLO %s\r\n", o.prepare.helo);
	for (; *argv != NULL && out.err == 0; argv++)
		code = result_worst(code, add_source(&out, *argv, &o));
	wr_adds(&out, "QUIT\r\n");
	wr_finish(&out);
	return (int)code;
}
