#include "throttle.h"

#include <stdlib.h>

#include "format/crypt/sha256.h"
#include "sys/net.h"
#include "sys/secret.h"
#include "sys/spawn.h"

#define SLOTS 8192
#define PROBES 8		/* slots where one may be */
#define FORGET_MS 60000		/* for one of them */
#define COUNT_MAX 16		/* more make no difference */

/*
 * There are no locks: of two tries at the same instant one may be missed, and
 * a slot may go to one of two who want it.
 */
struct slot {
	uint64_t who;		/* 0: nobody */
	int64_t at;		/* when the last one was added */
	uint32_t count;
};

struct throttle {
	unsigned char key[SHA256_SIZE];	/* nobody knows who is in which slot */
	volatile struct slot *slot;
};

struct throttle *
throttle_open(void)
{
	struct throttle *t;

	t = die_calloc(1, sizeof *t);
	secret_fill(t->key, sizeof t->key);
	t->slot = spawn_share(SLOTS * sizeof *t->slot);
	return t;
}

void
throttle_free(struct throttle *t)
{
	if (t == NULL)
		return;
	spawn_unshare((void *)t->slot, SLOTS * sizeof *t->slot);
	free(t);
}

/* A login or an address as a number, which is not 0. */
static uint64_t
number(const struct throttle *t, char kind, const void *p, size_t n)
{
	unsigned char digest[SHA256_SIZE];
	struct buf b = { 0 };
	uint64_t who;

	buf_addc(&b, kind);
	buf_add(&b, p, n);
	sha256_hmac(digest, t->key, sizeof t->key, b.p, b.n);
	buf_free(&b);
	memcpy(&who, digest, sizeof who);
	return who != 0 ? who : 1;
}

/* Whoever has one IPv6 address has as many as there are in its /64. */
static uint64_t
number_address(const struct throttle *t, const char *text)
{
	unsigned char a[NET_ADDRESS];

	if (text[0] == '\0')
		return 0;
	net_address(a, text);
	return number(t, 'a', a, net_is_v4(a) ? sizeof a : sizeof a / 2);
}

/* What is left of a slot's count by now. */
static uint32_t
left(const volatile struct slot *s, long long now)
{
	int64_t gone = (now - s->at) / FORGET_MS;

	return gone < 0 ? s->count : gone >= s->count ? 0 :
	    s->count - (uint32_t)gone;
}

static volatile struct slot *
probe(const struct throttle *t, uint64_t who, size_t i)
{
	return &t->slot[(who + i) % SLOTS];
}

/* NULL where it has none. */
static volatile struct slot *
find(const struct throttle *t, uint64_t who)
{
	size_t i;

	for (i = 0; i < PROBES; i++)
		if (probe(t, who, i)->who == who)
			return probe(t, who, i);
	return NULL;
}

/* Counts one more: how many there were before. */
static uint32_t
add(struct throttle *t, uint64_t who, long long now)
{
	volatile struct slot *s = find(t, who), *other;
	uint32_t n;
	size_t i;

	if (s == NULL) {
		s = probe(t, who, 0);
		for (i = 1; i < PROBES; i++) {
			other = probe(t, who, i);
			if (left(other, now) < left(s, now))
				s = other;
		}
		s->count = 0;
		s->who = who;
	}
	n = left(s, now);
	s->count = n < COUNT_MAX ? n + 1 : COUNT_MAX;
	s->at = now;
	return n;
}

/* After n in vain, of which so many are answered at once. */
static long
wait_time(uint32_t n, uint32_t free_ones)
{
	long ms = THROTTLE_WAIT;

	if (n < free_ones)
		return 0;
	for (; n > free_ones && ms < THROTTLE_WAIT_MAX; n--)
		ms *= 2;
	return ms;
}

long
throttle_add(struct throttle *t, struct span login, const char *address,
    long long now)
{
	uint64_t from = number_address(t, address);
	long ms, more = 0;

	ms = wait_time(add(t, number(t, 'l', login.p, login.n), now),
	    THROTTLE_LOGIN);
	if (from != 0)
		more = wait_time(add(t, from, now), THROTTLE_ADDRESS);
	return more > ms ? more : ms;
}

static void
clear(struct throttle *t, uint64_t who)
{
	volatile struct slot *s = who != 0 ? find(t, who) : NULL;

	if (s != NULL)
		s->count = 0;
}

void
throttle_clear(struct throttle *t, struct span login, const char *address)
{
	clear(t, number(t, 'l', login.p, login.n));
	clear(t, number_address(t, address));
}
