#include "replay.h"

#include <errno.h>
#include <poll.h>

#include "client.h"
#include "format/wire/ftp.h"
#include "replaysecret.h"
#include "sys/secret.h"

/* Between the halves of a line that came in several reads, in ms. */
#define PAUSE 20

/* How long, in ms, more may come after the end, beyond what it took before. */
#define LINGER 500

/* Octets that a peer may say beyond what was said before. */
#define MORE_MAX 8388608

/* --- Data connections of FTP ----------------------------------------- */

static void
close_data(struct replay *p)
{
	if (p->data >= 0)
		io_close(p->data);
	p->data = -1;
}

static void
dial_data(struct replay *p, unsigned port)
{
	struct net_addr a = *p->conf->server;
	struct buf text = { 0 };
	const char *why;
	int temporary;

	close_data(p);
	if (port == 0 || a.path[0] != '\0')
		return;
	buf_addu(&text, port);
	memcpy(a.port, buf_str(&text), text.n + 1);
	buf_free(&text);
	p->data = net_dial(&a, p->conf->timeout, &why, &temporary);
}

static void
drain_data(const struct replay *p)
{
	long long end = io_clock() + p->conf->timeout;
	struct span bytes;
	struct rd rd;

	rd_init(&rd, p->data, p->conf->timeout, 0);
	while (io_clock() < end && rd_some(&rd, &bytes) == RD_LINE)
		rd_take(&rd, bytes.n);
	rd_free(&rd);
}

/* Whether the server sends. */
static int
is_fetched(const char *verb)
{
	return strcmp(verb, "RETR") == 0 || strcmp(verb, "LIST") == 0 ||
	    strcmp(verb, "NLST") == 0 || strcmp(verb, "MLSD") == 0;
}

/*
 * What an event, which the server has just said, has to do with them.  What
 * went over them was not recorded: files that are sent are empty, and what is
 * fetched is read and dropped.
 */
static void
attend_data(struct replay *p, const struct recorded *e)
{
	struct span text = recording_text(&p->new, e);

	if (p->conf->server == NULL || p->new.follow.protocol != DIALOGUE_FTP ||
	    e->kind != FOLLOW_REPLY || !e->last || text.n < 4)
		return;
	text = span_drop(text, 4);
	if (e->code == 229)
		dial_data(p, ftp_epsv_port(text));
	else if (e->code == 227)
		dial_data(p, ftp_pasv_port(text));
	else if (e->digit == 1) {
		if (p->data >= 0 && is_fetched(e->verb))
			drain_data(p);
		close_data(p);
	}
}

/* --- The dialogue ---------------------------------------------------- */

/* The peer's side. */
static enum dialogue_side
peer_of(const struct replay *p)
{
	return p->conf->side == DIALOGUE_CLIENT ? DIALOGUE_SERVER :
	    DIALOGUE_CLIENT;
}

static void
advance(struct replay_progress *g, const struct recorded *e)
{
	if (recording_is_asked(e)) {
		g->turn = e->turn;
		g->texts = 0;
	} else if (e->kind == FOLLOW_TEXT)
		g->texts++;
	g->whole = e->whole;
	g->answered = e->answered;
	g->greeted = e->greeted;
	g->cut = e->end == DIALOGUE_NONE;
}

/* New lines of the dialogue: printed, and kept as events of that old line. */
static void
take_lines(struct replay *p, unsigned long line)
{
	struct span rest = buf_span(&p->lines);
	const struct recorded *e;
	struct span text;

	if (p->conf->out != NULL) {
		wr_addspan(p->conf->out, rest);
		wr_flush(p->conf->out);
	}
	while (rest.n > 0) {
		if (dialogue_line(&p->parser, span_line(&rest)) !=
		    DIALOGUE_EVENT)
			continue;
		e = recording_add(&p->new, &p->parser.event, line);
		advance(&p->now, e);
		text = recording_text(&p->new, e);
		if (e->side != DIALOGUE_NOTE)
			client_trace(p->conf->talk,
			    e->side == DIALOGUE_CLIENT ? "C: " : "S: ", text,
			    text.n);
		if (e->side == peer_of(p))
			attend_data(p, e);
	}
	buf_clear(&p->lines);
}

static void
hear(struct replay *p, enum dialogue_side side, struct span bytes,
    unsigned long line)
{
	record_bytes(&p->record, side, bytes, io_clock_us(), &p->lines);
	take_lines(p, line);
}

static void
note(struct replay *p, const char *word)
{
	record_note(&p->record, word, io_clock_us(), &p->lines);
	take_lines(p, 0);
}

