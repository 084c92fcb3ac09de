#include "serve.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "inetd.h"
#include "io.h"
#include "secret.h"
#include "stop.h"
#include "workers.h"

#define SOCKETS_MAX 64		/* listening, of one server */
#define SYSTEMD_FIRST 3		/* sd_listen_fds(3): the first descriptor */
#define SESSIONS_MAX 1000000

/*
 * A worker's descriptors beside those of sessions: its own, and of those whose
 * session is over.  Where there are few, half of them are for the files of
 * sessions.
 */
#define OTHER_FDS 96

struct sockets {
	int fd[SOCKETS_MAX];
	int n;
	char path[SOCKETS_MAX][NET_TEXT_MAX];	/* to unlink, or "" */
};

/* Dropping the groups of root is in no standard and on every system. */
int setgroups(size_t n, const gid_t *list);

/*
 * SIGTERM and SIGINT end the server in good order; writing beyond a limit on
 * file sizes is an error like any other.
 */
static void
catch_signals(void)
{
	struct sigaction sa;

	if (stop_open() < 0)
		die_sys(EX_TEMPFAIL, "pipe");
	memset(&sa, 0, sizeof sa);
	sigemptyset(&sa.sa_mask);
	sa.sa_handler = stop_ask;
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	sa.sa_handler = SIG_IGN;
	sigaction(SIGXFSZ, &sa, NULL);
}

/* "sessions", or "sessions/of-one-address". */
static void
set_sessions(struct serve_opt *o, const char *arg)
{
	const char *slash = strchr(arg, '/');
	char *all;

	o->per_peer = 0;
	if (slash != NULL)
		o->per_peer = cli_number('c', slash + 1, 1, SESSIONS_MAX);
	all = span_dup(span_of(arg, slash != NULL ? (size_t)(slash - arg) :
	    strlen(arg)));
	o->max_sessions = cli_number('c', all, 1, SESSIONS_MAX);
	free(all);
}

void
serve_option(struct serve_opt *o, int opt, char *arg)
{
	switch (opt) {
	case '1': o->once = 1; break;
	case 'l':
		if (o->listens == SERVE_LISTENS)
			die(EX_USAGE, "-l: more than %d", SERVE_LISTENS);
		o->listen[o->listens++] = arg;
		break;
	case 'i': o->inetd = 1; break;
	case 'd': o->dir = cli_directory(arg); break;
	case 'm': o->max_size = cli_size(opt, arg); break;
	case 'c': set_sessions(o, arg); break;
	case 'T': o->idle = cli_number(opt, arg, 1, 86400); break;
	case 'w': o->workers = cli_number(opt, arg, 1, WORKERS_MAX); break;
	case 'U': o->user = arg; break;
	case 'v': o->verbose = 1; break;
	default: cli_other(opt);
	}
	if (o->once && o->workers > 1)
		die(EX_USAGE, "-1: not with several workers (-w)");
}

static void
add_socket(struct sockets *s, int fd, int is_ours)
{
	char text[NET_TEXT_MAX];

	if (s->n == SOCKETS_MAX)
		die(EX_CONFIG, "more than %d sockets", SOCKETS_MAX);
	net_bound(fd, text);
	s->fd[s->n] = fd;
	s->path[s->n][0] = '\0';
	if (is_ours && (text[0] == '/' || text[0] == '.'))
		memcpy(s->path[s->n], text, sizeof text);
	s->n++;
}

static int
is_listening(int fd)
{
	socklen_t n = sizeof(int);
	int on = 0;

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &n) == 0 && on;
}

/* systemd's sockets, when it passed any: their number. */
static int
take_passed(struct sockets *s, const struct serve_opt *o)
{
	const char *fds = o->env("LISTEN_FDS"), *pid = o->env("LISTEN_PID");
	uintmax_t n, i;

	if (fds == NULL || span_number(span_str(fds), &n) < 0 || n == 0)
		return 0;
	if (pid != NULL && (span_number(span_str(pid), &i) < 0 ||
	    i != (uintmax_t)getpid()))
		return 0;
	for (i = 0; i < n; i++) {
		int fd = SYSTEMD_FIRST + (int)i;

		if (!is_listening(fd))
			die(EX_CONFIG, "LISTEN_FDS: descriptor %d: not a "
			    "listening socket", fd);
		if (net_prepare(fd) < 0)
			die_sys(EX_CONFIG, "LISTEN_FDS: descriptor %d", fd);
		add_socket(s, fd, 0);
	}
	return s->n;
}

static void
bind_all(struct sockets *s, const struct serve_opt *o, const char *port)
{
	struct net_addr a;
	const char *why, *text;
	char shown[NET_TEXT_MAX];
	int fd[NET_SOCKETS_MAX], i, n, k;

	for (i = 0; i < o->listens || i == 0; i++) {
		text = o->listens > 0 ? o->listen[i] : "";
		memset(&a, 0, sizeof a);
		if (o->listens == 0)
			memcpy(a.port, port, strlen(port) + 1);
		else if (net_parse(&a, text, port) < 0)
			die(EX_USAGE, "-l: %s: not an address", text);
		net_text(&a, shown);
		n = net_listen(&a, fd, &why);
		if (n < 0)
			die(die_errno(errno, EX_CONFIG), "%s: %s",
			    shown, why);
		for (k = 0; k < n; k++)
			add_socket(s, fd[k], 1);
	}
}

