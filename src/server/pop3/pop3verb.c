#include "pop3verb.h"

#include "format/wire/mask.h"
#include "pop3auth.h"
#include "pop3work.h"

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

static void verb_capa(struct pop3d *s, struct span arg);
static void verb_dele(struct pop3d *s, struct span arg);
static void verb_list(struct pop3d *s, struct span arg);
static void verb_noop(struct pop3d *s, struct span arg);
static void verb_quit(struct pop3d *s, struct span arg);
static void verb_retr(struct pop3d *s, struct span arg);
static void verb_rset(struct pop3d *s, struct span arg);
static void verb_stat(struct pop3d *s, struct span arg);
static void verb_top(struct pop3d *s, struct span arg);
static void verb_uidl(struct pop3d *s, struct span arg);
static void verb_utf8(struct pop3d *s, struct span arg);

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
	{ "LIST", verb_list, POP3D_READY, ANY_ARG, "LIST [letter]" },
	{ "UIDL", verb_uidl, POP3D_READY, ANY_ARG, "UIDL [letter]" },
	{ "RETR", verb_retr, POP3D_READY, AN_ARG, "RETR letter" },
	{ "TOP", verb_top, POP3D_READY, AN_ARG, "TOP letter lines" },
	{ "DELE", verb_dele, POP3D_READY, AN_ARG, "DELE letter" },
	{ "RSET", verb_rset, POP3D_READY, NO_ARG, "RSET" },
	{ "NOOP", verb_noop, POP3D_READY, NO_ARG, "NOOP" },
	{ "QUIT", verb_quit, POP3D_ANY, NO_ARG, "QUIT" },
};

#define VERBS COUNT(verbs)

void
pop3verb_reply(struct pop3d *s, const char *fmt, ...)
{
	size_t from = s->out->n;
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(s->out, fmt, ap);
	va_end(ap);
	if (s->conf->talk != NULL)
		s->conf->talk(s->conf->app, s->peer, 'S',
		    span_drop(buf_span(s->out), from));
	buf_adds(s->out, "\r\n");
}

void
pop3verb_letters(struct pop3d *s)
{
	pop3verb_reply(s, "+OK %zu letter%s", s->count,
	    s->count == 1 ? "" : "s");
}

static void
mistake(struct pop3d *s, const char *text, const char *syntax)
{
	pop3verb_reply(s, "-ERR %s%s", text, syntax);
	s->mistakes++;
}

/* RFC 2449 5, RFC 6856 2 */
static void
verb_capa(struct pop3d *s, struct span arg)
{
	(void)arg;
	pop3verb_reply(s, "+OK capabilities follow");
	buf_adds(s->out, "TOP\r\nUIDL\r\nUSER\r\nSASL ");
	sasld_names(s->out, s->conf->auth->mechanisms);
	buf_adds(s->out, "\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nPIPELINING\r\n"
	    "EXPIRE NEVER\r\nUTF8 USER\r\nIMPLEMENTATION pop3d-lite\r\n"
	    ".\r\n");
}

/* Octets are sent as they are, with it and without. */
static void
verb_utf8(struct pop3d *s, struct span arg)
{
	(void)arg;
	pop3verb_reply(s, "+OK UTF-8 it is");
}

/* Takes a number off arg: 0, or -1. */
static int
take_number(struct span *arg, uintmax_t *u)
{
	size_t n = 0;
	int r;

	while (n < arg->n && arg->p[n] != ' ')
		n++;
	r = span_number(span_of(arg->p, n), u);
	*arg = span_trim(span_drop(*arg, n));
	return r;
}

/* Sets s->at to the letter that arg begins with: 0, or -1 when answered. */
static int
take_letter(struct pop3d *s, struct span *arg)
{
	uintmax_t u;

	if (take_number(arg, &u) < 0) {
		mistake(s, "not a number", "");
		return -1;
	}
	if (u == 0 || u > s->count) {
		pop3verb_reply(s, "-ERR no such letter, there are %zu",
		    s->count);
		return -1;
	}
	s->at = (size_t)(u - 1);
	if ((s->mark[s->at] & POP3D_DELETED) == 0)
		return 0;
	pop3verb_reply(s, "-ERR that letter is deleted");
	return -1;
}

