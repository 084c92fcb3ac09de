#include "nameservers.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "sys/cli.h"

#define CONF "/etc/resolv.conf"
#define PORT "53"
#define CONF_MAX 65536		/* bytes of resolv.conf */

int
nameservers_add(struct resolver *r, const char *text)
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
	a->any = 1;
	r->servers += ok;
	return ok ? 0 : -1;
}

void
nameservers_zone(struct resolver *r, const char *path)
{
	struct buf text = { 0 }, faults = { 0 };

	if (io_text(path, &text, ZONE_SIZE_MAX) < 0)
		die_sys(die_errno(errno, EX_NOINPUT), "%s", io_name(path));
	r->file = io_name(path);
	zone_read(&r->zone, buf_span(&text), r->file, &faults);
	if (cli_faults(&faults))
		die(EX_DATAERR, "%s: not used, with mistakes in it", r->file);
	buf_free(&faults);
	buf_free(&text);
}

void
nameservers_need(struct resolver *r, int option, const char *text)
{
	if (strchr(text, '/') != NULL || access(text, F_OK) == 0)
		nameservers_zone(r, text);
	else if (nameservers_add(r, text) < 0)
		die(EX_USAGE, "-%c: %s: not a name server, or one too many",
		    option, text);
}

void
nameservers_system(struct resolver *r, const char *path)
{
	struct span rest, line;
	struct buf text = { 0 };
	char *server;

	/* What could be read of it is as good as the file. */
	(void)io_text(path, &text, CONF_MAX);
	rest = buf_span(&text);
	while (rest.n > 0) {
		line = span_chomp(span_line(&rest));
		if (!span_is(span_take_word(&line), "nameserver"))
			continue;
		server = span_dup(span_take_word(&line));
		nameservers_add(r, server);
		free(server);
	}
	buf_free(&text);
	if (r->servers == 0)
		nameservers_add(r, ":" PORT);
}

void
nameservers_default(struct resolver *r)
{
	if (r->servers == 0 && r->file == NULL)
		nameservers_system(r, CONF);
}
