/* sys/spawn */
#include "test.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "sys/io.h"
#include "sys/spawn.h"

/* Starts a command line: 0, or the errno. */
static int
start(struct spawn *s, const char *command)
{
	char **argv = spawn_words(command, NULL, NULL);
	int err;

	err = spawn_start(s, argv, NULL) < 0 ? errno : 0;
	free(argv);
	return err;
}

/* Runs a command with input; its output in b, its exit code returned. */
static int
talk(const char *command, const char *input, struct buf *b)
{
	struct spawn s;

	buf_clear(b);
	CHECK_INT(start(&s, command), 0);
	CHECK_INT(io_write(s.out, input, strlen(input)), 0);
	close(s.out);
	s.out = -1;
	CHECK_INT(io_slurp(s.in, b, 4096), 0);
	return spawn_end(&s);
}

static void
test_start(void)
{
	struct buf b = { 0 };
	struct spawn s;

	CHECK_INT(talk("cat", "hello\n", &b), 0);
	CHECK_BUF(&b, "hello\n");
	CHECK_INT(talk("printf <%s> * $HOME", "", &b), 0);
	CHECK_BUF(&b, "<*><$HOME>");
	CHECK_INT(talk("sh", "exit 7\n", &b), 7);
	CHECK_INT(talk("sh", "kill -9 $$\n", &b), 128 + SIGKILL);
	CHECK_INT(talk("sh", "kill -13 $$\n", &b), 128 + SIGPIPE);
	CHECK_INT(start(&s, "./no-such-program"), ENOENT);
	CHECK_INT(start(&s, "/etc/passwd"), EACCES);
	buf_free(&b);
}

/* A child that is started later does not keep an earlier one's pipe open. */
static void
test_two(void)
{
	struct spawn a, b;

	CHECK_INT(start(&a, "cat"), 0);
	CHECK_INT(start(&b, "cat"), 0);
	CHECK_INT(spawn_end(&a), 0);
	CHECK_INT(spawn_end(&b), 0);
}

/* Who does not listen to SIGTERM is killed. */
static void
test_stop(void)
{
	struct buf b = { 0 };
	struct spawn s;
	char c;

	CHECK_INT(start(&s, "sleep 60"), 0);
	CHECK_INT(spawn_stop(&s), 128 + SIGTERM);
	CHECK_INT(start(&s, "sh"), 0);
	buf_adds(&b, "trap '' TERM; echo; exec sleep 60\n");
	CHECK_INT(io_write(s.out, b.p, b.n), 0);
	CHECK_INT(read(s.in, &c, 1), 1);
	CHECK_INT(spawn_stop(&s), 128 + SIGKILL);
	buf_free(&b);
}

static void
test_words(void)
{
	char **w;

	w = spawn_words("  nc\t-N %h %p  100%% x%", "h o", "25");
	CHECK(w != NULL);
	CHECK_STR(w[0], "nc");
	CHECK_STR(w[1], "-N");
	CHECK_STR(w[2], "h o");
	CHECK_STR(w[3], "25");
	CHECK_STR(w[4], "100%");
	CHECK_STR(w[5], "x%");
	CHECK(w[6] == NULL);
	free(w);
	w = spawn_words("pass %h %% $(x) 'a b'", NULL, NULL);
	CHECK(w != NULL);
	CHECK_STR(w[1], "%h");
	CHECK_STR(w[2], "%%");
	CHECK_STR(w[3], "$(x)");
	CHECK_STR(w[4], "'a");
	CHECK_STR(w[5], "b'");
	CHECK(w[6] == NULL);
	free(w);
	CHECK(spawn_words("", NULL, NULL) == NULL);
	CHECK(spawn_words(" \t ", "h", "p") == NULL);
}

static void
test_fill(void)
{
	static const struct spawn_value values[] = {
		{ 'h', "host" }, { 'p', "25" }, { '\0', NULL }
	};
	char *in[] = { "%h:%p", "", "%%h%x%", NULL };
	char **got = spawn_fill(in, values);

	CHECK_STR(got[0], "host:25");
	CHECK_STR(got[1], "");
	CHECK_STR(got[2], "%h%x%");
	CHECK(got[3] == NULL);
	free(got);
}

int
main(void)
{
	signal(SIGPIPE, SIG_IGN);
	test_start();
	test_two();
	test_stop();
	test_words();
	test_fill();
	return test_end();
}
