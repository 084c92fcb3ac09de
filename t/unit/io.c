/* sys/io */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/io.h"

/* A pipe with the text in it; its writing end is closed when fd is NULL. */
static int
pipe_with(const char *text, size_t n, int *fd)
{
	int p[2];

	CHECK_INT(pipe(p), 0);
	CHECK_INT(write(p[1], text, n), n);
	if (fd != NULL)
		*fd = p[1];
	else
		close(p[1]);
	return p[0];
}

static void
test_lines(void)
{
	static const char text[] = "a\r\n\nbb\nlong line\nlast";
	struct rd rd;
	struct span s;
	int fd = pipe_with(text, sizeof text - 1, NULL);

	rd_init(&rd, fd, IO_FOREVER, 6);
	CHECK_INT(rd_next(&rd, &s), 0);
	CHECK_INT(rd_line(&rd, &s), RD_LINE);
	CHECK_SPAN(s, "a\r\n");
	CHECK_INT(rd_next(&rd, &s), 1);
	CHECK_SPAN(s, "\n");
	CHECK_INT(rd_line(&rd, &s), RD_LINE);
	CHECK_SPAN(s, "bb\n");
	CHECK_INT(rd_next(&rd, &s), 0);
	CHECK_INT(rd_line(&rd, &s), RD_LONG);
	CHECK_SPAN(s, "long l");
	CHECK_INT(rd_line(&rd, &s), RD_LINE);
	CHECK_SPAN(s, "ine\n");
	CHECK_INT(rd_next(&rd, &s), 0);
	CHECK_INT(rd_line(&rd, &s), RD_PARTIAL);
	CHECK_SPAN(s, "last");
	CHECK_INT(rd_line(&rd, &s), RD_EOF);
	CHECK_INT(rd_line(&rd, &s), RD_EOF);
	rd_free(&rd);
	close(fd);
}

/* A line whose end is the last byte that max allows is a line. */
static void
test_limit(void)
{
	struct rd rd;
	struct span s;
	int fd = pipe_with("12345\n123456\n", 13, NULL);

	rd_init(&rd, fd, IO_FOREVER, 6);
	CHECK_INT(rd_line(&rd, &s), RD_LINE);
	CHECK_SPAN(s, "12345\n");
	CHECK_INT(rd_line(&rd, &s), RD_LONG);
	CHECK_SPAN(s, "123456");
	CHECK_INT(rd_line(&rd, &s), RD_LINE);
	CHECK_SPAN(s, "\n");
	rd_free(&rd);
	close(fd);
}

/* Two ends of a socket that may block, or not. */
static void
sockets(int *fd, int *out, int flags)
{
	int p[2];

	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, p), 0);
	CHECK_INT(fcntl(p[0], F_SETFL, flags), 0);
	CHECK_INT(fcntl(p[1], F_SETFL, flags), 0);
	*fd = p[0];
	*out = p[1];
}

static void
check_deadline(int fd, int out)
{
	struct rd rd;
	struct span s;
	long long start = io_clock();

	CHECK_INT(write(out, "half", 4), 4);
	rd_init(&rd, fd, 50, 100);
	CHECK_INT(rd_line(&rd, &s), RD_TIMEOUT);
	CHECK(io_clock() - start >= 50);
	CHECK_INT(write(out, " more\n", 6), 6);
	CHECK_INT(rd_line(&rd, &s), RD_LINE);
	CHECK_SPAN(s, "half more\n");
	/* half a line behind a whole one has its time, too */
	CHECK_INT(write(out, "one\nhalf", 8), 8);
	CHECK_INT(rd_line(&rd, &s), RD_LINE);
	start = io_clock();
	CHECK_INT(rd_line(&rd, &s), RD_TIMEOUT);
	CHECK(io_clock() - start >= 50);
	/* nor is one forgotten that is set anew */
	rd.timeout = 0;
	CHECK_INT(rd_line(&rd, &s), RD_TIMEOUT);
	rd.timeout = 100;
	start = io_clock();
	CHECK_INT(rd_line(&rd, &s), RD_TIMEOUT);
	CHECK(io_clock() - start >= 100);
	close(out);
	CHECK_INT(rd_line(&rd, &s), RD_PARTIAL);
	rd_free(&rd);
	close(fd);
}

