/*
 * mxlookup: prints the mail hosts of domains in the order in which a sender
 * tries them.
 */
#include <unistd.h>

#include "client/dns/mx.h"
#include "client/dns/nameservers.h"
#include "format/wire/results.h"
#include "sys/cli.h"

#define SMTP_PORT "25"

/* A domain's hosts, and their addresses, may take as long as questions do. */
#define QUESTIONS 3
#define ADDRESSES 6

static const char usage[] =
    "usage: mxlookup [-46hVv] [-d nameserver[:port] | -f file] [-T seconds]\n"
    "                domain ...\n"
    "  -4  with -v, only IPv4 addresses; -6 only IPv6\n"
    "  -d  the name server to ask, up to three times (/etc/resolv.conf)\n"
    "  -f  a zone file in place of name servers\n"
    "  -T  seconds that one server is waited for over a question (10)\n"
    "  -v  show what is asked, what is answered, and the hosts' addresses\n";

/* With -v: the trace shows the addresses, and here is what is missing. */
static void
show_addresses(struct resolver *r, struct mx *m)
{
	size_t i;

	resolver_within(r, ADDRESSES * r->timeout);
	for (i = 0; i < m->hosts; i++)
		if (mx_addresses(r, &m->host[i], SMTP_PORT) != MX_FOUND)
			warn("%s: %s", m->host[i].name, buf_str(&r->why));
}

static enum exit_code
lookup(struct resolver *r, const char *domain, struct wr *out)
{
	enum mx_verdict verdict;
	struct mx m = { 0 };
	size_t i;

	resolver_within(r, QUESTIONS * r->timeout);
	verdict = mx_find(r, span_str(domain), SMTP_PORT, &m);
	for (i = 0; i < m.hosts; i++)
		wr_addf(out, "%u %s\n", m.host[i].pref, m.host[i].name);
	if (verdict == MX_NULL)
		wr_adds(out, "0 .\n");
	wr_flush(out);
	if (verdict != MX_FOUND)
		warn("%s: %s", domain, buf_str(&r->why));
	else if (r->trace != NULL)
		show_addresses(r, &m);
	mx_free(&m);
	if (verdict == MX_FOUND)
		return EX_OK;
	return verdict == MX_TEMP ? EX_TEMPFAIL : EX_NOHOST;
}

int
main(int argc, char **argv)
{
	struct resolver r = { .timeout = RESOLVER_TIMEOUT };
	enum exit_code code = EX_OK;
	struct wr out, trace;
	int c;

	cli_init(argv, usage);
	wr_init(&trace, STDERR_FILENO, IO_FOREVER);
	while ((c = cli_opt(argc, argv, "46d:f:hT:Vv")) != -1)
		switch (c) {
		case '4': case '6': net_option(c, optarg); break;
		case 'd': nameservers_need(&r, c, optarg); break;
		case 'f': nameservers_zone(&r, optarg); break;
		case 'T': r.timeout = cli_seconds(c, optarg); break;
		case 'v': r.trace = &trace; break;
		default: cli_other(c);
		}
	argv = cli_words(argv);
	if (*argv == NULL)
		cli_usage();
	nameservers_default(&r);

	wr_init(&out, STDOUT_FILENO, IO_FOREVER);
	for (; *argv != NULL && out.err == 0; argv++)
		code = result_worst(code, lookup(&r, *argv, &out));
	resolver_free(&r);
	wr_free(&trace);
	wr_finish(&out);
	return (int)code;
}
