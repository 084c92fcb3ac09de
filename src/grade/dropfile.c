#include "dropfile.h"

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
dropfile_add(const char *maildir, struct span sample, struct buf *names,
    struct buf *token, struct buf *text)
{
	struct buf message = { 0 }, name = { 0 };
	size_t body;

	buf_clear(token);
	buf_addf(token, "protograde-%ld-%lld", (long)getpid(),
	    io_clock_us());
	buf_addspan(&name, sample);
	sample_add(&message, buf_str(&name), "sender@example.org",
	    "student@example.org");
	body = message.n - sample_body(buf_span(&message)).n;
	buf_clear(&name);
	buf_addf(&name, "%s begins\n", buf_str(token));
	buf_insert(&message, body, name.p, name.n);
	buf_clear(text);
	buf_add(text, message.p + body, message.n - body);
	buf_clear(&name);
	buf_addf(&name, "%lld.%s.localhost", (long long)time(NULL),
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
dropfile_remove(const char *maildir, struct span names)
{
	struct span name;

	while (names.n > 0) {
		name = span_chomp(span_line(&names));
		remove_from(maildir, "new", name);
		remove_from(maildir, "cur", name);
	}
}
