#include "tamper.h"

/*
 * Adds a reply that rules have: of its lines all but the last get a hyphen
 * behind the code, which is POP3's status where it has no digits.
 */
static void
add_reply(struct buf *out, struct span text)
{
	struct span line = span_cut(&text, '\n'), code = line;
	int coded = line.n >= 3 && byte_is_digit(line.p[0]);

	code.n = coded ? 3 : 0;
	line = span_drop(line, code.n);
	if (coded && line.n > 0)
		line = span_drop(line, 1);
	for (;;) {
		buf_addspan(out, code);
		if (coded)
			buf_addc(out, text.n > 0 ? '-' : ' ');
		buf_addspan(out, line);
		buf_adds(out, "\r\n");
		if (text.n == 0)
			break;
		line = span_cut(&text, '\n');
	}
}

/* Whether it is done all the same, and answered so: a 3yz, a 2yz greeting. */
static int
replaces(const struct rules_action *a, enum rules_place place)
{
	char first = a->text.n > 0 ? a->text.p[0] : '\0';

	if (a->what != RULES_REPLY)
		return 0;
	return place == RULES_CONNECT ? first == '2' || first == '+' :
	    first == '3' && place != RULES_UNKNOWN;
}

static void
keep(struct tamper *t, const struct rules_action *a)
{
	t->action = *a;
	t->always = 0;
	buf_set(&t->text, a->text);
	t->action.text = buf_span(&t->text);
}

void
tamper_replace(struct tamper *t, const struct rules_action *a)
{
	keep(t, a);
	t->always = 1;
}

int
tamper_begin(struct tamper *t, const struct rules_action *a,
    enum rules_place place, struct buf *out)
{
	keep(t, a);
	switch (a->what) {
	case RULES_REPLY:
		if (replaces(a, place))
			return 0;
		add_reply(out, a->text);
		t->closes |= span_begins(a->text, "421");
		break;
	case RULES_RESET:
		t->resets = t->closes = 1;
		break;
	case RULES_DROP:
		t->closes = 1;
		break;
	case RULES_SILENCE:
		t->silent = 1;
		break;
	default:
		return 0;
	}
	t->action.what = RULES_PASS;
	return 1;
}

int
tamper_is_on(const struct tamper *t)
{
	return t->action.what != RULES_PASS;
}

void
tamper_delay(struct tamper *t, long ms)
{
	if (tamper_is_on(t))
		return;
	t->action.what = RULES_DELAY;
	t->action.ms = ms;
}

/* Adds a line of a reply or a list, which end in this way. */
static void
add_line(struct buf *out, struct span code, int sep, struct span text)
{
	buf_addspan(out, code);
	if (code.n > 0)
		buf_addc(out, sep);
	buf_addspan(out, text);
	buf_adds(out, "\r\n");
}

/* Of the line that begins there. */
static void
set_separator(struct buf *out, size_t at, char sep)
{
	if (out->n > at + 3 && out->p[at + 3] != '\r')
		out->p[at + 3] = sep;
}

/*
 * Leaves lines out of EHLO's reply, or CAPA's list with its reply and its dot,
 * and adds others behind them.
 */
static void
edit(const struct tamper *t, struct buf *out, size_t from)
{
	struct buf had = { 0 };
	struct span rest, line, code, word;
	size_t at = 0, last;

	buf_add(&had, out->p + from, out->n - from);
	out->n = last = from;
	rest = buf_span(&had);
	line = span_chomp(span_line(&rest));
	code = span_of(line.p, line.n >= 3 && byte_is_digit(line.p[0]) ? 3 : 0);
	buf_addspan(out, line);
	buf_adds(out, "\r\n");
	while (rest.n > 0) {
		line = span_chomp(span_line(&rest));
		line = span_drop(line, code.n > 0 && line.n > 3 ? 4 : 0);
		word = span_word(line);
		if (code.n == 0 && span_is(line, "."))
			break;
		if (rules_hides(&t->action, word))
			continue;
		last = out->n;
		add_line(out, code, '-', line);
	}
	while (rules_offer(&t->action, &at, &line)) {
		last = out->n;
		add_line(out, code, '-', line);
	}
	if (code.n == 0)
		buf_adds(out, ".\r\n");
	else {
		set_separator(out, from, '-');
		set_separator(out, last, ' ');
	}
	buf_free(&had);
}

/* What becomes of a reply that succeeds, or tells more; errors stay. */
static int
is_error(const struct buf *out, size_t from)
{
	return out->n > from && strchr("45-", out->p[from]) != NULL;
}

void
tamper_reply(struct tamper *t, struct buf *out, size_t from)
{
	size_t n = out->n - from;
	enum rules_do what = t->action.what;

	t->action.what = RULES_PASS;
	if (n == 0)
		return;
	switch (what) {
	case RULES_REPLY:
		if (!t->always && is_error(out, from))
			break;
		out->n = from;
		add_reply(out, t->action.text);
		t->closes |= span_begins(t->action.text, "421");
		break;
	case RULES_HIDE:
		t->action.what = what;
		if (!is_error(out, from))
			edit(t, out, from);
		t->action.what = RULES_PASS;
		break;
	case RULES_TRUNCATE:
		out->n -= (n + 1) / 2;
		t->closes = 1;
		break;
	case RULES_TWICE:
		buf_reserve(out, n);
		buf_add(out, out->p + from, n);
		break;
	case RULES_ALSO:
		add_reply(out, t->action.text);
		break;
	case RULES_UNENDED:
		out->n = from + span_chomp(span_of(out->p + from, n)).n;
		break;
	case RULES_BYTEWISE:
	case RULES_DELAY:
		t->bytewise = what == RULES_BYTEWISE;
		t->delay = t->action.ms;
		buf_add(&t->held, out->p + from, n);
		out->n = from;
		break;
	default:
		break;
	}
}

void
tamper_release(struct tamper *t, struct buf *out)
{
	size_t n = t->bytewise && t->held.n > 0 ? 1 : t->held.n;

	buf_add(out, t->held.p, n);
	buf_consume(&t->held, n);
	if (t->held.n > 0)
		return;
	buf_free(&t->held);
	t->bytewise = 0;
	t->delay = 0;
}

struct span
tamper_injected(struct tamper *t)
{
	if (t->action.what != RULES_INJECT)
		return span_of(NULL, 0);
	t->action.what = RULES_PASS;
	buf_adds(&t->text, "\r\n");
	return buf_span(&t->text);
}

struct span
tamper_certificate(struct tamper *t)
{
	if (t->action.what != RULES_CERTIFICATE)
		return span_of(NULL, 0);
	t->action.what = RULES_PASS;
	return buf_span(&t->text);
}

void
tamper_free(struct tamper *t)
{
	buf_free(&t->text);
	buf_free(&t->held);
}
