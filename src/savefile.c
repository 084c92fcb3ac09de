/*
 * savefile: what is read becomes a file, whole and on disk, or not at all.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/cli.h"
#include "sys/io.h"
#include "sys/newfile.h"
#include "sys/spawn.h"
#include "sys/stop.h"

#define PIECE 65536		/* bytes read at a time */

static const char usage[] =
    "usage: savefile [-nv] file [command [arg ...]]\n"
    "       savefile -r [-v] file newname\n"
    "       savefile -s [-v] file ...\n"
    "  -n  fail, and make no file, when the input is empty\n"
    "  -r  rename a file, never copying it, and put that on disk\n"
    "  -s  put files and directories that exist on disk\n"
    "  -v  report on standard error what is on disk\n";

/*
 * Nothing but a file gives way to another.  What no file can be called is told
 * before anything is read.
 */
static void
check_target(const char *path)
{
	struct stat st;

	if (lstat(path, &st) == 0) {
		if (!S_ISREG(st.st_mode))
			die(EX_CANTCREAT, "%s: not a regular file", path);
	} else if (errno != ENOENT || *path == '\0') {
		die_sys(die_errno(errno, EX_CANTCREAT), "%s", path);
	}
}

/* Starts the file, with the mode that a new one has. */
static void
begin(struct newfile *f, const char *path)
{
	mode_t mask = umask(0);

	umask(mask);
	if (newfile_beside(f, path) < 0)
		die_sys(die_errno(errno, EX_CANTCREAT), "%s", path);
	if (fchmod(f->fd, 0666 & ~mask) < 0)
		f->err = errno;
}

/* Takes all that fd has: EX_OK, or the exit code after the reason. */
static enum exit_code
fill(struct newfile *f, int fd, const char *path)
{
	enum rd_status got;
	struct span bytes;
	struct rd rd;

	rd_init(&rd, fd, IO_FOREVER, PIECE);
	do {
		stop_wait(fd, IO_FOREVER);
		got = stop_asked() ? RD_TIMEOUT : rd_some(&rd, &bytes);
		if (got == RD_LINE && newfile_write(f, bytes.p, bytes.n) == 0)
			rd_take(&rd, bytes.n);
	} while (got == RD_LINE && f->err == 0);
	rd_free(&rd);
	if (got == RD_EOF)
		return EX_OK;
	if (got == RD_TIMEOUT) {
		warn("%s: not made: interrupted", path);
		return EX_TEMPFAIL;
	}
	errno = got == RD_LINE ? f->err : rd.err;
	warn_sys("%s: not made%s", path, got == RD_LINE ? "" : ": the input");
	return got == RD_LINE ? EX_IOERR : die_errno(rd.err, EX_NOINPUT);
}

/* Fills the file with what the command prints: 0, or the exit code. */
static int
run(struct newfile *f, char **command, const char *path)
{
	struct spawn s;
	int code;

	if (spawn_output(&s, NULL, command, NULL) < 0) {
		warn_sys("%s: not made: %s", path, command[0]);
		return spawn_failure(errno);
	}
	code = (int)fill(f, s.in, path);
	if (code != 0) {
		spawn_stop(&s);
		return code;
	}
	code = spawn_end(&s);
	if (code > 128)
		warn("%s: not made: %s: killed by signal %d", path,
		    command[0], code - 128);
	else if (code != 0)
		warn("%s: not made: %s: exit %d", path, command[0], code);
	return code;
}

/* Gives the file, which is whole, its name. */
static enum exit_code
finish(struct newfile *f, const char *path)
{
	if (newfile_finish(f, path) == 0)
		return EX_OK;
	warn_sys("%s: not made", path);
	return die_errno(errno, EX_IOERR);
}

static int
save(const char *path, char **command, int nonempty, int verbose)
{
	struct newfile f;
	int code;

	check_target(path);
	if (stop_catch() < 0)
		die_sys(die_errno(errno, EX_TEMPFAIL), "%s", path);
	begin(&f, path);
	if (*command != NULL)
		code = run(&f, command, path);
	else
		code = (int)fill(&f, STDIN_FILENO, path);
	if (code == 0 && f.size == 0 && nonempty) {
		warn("%s: not made: there is nothing in it", path);
		code = EX_DATAERR;
	}
	if (code == 0)
		code = (int)finish(&f, path);
	newfile_drop(&f);
	if (code == 0 && verbose)
		warn("%s: %ju octets", path, (uintmax_t)f.size);
	return code;
}

static enum exit_code
keep(const char *path, int verbose)
{
	if (newfile_keep(path) == 0) {
		if (verbose)
			warn("%s: on disk", path);
		return EX_OK;
	}
	warn_sys("%s", path);
	return die_errno(errno, errno == EIO || errno == ENOSPC ? EX_IOERR :
	    EX_NOINPUT);
}

static enum exit_code
keep_all(char **paths, int verbose)
{
	enum exit_code code, last = EX_OK;

	for (; *paths != NULL; paths++) {
		code = keep(*paths, verbose);
		if (code != EX_OK)
			last = code;
	}
	return last;
}

static enum exit_code
move(const char *from, const char *to, int verbose)
{
	enum exit_code code;

	check_target(to);
	code = newfile_move(from, to);
	if (code == EX_OK && verbose)
		warn("%s: is now %s", from, to);
	return code;
}

int
main(int argc, char **argv)
{
	int c, mode = 0, nonempty = 0, verbose = 0;

	cli_init(argv, usage);
	while ((c = cli_opt(argc, argv, "hnrsvV")) != -1)
		switch (c) {
		case 'n': nonempty = 1; break;
		case 'r':
		case 's':
			if (mode != 0 && mode != c)
				cli_usage();
			mode = c;
			break;
		case 'v': verbose = 1; break;
		default: cli_other(c);
		}
	argc -= optind;
	argv += optind;
	if (argc == 0 || (mode != 0 && nonempty) || (mode == 'r' && argc != 2))
		cli_usage();
	if (mode == 'r')
		return (int)move(argv[0], argv[1], verbose);
	if (mode == 's')
		return (int)keep_all(argv, verbose);
	return save(argv[0], argv + 1, nonempty, verbose);
}
