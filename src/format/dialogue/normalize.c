#include "normalize.h"

#include "format/mail/mime.h"

/* A word of letters and digits that is at least so long may be an id ... */
#define ID_MIN 8
#define ID_DIGITS 2		/* ... if it has so many of these */

/* Digits alone that are so many count microseconds, or the like. */
#define COUNTER_MIN 9

/* What a word is taken for. */
enum word {
	PLAIN, HOST, TIME, DATE, MONTH, ID, NUMBER
};

static const char *const stands[] = {
	NULL, "HOST", "TIME", "TIME", "TIME", "ID", "N"
};

/* Fields of a message that are never the same twice. */
static const char *const fields[] = {
	"Date:", "Message-ID:", "Received:", "Delivery-Date:", "Resent-Date:",
	"Resent-Message-ID:", "X-Received:"
};

static size_t
count_digits(struct span s)
{
	size_t i, n = 0;

	for (i = 0; i < s.n; i++)
		n += byte_is_digit(s.p[i]) != 0;
	return n;
}

/* --- The hosts' own names -------------------------------------------- */

static void
add_name(struct normalize *n, struct span name)
{
	while (name.n > 0 && (name.p[name.n - 1] == '.' ||
	    name.p[name.n - 1] == ','))
		name.n--;
	if (name.n > 0 && n->n < NORMALIZE_NAMES)
		n->names[n->n++] = name;
}

/* host:port, and without the port. */
static void
add_address(struct normalize *e, struct span address)
{
	size_t n = address.n;

	add_name(e, address);
	while (n > 0 && address.p[n - 1] != ':')
		n--;
	if (n > 1)
		add_name(e, span_of(address.p, n - 1));
}

static int
says_hello(const struct recorded *p)
{
	return strcmp(p->verb, "EHLO") == 0 || strcmp(p->verb, "HELO") == 0;
}

/* The first word of a greeting, and of the reply to EHLO. */
static void
find_names(struct normalize *n)
{
	const struct recorded *p = n->r->events, *end = p + n->r->n;
	enum dialogue_protocol protocol = n->r->follow.protocol;
	int greeted = 0, hello = 0;
	struct span s;

	n->named = 1;
	add_address(n, n->r->server);
	add_address(n, n->r->client);
	for (; p < end && protocol != DIALOGUE_POP3 &&
	    protocol != DIALOGUE_FTP; p++) {
		s = recording_text(n->r, p);
		if (p->kind == FOLLOW_COMMAND && says_hello(p)) {
			span_take_word(&s);
			add_name(n, span_take_word(&s));
		}
		if (p->kind != FOLLOW_REPLY || p->code / 100 != 2 || s.n < 4)
			continue;
		s = span_drop(s, 4);
		if (p->turn == 0 && !greeted++)
			add_name(n, span_word(s));
		else if (says_hello(p) && !hello++)
			add_name(n, span_word(s));
	}
}

static int
is_name(const struct normalize *n, struct span word)
{
	size_t i;

	for (i = 0; i < n->n; i++)
		if (span_case_eq(word, n->names[i]))
			return 1;
	return 0;
}

/* --- Words ----------------------------------------------------------- */

/* Four numbers with dots between, and perhaps a port. */
static int
is_ipv4(struct span s)
{
	struct span host = span_cut(&s, ':'), part;
	int parts = 0;

	if (s.n > 0 && count_digits(s) != s.n)
		return 0;
	while (host.n > 0) {
		part = span_cut(&host, '.');
		if (part.n == 0 || part.n > 3 || count_digits(part) != part.n)
			return 0;
		parts++;
	}
	return parts == 4;
}

/* 12:34, 12:34:56, 12:34:56.789 */
static int
is_clock(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (!byte_is_digit(s.p[i]) && s.p[i] != ':' && s.p[i] != '.')
			return 0;
	return s.n >= 4 && (s.p[1] == ':' || s.p[2] == ':');
}

/* 2026-11-21, 2026-11-21T23:46:12Z */
static int
is_iso(struct span s)
{
	return s.n >= 10 && s.p[4] == '-' && s.p[7] == '-' &&
	    count_digits(span_of(s.p, 10)) == 8;
}

static int
is_month(struct span s)
{
	static const char *const months[] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep",
		"Oct", "Nov", "Dec"
	};

	return span_case_index(s, months, COUNT(months)) >= 0;
}

