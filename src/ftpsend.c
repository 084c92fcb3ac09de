/*
 * ftpsend: uploads files to an FTP server.  Each shows there under its name
 * only when it is whole.
 */
#include <stdlib.h>
#include <unistd.h>

#include "client/client.h"
#include "client/ftp/ftpput.h"
#include "format/wire/results.h"
#include "sys/cli.h"

#define PORT "21"
#define ANONYMOUS "anonymous"
#define ANONYMOUS_PASSWORD "ftpsend@"

static const char usage[] =
    "usage: ftpsend [-46mv] [-S addr] [-u user] [-P command] [-n name]\n"
    "               [-T seconds] [-r retries] ftp://host[:port]/dir/\n"
    "               [file ...]\n"
    "  -4  use only IPv4 addresses; -6 only IPv6; -S from this local address\n"
    "  -m  make the directory if it is missing\n"
    "  -n  name for the file (its own, or order.txt)\n"
    "  -P  command that prints the password (else ~/.netrc)\n"
    "  -r  how often to try again (4)\n"
    "  -T  seconds to wait for the server (60)\n"
    "  -u  user to log in as (anonymous)\n"
    "  -v  show the dialogue on standard error\n";

struct opt {
	const char *user, *command, *netrc, *home;
	int make;
	struct handin handin;
};

static char *const standard_input[] = { "-", NULL };

static enum exit_code
meaning(int code)
{
	switch (code) {
	case 250:
		return EX_OK;
	case FTPPUT_MAYBE:
		return EX_MAYBE;
	case 530: case 532:
		return EX_NOPERM;
	default:
		return code / 100 == 5 ? EX_DATAERR : EX_TEMPFAIL;
	}
}

/* Says what was not stored, or not as it should be, and what that means. */
static enum exit_code
tell(const struct handin *h)
{
	enum exit_code code = EX_OK;
	const struct orderfile *f;
	int len;

	for (f = h->files; f < h->files + h->n; f++) {
		code = result_worst(code, meaning(f->code));
		len = (int)f->text.n;
		if (f->code >= 400)
			warn("%s: %d %.*s", f->path, f->code, len, f->text.p);
		else if (f->code == FTPPUT_MAYBE)
			warn("%s: may have been stored: %.*s", f->path, len,
			    f->text.p);
		else if (f->code != 250)
			warn("%s: not stored: %.*s", f->path, len, f->text.p);
		else if (!span_eq(buf_span(&f->text), buf_span(&f->name)))
			warn("%s: the name is taken: stored as %.*s", f->path,
			    len, f->text.p);
	}
	return code;
}

/* From the command, or ~/.netrc; whoever is anonymous needs none. */
static void
find_secret(const struct opt *o, const char *user, const char *host,
    struct buf *secret)
{
	struct buf why = { 0 };

	if (o->command == NULL &&
	    (strcmp(user, ANONYMOUS) == 0 || strcmp(user, "ftp") == 0))
		buf_adds(secret, ANONYMOUS_PASSWORD);
	else if (client_secret(secret, o->command, o->netrc, o->home, host,
	    user, &why) < 0)
		die(EX_NOPERM, "%s", buf_str(&why));
	buf_free(&why);
}

/* All that can be wrong here, before the network is touched. */
static void
prepare(const struct opt *o, const char *where, char *const *paths,
    struct ftpc_conf *conf, struct ftp_url *url, struct buf *secret)
{
	const char *why;

	handin_check(&o->handin, paths);
	why = ftp_url_parse(url, span_str(where));
	if (why != NULL)
		die(EX_USAGE, "not an FTP server's address: %s", why);
	if (net_parse(&conf->addr, buf_str(&url->host), PORT) < 0)
		die(EX_USAGE, "%s: not an address", buf_str(&url->host));
	conf->user = o->user != NULL ? o->user :
	    url->user.n > 0 ? buf_str(&url->user) : ANONYMOUS;
	if (*conf->user == '\0')
		die(EX_USAGE, "-u: not a user's name");
	cli_clean("-u", conf->user);
	find_secret(o, conf->user, conf->addr.host, secret);
	conf->password = buf_span(secret);
	conf->path = buf_span(&url->path);
	conf->make = o->make;
	conf->timeout = o->handin.timeout;
	conf->talk = client_talk(o->handin.verbose, getenv("NO_COLOR"));
}

static enum exit_code
run(struct opt *o, const char *where, char *const *paths)
{
	struct handin *h = &o->handin;
	struct ftpc_conf conf = { .user = NULL };
	struct ftp_url url = { .user = { 0 } };
	struct buf secret = { 0 };
	enum exit_code code, sent;

	prepare(o, where, paths, &conf, &url, &secret);
	code = handin_load(h, paths, 0);
	sent = ftpput_send(&conf, h);
	code = result_worst(code, tell(h));
	handin_free(h);
	buf_free(&secret);
	ftp_url_free(&url);
	/* No such host, no such user, no such directory: for all the files. */
	return sent != EX_OK && sent != EX_TEMPFAIL ? sent : code;
}

int
main(int argc, char **argv)
{
	struct opt o = { .handin = { .timeout = 60000, .retries = 4 } };
	int c;

	cli_init(argv, usage);
	o.handin.tmpdir = getenv("TMPDIR");
	o.netrc = getenv("NETRC");
	o.home = getenv("HOME");
	while ((c = cli_opt(argc, argv, HANDIN_OPTIONS "hmVu:P:")) != -1)
		switch (c) {
		case 'm': o.make = 1; break;
		case 'u': o.user = optarg; break;
		case 'P': o.command = cli_command(c, optarg); break;
		default: handin_option(&o.handin, c);
		}
	argv = cli_files(argc, argv, 1, argc);
	return (int)run(&o, argv[0], argv[1] != NULL ? argv + 1 :
	    standard_input);
}
