/*
 * bounceparse: what came back, bounces and complaints and requests to leave, as
 * lines of results(5).
 */
#include <errno.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/bounce/bounce.h"
#include "format/mail/verp.h"
#include "store/msgsource.h"
#include "sys/charset.h"
#include "sys/cli.h"
#include "sys/io.h"
#include "sys/secret.h"

static const char usage[] =
    "usage: bounceparse [-hmVv] [-E pattern] [-k keyfile] [-L list]\n"
    "                   [file | Maildir ...]\n"
    "  -E  the envelope senders that were signed, news+[verp]@pth.ua\n"
    "  -k  file with the key that signed them, and the tokens to leave by\n"
    "  -L  the list that the tokens are for, where there are several\n"
    "  -m  move messages of a Maildir that were understood from new to cur\n"
    "  -v  report on standard error what each message is\n";

struct opt {
	const char *pattern, *keyfile, *list;
	int move, verbose;
};

static int
to_utf8(struct buf *text, const char *charset)
{
	return charset_convert(text, charset, BOUNCE_MAX);
}

/* What is wrong with the command line, and the key. */
static void
prepare(const struct opt *o, struct bounce *b, struct leave *leave)
{
	struct buf text = { 0 };
	const char *why;

	if (o->pattern != NULL) {
		b->pattern = span_str(o->pattern);
		if (verp_check(b->pattern, &why) < 0)
			die(EX_USAGE, "-E: %s: %s", o->pattern, why);
		if (o->keyfile == NULL)
			warn("-E: %s: nobody is recognized without -k",
			    o->pattern);
	}
	if (o->keyfile == NULL)
		return;
	secret_need(o->keyfile, &text, TAG_KEY_MAX);
	tag_key(&leave->key, buf_span(&text));
	leave->list = span_str(o->list);
	b->leave = leave;
	secret_wipe(&text);
}

/* What a message is; of several in a file, the one on that line. */
static void
tell(const struct msgsource *s, const struct bounce *b)
{
	const char *what = b->what != NULL ? b->what : "nothing known here";

	warn("%s:%zu: %s: %zu %s", s->name, s->line, what, b->lines,
	    b->lines == 1 ? "line" : "lines");
}

/* The lines are with whoever is to have them, before a message moves. */
static void
hand_over(struct wr *out)
{
	struct stat st;

	if (wr_flush(out) == 0 && fstat(STDOUT_FILENO, &st) == 0 &&
	    S_ISREG(st.st_mode) && io_sync(STDOUT_FILENO) < 0)
		out->err = errno;
	if (out->err != 0)
		wr_finish(out);
}

static enum exit_code
read_messages(const struct opt *o, struct msgsource *s, struct bounce *b,
    struct wr *out)
{
	struct buf text = { 0 }, lines = { 0 };
	enum exit_code code = EX_OK;
	int got;

	while ((got = msgsource_next(s, &text)) != 0) {
		if (got < 0 && s->err != ENOENT)
			code = msgsource_complain(s);
		if (got > 0) {
			bounce_read(b, buf_span(&text), msgsource_time(s),
			    &lines);
			wr_addspan(out, buf_span(&lines));
			if (o->move && b->lines > 0)
				msgsource_seen(s);
			if (o->verbose)
				tell(s, b);
		}
		buf_clear(&text);
		buf_clear(&lines);
	}
	buf_free(&text);
	buf_free(&lines);
	return code;
}

static enum exit_code
read_file(const struct opt *o, const char *path, struct bounce *b,
    struct wr *out)
{
	enum exit_code code;
	struct msgsource s;

	if (msgsource_open(&s, path, BOUNCE_MAX) < 0) {
		code = msgsource_complain(&s);
		msgsource_close(&s);
		return code;
	}
	s.cut = 1;
	code = read_messages(o, &s, b, out);
	if (o->move) {
		hand_over(out);
		if (msgsource_move(&s) < 0)
			code = EX_IOERR;
	}
	msgsource_close(&s);
	return code;
}

int
main(int argc, char **argv)
{
	enum exit_code code = EX_OK, failed;
	struct bounce b = { .found.convert = to_utf8 };
	struct opt o = { .list = "" };
	struct leave leave;
	struct wr out;
	int c;

	cli_init(argv, usage);
	while ((c = cli_opt(argc, argv, "E:hk:L:mVv")) != -1)
		switch (c) {
		case 'E': o.pattern = optarg; break;
		case 'k': o.keyfile = optarg; break;
		case 'L': o.list = optarg; break;
		case 'm': o.move = 1; break;
		case 'v': o.verbose = 1; break;
		default: cli_other(c);
		}
	argv = cli_files(argc, argv, 0, argc);
	prepare(&o, &b, &leave);
	wr_init(&out, STDOUT_FILENO, IO_FOREVER);
	for (; *argv != NULL; argv++) {
		failed = read_file(&o, *argv, &b, &out);
		if (failed != EX_OK)
			code = failed;
	}
	wr_finish(&out);
	bounce_free(&b);
	return (int)code;
}
