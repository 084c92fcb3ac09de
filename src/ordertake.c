/*
 * ordertake: takes orders in hand.  It moves them to where they are worked on,
 * each under a name of its own, and prints the names.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/names.h"
#include "store/workdir.h"
#include "sys/buf.h"
#include "sys/cli.h"
#include "sys/io.h"
#include "sys/newfile.h"

#define LINKS_MAX 40		/* that lead to one order */
#define DEPTH_MAX 64		/* of directories below the one that is work */

static const char usage[] =
    "usage: ordertake [-qv] [-d dir] [-t time] [-w dir] [file ...]\n"
    "  -d  the directory where orders arrive (incoming)\n"
    "  -q  say nothing of a file that is not there\n"
    "  -t  take only orders not written to for this time, as 5m (0)\n"
    "  -v  report on standard error what is taken, and what is not\n"
    "  -w  the directory where they are worked on, made if missing (work)\n";

struct taker {
	const char *incoming;
	const char *work;
	long seconds;
	int quiet, verbose;
	struct workdir dir;	/* work, opened */
	struct wr out;
	int worst;		/* exit code */
};

enum place { IN_WORK, BELOW_WORK, IN_INCOMING, ELSEWHERE };

static void
note(struct taker *t, int code)
{
	if (code > t->worst)
		t->worst = code;
}

/* Whether a file may be an order; one that cannot be looked at is told. */
static int
is_order(struct taker *t, const char *path)
{
	struct stat st;

	if (lstat(path, &st) == 0)
		return S_ISREG(st.st_mode);
	if (errno != ENOENT && errno != ENOTDIR && errno != ELOOP &&
	    errno != ENAMETOOLONG) {
		note(t, (int)die_errno(errno, EX_NOINPUT));
		warn_sys("%s", path);
	}
	return 0;
}

/* The name of an order that is in hand, on a line of its own. */
static void
print(struct taker *t, struct span name)
{
	if (!workdir_is_plain(name)) {
		warn("%s/%.*s: control characters in its name: rename it",
		    t->work, (int)name.n, name.p);
		note(t, EX_NOINPUT);
		return;
	}
	wr_addspan(&t->out, name);
	wr_addc(&t->out, '\n');
	wr_flush(&t->out);
}

static void
take(struct taker *t, const char *path)
{
	struct buf name = { 0 };
	int code;

	code = (int)workdir_take(&t->dir, path, &name);
	note(t, code);
	if (code == EX_OK) {
		if (t->verbose)
			warn("%s: taken as %s/%s", path, t->work,
			    buf_str(&name));
		print(t, buf_span(&name));
	}
	buf_free(&name);
}

/* What earlier runs have left: orders, and the state of one that is gone. */
static void
list_work(struct taker *t)
{
	struct buf path = { 0 };
	struct names names;
	struct span name;
	size_t i;

	note(t, (int)names_read(&names, t->work));
	for (i = 0; i < names.n; i++) {
		name = span_str(names.name[i]);
		buf_setf(&path, "%s/%s", t->work, name.p);
		if (name.p[0] != '.') {
			if (!workdir_is_journal(name) &&
			    is_order(t, buf_str(&path)))
				print(t, name);
		} else if (workdir_is_state(&t->dir, name) &&
		    !workdir_has(&t->dir, span_drop(name, 1)))
			print(t, span_drop(name, 1));
	}
	buf_free(&path);
	names_free(&names);
}

static void
take_incoming(struct taker *t)
{
	const struct timespec now = workdir_now();
	struct buf path = { 0 };
	struct names names;
	int code;
	size_t i;

	note(t, (int)names_read(&names, t->incoming));
	for (i = 0; i < names.n; i++) {
		buf_setf(&path, "%s/%s", t->incoming, names.name[i]);
		if (names.name[i][0] == '.' || !is_order(t, buf_str(&path)))
			continue;
		code = t->seconds == 0 ? EX_OK : workdir_settled(buf_str(&path),
		    now, t->seconds, t->verbose);
		if (code == EX_OK)
			take(t, buf_str(&path));
		else if (code != WORKDIR_NOT_YET)
			note(t, code);
	}
	buf_free(&path);
	names_free(&names);
}

