#include "transcript.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "format/mail/date.h"
#include "sys/io.h"
#include "sys/net.h"
#include "sys/serve.h"

struct transcript {
	char *path;
	int fd;			/* -1 after a failure */
	int verbose;
	int in_line;		/* a piece of text came without its ending */
};

/* The name of a new file; a peer's text may come from the environment. */
static void
name(struct buf *b, const char *dir, const char *peer)
{
	static unsigned long count;
	time_t now = time(NULL);
	struct tm tm;
	char text[32];

	if (gmtime_r(&now, &tm) == NULL ||
	    strftime(text, sizeof text, "%Y%m%d-%H%M%S", &tm) == 0)
		text[0] = '\0';
	buf_addf(b, "%s/%s.", dir, text);
	for (; *peer != '\0'; peer++)
		buf_addc(b, *peer == '/' ? '_' : *peer);
	buf_addf(b, ".%ld.%lu", (long)getpid(), count++);
}

static void
start(struct transcript *t, const char *dir, const char *peer, int *is_short)
{
	struct buf path = { 0 };

	do {
		buf_clear(&path);
		name(&path, dir, peer[0] != '\0' ? peer : "local");
		t->fd = io_file(buf_str(&path), O_WRONLY | O_CREAT | O_EXCL |
		    O_CLOEXEC, 0600);
	} while (t->fd < 0 && errno == EEXIST);
	*is_short = t->fd < 0 && net_is_short(errno);
	if (t->fd < 0)
		warn_sys("%s", buf_str(&path));
	t->path = span_dup(buf_span(&path));
	buf_free(&path);
}

void *
transcript_open(const char *dir, const char *peer, int verbose, int *is_short)
{
	struct transcript *t;

	t = die_calloc(1, sizeof *t);
	t->verbose = verbose;
	t->fd = -1;
	*is_short = 0;
	if (dir != NULL)
		start(t, dir, peer, is_short);
	return t;
}

/* The first failure is said, and is the end. */
static void
put(struct transcript *t, const struct buf *b)
{
	if (io_write(t->fd, b->p, b->n) == 0)
		return;
	warn_sys("%s", t->path);
	close(t->fd);
	t->fd = -1;
}

static void
add_start(struct buf *b, int who)
{
	date_iso(b, (int64_t)time(NULL));
	buf_addf(b, " %c: ", who);
}

static void
add_line(struct transcript *t, struct buf *b, int who, struct span line)
{
	if (t->in_line)
		buf_addc(b, '\n');
	t->in_line = 0;
	add_start(b, who);
	buf_addspan(b, line);
	buf_addc(b, '\n');
}

static void
add_text(struct transcript *t, struct buf *b, struct span text)
{
	struct span line;

	while (text.n > 0) {
		line = span_line(&text);
		if (!t->in_line)
			add_start(b, 'C');
		t->in_line = line.p[line.n - 1] != '\n';
		buf_addspan(b, span_chomp(line));
		if (!t->in_line)
			buf_addc(b, '\n');
	}
}

void
transcript_hear(void *transcript, const char *peer, int who,
    struct span line)
{
	struct transcript *t = transcript;
	struct buf b = { 0 };

	if (t->verbose && who != 'T')
		serve_talk(NULL, peer, who, line);
	if (t->fd < 0)
		return;
	if (who == 'T')
		add_text(t, &b, line);
	else
		add_line(t, &b, who, line);
	put(t, &b);
	buf_free(&b);
}

void
transcript_close(void *transcript)
{
	struct transcript *t = transcript;
	struct buf b = { 0 };

	if (t == NULL)
		return;
	buf_addc(&b, '\n');
	if (t->fd >= 0 && t->in_line)
		put(t, &b);
	if (t->fd >= 0 && close(t->fd) < 0)
		warn_sys("%s", t->path);
	buf_free(&b);
	free(t->path);
	free(t);
}
