/* sys/stop: how long who writes waits for a reader, before a wish and after */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "sys/io.h"
#include "sys/stop.h"

#define PATIENCE 20		/* ms */

static char text[3 * 4096];

/* A pipe that has no room, and may block. */
static void
fill(int end[2])
{
	CHECK(pipe(end) == 0);
	fcntl(end[1], F_SETFL, O_NONBLOCK);
	while (write(end[1], text, 4096) > 0)
		continue;
	fcntl(end[1], F_SETFL, 0);
}

static void
check_wait(int fd)
{
	errno = 0;
	CHECK_INT(stop_await_room(fd, PATIENCE), -1);
	CHECK_INT(errno, ETIMEDOUT);
	errno = 0;
	CHECK_INT(stop_write(fd, "x", 1, PATIENCE), -1);
	CHECK_INT(errno, ETIMEDOUT);
}

int
main(void)
{
	int end[2];

	signal(SIGPIPE, SIG_IGN);
	fill(end);
	check_wait(end[1]);
	CHECK(stop_open() >= 0);
	CHECK_INT(stop_end(), 0);
	check_wait(end[1]);
	CHECK(read(end[0], text, sizeof text) == sizeof text);
	CHECK_INT(stop_write(end[1], text, sizeof text, IO_FOREVER), 0);

	stop_ask(0);
	CHECK(stop_end() > io_clock());
	CHECK(stop_end() <= io_clock() + STOP_MS);
	CHECK(read(end[0], text, sizeof text) == sizeof text);
	CHECK_INT(stop_write(end[1], "x", 1, IO_FOREVER), 0);
	while (stop_write(end[1], text, sizeof text, PATIENCE) == 0)
		continue;
	check_wait(end[1]);

	close(end[0]);
	CHECK_INT(stop_write(end[1], "x", 1, IO_FOREVER), -1);
	CHECK_INT(errno, EPIPE);
	close(end[1]);
	return test_end();
}
