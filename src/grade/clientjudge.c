#include "clientjudge.h"

#include "evidence.h"
#include "format/dialogue/verb.h"

static int
no(struct buf *evidence, const char *why)
{
	buf_adds(evidence, why);
	return 0;
}

int
clientjudge_stopped(const struct attempt *a, struct buf *evidence)
{
	const struct scripted *s = &a->said;

	if (s->n > 0)
		evidence_no(evidence, "; the last line was ",
		    scripted_line(s, s->n - 1), "");
	buf_adds(evidence, "; ");
	if (!attempt_crashed(a, evidence))
		buf_addf(evidence, "it ended with exit status %d", a->status);
	return 0;
}

/* Where it has not come so far. */
static int
fell_short(const struct attempt *a, const char *wanted, struct buf *evidence)
{
	buf_addf(evidence, "no %s came", wanted);
	return clientjudge_stopped(a, evidence);
}

/* --- Of any client ---------------------------------------------------- */

int
clientjudge_connects(const struct attempt *a, const char *arg,
    struct buf *evidence)
{
	(void)arg;
	return a->connected || fell_short(a, "connection", evidence);
}

int
clientjudge_waits_greeting(const struct attempt *a, const char *arg,
    struct buf *evidence)
{
	(void)arg;
	if (!a->said.early)
		return 1;
	if (a->said.n == 0)
		return no(evidence, "it spoke before the greeting");
	return evidence_no(evidence, "sent ", scripted_line(&a->said, 0),
	    " before the greeting");
}

int
clientjudge_crlf(const struct attempt *a, const char *arg,
    struct buf *evidence)
{
	const struct scripted *s = &a->said;
	size_t i;

	(void)arg;
	for (i = 0; i < s->n; i++)
		if (s->lines[i].end != DIALOGUE_CRLF)
			return evidence_no(evidence, "", scripted_line(s, i),
			    s->lines[i].end == DIALOGUE_LF ? " ended in LF" :
			    " had no line ending");
	return 1;
}

int
clientjudge_ends(const struct attempt *a, const char *arg,
    struct buf *evidence)
{
	(void)arg;
	if (a->said.flood)
		return no(evidence, "it talked without end");
	return !attempt_crashed(a, evidence);
}

int
clientjudge_exit(const struct attempt *a, const char *arg,
    struct buf *evidence)
{
	if (attempt_crashed(a, evidence))
		return 0;
	buf_addf(evidence, "exit status %d", a->status);
	return (a->status == 0) == (strcmp(arg, "0") == 0);
}

int
clientjudge_quits(const struct attempt *a, const char *arg,
    struct buf *evidence)
{
	const struct scripted *s = &a->said;

	(void)arg;
	if (scripted_find(s, 0, "QUIT") < s->n)
		return 1;
	if (s->n == 0)
		return fell_short(a, "QUIT", evidence);
	return evidence_no(evidence, "the last line was ",
	    scripted_line(s, s->n - 1), "");
}

int
clientjudge_waits(const struct attempt *a, const char *arg,
    struct buf *evidence)
{
	const struct scripted *s = &a->said;
	size_t i;

	for (i = 0; (i = scripted_find(s, i, arg)) < s->n; i++)
		if (s->lines[i].early == SCRIPTED_LEFT)
			return evidence_no(evidence, "closed the connection "
			    "before the reply to ", scripted_line(s, i), "");
		else if (s->lines[i].early)
			return evidence_no(evidence, "sent more before the "
			    "reply to ", scripted_line(s, i), " was whole");
	return 1;
}

/*
 * The first line that was refused, s->n where none was.  Without what the
 * server does not have, such as CAPA, a client may go on.
 */
static size_t
find_refused(const struct scripted *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (s->lines[i].by_script && (s->lines[i].code >= 400 ||
		    s->lines[i].code == 5))
			break;
	return i;
}

int
clientjudge_stops(const struct attempt *a, const char *arg,
    struct buf *evidence)
{
	const struct scripted *s = &a->said;
	int greeted = s->greeting < 400 && s->greeting != 5;
	size_t i = 0, refused = greeted ? find_refused(s) : s->n;

	if (greeted && refused == s->n)
		return fell_short(a, "command to be refused", evidence);
	for (i = greeted ? refused + 1 : 0; i < s->n; i++) {
		if (scripted_find(s, i, arg) == i)
			continue;
		evidence_no(evidence, "sent ", scripted_line(s, i), " after ");
		if (greeted)
			evidence_quote(evidence, scripted_line(s, refused));
		else
			buf_adds(evidence, "the greeting");
		return no(evidence, " had been refused");
	}
	return 1;
}

/* --- Commands of SMTP ------------------------------------------------- */

int
clientjudge_hello(const struct attempt *a, const char *arg,
    struct buf *evidence)
{
	(void)arg;
	if (a->said.n == 0)
		return fell_short(a, "command", evidence);
	return scripted_find(&a->said, 0, "EHLO HELO") == 0 ||
	    evidence_no(evidence, "the first line was ",
	    scripted_line(&a->said, 0), "");
}

