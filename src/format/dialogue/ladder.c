#include "ladder.h"

#include "format/mail/date.h"
#include "format/wire/escape.h"

/* Of a text that has more lines so many are shown, and one stands for all
   others. */
#define LINES_MAX 4
#define LINES_SHOWN 2

#define MICRO 1000000

static const char *const names[] = {
	"greeting", "hello", "TLS", "log-in", "envelope", "message", "mailbox",
	"files", "transfer", "order", "leave"
};

/* What begins with a verb; ANY is where no line before has its protocol. */
static const struct {
	enum dialogue_protocol protocol;
	const char *verb;
	enum ladder_phase phase;
} phases[] = {
	{ DIALOGUE_SMTP, "EHLO", LADDER_HELLO },
	{ DIALOGUE_SMTP, "HELO", LADDER_HELLO },
	{ DIALOGUE_SMTP, "MAIL", LADDER_ENVELOPE },
	{ DIALOGUE_SMTP, "SEND", LADDER_ENVELOPE },
	{ DIALOGUE_SMTP, "SOML", LADDER_ENVELOPE },
	{ DIALOGUE_SMTP, "SAML", LADDER_ENVELOPE },
	{ DIALOGUE_SMTP, "RCPT", LADDER_ENVELOPE },
	{ DIALOGUE_SMTP, "RSET", LADDER_ENVELOPE },
	{ DIALOGUE_SMTP, "DATA", LADDER_MESSAGE },
	{ DIALOGUE_SMTP, "BDAT", LADDER_MESSAGE },
	{ DIALOGUE_SMTP, ".", LADDER_MESSAGE },
	{ DIALOGUE_POP3, "CAPA", LADDER_HELLO },
	{ DIALOGUE_POP3, "STAT", LADDER_MAILBOX },
	{ DIALOGUE_POP3, "LIST", LADDER_MAILBOX },
	{ DIALOGUE_POP3, "UIDL", LADDER_MAILBOX },
	{ DIALOGUE_POP3, "RETR", LADDER_MAILBOX },
	{ DIALOGUE_POP3, "TOP", LADDER_MAILBOX },
	{ DIALOGUE_POP3, "DELE", LADDER_MAILBOX },
	{ DIALOGUE_POP3, "RSET", LADDER_MAILBOX },
	{ DIALOGUE_FTP, "AUTH", LADDER_TLS },
	{ DIALOGUE_FTP, "PBSZ", LADDER_TLS },
	{ DIALOGUE_FTP, "PROT", LADDER_TLS },
	{ DIALOGUE_FTP, "FEAT", LADDER_HELLO },
	{ DIALOGUE_FTP, "SYST", LADDER_HELLO },
	{ DIALOGUE_FTP, "TYPE", LADDER_FILES },
	{ DIALOGUE_FTP, "PWD", LADDER_FILES },
	{ DIALOGUE_FTP, "CWD", LADDER_FILES },
	{ DIALOGUE_FTP, "CDUP", LADDER_FILES },
	{ DIALOGUE_FTP, "MKD", LADDER_FILES },
	{ DIALOGUE_FTP, "RMD", LADDER_FILES },
	{ DIALOGUE_FTP, "DELE", LADDER_FILES },
	{ DIALOGUE_FTP, "SIZE", LADDER_FILES },
	{ DIALOGUE_FTP, "MDTM", LADDER_FILES },
	{ DIALOGUE_FTP, "RNFR", LADDER_FILES },
	{ DIALOGUE_FTP, "RNTO", LADDER_FILES },
	{ DIALOGUE_FTP, "PASV", LADDER_TRANSFER },
	{ DIALOGUE_FTP, "EPSV", LADDER_TRANSFER },
	{ DIALOGUE_FTP, "PORT", LADDER_TRANSFER },
	{ DIALOGUE_FTP, "EPRT", LADDER_TRANSFER },
	{ DIALOGUE_FTP, "STOR", LADDER_TRANSFER },
	{ DIALOGUE_FTP, "STOU", LADDER_TRANSFER },
	{ DIALOGUE_FTP, "APPE", LADDER_TRANSFER },
	{ DIALOGUE_FTP, "RETR", LADDER_TRANSFER },
	{ DIALOGUE_FTP, "LIST", LADDER_TRANSFER },
	{ DIALOGUE_FTP, "NLST", LADDER_TRANSFER },
	{ DIALOGUE_FTP, "MLSD", LADDER_TRANSFER },
	{ DIALOGUE_ORDER, "ORDER", LADDER_ORDER },
	{ DIALOGUE_ANY, "STARTTLS", LADDER_TLS },
	{ DIALOGUE_ANY, "STLS", LADDER_TLS },
	{ DIALOGUE_ANY, "AUTH", LADDER_LOGIN },
	{ DIALOGUE_ANY, "APOP", LADDER_LOGIN },
	{ DIALOGUE_ANY, "USER", LADDER_LOGIN },
	{ DIALOGUE_ANY, "PASS", LADDER_LOGIN },
	{ DIALOGUE_ANY, "ACCT", LADDER_LOGIN },
	{ DIALOGUE_ANY, "QUIT", LADDER_LEAVE }
};

