#include "dialogue.h"

#include "format/mail/date.h"
#include "format/wire/escape.h"

#define MICRO 1000000
#define SECONDS_MAX UINT64_C(1000000000000)

/* In the order of the enums. */
static const char *const protocols[] = {
	NULL, "smtp", "pop3", "ftp", "order"
};

static const char *const ends[] = { "crlf", "lf", "cr", "none", "-" };

static const char *const endings[] = { "\r\n", "\n", "\r", "", "" };

static const char sides[] = "CS-";

/* In the order of their bits. */
static const char *const flags[] = { "early", "split", "masked", "text" };

const char *
dialogue_protocol_name(enum dialogue_protocol protocol)
{
	return protocols[protocol];
}

int
dialogue_protocol_find(enum dialogue_protocol *protocol, struct span name)
{
	const int i = span_index(name, protocols + 1, COUNT(protocols) - 1);

	if (i < 0)
		return -1;
	*protocol = (enum dialogue_protocol)(i + 1);
	return 0;
}

const char *
dialogue_ending(enum dialogue_end end)
{
	return endings[end];
}

enum dialogue_end
dialogue_chomp(struct span *line)
{
	size_t n = line->n;

	if (n > 1 && line->p[n - 2] == '\r' && line->p[n - 1] == '\n') {
		line->n -= 2;
		return DIALOGUE_CRLF;
	}
	if (n == 0 || (line->p[n - 1] != '\n' && line->p[n - 1] != '\r'))
		return DIALOGUE_NONE;
	line->n--;
	return line->p[n - 1] == '\n' ? DIALOGUE_LF : DIALOGUE_CR;
}

/* One of the head's words, which has no blank. */
static void
add_word(struct buf *b, struct span s)
{
	size_t i, n;

	buf_addc(b, ' ');
	if (s.n == 0)
		buf_addc(b, '-');
	for (i = 0; i < s.n; i += n) {
		for (n = 0; i + n < s.n && s.p[i + n] != ' '; )
			n++;
		escape_add(b, span_of(s.p + i, n));
		if (n == 0) {
			buf_adds(b, "\\x20");
			n = 1;
		}
	}
}

void
dialogue_add_head(struct buf *b, const struct dialogue_head *h)
{
	buf_adds(b, "dialogue 1 ");
	buf_adds(b, protocols[h->protocol != DIALOGUE_ANY ? h->protocol :
	    DIALOGUE_SMTP]);
	add_word(b, h->client);
	add_word(b, h->server);
	buf_addc(b, ' ');
	date_iso(b, h->time);
	buf_addc(b, '\n');
}

static void
add_time(struct buf *b, int64_t us)
{
	char text[] = ".000000\t";
	size_t i;

	if (us < 0)
		us = 0;
	buf_addu(b, (uintmax_t)(us / MICRO));
	us %= MICRO;
	for (i = 6; i > 0; us /= 10)
		text[i--] = (char)('0' + us % 10);
	buf_add(b, text, sizeof text - 1);
}

void
dialogue_add_start(struct buf *b, const struct dialogue_event *e)
{
	const char *comma = "";
	size_t i;

	add_time(b, e->time);
	buf_addc(b, sides[e->side]);
	buf_addc(b, '\t');
	buf_adds(b, ends[e->end]);
	buf_addc(b, '\t');
	for (i = 0; i < COUNT(flags); i++)
		if ((e->flags & 1u << i) != 0) {
			buf_adds(b, comma);
			buf_adds(b, flags[i]);
			comma = ",";
		}
	buf_adds(b, *comma == '\0' ? "-\t" : "\t");
}

void
dialogue_add(struct buf *b, const struct dialogue_event *e)
{
	dialogue_add_start(b, e);
	escape_add(b, e->text);
	buf_addc(b, '\n');
}

static enum dialogue_kind
bad(struct dialogue *d, const char *why)
{
	d->why = why;
	return DIALOGUE_BAD;
}

