#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io.h"
#include "spawn.h"

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

/*
 * In the child: an errno on why tells of a failure, and the end of file there
 * that the program runs.
 */
static void
run_child(char *const argv[], int in, int out, int why,
    const struct sandbox_limits *limits)
{
	int err;

	setsid();
	if (dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 &&
	    dup2(out, STDERR_FILENO) >= 0 && limit(RLIMIT_CORE, 0, 0) == 0 &&
	    limit(RLIMIT_CPU, limits->cpu, 1) == 0 &&
	    limit(RLIMIT_FSIZE, (rlim_t)limits->file, 0) == 0)
		spawn_exec(argv);
	err = errno;
	_exit(io_write(why, &err, sizeof err) < 0 ? 126 : 127);
}

int
sandbox_start(struct sandbox *b, char *const argv[], int in, int out,
    const struct sandbox_limits *limits)
{
	int why[2], err = 0;
	ssize_t r;

	memset(b, 0, sizeof *b);
	if (pipe(why) < 0)
		return -1;
	fcntl(why[0], F_SETFD, FD_CLOEXEC);
	fcntl(why[1], F_SETFD, FD_CLOEXEC);
	b->pid = fork();
	if (b->pid == 0)
		run_child(argv, in, out, why[1], limits);
	io_close(why[1]);
	if (b->pid < 0) {
		io_close(why[0]);
		b->pid = 0;
		return -1;
	}
	do
		r = read(why[0], &err, sizeof err);
	while (r < 0 && errno == EINTR);
	io_close(why[0]);
	if (r == 0)
		return 0;
	sandbox_stop(b);
	errno = err;
	return -1;
}

/* While it is a zombie nobody else can have its group's number. */
static void
reap(struct sandbox *b)
{
	int status = 0;

	kill(-b->pid, SIGKILL);
	kill(b->pid, SIGKILL);
	while (waitpid(b->pid, &status, 0) < 0)
		if (errno != EINTR)
			break;
	b->pid = 0;
	b->ended = 1;
	if (WIFSIGNALED(status))
		b->signal = WTERMSIG(status);
	else
		b->status = WEXITSTATUS(status);
}

int
sandbox_ended(struct sandbox *b)
{
	siginfo_t info;

	if (b->pid == 0)
		return 1;
	memset(&info, 0, sizeof info);
	if (waitid(P_PID, (id_t)b->pid, &info, WEXITED | WNOHANG | WNOWAIT) <
	    0 ? errno == EINTR : info.si_pid != b->pid)
		return 0;
	reap(b);
	return 1;
}

void
sandbox_stop(struct sandbox *b)
{
	if (b->pid != 0)
		reap(b);
}
