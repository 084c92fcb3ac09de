#include "probe.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "evidence.h"
#include "format/dialogue/dialogue.h"
#include "format/mail/crlf.h"
#include "format/wire/escape.h"
#include "sample.h"
#include "sys/net.h"
#include "sys/stop.h"

#define REPLY_MAX 65536		/* octets of a line, or of all lines */
#define LIST_MAX ((size_t)4 << 20)	/* and of a list */
#define FIND_MAX 1000		/* messages that are looked at */
#define PAUSE 200		/* ms between the pieces of a line */
#define GOODBYE 2000		/* ms for a last reply that nobody judges */

static void
talk(const struct probe *v, int who, struct span line)
{
	if (v->conf->talk != NULL)
		v->conf->talk(who, line);
}

/* --- Connections ------------------------------------------------------ */

static void
hang_up(struct probe *v)
{
	if (v->fd >= 0)
		io_close(v->fd);
	v->fd = -1;
	rd_free(&v->rd);
}

static int
begin(struct probe *v, struct buf *evidence)
{
	const char *why;

	hang_up(v);
	v->closed = v->over = v->quits = 0;
	v->fd = v->conf->dial(v->conf->arg, &why);
	if (v->fd < 0) {
		buf_addf(evidence, "no connection: %s", why);
		return -1;
	}
	rd_init(&v->rd, v->fd, v->conf->timeout, REPLY_MAX);
	return 0;
}

/* --- Replies ---------------------------------------------------------- */

static void
blame(struct probe *v, int *what, struct span line)
{
	if (!*what && v->fault.n == 0)
		buf_addspan(&v->fault, line);
	*what = 1;
}

/* The code of a line, or 0; *more: others follow. */
static int
code_of(struct probe *v, struct span line, int *more)
{
	int code;

	*more = 0;
	if (v->conf->pop3)
		return span_begins(line, "+OK") ? 2 :
		    span_begins(line, "-ERR") ? 5 : 0;
	if (line.n < 3 || line.p[0] < '1' || line.p[0] > '5' ||
	    !byte_is_digit(line.p[1]) || !byte_is_digit(line.p[2]) ||
	    (line.n > 3 && line.p[3] != ' ' && line.p[3] != '-'))
		return 0;
	code = (line.p[0] - '0') * 100 + (line.p[1] - '0') * 10 + line.p[2] -
	    '0';
	*more = line.n > 3 && line.p[3] == '-';
	return code;
}

/* One line: 1, or 0 where there is none. */
static int
hear_line(struct probe *v, struct span *line)
{
	enum rd_status got = rd_line(&v->rd, line);

	if (got == RD_TIMEOUT || got == RD_LONG) {
		*line = rd_pending(&v->rd);
		v->silent = 1;
		if (line->n == 0 || got == RD_LONG)
			return 0;
		blame(v, &v->unended, *line);
		return 1;
	}
	if (got == RD_PARTIAL)
		blame(v, &v->unended, *line);
	if (got != RD_LINE && got != RD_PARTIAL) {
		v->closed = 1;
		return 0;
	}
	if (got == RD_LINE && (line->n < 2 || line->p[line->n - 2] != '\r'))
		blame(v, &v->bare, *line);
	return 1;
}

static void
hear(struct probe *v)
{
	struct span line;
	int more = 1, code = 0, first = 1;

	buf_clear(&v->reply);
	v->code = v->silent = 0;
	while (more && v->reply.n < REPLY_MAX && hear_line(v, &line)) {
		buf_addspan(&v->reply, line);
		line = span_chomp(line);
		talk(v, 'S', line);
		code = code_of(v, line, &more);
		if (code == 0 || (!first && code != v->code))
			blame(v, &v->odd, line);
		v->code = code;
		first = 0;
	}
	if (more)
		v->code = 0;
	v->heard += v->reply.n > 0;
}

/* Lines up to a dot: 1, or 0 where they have no end. */
static int
hear_list(struct probe *v)
{
	struct span line;

	buf_clear(&v->list);
	while (v->list.n < LIST_MAX && hear_line(v, &line)) {
		if (span_is(span_chomp(line), "."))
			return 1;
		buf_addspan(&v->list, line);
	}
	return 0;
}

/* --- What is said ----------------------------------------------------- */

