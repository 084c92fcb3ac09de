#include "probe.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "evidence.h"
#include "format/dialogue/dialogue.h"
#include "format/mail/crlf.h"
#include "format/wire/escape.h"
#include "format/wire/reply.h"
#include "sample.h"
#include "sys/net.h"
#include "sys/stop.h"

#define REPLY_MAX 65536		/* octets of a line, or of all lines */
#define LIST_MAX ((size_t)4 << 20)	/* and of a list */
#define FIND_MAX 1000		/* messages that are looked at */
#define PAUSE 200		/* ms between the pieces of a line */
#define QUIET 250		/* ms in which a reply too many would come */
#define GOODBYE 2000		/* ms for a last reply that nobody judges */

static void
talk(const struct probe *p, int who, struct span line)
{
	if (p->conf->talk != NULL)
		p->conf->talk(who, line);
}

/* --- Connections ------------------------------------------------------ */

static void
hang_up(struct probe *p)
{
	if (p->fd >= 0)
		io_close(p->fd);
	p->fd = -1;
	rd_free(&p->rd);
}

static int
begin(struct probe *p, struct buf *evidence)
{
	const char *why;

	hang_up(p);
	p->closed = p->over = p->quits = 0;
	p->fd = p->conf->dial(p->conf->arg, &why);
	if (p->fd < 0) {
		buf_addf(evidence, "no connection: %s", why);
		return -1;
	}
	rd_init(&p->rd, p->fd, p->conf->timeout, REPLY_MAX);
	return 0;
}

/* --- Replies ---------------------------------------------------------- */

static void
blame(struct probe *p, int *what, struct span line)
{
	if (!*what && p->fault.n == 0)
		buf_addspan(&p->fault, line);
	*what = 1;
}

/* The code of a line, or 0; *more: others follow. */
static int
code_of(struct probe *p, struct span line, int *more)
{
	int code = reply_code(line);

	*more = 0;
	if (p->conf->pop3)
		return span_begins(line, "+OK") ? 2 :
		    span_begins(line, "-ERR") ? 5 : 0;
	if (line.n > 3 && line.p[3] != ' ' && line.p[3] != '-')
		blame(p, &p->odd, line);
	*more = code != 0 && line.n > 3 && line.p[3] == '-';
	return code;
}

/* One line: 1, or 0 where there is none. */
static int
hear_line(struct probe *p, struct span *line)
{
	enum rd_status got = rd_line(&p->rd, line);

	if (got == RD_TIMEOUT || got == RD_LONG) {
		*line = rd_pending(&p->rd);
		p->silent = 1;
		if (line->n == 0 || got == RD_LONG)
			return 0;
		blame(p, &p->unended, *line);
		return 1;
	}
	if (got == RD_PARTIAL)
		blame(p, &p->unended, *line);
	if (got != RD_LINE && got != RD_PARTIAL) {
		p->closed = 1;
		return 0;
	}
	if (got == RD_LINE && (line->n < 2 || line->p[line->n - 2] != '\r'))
		blame(p, &p->bare, *line);
	return 1;
}

static void
hear(struct probe *p)
{
	struct span line;
	int more = 1, code = 0, first = 1;

	buf_clear(&p->reply);
	p->code = p->first = p->silent = 0;
	while (more && p->reply.n < REPLY_MAX && hear_line(p, &line)) {
		buf_addspan(&p->reply, line);
		line = span_chomp(line);
		talk(p, 'S', line);
		code = code_of(p, line, &more);
		if (code == 0 || (!first && code != p->code))
			blame(p, &p->odd, line);
		if (first)
			p->first = code;
		p->code = code;
		first = 0;
	}
	if (more)
		p->code = 0;
	p->heard += p->reply.n > 0;
}

/* Lines up to a dot: 1, or 0 where they have no end. */
static int
hear_list(struct probe *p)
{
	struct span line;

	buf_clear(&p->list);
	while (p->list.n < LIST_MAX && hear_line(p, &line)) {
		if (span_is(span_chomp(line), "."))
			return 1;
		buf_addspan(&p->list, line);
	}
	return 0;
}

/* --- What is said ----------------------------------------------------- */

