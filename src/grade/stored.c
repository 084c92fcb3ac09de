#include "stored.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/io.h"

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
