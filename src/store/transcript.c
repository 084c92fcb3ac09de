#include "transcript.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "sys/io.h"
#include "sys/net.h"

/* So much text of a message is written at once; all else as it comes. */
#define TEXT_KEPT 32768

/* A longer dialogue waits in a file for the end of its session. */
#define MEMORY_MAX ((size_t)1 << 20)

struct transcript {
	const struct transcript_conf *conf;
	char *path;
	int fd;			/* -1 while there is none, or after a failure */
	FILE *spill;		/* whose fd it is, where there is no path */
	int failed;
	struct record record;
	struct buf out;		/* not written yet */
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
	t->failed = t->fd < 0;
	if (t->failed)
		warn_sys("%s", buf_str(&path));
	t->path = span_dup(buf_span(&path));
	buf_free(&path);
}

struct transcript *
transcript_open(const struct transcript_conf *conf, const char *peer,
    int *is_short)
{
	struct dialogue_head head = { conf->protocol, span_str(peer),
	    span_str(conf->server), (int64_t)time(NULL) };
	struct transcript *t;

	t = die_calloc(1, sizeof *t);
	t->conf = conf;
	t->fd = -1;
	*is_short = 0;
	if (conf->dir != NULL)
		start(t, conf->dir, peer, is_short);
	record_open(&t->record, &head, conf->shows, io_clock_us(), &t->out);
	return t;
}

/* The first failure is said, and is the end. */
static void
fail(struct transcript *t)
{
	warn_sys("%s", t->path != NULL ? t->path : "tmpfile");
	if (t->spill != NULL)
		fclose(t->spill);
	else if (t->fd >= 0)
		close(t->fd);
	t->spill = NULL;
	t->fd = -1;
	t->failed = 1;
}

static void
put(struct transcript *t)
{
	if (t->path == NULL && t->fd < 0 && !t->failed) {
		t->spill = tmpfile();
		if (t->spill == NULL)
			fail(t);
		else
			t->fd = fileno(t->spill);
	}
	if (t->fd >= 0 && io_write(t->fd, t->out.p, t->out.n) < 0)
		fail(t);
	buf_clear(&t->out);
}

void
transcript_bytes(struct transcript *t, enum dialogue_side side,
    struct span bytes)
{
	size_t kept = t->path == NULL ? MEMORY_MAX :
	    follow_in_text(&t->record.follow) || t->record.follow.left > 0 ?
	    TEXT_KEPT : 0;

	record_bytes(&t->record, side, bytes, io_clock_us(), &t->out);
	if (t->out.n > kept)
		put(t);
}

void
transcript_unseal(struct transcript *t)
{
	record_unseal(&t->record);
}

void
transcript_note(struct transcript *t, const char *note)
{
	record_note(&t->record, note, io_clock_us(), &t->out);
	if (t->path != NULL)
		put(t);
}

const struct follow *
transcript_follow(const struct transcript *t)
{
	return &t->record.follow;
}

/* Copies what has waited for the end: 0, or -1. */
static int
print(struct transcript *t)
{
	char part[16384];
	ssize_t r = 0;

	if (t->fd >= 0) {
		put(t);
		if (t->fd < 0 || lseek(t->fd, 0, SEEK_SET) < 0)
			return -1;
		while ((r = read(t->fd, part, sizeof part)) > 0)
			if (io_write(t->conf->fd, part, (size_t)r) < 0)
				return -1;
	}
	return r < 0 ? -1 : io_write(t->conf->fd, t->out.p, t->out.n);
}

void
transcript_close(struct transcript *t)
{
	if (t == NULL)
		return;
	if (t->path != NULL) {
		put(t);
		if (t->fd >= 0 && close(t->fd) < 0)
			warn_sys("%s", t->path);
	} else {
		if (!t->failed && print(t) < 0)
			die_sys(EX_IOERR, "%s", t->conf->name);
		if (t->spill != NULL)
			fclose(t->spill);
	}
	record_free(&t->record);
	buf_free(&t->out);
	free(t->path);
	free(t);
}
