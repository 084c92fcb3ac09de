#include "sasld.h"

#include <stdlib.h>

#include "format/crypt/md5.h"
#include "format/mail/mime.h"
#include "format/wire/name.h"
#include "format/wire/scram.h"

struct sasld {
	const struct sasld_conf *conf;
	const struct mechanism *mechanism;	/* NULL when it is over */
	int steps;		/* responses taken */
	int tried;		/* the last one held a proof */
	struct buf nonce;
	struct buf login;
	struct buf challenge;	/* of CRAM-MD5 */
	struct scram scram;
	struct scram_verifier verifier;
	int known;		/* the verifier is somebody's */
};

struct mechanism {
	const char *name;
	unsigned bit;

	/* The first challenge; where it is NULL the client begins. */
	void (*greet)(struct sasld *s, struct buf *out);
	int initial;		/* the client may begin */

	/* A response, decoded; a challenge is added to out undecoded. */
	enum sasld_next (*step)(struct sasld *s, struct span r,
	    struct buf *out);
};

/* What a login leads to; somebody unknown has it all, too. */
struct account {
	struct span password;
	int verified;		/* there is a verifier, and no password */
	struct scram_verifier verifier;
	int known;
};

/* A salt that stays the same and tells nothing. */
static void
make_salt(const struct sasld_conf *c, struct span login,
    struct scram_verifier *v)
{
	unsigned char digest[SHA256_SIZE];

	memset(v, 0, sizeof *v);
	sha256_hmac(digest, c->key, sizeof c->key, login.p, login.n);
	v->nsalt = SHA256_SIZE / 2;
	memcpy(v->salt, digest, v->nsalt);
}

static void
look_up(const struct sasld_conf *c, struct span login, struct account *a)
{
	struct buf b = { 0 };

	a->known = name_login(&b, login) == 0 &&
	    c->find(c->app, buf_span(&b), &a->password) == 0;
	if (!a->known)
		a->password = span_of(c->key, sizeof c->key);
	a->verified = a->known ? scram_is_verifier(a->password) :
	    c->iterations > 0;
	make_salt(c, buf_span(&b), &a->verifier);
	a->verifier.iterations = c->iterations > 0 ? c->iterations :
	    SCRAM_ITERATIONS;
	if (a->known && a->verified &&
	    scram_verifier(&a->verifier, a->password) < 0)
		a->known = 0;
	buf_free(&b);
}

/* In time that tells nothing of where they differ. */
static int
same(const struct sasld_conf *c, struct span a, struct span b)
{
	unsigned char x[SHA256_SIZE], y[SHA256_SIZE];

	sha256_hmac(x, c->key, sizeof c->key, a.p, a.n);
	sha256_hmac(y, c->key, sizeof c->key, b.p, b.n);
	return sha256_equal(x, y, sizeof x);
}

static void
count(const struct sasld_conf *c, unsigned iterations)
{
	if (c->work != NULL)
		*c->work += iterations;
}

/*
 * Derives v from the password, and computes as long as for the verifier with
 * the most iterations.
 */
static void
derive(const struct sasld_conf *c, struct scram_verifier *v,
    struct span password)
{
	unsigned char none[SHA256_SIZE];
	unsigned rest;

	scram_derive(v, password);
	count(c, v->iterations);
	if (v->iterations >= c->iterations)
		return;
	rest = c->iterations - v->iterations;
	scram_salted(none, password, span_of(c->key, sizeof c->key), rest);
	count(c, rest);
}

/* Where there are verifiers everybody's password is derived. */
int
sasld_password(const struct sasld_conf *conf, struct span login,
    struct span password)
{
	struct scram_verifier v;
	struct account a;
	int right, same_key = 0;

	look_up(conf, login, &a);
	right = same(conf, a.password, password);
	if (conf->iterations > 0 || a.verified) {
		v = a.verifier;
		derive(conf, &v, password);
		same_key = sha256_equal(v.stored,
		    a.verifier.stored, SHA256_SIZE);
	}
	return (a.verified ? same_key : right) && a.known;
}

int
sasld_apop(const struct sasld_conf *conf, struct span login,
    struct span stamp, struct span digest)
{
	char want[MD5_HEX];
	struct account a;

