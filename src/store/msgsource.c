#include "msgsource.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/mail/content.h"
#include "maildir.h"

static const char *const parts[DROPLIST_PARTS] = { "new", "cur" };

/* Octets of a line that are read at once. */
#define PIECE 65536

/* What git format-patch has in the place of a date. */
static const char git_date[] = " Mon Sep 17 00:00:00 2001";

/* --- A Maildir ------------------------------------------------------- */

static void
set_file(struct msgsource *s, int part, const char *name)
{
	buf_setf(&s->file, "%s/%s/%s", s->path, parts[part], name);
	s->name = buf_str(&s->file);
}

/* 1; 0 where there is no such directory; or -1. */
static int
list_part(struct msgsource *s, int part)
{
	struct dirent *e;
	DIR *dir;

	set_file(s, part, "");
	dir = io_dir(s->name);
	if (dir == NULL && errno == ENOENT)
		return 0;
	if (dir == NULL) {
		s->err = errno;
		return -1;
	}
	while ((errno = 0, e = readdir(dir)) != NULL)
		if (e->d_name[0] != '.')
			droplist_add(&s->list, (enum droplist_part)part,
			    e->d_name, 0);
	s->err = errno;
	closedir(dir);
	return s->err == 0 ? 1 : -1;
}

static int
list_maildir(struct msgsource *s)
{
	int part, r, parted = 0;

	for (part = 0; part < DROPLIST_PARTS; part++) {
		r = list_part(s, part);
		if (r < 0)
			return -1;
		parted += r;
	}
	droplist_sort(&s->list);
	s->name = s->path;
	s->err = ENOTDIR;
	return parted > 0 ? 0 : -1;
}

/* -1 with err, which is 0 for what is not a file: a FIFO is not waited for. */
static int
open_file(struct msgsource *s, const struct drop_message *m)
{
	struct stat st;
	int fd;

	set_file(s, m->part, m->name);
	fd = io_file(s->name, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);
	s->err = fd < 0 || fstat(fd, &st) < 0 ? errno : 0;
	if (s->err == 0 && S_ISREG(st.st_mode)) {
		s->time = (int64_t)st.st_mtime;
		return fd;
	}
	if (fd >= 0)
		io_close(fd);
	return -1;
}

/* Appends max octets at most, and leaves the rest: 0, or -1 with errno. */
static int
read_start(int fd, struct buf *text, size_t max)
{
	ssize_t r;
	size_t n;

	do {
		n = max < PIECE ? max : PIECE;
		buf_reserve(text, n);
		r = read(fd, text->p + text->n, n);
		if (r > 0) {
			text->n += (size_t)r;
			max -= (size_t)r;
		}
	} while ((r > 0 && max > 0) || (r < 0 && errno == EINTR));
	return r < 0 ? -1 : 0;
}

/* The next message of a Maildir, which may have been seen meanwhile. */
static int
next_file(struct msgsource *s, struct buf *text)
{
	const size_t had = text->n;
	int fd, r;

	do {
		if (s->at == s->list.n)
			return 0;
		fd = open_file(s, &s->list.message[s->at++]);
	} while (fd < 0 && s->err == 0);
	s->line = 1;
	if (fd < 0)
		return -1;
	r = s->cut ? read_start(fd, text, s->max) :
	    io_slurp(fd, text, s->max);
	if (r < 0)
		s->err = errno;
	io_close(fd);
	buf_unmark(text, had);
	return r == 0 ? 1 : -1;
}

/* --- A file ---------------------------------------------------------- */

/* Whether an mbox has such a line before a message: it holds a time. */
static int
is_from_line(struct span line)
{
	size_t i;

	if (!span_begins(line, "From "))
		return 0;
	for (i = 2; i + 2 < line.n; i++)
		if (line.p[i] == ':' && byte_is_digit(line.p[i - 1]) &&
		    byte_is_digit(line.p[i + 1]))
			return 1;
	return 0;
}

/* A line of a message in an mbox, without what it was quoted with. */
static void
add_line(struct msgsource *s, struct buf *text, struct span line)
{
	if (s->quoted && span_begins(line, ">") && content_is_mbox_line(line))
		line = span_drop(line, 1);
	buf_addspan(text, line);
}

/* Whether text ends with an empty line, as before the next From line. */
static int
ends_empty(struct span text)
{
	struct span cut = span_chomp(text);

	return cut.n < text.n && (cut.n == 0 || cut.p[cut.n - 1] == '\n');
}

