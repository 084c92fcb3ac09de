/*
 * The client's side of orderproto(7) with a server that says what the input
 * does, to two orders.  What counts as stored has been said to be, with its
 * size and checksum.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>

#include "client/order/orderc.h"
#include "client/handin.h"

#include "fuzz.h"

#define PATIENCE 50		/* ms that a wait may take */
#define ORDERS 2

static int listener = -1;
static struct orderc_conf conf = { .timeout = PATIENCE, .tag = "-" };

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
}

/* Says the input, and reads what the client says to its end. */
static void *
serve(void *arg)
{
	struct span *input = arg;
	char piece[4096];
	int fd;

	fd = accept(listener, NULL, NULL);
	MUST(fd >= 0);
	send(fd, input->p, input->n, MSG_NOSIGNAL);
	shutdown(fd, SHUT_WR);
	while (recv(fd, piece, sizeof piece, 0) > 0)
		;
	close(fd);
	return NULL;
}

static int
holds(const struct buf *text, const char *word)
{
	struct span s = buf_span(text);
	size_t n = strlen(word);

	for (; s.n >= n; s = span_drop(s, 1))
		if (span_case_is(span_of(s.p, n), word))
			return 1;
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span input = span_of(data, n);
	struct orderfile f[ORDERS];
	pthread_t peer;
	size_t i;

	if (listener < 0)
		start();
	for (i = 0; i < ORDERS; i++)
		MUST(orderfile_load(&f[i], as_file(span_str("hello")),
		    span_str(i == 0 ? "a.txt" : "b"), "/tmp") == EX_OK);
	MUST(pthread_create(&peer, NULL, serve, &input) == 0);
	orderc_send(&conf, f, ORDERS);
	for (i = 0; i < ORDERS; i++) {
		MUST(f[i].code != 250 || (holds(&f[i].text, f[i].sha) &&
		    holds(&f[i].text, "5")));
		orderfile_free(&f[i]);
	}
	pthread_join(peer, NULL);
	return 0;
}
