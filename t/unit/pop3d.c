/*
 * pop3d: whole sessions in memory, with a store that writes down what it is
 * told.  Each is fed in one piece, byte by byte, and cut at every place, and
 * must come out the same.
 */
#include "book.h"

#include "test.h"

#define LOGIN "USER user\r\nPASS pw\r\n"
#define HELLO "+OK POP3 <nonce@here>\r\n"
#define IN HELLO "+OK password required\r\n+OK 3 messages\r\n"
#define BYE "+OK bye\r\n"
#define WRONG "-ERR [AUTH] authentication failed\r\n"

static const char *const messages[BOOK_MESSAGES] = {
	"A: b\n\nx\n", "gone", ".\n\ny\nz"
};

/*
 * For how many ms the answers to tries are held back, for how many they were,
 * and what has been said of them.
 */
static long hold, waited;
static struct buf tries;

static long
tried(void *app, struct span login, const char *peer)
{
	(void)app;
	buf_addf(&tries, "%ld %.*s@%s ", waited, (int)login.n, login.p, peer);
	return hold;
}

static void
passed(void *app, struct span login, const char *peer)
{
	(void)app;
	buf_addf(&tries, "%ld +%.*s@%s ", waited, (int)login.n, login.p, peer);
}

/* Lets it go on until it wants input or ends: what it says then. */
static enum session_verdict
go_on(void *s, enum session_verdict next, struct buf *out)
{
	while (next == SESSION_AGAIN || next == SESSION_WAIT) {
		if (next == SESSION_WAIT)
			waited += pop3d_session.delay(s);
		next = pop3d_session.resume(s, out);
	}
	return next;
}

/* Feeds in up to a cut and beyond it, at most step bytes at a time. */
static void
talk(struct book *book, const char *in, size_t cut, size_t step,
    struct buf *out)
{
	struct sasld_conf auth = { .mechanisms = sasld_possible(0),
	    .host = "here", .find = book_find, .tried = tried,
	    .passed = passed };
	struct pop3d_conf conf = { .host = "here", .auth = &auth, .apop = 1,
	    .store = &book_store, .store_arg = book, .nonce = book_nonce };
	size_t at = 0, end = step, used, n = strlen(in);
	enum session_verdict next;
	void *s = pop3d_session.open(&conf, "::1", 1, NULL);

	next = pop3d_session.greet(s, out);
	waited = 0;
	buf_clear(&tries);
	while (at < n && next != SESSION_CLOSE) {
		if (end > n)
			end = n;
		if (at < cut && end > cut)
			end = cut;
		if (end == cut)
			cut = 0;
		next = pop3d_session.feed(s, in + at, end - at, &used, out);
		at += used;
		if (used == 0 && next == SESSION_MORE && end == n)
			break;
		if (used == 0 || at == end)
			end = at == end ? at + step : end + 1;
		next = go_on(s, next, out);
	}
	pop3d_session.close(s);
}

static void
check_talk(struct book *setting, const char *in, const char *want,
    const char *log)
{
	struct book book;
	struct buf out = { 0 };
	size_t n = strlen(in), i;

	for (i = 0; i < 2 * n + 4; i++) {
		book = *setting;
		book.messages = messages;
		book.slow = i % 2;
		buf_clear(&out);
		talk(&book, in, i / 2, i / 2 == n + 1 ? 1 : n, &out);
		CHECK_BUF(&out, want);
		CHECK_BUF(&book.log, log);
		CHECK_INT(book.opened, 0);
		CHECK_INT(book.faults, 0);
		buf_free(&book.log);
	}
	buf_free(&out);
}

static void
check(const char *in, const char *want, const char *log)
{
	struct book b = { 0 };

	check_talk(&b, in, want, log);
}

static void
check_messages(void)
{
	check("QUIT\r\n", HELLO BYE, "");
	check(LOGIN "STAT\r\nLIST\r\nLIST 2\r\n", IN "+OK 3 51\r\n"
	    "+OK scan listing follows\r\n1 7\r\n2 17\r\n3 27\r\n.\r\n"
	    "+OK 2 17\r\n",
	    "open user close");
	check(LOGIN "UIDL\r\nUIDL 3\r\n", IN "+OK unique-id listing follows\r\n"
	    "1 id0\r\n2 id1\r\n3 id2\r\n.\r\n+OK 3 id2\r\n",
	    "open user close");
	check(LOGIN "RETR 1\r\nRETR 2\r\nRETR 3\r\n", IN "+OK 7 octets\r\n"
	    "A: b\r\n\r\nx\r\n.\r\n-ERR message no longer exists\r\n"
	    "+OK 27 octets\r\n..\r\n\r\ny\r\nz\r\n.\r\n", "open user close");
	check(LOGIN "TOP 3 0\r\nTOP 3 1\r\nTOP 3 9\r\n", IN
	    "+OK top of message follows\r\n..\r\n\r\n.\r\n"
	    "+OK top of message follows\r\n..\r\n\r\ny\r\n.\r\n"
	    "+OK top of message follows\r\n..\r\n\r\ny\r\nz\r\n.\r\n",
	    "open user close");
}

