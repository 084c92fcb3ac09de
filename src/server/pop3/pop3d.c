#include "pop3d.h"

#include <stdlib.h>

#include "format/wire/stranger.h"
#include "pop3auth.h"
#include "pop3work.h"

#define MISTAKES_MAX 20		/* of a session */

static void
tell_line(struct pop3d *s, struct span line)
{
	size_t open = pop3verb_open_part(s, line);
	struct buf masked = { 0 };

	buf_add(&masked, line.p, open);
	if (open < line.n)
		buf_adds(&masked, open > 0 ? " ****" : "****");
	s->conf->talk(s->conf->app, s->peer, 'C', buf_span(&masked));
	buf_free(&masked);
}

static void
hang_up(struct pop3d *s, const char *text)
{
	pop3verb_reply(s, "%s", text);
	s->closing = 1;
}

static void
command(struct pop3d *s, struct span line)
{
	s->started = 1;
	line = span_chomp(line);
	if (s->conf->talk != NULL)
		tell_line(s, line);
	if (s->sasl != NULL)
		pop3auth_step(s, line);
	else
		pop3verb_run(s, line);
	if (s->mistakes > MISTAKES_MAX && !s->closing)
		hang_up(s, "-ERR too many mistakes");
}

/* Whether it is one who has sent this, the first that came: then it is said. */
static int
is_stranger(struct pop3d *s, struct span first)
{
	enum stranger guess = stranger_guess(first);

	if (!stranger_is(guess))
		return 0;
	pop3verb_reply(s, "-ERR this is POP3, not %s", stranger_name(guess));
	s->closing = 1;
	return 1;
}

/* Takes a line, or nothing while its end has not come. */
static size_t
feed_line(struct pop3d *s, const char *p, size_t n)
{
	const char *lf = memchr(p, '\n', n);
	size_t used = lf != NULL ? (size_t)(lf + 1 - p) : n;
	int skip = s->skip;

	if (!s->started && is_stranger(s, span_of(p, n)))
		return n;
	s->skip = lf == NULL && (skip || n >= POP3D_LINE_MAX);
	if (skip)
		return used;
	if (used > POP3D_LINE_MAX || s->skip) {
		pop3auth_cancel(s);
		pop3verb_reply(s, "-ERR line too long");
		s->mistakes++;
		return used;
	}
	if (lf == NULL)
		return 0;
	command(s, span_of(p, used));
	return used;
}

/* Does what the last command has left, and says what comes next. */
static enum pop3d_next
next(struct pop3d *s)
{
	if (s->closing)
		return POP3D_CLOSE;
	if (s->late > 0)
		return POP3D_WAIT;
	return s->work != NULL ? POP3D_AGAIN : POP3D_MORE;
}

static void
work(struct pop3d *s)
{
	if (s->work != NULL && s->work(s))
		s->work = NULL;
}

struct pop3d *
pop3d_open(const struct pop3d_conf *conf, const char *peer, struct buf *out)
{
	struct pop3d *s;

	s = die_calloc(1, sizeof *s);
	s->conf = conf;
	s->peer = span_dup(span_str(peer));
	s->phase = POP3D_START;
	s->out = out;
	if (conf->apop) {
		buf_addc(&s->stamp, '<');
		conf->nonce(&s->stamp);
		buf_addf(&s->stamp, "@%s>", conf->host);
	}
	pop3verb_reply(s, "+OK POP3 %s", s->stamp.n > 0 ?
	    buf_str(&s->stamp) : "ready");
	return s;
}

enum pop3d_next
pop3d_feed(struct pop3d *s, const char *p, size_t n, size_t *used,
    struct buf *out)
{
	size_t at = 0, taken = 1;

	s->out = out;
	while (at < n && taken > 0 && out->n < POP3WORK_FULL &&
	    next(s) == POP3D_MORE) {
		taken = feed_line(s, p + at, n - at);
		at += taken;
		work(s);
	}
	*used = at;
	return next(s);
}

enum pop3d_next
pop3d_resume(struct pop3d *s, struct buf *out)
{
	s->out = out;
	if (s->late > 0)
		pop3auth_answer(s);
	work(s);
	return next(s);
}

long
pop3d_delay(void *session)
{
	const struct pop3d *s = session;

	return s->late;
}

void
pop3d_close(struct pop3d *s)
{
	if (s->drop != NULL)
		s->conf->store->close(s->drop);
	pop3auth_cancel(s);
	buf_free(&s->stamp);
	buf_free(&s->user);
	buf_free(&s->held);
	free(s->mark);
	free(s->peer);
	free(s);
}
