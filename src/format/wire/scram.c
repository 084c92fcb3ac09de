#include "scram.h"

#include "format/mail/mime.h"

static const char scheme[] = "SCRAM-SHA-256$";

void
scram_free(struct scram *s)
{
	buf_free(&s->gs2);
	buf_free(&s->auth);
	buf_free(&s->nonce);
}

void
scram_salted(unsigned char salted[SHA256_SIZE], struct span password,
    struct span salt, unsigned iterations)
{
	unsigned char digest[SHA256_SIZE];
	struct sha256 inner, outer, first;
	unsigned i, j;

	sha256_key(&inner, &outer, password.p, password.n);
	first = inner;
	sha256_add(&first, salt.p, salt.n);
	sha256_code(digest, first, outer, "\0\0\0\1", 4);
	memcpy(salted, digest, SHA256_SIZE);
	for (i = 1; i < iterations; i++) {
		sha256_code(digest, inner, outer, digest, SHA256_SIZE);
		for (j = 0; j < SHA256_SIZE; j++)
			salted[j] ^= digest[j];
	}
}

static void
hmac(unsigned char digest[SHA256_SIZE], const unsigned char key[SHA256_SIZE],
    struct span s)
{
	sha256_hmac(digest, key, SHA256_SIZE, s.p, s.n);
}

/* StoredKey is the hash of ClientKey. */
static void
store(unsigned char stored[SHA256_SIZE], const unsigned char key[SHA256_SIZE])
{
	struct sha256 h;

	sha256_init(&h);
	sha256_add(&h, key, SHA256_SIZE);
	sha256_end(&h, stored);
}

/* As scram_derive, and the ClientKey that a server does not keep. */
static void
derive(struct scram_verifier *v, struct span password,
    unsigned char key[SHA256_SIZE])
{
	unsigned char salted[SHA256_SIZE];

	scram_salted(salted, password, span_of(v->salt, v->nsalt),
	    v->iterations);
	hmac(key, salted, span_str("Client Key"));
	store(v->stored, key);
	hmac(v->server, salted, span_str("Server Key"));
}

void
scram_derive(struct scram_verifier *v, struct span password)
{
	unsigned char key[SHA256_SIZE];

	derive(v, password, key);
}

/* Takes "name=value" and the comma behind it: 0, or -1. */
static int
take_field(struct span *s, char name, struct span *value)
{
	if (s->n < 2 || s->p[0] != name || s->p[1] != '=')
		return -1;
	*value = span_drop(span_cut(s, ','), 2);
	return 0;
}

/* Base64 of 1 to max bytes; how many, or 0. */
static size_t
decode(unsigned char *p, size_t max, struct span s)
{
	struct buf b = { 0 };
	size_t n = 0;

	if (s.n <= (max + 2) / 3 * 4 && mime_base64_decode(&b, s) == 0 &&
	    b.n > 0 && b.n <= max) {
		memcpy(p, b.p, b.n);
		n = b.n;
	}
	buf_free(&b);
	return n;
}

static int
decode_key(unsigned char key[SHA256_SIZE], struct span s)
{
	return decode(key, SHA256_SIZE, s) == SHA256_SIZE ? 0 : -1;
}

/* How many iterations text asks for; 0 when that is out of bounds. */
static unsigned
iterations(struct span s)
{
	uintmax_t u;

	return span_number(s, &u) == 0 && u >= SCRAM_ITERATIONS &&
	    u <= SCRAM_ITERATIONS_MAX ? (unsigned)u : 0;
}

int
scram_is_verifier(struct span s)
{
	return span_begins(s, scheme);
}

int
scram_verifier(struct scram_verifier *v, struct span s)
{
	struct span params;

	if (!scram_is_verifier(s))
		return -1;
	s = span_drop(s, sizeof scheme - 1);
	params = span_cut(&s, '$');
	v->iterations = iterations(span_cut(&params, ':'));
	v->nsalt = decode(v->salt, sizeof v->salt, params);
	if (v->iterations == 0 || v->nsalt == 0 ||
	    decode_key(v->stored, span_cut(&s, ':')) < 0)
		return -1;
	return decode_key(v->server, s);
}

/* Printable ASCII without commas, RFC 5802 7. */
static int
is_nonce(struct span s)
{
	return span_is_graph(s) && span_find(s, ',') == NULL;
}

void
scram_client_first(struct scram *s, struct span login, struct span nonce,
    struct buf *out)
{
	size_t i;

	buf_adds(&s->gs2, "n,,");
	buf_addspan(&s->nonce, nonce);
	buf_adds(&s->auth, "n=");
	for (i = 0; i < login.n; i++)
		if (login.p[i] == ',')
			buf_adds(&s->auth, "=2C");
		else if (login.p[i] == '=')
			buf_adds(&s->auth, "=3D");
		else
			buf_addc(&s->auth, login.p[i]);
	buf_adds(&s->auth, ",r=");
	buf_addspan(&s->auth, nonce);
	buf_addspan(out, buf_span(&s->gs2));
	buf_addspan(out, buf_span(&s->auth));
}

/* The client's proof XOR ClientKey is the signature: the same both ways. */
static void
prove(unsigned char proof[SHA256_SIZE], const struct scram *s,
    const struct scram_verifier *v)
{
	unsigned char signature[SHA256_SIZE];
	size_t i;

	hmac(signature, v->stored, buf_span(&s->auth));
	for (i = 0; i < SHA256_SIZE; i++)
		proof[i] ^= signature[i];
}

/* Adds a final message's part that is signed: c=gs2,r=nonce. */
static void
add_final(struct buf *b, const struct scram *s)
{
	buf_adds(b, "c=");
	mime_base64(b, s->gs2.p, s->gs2.n);
	buf_adds(b, ",r=");
	buf_addspan(b, buf_span(&s->nonce));
}

