/*
 * client/ftp/ftpput and client/ftp/ftpc, with servers that have their
 * oddities: each is a child process that answers as FTP has it, but for
 * what its case says.
 */
#include "test.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/ftp/ftpput.h"
#include "sys/io.h"

#define OVERRIDES 4

/*
 * What the server says to lines that begin so ("": the greeting).  In it $E
 * is the port of a data connection, $P that port as PASV has it, $C one where
 * nobody listens, $F one that is full, and answers nothing; behind a | follows
 * what is said when STOR has its bytes.
 */
struct oddity {
	const char *name;
	struct {
		const char *line, *reply;
	} odd[OVERRIDES];
	const char *never;	/* a line that may be said once, no more */
};

static const struct oddity oddities[] = {
	{ "none", { { NULL, NULL } }, NULL },
	{ "EPSV answered with 227",
	    { { "EPSV", "227 go to (127,0,0,1,$P)" } }, NULL },
	{ "EPSV leads nowhere", { { "EPSV", "229 go (|||$C|)" } }, "EPSV" },
	{ "EPSV leads into a firewall", { { "EPSV", "229 go (|||$F|)" } },
	    "EPSV" },
	{ "EPSV names no port", { { "EPSV", "229 go" } }, "EPSV" },
	{ "EPSV refused for now", { { "EPSV", "425 none" } }, "EPSV" },
	{ "EPSV with what EPRT has",
	    { { "EPSV", "229 go (|1|192.0.2.1| $E |)" } }, NULL },
	{ "PASV with blanks, and another's address",
	    { { "EPSV", "500 ?" }, { "PASV", "227 = 192, 0 ,2, 1,$P." } },
	    "EPSV" },
	{ "the data connection of EPSV is of no use",
	    { { "EPSV", "229 go (|||$E|)" }, { "STOR", "425 none came" },
	    { "PASV", "227 (0,0,0,0,$P)" } }, NULL },
	{ "RNTO 450", { { "RNTO", "450 no" } }, "RNTO" },
	{ "RNTO 500", { { "RNTO", "500 no" } }, "RNTO" },
	{ "RNTO 501", { { "RNTO", "501 no" } }, "RNTO" },
	{ "RNTO 503", { { "RNTO", "503 no" } }, "RNTO" },
	{ "RNTO 550", { { "RNTO", "550 no" } }, "RNTO" },
	{ "RNTO 553", { { "RNTO", "553 no" } }, "RNTO" },
	{ "RNTO 553 for the second file", { { "RNTO two", "553 no" } },
	    NULL },
	{ "RNFR 450", { { "RNFR", "450 no" } }, NULL },
	{ "RNFR 550", { { "RNFR", "550 no" } }, NULL },
	{ "no dot-names: 550", { { "STOR .", "550 no" } }, "STOR ." },
	{ "no dot-names: 553", { { "STOR .", "553 no" } }, "STOR ." },
	{ "no dot-names: 504", { { "STOR .", "504 no" } }, "STOR ." },
	{ "no dot-names: 521", { { "STOR .", "521 no" } }, "STOR ." },
	{ "125 for 150", { { "STOR", "125 go~226 done" } }, NULL },
	{ "125 and 150", { { "STOR", "125 go\r\n150 go~226 done" } }, NULL },
	{ "200 before 150", { { "STOR", "200 ok\r\n150 go~226 done" } },
	    NULL },
	{ "200 for 150", { { "STOR", "200 ok~226 done" } }, NULL },
	{ "226 before the bytes", { { "STOR", "226 done~" } }, NULL },
	{ "226 before 150", { { "STOR", "226 done\r\n150 go~" } }, NULL },
	{ "226 twice", { { "STOR", "150 go~226 done\r\n226 done" } }, NULL },
	{ "250 for 226", { { "STOR", "150 go~250 done" } }, NULL },
	{ "an empty line and a blank before the greeting",
	    { { "", "\r\n 220 hello" } }, NULL },
	{ "two greetings", { { "", "220 hello\r\n220 again" } }, NULL },
	{ "an odd greeting of many lines",
	    { { "", "220-a\r\nfoo\r\n 220 x\r\n220x\r\n221 y\r\n220" } },
	    NULL },
	{ "two replies to USER and PASS",
	    { { "USER", "331 ?\r\n331 ?" }, { "PASS", "230 a\r\n230 b" } },
	    NULL },
	{ "no FEAT", { { "FEAT", "500 ?" } }, NULL },
};

static int closed_port;		/* where nobody listens */
static int full_port;		/* where nobody is taken */

/* The server's state for one session. */
struct session {
	const struct oddity *odd;
	int fd, data;		/* a listening socket, or -1 */
	int old;		/* the last one was PASV's */
	FILE *said;		/* what the client says */
	char from[100];
};