const char *
ladder_phase_name(enum ladder_phase phase)
{
	return names[phase];
}

/* Each command that came while others had no reply is in a group with them. */
static void
find_groups(struct ladder *l)
{
	struct ladder_group g = { 0 };
	const struct recorded *e;
	size_t i;

	for (i = 0; i < l->r->n; i++) {
		e = &l->r->events[i];
		if (!recording_is_asked(e))
			continue;
		if (e->awaited == 0 || g.from == 0) {
			if (g.from < g.to)
				buf_add(&l->groups, &g, sizeof g);
			g.first = i;
			g.from = e->turn;
		}
		g.last = i;
		g.to = e->turn;
	}
	if (g.from < g.to)
		buf_add(&l->groups, &g, sizeof g);
}

void
ladder_init(struct ladder *l, const struct recording *r)
{
	memset(l, 0, sizeof *l);
	l->r = r;
	find_groups(l);
}

static enum ladder_phase
find_phase(const struct ladder *l, const struct recorded *e)
{
	enum dialogue_protocol protocol = l->r->follow.protocol;
	size_t i;

	if (protocol == DIALOGUE_ANY)
		protocol = DIALOGUE_SMTP;
	if (e->kind == FOLLOW_TEXT && protocol == DIALOGUE_SMTP)
		return LADDER_MESSAGE;
	for (i = 0; i < COUNT(phases); i++)
		if ((phases[i].protocol == DIALOGUE_ANY ||
		    phases[i].protocol == protocol) &&
		    strcmp(phases[i].verb, e->verb) == 0)
			return phases[i].phase;
	return l->phase;
}

/* What is sent ahead of replies begins no phase: they do. */
static void
set_phase(struct ladder *l, struct ladder_row *row)
{
	enum ladder_phase was = l->phase;

	if (!recording_is_asked(row->e) || row->e->awaited == 0)
		l->phase = find_phase(l, row->e);
	row->phase = l->phase;
	row->begins = !l->begun || l->phase != was;
	l->begun = 1;
}

/* Goes on to the first group that ends at or behind an event, or a turn. */
static const struct ladder_group *
find_group(const struct ladder *l, size_t *at, size_t event,
    unsigned long turn)
{
	const struct ladder_group *g =
	    (const struct ladder_group *)(const void *)l->groups.p;
	size_t n = l->groups.n / sizeof *g;

	while (*at < n && g[*at].last < event && g[*at].to < turn)
		++*at;
	return *at < n ? &g[*at] : NULL;
}

static void
set_group(struct ladder *l, struct ladder_row *row, size_t i)
{
	const struct ladder_group *g;
	unsigned long turn = row->e->turn;

	g = find_group(l, &l->group, i, (unsigned long)-1);
	if (g != NULL && g->first <= i)
		row->bracket = i == g->first ? LADDER_TOP :
		    i == g->last ? LADDER_FOOT : LADDER_SIDE;
	if (turn == 0 || (!recording_is_asked(row->e) &&
	    row->e->kind != FOLLOW_REPLY))
		return;
	g = find_group(l, &l->answered, (size_t)-1, turn);
	row->grouped = g != NULL && g->from <= turn;
}

/*
 * Whether it goes on with the text, or the list, that another is part of.  What
 * a server offers is worth all its lines.
 */
static int
is_more(const struct recorded *e, const struct recorded *of)
{
	return (e->kind == FOLLOW_TEXT || e->kind == FOLLOW_LIST) &&
	    e->kind == of->kind && e->turn == of->turn &&
	    strcmp(e->verb, "CAPA") != 0;
}

/* Passes over the rest of a text that is long, and stands for it. */
static void
fold(struct ladder *l, struct ladder_row *row)
{
	const struct recorded *e = row->e, *end = l->r->events + l->r->n;

	while (e < end && is_more(e, row->e)) {
		row->lines++;
		row->octets += e->n + (e->end == DIALOGUE_NO_END ? 2 :
		    strlen(dialogue_ending(e->end)));
		e++;
	}
	if (row->lines <= LINES_MAX - LINES_SHOWN)
		row->lines = row->octets = 0;
	else
		l->next += row->lines - 1;
}

