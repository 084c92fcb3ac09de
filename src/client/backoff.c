#include "backoff.h"

#include <time.h>

#include "sys/io.h"
#include "sys/secret.h"

#define PAUSE_FIRST 500		/* ms before the first retry, then doubled */
#define PAUSE_MAX 60000

long
backoff_pause(long attempt)
{
	unsigned chance = 0;
	long ms = PAUSE_MAX;

	if (attempt < 7)
		ms = PAUSE_FIRST << attempt;
	if (secret_random(&chance, sizeof chance) < 0)
		chance = (unsigned)io_clock();
	return ms / 2 + (long)(chance % (unsigned)(ms / 2 + 1));
}

void
backoff_wait(long attempt, int verbose)
{
	long ms = backoff_pause(attempt);
	struct timespec t;

	if (verbose)
		warn("trying again in %ld ms", ms);
	t.tv_sec = ms / 1000;
	t.tv_nsec = ms % 1000 * 1000000;
	nanosleep(&t, NULL);
}