static void
check_deletions(void)
{
	struct book b = { .remove_err = EACCES };
	const char *gone = IN "+OK message 1 deleted\r\n";
	struct buf want = { 0 };

	check(LOGIN "RETR 3\r\nDELE 1\r\nQUIT\r\nSTAT\r\n", IN
	    "+OK 27 octets\r\n..\r\n\r\ny\r\nz\r\n.\r\n"
	    "+OK message 1 deleted\r\n" BYE,
	    "open user remove 0 seen 2 sync close");
	check(LOGIN "DELE 1\r\nQUIT", gone, "open user close");
	buf_addf(&want, "%s+OK 3 messages\r\n%s", gone, BYE);
	check(LOGIN "DELE 1\r\nRSET\r\nQUIT\r\n", buf_str(&want),
	    "open user close");
	buf_clear(&want);
	buf_addf(&want, "%s-ERR [SYS/TEMP] some deleted messages not "
	    "removed\r\n", gone);
	check_talk(&b, LOGIN "DELE 1\nQUIT\n", buf_str(&want),
	    "open user remove 0 close");
	buf_free(&want);
}

static void
check_trouble(void)
{
	struct book used = { .open_err = EAGAIN }, no = { .open_err = EIO };
	struct book unread = { .list_err = EIO }, cut = { .read_err = EIO };
	struct book closed = { .begin_err = EMFILE };
	const char *ask = HELLO "+OK password required\r\n";
	struct buf b = { 0 };

	buf_addf(&b, "%s-ERR [IN-USE] maildrop already locked\r\n"
	    "-ERR log in first\r\n", ask);
	check_talk(&used, LOGIN "STAT\r\n", buf_str(&b), "");
	buf_clear(&b);
	buf_addf(&b, "%s-ERR [SYS/TEMP] cannot open the maildrop\r\n",
	    ask);
	check_talk(&no, LOGIN, buf_str(&b), "");
	buf_clear(&b);
	buf_addf(&b, "%s-ERR [SYS/TEMP] cannot read the maildrop\r\n",
	    ask);
	check_talk(&unread, LOGIN, buf_str(&b), "open user close");
	check_talk(&cut, LOGIN "RETR 1\r\nNOOP\r\n", IN "+OK 7 octets\r\nA: ",
	    "open user close");
	check_talk(&closed, LOGIN "RETR 1\r\nTOP 1 0\r\n", IN
	    "-ERR [SYS/TEMP] cannot read the message\r\n"
	    "-ERR [SYS/TEMP] cannot read the message\r\n",
	    "open user close");
	buf_free(&b);
	check("USER user\r\nPASS x\r\nUSER x\r\nPASS pw\r\nAPOP user pw\r\n"
	    "USER user\r\n", HELLO "+OK password required\r\n" WRONG
	    "+OK password required\r\n" WRONG WRONG, "");
	check("AUTH PLAIN\r\nAHVzZXIAcHc=\r\nNOOP\r\n", HELLO "+ \r\n"
	    "+OK 3 messages\r\n+OK\r\n", "open user close");
	check("GET / HTTP/1.1\r\n" LOGIN, HELLO
	    "-ERR this is POP3, not HTTP\r\n", "");
	check("\x16\x03\x01\x02", HELLO "-ERR this is POP3, not TLS\r\n", "");
}

/* The right password, too, waits for its answer, and counts no sooner. */
static void
check_tries(void)
{
	check(LOGIN, IN, "open user close");
	CHECK_BUF(&tries, "0 user@::1 0 +user@::1 ");
	check("USER User\r\nPASS x\r\n",
	    HELLO "+OK password required\r\n" WRONG, "");
	CHECK_BUF(&tries, "0 user@::1 ");
	CHECK_INT(waited, 1000);
	hold = 4000;
	check(LOGIN, IN, "open user close");
	CHECK_BUF(&tries, "0 user@::1 4000 +user@::1 ");
	check("AUTH PLAIN AHVzZXIAcHc=\r\nNOOP\r\n",
	    HELLO "+OK 3 messages\r\n+OK\r\n", "open user close");
	CHECK_BUF(&tries, "0 user@::1 4000 +user@::1 ");
	check("APOP user x\r\n", HELLO WRONG, "");
	CHECK_BUF(&tries, "0 user@::1 ");
	CHECK_INT(waited, 4000);
	hold = 0;
	buf_free(&tries);
}

int
main(void)
{
	/* What is said of TLS goes there. */
	CHECK(freopen("/dev/null", "w", stderr) != NULL);
	check_messages();
	check_deletions();
	check_trouble();
	check_tries();
	return test_end();
}