/* A word of the head: 0, or -1. */
static int
set_word(struct buf *b, struct span *out, struct span word)
{
	buf_clear(b);
	if (!span_is(word, "-") && escape_undo(b, word) < 0)
		return -1;
	*out = buf_span(b);
	return 0;
}

static enum dialogue_kind
take_head(struct dialogue *d, struct span rest)
{
	struct dialogue_head *h = &d->head;

	d->form = DIALOGUE_OUTSIDE;
	if (!span_is(span_cut(&rest, ' '), "1"))
		return bad(d, "not the version of dialogue(5) that is known");
	if (dialogue_protocol_find(&h->protocol, span_cut(&rest, ' ')) < 0)
		return bad(d, "no such protocol: smtp, pop3, ftp or order");
	if (set_word(&d->client, &h->client, span_cut(&rest, ' ')) < 0 ||
	    set_word(&d->server, &h->server, span_cut(&rest, ' ')) < 0)
		return bad(d, "not an address");
	if (date_iso_parse(rest, &h->time) < 0)
		return bad(d, "not a time, as 2026-11-21T23:46:12Z");
	d->form = DIALOGUE_HEADED;
	d->fresh = 1;
	return DIALOGUE_OTHER;
}

/* Seconds with decimals, in us: 0, or -1. */
static int
parse_time(struct span s, int64_t *us)
{
	struct span whole = span_cut(&s, '.');
	uintmax_t seconds;
	int64_t scale = MICRO / 10, fraction = 0;
	size_t i;

	if (span_number(whole, &seconds) < 0 || seconds > SECONDS_MAX)
		return -1;
	for (i = 0; i < s.n; i++, scale /= 10) {
		if (!byte_is_digit(s.p[i]))
			return -1;
		fraction += scale * (s.p[i] - '0');
	}
	*us = (int64_t)seconds * MICRO + fraction;
	return 0;
}

/* 23:46:12, with decimals or without, in us since midnight: 0, or -1. */
static int
parse_clock(struct span s, int64_t *us)
{
	struct span hours = span_cut(&s, ':'), minutes = span_cut(&s, ':');
	uintmax_t h, m;

	if (span_number(hours, &h) < 0 || h > 23 ||
	    span_number(minutes, &m) < 0 || m > 59 || parse_time(s, us) < 0)
		return -1;
	*us += (int64_t)(h * 60 + m) * 60 * MICRO;
	return 0;
}

/* Those that are not known are passed over. */
static unsigned
parse_flags(struct span s)
{
	unsigned found = 0;
	int i;

	while (s.n > 0) {
		i = span_index(span_cut(&s, ','), flags, COUNT(flags));
		found |= i < 0 ? 0 : 1u << i;
	}
	return found;
}

static enum dialogue_kind
said(struct dialogue *d)
{
	d->begins = d->fresh;
	d->fresh = 0;
	return DIALOGUE_EVENT;
}

/* The five fields of an event. */
static enum dialogue_kind
take_event(struct dialogue *d, struct span line)
{
	struct dialogue_event *e = &d->event;
	const char *side;
	struct span word;
	int end;

	if (parse_time(span_cut(&line, '\t'), &e->time) < 0)
		return bad(d, "not a time in seconds");
	word = span_cut(&line, '\t');
	side = word.n == 1 ? memchr(sides, word.p[0], COUNT(sides) - 1) : NULL;
	if (side == NULL)
		return bad(d, "not a side: C, S or -");
	e->side = (enum dialogue_side)(side - sides);
	end = span_index(span_cut(&line, '\t'), ends, COUNT(ends));
	if (end < 0)
		return bad(d, "not an ending: crlf, lf, cr, none or -");
	e->end = (enum dialogue_end)end;
	word = span_cut(&line, '\t');
	if (word.n == 0)
		return bad(d, "an event has five fields with tabs between");
	e->flags = parse_flags(word);
	buf_clear(&d->text);
	if (escape_undo(&d->text, line) < 0)
		return bad(d, "a backslash that begins no escape");
	e->text = buf_span(&d->text);
	return said(d);
}