/* Whether the peer has come as far as its like had before. */
static int
is_reached(const struct replay *p, const struct replay_progress *want)
{
	const struct replay_progress *now = &p->now;
	unsigned long answered;

	if (p->conf->side == DIALOGUE_CLIENT) {
		answered = want->answered > p->turns ?
		    want->answered - p->turns : 0;
		return now->greeted >= want->greeted &&
		    now->answered >= answered;
	}
	return now->turn > want->turn || (now->turn == want->turn &&
	    (now->texts >= want->texts || (now->whole && want->whole)));
}

/* --- The connection -------------------------------------------------- */

/* Reads once, within ms: REPLAY_DONE, or why nothing came. */
static enum replay_end
receive(struct replay *p, int ms)
{
	enum rd_status got;
	struct span bytes;

	if (p->eof)
		return REPLAY_LOST;
	p->rd.timeout = ms;
	got = rd_some(&p->rd, &bytes);
	if (got == RD_TIMEOUT)
		return REPLAY_SILENT;
	if (got != RD_LINE) {
		p->eof = 1;
		p->why = got == RD_EOF ? "the peer has closed the connection" :
		    strerror(p->rd.err);
		note(p, got == RD_EOF ? "close" : "reset");
		return REPLAY_LOST;
	}
	hear(p, peer_of(p), bytes, 0);
	rd_take(&p->rd, bytes.n);
	p->heard += bytes.n;
	if (p->heard <= p->old->text.n + MORE_MAX)
		return REPLAY_DONE;
	p->why = "the peer says far more than before";
	return REPLAY_STUCK;
}

/* What comes within ms: how it ended, REPLAY_SILENT where it did not. */
static enum replay_end
linger(struct replay *p, int ms)
{
	long long by = io_clock() + ms;
	enum replay_end end;
	int left;

	do {
		left = io_left(by);
		end = receive(p, left);
	} while (end == REPLAY_DONE && left > 0);
	return end;
}

static enum replay_end
flush(struct replay *p)
{
	p->held = 0;
	if (wr_flush(&p->wr) == 0)
		return REPLAY_DONE;
	/* It may have said why. */
	linger(p, LINGER);
	if (p->wr.err == ETIMEDOUT) {
		p->why = "the peer does not read";
		return REPLAY_SILENT;
	}
	if (!p->eof) {
		p->eof = 1;
		p->why = strerror(p->wr.err);
		note(p, "reset");
	}
	return REPLAY_LOST;
}

/*
 * Until the peer has come as far as before.  A line without its ending is all
 * that there was, when nothing more comes for a while.
 */
static enum replay_end
await(struct replay *p, const struct replay_progress *want)
{
	enum replay_end end = REPLAY_DONE;
	long long by;

	if (is_reached(p, want))
		return REPLAY_DONE;
	end = flush(p);
	by = io_clock() + (want->cut && p->conf->timeout > LINGER ? LINGER :
	    p->conf->timeout);
	while (end == REPLAY_DONE && !is_reached(p, want))
		end = receive(p, io_left(by));
	if (end == REPLAY_SILENT && want->cut)
		return REPLAY_DONE;
	if (end == REPLAY_SILENT)
		p->why = "nothing more came from the peer in time";
	return end;
}

/* --- What is said ---------------------------------------------------- */

/* What the peer has not asked for this time; then a text is no command. */
static int
is_unasked(const struct replay *p, const struct recorded *e)
{
	enum follow_state state = p->new.follow.state;

	if (p->conf->side != DIALOGUE_CLIENT)
		return 0;
	if (e->kind == FOLLOW_RESPONSE)
		return e->before == FOLLOW_LOGIN && state != FOLLOW_LOGIN;
	return p->old->follow.protocol == DIALOGUE_SMTP &&
	    (e->kind == FOLLOW_DOT || (e->kind == FOLLOW_TEXT &&
	    strcmp(e->verb, "DATA") == 0)) && e->before == FOLLOW_DATA &&
	    state != FOLLOW_DATA;
}

/* Whether the peer would take a command for a text, or for a response. */
static const char *
is_misread(const struct replay *p, const struct recorded *e)
{
	enum follow_state state = p->new.follow.state;

	if (p->conf->side != DIALOGUE_CLIENT || e->kind != FOLLOW_COMMAND ||
	    p->old->follow.protocol != DIALOGUE_SMTP || e->before == state)
		return NULL;
	if (state == FOLLOW_DATA && p->new.follow.left == 0 &&
	    follow_in_text(&p->new.follow))
		return "the server waits for a text that was not recorded";
	if (state == FOLLOW_LOGIN)
		return "the server waits for a response that was not recorded";
	return NULL;
}

