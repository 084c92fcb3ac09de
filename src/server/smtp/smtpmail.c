#include "smtpmail.h"

#include <errno.h>
#include <stdlib.h>

#include "smtprcpt.h"

#define HOPS_MAX 100		/* Received fields; RFC 5321 6.3 */
#define RCPTS_MAX 1000		/* of a message; RFC 5321 4.5.3.1.8 asks 100 */

static const char
	no_author[] = "501 5.5.4 Syntax: AUTH=<> or AUTH=address in xtext",
	no_bare[] = "550 5.5.2 Error: bare <CR> or <LF> in the message",
	no_body[] = "501 5.5.4 Syntax: BODY=7BIT or BODY=8BITMIME",
	no_hops[] = "554 5.4.6 Error: too many hops",
	shutting_down[] = "421 4.3.2 Service shutting down",
	no_number[] = "501 5.5.4 Bad message size syntax",
	no_option[] = "555 5.5.4 Unsupported option",
	no_rcpt[] = "501 5.1.3 Bad recipient address syntax",
	no_rcpts[] = "452 4.5.3 Error: too many recipients",
	no_room[] = "452 4.3.1 Insufficient system storage",
	no_sender[] = "501 5.1.7 Bad sender address syntax",
	no_size[] = "552 5.3.4 Message size exceeds fixed limit",
	no_store[] = "451 4.3.0 Error: the message cannot be stored",
	no_time[] = "451 4.3.0 Error: a mailbox is locked";

const char smtpmail_no_valid[] = "554 5.5.1 Error: no valid recipients";

struct smtpmail *
smtpmail_new(const struct smtpd_conf *conf)
{
	struct smtpmail *m;

	m = die_calloc(1, sizeof *m);
	m->conf = conf;
	return m;
}

static void
drop(struct smtpmail *m)
{
	if (m->mail != NULL)
		m->conf->store->drop(m->mail);
	if (m->relayed != NULL)
		m->conf->relay->drop(m->relayed);
	m->mail = m->relayed = NULL;
}

/* Whether it is, or may become, the one message that is wanted. */
static int
claim(struct smtpmail *m)
{
	struct smtpd_once *once = m->conf->once;

	if (once == NULL || m->claims)
		return 1;
	if (once->claimed)
		return 0;
	once->claimed = m->claims = 1;
	return 1;
}

/* What became of it. */
static void
settle_claim(struct smtpmail *m, int stored)
{
	if (!m->claims)
		return;
	m->claims = 0;
	if (stored)
		m->conf->once->done(m->conf->once->arg);
	else
		m->conf->once->claimed = 0;
}

void
smtpmail_free(struct smtpmail *m)
{
	if (m == NULL)
		return;
	drop(m);
	settle_claim(m, 0);
	buf_free(&m->from);
	buf_free(&m->boxes);
	buf_free(&m->foreign);
	buf_free(&m->trace);
	smtpdata_head_free(&m->head);
	free(m);
}

/* Takes key, ASCII case ignored, and the blanks behind it off *s. */
static int
take_key(struct span *s, const char *key)
{
	if (!span_case_begins(*s, key))
		return 0;
	*s = span_trim(span_drop(*s, strlen(key)));
	return 1;
}

/* The next word of *s: 0 when there is none. */
static int
take_word(struct span *s, struct span *word)
{
	*s = span_trim(*s);
	*word = span_cut(s, ' ');
	return word->n > 0;
}

/* A path; what follows it is left in *s.  0, or -1. */
static int
take_path(struct span *s, struct addr *a)
{
	size_t used;

	if (addr_path(a, *s, &used, NULL) < 0 ||
	    (used < s->n && !byte_is_blank(s->p[used])))
		return -1;
	*s = span_trim(span_drop(*s, used));
	return 0;
}

void
smtpmail_rcpts(const struct smtpmail *m, struct buf *b)
{
	smtprcpt_addresses(&m->boxes, b);
	smtprcpt_addresses(&m->foreign, b);
}

/* Printable ASCII but =, and + before two hexadecimal digits; <> too. */
static int
is_xtext(struct span s)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (s.p[i] < '!' || s.p[i] > '~' || s.p[i] == '=')
			return 0;
		if (s.p[i] != '+')
			continue;
		if (s.n - i < 3 || memchr(hex, s.p[i + 1], 16) == NULL ||
		    memchr(hex, s.p[i + 2], 16) == NULL)
			return 0;
		i += 2;
	}
	return s.n > 0;
}

/*
 * One parameter of MAIL: NULL, or the refusal.  Who has handed a message in
 * (RFC 4954 5) is nothing to those who keep it.
 */
static const char *
mail_option(struct smtpmail *m, struct span word)
{
	uint64_t max = m->conf->max_size;
	uintmax_t size;

	if (take_key(&word, "SIZE=")) {
		if (span_number(word, &size) < 0)
			return no_number;
		m->announced = size;
		return max > 0 && size > max ? no_size : NULL;
	}
	if (take_key(&word, "BODY="))
		return span_case_is(word, "7BIT") ||
		    span_case_is(word, "8BITMIME") ? NULL : no_body;
	if (m->conf->auth != NULL && take_key(&word, "AUTH="))
		return is_xtext(word) ? NULL : no_author;
	if (!span_case_is(word, "SMTPUTF8"))
		return no_option;
	m->utf8 = 1;
	return NULL;
}

const char *
smtpmail_sender(struct smtpmail *m, struct span arg)
{
	const char *refusal;
	struct span word;
	struct addr a;

	if (!take_key(&arg, "FROM:") || arg.n == 0)
		return NULL;
	if (take_path(&arg, &a) < 0)
		return no_sender;
	while (take_word(&arg, &word)) {
		refusal = mail_option(m, word);
		if (refusal != NULL)
			return refusal;
	}
	buf_addspan(&m->from, a.text);
	return "250 2.1.0 Ok";
}