static void
add_sample(struct probe *p, struct span name, int whole)
{
	struct crlf crlf = { 0 };
	struct buf text = { 0 }, word = { 0 };
	struct span rest;
	size_t body;

	buf_set(&p->before, buf_span(&p->token));
	buf_setf(&p->token, "protograde-%ld-%lld-%lu", (long)getpid(),
	    io_clock_us(), ++p->samples);
	buf_addspan(&word, name);
	sample_add(&text, buf_str(&word), p->conf->from, p->conf->to);
	body = text.n - sample_body(buf_span(&text)).n;
	buf_addf(&word, "%s begins\n", buf_str(&p->token));
	buf_insert(&text, body, word.p + name.n, word.n - name.n);
	if (text.p[text.n - 1] != '\n')
		buf_addc(&text, '\n');
	buf_addf(&text, "%s ends\n", buf_str(&p->token));
	buf_set(&p->text, span_drop(buf_span(&text), body));
	rest = buf_span(&text);
	while (rest.n > 0)
		crlf_line(&crlf, &rest, &p->out);
	if (whole)
		crlf_dot(&crlf, &p->out);
	buf_free(&text);
	buf_free(&word);
}

static void
flush(struct probe *p)
{
	struct wr wr;

	wr_init(&wr, p->fd, p->conf->timeout);
	wr_direct(&wr, buf_span(&p->out));
	wr_free(&wr);
	buf_clear(&p->out);
}

static void
pause_here(struct probe *p)
{
	flush(p);
	stop_wait(-1, PAUSE);
}

/* A piece of a line, with addresses in it, and escapes. */
static void
add_piece(struct probe *p, struct span piece)
{
	struct buf filled = { 0 };
	size_t i;

	for (i = 0; i < piece.n; i++)
		if (span_begins(span_drop(piece, i), "$F"))
			buf_adds(&filled, (i++, p->conf->from));
		else if (span_begins(span_drop(piece, i), "$T"))
			buf_adds(&filled, (i++, p->conf->to));
		else if (span_begins(span_drop(piece, i), "$N"))
			buf_addu(&filled, (i++, p->found));
		else if (piece.p[i] == '#')
			while (p->out.n + filled.n < 510)
				buf_addc(&filled, 'x');
		else if (piece.p[i] == '%')
			while (p->out.n + filled.n < 100000)
				buf_addc(&filled, 'x');
		else
			buf_addc(&filled, piece.p[i]);
	escape_undo(&p->out, buf_span(&filled));
	buf_free(&filled);
}

static void
say(struct probe *p, struct span what)
{
	struct span piece, line;
	int whole = 1;

	talk(p, 'C', what);
	p->quits = span_is(what, "QUIT");
	if (what.p[0] == '=') {
		whole = !span_begins(what, "=~");
		add_sample(p, span_drop(what, whole ? 1 : 2), whole);
		flush(p);
		return;
	}
	if (span_ends(what, "\\c")) {
		what.n -= 2;
		whole = 0;
	}
	line = what;
	while (line.n > 0) {
		piece = span_cut(&line, '^');
		add_piece(p, piece);
		if (piece.p + piece.n < what.p + what.n)
			pause_here(p);
	}
	if (whole)
		buf_adds(&p->out, "\r\n");
	flush(p);
}

/* --- The script ------------------------------------------------------- */

static int
is_expected(const struct probe *p, struct span expected)
{
	const int n = span_ends(expected, "-") ? p->first : p->code;
	char code[5] = { 0 };
	struct span one;

	if (p->conf->pop3)
		code[0] = p->code == 2 ? '+' : p->code == 5 ? '-' : '\0';
	else if (n > 0)
		snprintf(code, sizeof code, "%03d-", n % 1000);
	while (expected.n > 0) {
		one = span_cut(&expected, '|');
		if (span_is(one, ".") ? p->closed && p->code == 0 :
		    span_is(one, "*") ? p->reply.n > 0 :
		    p->conf->pop3 ? one.n > 0 && one.p[0] == code[0] :
		    one.n <= 4 && memcmp(one.p, code, one.n) == 0)
			return 1;
	}
	return 0;
}

/* Whether no more comes than was asked for. */
static int
is_quiet(struct probe *p, struct buf *evidence)
{
	p->rd.timeout = QUIET;
	hear(p);
	p->rd.timeout = p->conf->timeout;
	p->silent = 0;
	return p->reply.n == 0 || evidence_no(evidence, "got ",
	    span_chomp(buf_span(&p->reply)), " without having asked");
}

static void
tell(const struct probe *p, struct span what, struct buf *evidence)
{
	if (what.n > 0)
		evidence_no(evidence, "sent ", what, ", ");
	if (p->reply.n > 0)
		evidence_no(evidence, "got ", span_chomp(buf_span(&p->reply)),
		    "");
	else if (p->closed)
		buf_adds(evidence, "the server closed the connection");
	else
		buf_adds(evidence, "no reply came in time");
}

