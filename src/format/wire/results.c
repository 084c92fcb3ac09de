#include "results.h"

#include "format/mail/date.h"
#include "format/mail/mime.h"

/* In the order of the enums. */
static const char *const status_names[] = {
	"sent", "failed", "deferred", "unknown", "sending", "complained",
	"left"
};

static const char *const stage_names[] = {
	"order", "connect", "helo", "tls", "auth", "mail", "rcpt", "data",
	"dot", "bounce", "leave"
};

const char *
result_status_name(enum result_status status)
{
	return status_names[status];
}

const char *
result_stage_name(enum result_stage stage)
{
	return stage_names[stage];
}

static void
add_or_dash(struct buf *b, struct span s)
{
	if (s.n == 0)
		buf_addc(b, '-');
	else
		mime_line(b, s);
	buf_addc(b, '\t');
}

void
result_add(struct buf *b, const struct result *r)
{
	buf_adds(b, status_names[r->status]);
	buf_addc(b, '\t');
	add_or_dash(b, r->rcpt);
	if (r->code > 0)
		buf_addu(b, (uintmax_t)r->code);
	else
		buf_addc(b, '-');
	buf_addc(b, '\t');
	buf_adds(b, stage_names[r->stage]);
	buf_addc(b, '\t');
	add_or_dash(b, r->server);
	buf_addu(b, r->number);
	buf_addc(b, '\t');
	date_iso(b, r->time);
	buf_addc(b, '\t');
	add_or_dash(b, r->id);
	mime_line(b, r->text);
	buf_addc(b, '\n');
}

static struct span
without_dash(struct span s)
{
	return span_is(s, "-") ? span_of(s.p, 0) : s;
}

/* Whether it may be the name of a status or stage of later times. */
static int
is_word(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] != '-' && (s.p[i] < 'a' || s.p[i] > 'z'))
			return 0;
	return s.n > 0;
}

int
result_parse(struct result *r, struct span line)
{
	struct span f[8];
	uintmax_t code = 0;
	int status, stage;
	size_t i, n;

	for (i = 0; i < COUNT(f); i++) {
		n = line.n;
		f[i] = span_cut(&line, '\t');
		if (line.n + f[i].n == n)
			return -1;	/* no tab behind it */
	}
	status = span_index(f[0], status_names, COUNT(status_names));
	stage = span_index(f[3], stage_names, COUNT(stage_names));
	if (!span_is(f[2], "-") &&
	    (span_number(f[2], &code) < 0 || code < 100 || code > 999))
		return -1;
	if (span_number(f[5], &r->number) < 0 ||
	    date_iso_parse(f[6], &r->time) < 0)
		return -1;
	if (status < 0 || stage < 0)
		return is_word(f[0]) && is_word(f[3]) ? 1 : -1;
	r->status = (enum result_status)status;
	r->rcpt = f[1];
	r->code = (int)code;
	r->stage = (enum result_stage)stage;
	r->server = without_dash(f[4]);
	r->id = without_dash(f[7]);
	r->text = line;
	return 0;
}

struct span
result_reply(const struct result *r)
{
	uintmax_t code;

	if (r->text.n > 3 && span_number(span_of(r->text.p, 3), &code) == 0 &&
	    code == (uintmax_t)r->code &&
	    (r->text.p[3] == ' ' || r->text.p[3] == '-'))
		return span_drop(r->text, 4);
	return r->text;
}

/* Length of digits at s.p[*at], at most max of them; *at moves behind. */
static size_t
digits(struct span s, size_t *at, size_t max)
{
	size_t n = 0;

	while (n < max && *at < s.n && s.p[*at] >= '0' && s.p[*at] <= '9') {
		++*at;
		n++;
	}
	return n;
}

uint64_t
result_hash(struct span id, uintmax_t number, struct span rcpt)
{
	const struct span between = span_of("\377", 1);
	uint64_t h;

	if (id.n == 0)
		id = span_of(&number, sizeof number);
	h = span_hash(span_hash(SPAN_HASH, id), between);
	return span_hash(span_hash(h, rcpt), between);
}

size_t
result_enhanced(struct span s)
{
	size_t at = 0;

	if (digits(s, &at, 1) == 0 || at == s.n || s.p[at++] != '.' ||
	    digits(s, &at, 3) == 0 || at == s.n || s.p[at++] != '.' ||
	    digits(s, &at, 3) == 0)
		return 0;
	return at == s.n || s.p[at] == ' ' ? at : 0;
}

unsigned
result_states(struct span list)
{
	static const enum result_status known[] = {
		RESULT_FAILED, RESULT_DEFERRED, RESULT_UNKNOWN
	};
	unsigned states = 0, was;
	struct span word;
	size_t i;
	int more;

	do {
		more = span_find(list, ',') != NULL;
		word = span_cut(&list, ',');
		was = states;
		for (i = 0; i < COUNT(known); i++)
			if (span_is(word, result_status_name(known[i])))
				states |= 1U << known[i];
		if (states == was)
			return 0;
	} while (more);
	return states;
}

/* The order in which exit codes win. */
static int
rank(enum exit_code code)
{
	switch (code) {
	case EX_OK:
		return 0;
	case EX_DATAERR:
	case EX_NOINPUT:
		return 1;
	case EX_NOHOST:
		return 2;
	case EX_NOUSER:
		return 3;
	case EX_TEMPFAIL:
		return 4;
	case EX_MAYBE:
		return 5;
	default:
		return 6;
	}
}

enum exit_code
result_worst(enum exit_code a, enum exit_code b)
{
	return rank(b) > rank(a) ? b : a;
}

static enum exit_code
failure_exit(enum result_stage stage)
{
	switch (stage) {
	case STAGE_ORDER:
	case STAGE_RCPT:
		return EX_NOUSER;
	case STAGE_CONNECT:
		return EX_NOHOST;
	default:
		return EX_DATAERR;
	}
}

/* Whether the text has a word that servers ask for a log-in with. */
static int
asks_us(struct span text)
{
	static const char *const words[] = { "authenti", "AUTH ", "log in",
	    "login", "logon", "log-in", "STARTTLS", "TLS" };
	size_t i;

	for (i = 0; i < COUNT(words); i++)
		if (span_case_has(text, words[i]))
			return 1;
	return 0;
}

int
result_denied(int code, enum result_stage stage, struct span text)
{
	if (code == 530 || code == 534 || code == 535 || code == 538)
		return 1;
	return code / 100 == 5 && (stage == STAGE_MAIL ||
	    stage == STAGE_RCPT) && span_begins(text, "5.7.0") &&
	    asks_us(text);
}

enum exit_code
result_exit(const struct result *r)
{
	switch (r->status) {
	case RESULT_SENT:
		return EX_OK;
	case RESULT_FAILED:
		return failure_exit(r->stage);
	case RESULT_DEFERRED:
		if (result_denied(r->code, r->stage, result_reply(r)))
			return EX_NOPERM;
		/* A log-in is refused for good, unless for now. */
		return r->stage == STAGE_AUTH && r->code != 0 &&
		    r->code / 100 != 4 ? EX_NOPERM : EX_TEMPFAIL;
	default:
		return EX_MAYBE;
	}
}
