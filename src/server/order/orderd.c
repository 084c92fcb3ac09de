#include "orderd.h"

#include <errno.h>
#include <stdlib.h>

#include "format/crypt/sha256.h"
#include "format/wire/ordline.h"
#include "orderreply.h"

enum phase {
	PHASE_FIRST,		/* raw or not is still to be seen */
	PHASE_LINE,		/* a command line */
	PHASE_DATA,		/* an order's octets */
	PHASE_SKIP,		/* those of a refused order */
	PHASE_RAW,		/* all that comes is one order */
	PHASE_OVER		/* nothing more is taken */
};

struct orderd {
	const struct orderd_conf *conf;
	struct buf nonce;
	enum phase phase;
	struct buf line;	/* a line that is not whole yet */
	uintmax_t orders;	/* ORDER lines so far, refused ones counted */

	/* The order that is coming in. */
	void *file;		/* NULL while there is none */
	int refused;		/* if so, why the store has none: errno */
	struct buf wire, name, tag;
	char want[SHA256_HEX];	/* its checksum as announced */
	uintmax_t octets;	/* those announced, or come if raw */
	uintmax_t left;		/* those to come, in DATA and SKIP */
	struct sha256 hash;

	struct orderreply answers;
	int full;		/* the store wants its commit now */
};

static void
reply(struct orderd *s, const char *text)
{
	orderreply_line(&s->answers, text);
}

static void *
open_session(const void *arg, const char *peer, int local,
    struct dataconn *none)
{
	const struct orderd_conf *conf = arg;
	struct orderd *s;

	(void)local;
	(void)none;
	s = die_calloc(1, sizeof *s);
	s->conf = conf;
	conf->nonce(&s->nonce);
	orderreply_init(&s->answers, conf, peer);
	return s;
}

static enum session_verdict
greet(void *session, struct buf *out)
{
	struct orderd *s = session;

	s->answers.chat.out = out;
	chat_say(&s->answers.chat, "220 %s orderrecv 1 %s", s->conf->host,
	    buf_str(&s->nonce));
	return SESSION_MORE;
}

static enum session_verdict
verdict(const struct orderd *s)
{
	if (orderreply_waits(&s->answers))
		return s->full || s->phase == PHASE_OVER ?
		    SESSION_COMMIT : SESSION_SOON;
	return s->phase == PHASE_OVER ? SESSION_CLOSE : SESSION_MORE;
}

/* A last answer. */
static void
leave(struct orderd *s, const char *text)
{
	reply(s, text);
	s->phase = PHASE_OVER;
}

/* A new order; s->file is NULL where the store takes none. */
static void
begin(struct orderd *s)
{
	s->file = s->conf->store->begin(s->conf->store_arg);
	if (s->file == NULL)
		s->refused = errno;
}

/* Gives the whole order to the store; its answer waits for the commit. */
static void
finish(struct orderd *s, const char *sha)
{
	orderreply_order(&s->answers, s->file, buf_span(&s->wire), s->octets,
	    sha);
	s->full = s->conf->store->finish(s->file, buf_span(&s->name), sha,
	    buf_span(&s->tag));
	s->file = NULL;
}

static void
drop(struct orderd *s)
{
	if (s->file != NULL)
		s->conf->store->drop(s->file);
	s->file = NULL;
}

static void
digest(struct orderd *s, char hex[SHA256_HEX])
{
	unsigned char raw[SHA256_SIZE];

	sha256_end(&s->hash, raw);
	sha256_hex(hex, raw, sizeof raw);
}

/* Lower case, as the store and the answers have it. */
static void
keep_sha(char want[SHA256_HEX], struct span sha)
{
	size_t i;

	for (i = 0; i < sha.n; i++)
		want[i] = (char)(sha.p[i] >= 'A' && sha.p[i] <= 'F' ?
		    sha.p[i] - 'A' + 'a' : sha.p[i]);
	want[i] = '\0';
}

/* The order's last octet has come. */
static void
data_end(struct orderd *s)
{
	char sha[SHA256_HEX];

	s->phase = PHASE_LINE;
	digest(s, sha);
	if (s->file == NULL)
		reply(s, orderreply_failure(s->refused));
	else if (memcmp(sha, s->want, SHA256_HEX) != 0) {
		drop(s);
		reply(s, "554 checksum differs");
	} else
		finish(s, sha);
}

static const char *
too_large(const struct orderd *s, struct buf *text)
{
	buf_addf(text, "552 too large: at most %ju octets",
	    (uintmax_t)s->conf->max);
	return buf_str(text);
}

