/* The session in memory: no socket, no clock, no file. */
#include "test.h"

#include <errno.h>

#include "server/ftp/ftpd.h"

/* A store of one file, and a data connection that is only noted. */
static struct {
	struct buf content, name, sent;
	int files, err, no_more, finished, open, receiving, abandoned;
	int unlisted;
} w;

static void *
begin(void *arg)
{
	(void)arg;
	errno = EBUSY;
	if (w.no_more)
		return NULL;
	w.files++;
	buf_clear(&w.content);
	return &w;
}

static void
store_write(void *file, const void *p, size_t n)
{
	(void)file;
	buf_add(&w.content, p, n);
}

static int
finish(void *file, struct span name, const char *sha, struct span tag)
{
	(void)file;
	CHECK(sha == NULL && tag.n == 0);
	w.finished = 1;
	buf_clear(&w.name);
	buf_addspan(&w.name, name);
	return 0;
}

static int
outcome(void *file, struct span *name)
{
	(void)file;
	*name = buf_span(&w.name);
	return w.err;
}

static void
drop(void *file)
{
	(void)file;
	w.files--;
}

static int
look(void *arg, struct span name, uint64_t *size, int64_t *time)
{
	(void)arg;
	*size = 5;
	*time = 0;
	return span_is(name, "old.txt") ? 0 : -1;
}

static int
list(void *arg, void (*visit)(void *to, struct span name, uint64_t size,
    int64_t time), void *to)
{
	(void)arg;
	if (!w.unlisted)
		visit(to, span_str("old.txt"), 5, 0);
	return w.unlisted ? -1 : 0;
}

static void
nonce(struct buf *b)
{
	buf_adds(b, "new");
}

static int
dataconn_listen(struct dataconn *d, unsigned low, unsigned high, char *text)
{
	(void)d;
	CHECK(low == 0 && high == 0);
	memcpy(text, "10.0.0.1:5000", sizeof "10.0.0.1:5000");
	w.open = 1;
	return 0;
}

static int
is_open(const struct dataconn *d)
{
	(void)d;
	return w.open;
}

static int
is_abandoned(const struct dataconn *d)
{
	(void)d;
	return w.abandoned;
}

static void
receive(struct dataconn *d)
{
	(void)d;
	w.receiving = 1;
}

static void
dataconn_send(struct dataconn *d, const void *p, size_t n)
{
	(void)d;
	buf_clear(&w.sent);
	buf_add(&w.sent, p, n);
}

static void
dataconn_close(struct dataconn *d)
{
	(void)d;
	w.open = w.receiving = 0;
}

static const struct order_store store = {
	.begin = begin, .write = store_write, .finish = finish,
	.outcome = outcome, .drop = drop, .look = look, .list = list
};

static const char *const patterns[] = { "*.part", "*~" };

static struct ftpd_conf conf = {
	.host = "host", .max = 100, .store = &store, .nonce = nonce,
	.pattern = patterns, .patterns = COUNT(patterns),
	.data = {
		dataconn_listen, is_open, is_abandoned, receive, dataconn_send,
		dataconn_close
	}
};

static void *s;
static struct buf out;

static void
start(int local)
{
	memset(&w, 0, sizeof w);
	buf_clear(&out);
	s = ftpd_session.open(&conf, "192.0.2.1", local, (void *)&w);
	ftpd_session.greet(s, &out);
	CHECK_BUF(&out, "220 host ftpd-lite\r\n");
}

static void
over(void)
{
	ftpd_session.close(s);
	CHECK_INT(w.files, 0);
	buf_free(&w.content);
	buf_free(&w.name);
	buf_free(&w.sent);
}

static enum session_verdict
feed(const char *text)
{
	size_t used;

	buf_clear(&out);
	return ftpd_session.feed(s, text, strlen(text), &used, &out);
}

static enum session_verdict
data(const char *text)
{
	buf_clear(&out);
	return ftpd_session.data(s, text, strlen(text), &out);
}

static enum session_verdict
data_end(int broken)
{
	buf_clear(&out);
	w.open = 0;
	return ftpd_session.data_end(s, broken, &out);
}

/* The delay is over. */
static enum session_verdict
settle(void)
{
	buf_clear(&out);
	return ftpd_session.resume(s, &out);
}

