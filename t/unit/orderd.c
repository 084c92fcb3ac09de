/*
 * orderd: whole sessions in memory, with a store that keeps orders in an
 * array.  Each is fed in one piece and in pieces of every other size, and
 * must come out the same.
 */
#include "server/order/orderd.h"

#include <errno.h>
#include <stdlib.h>

#include "test.h"

#define NONCE "n0nce"
#define GREETING "220 here orderrecv 1 " NONCE "\r\n"
#define HELLO "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define MAX 100
#define BYE "221 bye\r\n"

struct file {
	struct file *next;
	struct cache *cache;
	struct buf data, name, tag;
	int waits, stored;
};

/* The store: keeps what was committed, by name, content and tag. */
struct cache {
	struct file *kept, *waiting;
	int files;		/* not dropped yet */
	int commits, fail_begin, fail, group;
	int failure;		/* errno */
	struct buf log;		/* name=data; for each stored */
};

static void *
begin(void *arg)
{
	struct cache *s = arg;
	struct file *f;

	if (s->fail_begin) {
		errno = s->failure;
		return NULL;
	}
	f = calloc(1, sizeof *f);
	f->cache = s;
	s->files++;
	return f;
}

static void
write_data(void *file, const void *p, size_t n)
{
	buf_add(&((struct file *)file)->data, p, n);
}

static int
finish(void *file, struct span name, const char *hex, struct span tag)
{
	struct file *f = file, **at = &f->cache->waiting;
	int n = 1;

	CHECK(strlen(hex) == 64);
	CHECK(name.n > 0 || tag.n == 0);
	buf_addspan(&f->name, name.n == 0 ? span_str("raw") : name);
	buf_addspan(&f->tag, tag);
	f->waits = 1;
	for (; *at != NULL; at = &(*at)->next)
		n++;
	*at = f;
	return n >= f->cache->group;
}

static int
outcome(void *file, struct span *name)
{
	struct file *f = file;

	if (f->cache->fail)
		return f->cache->failure;
	*name = buf_span(&f->name);
	return f->stored ? 0 : EEXIST;
}

static void
drop(void *file)
{
	struct file *f = file, **at = &f->cache->waiting;

	f->cache->files--;
	if (f->stored)
		return;
	for (; *at != NULL && f->waits; at = &(*at)->next)
		if (*at == f) {
			*at = f->next;
			break;
		}
	buf_free(&f->data);
	buf_free(&f->name);
	buf_free(&f->tag);
	free(f);
}

static int
is_kept(const struct cache *s, const struct file *f)
{
	const struct file *k;

	for (k = s->kept; k != NULL; k = k->next)
		if (span_eq(buf_span(&k->name), buf_span(&f->name)) &&
		    span_eq(buf_span(&k->data), buf_span(&f->data)) &&
		    span_eq(buf_span(&k->tag), buf_span(&f->tag)))
			return 1;
	return 0;
}

static void
commit(struct cache *s)
{
	struct file *f;

	s->commits++;
	while ((f = s->waiting) != NULL) {
		s->waiting = f->next;
		f->waits = 0;
		if (s->fail || is_kept(s, f))
			continue;
		f->stored = 1;
		f->next = s->kept;
		s->kept = f;
		buf_addspan(&s->log, buf_span(&f->name));
		buf_addc(&s->log, '=');
		buf_addspan(&s->log, buf_span(&f->data));
		buf_addc(&s->log, ';');
	}
}

static void
empty(struct cache *s)
{
	struct file *f;

	while ((f = s->kept) != NULL) {
		s->kept = f->next;
		buf_free(&f->data);
		buf_free(&f->name);
		buf_free(&f->tag);
		free(f);
	}
	buf_free(&s->log);
}

/*
 * Feeds pieces of at most piece bytes until it is over; then the end.  The
 * commit comes as soon, or as late, as the session lets it.
 */
static enum session_verdict
converse(void *d, struct cache *s, struct span in, size_t piece,
    int late, struct buf *out)
{
	enum session_verdict v = SESSION_MORE;
	size_t used, n;
	int ended = 0;

	while (v != SESSION_CLOSE) {
		if (v == SESSION_COMMIT ||
		    (v == SESSION_SOON && (!late || in.n == 0))) {
			commit(s);
			v = orderd_session.resume(d, out);
			CHECK(v == SESSION_MORE || v == SESSION_CLOSE);
		} else if (in.n > 0) {
			n = in.n < piece ? in.n : piece;
			v = orderd_session.feed(d, in.p, n, &used, out);
			CHECK(used == n || (used < n &&
			    (v == SESSION_COMMIT || v == SESSION_CLOSE)));
			in = span_of(in.p + used, in.n - used);
		} else if (!ended) {
			v = orderd_session.end(d, out);
			ended = 1;
		} else {
			break;
		}
	}
	return v;
}