static void
add_sample(struct probe *v, struct span name, int whole)
{
	struct crlf crlf = { 0 };
	struct buf text = { 0 }, word = { 0 };
	struct span rest;
	size_t body;

	buf_clear(&v->token);
	buf_addf(&v->token, "protograde-%ld-%lld-%lu", (long)getpid(),
	    io_clock_us(), ++v->samples);
	buf_addspan(&word, name);
	sample_add(&text, buf_str(&word), v->conf->from, v->conf->to);
	body = text.n - sample_body(buf_span(&text)).n;
	buf_addf(&word, "%s begins\n", buf_str(&v->token));
	buf_insert(&text, body, word.p + name.n, word.n - name.n);
	if (text.p[text.n - 1] != '\n')
		buf_addc(&text, '\n');
	buf_addf(&text, "%s ends\n", buf_str(&v->token));
	buf_clear(&v->text);
	buf_add(&v->text, text.p + body, text.n - body);
	rest = buf_span(&text);
	while (rest.n > 0)
		crlf_line(&crlf, &rest, &v->out);
	if (whole)
		crlf_dot(&crlf, &v->out);
	buf_free(&text);
	buf_free(&word);
}

static void
flush(struct probe *v)
{
	struct wr wr;

	wr_init(&wr, v->fd, v->conf->timeout);
	wr_direct(&wr, buf_span(&v->out));
	wr_free(&wr);
	buf_clear(&v->out);
}

static void
pause_here(struct probe *v)
{
	flush(v);
	stop_wait(-1, PAUSE);
}

/* A piece of a line, with addresses in it, and escapes. */
static void
add_piece(struct probe *v, struct span piece)
{
	struct buf filled = { 0 };
	size_t i;

	for (i = 0; i < piece.n; i++)
		if (span_begins(span_drop(piece, i), "$F"))
			buf_adds(&filled, (i++, v->conf->from));
		else if (span_begins(span_drop(piece, i), "$T"))
			buf_adds(&filled, (i++, v->conf->to));
		else if (span_begins(span_drop(piece, i), "$N"))
			buf_addu(&filled, (i++, v->found));
		else if (piece.p[i] == '#')
			while (v->out.n + filled.n < 510)
				buf_addc(&filled, 'x');
		else if (piece.p[i] == '%')
			while (v->out.n + filled.n < 100000)
				buf_addc(&filled, 'x');
		else
			buf_addc(&filled, piece.p[i]);
	escape_undo(&v->out, buf_span(&filled));
	buf_free(&filled);
}

static void
say(struct probe *v, struct span what)
{
	struct span piece, line;
	int whole = 1;

	talk(v, 'C', what);
	v->quits = span_is(what, "QUIT");
	if (what.p[0] == '=') {
		whole = !span_begins(what, "=~");
		add_sample(v, span_drop(what, whole ? 1 : 2), whole);
		flush(v);
		return;
	}
	if (what.n >= 2 && memcmp(what.p + what.n - 2, "\\c", 2) == 0) {
		what.n -= 2;
		whole = 0;
	}
	line = what;
	while (line.n > 0) {
		piece = span_cut(&line, '^');
		add_piece(v, piece);
		if (piece.p + piece.n < what.p + what.n)
			pause_here(v);
	}
	if (whole)
		buf_adds(&v->out, "\r\n");
	flush(v);
}

/* --- The script ------------------------------------------------------- */

static int
is_expected(const struct probe *v, struct span expected)
{
	char code[4] = { 0 };
	struct span one;

	if (v->conf->pop3)
		code[0] = v->code == 2 ? '+' : v->code == 5 ? '-' : '\0';
	else if (v->code > 0) {
		code[0] = (char)('0' + v->code / 100);
		code[1] = (char)('0' + v->code / 10 % 10);
		code[2] = (char)('0' + v->code % 10);
	}
	while (expected.n > 0) {
		one = span_cut(&expected, '|');
		if (span_is(one, ".") ? v->closed && v->code == 0 :
		    span_is(one, "*") ? v->reply.n > 0 :
		    v->conf->pop3 ? one.n > 0 && one.p[0] == code[0] :
		    one.n <= 3 && memcmp(one.p, code, one.n) == 0)
			return 1;
	}
	return 0;
}