	look_up(conf, login, &a);
	md5_apop(want, stamp, a.password);
	return same(conf, span_str(want), digest) && a.known && !a.verified;
}

static void
set_login(struct sasld *s, struct span login)
{
	buf_clear(&s->login);
	name_login(&s->login, login);
}

/* RFC 4616: authzid NUL authcid NUL password */
static enum sasld_next
step_plain(struct sasld *s, struct span r, struct buf *out)
{
	struct span other = span_cut(&r, '\0'), login = span_cut(&r, '\0');

	(void)out;
	if (login.n == 0 || r.n == 0 || span_find(r, '\0') != NULL)
		return SASLD_MALFORMED;
	set_login(s, login);
	s->tried = 1;
	return sasld_password(s->conf, login, r) &&
	    (other.n == 0 || span_eq(other, login)) ? SASLD_DONE :
	    SASLD_REFUSED;
}

static void
greet_login(struct sasld *s, struct buf *out)
{
	(void)s;
	buf_adds(out, "Username:");
}

/* What is no login is refused when the password has come, too. */
static enum sasld_next
step_login(struct sasld *s, struct span r, struct buf *out)
{
	if (s->steps == 1) {
		set_login(s, r);
		buf_adds(out, "Password:");
		return SASLD_CHALLENGE;
	}
	s->tried = 1;
	return sasld_password(s->conf, buf_span(&s->login), r) ? SASLD_DONE :
	    SASLD_REFUSED;
}

static void
greet_cram(struct sasld *s, struct buf *out)
{
	buf_addc(&s->challenge, '<');
	buf_addspan(&s->challenge, buf_span(&s->nonce));
	buf_addf(&s->challenge, "@%s>", s->conf->host);
	buf_addspan(out, buf_span(&s->challenge));
}

/* RFC 2195: login SP digest */
static enum sasld_next
step_cram(struct sasld *s, struct span r, struct buf *out)
{
	size_t n = MD5_HEX - 1;
	char want[MD5_HEX];
	struct account a;
	struct span login;

	(void)out;
	if (r.n < n + 2 || r.p[r.n - n - 1] != ' ')
		return SASLD_MALFORMED;
	login = span_of(r.p, r.n - n - 1);
	set_login(s, login);
	s->tried = 1;
	look_up(s->conf, login, &a);
	md5_cram(want, a.password, buf_span(&s->challenge));
	return same(s->conf, span_str(want), span_drop(r, r.n - n)) &&
	    a.known && !a.verified ? SASLD_DONE : SASLD_REFUSED;
}

static enum sasld_next
begin_scram(struct sasld *s, struct span r, struct buf *out)
{
	struct buf login = { 0 };
	struct scram_verifier v;
	struct account a;
	int bad;

	bad = scram_server_first(&s->scram, r, &login) < 0;
	if (!bad) {
		set_login(s, buf_span(&login));
		look_up(s->conf, buf_span(&login), &a);
		v = a.verifier;
		if (s->conf->mixed || !a.verified)
			derive(s->conf, &v, a.password);
		s->verifier = a.verified ? a.verifier : v;
		s->known = a.known;
		scram_server_challenge(&s->scram, &s->verifier,
		    buf_span(&s->nonce), out);
	}
	buf_free(&login);
	return bad ? SASLD_MALFORMED : SASLD_CHALLENGE;
}

static enum sasld_next
step_scram(struct sasld *s, struct span r, struct buf *out)
{
	int wrong;

	if (s->steps == 1)
		return begin_scram(s, r, out);
	/* Our signature has gone out: there is nothing left to say. */
	if (s->steps == 3)
		return r.n == 0 ? SASLD_DONE : SASLD_MALFORMED;
	wrong = scram_server_final(&s->scram, r, &s->verifier, out);
	if (wrong < 0)
		return SASLD_MALFORMED;
	s->tried = 1;
	return wrong == 0 && s->known ? SASLD_CHALLENGE : SASLD_REFUSED;
}

