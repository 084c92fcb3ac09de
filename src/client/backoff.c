#include "backoff.h"

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
