#include "record.h"

#include "format/wire/escape.h"
#include "format/wire/mask.h"

static void
add(struct record *r, struct dialogue_event *e, struct buf *out)
{
	const struct follow_line *l = follow(&r->follow, e);

	if (l->early)
		e->flags |= DIALOGUE_EARLY;
	if (l->kind == FOLLOW_TEXT || l->kind == FOLLOW_DOT)
		e->flags |= DIALOGUE_TEXT;
	if (l->open < e->text.n && !r->shows) {
		buf_clear(&r->shown);
		mask_add(&r->shown, e->text, l->open);
		e->text = buf_span(&r->shown);
		e->flags |= DIALOGUE_MASKED;
	}
	dialogue_add(out, e);
}

static void
note(struct record *r, const char *word, int64_t now, struct buf *out)
{
	struct dialogue_event e = { now - r->start, DIALOGUE_NOTE,
	    DIALOGUE_NO_END, 0, span_str(word) };

	add(r, &e, out);
}

void
record_open(struct record *r, const struct dialogue_head *head, int shows,
    int64_t now, struct buf *out)
{
	memset(r, 0, sizeof *r);
	r->follow.protocol = head->protocol;
	r->start = now;
	r->shows = shows;
	r->open = 1;
	dialogue_add_head(out, head);
	note(r, "open", now, out);
}

/* A line, or a piece that is taken for one, of pieces reads. */
static void
add_line(struct record *r, enum dialogue_side side, struct span line,
    int pieces, int64_t now, struct buf *out)
{
	struct dialogue_event e = { now - r->start, side, DIALOGUE_NONE,
	    pieces > 1 ? DIALOGUE_SPLIT : 0, line };

	e.end = dialogue_chomp(&e.text);
	add(r, &e, out);
}

/* What has come of a line is all that is going to. */
static void
flush(struct record *r, enum dialogue_side side, int64_t now, struct buf *out)
{
	struct buf *line = &r->side[side].line;
	if (line->n == 0)
		return;
	add_line(r, side, buf_span(line), r->side[side].pieces, now, out);
	buf_clear(line);
}

/*
 * Where one side goes on although the other's last line has no ending, that
 * was a reply without it, or something nobody had asked for: it comes first.
 */
static void
flush_other(struct record *r, enum dialogue_side side, int64_t now,
    struct buf *out)
{
	if (side == DIALOGUE_CLIENT ? r->follow.awaited.n <= 1 &&
	    r->side[DIALOGUE_SERVER].line.n > 3 :
	    r->follow.awaited.n == 0 && r->follow.state != FOLLOW_CONNECT)
		flush(r, side == DIALOGUE_CLIENT ? DIALOGUE_SERVER :
		    DIALOGUE_CLIENT, now, out);
}

/* How much of s belongs to the line in hand; *ends says whether it ends it. */
static size_t
measure(const struct record *r, enum dialogue_side side, struct span s,
    int *ends)
{
	size_t had = r->side[side].line.n, max = DIALOGUE_TEXT_MAX - had, n;
	uint64_t left = side == DIALOGUE_CLIENT ? r->follow.left : 0;
	const char *lf;

	if (left > 0 && left - had < max)
		max = (size_t)(left - had);
	n = s.n < max ? s.n : max;
	lf = memchr(s.p, '\n', n);
	*ends = lf != NULL || n == max;
	return lf != NULL ? (size_t)(lf + 1 - s.p) : n;
}

/*
 * The lines of a message's text that s begins with, which are most of what is
 * ever recorded: all that are whole, have CRLF, and begin with no dot.  How
 * much they are.
 */
static size_t
add_text(struct record *r, struct span s, int64_t now, struct buf *out)
{
	struct dialogue_event e = { now - r->start, DIALOGUE_CLIENT,
	    DIALOGUE_CRLF, DIALOGUE_TEXT, { NULL, 0 } };
	struct buf *start = &r->start_of_text;
	const char *lf;
	size_t at = 0, n, plain;

	buf_clear(start);
	dialogue_add_start(start, &e);
	while (at < s.n && s.p[at] != '.') {
		n = plain = escape_plain(span_drop(s, at));
		/* Most lines are plain up to their end. */
		if (s.n - at < n + 2 || memcmp(s.p + at + n, "\r\n", 2) != 0) {
			lf = memchr(s.p + at, '\n', s.n - at);
			if (lf == NULL || lf == s.p + at || lf[-1] != '\r')
				break;
			n = (size_t)(lf - 1 - (s.p + at));
		}
		if (n > DIALOGUE_TEXT_MAX - 2)
			break;
		buf_addspan(out, buf_span(start));
		buf_add(out, s.p + at, plain);
		if (plain < n)
			escape_add(out, span_of(s.p + at + plain, n - plain));
		buf_addc(out, '\n');
		at += n + 2;
	}
	return at;
}

/* Whether add_text may take lines: nothing is awaited, or left of one. */
static int
is_plain_text(const struct record *r, enum dialogue_side side)
{
	return side == DIALOGUE_CLIENT && r->side[side].line.n == 0 &&
	    follow_in_text(&r->follow) && r->follow.awaited.n == 0 &&
	    !r->follow.cut[DIALOGUE_CLIENT];
}

void
record_bytes(struct record *r, enum dialogue_side side, struct span bytes,
    int64_t now, struct buf *out)
{
	struct buf *line = &r->side[side].line;
	int ends;
	size_t n;

	if (!r->open || bytes.n == 0)
		return;
	if (line->n > 0)
		r->side[side].pieces++;
	while (bytes.n > 0 && !r->sealed) {
		if (is_plain_text(r, side)) {
			bytes = span_drop(bytes, add_text(r, bytes, now, out));
			if (bytes.n == 0)
				break;
		}
		n = measure(r, side, bytes, &ends);
		if (ends)
			flush_other(r, side, now, out);
		if (ends && line->n == 0) {
			add_line(r, side, span_of(bytes.p, n), 1, now, out);
		} else {
			if (line->n == 0)
				r->side[side].pieces = 1;
			buf_add(line, bytes.p, n);
			if (ends)
				flush(r, side, now, out);
		}
		bytes = span_drop(bytes, n);
		if (r->follow.tls) {
			r->sealed = 1;
			note(r, "tls", now, out);
		}
	}
}

void
record_unseal(struct record *r)
{
	r->sealed = 0;
	r->follow.tls = 0;
	buf_clear(&r->side[DIALOGUE_CLIENT].line);
	while (r->follow.awaited.n > 0)
		awaited_answer(&r->follow.awaited);
}

void
record_note(struct record *r, const char *word, int64_t now, struct buf *out)
{
	if (!r->open)
		return;
	flush(r, DIALOGUE_CLIENT, now, out);
	flush(r, DIALOGUE_SERVER, now, out);
	note(r, word, now, out);
}

void
record_free(struct record *r)
{
	follow_free(&r->follow);
	buf_free(&r->side[0].line);
	buf_free(&r->side[1].line);
	buf_free(&r->shown);
	buf_free(&r->start_of_text);
	memset(r, 0, sizeof *r);
}
