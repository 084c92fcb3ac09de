/*
 * format/crypt/scram: the examples of RFC 7677 and 7914, and what is
 * malformed.
 */
#include "test.h"

#include "format/wire/scram.h"

#define NONCE "rOprNGfwEbeRWgbNEkqO"
#define MORE "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
#define SALT "W22ZaJ0SNY7soEsUEjb6gQ=="
#define FIRST "n,,n=user,r=" NONCE
#define CHALLENGE "r=" NONCE MORE ",s=" SALT ",i=4096"
#define PROOF "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
#define FINAL "c=biws,r=" NONCE MORE ",p=" PROOF
#define SIGNATURE "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
#define VERIFIER "SCRAM-SHA-256$4096:" SALT \
	"$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:" \
	"wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="

static void
check_salted(const char *password, const char *salt, unsigned n,
    const char *want)
{
	unsigned char salted[SHA256_SIZE];
	char hex[SHA256_HEX];

	scram_salted(salted, span_str(password), span_str(salt), n);
	sha256_hex(hex, salted, sizeof salted);
	CHECK_STR(hex, want);
}

static void
test_salted(void)
{
	check_salted("passwd", "salt", 1, "55ac046e56e3089fec1691c22544b605"
	    "f94185216dde0465e68b9d57c20dacbc");
	check_salted("Password", "NaCl", 80000,
	    "4ddcd8f60b98be21830cee5ef22701f9"
	    "641a4418d04c0414aeff08876b34ab56");
}

/* The client's side with the given words of the server. */
static const char *
client(const char *password, const char *challenge, const char *last,
    struct buf *said)
{
	struct scram s = { 0 };
	const char *why;

	buf_clear(said);
	scram_client_first(&s, span_str("user"), span_str(NONCE), said);
	CHECK_BUF(said, FIRST);
	buf_clear(said);
	why = scram_client_final(&s, span_str(challenge), span_str(password),
	    said);
	if (why == NULL)
		why = scram_client_check(&s, span_str(last));
	scram_free(&s);
	return why;
}

static void
test_client(void)
{
	struct buf said = { 0 };

	CHECK(client("pencil", CHALLENGE, SIGNATURE, &said) == NULL);
	CHECK_BUF(&said, FINAL);
	CHECK(client("pencils", CHALLENGE, SIGNATURE, &said) != NULL);

	/* The last words. */
	CHECK_STR(client("pencil", CHALLENGE, "e=invalid-proof", &said),
	    "the server refuses the proof");
	CHECK(client("pencil", CHALLENGE, "v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5n"
	    "LTJRsjl95G4=", &said) != NULL);
	CHECK(client("pencil", CHALLENGE, "v=6rriTRBi23WpRR", &said) != NULL);
	CHECK(client("pencil", CHALLENGE, "v=", &said) != NULL);
	CHECK(client("pencil", CHALLENGE, "", &said) != NULL);

	/* The challenge. */
	CHECK_STR(client("pencil", "r=" NONCE ",s=" SALT ",i=4096", "", &said),
	    "the server's nonce does not continue ours");
	CHECK(client("pencil", "r=x" NONCE ",s=" SALT ",i=4096", "", &said)
	    != NULL);
	CHECK(client("pencil", "r=" NONCE "\n,s=" SALT ",i=4096", "", &said)
	    != NULL);
	CHECK_STR(client("pencil", "r=" NONCE "x,s=" SALT ",i=4095", "",
	    &said), "the server's iteration count is out of bounds");
	CHECK_STR(client("pencil", "r=" NONCE "x,s=" SALT ",i=1000001", "",
	    &said), "the server's iteration count is out of bounds");
	CHECK(client("pencil", "r=" NONCE "x,s=" SALT ",i=-1", "", &said)
	    != NULL);
	CHECK(client("pencil", "r=" NONCE "x,s=,i=4096", "", &said) != NULL);
	CHECK(client("pencil", "r=" NONCE "x,s=W22,i=4096", "", &said)
	    != NULL);
	CHECK(client("pencil", "m=x,r=" NONCE "x,s=" SALT ",i=4096", "",
	    &said) != NULL);
	CHECK(client("pencil", "r=" NONCE "x,s=" SALT, "", &said) != NULL);
	CHECK(client("pencil", "", "", &said) != NULL);
	CHECK_BUF(&said, "");
	buf_free(&said);
}

/* Cut at each place, the challenge is refused or still whole. */
static void
test_cut(void)
{
	struct buf said = { 0 }, cut = { 0 };
	size_t n;

	for (n = 0; n < sizeof CHALLENGE - 1; n++) {
		buf_clear(&cut);
		buf_add(&cut, CHALLENGE, n);
		CHECK(client("pencil", buf_str(&cut), SIGNATURE, &said)
		    != NULL);
	}
	buf_free(&said);
	buf_free(&cut);
}

/* The server's side: -2 where the first message is malformed. */
static int
server(const char *first, const char *last, const char *verifier,
    struct buf *said)
{
	struct scram_verifier v;
	struct buf login = { 0 };
	struct scram s = { 0 };
	int r = -2;

	CHECK_INT(scram_verifier(&v, span_str(verifier)), 0);
	buf_clear(said);
	if (scram_server_first(&s, span_str(first), &login) == 0) {
		CHECK_BUF(&login, "user");
		scram_server_challenge(&s, &v, span_str(MORE), said);
		CHECK_BUF(said, CHALLENGE);
		buf_clear(said);
		r = scram_server_final(&s, span_str(last), &v, said);
	}
	scram_free(&s);
	buf_free(&login);
	return r;
}

