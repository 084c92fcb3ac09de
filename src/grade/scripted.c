#include "scripted.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "format/dialogue/verb.h"
#include "sys/io.h"
#include "sys/stop.h"

#define TAKEN_MAX ((size_t)8 << 20)	/* octets of a session */
#define LINES_MAX 2000			/* and its commands */
#define LINE_MAX 510			/* octets of a reply, and CRLF */
#define NAP 10				/* ms; a hold is a number of them */

/* Quiet for so many ms behind half a line: no more of it will come. */
#define UNENDED 2000

struct span
scripted_line(const struct scripted *s, size_t i)
{
	struct span line = span_drop(buf_span(&s->bytes), s->lines[i].at);

	line.n = s->lines[i].n;
	return line;
}

struct span
scripted_argument(const struct scripted *s, size_t i)
{
	struct span line = scripted_line(s, i);

	verb_take(&line);
	return line;
}

size_t
scripted_find(const struct scripted *s, size_t i, const char *verbs)
{
	struct span line;

	for (; i < s->n; i++) {
		line = scripted_line(s, i);
		if (span_has_word(span_str(verbs), verb_take(&line)))
			break;
	}
	return i < s->n ? i : s->n;
}

static void
talk(const struct scripted *s, int who, struct span line)
{
	if (s->conf->talk != NULL)
		s->conf->talk(who, line);
}

/* --- What comes ------------------------------------------------------- */

