#include "tls.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "sys/io.h"
#include "sys/spawn.h"

/* It has this long to say why it ends, in ms; and says no more than that. */
#define WORDS_TIMEOUT 1000
#define WORD_MAX 512

static int
is_ip(const char *host)
{
	unsigned char ip[16];

	return inet_pton(AF_INET, host, ip) == 1 ||
	    inet_pton(AF_INET6, host, ip) == 1;
}

/*
 * -quiet: no line of the session is a command of openssl's own.  Names with
 * blanks in them are none, so the words are safe to split.  No certificate has
 * a name with a dot at its end (RFC 6066 3).
 */
char **
tls_command(const struct net_addr *a, const struct net_addr *server)
{
	const char *name = server->host[0] != '\0' ? server->host : "localhost";
	size_t n = strlen(name);
	char *host = span_dup(span_of(name, n - (name[n - 1] == '.')));
	struct buf line = { 0 };
	char **argv;

	buf_addf(&line, "openssl s_client -quiet -verify_quiet "
	    "-verify_return_error -%s %%h",
	    is_ip(host) ? "verify_ip" : "verify_hostname");
	if (!is_ip(host))
		buf_adds(&line, " -servername %h");
	if (a != server)
		buf_addf(&line, " -connect %s:%s", a->host, a->port);
	else
		buf_adds(&line, strchr(host, ':') != NULL ?
		    " -connect [%h]:%p" : " -connect %h:%p");
	argv = spawn_words(buf_str(&line), host, server->port);
	buf_free(&line);
	free(host);
	return argv;
}

static enum smtpc_status
give_up(struct smtpc *c, const char *why)
{
	smtpc_lost(c, why);
	c->stage = STAGE_TLS;
	c->code = RESULT_OURS;
	return SMTPC_LOST;
}

enum smtpc_status
tls_start(struct smtpc *c, const char *helo)
{
	enum smtpc_status status;

	status = smtpc_hello(c, helo, 0);
	if (status != SMTPC_OK)
		return status;
	if (!(c->caps & SMTPC_STARTTLS)) {
		smtpc_quit(c);
		return give_up(c, "the server does not offer STARTTLS");
	}
	if (!smtpc_silent(c))
		return give_up(c, "the server speaks before it was asked");
	smtpc_say(c, span_str("STARTTLS"));
	status = smtpc_hear(c, STAGE_TLS, SMTPC_COMMAND, 2);
	if (status == SMTPC_OK && !smtpc_silent(c))
		return give_up(c, "something was put in before TLS: "
		    "somebody may be in between");
	return status;
}

/* The n-th of the words that colons divide, from 0; empty beyond the last. */
static struct span
word(struct span s, int n)
{
	const char *p;

	for (;;) {
		p = s.n > 0 ? memchr(s.p, ':', s.n) : NULL;
		if (n-- == 0)
			return span_trim(p == NULL ? s :
			    span_of(s.p, (size_t)(p - s.p)));
		s = p == NULL ? span_of(NULL, 0) :
		    span_drop(s, (size_t)(p - s.p) + 1);
	}
}

/* What openssl's words mean to a person. */
static void
add_reason(struct buf *why, struct span reason)
{
	static const char *const known[][2] = {
		{ "wrong version number", "the server does not speak TLS" },
		{ "packet length too long", "the server does not speak TLS" },
		{ "unsupported protocol", "no version of TLS in common" },
		{ "tlsv1 alert protocol version",
		    "no version of TLS in common" },
		{ "sslv3 alert handshake failure",
		    "the server refuses the handshake" },
	};
	size_t i;

	for (i = 0; i < COUNT(known); i++)
		if (span_is(reason, known[i][0])) {
			buf_adds(why, known[i][1]);
			return;
		}
	buf_addspan(why, reason);
}

static int
starts(struct span line, const char *s)
{
	return line.n >= strlen(s) && memcmp(line.p, s, strlen(s)) == 0;
}

static int
holds(struct span line, const char *s)
{
	size_t i;

	for (i = 0; i + strlen(s) <= line.n; i++)
		if (starts(span_drop(line, i), s))
			return 1;
	return 0;
}

/*
 * One line of openssl's: 1 when it says why.  Those of its own library are
 * thread:error:code:library:function:reason:file:line:more.
 */
static int
explain_line(struct buf *why, struct span line)
{
	if (starts(line, "verify error:num=")) {
		buf_adds(why, "the server's certificate is not accepted: ");
		buf_addspan(why, word(line, 2));
	} else if (holds(line, ":BIO_lookup")) {
		buf_adds(why, "no connection: ");
		buf_addspan(why, word(line, 8));
	} else if (holds(line, ":BIO_connect:")) {
		buf_adds(why, "no connection: ");
		buf_addspan(why, word(line, 5));
	} else if (holds(line, ":SSL routines:") &&
	    !span_is(word(line, 5), "unexpected eof while reading")) {
		buf_adds(why, "TLS failed: ");
		add_reason(why, word(line, 5));
	} else {
		return 0;
	}
	return 1;
}

int
tls_explain(struct buf *why, int fd)
{
	struct span line;
	struct rd rd;
	int found = 0;

	rd_init(&rd, fd, WORDS_TIMEOUT, WORD_MAX);
	while (!found && rd_line(&rd, &line) == RD_LINE)
		found = explain_line(why, span_chomp(line));
	rd_free(&rd);
	return found;
}