static enum session_verdict
commit(int err)
{
	buf_clear(&out);
	w.err = err;
	return ftpd_session.resume(s, &out);
}

static void
log_in(void)
{
	start(1);
	feed("USER anonymous\r\nPASS x\r\nTYPE I\r\n");
	CHECK_BUF(&out, "331 Password required\r\n230 Logged in\r\n"
	    "200 Type set to I\r\n");
}

static void
test_login(void)
{
	start(0);
	feed("USER anonymous\r\n");
	CHECK_BUF(&out, "530 No anonymous login from this address\r\n");
	feed("STOR a\r\n");
	CHECK_BUF(&out, "530 Please log in with USER and PASS\r\n");
	over();
	start(1);
	feed("PASS x\r\n");
	CHECK_BUF(&out, "503 Send USER first\r\n");
	feed("USER anna\r\nPASS x\r\nUSER a\r\nPASS x\r\nUSER a\r\n");
	CHECK_INT(feed("PASS x\r\nNOOP\r\n"), SESSION_CLOSE);
	CHECK_BUF(&out, "530 Login incorrect\r\n"
	    "421 Too many failed logins\r\n");
	over();
}

static struct buf tries;
static long hold;

static int
find(void *app, struct span login, struct span *secret)
{
	(void)app;
	*secret = span_str("pw");
	return span_is(login, "anna") ? 0 : -1;
}

static long
tried(void *app, struct span login, const char *peer)
{
	(void)app;
	CHECK(strcmp(peer, "192.0.2.1") == 0);
	buf_addf(&tries, "%.*s ", (int)login.n, login.p);
	return hold;
}

static void
passed(void *app, struct span login, const char *peer)
{
	(void)app;
	CHECK(strcmp(peer, "192.0.2.1") == 0);
	buf_addf(&tries, "+%.*s ", (int)login.n, login.p);
}

static const struct sasld_conf auth = { .host = "host", .find = find,
	.tried = tried, .passed = passed };

/* The right password, too, waits for its answer, and counts no sooner. */
static void
test_tries(void)
{
	conf.auth = &auth;
	start(0);
	CHECK_INT(feed("USER Anna\r\nPASS pw\r\n"), SESSION_MORE);
	CHECK_BUF(&out, "331 Password required\r\n230 Logged in\r\n");
	CHECK_BUF(&tries, "anna +anna ");
	over();
	buf_clear(&tries);
	hold = 4000;
	start(0);
	CHECK_INT(feed("USER anna\r\nPASS pw\r\nNOOP\r\n"), SESSION_WAIT);
	CHECK_INT(ftpd_session.delay(s), 4000);
	CHECK_BUF(&out, "331 Password required\r\n");
	CHECK_BUF(&tries, "anna ");
	CHECK_INT(settle(), SESSION_MORE);
	CHECK_BUF(&out, "230 Logged in\r\n200 NOOP ok\r\n");
	CHECK_BUF(&tries, "anna +anna ");
	over();
	start(0);
	CHECK_INT(feed("USER anna\r\nPASS x\r\nSTAT\r\n"), SESSION_WAIT);
	CHECK_BUF(&out, "331 Password required\r\n");
	CHECK_INT(settle(), SESSION_MORE);
	CHECK_BUF(&out, "530 Login incorrect\r\n"
	    "211 Not logged in\r\n");
	over();
	conf.auth = NULL;
	hold = 0;
	buf_free(&tries);
}

static void
test_stor(void)
{
	log_in();
	feed("STOR a\r\n");
	CHECK_BUF(&out, "425 Use EPSV or PASV first\r\n");
	feed("EPSV\r\nSTOR a.txt\r\nQUIT\r\n");
	CHECK_BUF(&out, "229 Entering Extended Passive Mode (|||5000|)\r\n"
	    "150 Opening data connection for a.txt\r\n");
	CHECK(w.receiving);
	CHECK_INT(data("he"), SESSION_MORE);
	CHECK_INT(data("llo"), SESSION_MORE);
	CHECK_INT(data_end(0), SESSION_WAIT);
	CHECK_INT(settle(), SESSION_COMMIT);
	CHECK_BUF(&out, "");
	CHECK_INT(commit(0), SESSION_CLOSE);
	CHECK_BUF(&out, "226 stored a.txt\r\n221 bye\r\n");
	CHECK_BUF(&w.content, "hello");
	over();
}