static int
offers(const struct probe *p, struct span word)
{
	struct span rest = buf_span(&p->reply), line;

	while (rest.n > 0) {
		line = span_chomp(span_line(&rest));
		if (line.n > 4) {
			line = span_drop(line, 4);
			if (span_case_eq(span_word(line), word))
				return 1;
		}
	}
	return 0;
}

/* Fetches messages until one has the token: 1, or 0. */
static int
find(struct probe *p)
{
	char command[32];
	struct span rest;

	buf_addspan(&p->token, p->conf->token);
	buf_addspan(&p->text, p->conf->text);
	while (p->found++ < FIND_MAX) {
		snprintf(command, sizeof command, "RETR %u", p->found);
		say(p, span_str(command));
		hear(p);
		if (p->code != 2 || !hear_list(p))
			return 0;
		rest = buf_span(&p->list);
		while (rest.n > 0)
			if (span_begins(span_line(&rest),
			    buf_str(&p->token)))
				return 1;
	}
	return 0;
}

/* What is no line that is said: 1, and *verdict. */
static int
step_aside(struct probe *p, struct span word, struct span what, int judged,
    enum verdict *verdict, struct buf *evidence)
{
	*verdict = POINT_OK;
	if (span_is(word, "if")) {
		if (offers(p, what))
			return 1;
		evidence_no(evidence, "", what, " is not offered");
		*verdict = POINT_EXCUSED;
	} else if (span_is(word, "find")) {
		if (find(p))
			return 1;
		buf_adds(evidence, "no message is the one that was put into "
		    "the maildrop");
		*verdict = POINT_FAILED;
	} else if (span_is(word, "drop"))
		hang_up(p);
	else if (!span_is(word, "new"))
		return 0;
	else if (begin(p, evidence) < 0)
		*verdict = judged ? POINT_FAILED : POINT_UNTRIED;
	return 1;
}

/* One line of a script. */
static enum verdict
step(struct probe *p, struct span line, struct buf *evidence)
{
	struct span expected = span_take_word(&line), what = span_trim(line);
	int judged = expected.p[0] == '?';
	enum verdict verdict;

	if (judged)
		expected = span_drop(expected, 1);
	if (step_aside(p, expected, what, judged, &verdict, evidence) ||
	    p->over)
		return verdict;
	if (what.n > 0)
		say(p, what);
	if (span_is(expected, "-"))
		return POINT_OK;
	if (span_is(expected, "!"))
		return is_quiet(p, evidence) ? POINT_OK : POINT_FAILED;
	hear(p);
	if (is_expected(p, expected) && (!span_is(expected, "+.") ||
	    hear_list(p))) {
		p->over = p->closed && p->code == 0;
		return POINT_OK;
	}
	tell(p, what, evidence);
	return judged ? POINT_FAILED : POINT_UNTRIED;
}

/* A server that serves one after the other is let go. */
static void
leave(struct probe *p)
{
	struct buf last = p->reply;

	if (p->fd < 0)
		return;
	memset(&p->reply, 0, sizeof p->reply);
	if (!p->closed && p->code != 354 && !p->silent && !p->quits) {
		p->rd.timeout = p->conf->timeout < GOODBYE ?
		    p->conf->timeout : GOODBYE;
		buf_adds(&p->out, "QUIT\r\n");
		flush(p);
		hear(p);
	}
	buf_free(&p->reply);
	p->reply = last;
	hang_up(p);
}

enum verdict
probe_play(struct probe *p, const struct probe_conf *conf,
    const char *script, struct buf *evidence)
{
	struct span rest = span_str(script);
	enum verdict verdict = POINT_OK;

	memset(p, 0, sizeof *p);
	p->conf = conf;
	p->fd = -1;
	if (begin(p, evidence) < 0)
		return POINT_UNTRIED;
	while (rest.n > 0 && verdict == POINT_OK && !p->unended) {
		verdict = step(p, span_chomp(span_line(&rest)), evidence);
		if (stop_asked())
			verdict = POINT_UNTRIED;
	}
	leave(p);
	return verdict;
}

void
probe_free(struct probe *p)
{
	buf_free(&p->token);
	buf_free(&p->before);
	buf_free(&p->text);
	buf_free(&p->reply);
	buf_free(&p->list);
	buf_free(&p->fault);
	buf_free(&p->out);
}
