#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buf.h"
#include "io.h"

/* What is told to end may take so many ms; naps grow to so many. */
#define STOP_TIME 1000
#define STOP_NAP 32

/*
 * The pipes of a start: to the child, from it, why it did not start, and what
 * it complains of.
 */
enum { TO, FROM, WHY, ERR, PIPES };

static void
close_pipes(int fd[PIPES][2])
{
	int i;

	for (i = 0; i < PIPES; i++) {
		if (fd[i][0] >= 0)
			io_close(fd[i][0]);
		if (fd[i][1] >= 0)
			io_close(fd[i][1]);
	}
}

static int
open_pipes(int fd[PIPES][2])
{
	int i;

	memset(fd, -1, PIPES * sizeof fd[0]);
	for (i = 0; i < PIPES; i++)
		if (io_pipe(fd[i]) < 0) {
			close_pipes(fd);
			return -1;
		}
	return 0;
}

/*
 * In the child, where the program could not be executed: why gets the errno,
 * and the end of file where the program runs.
 */
static void
tell_failure(int why)
{
	int err = errno;

	_exit(io_write(why, &err, sizeof err) < 0 ? 126 : 127);
}

/* 0, or -1 with errno: where nobody can tell, the program may run. */
static int
hear_failure(int why)
{
	int err = 0;
	ssize_t r;

	do
		r = read(why, &err, sizeof err);
	while (r < 0 && errno == EINTR);
	if (r > 0)
		errno = err;
	return r == 0 ? 0 : -1;
}

/*
 * In the child, which has a standard input of its own, or ours.  No pipe is
 * descriptor 0 or 1 (cli_init), so neither dup2 closes what the other needs.
 */
static void
run_child(int fd[PIPES][2], const char *dir, char *const argv[], int own_in,
    int tapped)
{
	/* A signal from the terminal is for us, who still need it. */
	if (tapped)
		setpgid(0, 0);
	if ((!own_in || dup2(fd[TO][0], STDIN_FILENO) >= 0) &&
	    dup2(fd[FROM][1], STDOUT_FILENO) >= 0 &&
	    (!tapped || dup2(fd[ERR][1], STDERR_FILENO) >= 0) &&
	    (dir == NULL || chdir(dir) == 0))
		spawn_exec(argv);
	tell_failure(fd[WHY][1]);
}

/* The exit code, or 0 and the signal that has ended it in *by, else 0. */
static int
wait_status(pid_t pid, int *by)
{
	int status;

	*by = 0;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 127;
	if (!WIFSIGNALED(status))
		return WEXITSTATUS(status);
	*by = WTERMSIG(status);
	return 0;
}

static int
wait_for(pid_t pid)
{
	int by, code = wait_status(pid, &by);

	return by != 0 ? SPAWN_SIGNAL + by : code;
}

/* It stays there for wait_status. */
static int
has_ended(pid_t pid)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) ==
	    0 ? info.si_pid == pid : errno != EINTR;
}

static int
start(struct spawn *s, const char *dir, char *const argv[], int own_in,
    int *tap)
{
	int fd[PIPES][2], r, err;

	if (open_pipes(fd) < 0)
		return -1;
	s->pid = fork();
	if (s->pid == 0)
		run_child(fd, dir, argv, own_in, tap != NULL);
	if (s->pid < 0) {
		close_pipes(fd);
		return -1;
	}
	close(fd[TO][0]);
	close(fd[FROM][1]);
	close(fd[WHY][1]);
	close(fd[ERR][1]);
	r = hear_failure(fd[WHY][0]);
	io_close(fd[WHY][0]);
	s->in = fd[FROM][0];
	s->out = fd[TO][1];
	if (!own_in) {
		io_close(s->out);
		s->out = -1;
	}
	if (r == 0 && tap != NULL)
		*tap = fd[ERR][0];
	else
		io_close(fd[ERR][0]);
	if (r == 0)
		return 0;
	err = errno;
	spawn_stop(s);
	errno = err;
	return -1;
}