/* The file that path leads to, if it leads to one. */
static void
follow(struct buf *real, const char *path)
{
	struct stat st;
	int i;

	buf_adds(real, path);
	if (stat(path, &st) == 0)
		for (i = 0; i < LINKS_MAX && newfile_follow(real) > 0; i++)
			;
}

/* Whether that directory is where orders arrive. */
static int
is_incoming(const struct taker *t, dev_t dev, ino_t ino)
{
	struct stat st;

	return stat(t->incoming, &st) == 0 && st.st_dev == dev &&
	    st.st_ino == ino;
}

/* Where the file at path lies, whatever that directory is called. */
static enum place
place_of(const struct taker *t, const char *path)
{
	char *parent = newfile_parent(path);
	enum place place = ELSEWHERE;
	struct buf dir = { 0 };
	struct stat st;
	int depth;

	buf_adds(&dir, parent);
	free(parent);
	if (stat(buf_str(&dir), &st) == 0 &&
	    is_incoming(t, st.st_dev, st.st_ino))
		place = IN_INCOMING;
	for (depth = 0; depth < DEPTH_MAX && place == ELSEWHERE &&
	    stat(buf_str(&dir), &st) == 0; depth++) {
		if (st.st_dev == t->dir.dev && st.st_ino == t->dir.ino)
			place = depth == 0 ? IN_WORK : BELOW_WORK;
		buf_adds(&dir, "/..");
	}
	buf_free(&dir);
	return place;
}

/* A file that is not an order may be the name of one that is in hand. */
static void
take_by_name(struct taker *t, const char *path)
{
	struct buf name = { 0 };
	struct stat st;

	workdir_call(&name, path);
	if (name.n > 0 && name.p[0] != '.' && lstat(path, &st) < 0 &&
	    workdir_has(&t->dir, buf_span(&name)))
		print(t, buf_span(&name));
	else if (!t->quiet) {
		warn("%s: no such order", path);
		note(t, EX_NOINPUT);
	}
	buf_free(&name);
}

/*
 * A link stands for an order only if it leads to where orders are: others can
 * make links to what is not theirs.
 */
static void
take_given(struct taker *t, const char *path)
{
	struct buf real = { 0 };
	struct span name;
	enum place place;

	follow(&real, path);
	place = place_of(t, buf_str(&real));
	if (place == ELSEWHERE)
		buf_set(&real, span_str(path));
	name = span_filename(buf_span(&real));
	if (place == IN_WORK && workdir_is_journal(name) && name.p[0] != '.') {
		if (t->verbose)
			warn("%s: a journal, not an order", path);
	} else if (!is_order(t, buf_str(&real)) || place == BELOW_WORK ||
	    (place == IN_WORK && name.p[0] == '.'))
		take_by_name(t, path);
	else if (place == IN_WORK)
		print(t, name);
	else if (name.p[0] == '.') {
		warn("%s: a dot-file is not finished", path);
		note(t, EX_NOINPUT);
	} else {
		take(t, buf_str(&real));
	}
	buf_free(&real);
}

static int
run(struct taker *t, char **files)
{
	int code;

	code = (int)workdir_open(&t->dir, t->work);
	if (code != EX_OK)
		return code;
	if (is_incoming(t, t->dir.dev, t->dir.ino)) {
		workdir_close(&t->dir);
		die(EX_CONFIG, "%s: orders arrive in the same directory",
		    t->work);
	}
	wr_init(&t->out, STDOUT_FILENO, IO_FOREVER);
	if (*files == NULL) {
		list_work(t);
		take_incoming(t);
	}
	for (; *files != NULL; files++)
		take_given(t, *files);
	workdir_close(&t->dir);
	wr_finish(&t->out);
	return t->worst;
}

int
main(int argc, char **argv)
{
	struct taker t = { .incoming = "incoming", .work = "work" };
	int c;

	cli_init(argv, usage);
	while ((c = cli_opt(argc, argv, "d:hqt:vVw:")) != -1)
		switch (c) {
		case 'd': t.incoming = cli_directory(optarg); break;
		case 'q': t.quiet = 1; break;
		case 't': t.seconds = cli_time(c, optarg); break;
		case 'v': t.verbose = 1; break;
		case 'w': t.work = cli_directory(optarg); break;
		default: cli_other(c);
		}
	cli_files(argc, argv, 0, argc);
	return run(&t, argv + optind);
}