const char *
smtpmail_rcpt(struct smtpmail *m, struct span arg)
{
	const char *refusal;
	struct addr a;

	if (!take_key(&arg, "TO:") || arg.n == 0)
		return NULL;
	if (take_path(&arg, &a) < 0 || a.text.n == 0)
		return no_rcpt;
	if (arg.n > 0)
		return no_option;
	if (m->rcpts == RCPTS_MAX)
		return no_rcpts;
	refusal = smtprcpt_add(m->conf, &a, m->trusted, &m->boxes,
	    &m->foreign);
	m->rcpts += refusal == NULL;
	return refusal != NULL ? refusal : "250 2.1.5 Ok";
}

void
smtpmail_begin(struct smtpmail *m, struct span received, int crlf)
{
	const struct smtpd_conf *c = m->conf;

	smtpdata_init(&m->data, crlf);
	buf_addspan(&m->trace, received);
	m->id = m->trace.n;
	c->id(&m->trace);
	m->id_n = m->trace.n - m->id;
	if (received.n > 0) {
		buf_adds(&m->trace, ";\n\t");
		c->date(&m->trace);
		buf_addc(&m->trace, '\n');
	}
	if (c->store != NULL && m->boxes.n > 0) {
		m->mail = c->store->begin(c->store_arg, buf_span(&m->from),
		    buf_span(&m->trace), buf_span(&m->boxes));
		if (m->mail == NULL)
			m->err = errno;
	}
	if (m->err == 0 && m->foreign.n > 0) {
		m->relayed = c->relay->begin(c->relay_arg, buf_span(&m->from),
		    buf_span(&m->trace), buf_span(&m->foreign));
		if (m->relayed == NULL) {
			m->err = errno;
			drop(m);
		}
	}
}

static void
keep_text(void *arg, const char *p, size_t n)
{
	struct smtpmail *m = arg;

	if (m->mail != NULL)
		m->conf->store->write(m->mail, p, n);
	if (m->relayed != NULL)
		m->conf->relay->write(m->relayed, p, n);
}

static void
take_text(void *arg, const char *p, size_t n)
{
	struct smtpmail *m = arg;

	smtpdata_head(&m->head, p, n, keep_text, m);
}

/* What is too large, no longer exact, or goes round is not kept. */
static void
check_text(struct smtpmail *m)
{
	uint64_t max = m->conf->max_size;

	m->over = max > 0 && m->data.size > max;
	if (m->over || m->data.bare || m->head.hops > HOPS_MAX)
		drop(m);
}

size_t
smtpmail_text(struct smtpmail *m, const char *p, size_t n)
{
	size_t used;

	used = smtpdata_feed(&m->data, p, n, take_text, m);
	check_text(m);
	return used;
}

void
smtpmail_chunk(struct smtpmail *m, const char *p, size_t n)
{
	smtpdata_chunk(&m->data, p, n, take_text, m);
	check_text(m);
}

void
smtpmail_last(struct smtpmail *m)
{
	smtpdata_last(&m->data, take_text, m);
	check_text(m);
}

const char *
smtpmail_fault(const struct smtpmail *m)
{
	if (m->rcpts == 0)
		return smtpmail_no_valid;
	if (m->over)
		return no_size;
	if (m->data.bare)
		return no_bare;
	return m->head.hops > HOPS_MAX ? no_hops : NULL;
}

static const char *
refusal_of(const struct smtpmail *m, int err)
{
	const char *fault = smtpmail_fault(m);

	if (fault != NULL)
		return fault;
	switch (err) {
	case 0:
		return NULL;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return no_room;
	case ETIMEDOUT:
		return no_time;
	default:
		return no_store;
	}
}

/*
 * Where the message is for both: the relay has it, and can lose it again,
 * before the mailboxes get it.
 */
static int
settle_relay(struct smtpmail *m)
{
	const struct mail_store *relay = m->conf->relay;
	int err;

	m->ready = 1;
	err = relay->end(m->relayed);
	if (err == EINPROGRESS)
		return relay->settle(m->relayed);
	m->relayed = NULL;
	return err;
}

/* In both stores or in none. */
static int
end(struct smtpmail *m)
{
	const struct smtpd_conf *c = m->conf;
	int err = m->err;

	if (m->relayed != NULL && m->mail != NULL && !m->ready)
		err = settle_relay(m);
	if (err == 0 && m->mail != NULL) {
		err = c->store->end(m->mail);
		if (err == EINPROGRESS || err == EAGAIN)
			return err;
		m->mail = NULL;
	}
	if (err == 0 && m->relayed != NULL) {
		err = c->relay->end(m->relayed);
		if (err == EINPROGRESS)
			return err;
		m->relayed = NULL;
	}
	drop(m);
	return err;
}

int
smtpmail_end(struct smtpmail *m, struct buf *out)
{
	const char *refusal = smtpmail_fault(m);
	int err;

	m->late = refusal == NULL && !claim(m);
	if (m->late)
		drop(m);
	err = end(m);
	if (err == EINPROGRESS || err == EAGAIN)
		return err;
	refusal = m->late ? shutting_down : refusal_of(m, err);
	settle_claim(m, refusal == NULL);
	if (refusal != NULL)
		buf_adds(out, refusal);
	else {
		buf_adds(out, "250 2.0.0 Ok: queued as ");
		buf_add(out, m->trace.p + m->id, m->id_n);
	}
	buf_adds(out, "\r\n");
	return refusal == NULL ? 0 : -1;
}
