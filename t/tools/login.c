/*
 * login: logs in at a server that is a command, over a pair of pipes, and
 * prints its last reply.  What the server sends to show that it knows the
 * password, too, is checked.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/smtp/saslc.h"
#include "sys/cli.h"
#include "sys/io.h"
#include "sys/spawn.h"

#define USAGE \
	"usage: login smtp|pop3 mechanism login password server [option ...]\n"

static struct spawn server;
static struct rd replies;

/* The last line of the next reply, without its end. */
static struct span
hear(int smtp)
{
	struct span line;

	do
		if (rd_line(&replies, &line) != RD_LINE)
			die(EX_TEMPFAIL, "the server says nothing more");
	while (smtp && line.n > 3 && line.p[3] == '-');
	return span_chomp(line);
}

static void
say(struct buf *line)
{
	buf_adds(line, "\r\n");
	if (io_write(server.out, line->p, line->n) < 0)
		die_sys(EX_IOERR, "the server");
	buf_clear(line);
}

static struct span
log_in(struct saslc *s, const char *mechanism, int smtp)
{
	struct span prompt = span_str(smtp ? "334 " : "+ "), reply;
	struct buf line = { NULL, 0, 0 };
	const char *why;

	buf_addf(&line, "AUTH %s ", mechanism);
	if (!saslc_first(s, SASLC_LINE_MAX, &line))
		line.n--;
	say(&line);
	for (;;) {
		reply = hear(smtp);
		if (reply.n < prompt.n ||
		    memcmp(reply.p, prompt.p, prompt.n) != 0)
			break;
		why = saslc_answer(s, span_drop(reply, prompt.n), &line);
		if (why != NULL)
			die(EX_NOPERM, "%s", why);
		say(&line);
	}
	buf_free(&line);
	why = saslc_done(s);
	if ((reply.p[0] == '2' || reply.p[0] == '+') && why != NULL)
		die(EX_NOPERM, "%s", why);
	return reply;
}

int
main(int argc, char **argv)
{
	struct buf line = { NULL, 0, 0 };
	struct saslc *s;
	struct span reply;
	const char *why;
	int smtp;

	cli_init(argv, USAGE);
	if (argc < 6)
		cli_usage();
	smtp = strcmp(argv[1], "smtp") == 0;
	s = saslc_open(argv[2], span_str(argv[3]), span_str(argv[4]),
	    span_str("fyko"), &why);
	if (s == NULL)
		die(EX_USAGE, "%s", why);
	if (spawn_start(&server, argv + 5, NULL) < 0)
		die_sys(EX_NOINPUT, "%s", argv[5]);
	rd_init(&replies, server.in, IO_FOREVER, SASLC_LINE_MAX);
	(void)hear(smtp);
	if (smtp) {
		buf_adds(&line, "EHLO x");
		say(&line);
		(void)hear(smtp);
	}
	reply = log_in(s, argv[2], smtp);
	printf("%.*s\n", (int)reply.n, reply.p);
	buf_adds(&line, "QUIT");
	say(&line);
	(void)hear(smtp);
	return spawn_end(&server);
}
