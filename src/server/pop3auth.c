#include "pop3auth.h"

#include <errno.h>

#include "format/login.h"
#include "pop3work.h"

#define FAILURES_MAX 3		/* wrong passwords of a session */

void
pop3auth_cancel(struct pop3d *s)
{
	sasld_close(s->sasl);
	s->sasl = NULL;
}

/* The password was right: the maildrop, if it is free. */
static void
enter(struct pop3d *s, struct span login)
{
	struct buf b = { 0 };

	if (login_make(&b, login) == 0)
		s->drop = s->conf->store->open(s->conf->keeper, buf_span(&b));
	if (s->drop != NULL)
		s->work = pop3work_list;
	else if (errno == EAGAIN)
		pop3verb_reply(s, "-ERR [IN-USE] the maildrop is in use");
	else
		pop3verb_reply(s, "-ERR [SYS/TEMP] the maildrop cannot be "
		    "opened");
	buf_free(&b);
}

/* A wrong password costs time, but not that of others. */
static void
decide(struct pop3d *s, int right, struct span login)
{
	s->phase = POP3D_START;
	if (right)
		enter(s, login);
	else
		s->late = 1;
}

void
pop3auth_refuse(struct pop3d *s)
{
	s->late = 0;
	pop3verb_reply(s, "-ERR [AUTH] wrong login or password");
	if (++s->failures >= FAILURES_MAX)
		s->closing = 1;
}

/* Whether somebody has this name is not told. */
void
pop3auth_user(struct pop3d *s, struct span arg)
{
	buf_clear(&s->user);
	buf_addspan(&s->user, arg);
	s->phase = POP3D_NAMED;
	pop3verb_reply(s, "+OK and the password?");
}

void
pop3auth_pass(struct pop3d *s, struct span arg)
{
	struct span login = buf_span(&s->user);

	decide(s, sasld_password(s->conf->auth, login, arg), login);
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
		pop3verb_reply(s, "-ERR APOP is not offered");
	else if (login.n == 0)
		pop3verb_reply(s, "-ERR syntax: APOP name digest");
	else
		decide(s, sasld_apop(s->conf->auth, login,
		    buf_span(&s->stamp), span_drop(arg, n)), login);
}

static void
answer(struct pop3d *s, enum sasld_next next, struct buf *challenge)
{
	switch (next) {
	case SASLD_CHALLENGE:
		pop3verb_reply(s, "+ %s", buf_str(challenge));
		return;
	case SASLD_DONE:
		decide(s, 1, sasld_login(s->sasl));
		break;
	case SASLD_REFUSED:
		decide(s, 0, span_of(NULL, 0));
		break;
	case SASLD_MALFORMED:
		pop3verb_reply(s, "-ERR malformed response");
		s->mistakes++;
		break;
	case SASLD_CANCELLED:
		pop3verb_reply(s, "-ERR cancelled");
		break;
	case SASLD_UNKNOWN:
		pop3verb_reply(s, "-ERR no such mechanism");
		s->mistakes++;
	}
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
	pop3verb_reply(s, "+OK mechanisms follow");
	for (i = 0; i < names.n; i++)
		if (names.p[i] == ' ')
			buf_adds(s->out, "\r\n");
		else
			buf_addc(s->out, names.p[i]);
	buf_adds(s->out, "\r\n.\r\n");
	buf_free(&names);
}

void
pop3auth_auth(struct pop3d *s, struct span arg)
{
	struct buf challenge = { 0 }, nonce = { 0 };
	const char *blank = arg.n > 0 ? memchr(arg.p, ' ', arg.n) : NULL;
	struct span name = arg, initial = { NULL, 0 };

	if (arg.n == 0) {
		list_mechanisms(s);
		return;
	}
	if (blank != NULL) {
		name = span_of(arg.p, (size_t)(blank - arg.p));
		initial = span_trim(span_drop(arg, name.n));
	}
	s->conf->nonce(&nonce);
	s->sasl = sasld_open(s->conf->auth);
	answer(s, sasld_start(s->sasl, name, initial, buf_span(&nonce),
	    &challenge), &challenge);
	buf_free(&nonce);
	buf_free(&challenge);
}
