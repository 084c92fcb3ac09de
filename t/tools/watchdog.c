/*
 * watchdog: runs the tests of a file, a command in a session of its own, and
 * ends it where a test takes longer than that.  What runs is told it by the
 * directory in WATCHED: t/lib.bash writes there which test has begun to "test",
 * and the pids of its servers, a line each, to "servers".  The command gets
 * SIGINT, at which bats says of the test that it failed; then, or where that
 * takes too long, whatever is left is killed.  So it is when the watchdog gets
 * SIGINT, SIGTERM or SIGHUP.
 */
#include <sys/stat.h>
#include <sys/wait.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sys/die.h"

#define GRACE 10		/* seconds, no more than a test has */
#define OVERDUE 124		/* as timeout(1) has it */

static volatile sig_atomic_t asked;
static char test[1024], servers[1024];

static void
wake(int sig)
{
	if (sig != SIGALRM)
		asked = 1;
}

static void
catch_signals(void)
{
	static const int caught[] = { SIGALRM, SIGHUP, SIGINT, SIGTERM };
	struct sigaction sa;
	size_t i;

	memset(&sa, 0, sizeof sa);
	sa.sa_handler = wake;
	for (i = 0; i < sizeof caught / sizeof *caught; i++)
		sigaction(caught[i], &sa, NULL);
}

static pid_t
begin(char **argv)
{
	pid_t pid = fork();

	if (pid < 0)
		die_sys(EX_TEMPFAIL, "fork");
	if (pid > 0)
		return pid;
	if (setsid() < 0)
		die_sys(EX_TEMPFAIL, "a new session");
	execvp(argv[0], argv);
	die_sys(EX_NOINPUT, "%s", argv[0]);
}

/* Waits for a second at most; whether it has ended. */
static int
ended(pid_t pid, int *status)
{
	/* A signal before waitpid(2) is seen a second later. */
	alarm(1);
	return waitpid(pid, status, 0) == pid;
}

/* Whether it ends by itself: no test has taken longer than limit seconds. */
static int
ends(pid_t pid, int *status, long limit)
{
	struct timespec begun = { 0, 0 }, now;
	struct stat st;
	time_t since = 0;

	while (!ended(pid, status)) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (stat(test, &st) == 0 &&
		    (st.st_mtim.tv_sec != begun.tv_sec ||
		    st.st_mtim.tv_nsec != begun.tv_nsec)) {
			begun = st.st_mtim;
			since = now.tv_sec;
		}
		if (asked || now.tv_sec - since >= limit)
			return 0;
	}
	return 1;
}

/* Which test it is: setup_file's time is no test's. */
static void
say(const char *before, const char *after)
{
	char line[1024];
	FILE *f = fopen(test, "r");

	if (f == NULL || fgets(line, sizeof line, f) == NULL)
		snprintf(line, sizeof line, "1 setup_file");
	if (f != NULL)
		fclose(f);
	printf("%s %.*s%s\n", before, (int)strcspn(line, "\n"), line, after);
	fflush(stdout);
}

static void
kill_servers(void)
{
	FILE *f = fopen(servers, "r");
	long pid;

	if (f == NULL)
		return;
	while (fscanf(f, "%ld", &pid) == 1)
		if (pid > 1)
			kill((pid_t)-pid, SIGKILL);
	fclose(f);
}

static void
end(pid_t pid, long limit)
{
	int i, status;

	kill(-pid, SIGINT);
	for (i = 0; i < GRACE && i < limit; i++)
		if (ended(pid, &status)) {
			kill(-pid, SIGKILL);
			return;
		}
	say("not ok", " # killed");
	kill_servers();
	kill(-pid, SIGKILL);
	while (!ended(pid, &status))
		;
}

static void
use_directory(const char *dir)
{
	FILE *f;

	snprintf(test, sizeof test, "%s/test", dir);
	snprintf(servers, sizeof servers, "%s/servers", dir);
	f = fopen(test, "w");
	if (f == NULL || fclose(f) != 0)
		die_sys(EX_CANTCREAT, "%s", test);
	if (setenv("WATCHED", dir, 1) < 0)
		die_nomem();
}

int
main(int argc, char **argv)
{
	long limit = argc > 3 ? strtol(argv[1], NULL, 10) : 0;
	char after[64];
	int status;
	pid_t pid;

	die_init(argv[0]);
	if (limit < 1)
		die(EX_USAGE, "usage: watchdog seconds directory command ...");
	use_directory(argv[2]);
	catch_signals();
	pid = begin(argv + 3);
	if (ends(pid, &status, limit))
		return WIFEXITED(status) ? WEXITSTATUS(status) : OVERDUE;
	if (!asked) {
		snprintf(after, sizeof after, ": not over in %ld s", limit);
		say("# Test", after);
	}
	end(pid, limit);
	return OVERDUE;
}