static void
add_nonce(struct buf *b)
{
	buf_adds(b, NONCE);
}

static void
use(struct orderd_conf *conf, struct cache *s)
{
	static const struct order_store store = {
		.begin = begin, .write = write_data, .finish = finish,
		.outcome = outcome, .drop = drop
	};

	conf->host = "here";
	conf->nonce = add_nonce;
	conf->max = MAX;
	conf->store = &store;
	conf->store_arg = s;
}

/* What is said to in, and what is stored then. */
static void
expect_as(const struct orderd_conf *like, const struct cache *cache,
    struct span in, const char *said, const char *stored)
{
	struct orderd_conf conf = *like;
	struct cache s;
	struct buf out = { 0 };
	void *d;
	size_t piece;

	for (piece = 2 * in.n + 2; piece > 1; piece--) {
		s = *cache;
		use(&conf, &s);
		d = orderd_session.open(&conf, "", 0, NULL);
		orderd_session.greet(d, &out);
		CHECK_BUF(&out, GREETING);
		buf_clear(&out);
		CHECK_INT(converse(d, &s, in, piece / 2, piece % 2, &out),
		    SESSION_CLOSE);
		CHECK_BUF(&out, said);
		CHECK_BUF(&s.log, stored);
		orderd_session.close(d);
		CHECK_INT(s.files, 0);
		CHECK(s.waiting == NULL);
		empty(&s);
		buf_clear(&out);
	}
	buf_free(&out);
}

static const struct cache plain = { .group = 100 };
static const struct orderd_conf open_to_all = { .host = "here",
	.nonce = add_nonce };

static void
expect(const char *in, const char *said, const char *stored)
{
	expect_as(&open_to_all, &plain, span_str(in), said, stored);
}

#define STORED(name) "250 stored " name " 5 " HELLO "\r\n"
#define DUPLICATE(name) "250 duplicate " name " 5 " HELLO "\r\n"
#define ORDER(name, tag) "ORDER 5 " HELLO " " name " " tag "\r\nhello"

static void
test_orders(void)
{
	expect("", "", "");
	expect("QUIT\r\n", BYE, "");
	expect("quit\n", BYE, "");
	expect(ORDER("a", "-") "QUIT\r\n", STORED("a") BYE, "a=hello;");
	expect(ORDER("a", "-"), STORED("a"), "a=hello;");
	expect("order 5 " HELLO " a -\nhelloQUIT\n", STORED("a") BYE,
	    "a=hello;");
	expect("ORDER 5 2CF24DBA5FB0A30E26E83B2AC5B9E29E1B161E5C1FA7425E"
	    "73043362938B9824 a -\nhello", STORED("a"), "a=hello;");
	expect("ORDER 0 " EMPTY " a -\r\nQUIT\r\n",
	    "250 stored a 0 " EMPTY "\r\n" BYE, "a=;");
	expect(ORDER("a%20b", "-") ORDER("%61%2Etxt", "-"),
	    STORED("a%20b") STORED("a.txt"), "a b=hello;a.txt=hello;");
	/* The same again, in one group and not; another tag; another name. */
	expect(ORDER("a", "-") ORDER("a", "-") ORDER("a", "t")
	    ORDER("b", "-") ORDER("b", "-") "QUIT\r\n", STORED("a")
	    DUPLICATE("a") STORED("a") STORED("b") DUPLICATE("b") BYE,
	    "a=hello;a=hello;b=hello;");
	/* After QUIT nothing is taken. */
	expect("QUIT\r\n" ORDER("a", "-"), BYE, "");
}

static void
test_refusals(void)
{
	/* Of known size: read, dropped, and in its turn. */
	expect(ORDER("a", "-") ORDER("..%2Fx", "-") "ORDER 5 " EMPTY
	    " b -\r\nhello" ORDER("c", "-") "QUIT\r\n", STORED("a")
	    "501 bad line: the name begins with a dot\r\n"
	    "554 checksum differs\r\n" STORED("c") BYE,
	    "a=hello;c=hello;");
	expect("ORDER 6 " HELLO "\r\nQUIT\r\n" ORDER("a", "-"),
	    "501 bad line: the name is missing\r\n" STORED("a"),
	    "a=hello;");
	expect("ORDER 0 x a -\r\nQUIT\r\n",
	    "501 bad line: the checksum is not 64 hex digits\r\n" BYE, "");
	/* Of a size that is unknown or too large: the end. */
	expect("ORDER x " HELLO " a -\r\n" ORDER("a", "-"),
	    "501 bad line: the size is not a number\r\n", "");
	expect("ORDER 101 " HELLO " a -\r\n" ORDER("a", "-"),
	    "552 too large: at most 100 octets\r\n", "");
	expect("ORDER 5 " HELLO " a -\r\nhelloHELP\r\nQUIT\r\n", STORED("a")
	    "501 bad line: ORDER or QUIT is expected\r\n", "a=hello;");
	expect("ORDER\r\nQUIT\r\n",
	    "501 bad line: the size is not a number\r\n", "");
	/* Cut short, each time: nothing is stored, and no part of it raw. */
	expect("ORDER 5 " HELLO " a -\r\nhell",
	    "501 the order is cut short\r\n", "");
	expect("ORDER 5 " HELLO " a", "501 bad line: cut short\r\n", "");
	expect("ORDE", "501 bad line: ORDER or QUIT is expected\r\n", "");
	expect("ORDER", "501 bad line: the size is not a number\r\n", "");
	expect("QUIT", BYE, "");
	expect(ORDER("a", "-") "ORDE", STORED("a")
	    "501 bad line: cut short\r\n", "a=hello;");
}

