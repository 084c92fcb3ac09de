#include "openssl.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io.h"
#include "relay.h"

/* It has this long to say why it ends, in ms; and says no more than that. */
#define WORDS_TIMEOUT 1000
#define WORD_MAX 512

/* The n-th of the words that colons divide, from 0; empty beyond the last. */
static struct span
word(struct span s, int n)
{
	while (n-- > 0)
		span_cut(&s, ':');
	return span_trim(span_cut(&s, ':'));
}

static const char plain[] = " does not speak TLS";

/* What openssl's words mean to a person; of the peer what has a blank first. */
static void
add_reason(struct buf *why, struct span reason, const char *peer)
{
	static const char version[] = "no version of TLS in common",
	    refused[] = " does not accept the certificate";
	static const char *const known[][2] = {
		{ "wrong version number", plain },
		{ "packet length too long", plain },
		{ "http request", plain },
		{ "unsupported protocol", version },
		{ "tlsv1 alert protocol version", version },
		{ "sslv3 alert handshake failure", " refuses the handshake" },
		{ "no shared cipher", "no cipher in common" },
		{ "tlsv1 alert unknown ca", refused },
		{ "sslv3 alert bad certificate", refused },
		{ "sslv3 alert certificate unknown", refused },
		{ "sslv3 alert certificate expired", refused },
	};
	size_t i;

	for (i = 0; i < COUNT(known); i++)
		if (span_is(reason, known[i][0])) {
			if (known[i][1][0] == ' ')
				buf_addf(why, "the %s", peer);
			buf_adds(why, known[i][1]);
			return;
		}
	buf_addspan(why, reason);
}

/*
 * One line of openssl's: 1 when it says why.  Those of its own library are
 * thread:error:code:library:function:reason:file:line:more.
 */
static int
explain_line(struct buf *why, struct span line, const char *peer)
{
	if (span_begins(line, "verify error:num=")) {
		buf_adds(why, "the server's certificate is not accepted: ");
		buf_addspan(why, word(line, 2));
	} else if (span_case_has(line, ":BIO_lookup")) {
		buf_adds(why, "no connection: ");
		buf_addspan(why, word(line, 8));
	} else if (span_case_has(line, ":BIO_connect:")) {
		buf_adds(why, "no connection: ");
		buf_addspan(why, word(line, 5));
	} else if (span_case_has(line, ":SSL routines:") &&
	    !span_is(word(line, 5), "unexpected eof while reading")) {
		buf_adds(why, "TLS failed: ");
		add_reason(why, word(line, 5), peer);
	} else {
		return 0;
	}
	return 1;
}

int
openssl_explain(struct buf *why, int fd, const char *peer)
{
	struct span line;
	struct rd rd;
	int found = 0;

	rd_init(&rd, fd, WORDS_TIMEOUT, WORD_MAX);
	while (!found && rd_line(&rd, &line) == RD_LINE)
		found = explain_line(why, span_chomp(line), peer);
	rd_free(&rd);
	return found;
}

int
openssl_is_plain(const struct buf *why)
{
	return span_ends(buf_span(why), plain);
}

/* "Could not read ..." says most; else the last reason in an error line. */
int
openssl_failure(struct buf *why, int fd)
{
	struct span line, reason;
	struct rd rd;
	int found = 0;

	rd_init(&rd, fd, WORDS_TIMEOUT, WORD_MAX);
	while (!found && rd_line(&rd, &line) == RD_LINE) {
		line = span_chomp(line);
		found = span_begins(line, "Could not ");
		reason = found ? line : word(line, 5);
		if (reason.n == 0)
			continue;
		buf_set(why, reason);
	}
	rd_free(&rd);
	return why->n > 0;
}

struct ends {
	int listener, server;
};

/* Copies both ways until both ends are done, or parent has gone. */
static void
join(int client, int server, int parent)
{
	static struct relay_way way[2];

	way[0].from = way[1].to = client;
	way[0].to = way[1].from = server;
	while (!way[0].failed && !way[1].failed &&
	    (!way[0].eof || !way[1].eof))
		if (relay_round(way, COUNT(way), parent, IO_FOREVER) < 0)
			return;
}

static int
work(void *arg, int parent)
{
	struct ends *e = arg;
	struct pollfd f[2];
	int client = -1;

	/* A signal from the terminal is for our parent, who still needs us. */
	setpgid(0, 0);
	f[0].fd = e->listener;
	f[1].fd = parent;
	f[0].events = f[1].events = POLLIN;
	do {
		io_poll(f, COUNT(f), -1);
		if (f[1].revents != 0)
			return EX_OK;
		if (f[0].revents != 0)
			client = accept(e->listener, NULL, NULL);
	} while (client < 0);
	close(e->listener);
	if (fcntl(client, F_SETFL, O_NONBLOCK) == 0 &&
	    fcntl(e->server, F_SETFL, O_NONBLOCK) == 0)
		join(client, e->server, parent);
	return EX_OK;
}

int
openssl_listen(struct spawn *s, int fd, struct net_addr *a, const char **why)
{
	int listener[NET_SOCKETS_MAX], r;
	struct ends e = { -1, fd };
	char text[NET_TEXT_MAX];

	net_parse(a, ":0", "0");
	if (net_listen(a, listener, why) < 0)
		return -1;
	e.listener = listener[0];
	net_bound(e.listener, text);
	net_parse(a, text, "0");
	r = spawn_copy(s, work, &e);
	*why = strerror(errno);
	close(e.listener);
	return r;
}
