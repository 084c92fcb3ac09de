/*
 * The client's side of an FTP session with a server that says what the input
 * does: log-in, directory, and two files.  Whatever it hears, it says nothing
 * but commands, a line each.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>

#include "client/ftp/ftpc.h"

#include "fuzz.h"

/* Milliseconds that a wait may take. */
#define PATIENCE 50

static int listener = -1;
static struct ftpc_conf conf = { .user = "joe", .timeout = PATIENCE,
    .make = 1 };

static void
start(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof a;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	MUST(listener >= 0 &&
	    bind(listener, (struct sockaddr *)&a, sizeof a) == 0 &&
	    listen(listener, 4) == 0);
	MUST(getsockname(listener, (struct sockaddr *)&a, &len) == 0);
	snprintf(conf.addr.host, sizeof conf.addr.host, "127.0.0.1");
	snprintf(conf.addr.port, sizeof conf.addr.port, "%u",
	    (unsigned)ntohs(a.sin_port));
	conf.password = span_str("pencil");
	conf.path = span_str("in/Gr%C3%BC%C3%9Fe");
}

static void
must_be_command(struct span line)
{
	size_t i;

	MUST(line.n >= 5 && line.p[line.n - 2] == '\r');
	for (i = 0; i < line.n && line.p[i] >= 'A' && line.p[i] <= 'Z'; i++)
		;
	MUST((i == 3 || i == 4) && (line.p[i] == ' ' || line.p[i] == '\r'));
	MUST(memchr(line.p, '\r', line.n) == line.p + line.n - 2);
}

/* Says the input, and reads what the client says to its end. */
static void *
serve(void *arg)
{
	struct span *input = arg, rest;
	struct buf heard = { 0 };
	char piece[4096];
	ssize_t n;
	int fd;

	fd = accept(listener, NULL, NULL);
	MUST(fd >= 0);
	send(fd, input->p, input->n, MSG_NOSIGNAL);
	shutdown(fd, SHUT_WR);
	while ((n = recv(fd, piece, sizeof piece, 0)) > 0)
		buf_add(&heard, piece, (size_t)n);
	close(fd);
	rest = buf_span(&heard);
	while (rest.n > 0 && memchr(rest.p, '\n', rest.n) != NULL)
		must_be_command(span_line(&rest));
	buf_free(&heard);
	return NULL;
}

static void
put_file(struct ftpc *c, const char *name)
{
	int fd;

	fd = ftpc_data(c);
	ftpc_ask(c, "STOR", name);
	if (fd >= 0)
		close(fd);
	ftpc_hear(c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span input = span_of(data, n);
	struct ftpc c = { 0 };
	pthread_t peer;

	if (listener < 0)
		start();
	MUST(pthread_create(&peer, NULL, serve, &input) == 0);
	if (ftpc_open(&c, &conf) == 0) {
		put_file(&c, "one");
		if (!c.over)
			put_file(&c, "two");
	}
	MUST(!c.over || c.why.n > 0);
	ftpc_close(&c);
	pthread_join(peer, NULL);
	return 0;
}
