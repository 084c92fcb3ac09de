/* sys/lock: what one process holds, seen by a child of it */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/lock.h"

static const char path[] = "lock";

/* In a child: the errno of an attempt, 0 when it was locked. */
static int
take(void)
{
	return lock_take(path, 0) >= 0 ? 0 : errno;
}

/* Whether a child that claims is alone, or an errno. */
static int
claim(void)
{
	int sole = 0;

	if (lock_claim(path, &sole) < 0)
		return errno;
	return sole;
}

static int
in_child(int (*attempt)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(attempt());
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	return WEXITSTATUS(status);
}

static void
test_take(void)
{
	int fd = lock_take(path, 1);

	CHECK(fd >= 0);
	CHECK(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	CHECK_INT(in_child(take), EAGAIN);
	CHECK_INT(unlink(path), 0);
	CHECK_INT(in_child(take), 0);	/* another file by that name */
	close(fd);
	CHECK_INT(in_child(take), 0);
	CHECK(lock_take("no/lock", 1) < 0 && errno == ENOENT);
}

static void
test_claim(void)
{
	int fd, sole = 0;

	fd = lock_claim(path, &sole);
	CHECK(fd >= 0 && sole);
	CHECK_INT(in_child(take), EAGAIN);
	CHECK_INT(lock_share(fd), 0);
	CHECK_INT(in_child(take), EAGAIN);
	CHECK_INT(in_child(claim), 0);
	close(fd);
	CHECK_INT(in_child(claim), 1);
}

static void
test_file(void)
{
	int fd = open(path, O_RDWR);

	CHECK_INT(lock_file(fd), 0);
	CHECK_INT(in_child(take), EAGAIN);
	close(fd);
	CHECK_INT(in_child(take), 0);
	fd = open(path, O_RDWR);
	CHECK_INT(lock_wait(fd), 0);
	CHECK_INT(in_child(take), EAGAIN);
	CHECK(lock_is_at(fd, path));
	unlink(path);
	CHECK(!lock_is_at(fd, path));
	close(fd);
	CHECK(lock_file(-1) < 0 && errno == EBADF);
}

int
main(void)
{
	test_take();
	test_claim();
	test_file();
	return test_end();
}
