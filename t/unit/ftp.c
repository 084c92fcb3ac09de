#include "test.h"

#include "format/wire/ftp.h"

static void
url(const char *text, const char *user, const char *host, const char *path)
{
	struct ftp_url u = { .user = { 0 } };

	CHECK(ftp_url_parse(&u, span_str(text)) == NULL);
	CHECK_BUF(&u.user, user);
	CHECK_BUF(&u.host, host);
	CHECK_BUF(&u.path, path);
	ftp_url_free(&u);
}

static void
no_url(const char *text)
{
	struct ftp_url u = { .user = { 0 } };

	CHECK(ftp_url_parse(&u, span_str(text)) != NULL);
	ftp_url_free(&u);
}

static void
test_urls(void)
{
	url("ftp://host/dir/", "", "host", "dir/");
	url("FTP://host", "", "host", "");
	url("host:2121", "", "host:2121", "");
	url("[::1]:21/a/b", "", "[::1]:21", "a/b");
	url("ftp://anna@host/%2Fetc/a%20b", "anna", "host", "/etc/a b");
	url("host//etc", "", "host", "/etc");
	url("host/a@b", "", "host", "a@b");
	no_url("");
	no_url("ftp://");
	no_url("ftp:///dir");
	no_url("ftp://anna:secret@host/");
	no_url("host/%0d%0aDELE");
	no_url("host/%00");
	no_url("host/%4");
	no_url("host/%zz");
	no_url("ho\nst");
	no_url("http://host/");
	no_url("sftp://anna@host/");
}

static void
test_replies(void)
{
	struct ftp_reply r = { .code = 0 };

	ftp_reply_start(&r);
	CHECK_INT(ftp_reply_line(&r, span_str("150 ok\r\n")), FTP_END);
	CHECK_INT(r.code, 150);
	CHECK_BUF(&r.text, "ok");
	ftp_reply_start(&r);
	CHECK_INT(ftp_reply_line(&r, span_of("550 a\0b\r\n", 9)), FTP_END);
	CHECK_BUF(&r.text, "a b");
	ftp_reply_start(&r);
	CHECK_INT(ftp_reply_line(&r, span_str("211-it can\r\n")), FTP_MORE);
	CHECK_INT(ftp_reply_line(&r, span_str(" SIZE\r\n")), FTP_MORE);
	CHECK_INT(ftp_reply_line(&r, span_str("226 no end\r\n")), FTP_MORE);
	CHECK_INT(ftp_reply_line(&r, span_str("211-more\r\n")), FTP_MORE);
	CHECK_INT(ftp_reply_line(&r, span_str("\r\n")), FTP_MORE);
	CHECK_INT(ftp_reply_line(&r, span_str("211 end\n")), FTP_END);
	CHECK_BUF(&r.text, "it can\n SIZE\n226 no end\nmore\n\nend");
	CHECK(ftp_offers(buf_span(&r.text), "size"));
	CHECK(!ftp_offers(buf_span(&r.text), "SIZ"));
	CHECK(!ftp_offers(buf_span(&r.text), "UTF8"));
	ftp_reply_start(&r);
	CHECK_INT(ftp_reply_line(&r, span_str("SSH-2.0-x\r\n")), FTP_BAD);
	ftp_reply_start(&r);
	CHECK_INT(ftp_reply_line(&r, span_str("620 x\r\n")), FTP_BAD);
	ftp_reply_start(&r);
	CHECK_INT(ftp_reply_line(&r, span_str("2200\r\n")), FTP_BAD);
	ftp_reply_start(&r);
	CHECK_INT(ftp_reply_line(&r, span_str("220\r\n")), FTP_END);
	ftp_reply_start(&r);
	CHECK_INT(ftp_reply_line(&r, span_str("\r\n")), FTP_MORE);
	CHECK_INT(ftp_reply_line(&r, span_str("  220\tblanks \r\n")), FTP_END);
	CHECK_INT(r.code, 220);
	CHECK_BUF(&r.text, "blanks");
	ftp_reply_start(&r);
	CHECK_INT(ftp_reply_line(&r, span_str("230-x\r\n")), FTP_MORE);
	CHECK_INT(ftp_reply_line(&r, span_str("230users\r\n")), FTP_MORE);
	CHECK_INT(ftp_reply_line(&r, span_str(" 230 x\r\n")), FTP_MORE);
	CHECK_INT(ftp_reply_line(&r, span_str("230\r\n")), FTP_END);
	CHECK_BUF(&r.text, "x\n230users\n 230 x\n");
	buf_free(&r.text);
}

static void
test_replies_without_end(void)
{
	struct ftp_reply r = { .code = 0 };
	int i;

	ftp_reply_start(&r);
	for (i = 0; i < FTP_LINES_MAX; i++)
		CHECK_INT(ftp_reply_line(&r, span_str("220-x\n")), FTP_MORE);
	CHECK_INT(ftp_reply_line(&r, span_str("220-x\n")), FTP_BAD);
	buf_free(&r.text);
}

static void
test_misplaced(void)
{
	CHECK(!ftp_is_misplaced(220, span_str("")));
	CHECK(ftp_is_misplaced(220, span_str("USER")));
	CHECK(!ftp_is_misplaced(230, span_str("USER")));
	CHECK(!ftp_is_misplaced(230, span_str("PASS")));
	CHECK(ftp_is_misplaced(230, span_str("FEAT")));
	CHECK(ftp_is_misplaced(226, span_str("SIZE")));
	CHECK(!ftp_is_misplaced(226, span_str("STOR")));
	CHECK(!ftp_is_misplaced(250, span_str("SIZE")));
	CHECK(!ftp_is_misplaced(550, span_str("")));
}

static void
test_ports(void)
{
	CHECK_INT(ftp_epsv_port(span_str("(|1|192.0.2.1|6446|)")), 6446);
	CHECK_INT(ftp_epsv_port(span_str("(|2|::1| 21 |)")), 21);
	CHECK_INT(ftp_epsv_port(span_str("a (b) |||99|")), 99);
	CHECK_INT(ftp_pasv_port(span_str("( 10, 0 ,0,1, 19,136 )")), 5000);
	CHECK_INT(ftp_epsv_port(span_str("Entering (|||6446|)")), 6446);
	CHECK_INT(ftp_epsv_port(span_str("(!!!65535!)")), 65535);
	CHECK_INT(ftp_epsv_port(span_str("(|||65536|)")), 0);
	CHECK_INT(ftp_epsv_port(span_str("(|||6446")), 0);
	CHECK_INT(ftp_epsv_port(span_str("(|||x|)")), 0);
	CHECK_INT(ftp_epsv_port(span_str("(||6446|)")), 0);
	CHECK_INT(ftp_epsv_port(span_str("")), 0);
	CHECK_INT(ftp_epsv_port(span_str("(")), 0);
	CHECK_INT(ftp_pasv_port(span_str("Mode (10,0,0,1,19,136).")), 5000);
	CHECK_INT(ftp_pasv_port(span_str("=127,0,0,1,4,1")), 1025);
	CHECK_INT(ftp_pasv_port(span_str("(10,0,0,1,256,1)")), 0);
	CHECK_INT(ftp_pasv_port(span_str("10,0,0,1,4")), 0);
	CHECK_INT(ftp_pasv_port(span_str("1,2,,10,0,0,1,4,2")), 1026);
	CHECK_INT(ftp_pasv_port(span_str("999999999999,1")), 0);
	CHECK_INT(ftp_pasv_port(span_str("")), 0);
}

int
main(void)
{
	test_urls();
	test_replies();
	test_replies_without_end();
	test_misplaced();
	test_ports();
	return test_end();
}