/* Reads once, within ms: whether something came. */
static int
receive(struct scripted *s, int ms)
{
	struct pollfd p = { .fd = s->fd, .events = POLLIN };
	char piece[16384];
	ssize_t r;

	if (s->eof || stop_asked()) {
		s->eof = 1;
		return 0;
	}
	io_poll(&p, 1, ms);
	if (p.revents == 0)
		return 0;
	r = recv(s->fd, piece, sizeof piece, 0);
	if (r < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (r <= 0) {
		s->eof = 1;
		return 0;
	}
	s->taken += (size_t)r;
	if (s->taken > TAKEN_MAX) {
		s->flood = s->eof = 1;
		return 0;
	}
	buf_add(&s->in, piece, (size_t)r);
	return 1;
}

/* The end of a line that was taken without it has come after all. */
static void
mend(struct scripted *s)
{
	struct heard *h;
	size_t n;

	if (!s->cut || s->in.n == 0)
		return;
	h = &s->lines[s->n - 1];
	n = s->in.p[0] == '\n' ? 1 : s->in.n > 1 && s->in.p[0] == '\r' &&
	    s->in.p[1] == '\n' ? 2 : 0;
	if (n > 0) {
		h->end = n == 1 ? DIALOGUE_LF : DIALOGUE_CRLF;
		s->unended = 0;
		buf_consume(&s->in, n);
	}
	s->cut = 0;
}

/* The next line, with its ending where it has one: 1, or 0 at the end. */
static int
next_line(struct scripted *s, struct span *line)
{
	long long quiet = io_clock();
	const char *lf;

	for (;;) {
		mend(s);
		lf = span_find(buf_span(&s->in), '\n');
		if (lf != NULL) {
			*line = span_of(s->in.p, (size_t)(lf - s->in.p) + 1);
			return 1;
		}
		*line = buf_span(&s->in);
		if (s->eof)
			return line->n > 0;
		if (io_clock() >= s->by) {
			s->late = 1;
			return line->n > 0;
		}
		if (receive(s, 100))
			quiet = io_clock();
		else if (line->n > 0 && !s->in_text &&
		    io_clock() - quiet >= UNENDED)
			return 1;
	}
}

static void
measure(struct scripted *s)
{
	long long ms = io_clock() - s->asked;

	if (ms > s->slowest)
		s->slowest = (int)ms;
}

static void
keep(struct scripted *s, struct span line)
{
	struct heard *h;

	s->lines = die_grow(s->lines, s->n, &s->room, sizeof *s->lines);
	h = &s->lines[s->n++];
	memset(h, 0, sizeof *h);
	h->at = s->bytes.n;
	h->end = dialogue_chomp(&line);
	h->n = line.n;
	buf_addspan(&s->bytes, line);
	if (h->end == DIALOGUE_NONE && !s->eof)
		s->unended = s->cut = 1;
	talk(s, 'C', line);
}

/* --- What is said ----------------------------------------------------- */

/* The naps take longer where the machine is busy, as all does then. */
static void
hold(struct scripted *s, int ms)
{
	long long start = io_clock();
	int naps = ms / NAP;

	while (s->in.n == 0 && !s->eof && naps-- > 0)
		receive(s, NAP);
	s->by += io_clock() - start;
	if (s->in.n == 0 && !s->eof)
		return;
	if (s->n > 0 && !s->lines[s->n - 1].early)
		s->lines[s->n - 1].early = s->in.n > 0 ? 1 : SCRIPTED_LEFT;
	else if (s->n == 0 && s->in.n > 0)
		s->early = 1;
}

/* A client that does not read is not waited for for ever. */
static void
send_all(struct scripted *s, struct span bytes)
{
	struct wr wr;

	if (bytes.n == 0)
		return;
	wr_init(&wr, s->fd, (int)(s->by - io_clock() > 0 ?
	    s->by - io_clock() : 1));
	wr_direct(&wr, bytes);
	wr_free(&wr);
}

static void
flush(struct scripted *s, struct buf *out)
{
	send_all(s, buf_span(out));
	buf_clear(out);
}

/* The usual reply in three pieces, each held back. */
static void
say_pieces(struct scripted *s, struct span reply)
{
	size_t n = reply.n / 3;

	send_all(s, span_of(reply.p, n));
	hold(s, s->conf->hold);
	send_all(s, span_of(reply.p + n, reply.n - 2 - n));
	hold(s, s->conf->hold);
	send_all(s, span_drop(reply, reply.n - 2));
}

static void
say_script(struct scripted *s, struct span reply, struct span usual)
{
	struct buf out = { 0 };
	size_t i;

	for (i = 0; i < reply.n; i++) {
		if (strchr("~@/!", reply.p[i]) != NULL)
			flush(s, &out);
		while (reply.p[i] == '#' && out.n < LINE_MAX)
			buf_addc(&out, 'x');
		switch (reply.p[i]) {
		case '~': hold(s, s->conf->hold); break;
		case '@': hold(s, SCRIPTED_LONG); break;
		case '/': say_pieces(s, usual); break;
		case '&': buf_addspan(&out, usual); break;
		case '#': break;
		case '|': buf_adds(&out, "\r\n"); break;
		case '!': s->over = 1; break;
		default: buf_addc(&out, reply.p[i]);
		}
	}
	if (reply.n > 0 && strchr("!&/", reply.p[reply.n - 1]) == NULL)
		buf_adds(&out, "\r\n");
	flush(s, &out);
	buf_free(&out);
}

/* The script's reply at a place: 1, or 0 where it has none. */
static int
find_reply(const struct scripted *s, struct span place, struct span *reply)
{
	struct span rest = span_str(s->conf->script), line, name;

	while (rest.n > 0) {
		line = span_chomp(span_line(&rest));
		name = span_cut(&line, '=');
		if (span_case_eq(name, place) || (span_is(name, "hello") &&
		    (span_case_is(place, "helo") ||
		    span_case_is(place, "ehlo")))) {
			*reply = line;
			return 1;
		}
	}
	return 0;
}

/* What a reply begins with: its code, of the last line that there is. */
static int
code_of(const struct scripted *s, struct span reply)
{
	int code = 0;
	size_t i, digits = 0;

	while (reply.n > 0 && strchr("~@&/", reply.p[0]) != NULL)
		reply = span_drop(reply, 1);
	if (reply.n == 0 || reply.p[0] == '!')
		return 0;
	if (!s->conf->smtp)
		return reply.p[0] == '+' ? 2 : 5;
	for (i = 0; i < reply.n && digits < 3; i++)
		if (byte_is_digit(reply.p[i])) {
			code = code * 10 + reply.p[i] - '0';
			digits++;
		}
	return code;
}

/* Replies to line at a place: the code. */
static int
answer(struct scripted *s, struct span place, struct span line)
{
	struct buf usual = { 0 };
	struct span reply;
	int code;

	s->conf->usual(s->conf->arg, place, line, &usual);
	s->by_script = find_reply(s, place, &reply);
	if (s->by_script) {
		code = code_of(s, reply);
		if (code == 0 && reply.n > 0 && reply.p[0] != '!')
			code = code_of(s, buf_span(&usual));
		say_script(s, reply, buf_span(&usual));
	} else {
		reply = span_chomp(buf_span(&usual));
		code = code_of(s, reply);
		send_all(s, buf_span(&usual));
	}
	talk(s, 'S', reply);
	buf_free(&usual);
	s->asked = io_clock();
	return code;
}

/* --- The session ------------------------------------------------------ */

static void
end_text(struct scripted *s)
{
	const size_t i = s->n;
	int code;

	keep(s, span_str(".\r\n"));
	s->in_text = 0;
	code = answer(s, span_str("text"), span_str("."));
	s->lines[i].code = code;
	s->lines[i].by_script = s->by_script;
	s->texts += code / 100 == 2;
}

static void
take_text(struct scripted *s, struct span line)
{
	struct span text = line;
	enum dialogue_end end = dialogue_chomp(&text);

	if (span_is(text, ".") && end != DIALOGUE_NONE) {
		if (s->begun == 1) {
			s->dot = end;
			s->dotted = 1;
		}
		buf_consume(&s->in, line.n);
		end_text(s);
		return;
	}
	if (s->begun == 1)
		buf_addspan(&s->text, line);
	buf_consume(&s->in, line.n);
}

static void
take_command(struct scripted *s, struct span line)
{
	const size_t n = s->n;
	struct span verb, rest;
	int code;

	keep(s, line);
	buf_consume(&s->in, line.n);
	rest = scripted_line(s, n);
	verb = verb_take(&rest);
	if (s->n > LINES_MAX) {
		s->flood = s->over = 1;
		return;
	}
	code = answer(s, verb, rest);
	s->lines[n].code = code;
	s->lines[n].by_script = s->by_script;
	if (s->conf->smtp && code == 354 && !s->over) {
		s->in_text = 1;
		s->begun++;
	}
	if (scripted_find(s, n, "QUIT") == n && code != 0)
		s->over = 1;
}

/* What comes after the end is no longer answered. */
static void
drain(struct scripted *s)
{
	struct span line;

	shutdown(s->fd, SHUT_WR);
	while (!s->late && !s->flood && next_line(s, &line)) {
		if (s->n < LINES_MAX && !s->in_text)
			keep(s, line);
		buf_consume(&s->in, line.n);
	}
}

void
scripted_play(struct scripted *s, const struct scripted_conf *conf, int fd,
    int ms)
{
	struct span line;

	memset(s, 0, sizeof *s);
	s->conf = conf;
	s->fd = fd;
	s->by = io_clock() + ms;
	s->greeting = answer(s, span_str("greeting"), span_str(""));
	while (!s->over && !s->late && next_line(s, &line)) {
		measure(s);
		if (s->in_text)
			take_text(s, line);
		else
			take_command(s, line);
	}
	if (s->over)
		drain(s);
}

void
scripted_free(struct scripted *s)
{
	buf_free(&s->bytes);
	buf_free(&s->text);
	buf_free(&s->in);
	free(s->lines);
}