/* Whether a word may stand before C: or S: of a plain line, and its time. */
static int
is_before(struct span word, int64_t *us)
{
	int64_t seconds;

	if (word.n > 1 && word.p[word.n - 1] == ':')
		return 1;
	if (date_iso_parse(word, &seconds) == 0) {
		*us = seconds * MICRO;
		return 1;
	}
	return parse_time(word, us) == 0 || parse_clock(word, us) == 0;
}

/* The line without what stands before C: or S:, and its time; 0 or -1. */
static int
find_plain(struct span *line, int64_t *us)
{
	struct span s = *line, word = span_word(s);
	int before = 0;

	*us = DIALOGUE_UNTIMED;
	while (!span_is(word, "C:") && !span_is(word, "S:")) {
		if (word.n == 0 || before++ == 3 || !is_before(word, us))
			return -1;
		s = span_drop(s, word.n);
		while (s.n > 0 && byte_is_blank(s.p[0]))
			s = span_drop(s, 1);
		word = span_word(s);
	}
	*line = s;
	return 0;
}

/* After an answer to QUIT another dialogue begins. */
static void
watch_quit(struct dialogue *d)
{
	struct span s = d->event.text;

	if (d->event.side == DIALOGUE_CLIENT)
		d->quits |= span_case_is(span_trim(s), "QUIT");
	else if (d->quits)
		d->over |= span_begins(s, "221 ") || span_begins(s, "+OK");
}

/* C: text or S: text, us being its time. */
static enum dialogue_kind
take_plain(struct dialogue *d, struct span line, int64_t us)
{
	struct dialogue_event *e = &d->event;

	if (d->form != DIALOGUE_PLAIN || d->over) {
		memset(&d->head, 0, sizeof d->head);
		d->form = DIALOGUE_PLAIN;
		d->fresh = 1;
		d->quits = d->over = 0;
		d->first = us;
	}
	e->side = line.p[0] == 'C' ? DIALOGUE_CLIENT : DIALOGUE_SERVER;
	line = span_drop(line, 2);
	if (line.n > 0)
		line = span_drop(line, 1);
	buf_set(&d->text, line);
	e->text = buf_span(&d->text);
	e->end = DIALOGUE_NO_END;
	e->time = us < 0 || d->first < 0 ? DIALOGUE_UNTIMED :
	    us > d->first ? us - d->first : 0;
	e->flags = e->side == DIALOGUE_CLIENT && span_ends(e->text, "***") ?
	    DIALOGUE_MASKED : 0;
	watch_quit(d);
	return said(d);
}

/* Whether a line begins as an event does: with a time and a tab. */
static int
is_event(struct span line)
{
	const char *tab = span_find(line, '\t');
	int64_t us;

	return tab != NULL &&
	    parse_time(span_of(line.p, (size_t)(tab - line.p)), &us) == 0;
}

/* Not so much as a malformed event: it may be of an explanation, too. */
static int
is_aside(struct span line)
{
	return line.n == 0 || line.p[0] == '#' || byte_is_blank(line.p[0]) ||
	    span_begins(line, "-- ");
}

enum dialogue_kind
dialogue_line(struct dialogue *d, struct span line)
{
	static const char head[] = "dialogue ";
	struct span text;
	int64_t us;

	line = text = span_chomp(line);
	if (span_begins(line, head))
		return take_head(d, span_drop(line, sizeof head - 1));
	if (d->form == DIALOGUE_HEADED && is_event(line))
		return take_event(d, line);
	if (find_plain(&text, &us) == 0)
		return take_plain(d, text, us);
	if (d->form == DIALOGUE_HEADED && !is_aside(line))
		return bad(d, "neither an event, of five fields with tabs "
		    "between, nor a line C: or S:");
	return DIALOGUE_OTHER;
}

void
dialogue_free(struct dialogue *d)
{
	buf_free(&d->client);
	buf_free(&d->server);
	buf_free(&d->text);
}
