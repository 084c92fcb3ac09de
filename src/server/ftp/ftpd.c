#include "ftpd.h"

#include <stdlib.h>

#include "format/wire/stranger.h"
#include "ftpfile.h"

/*
 * For how long a file under its final name waits, when all of it has come:
 * where its client was killed, the end of the session follows that of the file.
 */
#define SETTLE_MS 20

#define LINE_MAX 4096		/* octets in a command, its ending included */
#define WAITING_MAX 65536	/* and in those that wait for a transfer */

void
ftp_reply(struct ftpd *s, struct buf *out, const char *fmt, ...)
{
	size_t at = out->n;
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(out, fmt, ap);
	va_end(ap);
	if (s->conf->talk != NULL)
		s->conf->talk(s->arg, 'S', span_drop(buf_span(out), at));
	buf_adds(out, "\r\n");
}

struct ftpd *
ftpd_open(const struct ftpd_conf *conf, void *arg, int local, struct buf *out)
{
	struct ftpd *s;

	s = die_calloc(1, sizeof *s);
	s->conf = conf;
	s->arg = arg;
	s->local = local;
	s->text = 1;		/* RFC 959 3.1.1.1: the default */
	ftp_reply(s, out, "220 %s ftpd-lite", conf->host);
	return s;
}

void
ftpd_attach(struct ftpd *s, void *door)
{
	s->door = door;
}

static void
leave(struct ftpd *s, struct buf *out, const char *text)
{
	ftp_reply(s, out, "%s", text);
	s->phase = FTP_OVER;
}

/* Whether the first line, or the part that is there, may pass. */
static int
is_known(struct ftpd *s, struct buf *out)
{
	enum stranger guess;

	if (s->known)
		return 1;
	guess = stranger_guess(buf_span(&s->line));
	if (stranger_is(guess)) {
		ftp_reply(s, out, "500 this is FTP, not %s",
		    stranger_name(guess));
		s->phase = FTP_OVER;
		return 0;
	}
	if (guess == STRANGER_PERHAPS &&
	    memchr(s->line.p, '\n', s->line.n) == NULL)
		return 0;
	s->known = 1;
	return 1;
}

/* Whether a line may run; but for a few it is for a transfer to end. */
static int
may_run(const struct ftpd *s, struct span line)
{
	if (s->phase == FTP_TRANSFER)
		return ftp_is_urgent(span_chomp(line));
	return s->phase == FTP_COMMAND;
}

static enum ftpd_verdict
verdict(const struct ftpd *s)
{
	static const enum ftpd_verdict of[] = {
		[FTP_TRIED] = FTPD_WAIT,
		[FTP_COMMAND] = FTPD_MORE, [FTP_TRANSFER] = FTPD_MORE,
		[FTP_SETTLE] = FTPD_WAIT, [FTP_COMMIT] = FTPD_COMMIT,
		[FTP_OVER] = FTPD_CLOSE
	};

	return of[s->phase];
}

/* Runs what has come, as far as it is its time. */
static enum ftpd_verdict
go_on(struct ftpd *s, struct buf *out)
{
	struct span line;
	const char *lf;
	size_t at = 0, n;

	while (at < s->line.n && s->phase != FTP_OVER && is_known(s, out)) {
		lf = memchr(s->line.p + at, '\n', s->line.n - at);
		n = lf != NULL ? (size_t)(lf - s->line.p) + 1 - at :
		    s->line.n - at;
		line = span_of(s->line.p + at, n);
		if (n > LINE_MAX) {
			leave(s, out, "500 the line is too long");
			break;
		}
		if (lf == NULL || !may_run(s, line))
			break;
		at += n;
		ftp_run(s, span_chomp(line), out);
	}
	buf_consume(&s->line, at);
	return verdict(s);
}

enum ftpd_verdict
ftpd_feed(struct ftpd *s, const char *p, size_t n, size_t *used,
    struct buf *out)
{
	*used = n;
	buf_add(&s->line, p, n);
	if (s->line.n > WAITING_MAX && s->phase == FTP_TRANSFER)
		leave(s, out, "500 too many commands in mid-transfer");
	return go_on(s, out);
}

enum ftpd_verdict
ftpd_data(struct ftpd *s, const char *p, size_t n, struct buf *out)
{
	ftpfile_take(s, p, n, out);
	return go_on(s, out);
}

enum ftpd_verdict
ftpd_data_end(struct ftpd *s, int broken, struct buf *out)
{
	ftpfile_end(s, broken, out);
	return go_on(s, out);
}

enum ftpd_verdict
ftpd_resume(struct ftpd *s, struct buf *out)
{
	if (s->phase == FTP_TRIED)
		ftp_log_in(s, out);
	else if (s->phase == FTP_SETTLE)
		ftpfile_settle(s, out);
	else
		ftpfile_commit(s, out);
	return go_on(s, out);
}

long
ftpd_delay(const struct ftpd *s)
{
	return s->phase == FTP_TRIED ? s->late : SETTLE_MS;
}

void
ftpd_expire(struct ftpd *s, int down, struct buf *out)
{
	ftp_reply(s, out, "421 %s", down ? "going down, try again later" :
	    "idle too long");
}

void
ftpd_close(struct ftpd *s)
{
	ftpfile_abort(s);
	ftpfile_forget(s);
	buf_free(&s->line);
	buf_free(&s->user);
	buf_free(&s->name);
	buf_free(&s->from);
	free(s);
}
