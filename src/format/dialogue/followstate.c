#include "follow.h"

static void
set_state(struct follow *f, enum follow_state yes, enum follow_state no)
{
	if (f->digit == 3)
		f->state = FOLLOW_LOGIN;
	else
		f->state = f->digit == 2 ? yes : no;
}

/* After a 2yz to STARTTLS all begins anew. */
static void
begin_tls(struct follow *f)
{
	if (f->digit != 2)
		return;
	f->tls = 1;
	f->offers = 0;
	f->state = FOLLOW_START;
}

/* A log-in is over, or goes on. */
static void
log_in(struct follow *f)
{
	enum follow_state was = f->state;

	set_state(f, FOLLOW_READY, f->protocol == DIALOGUE_SMTP ?
	    was == FOLLOW_START ? was : FOLLOW_READY : FOLLOW_START);
	f->logged_in |= f->digit == 2;
}

/* The reply to DATA: text follows, if it has not come already. */
static void
data_answered(struct follow *f)
{
	if (f->digit == 3)
		f->state = FOLLOW_DATA;
	else if (f->awaited.n == 0)
		f->in_text = 0;
}

static void
smtp_answered(struct follow *f, const struct awaited_one *a)
{
	const char *verb = awaited_name(a);

	if (strcmp(verb, ".") == 0)
		f->state = FOLLOW_READY;
	else if (strcmp(verb, "AUTH") == 0)
		log_in(f);
	else if (strcmp(verb, "DATA") == 0)
		data_answered(f);
	else if (strcmp(verb, "STARTTLS") == 0)
		begin_tls(f);
	else if (strcmp(verb, "BDAT") == 0)
		f->state = f->digit == 2 && !a->last ? FOLLOW_DATA :
		    FOLLOW_READY;
	else if (f->digit != 2)
		return;
	else if (a->verb != NULL && (a->verb->bits & VERB_SENDER) != 0)
		f->state = FOLLOW_SENDER;
	else if (strcmp(verb, "RCPT") == 0)
		f->state = FOLLOW_RCPTS;
	else if (strcmp(verb, "EHLO") == 0 || strcmp(verb, "HELO") == 0 ||
	    (strcmp(verb, "RSET") == 0 && f->state > FOLLOW_READY))
		f->state = FOLLOW_READY;
}

static void
pop3_answered(struct follow *f, const struct awaited_one *a)
{
	const char *verb = awaited_name(a);

	if (a->lists && f->digit == 2) {
		f->in_list = 1;
		f->list = a->verb;
		f->text_turn = a->turn;
	} else if (strcmp(verb, "AUTH") == 0 || strcmp(verb, "PASS") == 0 ||
	    strcmp(verb, "APOP") == 0)
		log_in(f);
	else if (strcmp(verb, "USER") == 0)
		set_state(f, FOLLOW_LOGIN, FOLLOW_START);
	else if (strcmp(verb, "STLS") == 0)
		begin_tls(f);
}

static void
ftp_answered(struct follow *f, const struct awaited_one *a)
{
	const char *verb = awaited_name(a);

	if (strcmp(verb, "USER") == 0 || strcmp(verb, "PASS") == 0 ||
	    strcmp(verb, "ACCT") == 0)
		log_in(f);
	else if (strcmp(verb, "AUTH") == 0 && f->digit == 2)
		f->tls = 1;
	else if (f->state == FOLLOW_DATA)
		f->state = FOLLOW_READY;
}

void
follow_answered(struct follow *f, const struct awaited_one *a, int code)
{
	if (code == 421 || (awaited_is(a, "QUIT") && f->digit == 2))
		f->state = FOLLOW_OVER;
	else if (f->protocol == DIALOGUE_POP3)
		pop3_answered(f, a);
	else if (f->protocol == DIALOGUE_FTP)
		ftp_answered(f, a);
	else if (f->protocol != DIALOGUE_ORDER)
		smtp_answered(f, a);
}
