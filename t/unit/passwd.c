/* store/passwd */
#include "test.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/passwd.h"
#include "sys/io.h"

#define KEYS "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:" \
	"wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
#define VERIFIER "SCRAM-SHA-256$9000:W22ZaJ0SNY7soEsUEjb6gQ==$" KEYS

static void
write_file(const char *p, size_t n, mode_t mode)
{
	int fd = open("passwd", O_WRONLY | O_CREAT | O_TRUNC, 0600);

	CHECK_INT(io_write(fd, p, n), 0);
	CHECK_INT(fchmod(fd, mode), 0);
	close(fd);
}

static struct sasld_conf conf;

/* Reads the file with standard error in the file said. */
static struct sasld_conf *
hear(struct buf *said)
{
	int fd = open("said", O_RDWR | O_CREAT | O_TRUNC, 0600);
	int err = dup(STDERR_FILENO);
	struct sasld_conf *p;

	CHECK(dup2(fd, STDERR_FILENO) >= 0);
	p = passwd_read("passwd", "host");
	CHECK(dup2(err, STDERR_FILENO) >= 0);
	CHECK_INT(lseek(fd, 0, SEEK_SET), 0);
	CHECK_INT(io_slurp(fd, said, 10000), 0);
	close(err);
	close(fd);
	if (p != NULL)
		conf = *p;
	return p;
}

/* A text that is refused, and what is said of it. */
static void
check_bad(const char *text, size_t n, mode_t mode, const char *want)
{
	struct buf said = { 0 };

	write_file(text, n, mode);
	CHECK(hear(&said) == NULL);
	CHECK_BUF(&said, want);
	buf_free(&said);
}

static void
check_secret(const char *login, const char *want)
{
	struct span secret;

	CHECK_INT(conf.find(conf.app, span_str(login), &secret), 0);
	CHECK_SPAN(secret, want);
}

static void
test_good(void)
{
	static const char text[] = "# who\n\n \njohn:two words \r\n"
	    "Vera:" VERIFIER "\na:b:c\n#x:y\nz:#";
	struct buf said = { 0 };
	struct sasld_conf *p;
	struct span none;

	write_file(text, sizeof text - 1, 0640);
	p = hear(&said);
	CHECK_BUF(&said, "");
	if (p == NULL)
		return;
	check_secret("john", "two words ");
	check_secret("vera", VERIFIER);
	check_secret("a", "b:c");
	check_secret("z", "#");
	CHECK_INT(conf.find(conf.app, span_str("Vera"), &none), -1);
	CHECK_INT(conf.find(conf.app, span_str("#x"), &none), -1);
	CHECK_INT(conf.find(conf.app, span_str("joh"), &none), -1);
	CHECK_INT(conf.find(conf.app, span_str("johnn"), &none), -1);
	CHECK_INT(conf.find(conf.app, span_str(""), &none), -1);
	CHECK_INT(conf.iterations, 9000);
	CHECK(conf.mixed);
	CHECK_INT(conf.tried(conf.app, span_str("a"), "::1"), 0);
	conf.passed(conf.app, span_str("a"), "::1");
	passwd_free(p);

	/* The most iterations of any. */
	write_file("v:SCRAM-SHA-256$4096:QUJD$" KEYS "\nw:" VERIFIER "\n"
	    "x:SCRAM-SHA-256$5000:QUJD$" KEYS "\n",
	    sizeof "v:SCRAM-SHA-256$4096:QUJD$" KEYS "\nw:" VERIFIER "\n"
	    "x:SCRAM-SHA-256$5000:QUJD$" KEYS "\n" - 1, 0600);
	p = hear(&said);
	CHECK_BUF(&said, "");
	CHECK_INT(conf.iterations, 9000);
	CHECK(!conf.mixed);
	passwd_free(p);

	/* An editor's byte order mark is no part of the login. */
	write_file("\xef\xbb\xbf" "a:b\n", 7, 0600);
	p = hear(&said);
	CHECK_BUF(&said, "");
	check_secret("a", "b");
	passwd_free(p);

	write_file("a:b", 3, 0600);
	p = hear(&said);
	CHECK_INT(conf.iterations, 0);
	CHECK(!conf.mixed);
	passwd_free(p);
	passwd_free(NULL);
	buf_free(&said);
}

static void
test_bad(void)
{
	static const char lines[] = "john\n../x:y\n.x:y\n:y\na\tb:y\nok:1\n"
	    "e:\nv:SCRAM-SHA-256$1:QUJD$" KEYS "\nw:SCRAM-SHA-256$\nn:a\0b\n"
	    "OK:2\n";
	struct buf said = { 0 };

	check_bad(lines, sizeof lines - 1, 0600,
	    "passwd: passwd:1: no colon in the line\n"
	    "passwd: passwd:2: not a login\n"
	    "passwd: passwd:3: not a login\n"
	    "passwd: passwd:4: not a login\n"
	    "passwd: passwd:5: not a login\n"
	    "passwd: passwd:7: no password\n"
	    "passwd: passwd:8: malformed verifier\n"
	    "passwd: passwd:9: malformed verifier\n"
	    "passwd: passwd:10: NUL in the password\n"
	    "passwd: passwd:11: the same login as in line 6\n");
	check_bad("a:b\nc:d\nA:b\n", 12, 0600,
	    "passwd: passwd:3: the same login as in line 1\n");
	check_bad("a:b\n", 4, 0604,
	    "passwd: passwd: others can read or write it\n");
	check_bad("", 0, 0600, "passwd: passwd: empty\n");
	check_bad("# none\n\n", 8, 0600, "passwd: passwd: no login in it\n");
	CHECK_INT(unlink("passwd"), 0);
	CHECK(hear(&said) == NULL);
	CHECK_BUF(&said, "passwd: passwd: No such file or directory\n");
	buf_free(&said);
}

int
main(void)
{
	char dir[] = "passwd.XXXXXX";

	die_init("passwd");
	CHECK(mkdtemp(dir) != NULL && chdir(dir) == 0);
	test_good();
	test_bad();
	CHECK_INT(unlink("said"), 0);
	CHECK(chdir("..") == 0 && rmdir(dir) == 0);
	return test_end();
}