/* The bytes of a line, in two writes where it came so. */
static enum replay_end
send_bytes(struct replay *p, const struct recorded *e, struct span s)
{
	size_t half = s.n / 2;
	enum replay_end end;

	if ((e->flags & DIALOGUE_SPLIT) != 0 && half > 0) {
		wr_add(&p->wr, s.p, half);
		hear(p, p->conf->side, span_of(s.p, half), e->line);
		end = flush(p);
		if (end != REPLAY_DONE)
			return end;
		poll(NULL, 0, PAUSE);
		s = span_drop(s, half);
	}
	wr_addspan(&p->wr, s);
	hear(p, p->conf->side, s, e->line);
	p->held += s.n;
	if (p->held < WR_PIECE)
		return REPLAY_DONE;
	/* What the peer says meanwhile must not fill the way back. */
	end = flush(p);
	if (end == REPLAY_DONE)
		end = receive(p, 0);
	return end == REPLAY_SILENT ? REPLAY_DONE : end;
}

static enum replay_end
say(struct replay *p, const struct recorded *e)
{
	struct buf b = { 0 };
	enum replay_end end;

	if (is_unasked(p, e)) {
		p->skipped++;
		p->turns += recording_is_asked(e) != 0;
		return REPLAY_DONE;
	}
	p->why = is_misread(p, e);
	if (p->why != NULL)
		return REPLAY_STUCK;
	replaysecret_add(&b, p->old, e, p->conf->user, p->conf->secret);
	buf_adds(&b, e->end == DIALOGUE_NO_END ? "\r\n" :
	    dialogue_ending(e->end));
	end = send_bytes(p, e, buf_span(&b));
	secret_wipe(&b);
	return end;
}

/* --- The end --------------------------------------------------------- */

/* How long, in ms, the peer took to end it, and a while. */
static int
linger_of(const struct replay *p)
{
	const struct recorded *last = p->old->events + p->old->n - 1;
	int64_t gap = 0;

	if (recording_timed_out(p->old))
		return p->conf->timeout;
	if (p->old->n > 1 && last->kind == FOLLOW_NOTE)
		gap = (last->time - last[-1].time) / 1000;
	gap = gap < 0 ? LINGER : gap + LINGER;
	return gap < p->conf->timeout ? (int)gap : p->conf->timeout;
}

/* All has been said: what more comes, until the peer ends it, or nothing. */
static void
listen_on(struct replay *p)
{
	if (linger(p, linger_of(p)) == REPLAY_SILENT &&
	    recording_timed_out(p->old))
		note(p, "timeout");
}

static enum replay_end
play_all(struct replay *p)
{
	const struct recorded *e = p->old->events, *end = e + p->old->n;
	enum replay_end result = REPLAY_DONE;
	struct replay_progress want = { 0 };

	for (; e < end && result == REPLAY_DONE; e++) {
		if (e->side == p->conf->side) {
			result = await(p, &want);
			if (result == REPLAY_DONE)
				result = say(p, e);
			p->line = e->line;
		}
		advance(&want, e);
	}
	if (result == REPLAY_DONE)
		result = flush(p);
	if (result == REPLAY_DONE)
		result = await(p, &want);
	else
		for (e--; e < end; e++)
			p->unsent += e->side == p->conf->side;
	return result;
}

enum replay_end
replay_play(struct replay *p, const struct replay_conf *conf,
    const struct recording *old, const struct dialogue_head *head,
    int in, int out)
{
	enum replay_end end;

	memset(p, 0, sizeof *p);
	p->conf = conf;
	p->old = old;
	p->data = -1;
	rd_init(&p->rd, in, conf->timeout, DIALOGUE_TEXT_MAX);
	wr_init(&p->wr, out, conf->timeout);
	recording_start(&p->new, head);
	record_open(&p->record, head, 0, io_clock_us(), &p->lines);
	take_lines(p, 0);
	end = play_all(p);
	if (end == REPLAY_SILENT)
		note(p, "timeout");
	else if (end == REPLAY_DONE)
		listen_on(p);
	if (!p->eof)
		note(p, "close");
	return end;
}

void
replay_free(struct replay *p)
{
	close_data(p);
	recording_free(&p->new);
	record_free(&p->record);
	dialogue_free(&p->parser);
	buf_free(&p->lines);
	rd_free(&p->rd);
	wr_free(&p->wr);
}