static void
test_failures(void)
{
	log_in();
	feed("EPSV\r\nSTOR a\r\n");
	data("x");
	CHECK_INT(data_end(1), SESSION_MORE);
	CHECK_BUF(&out, "426 Data connection closed, transfer aborted\r\n");
	CHECK_INT(w.files, 0);
	CHECK(!w.finished);
	feed("EPSV\r\nSTOR a\r\n");
	data("x");
	CHECK_INT(data_end(0), SESSION_WAIT);
	w.abandoned = 1;
	CHECK_INT(settle(), SESSION_MORE);
	CHECK_BUF(&out, "426 Data connection closed, transfer aborted\r\n");
	CHECK_INT(w.files, 0);
	CHECK(!w.finished);
	w.abandoned = 0;
	feed("EPSV\r\nSTOR a\r\n");
	data_end(0);
	settle();
	commit(ENOSPC);
	CHECK_BUF(&out, "452 Insufficient storage, try again later\r\n");
	w.err = EIO;
	feed("EPSV\r\nSTOR a\r\n");
	CHECK_INT(data("x"), SESSION_MORE);
	CHECK_BUF(&out, "451 Local error, try again later\r\n");
	CHECK_INT(w.files, 0);
	CHECK(!w.open);
	w.err = 0;
	feed("PASV\r\nSTOR a\r\n");
	CHECK_BUF(&out, "227 Entering Passive Mode (10,0,0,1,19,136)\r\n"
	    "150 Opening data connection for a\r\n");
	data("12345678901234567890123456789012345678901234567890");
	data("12345678901234567890123456789012345678901234567890");
	CHECK_BUF(&out, "");
	data("1");
	CHECK_BUF(&out, "552 File too large: at most 100 octets\r\n");
	CHECK_INT(w.files, 0);
	w.no_more = 1;
	CHECK_INT(feed("EPSV\r\nSTOR a\r\n"), SESSION_CLOSE);
	over();
}

static void
test_rename(void)
{
	log_in();
	feed("EPSV\r\nSTOR .a\r\n");
	data("x");
	CHECK_INT(data_end(0), SESSION_MORE);
	CHECK(!w.finished);
	feed("SIZE .a\r\nRNTO a\r\nRNFR b\r\nRNFR .a\r\nNOOP\r\nRNTO a\r\n");
	CHECK_BUF(&out, "213 1\r\n503 Send RNFR first\r\n"
	    "550 Not an unfinished file of this session\r\n"
	    "350 Ready for RNTO\r\n"
	    "200 NOOP ok\r\n503 Send RNFR first\r\n");
	CHECK_INT(feed("RNFR .a\r\nRNTO .b\r\n"), SESSION_MORE);
	/* each RNFR is for itself, and one that is refused leaves nothing */
	feed("RNFR .a\r\nRNFR b\r\nRNTO b\r\n");
	CHECK_BUF(&out, "350 Ready for RNTO\r\n"
	    "550 Not an unfinished file of this session\r\n"
	    "503 Send RNFR first\r\n");
	CHECK_INT(feed("RNFR .a\r\nRNFR .a\r\nRNTO b\r\n"), SESSION_COMMIT);
	commit(0);
	CHECK_BUF(&out, "250 stored b\r\n");
	feed("EPSV\r\nSTOR .c\r\n");
	data_end(0);
	CHECK_INT(w.files, 1);
	feed("DELE .c\r\nDELE .c\r\nDELE old.txt\r\n");
	CHECK_BUF(&out, "250 Deleted\r\n"
	    "550 Not an unfinished file of this session\r\n"
	    "550 Stored already: only unfinished files of this session can be "
	    "changed\r\n");
	feed("EPSV\r\nSTOR .d\r\n");
	data_end(0);
	over();
}