static void
test_raw(void)
{
	struct buf text = { 0 };
	size_t i;

	expect("hello", STORED("raw"), "raw=hello;");
	expect("order\r\nQUIT\r\n", "250 stored raw 13 4d071794a05c3847d793"
	    "c0f5f63db5553bbcae58b1c9bfc0973ac2244971ee73\r\n",
	    "raw=order\r\nQUIT\r\n;");
	expect("HELLO WORLD", "250 stored raw 11 787ec76dcafd20c1908eb0936a12f"
	    "91edd105ab5cd7ecc2b1ae2032648345dff\r\n", "raw=HELLO WORLD;");
	for (i = 0; i < MAX + 1; i++)
		buf_addc(&text, 'x');
	expect(buf_str(&text), "552 too large: at most 100 octets\r\n", "");
	buf_free(&text);
}

#define NOT(what) "501 bad line: this is orderproto, not " what "\r\n"

/* Browsers and other strangers, whose greeting is no order. */
static void
test_strangers(void)
{
	static const char tls[] = "\x16\x03\x01\x00\x10\x01\x00\x00\x0c"
	    "\x03\x03" "abcdefghij\x00\x00";
	static const char ssl[] = "\x80\x2e\x01\x00\x02\x00\x15";
	static const char smb[] = "\x00\x00\x00\x2f\xffSMBr";
	static const char socks[] = "\x05\x01\x00";

	expect("GET / HTTP/1.1\r\n\r\n", NOT("HTTP"), "");
	expect("POST /x HTTP/1.1\r\n\r\n" ORDER("a", "-"), NOT("HTTP"), "");
	expect("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", NOT("HTTP"), "");
	expect("BREW /pot HTCPCP/1.0\r\n", NOT("HTTP"), "");
	expect_as(&open_to_all, &plain, span_of(tls, sizeof tls - 1),
	    NOT("TLS"), "");
	expect_as(&open_to_all, &plain, span_of(tls, 2), NOT("TLS"), "");
	expect_as(&open_to_all, &plain, span_of(ssl, sizeof ssl - 1),
	    NOT("TLS"), "");
	expect_as(&open_to_all, &plain, span_of(smb, sizeof smb - 1),
	    NOT("another protocol"), "");
	expect_as(&open_to_all, &plain, span_of(socks, sizeof socks - 1),
	    NOT("another protocol"), "");
	expect("SSH-2.0-x\r\n", NOT("another protocol"), "");
	/* Clients of mail and FTP, at the wrong port. */
	expect("EHLO here\r\nQUIT\r\n",
	    "501 bad line: ORDER or QUIT is expected\r\n", "");
	expect("USER anonymous\r\n",
	    "501 bad line: ORDER or QUIT is expected\r\n", "");
}

static void
test_long_line(void)
{
	struct buf in = { 0 };

	buf_adds(&in, "ORDER ");
	while (in.n < 3000)
		buf_addc(&in, '1');
	expect_as(&open_to_all, &plain, buf_span(&in),
	    "501 bad line: too long\r\n", "");
	buf_free(&in);
}

/* openssl sha256 -hmac key of "n0nce LF n LF 5 HELLO name -" */
#define MAC_1A \
    "45b20f0e38da7bac8d4679dd3e7ed30695e2222198dda9ac38cee5a7ea19e636"
#define MAC_2A \
    "9c9ca4376a9fdf1db8e1ff04d00ec8f78984081ea309a50a5d29cfff8a68a73a"
#define MAC_3A \
    "c88ac607d28a2596a37685df63acd365788cf7ad31e31cae3b42873dcb7192f0"

