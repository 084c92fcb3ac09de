/* store/throttle, by a clock of its own */
#include "store/throttle.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

#define MINUTE 60000

static struct throttle *t;
static long long now;

static long
add(const char *login, const char *address)
{
	return throttle_add(t, span_str(login), address, now);
}

static void
clear(const char *login, const char *address)
{
	throttle_clear(t, span_str(login), address);
}

static void
by_account(void)
{
	static const long wait[] = { 0, 0, 0, 1000, 2000, 4000, 8000, 16000,
	    32000, 32000, 32000 };
	char address[32];
	size_t i;

	t = throttle_open();
	now = 1000000;
	/* From wherever they come. */
	for (i = 0; i < COUNT(wait); i++) {
		snprintf(address, sizeof address, "192.0.2.%zu", i);
		CHECK_INT(add("joe", address), wait[i]);
	}
	CHECK_INT(add("joe", ""), 32000);
	/* Nobody else waits, and after the right one nobody at all. */
	CHECK_INT(add("ann", "198.51.100.1"), 0);
	clear("joe", "198.51.100.9");
	CHECK_INT(add("joe", "198.51.100.9"), 0);
	throttle_free(t);
}

static void
by_address(void)
{
	char login[32];
	int i;

	t = throttle_open();
	for (i = 0; i < 10; i++) {
		snprintf(login, sizeof login, "u%d", i);
		CHECK_INT(add(login, "127.0.0.1"), 0);
	}
	CHECK_INT(add("x", "127.0.0.1"), 1000);
	CHECK_INT(add("y", "::ffff:127.0.0.1"), 2000);
	CHECK_INT(add("z", "127.0.0.2"), 0);
	/* A socket without an address has none. */
	CHECK_INT(add("v", ""), 0);
	clear("u1", "127.0.0.1");
	CHECK_INT(add("w", "127.0.0.1"), 0);
	/* A network has many, and is one. */
	for (i = 0; i < 10; i++) {
		snprintf(login, sizeof login, "2001:db8:1:2::%d", i);
		CHECK_INT(add(login, login), 0);
	}
	CHECK_INT(add("a", "2001:db8:1:2:3::9%eth0"), 1000);
	CHECK_INT(add("b", "2001:db8:1:3::1"), 0);
	throttle_free(t);
}

static void
forgetting(void)
{
	int i;

	t = throttle_open();
	for (i = 0; i < 100; i++)
		add("joe", "");
	/* However many there were, it takes a quarter of an hour. */
	now += 16 * MINUTE;
	CHECK_INT(add("joe", ""), 0);
	for (i = 0; i < 4; i++)
		add("joe", "");
	CHECK_INT(add("joe", ""), 4000);
	now += MINUTE;
	CHECK_INT(add("joe", ""), 4000);
	now += 3 * MINUTE;
	CHECK_INT(add("joe", ""), 1000);
	throttle_free(t);
}

/* Many others, and no memory for more, do not make it forget. */
static void
full_table(void)
{
	char login[32];
	int i;

	t = throttle_open();
	for (i = 0; i < 6; i++)
		add("joe", "");
	for (i = 0; i < 50000; i++) {
		snprintf(login, sizeof login, "u%d", i);
		add(login, "");
	}
	CHECK_INT(add("joe", ""), 8000);
	throttle_free(t);
}

/* A child's are the parent's. */
static void
sharing(void)
{
	pid_t pid;
	int i;

	t = throttle_open();
	pid = fork();
	if (pid == 0) {
		for (i = 0; i < 4; i++)
			add("joe", "");
		_exit(0);
	}
	CHECK(pid > 0 && waitpid(pid, NULL, 0) == pid);
	CHECK_INT(add("joe", ""), 2000);
	throttle_free(t);
}

int
main(void)
{
	by_account();
	by_address();
	forgetting();
	full_table();
	sharing();
	return test_end();
}