int
spawn_start(struct spawn *s, char *const argv[], int *err)
{
	return start(s, NULL, argv, 1, err);
}

int
spawn_output(struct spawn *s, const char *dir, char *const argv[], int *err)
{
	return start(s, dir, argv, 0, err);
}

/* In the copy: nothing of the parent's is left to be held open. */
static void
leave_stdio(void)
{
	int fd = io_file("/dev/null", O_RDWR, 0);

	if (fd < 0 || dup2(fd, STDIN_FILENO) < 0 ||
	    dup2(fd, STDOUT_FILENO) < 0)
		_exit(126);
	if (fd > STDERR_FILENO)
		close(fd);
}

int
spawn_copy(struct spawn *s, int (*work)(void *arg, int fd), void *arg)
{
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) < 0)
		return -1;
	/* What the copy runs must not hold its end when it has gone. */
	fcntl(fd[0], F_SETFD, FD_CLOEXEC);
	fcntl(fd[1], F_SETFD, FD_CLOEXEC);
	s->pid = fork();
	if (s->pid == 0) {
		close(fd[0]);
		leave_stdio();
		_exit(work(arg, fd[1]));
	}
	io_close(fd[1]);
	if (s->pid < 0) {
		io_close(fd[0]);
		return -1;
	}
	s->in = s->out = fd[0];
	return 0;
}

void *
spawn_share(size_t n)
{
	void *p = MAP_FAILED;
	int fd;

	fd = io_file("/dev/zero", O_RDWR | O_CLOEXEC, 0);
	if (fd >= 0)
		p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		die_sys(EX_TEMPFAIL, "/dev/zero");
	close(fd);
	return p;
}

void
spawn_unshare(void *p, size_t n)
{
	munmap(p, n);
}

static void
close_ends(struct spawn *s)
{
	if (s->in >= 0)
		close(s->in);
	if (s->out >= 0 && s->out != s->in)
		close(s->out);
	s->in = s->out = -1;
}

int
spawn_end(struct spawn *s)
{
	close_ends(s);
	return wait_for(s->pid);
}

int
spawn_reap(pid_t pid, int ms)
{
	long long deadline = io_clock() + ms;
	int nap;

	for (nap = 1; !has_ended(pid); nap += nap < STOP_NAP ? nap : 0) {
		if (io_clock() >= deadline) {
			kill(pid, SIGKILL);
			break;
		}
		poll(NULL, 0, nap);
	}
	return wait_for(pid);
}

int
spawn_leave(struct spawn *s, int ms)
{
	close_ends(s);
	return spawn_reap(s->pid, ms);
}

int
spawn_stop(struct spawn *s)
{
	kill(s->pid, SIGTERM);
	return spawn_leave(s, STOP_TIME);
}

int
spawn_exec(char *const argv[])
{
	struct sigaction usual;

	memset(&usual, 0, sizeof usual);
	usual.sa_handler = SIG_DFL;
	sigemptyset(&usual.sa_mask);
	sigaction(SIGPIPE, &usual, NULL);
	sigaction(SIGXFSZ, &usual, NULL);
	return execvp(argv[0], argv);
}

int
spawn_failure(int err)
{
	return err == ENOENT ? 127 : (int)die_errno(err, (enum exit_code)126);
}