/*
 * Whether an ORDER line may pass, as far as its words tell.  NULL, or the
 * answer, built in text.
 */
static const char *
refusal(struct orderd *s, const struct ordline *o, const char *why,
    struct buf *text)
{
	char mac[SHA256_HEX], got[SHA256_HEX];

	if (o->sized && o->octets > s->conf->max)
		return too_large(s, text);
	buf_clear(&s->name);
	if (why == NULL)
		why = ordline_decode(&s->name, o->name);
	if (why != NULL) {
		buf_addf(text, "501 bad line: %s", why);
		return buf_str(text);
	}
	if (s->conf->key.n == 0)
		return NULL;
	if (o->mac.n == 0)
		return "530 mac missing: a key is needed here";
	if (o->mac.n != SHA256_HEX - 1)
		return "535 mac wrong";
	ordline_mac(mac, s->conf->key, buf_span(&s->nonce), s->orders, o);
	keep_sha(got, o->mac);
	return sha256_equal(mac, got, SHA256_HEX) ? NULL : "535 mac wrong";
}

/* ORDER, with the words behind it. */
static void
order(struct orderd *s, struct span args)
{
	struct buf text = { 0 };
	const char *why, *no;
	struct ordline o;

	s->orders++;
	why = ordline_parse(&o, args);
	no = refusal(s, &o, why, &text);
	s->octets = s->left = o.octets;
	if (no != NULL) {
		reply(s, no);
		s->phase = !o.sized || o.octets > s->conf->max ? PHASE_OVER :
		    s->left > 0 ? PHASE_SKIP : PHASE_LINE;
		buf_free(&text);
		return;
	}
	buf_set(&s->wire, o.name);
	buf_set(&s->tag, o.tag);
	keep_sha(s->want, o.sha);
	sha256_init(&s->hash);
	begin(s);
	if (s->file == NULL && s->refused == EBUSY) {
		leave(s, orderreply_failure(s->refused));
		return;
	}
	s->phase = PHASE_DATA;
	if (s->left == 0)
		data_end(s);
}

/* Tells the talk of a line, but not its mac. */
static void
tell_line(const struct orderd *s, struct span line)
{
	struct ordline o = { .mac = { line.p, 0 } };
	struct span rest = line;

	if (s->answers.chat.talk == NULL)
		return;
	if (span_case_is(span_take_word(&rest), "ORDER"))
		ordline_parse(&o, rest);
	chat_hear(&s->answers.chat, line,
	    o.mac.n > 0 ? (size_t)(o.mac.p - line.p) : line.n);
}

static void
command(struct orderd *s, struct span line)
{
	struct span word = span_word(line);

	tell_line(s, line);
	if (span_case_is(word, "ORDER"))
		order(s, span_drop(line, word.n));
	else if (span_case_is(span_trim(line), "QUIT"))
		leave(s, "221 bye");
	else
		leave(s, "501 bad line: ORDER or QUIT is expected");
}

/* Takes a line, or the piece of one that is there.  The bytes used. */
static size_t
take_line(struct orderd *s, const char *p, size_t n)
{
	const char *lf = memchr(p, '\n', n);
	size_t used = lf != NULL ? (size_t)(lf - p) + 1 : n;

	if (used > ORDLINE_MAX - s->line.n) {
		leave(s, "501 bad line: too long");
		return n;
	}
	if (lf != NULL && s->line.n == 0) {
		command(s, span_chomp(span_of(p, used)));
		return used;
	}
	buf_add(&s->line, p, used);
	if (lf != NULL) {
		command(s, span_chomp(buf_span(&s->line)));
		buf_clear(&s->line);
	}
	return used;
}

static void
raw_add(struct orderd *s, const char *p, size_t n)
{
	struct buf text = { 0 };

	if (n > s->conf->max - s->octets) {
		drop(s);
		leave(s, too_large(s, &text));
		buf_free(&text);
		return;
	}
	s->octets += n;
	sha256_add(&s->hash, p, n);
	s->conf->store->write(s->file, p, n);
}

/* What is in the line buffer begins an order without a command. */
static void
raw_begin(struct orderd *s)
{
	if (s->conf->key.n > 0) {
		leave(s, "501 bad line: a key is needed here, "
		    "so no raw orders");
		return;
	}
	s->phase = PHASE_RAW;
	s->octets = 0;
	sha256_init(&s->hash);
	begin(s);
	if (s->file == NULL)
		leave(s, orderreply_failure(s->refused));
	else
		raw_add(s, s->line.p, s->line.n);
	buf_free(&s->line);
}