/* Best first. */
static const struct mechanism mechanisms[] = {
	{ "SCRAM-SHA-256", SASLD_SCRAM_SHA_256, NULL, 1, step_scram },
	{ "CRAM-MD5", SASLD_CRAM_MD5, greet_cram, 0, step_cram },
	{ "PLAIN", SASLD_PLAIN, NULL, 1, step_plain },
	{ "LOGIN", SASLD_LOGIN, greet_login, 1, step_login },
};

unsigned
sasld_possible(unsigned iterations)
{
	unsigned all = SASLD_SCRAM_SHA_256 | SASLD_CRAM_MD5 | SASLD_PLAIN |
	    SASLD_LOGIN;

	return iterations > 0 ? all & ~(unsigned)SASLD_CRAM_MD5 : all;
}

void
sasld_names(struct buf *b, unsigned set)
{
	const char *blank = "";
	size_t i;

	for (i = 0; i < COUNT(mechanisms); i++)
		if ((set & mechanisms[i].bit) != 0) {
			buf_adds(b, blank);
			buf_adds(b, mechanisms[i].name);
			blank = " ";
		}
}

struct sasld *
sasld_open(const struct sasld_conf *conf)
{
	struct sasld *s;

	s = die_calloc(1, sizeof *s);
	s->conf = conf;
	return s;
}

void
sasld_close(struct sasld *s)
{
	if (s == NULL)
		return;
	buf_free(&s->nonce);
	buf_free(&s->login);
	buf_free(&s->challenge);
	scram_free(&s->scram);
	free(s);
}

/* Adds a challenge to out in base64. */
static void
challenge(struct buf *out, struct buf *text)
{
	mime_base64(out, text->p, text->n);
	buf_free(text);
}

static enum sasld_next
take_response(struct sasld *s, struct span line, struct buf *out)
{
	struct buf response = { 0 }, text = { 0 };
	enum sasld_next next = SASLD_MALFORMED;

	s->steps++;
	s->tried = 0;
	if (line.n <= SASLD_LINE_MAX &&
	    mime_base64_decode(&response, line) == 0) {
		buf_str(&response);
		next = s->mechanism->step(s, buf_span(&response), &text);
	}
	buf_free(&response);
	if (next == SASLD_CHALLENGE)
		challenge(out, &text);
	else
		s->mechanism = NULL;
	buf_free(&text);
	return next;
}

enum sasld_next
sasld_start(struct sasld *s, struct span name, struct span initial,
    struct span nonce, struct buf *out)
{
	struct buf text = { 0 };
	const struct mechanism *m;

	m = SPAN_LOOKUP(name, mechanisms);
	if (m == NULL || (s->conf->mechanisms & m->bit) == 0)
		return SASLD_UNKNOWN;
	if (initial.n > 0 && !m->initial)
		return SASLD_MALFORMED;
	s->mechanism = m;
	buf_addspan(&s->nonce, nonce);
	if (initial.n > 0)
		return take_response(s, span_is(initial, "=") ?
		    span_of(initial.p, 0) : initial, out);
	if (m->greet != NULL)
		m->greet(s, &text);
	challenge(out, &text);
	return SASLD_CHALLENGE;
}

enum sasld_next
sasld_step(struct sasld *s, struct span line, struct buf *out)
{
	if (s->mechanism == NULL)
		return SASLD_MALFORMED;
	if (span_is(line, "*")) {
		s->mechanism = NULL;
		s->tried = 0;
		return SASLD_CANCELLED;
	}
	return take_response(s, line, out);
}

struct span
sasld_login(const struct sasld *s)
{
	return buf_span(&s->login);
}

int
sasld_has_tried(const struct sasld *s)
{
	return s->tried;
}

long
sasld_tried(const struct sasld_conf *conf, struct span login,
    const char *peer)
{
	struct buf b = { 0 };
	long ms = 0;

	if (conf->tried != NULL) {
		name_login(&b, login);
		ms = conf->tried(conf->app, buf_span(&b), peer);
	}
	buf_free(&b);
	return ms;
}

void
sasld_passed(const struct sasld_conf *conf, struct span login,
    const char *peer)
{
	struct buf b = { 0 };

	if (conf->passed != NULL) {
		name_login(&b, login);
		conf->passed(conf->app, buf_span(&b), peer);
	}
	buf_free(&b);
}
