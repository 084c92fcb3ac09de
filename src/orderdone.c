/*
 * orderdone: removes what lies beside an order that is done: its journal and
 * its state, the lock last.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/names.h"
#include "sys/buf.h"
#include "sys/cli.h"

static const char usage[] =
    "usage: orderdone [-v] [-w dir] name ...\n"
    "  -v  report on standard error what is removed\n"
    "  -w  the directory where orders are worked on (work)\n";

struct opt {
	const char *work;
	int verbose;
};

static enum exit_code
fail(const char *path)
{
	warn_sys("%s", path);
	return die_errno(errno, EX_IOERR);
}

static enum exit_code
remove_file(const char *path, const struct opt *opt)
{
	if (unlink(path) == 0) {
		if (opt->verbose)
			warn("%s: removed", path);
	} else if (errno != ENOENT)
		return fail(path);
	return EX_OK;
}

/* All files of the state but its lock. */
static enum exit_code
empty_state(const char *dir, const struct opt *opt)
{
	struct buf path = { 0 };
	struct names names;
	enum exit_code code;
	size_t i;

	code = names_read(&names, dir);
	for (i = 0; i < names.n && code == EX_OK; i++) {
		if (strcmp(names.name[i], ".") == 0 ||
		    strcmp(names.name[i], "..") == 0 ||
		    strcmp(names.name[i], ".lock") == 0)
			continue;
		buf_setf(&path, "%s/%s", dir, names.name[i]);
		code = remove_file(buf_str(&path), opt);
	}
	names_free(&names);
	buf_free(&path);
	return code;
}

/* Who takes the lock when it is gone begins anew, and keeps the directory. */
static enum exit_code
remove_state(const char *dir, const struct opt *opt)
{
	struct buf lock = { 0 };
	enum exit_code code;
	struct stat st;

	if (lstat(dir, &st) < 0)
		return errno == ENOENT ? EX_OK : fail(dir);
	code = empty_state(dir, opt);
	buf_addf(&lock, "%s/.lock", dir);
	if (code == EX_OK)
		code = remove_file(buf_str(&lock), opt);
	if (code == EX_OK && rmdir(dir) < 0 && errno != ENOENT &&
	    errno != ENOTEMPTY && errno != EEXIST)
		code = fail(dir);
	buf_free(&lock);
	return code;
}

/* As long as the order is there, it is not done. */
static enum exit_code
put_away(const char *name, const struct opt *opt)
{
	struct buf order = { 0 }, journal = { 0 }, state = { 0 };
	enum exit_code code = EX_TEMPFAIL;
	struct stat st;

	buf_addf(&order, "%s/%s", opt->work, name);
	buf_addf(&journal, "%s/%s.results", opt->work, name);
	buf_addf(&state, "%s/.%s", opt->work, name);
	if (lstat(buf_str(&order), &st) == 0)
		warn("%s: still there, so it is not done", buf_str(&order));
	else if (errno != ENOENT)
		code = fail(buf_str(&order));
	else
		code = remove_file(buf_str(&journal), opt);
	if (code == EX_OK)
		code = remove_state(buf_str(&state), opt);
	buf_free(&order);
	buf_free(&journal);
	buf_free(&state);
	return code;
}

int
main(int argc, char **argv)
{
	struct opt opt = { .work = "work" };
	enum exit_code code, worst = EX_OK;
	int c;

	cli_init(argv, usage);
	while ((c = cli_opt(argc, argv, "hvVw:")) != -1)
		switch (c) {
		case 'v': opt.verbose = 1; break;
		case 'w': opt.work = optarg; break;
		default: cli_other(c);
		}
	argv = cli_files(argc, argv, 1, argc);
	for (; *argv != NULL; argv++) {
		if (**argv == '\0' || **argv == '.' || strchr(*argv, '/'))
			die(EX_USAGE, "%s: not the name of an order", *argv);
		code = put_away(*argv, &opt);
		if (code > worst)
			worst = code;
	}
	return (int)worst;
}
