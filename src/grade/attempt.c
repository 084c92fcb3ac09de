#include "attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys/io.h"
#include "sys/limit.h"
#include "sys/net.h"
#include "sys/spawn.h"
#include "sys/stop.h"

#define LOOPBACK "127.0.0.1"
#define NAP 20			/* ms between looks at the program */
#define OUTPUT_MAX ((size_t)4 << 20)
#define BUSY "421 4.3.2 One session was enough\r\n"

static void
listen_at(int *fd, char *port, size_t room)
{
	struct net_addr a;
	char text[NET_TEXT_MAX];
	const char *why;
	int fds[NET_SOCKETS_MAX];

	net_parse(&a, LOOPBACK ":0", "0");
	if (net_listen(&a, fds, &why) < 1)
		die(EX_TEMPFAIL, LOOPBACK ": %s", why);
	*fd = fds[0];
	net_bound(*fd, text);
	why = strrchr(text, ':');
	if (why == NULL || strlen(why) > room)
		die(EX_TEMPFAIL, "%s: no port", text);
	memcpy(port, why + 1, strlen(why));
}

/* A file of dir: its name, and a descriptor to read and write. */
static int
open_file(struct buf *path, const char *dir, const char *name)
{
	int fd;

	buf_addf(path, "%s/%s", dir, name);
	fd = io_file(buf_str(path), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC,
	    0600);
	if (fd < 0)
		die_sys(EX_CANTCREAT, "%s", buf_str(path));
	return fd;
}

static int
start(struct spawn_sandbox *b, const struct attempt_conf *conf,
    const char *port, const char *path, int in, int out)
{
	const struct spawn_sandbox_limits limits = {
		(unsigned)conf->timeout / 8000 + 1, OUTPUT_MAX
	};
	const struct spawn_value values[] = {
		{ 'h', LOOPBACK }, { 'p', port }, { 'f', conf->from },
		{ 't', conf->to }, { 'm', path }, { '\0', NULL }
	};
	char **argv = spawn_fill(conf->words, values);
	int r = spawn_sandbox_start(b, argv, in, out, &limits);

	free(argv);
	return r;
}

/* The next connection by then, or -1 once the program has ended. */
static int
take_connection(struct spawn_sandbox *b, int listener, long long by)
{
	struct pollfd p = { .fd = listener, .events = POLLIN };
	struct net_peer peer;
	int fd, is_short, ended;

	for (;;) {
		/* In this order: the last thing it did may be to connect. */
		ended = spawn_sandbox_ended(b);
		fd = limit_accept(listener, &peer, &is_short);
		if (fd >= 0 || ended || stop_asked() || io_clock() >= by)
			return fd;
		io_poll(&p, 1, NAP);
	}
}

static void
serve(struct attempt *a, const struct attempt_conf *conf,
    struct spawn_sandbox *b, int listener)
{
	long long by = io_clock() + conf->timeout;
	int fd = take_connection(b, listener, by);

	if (fd >= 0) {
		a->connected = 1;
		scripted_play(&a->said, conf->scripted, fd,
		    (int)(by - io_clock()));
		io_close(fd);
		by = a->said.by;
	}
	while (a->connected &&
	    (fd = take_connection(b, listener, by)) >= 0) {
		a->again++;
		if (send(fd, BUSY, sizeof BUSY - 1, 0) < 0)
			errno = 0;
		io_close(fd);
	}
	a->stuck = !spawn_sandbox_ended(b);
	spawn_sandbox_stop(b);
	a->status = b->status;
	a->signal = b->signal;
}

static void
slurp(struct buf *b, int fd)
{
	if (lseek(fd, 0, SEEK_SET) < 0 || io_slurp(fd, b, OUTPUT_MAX) < 0)
		die_sys(EX_IOERR, "what the program wrote");
	io_close(fd);
}

void
attempt_run(struct attempt *a, const struct attempt_conf *conf)
{
	struct buf path = { 0 }, printed = { 0 };
	int in = open_file(&path, conf->dir, "message"), listener, out;
	struct spawn_sandbox b;
	char port[8];

	memset(a, 0, sizeof *a);
	a->from = conf->from;
	a->to = conf->to;
	buf_addspan(&a->message, conf->message);
	if ((conf->scripted->smtp &&
	    io_write(in, conf->message.p, conf->message.n) < 0) ||
	    lseek(in, 0, SEEK_SET) < 0)
		die_sys(EX_IOERR, "%s", buf_str(&path));
	out = open_file(&printed, conf->dir, "output");
	listen_at(&listener, port, sizeof port);
	if (start(&b, conf, port, buf_str(&path), in, out) < 0)
		a->err = errno;
	else
		serve(a, conf, &b, listener);
	io_close(listener);
	io_close(in);
	slurp(&a->output, out);
	in = io_open(buf_str(&path));
	if (in >= 0)
		slurp(&a->fetched, in);
	unlink(buf_str(&path));
	unlink(buf_str(&printed));
	buf_free(&path);
	buf_free(&printed);
}

void
attempt_free(struct attempt *a)
{
	scripted_free(&a->said);
	buf_free(&a->message);
	buf_free(&a->output);
	buf_free(&a->fetched);
}

static const struct {
	int signal;
	const char *why;
} signals[] = {
	{ SIGSEGV, "it crashed: segmentation fault (SIGSEGV)" },
	{ SIGBUS, "it crashed: bus error (SIGBUS)" },
	{ SIGABRT, "it crashed: aborted (SIGABRT)" },
	{ SIGFPE, "it crashed: arithmetic (SIGFPE)" },
	{ SIGILL, "it crashed: illegal instruction (SIGILL)" },
	{ SIGPIPE, "it was ended by SIGPIPE: it wrote to a closed "
	    "connection" },
	{ SIGXCPU, "it looped: its CPU time was used up (SIGXCPU)" },
	{ SIGKILL, "it looped: its CPU time was used up (SIGKILL)" },
	{ SIGXFSZ, "it wrote without end (SIGXFSZ)" }
};

void
attempt_signal(int number, struct buf *words)
{
	size_t i;

	for (i = 0; i < COUNT(signals); i++)
		if (number == signals[i].signal) {
			buf_adds(words, signals[i].why);
			return;
		}
	buf_addf(words, "it was ended by signal %d", number);
}

int
attempt_crashed(const struct attempt *a, struct buf *words)
{
	/* Where SIGXFSZ is ignored writing fails. */
	int flood = a->output.n >= OUTPUT_MAX;

	if (a->stuck)
		buf_adds(words, "it did not end in time");
	else if (a->signal != 0 || flood)
		attempt_signal(flood ? SIGXFSZ : a->signal, words);
	return a->stuck || a->signal != 0 || flood;
}
