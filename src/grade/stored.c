#include "stored.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sample.h"
#include "sys/io.h"

static void
make(const char *maildir, const char *sub)
{
	struct buf path = { 0 };

	buf_addf(&path, "%s%s", maildir, sub);
	if (mkdir(buf_str(&path), 0700) < 0 && errno != EEXIST)
		die_sys(EX_CANTCREAT, "%s", buf_str(&path));
	buf_free(&path);
}

/* A file of tmp becomes one of new. */
static void
write_file(const char *maildir, const char *name, struct span message)
{
	struct buf tmp = { 0 }, path = { 0 };
	int fd;

	make(maildir, "");
	make(maildir, "/tmp");
	make(maildir, "/new");
	make(maildir, "/cur");
	buf_addf(&tmp, "%s/tmp/%s", maildir, name);
	buf_addf(&path, "%s/new/%s", maildir, name);
	fd = io_file(buf_str(&tmp), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
	    0600);
	if (fd < 0)
		die_sys(EX_CANTCREAT, "%s", buf_str(&tmp));
	if (io_write(fd, message.p, message.n) < 0 || close(fd) < 0 ||
	    rename(buf_str(&tmp), buf_str(&path)) < 0)
		die_sys(EX_IOERR, "%s", buf_str(&path));
	buf_free(&tmp);
	buf_free(&path);
}

void
stored_add(const char *maildir, struct span sample, struct buf *names,
    struct buf *token, struct buf *text)
{
	struct buf message = { 0 }, name = { 0 };
	size_t body;

	buf_setf(token, "protograde-%ld-%lld", (long)getpid(),
	    io_clock_us());
	buf_addspan(&name, sample);
	sample_add(&message, buf_str(&name), "sender@example.org",
	    "student@example.org");
	body = message.n - sample_body(buf_span(&message)).n;
	buf_setf(&name, "%s begins\n", buf_str(token));
	buf_insert(&message, body, name.p, name.n);
	buf_set(text, span_drop(buf_span(&message), body));
	buf_setf(&name, "%lld.%s.localhost", (long long)time(NULL),
	    buf_str(token));
	write_file(maildir, buf_str(&name), buf_span(&message));
	buf_addf(names, "%s\n", buf_str(&name));
	buf_free(&message);
	buf_free(&name);
}

/* What begins with the name: a server may have added flags. */
static void
remove_from(const char *maildir, const char *sub, struct span name)
{
	struct buf path = { 0 };
	struct dirent *e;
	size_t n;
	DIR *dir;

	buf_addf(&path, "%s/%s", maildir, sub);
	dir = io_dir(buf_str(&path));
	n = path.n;
	while (dir != NULL && (e = readdir(dir)) != NULL) {
		if (strncmp(e->d_name, name.p, name.n) != 0)
			continue;
		buf_addf(&path, "/%s", e->d_name);
		unlink(buf_str(&path));
		path.n = n;
	}
	if (dir != NULL)
		closedir(dir);
	buf_free(&path);
}

void
stored_remove(const char *maildir, struct span names)
{
	struct span name;

	while (names.n > 0) {
		name = span_chomp(span_line(&names));
		remove_from(maildir, "new", name);
		remove_from(maildir, "cur", name);
	}
}

#define DEPTH_MAX 8
#define FILE_MAX ((size_t)64 << 20)

/* Where the token stands, or NULL. */
static const char *
find_token(struct span text, struct span token)
{
	const char *p;

	while ((p = span_find(text, token.p[0])) != NULL) {
		text = span_drop(text, (size_t)(p - text.p));
		if (text.n < token.n)
			return NULL;
		if (memcmp(p, token.p, token.n) == 0)
			return p;
		text = span_drop(text, 1);
	}
	return NULL;
}

static int
look_into(const char *path, struct span token, struct buf *found)
{
	struct buf text = { 0 };
	struct span rest, line;
	const char *p = NULL;
	int fd = io_file(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);

	if (fd >= 0 && io_slurp(fd, &text, FILE_MAX) == 0)
		p = find_token(buf_span(&text), token);
	if (fd >= 0)
		io_close(fd);
	if (p != NULL) {
		rest = span_of(p, text.n - (size_t)(p - text.p));
		buf_addspan(found, span_line(&rest));
		while (rest.n > 0) {
			line = span_line(&rest);
			buf_addspan(found, line);
			if (find_token(line, token) != NULL)
				break;
		}
		/* What ends a text on its way is no part of it. */
		line = span_line(&rest);
		if (span_is(span_chomp(line), "."))
			buf_addspan(found, line);
	}
	buf_free(&text);
	return p != NULL;
}

static int
find(struct buf *path, struct span token, struct buf *found, int depth)
{
	struct stat st;
	struct dirent *e;
	size_t n = path->n;
	int got = 0;
	DIR *dir;

	if (depth > DEPTH_MAX || stat(buf_str(path), &st) < 0)
		return 0;
	if (S_ISREG(st.st_mode))
		return look_into(buf_str(path), token, found);
	if (!S_ISDIR(st.st_mode) || (dir = io_dir(buf_str(path))) == NULL)
		return 0;
	while (!got && (e = readdir(dir)) != NULL) {
		if (e->d_name[0] == '.' || strcmp(e->d_name, "tmp") == 0)
			continue;
		buf_addf(path, "/%s", e->d_name);
		got = find(path, token, found, depth + 1);
		path->n = n;
	}
	closedir(dir);
	return got;
}

int
stored_find(const char *path, struct span token, struct buf *found)
{
	struct buf name = { 0 };
	int got;

	buf_adds(&name, path);
	got = find(&name, token, found, 0);
	buf_free(&name);
	return got;
}
