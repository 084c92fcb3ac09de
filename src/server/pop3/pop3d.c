#include "pop3d.h"

#include <stdlib.h>

#include "format/wire/mask.h"
#include "pop3answer.h"
#include "pop3auth.h"

#define MISTAKES_MAX 20		/* of a session */

static void
mistake(struct pop3d *s, const char *text, const char *syntax)
{
	chat_say(&s->chat, "-ERR %s%s", text, syntax);
	s->mistakes++;
}

/* RFC 2449 5, RFC 6856 2 */
static void
verb_capa(struct pop3d *s, struct span arg)
{
	(void)arg;
	chat_say(&s->chat, "+OK capability list follows");
	buf_adds(s->chat.out, "TOP\r\nUIDL\r\nUSER\r\nSASL ");
	sasld_names(s->chat.out, s->conf->auth->mechanisms);
	buf_adds(s->chat.out, "\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\n"
	    "PIPELINING\r\nEXPIRE NEVER\r\nUTF8 USER\r\n"
	    "IMPLEMENTATION pop3d-lite\r\n.\r\n");
}

/* Octets are sent as they are, with it and without. */
static void
verb_utf8(struct pop3d *s, struct span arg)
{
	(void)arg;
	chat_say(&s->chat, "+OK UTF8 enabled");
}

/* Takes a number off arg: 0, or -1. */
static int
take_number(struct span *arg, uintmax_t *u)
{
	int r = span_number(span_cut(arg, ' '), u);

	*arg = span_trim(*arg);
	return r;
}

/* Sets s->at to the message that arg begins with: 0, or -1 when answered. */
static int
take_message(struct pop3d *s, struct span *arg)
{
	uintmax_t u;

	if (take_number(arg, &u) < 0) {
		mistake(s, "not a number", "");
		return -1;
	}
	if (u == 0 || u > s->count) {
		chat_say(&s->chat, "-ERR no such message, there are %zu",
		    s->count);
		return -1;
	}
	s->at = (size_t)(u - 1);
	if ((s->mark[s->at] & POP3D_DELETED) == 0)
		return 0;
	chat_say(&s->chat, "-ERR message is deleted");
	return -1;
}

/* The same where nothing may follow. */
static int
take_only_message(struct pop3d *s, struct span arg)
{
	if (take_message(s, &arg) < 0)
		return -1;
	if (arg.n == 0)
		return 0;
	mistake(s, "too many arguments", "");
	return -1;
}

static void
verb_stat(struct pop3d *s, struct span arg)
{
	(void)arg;
	s->at = 0;
	s->sum = s->lines = 0;
	s->work = pop3answer_stat;
}

static void
verb_list(struct pop3d *s, struct span arg)
{
	if (arg.n > 0) {
		if (take_only_message(s, arg) == 0)
			s->work = pop3answer_size;
		return;
	}
	chat_say(&s->chat, "+OK scan listing follows");
	s->at = 0;
	s->work = pop3answer_sizes;
}

static void
verb_uidl(struct pop3d *s, struct span arg)
{
	struct buf uid = { 0 };

	if (arg.n == 0) {
		chat_say(&s->chat, "+OK unique-id listing follows");
		s->at = 0;
		s->work = pop3answer_uids;
	} else if (take_only_message(s, arg) == 0) {
		s->conf->store->uid(s->drop, s->at, &uid);
		chat_say(&s->chat, "+OK %zu %s", s->at + 1, buf_str(&uid));
		buf_free(&uid);
	}
}

static void
verb_retr(struct pop3d *s, struct span arg)
{
	if (take_only_message(s, arg) < 0)
		return;
	s->top = 0;
	s->work = pop3answer_text;
}

static void
verb_top(struct pop3d *s, struct span arg)
{
	uintmax_t lines;

	if (take_message(s, &arg) < 0)
		return;
	if (take_number(&arg, &lines) < 0 || arg.n > 0) {
		mistake(s, "syntax: ", "TOP message lines");
		return;
	}
	s->top = 1;
	s->lines = lines;
	s->work = pop3answer_text;
}

