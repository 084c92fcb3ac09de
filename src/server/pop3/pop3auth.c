#include "pop3auth.h"

#include <errno.h>

#include "format/wire/name.h"
#include "pop3answer.h"

#define FAILURES_MAX 3		/* wrong passwords of a session */
#define PENALTY_MS 1000		/* and the time each of them takes at least */

void
pop3auth_cancel(struct pop3d *s)
{
	sasld_close(s->sasl);
	s->sasl = NULL;
}

/* The maildrop, if it is free, of who is logged in now. */
static void
enter(struct pop3d *s)
{
	struct buf b = { 0 };

	if (name_login(&b, buf_span(&s->user)) == 0)
		s->drop = s->conf->store->open(s->conf->store_arg,
		    buf_span(&b));
	if (s->drop != NULL)
		s->work = pop3answer_list;
	else if (errno == EAGAIN)
		chat_say(&s->chat, "-ERR [IN-USE] maildrop already locked");
	else
		chat_say(&s->chat, "-ERR [SYS/TEMP] cannot open the maildrop");
	buf_free(&b);
}

void
pop3auth_answer(struct pop3d *s)
{
	s->late = 0;
	if (s->right)
		sasld_passed(s->conf->auth, buf_span(&s->user), s->chat.peer);
	if (s->held.n > 0) {
		chat_say(&s->chat, "+ %s", buf_str(&s->held));
		buf_clear(&s->held);
	} else if (s->right) {
		enter(s);
	} else {
		chat_say(&s->chat, "-ERR [AUTH] authentication failed");
		if (++s->failures >= FAILURES_MAX)
			s->closing = 1;
	}
}

/*
 * Somebody, who is in s->user, has tried.  That costs time, but not that of
 * others, and until it is over the try counts as one in vain.
 */
static void
decide(struct pop3d *s, int right)
{
	s->phase = POP3D_START;
	s->right = right;
	s->late = sasld_tried(s->conf->auth, buf_span(&s->user), s->chat.peer);
	if (!right && s->late < PENALTY_MS)
		s->late = PENALTY_MS;
	if (s->late == 0)
		pop3auth_answer(s);
}

/* Whether somebody has this name is not told. */
void
pop3auth_user(struct pop3d *s, struct span arg)
{
	buf_set(&s->user, arg);
	s->phase = POP3D_NAMED;
	chat_say(&s->chat, "+OK password required");
}

void
pop3auth_pass(struct pop3d *s, struct span arg)
{
	decide(s, sasld_password(s->conf->auth, buf_span(&s->user), arg));
}

void
pop3auth_apop(struct pop3d *s, struct span arg)
{
	size_t n = arg.n;
	struct span login;

	/* A digest has no blanks, but a login may. */
	while (n > 0 && arg.p[n - 1] != ' ')
		n--;
	login = span_trim(span_of(arg.p, n));
	if (s->stamp.n == 0)
		chat_say(&s->chat, "-ERR APOP not supported");
	else if (login.n == 0)
		chat_say(&s->chat, "-ERR syntax: APOP name digest");
	else {
		buf_set(&s->user, login);
		decide(s, sasld_apop(s->conf->auth, login,
		    buf_span(&s->stamp), span_drop(arg, n)));
	}
}

static void
answer(struct pop3d *s, enum sasld_next next, struct buf *challenge)
{
	if (sasld_has_tried(s->sasl)) {
		buf_set(&s->user, sasld_login(s->sasl));
		if (next == SASLD_CHALLENGE)
			buf_addspan(&s->held, buf_span(challenge));
		decide(s, next != SASLD_REFUSED);
	} else if (next == SASLD_CHALLENGE) {
		chat_say(&s->chat, "+ %s", buf_str(challenge));
	} else if (next == SASLD_DONE) {
		enter(s);
	} else if (next == SASLD_CANCELLED) {
		chat_say(&s->chat, "-ERR authentication cancelled");
	} else {
		chat_say(&s->chat, next == SASLD_UNKNOWN ?
		    "-ERR unsupported mechanism" : "-ERR malformed response");
		s->mistakes++;
	}
	if (next != SASLD_CHALLENGE)
		pop3auth_cancel(s);
}

void
pop3auth_step(struct pop3d *s, struct span line)
{
	struct buf challenge = { 0 };

	answer(s, sasld_step(s->sasl, line, &challenge), &challenge);
	buf_free(&challenge);
}

/* AUTH alone asks what there is, as clients older than CAPA do. */
static void
list_mechanisms(struct pop3d *s)
{
	struct buf names = { 0 };
	size_t i;

	sasld_names(&names, s->conf->auth->mechanisms);
	chat_say(&s->chat, "+OK mechanisms follow");
	for (i = 0; i < names.n; i++)
		if (names.p[i] == ' ')
			buf_adds(s->chat.out, "\r\n");
		else
			buf_addc(s->chat.out, names.p[i]);
	buf_adds(s->chat.out, "\r\n.\r\n");
	buf_free(&names);
}

void
pop3auth_auth(struct pop3d *s, struct span arg)
{
	struct buf challenge = { 0 }, nonce = { 0 };
	struct span name;

	if (arg.n == 0) {
		list_mechanisms(s);
		return;
	}
	name = span_cut(&arg, ' ');
	s->conf->nonce(&nonce);
	s->sasl = sasld_open(s->conf->auth);
	answer(s, sasld_start(s->sasl, name, span_trim(arg), buf_span(&nonce),
	    &challenge), &challenge);
	buf_free(&nonce);
	buf_free(&challenge);
}