static void
test_server(void)
{
	struct buf said = { 0 };

	CHECK_INT(server(FIRST, FINAL, VERIFIER, &said), 0);
	CHECK_BUF(&said, SIGNATURE);
	CHECK_INT(server(FIRST, "c=biws,r=" NONCE MORE ",p=eHzbZapWIk4jUhN+Ute9"
	    "ytag9zjfMHgsqmmiz7AndVQ=", VERIFIER, &said), 1);
	CHECK_BUF(&said, "");
	/* What the client believes of the binding is signed too. */
	CHECK_INT(server("y,,n=user,r=" NONCE, FINAL, VERIFIER, &said), -1);
	CHECK_INT(server("y,,n=user,r=" NONCE, "c=eSws,r=" NONCE MORE ",p="
	    PROOF, VERIFIER, &said), 1);
	CHECK_INT(server(FIRST, "c=biws,r=" NONCE ",p=" PROOF, VERIFIER,
	    &said), -1);
	CHECK_INT(server(FIRST, "c=biws,r=" NONCE MORE ",p=", VERIFIER, &said),
	    -1);
	CHECK_INT(server(FIRST, "c=biws,r=" NONCE MORE, VERIFIER, &said), -1);
	CHECK_INT(server(FIRST, FINAL "x", VERIFIER, &said), -1);
	CHECK_INT(server(FIRST, "", VERIFIER, &said), -1);

	CHECK_INT(server("n,a=user,n=user,r=" NONCE, "", VERIFIER, &said), -1);
	CHECK_INT(server("n,a=root,n=user,r=" NONCE, "", VERIFIER, &said), -2);
	CHECK_INT(server("n,x=user,n=user,r=" NONCE, "", VERIFIER, &said), -2);
	CHECK_INT(server("p=tls-unique,,n=user,r=" NONCE, "", VERIFIER, &said),
	    -2);
	CHECK_INT(server("n,,m=x,n=user,r=" NONCE, "", VERIFIER, &said), -2);
	CHECK_INT(server("n,,n=user,r=", "", VERIFIER, &said), -2);
	CHECK_INT(server("n,,n=,r=" NONCE, "", VERIFIER, &said), -2);
	CHECK_INT(server("n,,n=us=er,r=" NONCE, "", VERIFIER, &said), -2);
	CHECK_INT(server("n,,n=user=2,r=" NONCE, "", VERIFIER, &said), -2);
	CHECK_INT(server("n", "", VERIFIER, &said), -2);
	CHECK_INT(server("", "", VERIFIER, &said), -2);
	buf_free(&said);
}

/* The longest first message, and one octet more. */
static void
test_limit(void)
{
	struct scram most = { 0 }, more = { 0 };
	struct buf first = { 0 }, login = { 0 };

	buf_adds(&first, "n,,n=user,r=");
	while (first.n < SCRAM_MESSAGE_MAX)
		buf_addc(&first, 'x');
	CHECK_INT(scram_server_first(&most, buf_span(&first), &login), 0);
	buf_addc(&first, 'x');
	CHECK_INT(scram_server_first(&more, buf_span(&first), &login), -1);
	scram_free(&most);
	scram_free(&more);
	buf_free(&first);
	buf_free(&login);
}

/* A name with the two characters that must be escaped. */
static void
test_name(void)
{
	struct scram c = { 0 }, s = { 0 };
	struct buf first = { 0 }, login = { 0 };

	scram_client_first(&c, span_str("a=b,c"), span_str("x"), &first);
	CHECK_BUF(&first, "n,,n=a=3Db=2Cc,r=x");
	CHECK_INT(scram_server_first(&s, buf_span(&first), &login), 0);
	CHECK_BUF(&login, "a=b,c");
	scram_free(&c);
	scram_free(&s);
	buf_free(&first);
	buf_free(&login);
}

static int
verifier(const char *text)
{
	struct scram_verifier v;

	return scram_verifier(&v, span_str(text));
}

static void
test_verifier(void)
{
	struct scram_verifier v, w;
	const char *keys = strrchr(VERIFIER, '$');
	struct buf b = { 0 };

	CHECK_INT(scram_verifier(&v, span_str(VERIFIER)), 0);
	CHECK_INT(v.iterations, 4096);
	CHECK_INT(v.nsalt, 16);
	w = v;
	scram_derive(&w, span_str("pencil"));
	CHECK_INT(memcmp(w.stored, v.stored, SHA256_SIZE), 0);
	CHECK_INT(memcmp(w.server, v.server, SHA256_SIZE), 0);
	scram_derive(&w, span_str("Pencil"));
	CHECK(memcmp(w.stored, v.stored, SHA256_SIZE) != 0);

	CHECK_INT(verifier("pencil"), -1);
	CHECK_INT(verifier("SCRAM-SHA-256$"), -1);
	CHECK_INT(verifier(VERIFIER "="), -1);
	buf_addf(&b, "SCRAM-SHA-256$4095:%s%s", SALT, keys);
	CHECK_INT(verifier(buf_str(&b)), -1);
	buf_clear(&b);
	buf_addf(&b, "SCRAM-SHA-256$4096%s%s", SALT, keys);
	CHECK_INT(verifier(buf_str(&b)), -1);
	buf_clear(&b);
	buf_addf(&b, "SCRAM-SHA-256$4096:%s", keys);
	CHECK_INT(verifier(buf_str(&b)), -1);
	buf_clear(&b);
	buf_addf(&b, "SCRAM-SHA-256$4096:%s$%s:QUJD", SALT, PROOF);
	CHECK_INT(verifier(buf_str(&b)), -1);
	buf_free(&b);
}

int
main(void)
{
	test_salted();
	test_client();
	test_cut();
	test_server();
	test_limit();
	test_name();
	test_verifier();
	return test_end();
}