static enum rd_status
read_line(struct msgsource *s, struct span *line)
{
	enum rd_status status = rd_line(&s->rd, line);

	if (status == RD_ERROR)
		s->err = s->rd.err;
	s->lines += status == RD_LINE || status == RD_PARTIAL;
	return status;
}

/* The first line decides what the file is. */
static void
begin(struct msgsource *s)
{
	struct span line = { NULL, 0 };
	enum rd_status status;

	s->begun = 1;
	status = read_line(s, &line);
	if (status == RD_EOF || status == RD_ERROR)
		return;
	line = span_unmarked(line);
	s->box = is_from_line(line);
	buf_addspan(&s->held, line);
}

/* Takes lines up to the next From line, which is held, or the end. */
static void
take_lines(struct msgsource *s, struct buf *text, int fresh)
{
	const size_t start = text->n;
	enum rd_status status;
	struct span line;
	int full = 0;

	s->blank = 0;
	for (;; fresh = status == RD_LINE) {
		status = read_line(s, &line);
		if (status == RD_EOF || status == RD_ERROR)
			return;
		if (s->box && fresh && s->blank && is_from_line(line)) {
			buf_addspan(&s->held, line);
			return;
		}
		s->blank = fresh && status == RD_LINE &&
		    span_chomp(line).n == 0;
		full |= text->n - start + line.n > s->max;
		if (!full)
			add_line(s, text, line);
		else if (!s->cut)
			s->err = EFBIG;
	}
}

static int
next_in_file(struct msgsource *s, struct buf *text)
{
	int fresh;

	s->err = 0;
	if (!s->begun)
		begin(s);
	if (s->held.n == 0)
		return s->err == 0 ? 0 : -1;
	s->line = s->lines > 0 ? s->lines : 1;
	s->quoted = s->box &&
	    !span_ends(span_chomp(buf_span(&s->held)), git_date);
	if (!s->box)
		buf_addspan(text, buf_span(&s->held));
	fresh = s->held.p[s->held.n - 1] == '\n';
	buf_clear(&s->held);
	take_lines(s, text, fresh);
	if (s->box && ends_empty(buf_span(text)))
		text->n = span_chomp(buf_span(text)).n;
	return s->err == 0 ? 1 : -1;
}

/* --- Both ------------------------------------------------------------ */

int
msgsource_open(struct msgsource *s, const char *path, size_t max)
{
	struct stat st;

	memset(s, 0, sizeof *s);
	s->line = 1;
	s->path = s->name = path;
	s->max = max;
	s->fd = io_open(path);
	if (s->fd < 0 || fstat(s->fd, &st) < 0) {
		s->err = errno;
		return -1;
	}
	s->name = io_name(path);
	if (!S_ISDIR(st.st_mode)) {
		rd_init(&s->rd, s->fd, IO_FOREVER, PIECE);
		return 0;
	}
	close(s->fd);
	s->fd = -1;
	return list_maildir(s);
}

int
msgsource_next(struct msgsource *s, struct buf *text)
{
	return s->fd < 0 ? next_file(s, text) : next_in_file(s, text);
}

enum exit_code
msgsource_complain(const struct msgsource *s)
{
	errno = s->err;
	if (s->err == ENOTDIR)
		warn("%s: a directory, but not a Maildir", s->name);
	else
		warn_sys("%s", s->name);
	return die_errno(s->err, EX_NOINPUT);
}

int64_t
msgsource_time(const struct msgsource *s)
{
	struct stat st;

	if (s->fd < 0)
		return s->time;
	return fstat(s->fd, &st) < 0 ? 0 : (int64_t)st.st_mtime;
}

void
msgsource_seen(struct msgsource *s)
{
	const size_t i = s->at - 1;

	if (s->fd < 0 && s->list.message[i].part == DROPLIST_NEW)
		buf_add(&s->seen, &i, sizeof i);
}

int
msgsource_move(struct msgsource *s)
{
	const struct drop_message *m;
	size_t at, i;
	int r = 0;

	for (at = 0; at < s->seen.n; at += sizeof i) {
		memcpy(&i, s->seen.p + at, sizeof i);
		m = &s->list.message[i];
		if (maildir_seen(s->path, m->name) == 0 || errno == ENOENT)
			continue;
		warn_sys("%s/new/%s", s->path, m->name);
		r = -1;
	}
	buf_clear(&s->seen);
	return r;
}

void
msgsource_close(struct msgsource *s)
{
	if (s->fd >= 0)
		rd_free(&s->rd);
	if (s->fd > STDERR_FILENO)
		close(s->fd);
	droplist_free(&s->list);
	buf_free(&s->held);
	buf_free(&s->file);
	buf_free(&s->seen);
}