/*
 * Byte for byte, until it is known what this is: a few bytes as a rule, and
 * ORDLINE_MAX at most.
 */
static size_t
take_first(struct orderd *s, const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		buf_addc(&s->line, p[i]);
		switch (ordline_first(buf_span(&s->line))) {
		case ORDLINE_MORE:
			break;
		case ORDLINE_COMMAND:
			s->line.n--;	/* take_line gets this byte again */
			s->phase = PHASE_LINE;
			return i;
		case ORDLINE_OTHER:
			chat_is_other(&s->answers.chat, buf_span(&s->line),
			    "501 bad line: this is orderproto", CHAT_NO_TLS);
			s->phase = PHASE_OVER;
			return n;
		case ORDLINE_RAW:
			raw_begin(s);
			return i + 1;
		}
	}
	return n;
}

static size_t
take_data(struct orderd *s, const char *p, size_t n)
{
	if (n > s->left)
		n = (size_t)s->left;
	sha256_add(&s->hash, p, n);
	if (s->file != NULL)
		s->conf->store->write(s->file, p, n);
	s->left -= n;
	if (s->left == 0)
		data_end(s);
	return n;
}

static size_t
take_skip(struct orderd *s, size_t n)
{
	if (n > s->left)
		n = (size_t)s->left;
	s->left -= n;
	if (s->left == 0)
		s->phase = PHASE_LINE;
	return n;
}

static enum session_verdict
feed(void *session, const char *p, size_t n, size_t *used, struct buf *out)
{
	struct orderd *s = session;
	size_t i = 0;

	s->answers.chat.out = out;
	while (i < n && !s->full && s->phase != PHASE_OVER) {
		switch (s->phase) {
		case PHASE_FIRST:
			i += take_first(s, p + i, n - i);
			break;
		case PHASE_LINE:
			i += take_line(s, p + i, n - i);
			break;
		case PHASE_DATA:
			i += take_data(s, p + i, n - i);
			break;
		case PHASE_SKIP:
			i += take_skip(s, n - i);
			break;
		case PHASE_RAW:
			raw_add(s, p + i, n - i);
			i = n;
			break;
		case PHASE_OVER:
			break;
		}
	}
	*used = i;
	return verdict(s);
}

static enum session_verdict
resume(void *session, struct buf *out)
{
	struct orderd *s = session;

	s->answers.chat.out = out;
	s->full = 0;
	orderreply_commit(&s->answers);
	return verdict(s);
}

/*
 * The peer ended before it was clear what it would say.  A piece of the word
 * ORDER is a command cut short, not an order.
 */
static void
end_first(struct orderd *s)
{
	static const char word[] = "ORDER";
	enum ordline_first first;

	buf_addc(&s->line, '\n');
	first = ordline_first(buf_span(&s->line));
	s->line.n--;
	if (first == ORDLINE_COMMAND || (s->line.n < sizeof word &&
	    memcmp(s->line.p, word, s->line.n) == 0))
		command(s, buf_span(&s->line));
	else
		raw_begin(s);
}

static enum session_verdict
end(void *session, struct buf *out)
{
	struct orderd *s = session;
	char sha[SHA256_HEX];

	s->answers.chat.out = out;
	if (s->phase == PHASE_FIRST && s->line.n > 0)
		end_first(s);
	if (s->phase == PHASE_RAW) {
		digest(s, sha);
		finish(s, sha);
	} else if (s->phase == PHASE_DATA) {
		drop(s);
		reply(s, "501 the order is cut short");
	} else if (s->phase == PHASE_LINE && s->line.n > 0)
		reply(s, "501 bad line: cut short");
	s->phase = PHASE_OVER;
	return verdict(s);
}

static void
expire(void *session, int down, struct buf *out)
{
	struct orderd *s = session;

	s->answers.chat.out = out;
	reply(s, down ? "421 server shutting down, try again later" :
	    "421 idle timeout");
}

static void
close_session(void *session)
{
	struct orderd *s = session;

	drop(s);
	orderreply_free(&s->answers);
	buf_free(&s->nonce);
	buf_free(&s->line);
	buf_free(&s->wire);
	buf_free(&s->name);
	buf_free(&s->tag);
	free(s);
}

const struct session_type orderd_session = {
	.open = open_session, .greet = greet, .feed = feed, .resume = resume,
	.end = end, .expire = expire, .close = close_session,
	.busy = "421 service not available:"
};