static int
listener(int *port)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t n = sizeof in;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&in, sizeof in) < 0 ||
	    listen(fd, 8) < 0 ||
	    getsockname(fd, (struct sockaddr *)&in, &n) < 0)
		abort();
	*port = ntohs(in.sin_port);
	return fd;
}

static int
open_data(struct session *s)
{
	int port;

	if (s->data >= 0)
		close(s->data);
	s->data = listener(&port);
	return port;
}

/* Says a reply, or the part of it before the ~; the part behind it. */
static const char *
say(struct session *s, const char *reply)
{
	struct buf b = { 0 };
	const char *p;
	int port;

	for (p = reply; *p != '\0' && *p != '~'; p++) {
		if (*p != '$') {
			buf_addc(&b, *p);
			continue;
		}
		port = *++p == 'C' ? closed_port : *p == 'F' ? full_port :
		    open_data(s);
		if (*p == 'P')
			buf_addf(&b, "%d,%d", port >> 8, port & 255);
		else
			buf_addf(&b, "%d", port);
	}
	if (b.n > 0) {
		buf_adds(&b, "\r\n");
		if (io_write(s->fd, b.p, b.n) < 0)
			_exit(0);
	}
	buf_free(&b);
	return *p == '~' ? p + 1 : "";
}

/* Takes the bytes that go to a file of that name. */
static void
take(struct session *s, const char *name)
{
	char bytes[4096];
	ssize_t n;
	int data = accept(s->data, NULL, NULL);
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	while ((n = read(data, bytes, sizeof bytes)) > 0)
		if (write(fd, bytes, (size_t)n) != n)
			abort();
	close(fd);
	close(data);
}

static const char *
size_of(const char *name)
{
	static char reply[64];
	struct stat st;

	if (stat(name, &st) < 0)
		return "550 no file";
	snprintf(reply, sizeof reply, "213 %lld", (long long)st.st_size);
	return reply;
}

/* What a good server says. */
static const char *
usual(struct session *s, const char *line, const char *name)
{
	if (strncmp(line, "USER", 4) == 0)
		return "331 password?";
	if (strncmp(line, "PASS", 4) == 0)
		return "230 in";
	if (strncmp(line, "FEAT", 4) == 0)
		return "211-it can\r\n SIZE\r\n211 end";
	if (strncmp(line, "EPSV", 4) == 0)
		return "229 go (|||$E|)";
	if (strncmp(line, "PASV", 4) == 0)
		return "227 go (192,0,2,1,$P)";
	if (strncmp(line, "STOR", 4) == 0)
		return "150 go~226 done";
	if (strncmp(line, "SIZE", 4) == 0)
		return size_of(name);
	if (strncmp(line, "RNFR", 4) == 0) {
		snprintf(s->from, sizeof s->from, "%s", name);
		return access(name, F_OK) == 0 ? "350 to?" : "550 no file";
	}
	if (strncmp(line, "RNTO", 4) == 0)
		return rename(s->from, name) == 0 ? "250 done" : "550 no";
	if (strncmp(line, "DELE", 4) == 0)
		return unlink(name) == 0 ? "250 gone" : "550 no file";
	return *line == '\0' ? "220 hello" : "200 ok";
}

static void
answer(struct session *s, const char *line)
{
	const char *name = strlen(line) > 5 ? line + 5 : "";
	const char *reply = NULL, *key, *rest;
	size_t i;

	for (i = 0; i < OVERRIDES && reply == NULL; i++) {
		key = s->odd->odd[i].line;
		if (key != NULL && (*key == '\0' ? *line == '\0' :
		    strncmp(line, key, strlen(key)) == 0))
			reply = s->odd->odd[i].reply;
	}
	if (reply != NULL && strncmp(reply, "425 none came", 13) == 0 && s->old)
		reply = NULL;
	if (strncmp(line, "PASV", 4) == 0 || strncmp(line, "EPSV", 4) == 0)
		s->old = line[0] == 'P';
	if (reply == NULL)
		reply = usual(s, line, name);
	rest = say(s, reply);
	if (strncmp(line, "STOR", 4) == 0 && *reply < '4') {
		take(s, name);
		say(s, rest);
	}
}