int
clientjudge_hello_name(const struct attempt *a, const char *arg,
    struct buf *evidence)
{
	(void)arg;
	return span_is_graph(span_trim(scripted_argument(&a->said, 0))) ||
	    evidence_no(evidence, "sent ", scripted_line(&a->said, 0), "");
}

/* A path as it was sent. */
struct path {
	size_t i;		/* its line */
	struct span blanks;	/* around the colon, which is there */
	struct span address;	/* between the brackets */
	struct span rest;	/* behind them */
	int bracketed, tagged;	/* FROM: or TO: is there */
};

static int
take_path(const struct attempt *a, const char *arg, struct path *p)
{
	struct span rest = span_str(arg), verb = span_take_word(&rest), s, to;
	char name[8] = { 0 };
	const char *end;

	memset(p, 0, sizeof *p);
	memcpy(name, verb.p, verb.n);
	p->i = scripted_find(&a->said, 0, name);
	if (p->i == a->said.n)
		return 0;
	s = span_trim(scripted_argument(&a->said, p->i));
	to = span_trim(rest);
	p->tagged = span_case_begins(s, to.p) &&
	    span_find(s, ':') != NULL;
	if (!p->tagged)
		return 1;
	p->blanks = s = span_drop(s, to.n);
	while (s.n > 0 && (byte_is_blank(s.p[0]) || s.p[0] == ':'))
		s = span_drop(s, 1);
	p->blanks.n -= s.n;
	end = span_find(s, '>');
	p->bracketed = s.n > 0 && s.p[0] == '<' && end != NULL;
	if (p->bracketed) {
		p->address = span_of(s.p + 1, (size_t)(end - s.p) - 1);
		p->rest = span_drop(s, (size_t)(end - s.p) + 1);
	}
	return 1;
}

int
clientjudge_path(const struct attempt *a, const char *arg,
    struct buf *evidence)
{
	struct path p;

	if (!take_path(a, arg, &p))
		return fell_short(a, arg, evidence);
	return (p.tagged && p.bracketed) || evidence_no(evidence, "sent ",
	    scripted_line(&a->said, p.i), "");
}

int
clientjudge_blank(const struct attempt *a, const char *arg,
    struct buf *evidence)
{
	struct path p;

	if (!take_path(a, arg, &p))
		return fell_short(a, arg, evidence);
	return p.blanks.n <= 1 || evidence_no(evidence, "sent ",
	    scripted_line(&a->said, p.i), "");
}

int
clientjudge_address(const struct attempt *a, const char *arg,
    struct buf *evidence)
{
	struct path p;

	if (!take_path(a, arg, &p))
		return fell_short(a, arg, evidence);
	if (span_is(p.address, arg[0] == 'M' ? a->from : a->to))
		return 1;
	evidence_no(evidence, "was told ",
	    span_str(arg[0] == 'M' ? a->from : a->to), ", ");
	return evidence_no(evidence, "sent ", scripted_line(&a->said, p.i),
	    "");
}

int
clientjudge_bare_path(const struct attempt *a, const char *arg,
    struct buf *evidence)
{
	struct path p;

	if (!take_path(a, arg, &p))
		return fell_short(a, arg, evidence);
	return span_trim(p.rest).n == 0 || evidence_no(evidence, "sent ",
	    scripted_line(&a->said, p.i), "");
}

int
clientjudge_order(const struct attempt *a, const char *arg,
    struct buf *evidence)
{
	static const char *const verbs[] = {
		"EHLO HELO", "MAIL", "RCPT", "DATA"
	};
	size_t i, at = 0, k;

	(void)arg;
	for (k = 0; k < COUNT(verbs); k++, at = i) {
		i = scripted_find(&a->said, 0, verbs[k]);
		if (i == a->said.n && a->said.unended) {
			buf_adds(evidence, "its lines have no ending");
			return -1;
		}
		if (i == a->said.n)
			return fell_short(a, verbs[k], evidence);
		if (i < at)
			return evidence_no(evidence, "sent ",
			    scripted_line(&a->said, i), " too early");
	}
	return 1;
}

int
clientjudge_offered(const struct attempt *a, const char *arg,
    struct buf *evidence)
{
	size_t i = scripted_find(&a->said, 0, arg);

	return i == a->said.n || evidence_no(evidence, "sent ",
	    scripted_line(&a->said, i), ", which was not offered");
}

int
clientjudge_helo(const struct attempt *a, const char *arg,
    struct buf *evidence)
{
	const struct scripted *s = &a->said;
	size_t i = scripted_find(s, 0, "EHLO") + 1;

	(void)arg;
	return i >= s->n || scripted_find(s, i, "HELO QUIT") == i ||
	    evidence_no(evidence, "sent ", scripted_line(s, i),
	    " after EHLO had been refused");
}
