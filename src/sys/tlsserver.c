#include "tlsserver.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "io.h"
#include "net.h"
#include "openssl.h"
#include "relay.h"
#include "secret.h"
#include "spawn.h"

#define KEY_MAX ((size_t)1 << 20)	/* octets of its file */
#define START_MS 5000		/* openssl is ready by then */
#define WORDS_MAX 4096		/* octets of why it is not */
#define NAP_MS 2		/* between two looks whether it is */
#define PATH_OCTETS 4096	/* of the current directory at most */

/*
 * When the session is over openssl has what it said last, but does not close
 * the connection by itself: so long it says nothing more, then all is sent.
 */
#define QUIET_MS 100

#define GATE "s"

/*
 * How openssl is reached: a socket in a directory of its own.  There it runs,
 * for it takes no path of more than 31 octets (getnameinfo(3)'s NI_MAXSERV).
 */
struct gate {
	char dir[sizeof ((struct sockaddr_un *)0)->sun_path];
	struct sockaddr_un addr;
};

struct job {
	const struct tlsserver *t;
	int in, out;
};

/* openssl, as it runs. */
struct engine {
	struct gate gate;
	struct spawn child;	/* its out, unread, is our standard input */
	int words;		/* what it complains of */
	int plain;		/* to write what is said */
	int sock;		/* what is encrypted */
};

void
tlsserver_set(struct tlsserver *t, const char *files, const char *tmpdir)
{
	struct span rest = span_str(files), cert = span_cut(&rest, ',');

	t->cert = span_dup(cert);
	t->key = span_dup(rest.n > 0 ? rest : cert);
	t->tmpdir = tmpdir;
}

void
tlsserver_free(struct tlsserver *t)
{
	free(t->cert);
	free(t->key);
}

static int
open_gate(struct gate *g, const char *tmpdir)
{
	struct buf b = { 0 };
	int r = -1;

	memset(g, 0, sizeof *g);
	buf_addf(&b, "%s/mailorder.XXXXXX", tmpdir != NULL ? tmpdir : "/tmp");
	errno = ENAMETOOLONG;
	if (b.n + sizeof "/" GATE <= sizeof g->dir) {
		memcpy(g->dir, buf_str(&b), b.n + 1);
		r = mkdtemp(g->dir) != NULL ? 0 : -1;
	}
	if (r == 0) {
		buf_setf(&b, "%s/" GATE, g->dir);
		g->addr.sun_family = AF_UNIX;
		memcpy(g->addr.sun_path, buf_str(&b), b.n + 1);
	}
	buf_free(&b);
	return r;
}

/* Who has come in needs it no more. */
static void
close_gate(const struct gate *g)
{
	int err = errno;

	unlink(g->addr.sun_path);
	rmdir(g->dir);
	errno = err;
}

/* A connection to openssl, as soon as it is there: -1 where it never is. */
static int
connect_to(const struct engine *e)
{
	const struct sockaddr_un *a = &e->gate.addr;
	long long end = io_clock() + START_MS;
	struct pollfd p = { .fd = e->child.in };
	int fd;

	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (fd < 0)
		return -1;
	while (connect(fd, (const struct sockaddr *)a, sizeof *a) < 0)
		if (io_clock() >= end || io_poll(&p, 1, NAP_MS) != 0) {
			io_close(fd);
			return -1;
		}
	return fd;
}

/* -quiet: no line of the session is a command of openssl's own. */
static int
run_openssl(struct engine *e, char *cert, char *key)
{
	char *argv[] = { "openssl", "s_server", "-quiet", "-naccept", "1",
	    "-unix", GATE, "-cert", cert, "-cert_chain", cert, "-key", key,
	    "-pass", "pass:", NULL };
	int way[2];

	if (pipe(way) < 0)
		return -1;
	fcntl(way[1], F_SETFD, FD_CLOEXEC);
	if (dup2(way[0], STDIN_FILENO) < 0 ||
	    spawn_output(&e->child, e->gate.dir, argv, &e->words) < 0)
		return -1;
	close(way[0]);
	e->plain = way[1];
	return 0;
}

/* The path from any directory, the caller's to free; or NULL with errno. */
static char *
absolute(const char *path)
{
	char cwd[PATH_OCTETS], *whole;
	struct buf b = { 0 };

	if (path[0] == '/')
		return span_dup(span_str(path));
	if (getcwd(cwd, sizeof cwd) == NULL)
		return NULL;
	buf_addf(&b, "%s/%s", cwd, path);
	whole = span_dup(buf_span(&b));
	buf_free(&b);
	return whole;
}

static int
run(struct engine *e, const struct tlsserver *t)
{
	char *cert = absolute(t->cert), *key = absolute(t->key);
	int r = -1;

	if (cert != NULL && key != NULL)
		r = run_openssl(e, cert, key);
	free(cert);
	free(key);
	return r;
}

static int
start(struct engine *e, const struct tlsserver *t)
{
	if (open_gate(&e->gate, t->tmpdir) < 0)
		return -1;
	if (run(e, t) < 0) {
		close_gate(&e->gate);
		return -1;
	}
	e->sock = connect_to(e);
	close_gate(&e->gate);
	return 0;
}

