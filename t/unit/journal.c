/*
 * client/smtp/journal: what a run that died had written ahead of its turn,
 * where all that it wrote is there, and where some of it is lost.
 */
#include "client/smtp/journal.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

static const char *const path = "journal.test";

static void
put(struct journal *j, const char *status, const char *rcpt)
{
	struct buf line = { 0 };

	buf_addf(&line, "%s\t%s\t-\tdot\tmx:25\t1\t2026-11-21T23:46:12Z"
	    "\t<1@x>\t\n", status, rcpt);
	CHECK(journal_write(j, buf_span(&line)) == 0);
	buf_free(&line);
}

/*
 * Another process writes the lines of ahead@x before its turn, those of
 * turn@x and sent@x in theirs, and dies: the file's length.
 */
static off_t
write_and_die(void)
{
	struct journal j;
	struct stat st;
	pid_t pid;
	int status;

	unlink(path);
	pid = fork();
	if (pid == 0) {
		journal_need(&j, path, 1);
		if (journal_mark(&j, 0) == 0)
			_exit(1);
		put(&j, "sending", "ahead@x");
		put(&j, "sending", "turn@x");
		put(&j, "sending", "sent@x");
		put(&j, "sent", "sent@x");
		_exit(test_failed);
	}
	CHECK(pid > 0);
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	CHECK(stat(path, &st) == 0);
	return st.st_size;
}

static int
status_of(struct journal *j, const char *rcpt)
{
	struct result r;

	CHECK_INT(journal_find(j, span_str("<1@x>"), 1, span_str(rcpt), &r),
	    1);
	return (int)r.status;
}

/* What the next run, and the one after it, find of the three. */
static void
find(int ahead, int turn, int sent)
{
	struct journal j;
	int i;

	for (i = 0; i < 2; i++) {
		journal_need(&j, path, 1);
		CHECK_INT(status_of(&j, "ahead@x"), ahead);
		CHECK_INT(status_of(&j, "turn@x"), turn);
		CHECK_INT(status_of(&j, "sent@x"), sent);
		CHECK(journal_close(&j) == 0);
	}
}

/* The process was killed: who was ahead of the turn has not been begun. */
static void
test_killed(void)
{
	write_and_die();
	find(RESULT_DEFERRED, RESULT_UNKNOWN, RESULT_SENT);
}

/* The power failed: the end of the file is lost, or it is an older one. */
static void
test_lost(void)
{
	off_t size = write_and_die();

	CHECK(truncate(path, size - 10) == 0);
	find(RESULT_UNKNOWN, RESULT_UNKNOWN, RESULT_UNKNOWN);
}

/* So it may have, where somebody else has written since. */
static void
test_others(void)
{
	FILE *f;

	write_and_die();
	f = fopen(path, "a");
	CHECK(f != NULL && fputs("a line\n", f) >= 0 && fclose(f) == 0);
	find(RESULT_UNKNOWN, RESULT_UNKNOWN, RESULT_SENT);
}

int
main(void)
{
	test_killed();
	test_lost();
	test_others();
	unlink(path);
	return test_end();
}