static void
add_signed(struct scram *s, struct span message)
{
	buf_addc(&s->auth, ',');
	buf_addspan(&s->auth, message);
}

/* The server's first message: NULL, or what is wrong with it. */
static const char *
read_challenge(struct scram *s, struct scram_verifier *v, struct span rest)
{
	struct span nonce, salt, count;

	if (rest.n > SCRAM_MESSAGE_MAX || take_field(&rest, 'r', &nonce) < 0 ||
	    take_field(&rest, 's', &salt) < 0 ||
	    take_field(&rest, 'i', &count) < 0)
		return "the server's challenge is malformed";
	if (!is_nonce(nonce) || nonce.n <= s->nonce.n ||
	    memcmp(nonce.p, s->nonce.p, s->nonce.n) != 0)
		return "the server's nonce does not continue ours";
	v->nsalt = decode(v->salt, sizeof v->salt, salt);
	if (v->nsalt == 0)
		return "the server's salt is malformed";
	v->iterations = iterations(count);
	if (v->iterations == 0)
		return "the server's iteration count is out of bounds";
	buf_set(&s->nonce, nonce);
	return NULL;
}

const char *
scram_client_final(struct scram *s, struct span message, struct span password,
    struct buf *out)
{
	unsigned char proof[SHA256_SIZE];
	struct scram_verifier v;
	size_t start = out->n;
	const char *why;

	why = read_challenge(s, &v, message);
	if (why != NULL)
		return why;
	add_signed(s, message);
	add_final(out, s);
	add_signed(s, span_of(out->p + start, out->n - start));
	derive(&v, password, proof);
	hmac(s->signature, v.server, buf_span(&s->auth));
	prove(proof, s, &v);
	buf_adds(out, ",p=");
	mime_base64(out, proof, sizeof proof);
	return NULL;
}

const char *
scram_client_check(struct scram *s, struct span message)
{
	unsigned char got[SHA256_SIZE];
	struct span value;

	if (message.n > SCRAM_MESSAGE_MAX)
		return "the server's last message is malformed";
	if (take_field(&message, 'e', &value) == 0)
		return "the server refuses the proof";
	if (take_field(&message, 'v', &value) < 0 ||
	    decode_key(got, value) < 0)
		return "the server's last message is malformed";
	return sha256_equal(got, s->signature, sizeof got) ? NULL :
	    "the server's signature is wrong: it does not know the password";
}

/* A name with =2C and =3D in it: 0, or -1. */
static int
add_name(struct buf *b, struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (s.p[i] != '=') {
			buf_addc(b, s.p[i]);
			continue;
		}
		if (s.n - i < 3 || s.p[i + 1] < '2' || s.p[i + 1] > '3')
			return -1;
		if (s.p[i + 2] != (s.p[i + 1] == '2' ? 'C' : 'D'))
			return -1;
		buf_addc(b, s.p[i + 1] == '2' ? ',' : '=');
		i += 2;
	}
	return s.n > 0 ? 0 : -1;
}

/* A name to act as, if there is one, must be the login itself. */
static int
same_name(struct span as, struct span login)
{
	if (as.n == 0)
		return 1;
	as = span_drop(as, 2);
	return span_eq(as, login);
}

int
scram_server_first(struct scram *s, struct span message, struct buf *login)
{
	struct span rest = message, flag, as, name, nonce;
	size_t n;

	if (message.n > SCRAM_MESSAGE_MAX)
		return -1;
	flag = span_cut(&rest, ',');
	as = span_cut(&rest, ',');
	n = message.n - rest.n;
	if ((!span_is(flag, "n") && !span_is(flag, "y")) ||
	    (as.n > 0 && (as.n < 2 || memcmp(as.p, "a=", 2) != 0)))
		return -1;
	buf_add(&s->gs2, message.p, n);
	buf_addspan(&s->auth, rest);
	if (take_field(&rest, 'n', &name) < 0 ||
	    take_field(&rest, 'r', &nonce) < 0 || !is_nonce(nonce) ||
	    !same_name(as, name))
		return -1;
	buf_addspan(&s->nonce, nonce);
	return add_name(login, name);
}

void
scram_server_challenge(struct scram *s, const struct scram_verifier *v,
    struct span nonce, struct buf *out)
{
	size_t start = out->n;

	buf_addspan(&s->nonce, nonce);
	buf_adds(out, "r=");
	buf_addspan(out, buf_span(&s->nonce));
	buf_adds(out, ",s=");
	mime_base64(out, v->salt, v->nsalt);
	buf_addf(out, ",i=%u", v->iterations);
	add_signed(s, span_of(out->p + start, out->n - start));
}

int
scram_server_final(struct scram *s, struct span message,
    const struct scram_verifier *v, struct buf *out)
{
	unsigned char proof[SHA256_SIZE], stored[SHA256_SIZE], mac[SHA256_SIZE];
	struct buf want = { 0 };
	struct span rest;
	int same;

	add_final(&want, s);
	same = message.n <= SCRAM_MESSAGE_MAX && message.n >= want.n &&
	    memcmp(message.p, want.p, want.n) == 0;
	if (same) {
		add_signed(s, buf_span(&want));
		rest = span_drop(message, want.n);
	}
	buf_free(&want);
	if (!same || rest.n < 4 || memcmp(rest.p, ",p=", 3) != 0 ||
	    decode_key(proof, span_drop(rest, 3)) < 0)
		return -1;
	prove(proof, s, v);
	store(stored, proof);
	if (!sha256_equal(stored, v->stored, sizeof stored))
		return 1;
	hmac(mac, v->server, buf_span(&s->auth));
	buf_adds(out, "v=");
	mime_base64(out, mac, sizeof mac);
	return 0;
}