/* As many unfinished files, and octets in a line, as there may be; and more. */
static void
test_limits(void)
{
	struct buf line = { 0 };
	int i;

	log_in();
	for (i = 0; i < 16; i++) {
		buf_setf(&line, "EPSV\r\nSTOR .%d\r\n", i);
		feed(buf_str(&line));
		data_end(0);
	}
	CHECK_INT(w.files, 16);
	feed("EPSV\r\nSTOR .16\r\n");
	CHECK_BUF(&out, "229 Entering Extended Passive Mode (|||5000|)\r\n"
	    "452 Too many unfinished files\r\n");
	feed("EPSV\r\nSTOR .0\r\n");
	data_end(0);
	CHECK_INT(w.files, 16);
	buf_clear(&line);
	buf_adds(&line, "NOOP ");
	while (line.n < 4094)
		buf_addc(&line, 'x');
	buf_adds(&line, "\r\n");
	CHECK_INT(feed(buf_str(&line)), SESSION_MORE);
	CHECK_BUF(&out, "200 NOOP ok\r\n");
	buf_insert(&line, 5, "x", 1);
	CHECK_INT(feed(buf_str(&line)), SESSION_CLOSE);
	CHECK_BUF(&out, "500 Line too long\r\n");
	buf_free(&line);
	over();
}

/* A name says what is unfinished; APPE goes on with it. */
static void
test_unfinished(void)
{
	log_in();
	feed("EPSV\r\nSTOR a.part\r\n");
	data("ab");
	CHECK_INT(data_end(0), SESSION_MORE);
	feed("EPSV\r\nAPPE a.part\r\n");
	CHECK(strstr(buf_str(&out), "150 Opening data connection to go on with "
	    "a.part\r\n") != NULL);
	data("cd");
	data_end(0);
	feed("SIZE a.part\r\nMLST a.part\r\nRNFR a.part\r\nRNTO a~\r\n");
	CHECK_BUF(&out, "213 4\r\n250-Listing\r\n type=file;size=4; a.part\r\n"
	    "250 End\r\n350 Ready for RNTO\r\n"
	    "553 The name is that of an unfinished file\r\n");
	CHECK_INT(feed("RNFR a.part\r\nRNTO a.txt\r\n"), SESSION_COMMIT);
	CHECK_BUF(&w.content, "abcd");
	commit(0);
	/* Nothing of it: a new one, under its own name. */
	feed("EPSV\r\nAPPE b.txt\r\n");
	data("x");
	CHECK_INT(data_end(0), SESSION_WAIT);
	CHECK_INT(settle(), SESSION_COMMIT);
	commit(0);
	CHECK_BUF(&out, "226 stored b.txt\r\n");
	/* What is cut off is gone, as a whole. */
	feed("EPSV\r\nSTOR c~\r\n");
	data("x");
	data_end(0);
	feed("EPSV\r\nAPPE c~\r\n");
	data_end(1);
	CHECK_INT(w.files, 0);
	feed("SIZE c~\r\nAPPE old.txt\r\n");
	CHECK_BUF(&out, "550 No such file\r\n"
	    "550 Stored already, nothing is appended\r\n");
	over();
}

/* Each way of cutting a text with every kind of CR and LF. */
static void
test_text(void)
{
	static const char sent[] = "a\r\nb\r\r\n\nc\r";
	char piece[sizeof sent];
	size_t n, at, k;

	for (n = 1; n < sizeof sent; n++) {
		log_in();
		feed("TYPE A\r\nEPSV\r\nSTOR a\r\n");
		for (at = 0; at < sizeof sent - 1; at += k) {
			k = sizeof sent - 1 - at < n ? sizeof sent - 1 - at : n;
			memcpy(piece, sent + at, k);
			piece[k] = '\0';
			data(piece);
		}
		data_end(0);
		settle();
		CHECK_BUF(&w.content, "a\nb\r\n\nc\r");
		commit(0);
		over();
	}
}

static void
test_names(void)
{
	static const char *const bad[] = {
		"..", "../a", "a/b", "/etc/passwd", "...", "", "/", ".",
		"a\x01z", "\xff\xfe", "..a", "a\xc2\x80"
	};
	struct buf line = { 0 };
	size_t i;

	log_in();
	for (i = 0; i < COUNT(bad); i++) {
		buf_clear(&line);
		buf_addf(&line, "EPSV\r\nSTOR %s\r\n", bad[i]);
		feed(buf_str(&line));
		CHECK(strstr(buf_str(&out), "(|||5000|)\r\n553 ") != NULL);
	}
	buf_free(&line);
	feed("STOR /./a\r\n");
	CHECK_BUF(&out, "150 Opening data connection for a\r\n");
	feed("ABOR\r\nCWD ..\r\nCWD /\r\nCWD x\r\nPWD\r\n");
	CHECK_BUF(&out, "426 Transfer aborted\r\n226 ABOR successful\r\n"
	    "250 Directory changed to /\r\n250 Directory changed to /\r\n"
	    "550 No such directory\r\n"
	    "257 \"/\" is the current directory\r\n");
	over();
}