/* What stands around a date, and is one only there. */
static int
is_date_part(struct span s)
{
	static const char *const zones[] = {
		"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "GMT", "UTC",
		"UT", "CET", "CEST", "EET", "EEST", "EST", "EDT", "PST", "PDT"
	};
	size_t digits = count_digits(s);

	if (digits == s.n)
		return s.n > 0 && (s.n <= 2 || (s.n == 4 &&
		    (s.p[0] == '1' || s.p[0] == '2')));
	return (s.n == 5 && digits == 4 && (s.p[0] == '+' || s.p[0] == '-')) ||
	    span_case_index(s, zones, COUNT(zones)) >= 0;
}

/* Letters and digits, mixed as only a machine mixes them. */
static int
is_id(struct span s)
{
	size_t i, digits = count_digits(s);

	if (digits == s.n)
		return s.n >= COUNTER_MIN;
	for (i = 0; i < s.n; i++)
		if (!byte_is_letter(s.p[i]) && !byte_is_digit(s.p[i]) &&
		    strchr("-_.+/=", s.p[i]) == NULL)
			return 0;
	return s.n >= ID_MIN && digits >= ID_DIGITS;
}

static enum word
classify(const struct normalize *n, struct span word, struct span before)
{
	static const char *const counts[] = {
		"number", "session", "pid", "port", "#"
	};

	/* A host may be called either. */
	if (is_name(n, word) || is_ipv4(word) ||
	    span_case_begins(word, "IPv6:"))
		return HOST;
	if (is_clock(word))
		return TIME;
	if (is_iso(word))
		return DATE;
	if (is_month(word))
		return MONTH;
	if (span_case_begins(word, "id=") || (span_case_is(before, "as") &&
	    word.n > 3) || is_id(word))
		return ID;
	if (word.n > 0 && count_digits(word) == word.n &&
	    span_case_index(before, counts, COUNT(counts)) >= 0)
		return NUMBER;
	return PLAIN;
}

/* A unit of time, or of speed, before which any number may stand. */
static int
is_unit(struct span s)
{
	static const char *const units[] = {
		"s", "ms", "us", "sec", "secs", "second", "seconds", "msec",
		"millisecond", "milliseconds", "minute", "minutes",
		"bytes/sec", "kbytes/s", "mbytes", "kbytes"
	};

	return span_case_index(s, units, COUNT(units)) >= 0;
}

static int
is_number(struct span s)
{
	size_t dots = 0, i;

	for (i = 0; i < s.n; i++)
		dots += s.p[i] == '.';
	return s.n > 0 && dots < 2 && count_digits(s) + dots == s.n;
}

static int
divides(char c)
{
	return c == ' ' || (c != '\0' && strchr("\t<>()[]{}\",;|'", c) != NULL);
}

/* Takes what divides words off *s, and then a word. */
static struct span
take(struct span *s, struct span *divider)
{
	size_t n = 0;
	struct span word;

	while (n < s->n && divides(s->p[n]))
		n++;
	*divider = span_of(s->p, n);
	*s = span_drop(*s, n);
	for (n = 0; n < s->n && !divides(s->p[n]); n++)
		;
	/* A full stop ends a sentence. */
	if (n > 1 && s->p[n - 1] == '.' && (n == s->n || s->p[n] == ' '))
		n--;
	word = span_of(s->p, n);
	*s = span_drop(*s, n);
	return word;
}

/* local@host, the host being one of ours. */
static int
add_mailbox(struct buf *b, const struct normalize *n, struct span word)
{
	const char *at = span_find(word, '@');
	struct span local;

	if (at == NULL)
		return 0;
	local = span_of(word.p, (size_t)(at - word.p));
	if (!is_name(n, span_drop(word, local.n + 1)))
		return 0;
	buf_addspan(b, local);
	buf_adds(b, "@HOST");
	return 1;
}

/* Words of a date, whatever their number, are one. */
static void
add_words(struct buf *b, const struct normalize *n, struct span s)
{
	struct span divider, word, before = span_str(""), rest, next, skip;
	enum word kind = PLAIN, was;
	int in_address;

	while (s.n > 0) {
		was = kind;
		word = take(&s, &divider);
		in_address = divider.n > 0 && divider.p[divider.n - 1] == '<' &&
		    span_find(word, '@') != NULL;
		kind = in_address ? PLAIN : classify(n, word, before);
		rest = s;
		next = take(&rest, &skip);
		if (kind == PLAIN && is_date_part(word) && word.n > 0 &&
		    (was == DATE || was == TIME || was == MONTH ||
		    is_month(next) || (is_date_part(next) &&
		    count_digits(word) == 0)))
			kind = DATE;
		else if (kind == PLAIN && is_number(word) && is_unit(next))
			kind = NUMBER;
		if ((kind == DATE || kind == TIME || kind == MONTH) &&
		    (was == DATE || was == TIME || was == MONTH)) {
			before = word;
			continue;
		}
		buf_addspan(b, divider);
		if (kind != PLAIN)
			buf_adds(b, stands[kind]);
		else if (!add_mailbox(b, n, word))
			buf_addspan(b, word);
		before = word;
	}
}