int
ladder_next(struct ladder *l, struct ladder_row *row)
{
	const struct recorded *e;
	size_t i = l->next;

	if (i == l->r->n)
		return 0;
	e = &l->r->events[i];
	memset(row, 0, sizeof *row);
	row->e = e;
	l->next++;
	l->shown = i > 0 && is_more(e, e - 1) ? l->shown + 1 : 0;
	if (l->shown == LINES_SHOWN)
		fold(l, row);
	row->fails = recording_fails(l->r, e);
	set_phase(l, row);
	set_group(l, row, i);
	return 1;
}

void
ladder_free(struct ladder *l)
{
	buf_free(&l->groups);
}

/* Columns that a character takes; those of East Asia take two. */
static size_t
columns_of(struct span c)
{
	const unsigned char *p = (const unsigned char *)c.p;

	if (c.n < 3)
		return 1;
	return c.n == 4 || p[0] >= 0xe3 || (p[0] == 0xe1 && p[1] >= 0x84 &&
	    p[1] < 0x86) || (p[0] == 0xe2 && p[1] >= 0xba) ? 2 : 1;
}

/* Adds as much of a text as fits: what is left; *columns is what it takes. */
static struct span
add_columns(struct buf *b, struct span s, size_t max, size_t *columns)
{
	size_t n, c;

	for (*columns = 0; s.n > 0; s = span_drop(s, n)) {
		n = span_char(s);
		c = columns_of(span_of(s.p, n));
		if (*columns + c > max)
			break;
		*columns += c;
		buf_add(b, s.p, n);
	}
	return s;
}

/* More of a line need not be looked at: a character has eight bytes. */
static void
add_shown(struct buf *b, const struct ladder *l, const struct recorded *e,
    size_t columns)
{
	struct buf raw = { 0 };
	struct span s;
	size_t max = 8 * (columns + 1);

	recording_show(l->r, e, &raw);
	s = buf_span(&raw);
	if (s.n > max)
		s.n = max;
	escape_add(b, s);
	buf_free(&raw);
}

size_t
ladder_fit(struct buf *b, const struct ladder *l,
    const struct ladder_row *row, size_t columns)
{
	struct buf text = { 0 }, cut = { 0 };
	size_t n, at = b->n, more;

	if (row->lines > 0)
		buf_addf(&text, "\xe2\x80\xa6 %zu octets, %zu lines",
		    row->octets, row->lines);
	else
		add_shown(&text, l, row->e, columns);
	if (add_columns(b, buf_span(&text), columns, &n).n > 0) {
		b->n = at;
		buf_addf(&cut, "\xe2\x80\xa6 %zu octets",
		    row->lines > 0 ? row->octets : row->e->n);
		more = cut.n - 2;
		if (row->lines > 0)
			buf_clear(&text);
		add_columns(b, buf_span(&text),
		    columns > more ? columns - more : 0, &n);
		buf_addspan(b, buf_span(&cut));
		n += more;
	}
	buf_free(&text);
	buf_free(&cut);
	return n;
}

void
ladder_time(struct buf *b, const struct ladder_row *row)
{
	int64_t us = row->e->time;
	size_t at = b->n;

	if (us < 0)
		return;
	buf_addf(b, "%ju.%06ju", (uintmax_t)(us / MICRO),
	    (uintmax_t)(us % MICRO));
	if (b->n - at > LADDER_TIME)
		b->n = at + LADDER_TIME;
}

/* A name, or as much of it as fits: how many columns it takes. */
static size_t
add_name(struct buf *b, struct span name, size_t columns)
{
	struct buf text = { 0 };
	size_t n, at = b->n;

	escape_add(&text, name.n > 0 ? name : span_str("-"));
	if (add_columns(b, buf_span(&text), columns, &n).n > 0) {
		b->n = at;
		add_columns(b, buf_span(&text), columns - 1, &n);
		buf_adds(b, "\xe2\x80\xa6");
		n++;
	}
	buf_free(&text);
	return n;
}

void
ladder_title(struct buf *b, const struct recording *r, size_t columns)
{
	const char *name = dialogue_protocol_name(r->follow.protocol);
	/* What stands around the names is known, and has room. */
	size_t room = columns - strlen("order  -  2026-11-21T23:46:12Z");

	buf_adds(b, name != NULL ? name : "dialogue");
	if (r->client.n + r->server.n == 0)
		return;
	buf_addc(b, ' ');
	room -= add_name(b, r->client, room / 2);
	buf_adds(b, " \xe2\x86\x92 ");
	add_name(b, r->server, room);
	buf_addc(b, ' ');
	date_iso(b, r->time);
}