static int
unblock(int fd)
{
	return fcntl(fd, F_SETFL, O_NONBLOCK);
}

/* Whether openssl has read all that it was given. */
static int
is_read(void)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };

	return io_poll(&p, 1, 0) == 0;
}

/* Until the connection, or the session, is over. */
static void
join(const struct job *j, const struct engine *e, int session)
{
	static struct relay_way way[4];
	int r;

	way[0].from = j->in;
	way[0].to = way[1].from = e->sock;
	way[1].to = j->out;
	way[2].from = way[3].to = session;
	way[2].to = e->plain;
	way[3].from = e->child.in;
	if (unblock(j->in) < 0 || unblock(j->out) < 0 ||
	    unblock(e->sock) < 0 || unblock(session) < 0 ||
	    unblock(e->plain) < 0 || unblock(e->child.in) < 0)
		return;
	do
		r = relay_round(way, COUNT(way), -1, way[2].eof ? QUIET_MS :
		    IO_FOREVER);
	while ((!way[1].eof || !way[3].eof) &&
	    !(r == 0 && way[2].eof && is_read()));
}

/* All descriptors that may be open, to b; there can be a million. */
static void
list_open(struct buf *b)
{
	DIR *d = io_dir("/dev/fd");
	int fd, end = (int)sysconf(_SC_OPEN_MAX);
	struct dirent *entry;
	uintmax_t u;

	while (d != NULL && (entry = readdir(d)) != NULL)
		if (span_number(span_str(entry->d_name), &u) == 0) {
			fd = (int)u;
			buf_add(b, &fd, sizeof fd);
		}
	if (d != NULL)
		closedir(d);
	for (fd = 0; d == NULL && fd < end; fd++)
		buf_add(b, &fd, sizeof fd);
}

/* Nothing of the parent's is held open: the peers of others would wait. */
static void
keep_only(const struct job *j, int session)
{
	struct buf b = { 0 };
	size_t i;
	int fd;

	list_open(&b);
	for (i = 0; i < b.n; i += sizeof fd) {
		memcpy(&fd, b.p + i, sizeof fd);
		if (fd > STDERR_FILENO && fd != j->in && fd != j->out &&
		    fd != session)
			close(fd);
	}
	buf_free(&b);
}

static void
say(const struct net_peer *peer, struct buf *why)
{
	warn("%s: %s", peer->text[0] != '\0' ? peer->text : "local",
	    buf_str(why));
}

static int
work(void *arg, int session)
{
	const struct job *j = arg;
	struct buf why = { 0 };
	struct net_peer peer;
	struct engine e;

	/* When it has gone, nothing tells who it was. */
	net_peer(&peer, j->in);
	/* A signal from the terminal is for our parent, who closes session. */
	setpgid(0, 0);
	signal(SIGCHLD, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	keep_only(j, session);
	if (start(&e, j->t) < 0) {
		warn_sys("openssl");
		return EX_TEMPFAIL;
	}
	if (e.sock >= 0)
		join(j, &e, session);
	spawn_stop(&e.child);
	if (e.sock < 0 ? openssl_failure(&why, e.words) :
	    openssl_explain(&why, e.words, "client"))
		say(&peer, &why);
	return EX_OK;
}

int
tlsserver_start(const struct tlsserver *t, int in, int out)
{
	struct job j = { t, -1, -1 };
	struct spawn s;
	int r = -1;

	/* Standard input and output are not the copy's. */
	j.in = fcntl(in, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	j.out = fcntl(out, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (j.in >= 0 && j.out >= 0)
		r = spawn_copy(&s, work, &j);
	if (j.in >= 0)
		io_close(j.in);
	if (j.out >= 0)
		io_close(j.out);
	if (r < 0)
		return -1;
	if (unblock(s.in) == 0)
		return s.in;
	io_close(s.in);
	return -1;
}

/* In a copy of this process, whose standard input it takes. */
static int
try(void *arg, int answer)
{
	struct buf why = { 0 };
	struct engine e;

	signal(SIGCHLD, SIG_DFL);
	if (start(&e, arg) < 0)
		buf_adds(&why, strerror(errno));
	else {
		spawn_stop(&e.child);
		if (e.sock < 0 && !openssl_failure(&why, e.words))
			buf_adds(&why, "does not start");
	}
	io_write(answer, why.p, why.n);
	return EX_OK;
}

int
tlsserver_check(const struct tlsserver *t, struct buf *why)
{
	struct tlsserver copy = *t;
	struct buf key = { 0 };
	const char *reason;
	struct spawn s;
	size_t n;
	int r;

	r = secret_read(t->key, &key, KEY_MAX, &reason);
	secret_wipe(&key);
	if (r < 0) {
		buf_addf(why, "%s: %s", t->key, reason);
		return -1;
	}
	buf_adds(why, "openssl: ");
	n = why->n;
	if (spawn_copy(&s, try, &copy) < 0 ||
	    io_slurp(s.in, why, WORDS_MAX) < 0)
		buf_adds(why, strerror(errno));
	else
		spawn_end(&s);
	return why->n == n ? 0 : -1;
}