/* --- Lines ----------------------------------------------------------- */

/* A line of a message: fields that are not the same twice, and boundaries. */
static void
add_text_line(struct buf *b, struct normalize *n, struct span s)
{
	struct span name = span_word(s);
	size_t i;

	if (s.n > 0 && byte_is_blank(s.p[0]) && n->in_field)
		return;
	n->in_field = span_case_index(name, fields, COUNT(fields)) >= 0;
	if (n->in_field) {
		buf_addlower(b, name);
		return;
	}
	if (span_begins(s, "--") && count_digits(s) >= ID_DIGITS &&
	    s.n >= ID_MIN) {
		buf_adds(b, "--BOUNDARY");
		return;
	}
	for (i = 0; i + 9 < s.n; i++)
		if (span_case_begins(span_drop(s, i), "boundary=")) {
			buf_add(b, s.p, i + 9);
			return;
		}
	buf_addspan(b, s);
}

/* Whether a challenge is one that is never the same twice. */
static int
is_nonce(struct span s)
{
	struct buf b = { 0 };
	int nonce;

	nonce = mime_base64_decode(&b, span_trim(s)) == 0 &&
	    (span_find(buf_span(&b), '@') != NULL ||
	    span_begins(buf_span(&b), "r="));
	buf_free(&b);
	return nonce;
}

/* All digits of a reply to PASV and EPSV are a port. */
static void
add_port(struct buf *b, struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (!byte_is_digit(s.p[i]))
			buf_addc(b, s.p[i]);
}

/* What lists what is offered has no ids, but words that look like them. */
static int
is_offer(const struct recorded *p)
{
	static const char *const verbs[] = {
		"EHLO", "CAPA", "FEAT", "HELP"
	};

	return p->side == DIALOGUE_SERVER &&
	    span_case_index(span_str(p->verb), verbs, COUNT(verbs)) >= 0;
}

/* "+OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>" */
static struct span
without_stamp(struct span s)
{
	const char *p = span_find(s, '<');

	if (p != NULL && s.n > 0 && s.p[s.n - 1] == '>')
		s.n = (size_t)(p - s.p);
	return s;
}

/* The first line of a reply to EHLO names the server, and greets the client. */
static int
is_greeting(const struct normalize *n, const struct recorded *p)
{
	return strcmp(p->verb, "EHLO") == 0 && (n->last == NULL ||
	    n->last->turn != p->turn || n->last->side != p->side);
}

/* A reply's code is no part of its words. */
static struct span
add_code(struct buf *b, const struct recorded *p, struct span s)
{
	size_t n = s.n < 4 ? s.n : 4;

	if (p->kind != FOLLOW_REPLY || p->code == 0)
		return s;
	buf_add(b, s.p, n);
	return span_drop(s, n);
}

static void
add_reply(struct buf *b, struct normalize *n, const struct recorded *p,
    struct span s)
{
	struct span text = add_code(b, p, s);

	if (p->digit == 3 && is_nonce(p->code == 0 && text.n > 2 ?
	    span_drop(text, 2) : text))
		buf_adds(b, "NONCE");
	else if (p->code == 227 || p->code == 229)
		add_port(b, text);
	else if (p->code == 334 || (is_offer(p) && !is_greeting(n, p)))
		buf_addspan(b, text);
	else
		add_words(b, n, p->turn == 0 && p->code == 0 ?
		    without_stamp(text) : text);
}

void
normalize_add(struct buf *b, struct normalize *n, const struct recorded *p)
{
	struct buf shown = { 0 };
	struct span s;

	if (!n->named)
		find_names(n);
	recording_show(n->r, p, &shown);
	s = buf_span(&shown);
	if (p->kind == FOLLOW_TEXT || (p->kind == FOLLOW_LIST &&
	    (strcmp(p->verb, "RETR") == 0 || strcmp(p->verb, "TOP") == 0)))
		add_text_line(b, n, s);
	else if (p->kind == FOLLOW_LIST && strcmp(p->verb, "UIDL") == 0) {
		buf_addspan(b, span_word(s));
		buf_adds(b, " ID");
	} else {
		add_reply(b, n, p, s);
	}
	n->last = p;
	buf_free(&shown);
}