static void
verb_dele(struct pop3d *s, struct span arg)
{
	if (take_only_message(s, arg) < 0)
		return;
	s->mark[s->at] |= POP3D_DELETED;
	chat_say(&s->chat, "+OK message %zu deleted", s->at + 1);
}

static void
verb_rset(struct pop3d *s, struct span arg)
{
	size_t i;

	(void)arg;
	for (i = 0; i < s->count; i++)
		s->mark[i] &= (unsigned char)~POP3D_DELETED;
	pop3answer_count(s);
}

static void
verb_noop(struct pop3d *s, struct span arg)
{
	(void)arg;
	chat_say(&s->chat, "+OK");
}

static void
verb_quit(struct pop3d *s, struct span arg)
{
	(void)arg;
	if (s->phase == POP3D_READY) {
		s->at = 0;
		s->sum = 0;
		s->work = pop3answer_quit;
		return;
	}
	chat_say(&s->chat, "+OK bye");
	s->closing = 1;
}

enum takes {
	NO_ARG,
	ANY_ARG,
	AN_ARG,
	SECRET_ARG		/* one, blanks at its ends included */
};

struct verb {
	const char *name;
	void (*run)(struct pop3d *s, struct span arg);
	int phases;		/* in which it is allowed */
	enum takes takes;
	const char *syntax;
};

#define BEFORE (POP3D_START | POP3D_NAMED)

static const struct verb verbs[] = {
	{ "USER", pop3auth_user, BEFORE, AN_ARG, "USER name" },
	{ "PASS", pop3auth_pass, POP3D_NAMED, SECRET_ARG, "PASS password" },
	{ "APOP", pop3auth_apop, BEFORE, AN_ARG, "APOP name digest" },
	{ "AUTH", pop3auth_auth, BEFORE, ANY_ARG,
	    "AUTH [mechanism [response]]" },
	{ "UTF8", verb_utf8, BEFORE, NO_ARG, "UTF8" },
	{ "CAPA", verb_capa, POP3D_ANY, NO_ARG, "CAPA" },
	{ "STAT", verb_stat, POP3D_READY, NO_ARG, "STAT" },
	{ "LIST", verb_list, POP3D_READY, ANY_ARG, "LIST [message]" },
	{ "UIDL", verb_uidl, POP3D_READY, ANY_ARG, "UIDL [message]" },
	{ "RETR", verb_retr, POP3D_READY, AN_ARG, "RETR message" },
	{ "TOP", verb_top, POP3D_READY, AN_ARG, "TOP message lines" },
	{ "DELE", verb_dele, POP3D_READY, AN_ARG, "DELE message" },
	{ "RSET", verb_rset, POP3D_READY, NO_ARG, "RSET" },
	{ "NOOP", verb_noop, POP3D_READY, NO_ARG, "NOOP" },
	{ "QUIT", verb_quit, POP3D_ANY, NO_ARG, "QUIT" },
};

static void
run(struct pop3d *s, struct span line)
{
	struct span word = span_word(line);
	const struct verb *v = SPAN_LOOKUP(word, verbs);
	struct span arg = span_drop(line, word.n);

	if (v != NULL && v->takes == SECRET_ARG && arg.n > 0)
		arg = span_drop(arg, 1);
	else
		arg = span_trim(arg);
	if (v == NULL)
		mistake(s, "unknown command", "");
	else if ((v->phases & (int)s->phase) == 0)
		mistake(s, s->phase == POP3D_READY ? "already logged in" :
		    v->phases == POP3D_NAMED ? "send USER first" :
		    "log in first", "");
	else if (v->takes == NO_ARG ? arg.n > 0 :
	    v->takes != ANY_ARG && arg.n == 0)
		mistake(s, "syntax: ", v->syntax);
	else
		v->run(s, arg);
}

/* Of a response nothing is open. */
static void
tell_line(struct pop3d *s, struct span line)
{
	int known = SPAN_LOOKUP(span_word(line), verbs) != NULL;

	chat_hear(&s->chat, line, s->sasl != NULL ? 0 :
	    mask_open(&s->chat.pending, line, known));
}