static int
is_blank(int c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

static const char *
find_value(const struct spawn_value *values, char letter)
{
	for (; values->letter != '\0'; values++)
		if (values->letter == letter)
			return values->text;
	return letter == '%' ? "%" : NULL;
}

/* A word with its values, if there are any, and a NUL. */
static void
add_word(struct buf *b, struct span word, const struct spawn_value *values)
{
	const char *text;

	for (; word.n > 0; word = span_drop(word, 1)) {
		text = values != NULL && word.n > 1 && word.p[0] == '%' ?
		    find_value(values, word.p[1]) : NULL;
		if (text == NULL) {
			buf_addc(b, word.p[0]);
			continue;
		}
		buf_adds(b, text);
		word = span_drop(word, 1);
	}
	buf_addc(b, '\0');
}

/* The n words of b, which it frees, and the vector in one block. */
static char **
vector(struct buf *b, size_t n)
{
	char **argv = die_calloc((n + 1) * sizeof *argv + b->n, 1);
	char *word = (char *)(argv + n + 1);
	size_t i;

	if (b->n > 0)
		memcpy(word, b->p, b->n);
	buf_free(b);
	for (i = 0; i < n; i++) {
		argv[i] = word;
		word += strlen(word) + 1;
	}
	return argv;
}

char **
spawn_words(const char *command, const char *host, const char *port)
{
	const struct spawn_value values[] = {
		{ 'h', host }, { 'p', port }, { '\0', NULL }
	};
	struct buf text = { 0 };
	size_t words = 0, n;

	for (;; command += n) {
		while (is_blank(*command))
			command++;
		for (n = 0; command[n] != '\0' && !is_blank(command[n]); n++)
			;
		if (n == 0)
			break;
		add_word(&text, span_of(command, n),
		    host != NULL ? values : NULL);
		words++;
	}
	return words > 0 ? vector(&text, words) : NULL;
}

char **
spawn_fill(char *const *words, const struct spawn_value *values)
{
	struct buf text = { 0 };
	size_t n;

	for (n = 0; words[n] != NULL; n++)
		add_word(&text, span_str(words[n]), values);
	return vector(&text, n);
}

/* --- Programs that may not end, or not well ----------------------------- */

/* A soft limit never above what there is already. */
static int
limit(int resource, rlim_t n, rlim_t more)
{
	struct rlimit r;

	if (getrlimit(resource, &r) < 0)
		return -1;
	if (r.rlim_max == RLIM_INFINITY || r.rlim_max > n + more)
		r.rlim_max = n + more;
	r.rlim_cur = n < r.rlim_max ? n : r.rlim_max;
	return setrlimit(resource, &r);
}

static void
run_limited(char *const argv[], int in, int out, int why,
    const struct spawn_sandbox_limits *limits)
{
	setsid();
	if (dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 &&
	    dup2(out, STDERR_FILENO) >= 0 && limit(RLIMIT_CORE, 0, 0) == 0 &&
	    limit(RLIMIT_CPU, limits->cpu, 1) == 0 &&
	    limit(RLIMIT_FSIZE, (rlim_t)limits->file, 0) == 0)
		spawn_exec(argv);
	tell_failure(why);
}

int
spawn_sandbox_start(struct spawn_sandbox *b, char *const argv[], int in,
    int out, const struct spawn_sandbox_limits *limits)
{
	int why[2], r, err;

	memset(b, 0, sizeof *b);
	if (io_pipe(why) < 0)
		return -1;
	b->pid = fork();
	if (b->pid == 0)
		run_limited(argv, in, out, why[1], limits);
	io_close(why[1]);
	r = b->pid < 0 ? -1 : hear_failure(why[0]);
	io_close(why[0]);
	if (r == 0)
		return 0;
	err = errno;
	if (b->pid < 0)
		b->pid = 0;
	spawn_sandbox_stop(b);
	errno = err;
	return -1;
}

/* While it is a zombie nobody else can have its group's number. */
static void
reap(struct spawn_sandbox *b)
{
	kill(-b->pid, SIGKILL);
	kill(b->pid, SIGKILL);
	b->status = wait_status(b->pid, &b->signal);
	b->pid = 0;
	b->ended = 1;
}

int
spawn_sandbox_ended(struct spawn_sandbox *b)
{
	if (b->pid != 0 && has_ended(b->pid))
		reap(b);
	return b->pid == 0;
}

void
spawn_sandbox_stop(struct spawn_sandbox *b)
{
	if (b->pid != 0)
		reap(b);
}
