/*
 * The client's side of an FTP session with a server that says what the input
 * does: log-in, directory, and two files.  Whatever it hears, it says nothing
 * but commands, a line each.
 */
#include "client/ftp/ftpc.h"

#include "fuzz.h"

#define PATIENCE 50		/* ms that a wait may take */

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
	static struct ftpc_conf conf = { .user = "joe", .timeout = PATIENCE,
	    .make = 1 };
	static struct peer peer;
	struct ftpc c = { 0 };
	struct span rest;

	conf.password = span_str("pencil");
	conf.path = span_str("in/Gr%C3%BC%C3%9Fe");
	peer_listen(&peer, &conf.addr);
	peer_start(&peer, span_of(data, n));
	if (ftpc_open(&c, &conf) == 0) {
		put_file(&c, "one");
		if (!c.over)
			put_file(&c, "two");
	}
	MUST(!c.over || c.why.n > 0);
	ftpc_close(&c);
	peer_end(&peer);
	rest = buf_span(&peer.heard);
	while (span_find(rest, '\n') != NULL)
		must_be_command(span_line(&rest));
	return 0;
}
