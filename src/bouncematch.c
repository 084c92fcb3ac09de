/*
 * bouncematch: which letters of these mailings came back: joins bounces with
 * the results of mailings.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/bounce/returned.h"
#include "store/linefile.h"
#include "sys/cli.h"
#include "sys/io.h"
#include "sys/newfile.h"
#include "sys/secret.h"

#define KNOWN_MAX ((size_t)1 << 30)	/* octets of -k */

static const char usage[] =
    "usage: bouncematch [-v] [-k known] [-o dir] [-p results] ...\n"
    "                   bounces [results ...]\n"
    "  -k  leave out the bounces in that file, and add those of no mailing\n"
    "  -o  write the bounces of NAME.results to NAME.bounces in dir; with -k,\n"
    "      while such a file is there, leave them for later\n"
    "  -p  leave bounces of these mailings for later; may be given again\n"
    "  -v  report on standard error how many bounces each mailing has\n"
    "Where results are a directory, all NAME.results below it are meant.\n";

struct match {
	struct returned bounces;
	const char *known;	/* -k, or NULL */
	const char *dir;	/* -o, or NULL */
	int later;		/* these results are of -p */
	int verbose;
	enum exit_code code;	/* of what was told */
	struct buf found;	/* the bounces of one mailing */
	struct wr out;
};

/* --- Bounces ------------------------------------------------------------ */

static const char *
take_bounce(void *arg, struct span line, enum linefile_line kind)
{
	struct match *m = arg;

	return kind != LINEFILE_WHOLE ||
	    returned_bounce(&m->bounces, line, 0) < 0 ?
	    LINEFILE_NO_RESULT : NULL;
}

static void
read_known(struct match *m, const char *path, struct buf *text)
{
	struct span rest;

	if (io_text(path, text, KNOWN_MAX) < 0 && errno != ENOENT)
		die_sys(die_errno(errno, EX_NOINPUT), "%s", path);
	rest = buf_span(text);
	while (rest.n > 0)
		returned_bounce(&m->bounces, span_chomp(span_line(&rest)), 1);
}

/* A file, whole and on disk. */
static void
write_file(const char *path, struct span text, struct span more)
{
	struct newfile f;

	if (newfile_beside(&f, path) < 0)
		die_sys(die_errno(errno, EX_CANTCREAT), "%s", path);
	newfile_write(&f, text.p, text.n);
	newfile_write(&f, more.p, more.n);
	if (newfile_finish(&f, path) < 0) {
		newfile_drop(&f);
		die_sys(die_errno(errno, EX_IOERR), "%s", path);
	}
}

static void
write_known(struct match *m, const char *path, struct buf *text)
{
	struct buf rest = { 0 };
	struct span bounce;
	size_t i = 0;

	if (text->n > 0 && text->p[text->n - 1] != '\n')
		buf_addc(text, '\n');
	while (returned_next(&m->bounces, &i, &bounce)) {
		buf_addspan(&rest, bounce);
		buf_addc(&rest, '\n');
	}
	if (rest.n > 0)
		write_file(path, buf_span(text), buf_span(&rest));
	buf_free(&rest);
}

/* --- Results ------------------------------------------------------------ */

static const char results[] = ".results";

/* Whether dir has that name, or one with a dot before it. */
static int
is_in_hand(const char *dir, const char *name)
{
	struct buf path = { 0 };
	int is_there;

	buf_addf(&path, "%s/%s", dir, name);
	is_there = access(buf_str(&path), F_OK) == 0;
	buf_setf(&path, "%s/.%s", dir, name);
	is_there |= access(buf_str(&path), F_OK) == 0;
	buf_free(&path);
	return is_there;
}

/* What was found for the mailing of these results. */
static void
put(struct match *m, const char *path)
{
	struct buf name = { 0 }, file = { 0 };

	buf_addspan(&name, span_filename(span_str(path)));
	if (span_ends(buf_span(&name), results))
		name.n -= strlen(results);
	buf_adds(&name, ".bounces");
	if (m->dir == NULL)
		wr_addspan(&m->out, buf_span(&m->found));
	else if (m->found.n > 0 &&
	    (m->known == NULL || !is_in_hand(m->dir, buf_str(&name)))) {
		buf_addf(&file, "%s/%s", m->dir, buf_str(&name));
		write_file(buf_str(&file), buf_span(&m->found),
		    span_of(NULL, 0));
		buf_free(&file);
	}
	buf_clear(&m->found);
	buf_free(&name);
}

