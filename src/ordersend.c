/*
 * ordersend: sends orders to an orderrecv (orderproto(7)) and prints what it
 * says of each.
 */
#include <stdlib.h>
#include <unistd.h>

#include "client/order/orderc.h"
#include "format/wire/ordline.h"
#include "format/wire/results.h"
#include "sys/cli.h"
#include "sys/io.h"
#include "sys/secret.h"
#include "sys/text.h"

#define PORT "2626"

static const char usage[] =
    "usage: ordersend [-46Fqv] [-s addr] [-S addr] [-n name] [-T seconds]\n"
    "                 [-r retries] [-k keyfile] [file ...]\n"
    "  -4  use only IPv4 addresses; -6 only IPv6; -S from this local address\n"
    "  -s  the server: host:port, :port or /path (:2626)\n"
    "  -n  name for the order (that of its file, or order.txt)\n"
    "  -F  have it stored even if the same was sent before\n"
    "  -k  file with the key that the server wants\n"
    "  -r  how often to try again (4)\n"
    "  -T  seconds to wait for the server (60)\n"
    "  -q  print nothing when all is well\n"
    "  -v  show the dialogue on standard error\n";

struct opt {
	const char *server, *keyfile;
	int force, quiet;
	struct handin handin;
};

static enum exit_code
refused(int code)
{
	if (code == 250)
		return EX_OK;
	if (code == 530 || code == 535)
		return EX_NOPERM;
	return code / 100 == 5 ? EX_DATAERR : EX_TEMPFAIL;
}

/* Says what became of each, and what that means. */
static enum exit_code
tell(const struct opt *o, struct wr *out)
{
	const struct handin *h = &o->handin;
	enum exit_code code = EX_OK;
	struct orderfile *f;

	for (f = h->files; f < h->files + h->n; f++) {
		code = result_worst(code, refused(f->code));
		if (f->code >= 400)
			warn("%s: %d %.*s", f->path, f->code,
			    (int)f->text.n, f->text.p);
		else if (f->code != 250)
			warn("%s: not sent: %.*s", f->path,
			    (int)f->text.n, f->text.p);
		else if (!o->quiet) {
			wr_add(out, f->text.p,
			    text_show(f->text.p, f->text.n));
			wr_addc(out, '\n');
		}
	}
	return code;
}

/* What is wrong with the command line and the key, before any file is read. */
static void
prepare(const struct opt *o, char *const *paths, struct orderc_conf *conf,
    struct buf *key, struct buf *tag)
{
	handin_check(&o->handin, paths);
	if (net_parse(&conf->addr, o->server, PORT) < 0)
		die(EX_USAGE, "-s: %s: not an address", o->server);
	if (o->keyfile != NULL)
		secret_need(o->keyfile, key, ORDLINE_KEY_MAX);
	conf->key = buf_span(key);
	conf->timeout = o->handin.timeout;
	conf->talk = client_talk(o->handin.verbose, getenv("NO_COLOR"));
	if (o->force)
		secret_word(tag);
	else
		buf_addc(tag, '-');
	conf->tag = buf_str(tag);
}

static enum exit_code
run(struct opt *o, char *const *paths)
{
	struct handin *h = &o->handin;
	struct orderc_conf conf = { .key = { NULL, 0 } };
	struct buf key = { 0 }, tag = { 0 };
	enum exit_code code, sent;
	struct wr out;

	prepare(o, paths, &conf, &key, &tag);
	code = handin_load(h, paths, 1);
	sent = handin_send(h, orderc_send, &conf);
	wr_init(&out, STDOUT_FILENO, IO_FOREVER);
	code = result_worst(code, tell(o, &out));
	wr_finish(&out);
	handin_free(h);
	buf_free(&key);
	buf_free(&tag);
	/* No such host, or no orderrecv: trying later does not help. */
	return sent == EX_NOHOST || sent == EX_CONFIG ? sent : code;
}

int
main(int argc, char **argv)
{
	struct opt o = {
		.server = ":" PORT,
		.handin = { .timeout = 60000, .retries = 4 }
	};
	int c;

	cli_init(argv, usage);
	o.handin.tmpdir = getenv("TMPDIR");
	while ((c = cli_opt(argc, argv, HANDIN_OPTIONS "FhqVs:k:")) != -1)
		switch (c) {
		case 'F': o.force = 1; break;
		case 'q': o.quiet = 1; break;
		case 's': o.server = optarg; break;
		case 'k': o.keyfile = optarg; break;
		default: handin_option(&o.handin, c);
		}
	return (int)run(&o, cli_files(argc, argv, 0, argc));
}
