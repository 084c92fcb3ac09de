/* resolver: which name servers it asks. */
#include "resolver.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define PORT "53"
#define CONF_MAX 65536		/* bytes of resolv.conf */

int
resolver_server(struct resolver *r, const char *text)
{
	struct net_addr *a = &r->server[r->servers];
	size_t digits = strspn(text, "0123456789abcdefABCDEF.:");
	struct buf v6 = { 0 };
	int ok;

	if (r->servers == RESOLVER_SERVERS)
		return -1;
	/* Here, unlike elsewhere, people write v6 addresses bare. */
	if (strchr(text, ':') != strrchr(text, ':') &&
	    (text[digits] == '\0' || text[digits] == '%'))
		buf_addf(&v6, "[%s]", text);
	else
		buf_adds(&v6, text);
	ok = net_parse(a, buf_str(&v6), PORT) == 0 && a->path[0] == '\0' &&
	    strcmp(a->host, "*") != 0;
	buf_free(&v6);
	r->servers += ok;
	return ok ? 0 : -1;
}

/* Takes the next word off *line; empty at the end. */
static struct span
word(struct span *line)
{
	struct span w;

	*line = span_trim(*line);
	for (w = span_of(line->p, 0); w.n < line->n; w.n++)
		if (w.p[w.n] == ' ' || w.p[w.n] == '\t')
			break;
	*line = span_drop(*line, w.n);
	return w;
}

void
resolver_system(struct resolver *r, const char *path)
{
	struct span rest, line;
	struct buf text = { 0 };
	char *server;
	int fd;

	fd = io_open(path);
	/* What could be read of it is as good as the file. */
	if (fd >= 0 && io_slurp(fd, &text, CONF_MAX) < 0)
		errno = 0;
	if (fd >= 0)
		close(fd);
	rest = buf_span(&text);
	while (rest.n > 0) {
		line = span_chomp(span_line(&rest));
		if (!span_is(word(&line), "nameserver"))
			continue;
		server = span_dup(word(&line));
		resolver_server(r, server);
		free(server);
	}
	buf_free(&text);
	if (r->servers == 0)
		resolver_server(r, ":" PORT);
}