static void
test_key(void)
{
	struct orderd_conf keyed = { .key = { "key", 3 } };

	expect_as(&keyed, &plain, span_str(ORDER("a", "- " MAC_1A)
	    ORDER("a", "-") ORDER("a", "- " MAC_3A) ORDER("a", "- " MAC_3A)
	    ORDER("b", "- " MAC_3A) "QUIT\r\n"),
	    STORED("a") "530 mac missing: a key is needed here\r\n"
	    DUPLICATE("a") "535 mac wrong\r\n535 mac wrong\r\n" BYE,
	    "a=hello;");
	/* A line that was refused counts, too. */
	expect_as(&keyed, &plain, span_str(ORDER("..", "-")
	    ORDER("a", "- " MAC_2A)),
	    "501 bad line: the name begins with a dot\r\n" STORED("a"),
	    "a=hello;");
	expect_as(&keyed, &plain, span_str("hello"), "501 bad line: a key "
	    "is needed here, so no raw orders\r\n", "");
	/* A word that can be no mac is wrong, and nothing without a key. */
	expect_as(&keyed, &plain, span_str(ORDER("a", "- mac")
	    ORDER("a", "- " MAC_2A "0") ORDER("a", "- " MAC_3A)),
	    "535 mac wrong\r\n535 mac wrong\r\n" STORED("a"), "a=hello;");
	expect(ORDER("a", "- " MAC_2A), STORED("a"), "a=hello;");
	expect(ORDER("a", "- mac"), STORED("a"), "a=hello;");
}

static void
test_store_fails(void)
{
	struct cache s = { .group = 100, .fail = 1, .failure = ENOSPC };
	const char *two = ORDER("a", "-") ORDER("b", "-") "QUIT\r\n";

	expect_as(&open_to_all, &s, span_str(two),
	    "452 insufficient storage, try again later\r\n"
	    "452 insufficient storage, try again later\r\n" BYE, "");
	s.failure = EIO;
	expect_as(&open_to_all, &s, span_str("hello"),
	    "451 local error, try again later\r\n", "");
	s.fail_begin = 1;
	expect_as(&open_to_all, &s, span_str(two),
	    "451 local error, try again later\r\n"
	    "451 local error, try again later\r\n" BYE, "");
	expect_as(&open_to_all, &s, span_str("hello"),
	    "451 local error, try again later\r\n", "");
	s.failure = EBUSY;
	expect_as(&open_to_all, &s, span_str(two),
	    "421 no more orders are taken here now\r\n", "");
}

/* All that comes shares a commit, up to what the store wants. */
static void
test_groups(void)
{
	struct orderd_conf conf = open_to_all;
	struct cache s = { .group = 2 };
	struct buf out = { 0 };
	void *d;
	struct span in = span_str(ORDER("a", "-") ORDER("b", "-")
	    ORDER("c", "-") "QUIT\r\n");
	size_t used;

	use(&conf, &s);
	d = orderd_session.open(&conf, "", 0, NULL);
	orderd_session.greet(d, &out);
	buf_clear(&out);
	CHECK_INT(orderd_session.feed(d, in.p, in.n, &used, &out),
	    SESSION_COMMIT);
	CHECK_INT(used, 2 * strlen(ORDER("a", "-")));
	CHECK_INT(out.n, 0);
	commit(&s);
	CHECK_INT(orderd_session.resume(d, &out), SESSION_MORE);
	CHECK_BUF(&out, STORED("a") STORED("b"));
	buf_clear(&out);
	in = span_of(in.p + used, in.n - used);
	CHECK_INT(orderd_session.feed(d, in.p, in.n - 1, &used, &out),
	    SESSION_SOON);
	CHECK_INT(used, in.n - 1);
	CHECK_INT(out.n, 0);
	in = span_of(in.p + used, in.n - used);
	CHECK_INT(orderd_session.feed(d, in.p, in.n, &used, &out),
	    SESSION_COMMIT);
	CHECK_INT(out.n, 0);
	/* The peer goes away before the commit: nothing of it stays. */
	orderd_session.close(d);
	CHECK_INT(s.files, 0);
	CHECK(s.waiting == NULL);
	CHECK_INT(s.commits, 1);
	CHECK_BUF(&s.log, "a=hello;b=hello;");
	empty(&s);
	buf_free(&out);
}

static void
test_expiry(void)
{
	struct orderd_conf conf = open_to_all;
	struct buf out = { 0 };
	void *d;

	d = orderd_session.open(&conf, "", 0, NULL);
	orderd_session.greet(d, &out);
	buf_clear(&out);
	orderd_session.expire(d, 0, &out);
	orderd_session.expire(d, 1, &out);
	CHECK_BUF(&out, "421 idle timeout\r\n"
	    "421 server shutting down, try again later\r\n");
	orderd_session.close(d);
	buf_free(&out);
}

int
main(void)
{
	/* What is said of TLS goes there. */
	CHECK(freopen("/dev/null", "w", stderr) != NULL);
	test_orders();
	test_refusals();
	test_raw();
	test_strangers();
	test_long_line();
	test_key();
	test_store_fails();
	test_groups();
	test_expiry();
	return test_end();
}
