/*
 * format/wire/stranger: a guess that is made stands, whatever comes after
 * it, and who is a stranger has a name.
 */
#include "format/wire/stranger.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	enum stranger guess = STRANGER_PERHAPS, before;
	struct span s = span_of(data, n);
	size_t i;

	for (i = 0; i <= n && i <= 512; i++) {
		before = guess;
		guess = stranger_guess(span_of(s.p, i));
		MUST(before == STRANGER_PERHAPS || guess == before);
		MUST(!stranger_is(guess) || *stranger_name(guess) != '\0');
	}
	return 0;
}