/* Other lines are no sent letters, whatever they are. */
static const char *
take_letter(void *arg, struct span line, enum linefile_line kind)
{
	struct match *m = arg;
	struct span bounce;

	if (kind == LINEFILE_WHOLE && returned_letter(&m->bounces, line,
	    &bounce) && !m->later) {
		buf_addspan(&m->found, bounce);
		buf_addc(&m->found, '\n');
	}
	return NULL;
}

/* What cannot be read goes before what is malformed. */
static void
read_results(struct match *m, const char *path)
{
	const enum exit_code code = linefile_read(path, take_letter, m);

	if (code == EX_OK) {
		if (m->verbose)
			warn("%s: bounces: %zu", io_name(path),
			    span_lines(buf_span(&m->found)));
		put(m, path);
		return;
	}
	m->code = code;
	buf_clear(&m->found);
}

static void read_tree(struct match *, const char *);

/* What has just been moved or removed is passed over. */
static void
read_entry(struct match *m, const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0) {
		if (errno != ENOENT)
			die_sys(die_errno(errno, EX_NOINPUT), "%s", path);
	} else if (S_ISDIR(st.st_mode))
		read_tree(m, path);
	else if (S_ISREG(st.st_mode) && span_ends(span_str(path), results) &&
	    (access(path, F_OK) == 0 || errno != ENOENT))
		read_results(m, path);
}

static void
read_tree(struct match *m, const char *path)
{
	DIR *d = io_dir(path);
	struct dirent *entry;
	struct buf name = { 0 };

	if (d == NULL)
		die_sys(die_errno(errno, EX_NOINPUT), "%s", path);
	while ((errno = 0, entry = readdir(d)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		buf_setf(&name, "%s/%s", path, entry->d_name);
		read_entry(m, buf_str(&name));
	}
	if (errno != 0)
		die_sys(die_errno(errno, EX_NOINPUT), "%s", path);
	closedir(d);
	buf_free(&name);
}

/* Without open bounces nothing need be read any more. */
static void
read_mailings(struct match *m, char **paths, size_t n, int later)
{
	struct stat st;
	size_t i;

	m->later = later;
	for (i = 0; i < n && m->bounces.open > 0; i++)
		if (stat(paths[i], &st) == 0 && S_ISDIR(st.st_mode))
			read_tree(m, paths[i]);
		else
			read_results(m, paths[i]);
}

int
main(int argc, char **argv)
{
	char **pending = die_calloc((size_t)argc, sizeof *pending);
	struct buf text = { 0 };
	struct match m = { 0 };
	size_t n = 0;
	int c;

	cli_init(argv, usage);
	while ((c = cli_opt(argc, argv, "hk:o:p:Vv")) != -1)
		switch (c) {
		case 'k': m.known = optarg; break;
		case 'o': m.dir = optarg; break;
		case 'p': pending[n++] = optarg; break;
		case 'v': m.verbose = 1; break;
		default: cli_other(c);
		}
	argv = cli_files(argc, argv, 1, argc);
	secret_fill(&m.bounces.seed, sizeof m.bounces.seed);
	wr_init(&m.out, STDOUT_FILENO, IO_FOREVER);
	if (m.known != NULL)
		read_known(&m, m.known, &text);
	m.code = linefile_read(argv[0], take_bounce, &m);
	/* A mailing may go to the archive meanwhile, never back. */
	read_mailings(&m, pending, n, 1);
	read_mailings(&m, argv + 1, (size_t)(argc - optind) - 1, 0);
	wr_finish(&m.out);
	if (m.known != NULL && (m.code == EX_OK || m.code == EX_DATAERR))
		write_known(&m, m.known, &text);
	returned_free(&m.bounces);
	buf_free(&m.found);
	buf_free(&text);
	free(pending);
	return (int)m.code;
}