static void
command(struct pop3d *s, struct span line)
{
	s->started = 1;
	line = span_chomp(line);
	if (s->chat.talk != NULL)
		tell_line(s, line);
	if (s->sasl != NULL)
		pop3auth_step(s, line);
	else
		run(s, line);
	if (s->mistakes > MISTAKES_MAX && !s->closing) {
		chat_say(&s->chat, "-ERR too many errors");
		s->closing = 1;
	}
}

/* Takes a line, or nothing while its end has not come. */
static size_t
feed_line(struct pop3d *s, const char *p, size_t n)
{
	size_t used;
	int r;

	if (!s->started && chat_is_other(&s->chat, span_of(p, n),
	    "-ERR this is POP3", CHAT_NO_TLS)) {
		s->closing = 1;
		return n;
	}
	r = chat_line(&s->chat, p, n, POP3D_LINE_MAX, &used);
	if (r > 0)
		command(s, span_of(p, used));
	if (r < 0) {
		pop3auth_cancel(s);
		mistake(s, "line too long", "");
	}
	return used;
}

/* Does what the last command has left, and says what comes next. */
static enum session_verdict
next(struct pop3d *s)
{
	if (s->closing)
		return SESSION_CLOSE;
	if (s->late > 0)
		return SESSION_WAIT;
	return s->work != NULL ? SESSION_AGAIN : SESSION_MORE;
}

static void
work(struct pop3d *s)
{
	if (s->work != NULL && s->work(s))
		s->work = NULL;
}

static void *
open_session(const void *arg, const char *peer, int local,
    struct dataconn *none)
{
	const struct pop3d_conf *conf = arg;
	struct pop3d *s;

	(void)local;
	(void)none;
	s = die_calloc(1, sizeof *s);
	s->conf = conf;
	chat_init(&s->chat, peer, conf->talk);
	s->phase = POP3D_START;
	if (conf->apop) {
		buf_addc(&s->stamp, '<');
		conf->nonce(&s->stamp);
		buf_addf(&s->stamp, "@%s>", conf->host);
	}
	return s;
}

static enum session_verdict
greet(void *session, struct buf *out)
{
	struct pop3d *s = session;

	s->chat.out = out;
	chat_say(&s->chat, "+OK POP3 %s", s->stamp.n > 0 ?
	    buf_str(&s->stamp) : "ready");
	return SESSION_MORE;
}

static enum session_verdict
feed(void *session, const char *p, size_t n, size_t *used, struct buf *out)
{
	struct pop3d *s = session;
	size_t at = 0, taken = 1;

	s->chat.out = out;
	while (at < n && taken > 0 && out->n < POP3ANSWER_FULL &&
	    next(s) == SESSION_MORE) {
		taken = feed_line(s, p + at, n - at);
		at += taken;
		work(s);
	}
	*used = at;
	return next(s);
}

static enum session_verdict
resume(void *session, struct buf *out)
{
	struct pop3d *s = session;

	s->chat.out = out;
	if (s->late > 0)
		pop3auth_answer(s);
	work(s);
	return next(s);
}

static long
delay(const void *session)
{
	const struct pop3d *s = session;

	return s->late;
}

/* RFC 1939 3: a session that was idle too long ends without a word. */
static void
expire(void *session, int down, struct buf *out)
{
	(void)session;
	if (down)
		buf_adds(out, "-ERR [SYS/TEMP] server shutting down\r\n");
}

static void
close_session(void *session)
{
	struct pop3d *s = session;

	if (s->drop != NULL)
		s->conf->store->close(s->drop);
	pop3auth_cancel(s);
	buf_free(&s->stamp);
	buf_free(&s->user);
	buf_free(&s->held);
	free(s->mark);
	chat_free(&s->chat);
	free(s);
}

/* What was cut short is no command, and without QUIT nothing is deleted. */
const struct session_type pop3d_session = {
	.open = open_session, .greet = greet, .feed = feed, .resume = resume,
	.delay = delay, .expire = expire, .close = close_session,
	.busy = "-ERR [SYS/TEMP] too busy:"
};