static void
announce(const struct sockets *s)
{
	char text[NET_TEXT_MAX];
	int i;

	for (i = 0; i < s->n; i++) {
		net_bound(s->fd[i], text);
		warn("listening on %s", text);
	}
}

static void
drop_privileges(const char *user)
{
	struct passwd *pw;

	if (user == NULL)
		return;
	if (getuid() != 0)
		die(EX_NOPERM, "-U: %s: only root can become another", user);
	errno = 0;
	pw = getpwnam(user);
	if (pw == NULL)
		die(EX_CONFIG, "-U: %s: no such user", user);
	if (setgroups(1, &pw->pw_gid) < 0 || setgid(pw->pw_gid) < 0 ||
	    setuid(pw->pw_uid) < 0)
		die_sys(EX_NOPERM, "-U: %s", user);
	if (pw->pw_uid != 0 && setuid(0) == 0)
		die(EX_NOPERM, "-U: %s: root could be had back", user);
}

/* As many descriptors as the system lets us have: their number. */
static long
raise_limits(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) < 0)
		return SESSIONS_MAX;
	rl.rlim_cur = rl.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &rl) < 0 ||
	    getrlimit(RLIMIT_NOFILE, &rl) < 0 || rl.rlim_cur > SESSIONS_MAX)
		return SESSIONS_MAX;
	return (long)rl.rlim_cur;
}

/* How many sessions there may be, with so many descriptors in a worker. */
static long
count_slots(const struct serve_opt *o, long fds)
{
	long each = fds > 2 * OTHER_FDS ? fds - OTHER_FDS : (fds + 1) / 2;

	return each >= o->max_sessions / o->workers + 1 ? o->max_sessions :
	    o->workers * each;
}

/*
 * Drops privileges, and makes what the workers need.  Random bytes and the time
 * zone are to be had whatever is short later.
 */
static void
prepare(const struct serve_opt *o, const struct service *service)
{
	if (secret_open() < 0)
		die_sys(EX_TEMPFAIL, "/dev/urandom");
	tzset();
	drop_privileges(o->user);
	if (service->make != NULL)
		service->make(service->app);
}

/* The session on standard input and output. */
static enum exit_code
serve_stdio(const struct serve_opt *o, const struct service *service)
{
	struct net_peer peer;

	prepare(o, service);
	if (service->start != NULL)
		service->start(service->app);
	net_peer_text(&peer, o->env("TCPREMOTEIP"));
	return inetd_run(service, &peer, (int)o->idle * 1000);
}

/* The workers, once all of them are there, and what they leave behind. */
static enum exit_code
serve_sockets(const struct serve_opt *o, const struct service *service,
    const struct sockets *s)
{
	struct workers_opt co = {
		.workers = (int)o->workers, .once = o->once,
		.loop = { .listener = s->fd, .listeners = s->n,
		    .stop = stop_fd(), .idle = (int)o->idle * 1000,
		    .verbose = o->verbose }
	};
	enum exit_code code;
	struct workers *ws;
	int i;

	co.loop.limit = limit_open(count_slots(o, raise_limits()),
	    o->per_peer, co.workers);
	ws = workers_start(&co, service, &code);
	if (ws != NULL) {
		announce(s);
		code = workers_run(ws);
	}
	limit_free(co.loop.limit);
	for (i = 0; i < s->n; i++)
		if (s->path[i][0] != '\0')
			unlink(s->path[i]);
	return code;
}

static enum exit_code
run(const struct serve_opt *o, const struct service *service,
    const char *port)
{
	struct sockets s;

	catch_signals();
	if (o->inetd)
		return serve_stdio(o, service);
	s.n = 0;
	/* Under -U only that user can make what is to be that user's. */
	if (o->user == NULL)
		prepare(o, service);
	if (take_passed(&s, o) == 0)
		bind_all(&s, o, port);
	if (o->user != NULL)
		prepare(o, service);
	return serve_sockets(o, service, &s);
}

enum exit_code
serve_run(const struct serve_opt *o, const struct service *service,
    const char *port)
{
	enum exit_code code = run(o, service, port);

	if (close(STDOUT_FILENO) < 0 && code == EX_OK)
		die_sys(EX_IOERR, "stdout");
	return code;
}

void
serve_print(void *opt, const char *line)
{
	const struct serve_opt *o = opt;
	struct buf b = { 0 };
	int r;

	if (o->inetd)
		return;
	buf_addf(&b, "%s\n", line);
	r = stop_write(STDOUT_FILENO, b.p, b.n, IO_FOREVER);
	if (r < 0)
		die_sys(EX_IOERR, "stdout");
	if (r > 0)
		warn("%s: not printed: nobody reads standard output", line);
	buf_free(&b);
	serve_finish(opt);
}

void
serve_finish(void *opt)
{
	const struct serve_opt *o = opt;

	/* Those in hand are finished, then serve_run returns. */
	if (o->once && !o->inetd)
		stop_ask(0);
}

void
serve_talk(const char *peer, int who, struct span line)
{
	struct buf text = { 0 };

	buf_addshown(&text, line);
	if (stop_await_room(STDERR_FILENO, IO_FOREVER) == 0)
		warn("%s: %c: %s", peer[0] != '\0' ? peer : "local", who,
		    buf_str(&text));
	buf_free(&text);
}