static void
test_deadline(void)
{
	int fd, out;

	fd = pipe_with("", 0, &out);
	check_deadline(fd, out);
	sockets(&fd, &out, O_NONBLOCK);
	check_deadline(fd, out);
	sockets(&fd, &out, 0);
	check_deadline(fd, out);
	sockets(&fd, &out, O_NONBLOCK);
	io_block(fd);
	CHECK_INT(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	check_deadline(fd, out);
}

/* Bytes that come one by one do not put it off. */
static void
test_dribble(void)
{
	struct rd rd;
	struct span s;
	pid_t child;
	int i, fd, out;

	sockets(&fd, &out, 0);
	child = fork();
	CHECK(child >= 0);
	if (child == 0) {
		close(fd);
		signal(SIGPIPE, SIG_DFL);
		for (i = 0; i < 200; i++) {
			poll(NULL, 0, 10);
			write(out, "x", 1);
		}
		_exit(0);
	}
	close(out);
	rd_init(&rd, fd, 100, 1000);
	CHECK_INT(rd_line(&rd, &s), RD_TIMEOUT);
	rd_free(&rd);
	close(fd);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

/* A peer that takes nothing is waited for no longer than that. */
static void
test_no_room(void)
{
	static const char text[100000];
	struct wr wr;
	int i, fd, out;

	sockets(&fd, &out, 0);
	wr_init(&wr, out, 50);
	for (i = 0; i < 100; i++)
		wr_add(&wr, text, sizeof text);
	CHECK_INT(wr_flush(&wr), -1);
	CHECK_INT(wr.err, ETIMEDOUT);
	CHECK(wr.sent < 100 * sizeof text);
	wr_free(&wr);
	close(fd);
	close(out);
}

static void
test_some(void)
{
	struct rd rd;
	struct span s;
	int fd = pipe_with("abcdef\nxyz\n", 11, NULL);

	rd_init(&rd, fd, IO_FOREVER, 100);
	CHECK_INT(rd_some(&rd, &s), RD_LINE);
	CHECK_SPAN(s, "abcdef\nxyz\n");
	rd_take(&rd, 3);
	CHECK_INT(rd_pending(&rd).n, 8);
	CHECK_INT(rd_line(&rd, &s), RD_LINE);
	CHECK_SPAN(s, "def\n");
	CHECK_INT(rd_some(&rd, &s), RD_LINE);
	rd_take(&rd, s.n);
	CHECK_INT(rd_some(&rd, &s), RD_EOF);
	rd_free(&rd);
	close(fd);
}

static void
test_error(void)
{
	struct rd rd;
	struct span s;

	rd_init(&rd, -1, IO_FOREVER, 100);
	CHECK_INT(rd_line(&rd, &s), RD_ERROR);
	CHECK_INT(rd.err, EBADF);
	rd_free(&rd);
}

/* The first failure is kept, later writes are ignored. */
static void
test_latch(void)
{
	struct wr wr;
	int fd = open("/dev/full", O_WRONLY);

	wr_init(&wr, fd, IO_FOREVER);
	wr_adds(&wr, "text");
	CHECK_INT(wr_flush(&wr), -1);
	CHECK_INT(wr.err, ENOSPC);
	close(fd);
	wr_adds(&wr, "more");
	CHECK_INT(wr_flush(&wr), -1);
	CHECK_INT(wr.err, ENOSPC);
	wr_free(&wr);
}

/* Pieces larger and smaller than the buffer come out in their order. */
static void
test_write(void)
{
	char path[] = "unit.XXXXXX";
	struct buf want = { 0 }, got = { 0 };
	struct wr wr;
	size_t n;
	int fd = mkstemp(path);

	wr_init(&wr, fd, IO_FOREVER);
	for (n = 1; n < 300000; n *= 3) {
		struct buf piece = { 0 };

		while (piece.n < n)
			buf_addu(&piece, n);
		wr_add(&wr, piece.p, piece.n);
		wr_addf(&wr, "<%zu>", n);
		buf_addspan(&want, buf_span(&piece));
		buf_addf(&want, "<%zu>", n);
		buf_free(&piece);
	}
	CHECK_INT(wr_flush(&wr), 0);
	wr_free(&wr);
	CHECK_INT(lseek(fd, 0, SEEK_SET), 0);
	CHECK_INT(io_slurp(fd, &got, want.n), 0);
	CHECK(span_eq(buf_span(&got), buf_span(&want)));
	buf_clear(&got);
	CHECK_INT(lseek(fd, 0, SEEK_SET), 0);
	CHECK_INT(io_slurp(fd, &got, want.n - 1), -1);
	CHECK_INT(errno, EFBIG);
	close(fd);
	unlink(path);
	buf_free(&want);
	buf_free(&got);
}

static void
on_signal(int sig)
{
	(void)sig;
}

/* Signals come while a FIFO waits for its other end. */
static void
test_signals(void)
{
	char dir[] = "unit.XXXXXX", path[32];
	struct sigaction sa;
	int fd, i;
	pid_t pid;

	CHECK(mkdtemp(dir) != NULL);
	snprintf(path, sizeof path, "%s/fifo", dir);
	CHECK_INT(mkfifo(path, 0600), 0);
	memset(&sa, 0, sizeof sa);
	sa.sa_handler = on_signal;
	sigemptyset(&sa.sa_mask);
	sigaction(SIGUSR1, &sa, NULL);
	pid = fork();
	if (pid == 0) {
		for (i = 0; i < 5; i++) {
			poll(NULL, 0, 10);
			kill(getppid(), SIGUSR1);
		}
		_exit(open(path, O_WRONLY) < 0);
	}
	fd = io_file(path, O_RDONLY, 0);
	CHECK(fd >= 0);
	if (fd < 0)
		kill(pid, SIGKILL);
	close(fd);
	waitpid(pid, NULL, 0);
	unlink(path);
	rmdir(dir);
}

int
main(void)
{
	test_lines();
	test_limit();
	test_deadline();
	test_dribble();
	test_no_room();
	test_some();
	test_error();
	test_latch();
	test_write();
	test_signals();
	return test_end();
}