static void
test_list(void)
{
	log_in();
	feed("EPSV\r\nLIST -la\r\n");
	CHECK_BUF(&w.sent, "-rw------- 1 ftp ftp 5 Jan  1  1970 old.txt\r\n");
	data_end(0);
	CHECK_BUF(&out, "226 Transfer complete\r\n");
	feed("EPSV\r\nNLST old.txt\r\n");
	CHECK_BUF(&w.sent, "old.txt\r\n");
	data_end(0);
	w.unlisted = 1;
	feed("EPSV\r\nLIST\r\nLIST\r\n");
	CHECK_BUF(&out, "229 Entering Extended Passive Mode (|||5000|)\r\n"
	    "451 Local error, try again later\r\n"
	    "425 Use EPSV or PASV first\r\n");
	feed("LIST none\r\nMDTM old.txt\r\nSIZE old.txt\r\n");
	CHECK_BUF(&out, "550 No such file\r\n213 19700101000000\r\n213 5\r\n");
	w.unlisted = 0;
	feed("EPSV\r\nMLSD /\r\n");
	CHECK_BUF(&w.sent,
	    "type=file;size=5;modify=19700101000000; old.txt\r\n");
	data_end(0);
	feed("MLSD old.txt\r\nMLST none\r\nMLST\r\nMLST old.txt\r\n"
	    "OPTS MLST size;\r\n");
	CHECK_BUF(&out, "501 Not a directory\r\n550 No such file\r\n"
	    "250-Listing\r\n type=dir; /\r\n250 End\r\n250-Listing\r\n"
	    " type=file;size=5;modify=19700101000000; old.txt\r\n250 End\r\n"
	    "200 MLST OPTS type;size;modify;\r\n");
	over();
}

static void
test_refused(void)
{
	log_in();
	feed("PORT 127,0,0,1,4,1\r\nEPRT |1|127.0.0.1|5|\r\nRETR old.txt\r\n"
	    "MKD a\r\nMKD /\r\nREST 5\r\nREST 0\r\nXYZ\r\n");
	CHECK_BUF(&out, "502 Passive mode only: use EPSV or PASV\r\n"
	    "502 Passive mode only: use EPSV or PASV\r\n"
	    "550 Permission denied: upload only\r\n"
	    "550 Permission denied: there is one directory, and no other\r\n"
	    "521 \"/\" directory already exists\r\n"
	    "501 Only REST 0: files come whole\r\n350 Restarting at 0\r\n"
	    "500 Unknown command\r\n");
	over();
	start(1);
	CHECK_INT(feed("GET / HT"), SESSION_CLOSE);
	over();
	start(1);
	CHECK_INT(feed("PO"), SESSION_MORE);
	CHECK_INT(feed("ST / "), SESSION_CLOSE);
	over();
}

static void
test_mid_transfer(void)
{
	log_in();
	feed("EPSV\r\nSTOR a\r\n");
	data("abc");
	feed("STAT\r\nNOOP\r\n");
	CHECK_BUF(&out, "211 3 octets received\r\n");
	feed("\xff\xf4\xf2" "ABOR\r\n");
	CHECK_BUF(&out, "");
	data_end(0);
	settle();
	commit(0);
	CHECK_BUF(&out, "226 stored a\r\n200 NOOP ok\r\n"
	    "226 ABOR successful\r\n");
	feed("EPSV\r\nSTOR a\r\n");
	feed("\xff\xf4\xff\xf2" "ABOR\r\n");
	CHECK_BUF(&out, "426 Transfer aborted\r\n226 ABOR successful\r\n");
	CHECK_INT(w.files, 0);
	over();
}

int
main(void)
{
	test_login();
	test_tries();
	test_stor();
	test_failures();
	test_limits();
	test_rename();
	test_unfinished();
	test_text();
	test_names();
	test_list();
	test_refused();
	test_mid_transfer();
	buf_free(&out);
	return test_end();
}