static void
serve(const struct oddity *odd, int listening)
{
	struct session s = { .odd = odd, .data = -1 };
	char line[200];
	FILE *in;
	int on = 1;

	s.said = fopen("../said", "w");
	for (;;) {
		s.fd = accept(listening, NULL, NULL);
		setsockopt(s.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		in = fdopen(s.fd, "r");
		answer(&s, "");
		while (fgets(line, sizeof line, in) != NULL) {
			line[strcspn(line, "\r\n")] = '\0';
			fprintf(s.said, "%s\n", line);
			fflush(s.said);
			answer(&s, line);
		}
		fclose(in);
	}
}

static pid_t
start(const struct oddity *odd, struct net_addr *a)
{
	int port, fd = listener(&port);
	pid_t pid = fork();

	if (pid == 0) {
		signal(SIGPIPE, SIG_DFL);
		alarm(60);
		if (chdir("up") < 0)
			_exit(1);
		serve(odd, fd);
	}
	close(fd);
	memset(a, 0, sizeof *a);
	snprintf(a->host, sizeof a->host, "127.0.0.1");
	snprintf(a->port, sizeof a->port, "%d", port);
	return pid;
}

static void
put_file(const char *name, const char *content)
{
	FILE *f = fopen(name, "w");

	CHECK(f != NULL && fputs(content, f) >= 0 && fclose(f) == 0);
}

static int
holds(const char *name, const char *content)
{
	char bytes[100] = "";
	FILE *f = fopen(name, "r");
	size_t n;

	if (f == NULL)
		return 0;
	n = fread(bytes, 1, sizeof bytes - 1, f);
	fclose(f);
	return n == strlen(content) && memcmp(bytes, content, n) == 0;
}

/* A port with as many connections as may wait; their descriptors stay. */
static void
fill_port(int *port)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	int fd = listener(port), i;

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	in.sin_port = htons((unsigned short)*port);
	CHECK_INT(listen(fd, 0), 0);
	for (i = 0; i < 4; i++) {
		fd = socket(AF_INET, SOCK_STREAM, 0);
		fcntl(fd, F_SETFL, O_NONBLOCK);
		connect(fd, (struct sockaddr *)&in, sizeof in);
	}
}

/* How many lines that begin so were said. */
static int
said(const char *line)
{
	char text[200];
	FILE *f = fopen("said", "r");
	int n = 0;

	while (f != NULL && fgets(text, sizeof text, f) != NULL)
		n += strncmp(text, line, strlen(line)) == 0;
	if (f != NULL)
		fclose(f);
	return n;
}

/* Uploads one and two; the code of the worst. */
static enum exit_code
upload(const struct oddity *odd, int code[2])
{
	static char *const paths[] = { "one", "two", NULL };
	struct ftpc_conf conf = { .user = "joe", .timeout = 2000 };
	struct handin h = { .tmpdir = "/tmp", .retries = 1 };
	enum exit_code sent;
	size_t i;
	pid_t pid;

	pid = start(odd, &conf.addr);
	conf.password = span_str("pencil");
	conf.path = span_of("", 0);
	handin_load(&h, paths, 0);
	sent = ftpput_send(&conf, &h);
	for (i = 0; i < 2; i++)
		code[i] = h.files[i].code;
	handin_free(&h);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return sent;
}

static void
test_oddities(void)
{
	const struct oddity *o;
	int code[2], before;

	for (o = oddities; o < oddities + COUNT(oddities); o++) {
		before = test_failed;
		CHECK_INT(upload(o, code), EX_OK);
		CHECK_INT(code[0], 250);
		CHECK_INT(code[1], 250);
		CHECK(holds("up/one", "first\n"));
		CHECK(holds("up/two", "the second\n"));
		CHECK(o->never == NULL || said(o->never) == 1);
		/* Nothing else lies there. */
		unlink("up/one");
		unlink("up/two");
		CHECK(rmdir("up") == 0 && mkdir("up", 0700) == 0);
		if (test_failed > before)
			printf("with: %s\n", o->name);
	}
}

/* What lay there before is not ours to delete. */
static void
test_refused_in_place(void)
{
	static const struct oddity odd = { "refused",
	    { { "STOR", "550 no" }, { "FEAT", "500 ?" } }, NULL };
	int code[2];

	put_file("up/one", "another's");
	upload(&odd, code);
	CHECK_INT(code[0], 550);
	CHECK_INT(code[1], 550);
	CHECK(holds("up/one", "another's"));
	unlink("up/one");
}

int
main(void)
{
	char dir[] = "/tmp/unit.XXXXXX";

	signal(SIGPIPE, SIG_IGN);
	if (mkdtemp(dir) == NULL || chdir(dir) < 0 ||
	    mkdir("up", 0700) < 0 ||
	    freopen("warnings", "w", stderr) == NULL)
		return 1;
	close(listener(&closed_port));
	fill_port(&full_port);
	put_file("one", "first\n");
	put_file("two", "the second\n");
	test_oddities();
	test_refused_in_place();
	unlink("one");
	unlink("two");
	unlink("said");
	unlink("warnings");
	rmdir("up");
	CHECK(chdir("/") == 0 && rmdir(dir) == 0);
	return test_end();
}
