/*
 * limit: connections up to a limit, and the way to a worker.
 */
#include "sys/limit.h"

#include <unistd.h>

#include "test.h"

static const struct net_peer
	here = { "127.0.0.1", 1 }, there = { "192.0.2.1", 0 },
	other = { "192.0.2.2", 0 }, six = { "2001:db8::1", 0 },
	mapped = { "::ffff:192.0.2.1", 0 }, unix_one = { "", 1 };

static void
slots(void)
{
	struct limit *d = limit_open(4, 0, 1);
	long a, b;

	/* Another host has half of them, this one what is left. */
	a = limit_take(d, 0, &there);
	b = limit_take(d, 0, &there);
	CHECK(a >= 0 && b >= 0 && a != b);
	CHECK_INT(limit_take(d, 0, &there), LIMIT_ADDRESS);
	CHECK_INT(limit_take(d, 0, &mapped), LIMIT_ADDRESS);
	CHECK(limit_take(d, 0, &here) >= 0);
	CHECK(limit_take(d, 0, &here) >= 0);
	CHECK_INT(limit_take(d, 0, &here), LIMIT_FULL);
	CHECK_INT(limit_take(d, 0, &there), LIMIT_FULL);
	limit_release(d, 0, a);
	CHECK_INT(limit_take(d, 0, &there), a);
	limit_cancel(d, 0, a);
	CHECK_INT(limit_take(d, 0, &other), a);
	limit_free(d);

	/* With a slot it holds for all that have an address. */
	d = limit_open(9, 1, 1);
	CHECK(limit_take(d, 0, &here) >= 0);
	CHECK_INT(limit_take(d, 0, &here), LIMIT_ADDRESS);
	CHECK(limit_take(d, 0, &six) >= 0);
	CHECK_INT(limit_take(d, 0, &six), LIMIT_ADDRESS);
	CHECK(limit_take(d, 0, &unix_one) >= 0);
	CHECK(limit_take(d, 0, &unix_one) >= 0);
	limit_free(d);
}

static void
workers(void)
{
	struct limit *d = limit_open(6, 0, 3);
	long slot[6];
	int i;

	for (i = 0; i < 6; i++) {
		CHECK_INT(limit_pick(d), i % 3);
		slot[i] = limit_take(d, limit_pick(d), &here);
	}
	CHECK_INT(limit_take(d, 0, &here), LIMIT_FULL);
	limit_release(d, 1, slot[4]);
	CHECK_INT(limit_pick(d), 1);
	slot[4] = limit_take(d, 1, &here);
	/* A worker that has died has no sessions. */
	limit_worker_died(d, 0);
	limit_worker_died(d, 1);
	limit_worker_died(d, 2);
	CHECK_INT(limit_pick(d), -1);
	limit_worker_ready(d, 1);
	CHECK_INT(limit_pick(d), 1);
	limit_worker_ready(d, 0);
	limit_worker_ready(d, 2);
	for (i = 0; i < 4; i++)
		CHECK(limit_take(d, i % 2, &here) >= 0);
	CHECK_INT(limit_pick(d), 2);
	CHECK(limit_take(d, 2, &here) >= 0);
	CHECK(limit_take(d, 2, &here) >= 0);
	CHECK_INT(limit_take(d, 2, &here), LIMIT_FULL);
	limit_free(d);
}

static void
passing(void)
{
	int end[2], pipes[2], fd = -1;
	long slot = 0;
	char c = 'x';

	CHECK(limit_channel(end) == 0 && pipe(pipes) == 0);
	CHECK_INT(limit_receive(end[1], &fd, &slot), 0);
	CHECK_INT(limit_pass(end[0], pipes[0], 5), 0);
	CHECK_INT(limit_pass(end[0], pipes[0], LIMIT_FULL), 0);
	close(pipes[0]);
	CHECK_INT(limit_receive(end[1], &fd, &slot), 1);
	CHECK_INT(slot, 5);
	CHECK(write(pipes[1], "y", 1) == 1 && read(fd, &c, 1) == 1);
	CHECK_INT(c, 'y');
	close(fd);
	CHECK_INT(limit_receive(end[1], &fd, &slot), 1);
	CHECK_INT(slot, LIMIT_FULL);
	close(fd);
	close(end[0]);
	CHECK_INT(limit_receive(end[1], &fd, &slot), -1);
	CHECK(limit_pass(end[1], pipes[1], 1) < 0);
	close(end[1]);
	close(pipes[1]);
}

int
main(void)
{
	slots();
	workers();
	passing();
	return test_end();
}
