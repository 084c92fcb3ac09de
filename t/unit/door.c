/*
 * door: who may come in; and pass, the way to a worker.
 */
#include "sys/limit.h"

#include <unistd.h>

#include "sys/fdpass.h"
#include "test.h"

static const struct net_peer
	here = { "127.0.0.1", 1 }, there = { "192.0.2.1", 0 },
	other = { "192.0.2.2", 0 }, six = { "2001:db8::1", 0 },
	mapped = { "::ffff:192.0.2.1", 0 }, unix_one = { "", 1 };

static void
seats(void)
{
	struct limit *d = limit_open(4, 0, 1);
	long a, b;

	/* Another host has half of them, this one what is left. */
	a = limit_enter(d, 0, &there);
	b = limit_enter(d, 0, &there);
	CHECK(a >= 0 && b >= 0 && a != b);
	CHECK_INT(limit_enter(d, 0, &there), LIMIT_CROWDED);
	CHECK_INT(limit_enter(d, 0, &mapped), LIMIT_CROWDED);
	CHECK(limit_enter(d, 0, &here) >= 0);
	CHECK(limit_enter(d, 0, &here) >= 0);
	CHECK_INT(limit_enter(d, 0, &here), LIMIT_FULL);
	CHECK_INT(limit_enter(d, 0, &there), LIMIT_FULL);
	limit_leave(d, 0, a);
	CHECK_INT(limit_enter(d, 0, &there), a);
	limit_cancel(d, 0, a);
	CHECK_INT(limit_enter(d, 0, &other), a);
	limit_free(d);

	/* With a number it holds for all that have an address. */
	d = limit_open(9, 1, 1);
	CHECK(limit_enter(d, 0, &here) >= 0);
	CHECK_INT(limit_enter(d, 0, &here), LIMIT_CROWDED);
	CHECK(limit_enter(d, 0, &six) >= 0);
	CHECK_INT(limit_enter(d, 0, &six), LIMIT_CROWDED);
	CHECK(limit_enter(d, 0, &unix_one) >= 0);
	CHECK(limit_enter(d, 0, &unix_one) >= 0);
	limit_free(d);
}

static void
rooms(void)
{
	struct limit *d = limit_open(6, 0, 3);
	long seat[6];
	int i;

	for (i = 0; i < 6; i++) {
		CHECK_INT(limit_room(d), i % 3);
		seat[i] = limit_enter(d, limit_room(d), &here);
	}
	CHECK_INT(limit_enter(d, 0, &here), LIMIT_FULL);
	limit_leave(d, 1, seat[4]);
	CHECK_INT(limit_room(d), 1);
	seat[4] = limit_enter(d, 1, &here);
	/* A room whose process has died is empty. */
	limit_clear(d, 0);
	limit_clear(d, 1);
	limit_clear(d, 2);
	CHECK_INT(limit_room(d), -1);
	limit_reopen(d, 1);
	CHECK_INT(limit_room(d), 1);
	limit_reopen(d, 0);
	limit_reopen(d, 2);
	for (i = 0; i < 4; i++)
		CHECK(limit_enter(d, i % 2, &here) >= 0);
	CHECK_INT(limit_room(d), 2);
	CHECK(limit_enter(d, 2, &here) >= 0);
	CHECK(limit_enter(d, 2, &here) >= 0);
	CHECK_INT(limit_enter(d, 2, &here), LIMIT_FULL);
	limit_free(d);
}

static void
passing(void)
{
	int end[2], pipes[2], fd = -1;
	long number = 0;
	char c = 'x';

	CHECK(fdpass_open(end) == 0 && pipe(pipes) == 0);
	CHECK_INT(fdpass_take(end[1], &fd, &number), 0);
	CHECK_INT(fdpass_give(end[0], pipes[0], 5), 0);
	CHECK_INT(fdpass_give(end[0], pipes[0], LIMIT_FULL), 0);
	close(pipes[0]);
	CHECK_INT(fdpass_take(end[1], &fd, &number), 1);
	CHECK_INT(number, 5);
	CHECK(write(pipes[1], "y", 1) == 1 && read(fd, &c, 1) == 1);
	CHECK_INT(c, 'y');
	close(fd);
	CHECK_INT(fdpass_take(end[1], &fd, &number), 1);
	CHECK_INT(number, LIMIT_FULL);
	close(fd);
	close(end[0]);
	CHECK_INT(fdpass_take(end[1], &fd, &number), -1);
	CHECK(fdpass_give(end[1], pipes[1], 1) < 0);
	close(end[1]);
	close(pipes[1]);
}

int
main(void)
{
	seats();
	rooms();
	passing();
	return test_end();
}