static void
tell(const struct probe *v, struct span what, struct buf *evidence)
{
	if (what.n > 0)
		evidence_no(evidence, "sent ", what, ", ");
	if (v->reply.n > 0)
		evidence_no(evidence, "got ", span_chomp(buf_span(&v->reply)),
		    "");
	else if (v->closed)
		buf_adds(evidence, "the server closed the connection");
	else
		buf_adds(evidence, "no reply came in time");
}

static int
offers(const struct probe *v, struct span word)
{
	struct span rest = buf_span(&v->reply), line;

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
find(struct probe *v)
{
	char command[32];
	struct span rest;

	buf_addspan(&v->token, v->conf->token);
	buf_addspan(&v->text, v->conf->text);
	while (v->found++ < FIND_MAX) {
		snprintf(command, sizeof command, "RETR %u", v->found);
		say(v, span_str(command));
		hear(v);
		if (v->code != 2 || !hear_list(v))
			return 0;
		rest = buf_span(&v->list);
		while (rest.n > 0)
			if (span_begins(span_line(&rest),
			    buf_str(&v->token)))
				return 1;
	}
	return 0;
}

/* What is no line that is said: 1, and *verdict. */
static int
step_aside(struct probe *v, struct span word, struct span what, int judged,
    enum verdict *verdict, struct buf *evidence)
{
	*verdict = POINT_OK;
	if (span_is(word, "if")) {
		if (offers(v, what))
			return 1;
		evidence_no(evidence, "", what, " is not offered");
		*verdict = POINT_EXCUSED;
	} else if (span_is(word, "find")) {
		if (find(v))
			return 1;
		buf_adds(evidence, "no message is the one that was put into "
		    "the maildrop");
		*verdict = POINT_FAILED;
	} else if (span_is(word, "drop"))
		hang_up(v);
	else if (!span_is(word, "new"))
		return 0;
	else if (begin(v, evidence) < 0)
		*verdict = judged ? POINT_FAILED : POINT_UNTRIED;
	return 1;
}

/* One line of a script. */
static enum verdict
step(struct probe *v, struct span line, struct buf *evidence)
{
	struct span expected = span_take_word(&line), what = span_trim(line);
	int judged = expected.p[0] == '?';
	enum verdict verdict;

	if (judged)
		expected = span_drop(expected, 1);
	if (step_aside(v, expected, what, judged, &verdict, evidence) ||
	    v->over)
		return verdict;
	if (what.n > 0)
		say(v, what);
	if (span_is(expected, "-"))
		return POINT_OK;
	hear(v);
	if (is_expected(v, expected) && (!span_is(expected, "+.") ||
	    hear_list(v))) {
		v->over = v->closed && v->code == 0;
		return POINT_OK;
	}
	tell(v, what, evidence);
	return judged ? POINT_FAILED : POINT_UNTRIED;
}

/* A server that serves one after the other is let go. */
static void
leave(struct probe *v)
{
	struct buf last = v->reply;

	if (v->fd < 0)
		return;
	memset(&v->reply, 0, sizeof v->reply);
	if (!v->closed && v->code != 354 && !v->silent && !v->quits) {
		v->rd.timeout = v->conf->timeout < GOODBYE ?
		    v->conf->timeout : GOODBYE;
		buf_adds(&v->out, "QUIT\r\n");
		flush(v);
		hear(v);
	}
	buf_free(&v->reply);
	v->reply = last;
	hang_up(v);
}

enum verdict
probe_play(struct probe *v, const struct probe_conf *conf,
    const char *script, struct buf *evidence)
{
	struct span rest = span_str(script);
	enum verdict verdict = POINT_OK;

	memset(v, 0, sizeof *v);
	v->conf = conf;
	v->fd = -1;
	if (begin(v, evidence) < 0)
		return POINT_UNTRIED;
	while (rest.n > 0 && verdict == POINT_OK && !v->unended) {
		verdict = step(v, span_chomp(span_line(&rest)), evidence);
		if (stop_asked())
			verdict = POINT_UNTRIED;
	}
	leave(v);
	return verdict;
}

void
probe_free(struct probe *v)
{
	buf_free(&v->token);
	buf_free(&v->text);
	buf_free(&v->reply);
	buf_free(&v->list);
	buf_free(&v->fault);
	buf_free(&v->out);
}