/* The same where nothing may follow. */
static int
take_only_letter(struct pop3d *s, struct span arg)
{
	if (take_letter(s, &arg) < 0)
		return -1;
	if (arg.n == 0)
		return 0;
	mistake(s, "one argument too many", "");
	return -1;
}

static void
verb_stat(struct pop3d *s, struct span arg)
{
	(void)arg;
	s->at = 0;
	s->sum = s->lines = 0;
	s->work = pop3work_stat;
}

static void
verb_list(struct pop3d *s, struct span arg)
{
	if (arg.n > 0) {
		if (take_only_letter(s, arg) == 0)
			s->work = pop3work_size;
		return;
	}
	pop3verb_reply(s, "+OK sizes follow");
	s->at = 0;
	s->work = pop3work_sizes;
}

static void
verb_uidl(struct pop3d *s, struct span arg)
{
	struct buf uid = { 0 };

	if (arg.n == 0) {
		pop3verb_reply(s, "+OK identifiers follow");
		s->at = 0;
		s->work = pop3work_uids;
	} else if (take_only_letter(s, arg) == 0) {
		s->conf->store->uid(s->drop, s->at, &uid);
		pop3verb_reply(s, "+OK %zu %s", s->at + 1, buf_str(&uid));
		buf_free(&uid);
	}
}

static void
verb_retr(struct pop3d *s, struct span arg)
{
	if (take_only_letter(s, arg) < 0)
		return;
	s->top = 0;
	s->work = pop3work_text;
}

static void
verb_top(struct pop3d *s, struct span arg)
{
	uintmax_t lines;

	if (take_letter(s, &arg) < 0)
		return;
	if (take_number(&arg, &lines) < 0 || arg.n > 0) {
		mistake(s, "syntax: ", "TOP letter lines");
		return;
	}
	s->top = 1;
	s->lines = lines;
	s->work = pop3work_text;
}

static void
verb_dele(struct pop3d *s, struct span arg)
{
	if (take_only_letter(s, arg) < 0)
		return;
	s->mark[s->at] |= POP3D_DELETED;
	pop3verb_reply(s, "+OK letter %zu goes at QUIT", s->at + 1);
}

static void
verb_rset(struct pop3d *s, struct span arg)
{
	size_t i;

	(void)arg;
	for (i = 0; i < s->count; i++)
		s->mark[i] &= (unsigned char)~POP3D_DELETED;
	pop3verb_letters(s);
}

static void
verb_noop(struct pop3d *s, struct span arg)
{
	(void)arg;
	pop3verb_reply(s, "+OK");
}

static void
verb_quit(struct pop3d *s, struct span arg)
{
	(void)arg;
	if (s->phase == POP3D_READY) {
		s->at = 0;
		s->sum = 0;
		s->work = pop3work_quit;
		return;
	}
	pop3verb_reply(s, "+OK bye");
	s->closing = 1;
}

static const struct verb *
find_verb(struct span name)
{
	size_t i;

	for (i = 0; i < VERBS; i++)
		if (span_case_is(name, verbs[i].name))
			return &verbs[i];
	return NULL;
}

void
pop3verb_run(struct pop3d *s, struct span line)
{
	struct span word = span_word(line);
	const struct verb *v = find_verb(word);
	struct span arg = span_drop(line, word.n);

	if (v != NULL && v->takes == SECRET_ARG && arg.n > 0)
		arg = span_drop(arg, 1);
	else
		arg = span_trim(arg);
	if (v == NULL)
		mistake(s, "unknown command", "");
	else if ((v->phases & (int)s->phase) == 0)
		mistake(s, s->phase == POP3D_READY ? "you are logged in" :
		    v->phases == POP3D_NAMED ? "say USER first" :
		    "log in first", "");
	else if (v->takes == NO_ARG ? arg.n > 0 :
	    v->takes != ANY_ARG && arg.n == 0)
		mistake(s, "syntax: ", v->syntax);
	else
		v->run(s, arg);
}

/* All of a response. */
size_t
pop3verb_open_part(struct pop3d *s, struct span line)
{
	return s->sasl != NULL ? 0 :
	    mask_open(&s->pending, line, find_verb(span_word(line)) != NULL);
}
